"""Messages whose files are still being made."""

from __future__ import annotations

from sqlite_utils import Database


def m020_enclosures(db: Database) -> None:
    """A message leaves only once the files that go with it are there."""
    db.execute("ALTER TABLE deliveries ADD COLUMN enclosing INTEGER NOT NULL DEFAULT 0")
