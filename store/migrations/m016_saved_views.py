"""Views of the queue that people keep, and the orders they chose."""

from __future__ import annotations

from sqlite_utils import Database


def m016_saved_views(db: Database) -> None:
    """Views of the queue that people keep, and the orders they chose."""
    db.execute(
        "CREATE TABLE saved_views (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES users(id),"
        " name TEXT NOT NULL, address TEXT NOT NULL, is_shared INTEGER NOT NULL, UNIQUE (owner, name)) STRICT"
    )
    db.execute(
        "CREATE TABLE preferences (user_id INTEGER NOT NULL REFERENCES users(id), name TEXT NOT NULL,"
        " value TEXT NOT NULL, PRIMARY KEY (user_id, name)) STRICT, WITHOUT ROWID"
    )
