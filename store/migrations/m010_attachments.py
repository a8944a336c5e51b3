"""The files that go out with a message."""

from __future__ import annotations

from sqlite_utils import Database


def m010_attachments(db: Database) -> None:
    """The files that go out with a message."""
    db.execute(
        "CREATE TABLE attachments (delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL,"
        " name TEXT NOT NULL, words TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,"
        " PRIMARY KEY (delivery_id, position)) STRICT"
    )
