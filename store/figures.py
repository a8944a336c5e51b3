"""Counts for the reports, kept as cases change: what each case counts for, and how many of each day count alike."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlite_utils import Database

from casework.figures import Course, Kind, course_from_text
from casework.period import Period

SHAPE = 2
"""The number of the way in which cases are counted; cases that were counted in another way are counted again.

Raise it with every change of what a case's events add up to: the dispatcher then writes every case's row, its figures
and its place in the index anew. 2 came with the tables of moves.
"""


def keep_figures(db: Database, case_id: int, received_on: date, figures: Iterable[tuple[Kind, str]]) -> None:
    """Count a case by what it is now and no more by what it was, inside the open transaction."""
    day, now = received_on.isoformat(), [(kind.value, name) for kind, name in figures]
    text = json.dumps(now, ensure_ascii=False)
    known = db.execute("SELECT shape, received_on, figures FROM case_figures WHERE case_id = ?", (case_id,)).fetchone()
    if known == (SHAPE, day, text):
        return
    before = [(*each, known[1]) for each in json.loads(known[2])] if known else []
    after = [(*each, day) for each in now]
    db.conn.executemany(_FORGET_ONE, [key for key in before if key not in after])
    db.conn.executemany(_COUNT_ONE, [key for key in after if key not in before])
    db.conn.executemany(_DROP_ONE, [key for key in before if key not in after])
    db.execute("INSERT OR REPLACE INTO case_figures VALUES (?, ?, ?, ?)", (case_id, SHAPE, day, text))


def find_uncounted(db: Database, limit: int) -> list[int]:
    """Cases that were never counted, or not in the present way: those of an earlier version."""
    rows = db.execute(
        "SELECT cases.id FROM cases LEFT JOIN case_figures ON case_id = cases.id"
        " WHERE shape IS NULL OR shape <> ? ORDER BY cases.id LIMIT ?",
        (SHAPE, limit),
    )
    return [int(row[0]) for row in rows.fetchall()]


def load_totals(db: Database, kind: Kind, period: Period) -> dict[str, int]:
    """How many requests received in the period count for each name of this kind, by name."""
    rows = db.execute(
        "SELECT name, sum(number) FROM tallies WHERE kind = ? AND received_on BETWEEN ? AND ?"
        " GROUP BY name ORDER BY name",
        (kind.value, period.start.isoformat(), period.end.isoformat()),
    ).fetchall()
    return {name: int(number) for name, number in rows}


def load_courses(db: Database, kind: Kind, period: Period) -> list[tuple[date, Course, int]]:
    """How the promise or the decision of the period's requests went: (received, course, how many alike)."""
    rows = db.execute(
        "SELECT received_on, name, number FROM tallies WHERE kind = ? AND received_on BETWEEN ? AND ?"
        " ORDER BY name, received_on",
        (kind.value, period.start.isoformat(), period.end.isoformat()),
    ).fetchall()
    # The same few courses and days come up again and again.
    courses = {name: course_from_text(name) for _, name, _ in rows}
    days = {text: date.fromisoformat(text) for text, _, _ in rows}
    return [(days[received], courses[name], number) for received, name, number in rows]


def first_day(db: Database) -> date | None:
    """The day on which the oldest request was received, None while there is none."""
    found = db.execute("SELECT min(received_on) FROM case_figures").fetchone()[0]
    return date.fromisoformat(found) if found else None


_COUNT_ONE = (
    "INSERT INTO tallies (kind, name, received_on, number) VALUES (?, ?, ?, 1)"
    " ON CONFLICT DO UPDATE SET number = number + 1"
)
_FORGET_ONE = "UPDATE tallies SET number = number - 1 WHERE kind = ? AND name = ? AND received_on = ?"
_DROP_ONE = "DELETE FROM tallies WHERE kind = ? AND name = ? AND received_on = ? AND number = 0"
