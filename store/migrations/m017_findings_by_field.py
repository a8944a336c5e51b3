"""What people said of findings, told apart by the answer that each is about."""

from __future__ import annotations

from sqlite_utils import Database


def m017_findings_by_field(db: Database) -> None:
    """What a person said of a finding is kept by rule and field: one of the same rule in another field is another."""
    db.execute(
        "CREATE TABLE verdicts_by_field (case_id INTEGER NOT NULL REFERENCES cases(id), rule TEXT NOT NULL,"
        " field TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL, submission_id INTEGER REFERENCES submissions(id),"
        " is_right INTEGER NOT NULL, event_number INTEGER NOT NULL REFERENCES events(number),"
        " PRIMARY KEY (case_id, rule, field)) STRICT"
    )
    db.execute(
        "INSERT INTO verdicts_by_field SELECT case_id, rule, field, version, submission_id, is_right, event_number"
        " FROM verdicts"
    )
    db.execute("DROP TABLE verdicts")
    db.execute("ALTER TABLE verdicts_by_field RENAME TO verdicts")
    db.execute("CREATE INDEX verdicts_by_rule ON verdicts (rule)")
