"""People are told once that something stopped and once that it works again, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from casework.lifecycle import UserRole
from service.watches import Subject, note_state, watch_lines
from store.database import open_database, transaction
from store.deliveries import load_deliveries
from store.people import add_person

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAILBOX = Subject("mailbox:forms", "Fetching mail from forms", "Look at the runbook.")
OUTBOX = Subject("outbox", "Sending mail", "Look at the runbook.", can_be_mailed=False)


@pytest.fixture
def db() -> Database:
    db = open_database(":memory:")
    with transaction(db):
        for name, role in (("ada", UserRole.ADMINISTRATOR), ("rev", UserRole.REVIEWER)):
            add_person(db, email=f"{name}@example.nhs.uk", name=name, password_hash="", roles=[role])
    return db


def note(db: Database, minute: float, is_well: bool, subject: Subject = MAILBOX, *, mailed: bool = True) -> None:
    now = START + timedelta(minutes=minute)
    note_state(db, subject, is_well=is_well, note=f"note {minute:g}", now=now, mailed=mailed)


def told(db: Database) -> list[tuple[str, str]]:
    return [(found.recipient, found.subject) for found in reversed(load_deliveries(db))]


def test_after_fifteen_minutes_administrators_are_told_once_and_once_more_at_the_end(db: Database) -> None:
    note(db, 0, True)
    for minute in (1, 15.9):
        note(db, minute, False)
    assert told(db) == []
    for minute in (16, 17, 60, 600):
        note(db, minute, False)
    stopped = ("ada@example.nhs.uk", "Formwright: fetching mail from forms has stopped")
    assert told(db) == [stopped]
    for minute in (601, 602):
        note(db, minute, True)
    assert told(db) == [stopped, ("ada@example.nhs.uk", "Formwright: fetching mail from forms has recovered")]
    for minute in (700, 715):
        note(db, minute, False)
    assert len(told(db)) == 3


def test_word_of_it_says_since_when_why_and_what_to_do(db: Database) -> None:
    note(db, 0, False)
    note(db, 15, False)
    (alarm,) = load_deliveries(db)
    assert (alarm.kind, alarm.is_automatic, alarm.case_id) == ("alarm", True, None)
    assert alarm.body == (
        "Fetching mail from forms has not worked since 9:00am on Monday 23 November 2026.\n\nReason\nnote 15\n\n"
        "Look at the runbook.\n\nNothing is lost. We write once more when it works again.\n"
    )


def test_trouble_that_passes_quickly_is_not_told_at_all(db: Database) -> None:
    for minute, is_well in ((0, True), (1, False), (10, False), (11, True), (12, False), (20, False), (21, True)):
        note(db, minute, is_well)
    assert told(db) == []


def test_that_mail_itself_stopped_is_told_when_it_can_be(db: Database) -> None:
    for minute, is_well in ((0, False), (20, False), (30, True)):
        note(db, minute, is_well, OUTBOX)
    assert told(db) == [("ada@example.nhs.uk", "Formwright: sending mail has recovered")]
    assert "had not worked since 9:00am on Monday 23 November 2026" in load_deliveries(db)[0].body


def test_where_no_mail_can_leave_nothing_is_written_to_anybody(db: Database) -> None:
    for minute, is_well in ((0, False), (20, False), (30, True)):
        note(db, minute, is_well, mailed=False)
    assert told(db) == []


def test_health_shows_what_is_well_what_is_not_and_what_nobody_looked_at(db: Database) -> None:
    now = START + timedelta(minutes=30)
    note(db, 25, True)
    assert watch_lines(db, [MAILBOX, OUTBOX], now) == [(True, "Fetching mail from forms: note 25")]
    note(db, 26, False)
    stopped = "Fetching mail from forms: not well since 9:26am on Monday 23 November 2026. note 26"
    assert watch_lines(db, [MAILBOX], now) == [(False, stopped)]
    note(db, 27, True)
    nobody = "Fetching mail from forms: not looked at since 9:27am on Monday 23 November 2026"
    assert watch_lines(db, [MAILBOX], now + timedelta(minutes=8)) == [(False, nobody)]
