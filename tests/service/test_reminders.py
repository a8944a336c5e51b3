"""Reminders of promises: before the day and after it, once a working day, to whoever can keep them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from casework.lifecycle import UserRole
from service.calendars import calendar_of
from service.reminders import remind
from store.cases import open_case, record
from store.database import open_database, transaction
from store.deliveries import Delivery, load_deliveries
from store.people import add_person

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Database:
    """Two reviewers and an administrator; one request came on Monday 2 November, so Monday the 9th is its day."""
    db = open_database(":memory:")
    with transaction(db):
        for name, roles in (("asha", ["reviewer"]), ("tom", ["reviewer"]), ("grace", ["administrator"])):
            found = [UserRole(role) for role in roles]
            add_person(db, email=f"{name}@example.nhs.uk", name=name, password_hash="", roles=found)
        case_id, _ = open_case(db, MONDAY)
        record(db, Event(EventKind.RECEIVED, MONDAY, SENDER, case_id))
    return db


def reminded(db: Database, day: int, hour: int = 9) -> list[Delivery]:
    """What is written on a day of November."""
    before = {letter.id for letter in load_deliveries(db)}
    now = datetime(2026, 11, day, hour, 0, tzinfo=UTC)
    remind(db, calendar_of=lambda region, year: calendar_of(region, year, "england"), address="https://esr", now=now)
    return [letter for letter in load_deliveries(db) if letter.id not in before]


def test_every_reviewer_is_reminded_the_working_day_before(db: Database) -> None:
    assert reminded(db, 5) == []
    letters = reminded(db, 6)
    assert {letter.recipient for letter in letters} == {"asha@example.nhs.uk", "tom@example.nhs.uk"}
    assert letters[0].subject == "1 acknowledgement due"
    assert "ESR-2026-0001, title not given: due Monday 9 November 2026, nobody has claimed it" in letters[0].body
    assert "https://esr/requests/ESR-2026-0001" in letters[0].body


def test_late_ones_are_named_first_and_with_how_late(db: Database) -> None:
    (letter, _) = reminded(db, 11)
    assert letter.subject == "1 acknowledgement late"
    assert "2 working days late" in letter.body


def test_one_reminder_a_day_however_often_it_is_asked_for(db: Database) -> None:
    assert len(reminded(db, 9)) == 2
    assert reminded(db, 9, hour=15) == []
    assert len(reminded(db, 10)) == 2


@pytest.mark.parametrize(("day", "hour"), [(7, 9), (8, 9), (9, 7)])
def test_nobody_is_reminded_at_the_weekend_or_at_night(db: Database, day: int, hour: int) -> None:
    assert reminded(db, day, hour) == []


def test_only_whoever_claimed_it_is_reminded(db: Database) -> None:
    with transaction(db):
        record(db, Event(EventKind.CLAIMED, MONDAY, user_actor(2), 1))
    assert [letter.recipient for letter in reminded(db, 9)] == ["tom@example.nhs.uk"]


@pytest.mark.parametrize("kind", [EventKind.ACKNOWLEDGED, EventKind.INFORMATION_REQUESTED])
def test_nobody_is_reminded_of_what_is_kept_or_stands_still(db: Database, kind: EventKind) -> None:
    with transaction(db):
        record(db, Event(kind, MONDAY, user_actor(2), 1))
    assert reminded(db, 9) == []
