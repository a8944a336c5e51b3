"""Uploads that their sender has not sent yet: the original is kept and read, but nobody was asked for anything."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from store.database import to_moment, to_text


class DraftState(StrEnum):
    """`open` until it is sent, or given up by its sender or by its age."""

    OPEN = "open"
    SENT = "sent"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Draft:
    """One upload before it is sent. `given_sha256` names what its sender typed beside the file.

    `readings` is what was read last, which says nothing of what was typed since while `is_being_read`. `follows_id` is
    the case that this is a new version of.
    """

    id: int
    token: str
    ledger_id: int
    sha256: str
    name: str
    sender: str
    created_at: datetime
    given_sha256: str | None
    readings: list[dict[str, Any]] | None
    problem: str
    state: DraftState
    case_id: int | None
    follows_id: int | None
    is_being_read: bool

    @property
    def is_read(self) -> bool:
        """Whether `readings` says what stands in the file together with what was typed."""
        return self.readings is not None and not self.is_being_read and not self.problem


def add_draft(
    db: Database, *, ledger_id: int, sha256: str, name: str, sender: str, now: datetime, follows_id: int | None = None
) -> int:
    """A new draft, inside the open transaction; returns its id."""
    cursor = db.execute(
        "INSERT INTO drafts (token, ledger_id, sha256, name, sender, created_at, follows_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (secrets.token_urlsafe(24), ledger_id, sha256, name, sender, to_text(now), follows_id),
    )
    return int(cursor.lastrowid or 0)


def load_draft(db: Database, draft_id: int) -> Draft:
    """The draft with this number; RefusedError where there is none."""
    return _find(db, "id", draft_id)


def load_draft_by_token(db: Database, token: str) -> Draft:
    """The draft with this private link; RefusedError where there is none."""
    return _find(db, "token", token)


def find_draft_of_line(db: Database, ledger_id: int) -> Draft | None:
    """The draft of this ledger line, or None."""
    row = next(db.query(f"{_SELECT} WHERE ledger_id = ?", (ledger_id,)), None)
    return _draft(row) if row else None


def load_old_drafts(db: Database, before: datetime) -> list[Draft]:
    """Open drafts made before a moment, oldest first."""
    rows = db.query(f"{_SELECT} WHERE state = 'open' AND created_at < ? ORDER BY id", (to_text(before),))
    return [_draft(row) for row in rows]


def keep_draft_reading(db: Database, draft_id: int, record_text: str) -> None:
    """What was read, in place of what was read before; JSON: {"readings": [...]}."""
    db.execute("UPDATE drafts SET record = ?, problem = '' WHERE id = ? AND state = 'open'", (record_text, draft_id))


def keep_draft_problem(db: Database, draft_id: int, problem: str) -> None:
    """Why it could not be read."""
    db.execute("UPDATE drafts SET problem = ? WHERE id = ? AND state = 'open'", (problem, draft_id))


def set_given(db: Database, draft_id: int, given_sha256: str) -> None:
    """What the sender typed beside the file has changed; the reading before it stays until there is the next."""
    db.execute(
        "UPDATE drafts SET given_sha256 = ?, problem = '' WHERE id = ? AND state = 'open'", (given_sha256, draft_id)
    )


def end_draft(db: Database, draft_id: int, state: DraftState, case_id: int | None = None) -> None:
    """The draft was sent, and became this case, or it is gone."""
    db.execute("UPDATE drafts SET state = ?, case_id = ? WHERE id = ?", (state.value, case_id, draft_id))


_SELECT = (
    "SELECT drafts.*, EXISTS (SELECT 1 FROM work WHERE work.draft_id = drafts.id AND work.state IN ('owed', 'leased'))"
    " AS is_being_read FROM drafts"
)


def _find(db: Database, column: str, value: object) -> Draft:
    row = next(db.query(f"{_SELECT} WHERE {column} = ?", (value,)), None)
    if row is None:
        raise RefusedError("There is no such upload.")
    return _draft(row)


def _draft(row: Mapping[str, Any]) -> Draft:
    return Draft(
        id=row["id"],
        token=row["token"],
        ledger_id=row["ledger_id"],
        sha256=row["sha256"],
        name=row["name"],
        sender=row["sender"],
        created_at=to_moment(row["created_at"]),
        given_sha256=row["given_sha256"],
        readings=json.loads(row["record"])["readings"] if row["record"] else None,
        problem=row["problem"],
        state=DraftState(row["state"]),
        case_id=row["case_id"],
        follows_id=row["follows_id"],
        is_being_read=bool(row["is_being_read"]),
    )
