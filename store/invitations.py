"""Links with which a person sets their own password: valid for a week, used once, kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from store.database import to_moment, to_text

VALID_FOR = timedelta(days=7)


class Purpose(StrEnum):
    """Why somebody gets a link."""

    INVITATION = "invitation"
    NEW_PASSWORD = "new-password"  # noqa: S105 - no password


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that can be used: for whom, why, and until when."""

    person_id: int
    purpose: Purpose
    expires_at: datetime


def make_invitation(
    db: Database, person_id: int, purpose: Purpose, *, made_by: int | None, now: datetime
) -> tuple[str, datetime]:
    """A new link inside the open transaction, in place of any older one: (token, until when it is valid)."""
    token = secrets.token_urlsafe(32)
    expires = now + VALID_FOR
    drop_invitations(db, person_id)
    db.execute(
        "INSERT INTO invitations (token_hash, user_id, purpose, made_by, made_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (_hash(token), person_id, purpose.value, made_by, to_text(now), to_text(expires)),
    )
    return token, expires


def find_invitation(db: Database, token: str, now: datetime) -> Invitation | None:
    """The link of this token, or None where it was used, replaced, is too old or never was."""
    row = db.execute(
        "SELECT user_id, purpose, expires_at FROM invitations"
        " WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
        (_hash(token), to_text(now)),
    ).fetchone()
    return Invitation(row[0], Purpose(row[1]), to_moment(row[2])) if row else None


def find_open_invitation(db: Database, person_id: int, now: datetime) -> datetime | None:
    """Until when the newest link of a person can be used, or None where they have none."""
    row = db.execute(
        "SELECT max(expires_at) FROM invitations WHERE user_id = ? AND used_at IS NULL AND expires_at > ?",
        (person_id, to_text(now)),
    ).fetchone()
    return to_moment(row[0]) if row and row[0] else None


def use_invitation(db: Database, token: str, now: datetime) -> None:
    """Use the link up."""
    db.execute("UPDATE invitations SET used_at = ? WHERE token_hash = ?", (to_text(now), _hash(token)))


def drop_invitations(db: Database, person_id: int) -> None:
    """Make every link that a person got and did not use worthless."""
    db.execute("DELETE FROM invitations WHERE user_id = ? AND used_at IS NULL", (person_id,))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
