"""The day on which a request on hold is looked at again, decisions that people put aside, and asked advice."""

from __future__ import annotations

from sqlite_utils import Database


def m012_lifecycle(db: Database) -> None:
    """The day on which a request on hold is looked at again, decisions that people put aside, and asked advice."""
    db.execute("ALTER TABLE cases ADD COLUMN review_on TEXT")
    db.execute("CREATE INDEX cases_by_review_day ON cases (review_on) WHERE review_on IS NOT NULL")
    db.execute(
        "CREATE TABLE decision_drafts (case_id INTEGER NOT NULL REFERENCES cases(id),"
        " person_id INTEGER NOT NULL REFERENCES users(id), saved_at TEXT NOT NULL, record TEXT NOT NULL,"
        " PRIMARY KEY (case_id, person_id)) STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE INDEX events_of_advice ON events (case_id) WHERE kind = 'advice-asked'")
