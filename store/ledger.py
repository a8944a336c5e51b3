"""One row for everything that ever arrived, whatever became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from store.database import to_moment, to_text


class Outcome(StrEnum):
    """What became of an arrival."""

    CASE = "case"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One arrival: when, how, what, from whom, and its outcome."""

    id: int
    arrived_at: datetime
    channel: str
    name: str
    sender: str
    size: int
    sha256: str | None
    outcome: Outcome
    case_id: int | None
    note: str


def add_line(
    db: Database,
    *,
    channel: str,
    name: str,
    sender: str,
    size: int,
    sha256: str | None,
    outcome: Outcome,
    case_id: int | None,
    note: str,
    hand_in_key: str | None,
    now: datetime,
) -> int:
    """Write one arrival inside the open transaction and return its number."""
    cursor = db.execute(
        "INSERT INTO ledger (arrived_at, channel, name, sender, size, sha256, outcome, case_id, note, hand_in_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (to_text(now), channel, name, sender, size, sha256, outcome.value, case_id, note, hand_in_key),
    )
    return int(cursor.lastrowid or 0)


def find_by_key(db: Database, hand_in_key: str) -> LedgerLine | None:
    """The arrival that was handed in with this key before, or None."""
    row = next(db.query("SELECT * FROM ledger WHERE hand_in_key = ?", (hand_in_key,)), None)
    return _line(row) if row else None


def load_lines(db: Database, *, limit: int = 100, offset: int = 0) -> list[LedgerLine]:
    """The newest arrivals first."""
    rows = db.query("SELECT * FROM ledger ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset))
    return [_line(row) for row in rows]


def count_by_outcome(db: Database) -> dict[Outcome, int]:
    """How many arrivals had each outcome; outcomes that never happened are 0."""
    found = dict(db.execute("SELECT outcome, count(*) FROM ledger GROUP BY outcome").fetchall())
    return {outcome: int(found.get(outcome.value, 0)) for outcome in Outcome}


def _line(row: Mapping[str, Any]) -> LedgerLine:
    return LedgerLine(
        id=row["id"],
        arrived_at=to_moment(row["arrived_at"]),
        channel=row["channel"],
        name=row["name"],
        sender=row["sender"],
        size=row["size"],
        sha256=row["sha256"],
        outcome=Outcome(row["outcome"]),
        case_id=row["case_id"],
        note=row["note"],
    )
