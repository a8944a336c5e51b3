"""The day by which each request must be acknowledged, kept beside it so that lists can be found and ordered by it.

The truth stays in the events and in the calendar; this day follows them, and is counted again when either changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlite_utils import Database

from casework.lifecycle import DECIDED, CaseState
from casework.promise import Calendar, Pause, calendar_name, due_day, pauses_from_text
from casework.working_days import london_day
from store.database import to_moment, transaction

NONE_DUE = "9999"
"""Stands where nothing is to be kept: acknowledged, decided, or the clock stands still. Later than every day."""


def keep_due_day(
    db: Database, case_id: int, state: CaseState, *, received: datetime, pauses: Sequence[Pause], region: str
) -> None:
    """Write until when a request must be acknowledged, inside the open transaction."""
    due = None
    if state.acknowledged_at is None and state.status not in DECIDED:
        due = due_day(london_day(received), pauses, _holidays(db, region, london_day(received)))
    db.execute("UPDATE cases SET due_on = ? WHERE id = ?", (due.isoformat() if due else NONE_DUE, case_id))


def keep_calendars(db: Database, calendars: Iterable[Calendar], *, default: str) -> bool:
    """Keep the bank holidays that promises are counted on; where they changed, count what is open again.

    `default` names the calendar of those whose region has none of its own. Returns whether anything changed.
    """
    wanted = {
        (calendar.name, day.isoformat(), int(calendar.name == default))
        for calendar in calendars
        for day in calendar.holidays
    }
    if _stored(db) == wanted:
        return False
    with transaction(db):
        db.execute("DELETE FROM bank_holidays")
        db.conn.executemany("INSERT INTO bank_holidays VALUES (?, ?, ?)", sorted(wanted))
        count_again(db)
    return True


def count_again(db: Database) -> int:
    """Count the day of every request that waits for its acknowledgement, inside the open transaction; how many."""
    names = ", ".join(f"'{status.value}'" for status in sorted(DECIDED))
    rows = db.execute(
        "SELECT id, created_at, pauses, region FROM cases WHERE acknowledged_at IS NULL"  # noqa: S608 - our own words
        f" AND status NOT IN ({names}) ORDER BY id"
    ).fetchall()
    for case_id, created_at, pauses, region in rows:
        received = london_day(to_moment(created_at))
        due = due_day(received, pauses_from_text(pauses), _holidays(db, region, received))
        db.execute("UPDATE cases SET due_on = ? WHERE id = ?", (due.isoformat() if due else NONE_DUE, case_id))
    return len(rows)


def _holidays(db: Database, region: str, since: date) -> frozenset[date]:
    """The bank holidays of a region from a day on, a little more than any promise takes."""
    default = db.execute("SELECT calendar FROM bank_holidays WHERE is_default = 1 LIMIT 1").fetchone()
    rows = db.execute(
        "SELECT day FROM bank_holidays WHERE calendar = ? AND day >= ?",
        (calendar_name(region, default[0] if default else ""), since.isoformat()),
    )
    return frozenset(date.fromisoformat(day) for (day,) in rows.fetchall())


def _stored(db: Database) -> set[tuple[str, str, int]]:
    return set(db.execute("SELECT calendar, day, is_default FROM bank_holidays").fetchall())
