"""Claims that nobody acts on: one reminder, then the request is back in the queue and its holder is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

from casework.events import SENDER, SYSTEM, Event, EventKind, user_actor
from casework.lifecycle import UserRole
from service.calendars import calendar_of
from service.leases import mind_claims
from store.cases import load_case, open_case, record
from store.database import open_database, transaction
from store.deliveries import load_deliveries
from store.events import load_events, verify_events
from store.people import add_person

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Database:
    """One request that Asha claimed on Monday 2 November."""
    db = open_database(":memory:")
    with transaction(db):
        asha = add_person(db, email="asha@example.nhs.uk", name="Asha", password_hash="", roles=[UserRole.REVIEWER])
        case_id, _ = open_case(db, MONDAY)
        record(db, Event(EventKind.RECEIVED, MONDAY, SENDER, case_id))
        record(db, Event(EventKind.FORM_READ, MONDAY, SYSTEM, case_id, facts={"form": "supplementary-role"}))
        record(db, Event(EventKind.CLAIMED, MONDAY, user_actor(asha), case_id))
    return db


def mind(db: Database, day: int, hour: int = 9) -> tuple[int, int]:
    now = datetime(2026, 11, day, hour, 0, tzinfo=UTC)
    return mind_claims(
        db, calendar_of=lambda region, year: calendar_of(region, year, "england"), address="https://esr", now=now
    )


def test_the_holder_is_reminded_once_after_three_working_days(db: Database) -> None:
    assert [mind(db, day) for day in (3, 4, 5, 6)] == [(0, 0), (0, 0), (1, 0), (0, 0)]
    (letter,) = load_deliveries(db)
    assert (letter.recipient, letter.subject) == ("asha@example.nhs.uk", "ESR-2026-0001 waits for you")
    assert "Your claim ends after Monday 9 November 2026." in letter.body
    assert "https://esr/requests/ESR-2026-0001" in letter.body


def test_after_five_working_days_the_request_is_back_in_the_queue_and_the_holder_is_told(db: Database) -> None:
    assert mind(db, 9) == (1, 0)
    assert mind(db, 10) == (0, 1)
    assert mind(db, 10, hour=15) == (0, 0)
    assert load_case(db, 1).claimed_by is None
    last = load_events(db, 1)[-1]
    assert (last.kind, last.actor, last.facts) == (EventKind.RELEASED, SYSTEM, {"why": "run-out", "from": 1})
    assert load_deliveries(db)[0].subject == "Your claim of ESR-2026-0001 has ended"
    assert verify_events(db).broken_at is None


def test_nothing_happens_before_the_morning_or_on_a_day_off(db: Database) -> None:
    assert mind(db, 10, hour=6) == (0, 0)
    assert mind(db, 14) == (0, 0)


def test_an_act_of_the_holder_keeps_the_claim_and_its_next_silence_is_told_of_again(db: Database) -> None:
    assert mind(db, 5) == (1, 0)
    with transaction(db):
        record(db, Event(EventKind.NOTED, datetime(2026, 11, 6, 9, tzinfo=UTC), user_actor(1), 1))
    assert mind(db, 10) == (0, 0)
    assert mind(db, 11) == (1, 0)
