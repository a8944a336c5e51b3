"""Roles are told apart; sessions, invitations, sign-in tries, edited data and who looked at what."""

from __future__ import annotations

import json

from sqlite_utils import Database

_M008 = (
    "ALTER TABLE users ADD COLUMN regions TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE users ADD COLUMN last_sign_in TEXT",
    # The second factor: its shared secret, the last time step that was used, and hashes of the codes for a lost phone.
    "ALTER TABLE users ADD COLUMN totp_secret TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE users ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN recovery_hashes TEXT NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users(id),
        started_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        browser TEXT NOT NULL DEFAULT '',
        ended_at TEXT
    ) STRICT
    """,
    "CREATE INDEX sessions_by_user ON sessions (user_id, started_at)",
    """
    CREATE TABLE invitations (
        token_hash TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users(id),
        purpose TEXT NOT NULL,
        made_by INTEGER REFERENCES users(id),
        made_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        used_at TEXT
    ) STRICT
    """,
    # `bucket` is what is counted against: a keyed hash of an account, an address or a browser, never the thing itself.
    """
    CREATE TABLE sign_in_tries (
        bucket TEXT PRIMARY KEY,
        wrong INTEGER NOT NULL,
        last_at TEXT NOT NULL
    ) STRICT
    """,
    # Who looked at which request's personal data, one row for a person, a request and an hour.
    """
    CREATE TABLE viewings (
        user_id INTEGER NOT NULL REFERENCES users(id),
        case_id INTEGER NOT NULL REFERENCES cases(id),
        hour TEXT NOT NULL,
        what TEXT NOT NULL,
        PRIMARY KEY (user_id, case_id, hour, what)
    ) STRICT
    """,
    "CREATE INDEX viewings_by_hour ON viewings (hour)",
    # Shipped data that was edited here: every version of every text, the newest counting.
    """
    CREATE TABLE edited_texts (
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        text TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        saved_by INTEGER REFERENCES users(id),
        reason TEXT NOT NULL,
        PRIMARY KEY (name, version)
    ) STRICT
    """,
)


def m008_eight_roles(db: Database) -> None:
    """Roles are told apart; sessions, invitations, sign-in tries, edited data and who looked at what.

    Taking over, releases and schedules were every reviewer's before: whoever could do them still can, until an
    administrator says otherwise.
    """
    for row in list(db.query("SELECT id, roles FROM users")):
        roles = set(json.loads(row["roles"]))
        if roles & {"reviewer", "approver"}:
            roles |= {"lead", "publisher"}
            db.execute("UPDATE users SET roles = ? WHERE id = ?", (json.dumps(sorted(roles)), row["id"]))
    for statement in _M008:
        db.execute(statement)
