"""The digest: once on a working day, after eight in London, to administrators, and only when there is something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.lifecycle import UserRole
from service.digest import send_digest
from service.settings import Settings, load_settings
from service.watches import Subject
from store.database import open_database, to_text, transaction
from store.deliveries import DeliveryState, add_delivery, end_delivery, load_deliveries
from store.ledger import Outcome, add_line
from store.mailboxes import watch
from store.messages import add_message
from store.people import add_person

MAILBOX = Subject("mailbox:forms", "Fetching mail from forms", "")
SORTING = Subject("sorting", "Sorting messages", "")
MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"FORMWRIGHT_DATA": str(tmp_path), "FORMWRIGHT_ADDRESS": "https://forms.example.nhs.uk"})


@pytest.fixture
def db() -> Database:
    db = open_database(":memory:")
    with transaction(db):
        for name, role in (("ada", UserRole.ADMINISTRATOR), ("rev", UserRole.REVIEWER)):
            add_person(db, email=f"{name}@example.nhs.uk", name=name, password_hash="", roles=[role])
    return db


def one_message_waits(db: Database, now: datetime = MONDAY) -> None:
    with transaction(db):
        db.execute("INSERT OR IGNORE INTO originals VALUES ('m', 1, 'eml', ?)", (to_text(now),))
        line = add_line(
            db, channel="mail", name="m", sender="", size=1, sha256="m", outcome=Outcome.TO_CONFIRM,
            case_id=None, note="", hand_in_key=None, now=now,
        )  # fmt: skip
        add_message(db, ledger_id=line, mailbox=str(line), sha256="m", now=now)


def one_letter_fails(db: Database, key: str, ended: datetime) -> None:
    with transaction(db):
        add_delivery(
            db, delivery_key=key, case_id=None, kind="letter", recipient="a@b.example", subject="", body="", now=ended
        )
        number = load_deliveries(db)[0].id
        end_delivery(db, number, DeliveryState.FAILED, problem="550 no", now=ended)


def test_what_needs_a_person_is_counted_with_where_to_look(db: Database, settings: Settings) -> None:
    one_message_waits(db)
    one_letter_fails(db, "k", MONDAY - timedelta(hours=20))
    with transaction(db):
        db.execute(
            "INSERT INTO cases (reference, year, number, token, created_at, status)"
            " VALUES ('ESR-2026-0001', 2026, 1, 't', '', 'unreadable')"
        )
        for minutes in (15, 0):
            now = MONDAY - timedelta(minutes=minutes)
            watch(db, MAILBOX.key, is_well=False, note="It is away.", now=now)
        watch(db, SORTING.key, is_well=False, note="It has only just stopped.", now=MONDAY)
    assert send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY) == 1
    digest = load_deliveries(db)[0]
    assert (digest.recipient, digest.kind, digest.is_automatic) == ("ada@example.nhs.uk", "digest", True)
    assert digest.subject == "Formwright: what needs a person on Monday 23 November 2026"
    assert [line.partition(": https://forms.example.nhs.uk/")[0] for line in digest.body.splitlines()[:4]] == [
        "- 1 form could not be read",
        "- 1 message waits for a person",
        "- 1 message of ours could not be delivered",
        "- Fetching mail from forms: not well since 8:15am on Monday 23 November 2026. It is away.",
    ]


def test_a_day_has_one_digest_and_what_was_told_of_a_letter_is_not_told_again(db: Database, settings: Settings) -> None:
    one_letter_fails(db, "k1", MONDAY - timedelta(hours=20))
    assert [
        send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY + timedelta(hours=hour)) for hour in (0, 1, 9)
    ] == [1, 0, 0]
    assert send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY + timedelta(days=1)) == 0
    one_letter_fails(db, "k2", MONDAY + timedelta(days=1, hours=2))
    assert send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY + timedelta(days=2)) == 1


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 23, 7, 59, tzinfo=UTC),
        datetime(2026, 6, 22, 6, 59, tzinfo=UTC),
        datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        datetime(2026, 12, 25, 9, 0, tzinfo=UTC),
    ],
    ids=["before eight in winter", "before eight in summer", "on a Sunday", "on Christmas Day"],
)
def test_nobody_is_written_to_outside_working_time(db: Database, settings: Settings, moment: datetime) -> None:
    one_message_waits(db, moment)
    assert send_digest(db, settings, [MAILBOX, SORTING], now=moment) == 0
    assert load_deliveries(db) == []


def test_eight_in_the_morning_is_london_time(db: Database, settings: Settings) -> None:
    one_message_waits(db)
    assert send_digest(db, settings, [MAILBOX, SORTING], now=datetime(2026, 6, 22, 7, 0, tzinfo=UTC)) == 1


def test_nothing_to_say_is_no_message(db: Database, settings: Settings) -> None:
    assert send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY) == 0
    one_message_waits(db)
    assert send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY + timedelta(hours=1)) == 0
    assert send_digest(db, settings, [MAILBOX, SORTING], now=MONDAY + timedelta(days=1)) == 1
