"""Lists of addresses, and the messages to them with everybody they went to."""

from __future__ import annotations

from sqlite_utils import Database

_CIRCULATION = (
    "CREATE TABLE circulation_lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT",
    """
    CREATE TABLE circulation_members (
        id INTEGER PRIMARY KEY,
        list_id INTEGER NOT NULL REFERENCES circulation_lists(id),
        address TEXT NOT NULL COLLATE NOCASE,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        token TEXT NOT NULL UNIQUE,
        changed_at TEXT NOT NULL,
        changed_by INTEGER REFERENCES users(id),
        UNIQUE (list_id, address)
    ) STRICT
    """,
    "CREATE INDEX circulation_members_by_address ON circulation_members (address)",
    """
    CREATE TABLE circulations (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        lists TEXT NOT NULL,
        issue_id INTEGER,
        attaches INTEGER NOT NULL,
        stage TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES users(id),
        created_at TEXT NOT NULL,
        send_at TEXT,
        asked_by INTEGER REFERENCES users(id),
        confirmed_by INTEGER REFERENCES users(id),
        confirmed_at TEXT,
        recipients INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE circulation_recipients (
        circulation_id INTEGER NOT NULL REFERENCES circulations(id),
        member_id INTEGER NOT NULL REFERENCES circulation_members(id),
        delivery_id INTEGER NOT NULL REFERENCES deliveries(id),
        PRIMARY KEY (circulation_id, member_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX circulation_recipients_by_delivery ON circulation_recipients (delivery_id)",
)


def m015_circulation(db: Database) -> None:
    """Lists of addresses, and the messages to them with everybody they went to."""
    for statement in _CIRCULATION:
        db.execute(statement)
    for name in ("Functional Account Managers", "Regional groups", "Service"):
        db.execute("INSERT INTO circulation_lists (name) VALUES (?)", (name,))
