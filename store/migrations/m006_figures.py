"""What each case counts for in the reports, and the counts of each day, so that no report reads the cases."""

from __future__ import annotations

from sqlite_utils import Database


def m006_figures(db: Database) -> None:
    """What each case counts for in the reports, and the counts of each day, so that no report reads the cases."""
    db.execute(
        "CREATE TABLE case_figures (case_id INTEGER PRIMARY KEY REFERENCES cases(id), shape INTEGER NOT NULL,"
        " received_on TEXT NOT NULL, figures TEXT NOT NULL) STRICT"
    )
    db.execute(
        "CREATE TABLE tallies (kind TEXT NOT NULL, name TEXT NOT NULL, received_on TEXT NOT NULL,"
        " number INTEGER NOT NULL, PRIMARY KEY (kind, name, received_on)) STRICT, WITHOUT ROWID"
    )
