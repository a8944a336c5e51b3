"""An issue keeps what it was made from; an editor's draft is kept between sessions; releases have a state."""

from __future__ import annotations

from sqlite_utils import Database


def m014_schedules_that_can_be_made_again(db: Database) -> None:
    """An issue keeps what it was made from; an editor's draft is kept between sessions; releases have a state."""
    for column in ("record", "pages", "template_sha256", "html_sha256", "csv_sha256", "pdf_sha256", "code"):
        db.execute(f"ALTER TABLE schedules ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE schedules ADD COLUMN published_by INTEGER REFERENCES users(id)")
    db.execute(
        "CREATE TABLE schedule_drafts (quarter TEXT PRIMARY KEY, version INTEGER NOT NULL, saved_at TEXT NOT NULL,"
        " saved_by INTEGER NOT NULL REFERENCES users(id), content TEXT NOT NULL) STRICT"
    )
    db.execute("ALTER TABLE releases ADD COLUMN state TEXT NOT NULL DEFAULT 'open'")
    db.execute("ALTER TABLE releases ADD COLUMN note TEXT NOT NULL DEFAULT ''")
