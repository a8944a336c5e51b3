"""What a person asked to have made: the order for a worker, and what came of it once the work is over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from store.database import to_moment, to_text
from store.originals import keep_original, load_original
from store.work import owe_to_commission

MAKE = "make"
"""The stage that every commission owes."""


class CommissionKind(StrEnum):
    """What can be asked for: the files of a schedule that is published with them, the trial of a Word template, the
    files that go with a letter, a look at them before there is one, and an issue made again to be compared."""

    SCHEDULE = "schedule"
    TEMPLATE = "template"
    ENCLOSURES = "enclosures"
    PREVIEW = "preview"
    REBUILD = "rebuild"


class CommissionState(StrEnum):
    """Under way until the work is over; then done, or refused with words for the person."""

    MAKING = "making"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Commission:
    """One thing that was asked for. `subject` is what it is about: a quarter, the key of a template with its order's
    hash, a message's number, or a request's number with its order's hash.

    `sha256` names the order in the originals' store, as JSON; `outcome` says what came of it, `problem` among it where
    it was refused.
    """

    id: int
    kind: CommissionKind
    subject: str
    sha256: str
    asked_by: int
    asked_at: datetime
    state: CommissionState
    outcome: dict[str, Any]

    @property
    def problem(self) -> str:
        """Why it was refused, in words for the person who asked; empty where it was not."""
        return str(self.outcome.get("problem", ""))


def keep_order(originals: str, order: Mapping[str, Any]) -> str:
    """Keep what a worker is to make; the hash that a commission names it by."""
    return keep_original(originals, json.dumps(dict(order), ensure_ascii=False).encode())


def load_order(originals: str, sha256: str) -> dict[str, Any]:
    """The order with this hash. DamagedError where it is not there whole."""
    return dict(json.loads(load_original(originals, sha256)))


def commission(db: Database, kind: CommissionKind, subject: str, *, sha256: str, person_id: int, now: datetime) -> int:
    """Ask for something inside the open transaction: its id.

    While the same is being made for the same subject, that one is given instead.
    """
    under_way = find_under_way(db, kind, subject)
    if under_way is not None:
        return under_way.id
    cursor = db.execute(
        "INSERT INTO commissions (kind, subject, sha256, asked_by, asked_at) VALUES (?, ?, ?, ?, ?)",
        (kind.value, subject, sha256, person_id, to_text(now)),
    )
    commission_id = int(cursor.lastrowid or 0)
    owe_to_commission(db, stage=MAKE, commission_id=commission_id, now=now)
    return commission_id


def load_commission(db: Database, commission_id: int, kind: CommissionKind | None = None) -> Commission:
    """The commission with this number; RefusedError where there is none, or none of this kind."""
    row = next(db.query("SELECT * FROM commissions WHERE id = ?", (commission_id,)), None)
    if row is None or (kind is not None and row["kind"] != kind):
        raise RefusedError("There is nothing of this number.")
    return _commission(row)


def find_under_way(db: Database, kind: CommissionKind, subject: str) -> Commission | None:
    """What is being made of this kind for this subject, or None."""
    row = next(
        db.query(
            "SELECT * FROM commissions WHERE kind = ? AND subject = ? AND state = 'making'", (kind.value, subject)
        ),
        None,
    )
    return _commission(row) if row else None


def commission_again(db: Database, kind: CommissionKind, subject: str, *, person_id: int, now: datetime) -> None:
    """Ask for the last thing of this kind and subject once more, inside the open transaction."""
    row = db.execute(
        "SELECT sha256 FROM commissions WHERE kind = ? AND subject = ? ORDER BY id DESC LIMIT 1", (kind.value, subject)
    ).fetchone()
    commission(db, kind, subject, sha256=row[0], person_id=person_id, now=now)


def end_commission(
    db: Database, commission_id: int, state: CommissionState, outcome: Mapping[str, Any], *, now: datetime
) -> None:
    """The work is over, inside the transaction that keeps what it made."""
    db.execute(
        "UPDATE commissions SET state = ?, outcome = ?, ended_at = ? WHERE id = ? AND state = 'making'",
        (state.value, json.dumps(dict(outcome), ensure_ascii=False), to_text(now), commission_id),
    )


def _commission(row: Mapping[str, Any]) -> Commission:
    return Commission(
        id=row["id"],
        kind=CommissionKind(row["kind"]),
        subject=row["subject"],
        sha256=row["sha256"],
        asked_by=row["asked_by"],
        asked_at=to_moment(row["asked_at"]),
        state=CommissionState(row["state"]),
        outcome=json.loads(row["outcome"]),
    )
