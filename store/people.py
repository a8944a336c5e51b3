"""Staff accounts: who may sign in, with which roles. Passwords are kept only as hashes made elsewhere."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import UserRole
from store.database import to_moment
from store.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; `password_hash` is empty until they have set a password."""

    id: int
    email: str
    name: str
    password_hash: str = field(repr=False)
    roles: frozenset[UserRole]
    active: bool
    regions: frozenset[str] = frozenset()
    """What a regional reader may read: keys of the regions' vocabulary."""
    last_sign_in: datetime | None = None
    totp_secret: str = field(default="", repr=False)
    """The shared secret of the second factor, empty without one."""
    totp_step: int = 0
    """The last half minute whose code was used: each code works once."""
    recovery_hashes: frozenset[str] = field(default=frozenset(), repr=False)


def add_person(db: Database, *, email: str, name: str, password_hash: str, roles: Iterable[UserRole]) -> int:
    """A new account, or the existing one with this address brought up to these values; returns its id."""
    row = (email.strip(), name, password_hash, json.dumps(sorted(role.value for role in roles)))
    # The column session_key is an older version's; sessions have a table of their own.
    db.execute(
        "INSERT INTO users (email, name, password_hash, roles, session_key) VALUES (?, ?, ?, ?, '')"
        " ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash,"
        " roles = excluded.roles, active = 1",
        row,
    )
    person_id = int(db.execute("SELECT id FROM users WHERE email = ?", (email.strip(),)).fetchone()[0])
    end_sessions(db, person_id)
    return person_id


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


def change_password_hash(db: Database, person_id: int, password_hash: str) -> None:
    """Keep a newer hash of the same password; sessions go on."""
    db.execute("UPDATE users SET password_hash = ? WHERE id = ?", (password_hash, person_id))


def change_roles(db: Database, person_id: int, roles: Iterable[UserRole], *, active: bool) -> None:
    """Give a person other roles, suspend them or let them in again; their sessions end."""
    db.execute(
        "UPDATE users SET roles = ?, active = ? WHERE id = ?",
        (json.dumps(sorted(role.value for role in roles)), int(active), person_id),
    )
    end_sessions(db, person_id)


def change_name(db: Database, person_id: int, name: str) -> None:
    """Call a person by the name that they gave themselves."""
    db.execute("UPDATE users SET name = ? WHERE id = ?", (name, person_id))


def change_second_factor(
    db: Database, person_id: int, *, secret: str, step: int, recovery_hashes: Iterable[str]
) -> None:
    """Keep a person's second factor with the half minute of the code that proved it, or none (empty secret)."""
    db.execute(
        "UPDATE users SET totp_secret = ?, totp_step = ?, recovery_hashes = ? WHERE id = ?",
        (secret, step, json.dumps(sorted(recovery_hashes)), person_id),
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
        regions=frozenset(json.loads(row["regions"])),
        last_sign_in=to_moment(row["last_sign_in"]) if row["last_sign_in"] else None,
        totp_secret=row["totp_secret"],
        totp_step=row["totp_step"],
        recovery_hashes=frozenset(json.loads(row["recovery_hashes"])),
    )
