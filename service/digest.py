"""Once on a working day: what failed and what waits for a person, in one message to each administrator, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.lifecycle import Status
from casework.wording import counted, day_and_date
from casework.working_days import LONDON, is_working_day, london_day
from service.calendars import bank_holidays
from service.settings import Settings
from service.watches import Subject, administrators, lasting_trouble
from store.arrivals import count_waiting
from store.database import to_text, transaction
from store.deliveries import add_delivery
from store.mailboxes import load_watches, watch

NOT_BEFORE_HOUR = 8
_DONE = "digest-day"
_LOOK_BACK = timedelta(days=7)


def send_digest(db: Database, settings: Settings, subjects: Iterable[Subject], *, now: datetime) -> int:
    """Put today's digest into the outbox, where it is time and there is something to say; returns to how many.

    `subjects` are what is watched: those that are not well are named.
    The day is written down with it, so that a day has one digest however often the process starts anew.
    """
    day = london_day(now)
    if now.astimezone(LONDON).hour < NOT_BEFORE_HOUR:
        return 0
    if not is_working_day(day, bank_holidays(settings.calendar, day.year)):
        return 0
    before = next((found for found in load_watches(db) if found.name == _DONE), None)
    if before is not None and before.note == day.isoformat():
        return 0
    with transaction(db):
        since = before.checked_at if before else now - _LOOK_BACK
        unwell = [f"- {line}" for line in lasting_trouble(db, subjects, now)]
        lines = [*_lines(db, settings.address, since), *unwell]
        watch(db, _DONE, is_well=True, note=day.isoformat(), now=now)
        people = administrators(db) if lines else []
        for email in people:
            add_delivery(
                db,
                delivery_key=f"digest-{day.isoformat()}-{email}",
                case_id=None,
                kind="digest",
                recipient=email,
                subject=f"Formwright: what needs a person on {day_and_date(day)}",
                body="\n".join([*lines, "", "This message comes on working days when there is something to do."]),
                is_automatic=True,
                now=now,
            )
    return len(people)


def _lines(db: Database, address: str, since: datetime) -> list[str]:
    """One line for each thing that needs a person, with where to look; empty where there is nothing."""
    unreadable = _count(db, "SELECT count(*) FROM cases WHERE status = ?", Status.UNREADABLE.value)
    messages = count_waiting(db)
    undelivered = _count(
        db, "SELECT count(*) FROM deliveries WHERE state IN ('failed', 'bounced') AND ended_at >= ?", to_text(since)
    )
    found = [
        (unreadable, f"{counted(unreadable, 'form')} could not be read", "/"),
        (
            messages,
            counted(messages, "message waits", "messages wait") + " for a person",
            "/manage/arrivals",
        ),
        (undelivered, f"{counted(undelivered, 'message')} of ours could not be delivered", "/manage/messages"),
    ]
    return [f"- {words}{f': {address}{place}' if address else ''}" for count, words, place in found if count]


def _count(db: Database, query: str, value: str) -> int:
    return int(db.execute(query, (value,)).fetchone()[0])
