"""Who is signed in where: one row for each session, with only a hash of the token that the browser holds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import to_moment, to_text

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that a person signed in with. `name` tells it apart in a list and is worth nothing by itself."""

    name: str
    person_id: int
    started_at: datetime
    seen_at: datetime
    browser: str

    def ends_at(self, now: datetime) -> datetime:
        """When it ends if nothing more is done after `now`."""
        return min(now + IDLE, self.started_at + LONGEST)


def begin_session(db: Database, person_id: int, *, browser: str, now: datetime) -> str:
    """A new session inside the open transaction; returns its token, which is kept nowhere. Ended ones are dropped."""
    token = secrets.token_urlsafe(32)
    db.execute(
        "DELETE FROM sessions WHERE seen_at < ? OR started_at < ?", (to_text(now - IDLE), to_text(now - LONGEST))
    )
    db.execute(
        "INSERT INTO sessions (token_hash, user_id, started_at, seen_at, browser) VALUES (?, ?, ?, ?, ?)",
        (_hash(token), person_id, to_text(now), to_text(now), browser[:200]),
    )
    db.execute("UPDATE users SET last_sign_in = ? WHERE id = ?", (to_text(now), person_id))
    return token


def find_session(db: Database, token: str, now: datetime) -> Session | None:
    """The session of this token, or None where it has ended or never was."""
    row = db.execute(
        "SELECT token_hash, user_id, started_at, seen_at, browser FROM sessions WHERE token_hash = ?", (_hash(token),)
    ).fetchone()
    found = _session(row) if row else None
    return found if found is not None and _lives(found, now) else None


def note_seen(db: Database, session: Session, now: datetime) -> None:
    """Keep that the session was used, once a minute at most."""
    if now - session.seen_at > _SEEN_EVERY:
        db.execute("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", (to_text(now), session.name))


def load_sessions(db: Database, person_id: int, now: datetime) -> list[Session]:
    """A person's sessions that go on, the one used last first."""
    rows = db.execute(
        "SELECT token_hash, user_id, started_at, seen_at, browser FROM sessions WHERE user_id = ?"
        " ORDER BY seen_at DESC, token_hash",
        (person_id,),
    ).fetchall()
    return [session for session in map(_session, rows) if _lives(session, now)]


def end_session(db: Database, name: str) -> None:
    """End one session: its cookie is worth nothing from now on."""
    db.execute("DELETE FROM sessions WHERE token_hash = ?", (name,))


def end_sessions(db: Database, person_id: int, *, besides: str = "") -> None:
    """End every session of a person, or every one but that called `besides`."""
    db.execute("DELETE FROM sessions WHERE user_id = ? AND token_hash <> ?", (person_id, besides))


def _lives(session: Session, now: datetime) -> bool:
    return now - session.seen_at <= IDLE and now - session.started_at <= LONGEST


def _session(row: tuple[str, int, str, str, str]) -> Session:
    return Session(row[0], row[1], to_moment(row[2]), to_moment(row[3]), row[4])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
