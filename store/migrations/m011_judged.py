"""Which requests a person said are not the same, and what people said of the findings."""

from __future__ import annotations

from sqlite_utils import Database


def m011_judged(db: Database) -> None:
    """Which requests a person said are not the same, and what people said of the findings."""
    db.execute(
        "CREATE TABLE told_apart (case_id INTEGER NOT NULL REFERENCES cases(id), other_id INTEGER NOT NULL"
        " REFERENCES cases(id), event_number INTEGER NOT NULL REFERENCES events(number),"
        " PRIMARY KEY (case_id, other_id)) STRICT"
    )
    db.execute("CREATE INDEX told_apart_by_other ON told_apart (other_id)")
    db.execute(
        "CREATE TABLE verdicts (case_id INTEGER NOT NULL REFERENCES cases(id), rule TEXT NOT NULL,"
        " version INTEGER NOT NULL, field TEXT NOT NULL DEFAULT '', submission_id INTEGER REFERENCES submissions(id),"
        " is_right INTEGER NOT NULL, event_number INTEGER NOT NULL REFERENCES events(number),"
        " PRIMARY KEY (case_id, rule)) STRICT"
    )
    db.execute("CREATE INDEX verdicts_by_rule ON verdicts (rule)")
