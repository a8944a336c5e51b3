"""Staff accounts: who may sign in, with which roles. Passwords are kept only as hashes made elsewhere."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import UserRole
from store.database import to_moment, to_text


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. `session_key` changes when every session of theirs must end."""

    id: int
    email: str
    name: str
    password_hash: str
    roles: frozenset[UserRole]
    active: bool
    session_key: str
    failed_sign_ins: int
    locked_until: datetime | None
    regions: frozenset[str] = frozenset()
    """What a regional reader may read: keys of the regions' vocabulary."""
    last_sign_in: datetime | None = None


def add_person(db: Database, *, email: str, name: str, password_hash: str, roles: Iterable[UserRole]) -> int:
    """A new account, or the existing one with this address brought up to these values; returns its id."""
    row = (email.strip(), name, password_hash, json.dumps(sorted(role.value for role in roles)), secrets.token_hex(16))
    db.execute(
        "INSERT INTO users (email, name, password_hash, roles, session_key) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash,"
        " roles = excluded.roles, session_key = excluded.session_key, active = 1, failed_sign_ins = 0,"
        " locked_until = NULL",
        row,
    )
    return int(db.execute("SELECT id FROM users WHERE email = ?", (email.strip(),)).fetchone()[0])


def find_person(db: Database, person_id: int) -> Person | None:
    """The person with this id, or None."""
    row = next(db.query("SELECT * FROM users WHERE id = ?", (person_id,)), None)
    return _person(row) if row else None


def find_person_by_email(db: Database, email: str) -> Person | None:
    """The person with this address, whatever its case, or None."""
    row = next(db.query("SELECT * FROM users WHERE email = ?", (email.strip(),)), None)
    return _person(row) if row else None


def load_people(db: Database) -> list[Person]:
    """Everybody with an account, by name."""
    return [_person(row) for row in db.query("SELECT * FROM users ORDER BY name, id")]


def record_sign_in(db: Database, person_id: int, *, failed: int, locked_until: datetime | None) -> None:
    """Keep how many wrong passwords in a row there were, and until when to wait."""
    db.execute(
        "UPDATE users SET failed_sign_ins = ?, locked_until = ? WHERE id = ?",
        (failed, to_text(locked_until) if locked_until else None, person_id),
    )


def change_password_hash(db: Database, person_id: int, password_hash: str) -> None:
    """Keep a newer hash of the same password; sessions go on."""
    db.execute("UPDATE users SET password_hash = ? WHERE id = ?", (password_hash, person_id))


def end_sessions(db: Database, person_id: int) -> None:
    """End every session of a person at once."""
    db.execute("UPDATE users SET session_key = ? WHERE id = ?", (secrets.token_hex(16), person_id))


def change_roles(db: Database, person_id: int, roles: Iterable[UserRole], *, active: bool) -> None:
    """Give a person other roles, suspend them or let them in again; their sessions end."""
    db.execute(
        "UPDATE users SET roles = ?, active = ?, session_key = ? WHERE id = ?",
        (json.dumps(sorted(role.value for role in roles)), int(active), secrets.token_hex(16), person_id),
    )


def change_regions(db: Database, person_id: int, regions: Iterable[str]) -> None:
    """Say which regions' requests a regional reader may read."""
    db.execute("UPDATE users SET regions = ? WHERE id = ?", (json.dumps(sorted(regions)), person_id))


def load_secret(db: Database, name: str) -> str:
    """A random secret of this installation (64 hex digits), made on first use; needs no open transaction."""
    db.execute("INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)", (name, secrets.token_hex(32)))
    return str(db.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()[0])


def _person(row: Mapping[str, Any]) -> Person:
    return Person(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        password_hash=row["password_hash"],
        roles=frozenset(UserRole(role) for role in json.loads(row["roles"])),
        active=bool(row["active"]),
        session_key=row["session_key"],
        failed_sign_ins=row["failed_sign_ins"],
        locked_until=to_moment(row["locked_until"]) if row["locked_until"] else None,
        regions=frozenset(json.loads(row["regions"])),
        last_sign_in=to_moment(row["last_sign_in"]) if row["last_sign_in"] else None,
    )
