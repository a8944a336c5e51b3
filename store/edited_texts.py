"""Shipped data that was edited here, such as vocabularies and rules: every version by name, the newest counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.events import Event, EventKind, Fact, user_actor
from store.database import to_moment, to_text
from store.events import record_event


@dataclass(frozen=True, slots=True)
class EditedText:
    """One version of an edited text: `version` counts from 1 for each name; `saved_by` is an account's id."""

    name: str
    version: int
    text: str
    saved_at: datetime
    saved_by: int | None
    reason: str


def find_edited_text(db: Database, name: str) -> EditedText | None:
    """The newest version of this name, or None where what was shipped still counts."""
    row = next(db.query("SELECT * FROM edited_texts WHERE name = ? ORDER BY version DESC LIMIT 1", (name,)), None)
    return _edited(row) if row else None


def load_edited_text(db: Database, name: str, version: int) -> EditedText:
    """One version; RefusedError where there is none of this number."""
    row = next(db.query("SELECT * FROM edited_texts WHERE name = ? AND version = ?", (name, version)), None)
    if row is None:
        raise RefusedError("There is no such version.")
    return _edited(row)


def load_edited_versions(db: Database, name: str) -> list[EditedText]:
    """Every version of this name, newest first."""
    return [
        _edited(row) for row in db.query("SELECT * FROM edited_texts WHERE name = ? ORDER BY version DESC", (name,))
    ]


def load_newest_texts(db: Database, beginning: str = "") -> dict[str, EditedText]:
    """The newest version of every name that begins like this, such as `vocabulary/`."""
    rows = db.query(
        "SELECT * FROM edited_texts WHERE substr(name, 1, length(:beginning)) = :beginning ORDER BY name, version",
        {"beginning": beginning},
    )
    return {row["name"]: _edited(row) for row in rows}


def save_edited_text(
    db: Database, name: str, text: str, *, person_id: int, reason: str, now: datetime, seen_version: int
) -> int:
    """Keep a new version with its event, inside the open transaction; returns its number.

    `seen_version` is the version that the person edited, 0 for what was shipped: StaleError where there is a newer one.
    The text itself must have been judged before. RefusedError without a reason.
    """
    if not reason.strip():
        raise RefusedError("Enter a reason.")
    newest = find_edited_text(db, name)
    last = newest.version if newest else 0
    if last != seen_version:
        raise StaleError("Somebody else changed this while you were editing it. Look at the newest version first.")
    db.execute(
        "INSERT INTO edited_texts (name, version, text, saved_at, saved_by, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (name, last + 1, text, to_text(now), person_id, reason.strip()),
    )
    facts: dict[str, Fact] = {"name": name, "version": last + 1}
    words = {"reason": reason.strip()}
    record_event(db, Event(EventKind.DATA_EDITED, now, user_actor(person_id), facts=facts, words=words))
    return last + 1


def _edited(row: Mapping[str, Any]) -> EditedText:
    return EditedText(
        name=row["name"],
        version=row["version"],
        text=row["text"],
        saved_at=to_moment(row["saved_at"]),
        saved_by=row["saved_by"],
        reason=row["reason"],
    )
