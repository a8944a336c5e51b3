"""What a person asks to have made, such as a schedule's files, and the work that it owes."""

from __future__ import annotations

from sqlite_utils import Database


def m019_commissions(db: Database) -> None:
    """Work may be owed to a commission too; a commission's order and what came of it are kept."""
    for statement in _STATEMENTS:
        db.execute(statement)


_STATEMENTS = (
    """
    CREATE TABLE commissions (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        asked_by INTEGER NOT NULL REFERENCES users(id),
        asked_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'making',
        outcome TEXT NOT NULL DEFAULT '{}',
        ended_at TEXT
    ) STRICT
    """,
    # Two people who ask for the same thing at once wait for the same files.
    "CREATE UNIQUE INDEX commissions_under_way ON commissions (kind, subject) WHERE state = 'making'",
    """
    CREATE TABLE work_for_any (
        id INTEGER PRIMARY KEY,
        stage TEXT NOT NULL,
        submission_id INTEGER REFERENCES submissions(id),
        draft_id INTEGER REFERENCES drafts(id),
        commission_id INTEGER REFERENCES commissions(id),
        state TEXT NOT NULL DEFAULT 'owed',
        owed_since TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        starts INTEGER NOT NULL DEFAULT 0,
        attempt TEXT,
        lease_until TEXT,
        ended_at TEXT,
        problem TEXT NOT NULL DEFAULT '',
        CHECK ((submission_id IS NOT NULL) + (draft_id IS NOT NULL) + (commission_id IS NOT NULL) = 1)
    ) STRICT
    """,
    """
    INSERT INTO work_for_any (id, stage, submission_id, draft_id, state, owed_since, attempts, starts, attempt,
        lease_until, ended_at, problem)
    SELECT id, stage, submission_id, draft_id, state, owed_since, attempts, starts, attempt, lease_until, ended_at,
        problem
    FROM work
    """,
    "DROP TABLE work",
    "ALTER TABLE work_for_any RENAME TO work",
    "CREATE INDEX work_by_state ON work (state, id)",
    "CREATE INDEX work_by_submission ON work (submission_id)",
)
