"""One row for everything that ever arrived, whatever became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from store.database import to_moment, to_text


class Outcome(StrEnum):
    """What became of an arrival: a message, a file in one, an upload."""

    WAITING = "waiting"
    SORTED = "sorted"
    CASE = "case"
    ROUND = "round"
    SUPPORTING = "supporting"
    REPLY = "reply"
    DRAFT = "draft"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    BOUNCE = "bounce"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    NO_FORM = "no-form"
    TO_CONFIRM = "to-confirm"
    FAILED = "failed"


NEEDS_A_PERSON = (Outcome.NO_FORM, Outcome.TO_CONFIRM, Outcome.FAILED, Outcome.QUARANTINED)
"""Arrivals that wait until somebody says what becomes of them."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One arrival: when, how, what, from whom, and its outcome; `parent_id` is the line of what it came in."""

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
    parent_id: int | None = None


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
    parent_id: int | None = None,
) -> int:
    """Write one arrival inside the open transaction and return its number."""
    cursor = db.execute(
        "INSERT INTO ledger (arrived_at, channel, name, sender, size, sha256, outcome, case_id, note, hand_in_key,"
        " parent_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (to_text(now), channel, name, sender, size, sha256, outcome.value, case_id, note, hand_in_key, parent_id),
    )
    return int(cursor.lastrowid or 0)


def find_by_key(db: Database, hand_in_key: str) -> LedgerLine | None:
    """The arrival that was handed in with this key before, or None."""
    row = next(db.query("SELECT * FROM ledger WHERE hand_in_key = ?", (hand_in_key,)), None)
    return _line(row) if row else None


def load_line(db: Database, ledger_id: int) -> LedgerLine:
    """The arrival with this number; RefusedError where there is none."""
    row = next(db.query("SELECT * FROM ledger WHERE id = ?", (ledger_id,)), None)
    if row is None:
        raise RefusedError("There is no such arrival.")
    return _line(row)


def set_outcome(db: Database, ledger_id: int, outcome: Outcome, *, case_id: int | None, note: str = "") -> None:
    """Write what became of an arrival, inside the open transaction."""
    db.execute(
        "UPDATE ledger SET outcome = ?, case_id = ?, note = ? WHERE id = ?", (outcome.value, case_id, note, ledger_id)
    )


def load_lines(
    db: Database, *, outcomes: Collection[Outcome] | None = None, limit: int = 100, offset: int = 0
) -> list[LedgerLine]:
    """The newest arrivals first, those with one of `outcomes` where it is given."""
    chosen = [outcome.value for outcome in (Outcome if outcomes is None else outcomes)]
    marks = ", ".join("?" * len(chosen))
    rows = db.query(
        f"SELECT * FROM ledger WHERE outcome IN ({marks}) ORDER BY id DESC LIMIT ? OFFSET ?",  # noqa: S608 - only marks
        (*chosen, limit, offset),
    )
    return [_line(row) for row in rows]


def load_parts(db: Database, ledger_id: int) -> list[LedgerLine]:
    """What came inside an arrival, in the order in which it stood there."""
    return [_line(row) for row in db.query("SELECT * FROM ledger WHERE parent_id = ? ORDER BY id", (ledger_id,))]


def is_held(db: Database, sha256: str) -> bool:
    """Whether these bytes, or something inside them, may have a virus: such bytes are never given out."""
    found = db.execute(
        "SELECT 1 FROM ledger WHERE sha256 = :sha256 AND (outcome = 'quarantined' OR EXISTS"
        " (SELECT 1 FROM ledger AS part WHERE part.parent_id = ledger.id AND part.outcome = 'quarantined')) LIMIT 1",
        {"sha256": sha256},
    ).fetchone()
    return found is not None


def count_by_outcome(db: Database) -> dict[Outcome, int]:
    """How many arrivals had each outcome; outcomes that never happened are 0."""
    found = dict(db.execute("SELECT outcome, count(*) FROM ledger GROUP BY outcome").fetchall())
    return {outcome: int(found.get(outcome.value, 0)) for outcome in Outcome}


def count_arrivals(db: Database, *, channel: str, since: datetime, sender: str | None = None) -> tuple[int, int]:
    """How many arrivals came this way since a moment, and their bytes; of one sender where one is named."""
    row = db.execute(
        "SELECT count(*), coalesce(sum(size), 0) FROM ledger WHERE arrived_at >= :since AND channel = :channel"
        " AND (:sender IS NULL OR sender = :sender COLLATE NOCASE)",
        {"since": to_text(since), "channel": channel, "sender": sender},
    ).fetchone()
    return int(row[0]), int(row[1])


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
        parent_id=row["parent_id"],
    )
