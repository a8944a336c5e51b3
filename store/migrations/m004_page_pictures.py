"""What each form looks like: its pages' pictures, and where the answers stand on them."""

from __future__ import annotations

from sqlite_utils import Database


def m004_page_pictures(db: Database) -> None:
    """What each form looks like: its pages' pictures, and where the answers stand on them."""
    db.execute(
        "CREATE TABLE pages (submission_id INTEGER PRIMARY KEY REFERENCES submissions(id), attempt TEXT NOT NULL,"
        " committed_at TEXT NOT NULL, record TEXT NOT NULL) STRICT"
    )
