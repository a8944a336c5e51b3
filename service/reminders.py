"""Reminds reviewers of promises: each working morning, of what is to be acknowledged today or is late already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from casework.lifecycle import REVIEWING
from casework.promise import Calendar, due_day
from casework.wording import counted, day_and_date
from casework.working_days import LONDON, is_working_day, working_days_between
from store.database import transaction
from store.deliveries import add_delivery
from store.people import Person, load_people
from store.queries import QueueRow, load_unacknowledged

FIRST_HOUR = 8
_SOON = 1

CalendarOf = Callable[[str, int], Calendar]
"""(region, year) -> the calendar that promises to an organisation there are counted on."""


@dataclass(frozen=True, slots=True)
class _Owed:
    """A request that nobody has acknowledged, and the day by which somebody has to."""

    row: QueueRow
    due: date
    days_late: int


def remind(db: Database, *, calendar_of: CalendarOf, address: str, now: datetime) -> int:
    """Write each reviewer one reminder a working day, where there is anything to remind of; returns how many.

    Whoever has claimed a request is reminded of it, and everybody of what nobody has claimed. `address` is the
    service's own, for links. Doing it again on the same day writes nothing.
    """
    here = now.astimezone(LONDON)
    today = here.date()
    if here.hour < FIRST_HOUR or not is_working_day(today, calendar_of("", today.year).holidays):
        return 0
    owed = _owed(db, calendar_of, today)
    written = 0
    with transaction(db):
        for person in load_people(db):
            mine = [entry for entry in owed if entry.row.claimed_by in (None, person.id)]
            if mine and _reviews(person):
                written += _write(db, person, mine, address=address, today=today, now=now)
    return written


def _owed(db: Database, calendar_of: CalendarOf, today: date) -> list[_Owed]:
    """What is due by the next working day or late, the latest first."""
    found = []
    for row in load_unacknowledged(db):
        holidays = calendar_of(row.region, today.year).holidays
        due = due_day(row.received_at.astimezone(LONDON).date(), row.pauses, holidays)
        if due is not None and working_days_between(today, due, holidays) <= _SOON:
            found.append(_Owed(row, due, max(working_days_between(due, today, holidays), int(today > due))))
    return sorted(found, key=lambda entry: (entry.due, entry.row.id))


def _reviews(person: Person) -> bool:
    return person.active and bool(person.roles & REVIEWING)


def _write(db: Database, person: Person, owed: list[_Owed], *, address: str, today: date, now: datetime) -> bool:
    late = [entry for entry in owed if entry.days_late]
    soon = [entry for entry in owed if not entry.days_late]
    parts = []
    if late:
        parts.append("Late\n" + "\n".join(_line(entry, today, address) for entry in late))
    if soon:
        parts.append("Due by the next working day\n" + "\n".join(_line(entry, today, address) for entry in soon))
    words = [counted(len(late), "acknowledgement") + " late"] if late else []
    words += [counted(len(soon), "acknowledgement") + " due"] if soon else []
    body = (
        "We promise that a person acknowledges each request within 5 working days.\n\n"
        + "\n\n".join(parts)
        + f"\n\nReview queue: {address}/queue\n"
    )
    return add_delivery(
        db,
        delivery_key=f"reminder-{today.isoformat()}-{person.id}",
        case_id=None,
        kind="reminder",
        recipient=person.email,
        subject=f"{' and '.join(words)}",
        body=body,
        is_automatic=True,
        now=now,
    )


def _line(entry: _Owed, today: date, address: str) -> str:
    row = entry.row
    if entry.days_late:
        when = f"{counted(entry.days_late, 'working day')} late"
    else:
        when = "due today" if entry.due == today else f"due {day_and_date(entry.due)}"
    claimed = "nobody has claimed it" if row.claimed_by is None else "you have claimed it"
    return (
        f"- {row.reference}, {row.title or 'title not given'}: {when}, {claimed}\n  {address}/requests/{row.reference}"
    )
