"""What the checks said after each correction of an answer."""

from __future__ import annotations

from sqlite_utils import Database


def m013_rechecks(db: Database) -> None:
    """What the checks said after each correction of an answer."""
    db.execute(
        "CREATE TABLE rechecks (event_number INTEGER PRIMARY KEY REFERENCES events(number),"
        " record TEXT NOT NULL) STRICT"
    )
