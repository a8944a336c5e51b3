"""Ledger, originals, cases, readings, events, work, deliveries, people, releases and schedules."""

from __future__ import annotations

from sqlite_utils import Database

_M001 = (
    """
    CREATE TABLE ledger (
        id INTEGER PRIMARY KEY,
        arrived_at TEXT NOT NULL,
        channel TEXT NOT NULL,
        name TEXT NOT NULL,
        sender TEXT NOT NULL DEFAULT '',
        size INTEGER NOT NULL,
        sha256 TEXT,
        outcome TEXT NOT NULL,
        case_id INTEGER REFERENCES cases(id),
        note TEXT NOT NULL DEFAULT '',
        hand_in_key TEXT UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE originals (
        sha256 TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        kind TEXT NOT NULL,
        first_seen TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        year INTEGER NOT NULL,
        number INTEGER NOT NULL,
        token TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL,
        status TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 0,
        form TEXT,
        title TEXT NOT NULL DEFAULT '',
        organisation TEXT NOT NULL DEFAULT '',
        region TEXT NOT NULL DEFAULT '',
        functional_area TEXT NOT NULL DEFAULT '',
        sr_number TEXT NOT NULL DEFAULT '',
        date_raised TEXT,
        claimed_by INTEGER REFERENCES users(id),
        claimed_at TEXT,
        acknowledged_at TEXT,
        decision TEXT,
        decided_at TEXT,
        release_id INTEGER REFERENCES releases(id),
        blockers INTEGER NOT NULL DEFAULT 0,
        queries INTEGER NOT NULL DEFAULT 0,
        advice INTEGER NOT NULL DEFAULT 0,
        UNIQUE (year, number)
    ) STRICT
    """,
    "CREATE INDEX cases_by_status ON cases (status, created_at)",
    """
    CREATE TABLE submissions (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        ledger_id INTEGER NOT NULL REFERENCES ledger(id),
        round INTEGER NOT NULL,
        sha256 TEXT NOT NULL REFERENCES originals(sha256),
        name TEXT NOT NULL,
        channel TEXT NOT NULL,
        sender TEXT NOT NULL DEFAULT '',
        received_at TEXT NOT NULL,
        UNIQUE (case_id, round)
    ) STRICT
    """,
    "CREATE INDEX submissions_by_original ON submissions (sha256)",
    """
    CREATE TABLE readings (
        submission_id INTEGER PRIMARY KEY REFERENCES submissions(id),
        attempt TEXT NOT NULL,
        committed_at TEXT NOT NULL,
        record TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE events (
        number INTEGER PRIMARY KEY,
        case_id INTEGER REFERENCES cases(id),
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        reason TEXT,
        facts TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    "CREATE INDEX events_by_case ON events (case_id, number)",
    """
    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
    """,
    """
    CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never removed'); END
    """,
    """
    CREATE TABLE event_words (
        event_number INTEGER NOT NULL REFERENCES events(number),
        name TEXT NOT NULL,
        salt TEXT NOT NULL,
        words TEXT NOT NULL,
        PRIMARY KEY (event_number, name)
    ) STRICT
    """,
    """
    CREATE TABLE work (
        id INTEGER PRIMARY KEY,
        stage TEXT NOT NULL,
        submission_id INTEGER NOT NULL REFERENCES submissions(id),
        state TEXT NOT NULL DEFAULT 'owed',
        owed_since TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        starts INTEGER NOT NULL DEFAULT 0,
        attempt TEXT,
        lease_until TEXT,
        ended_at TEXT,
        problem TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX work_by_state ON work (state, id)",
    """
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        case_id INTEGER REFERENCES cases(id),
        kind TEXT NOT NULL,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting',
        created_at TEXT NOT NULL,
        delivery_key TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL UNIQUE COLLATE NOCASE,
        name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        roles TEXT NOT NULL,
        active INTEGER NOT NULL DEFAULT 1,
        session_key TEXT NOT NULL,
        failed_sign_ins INTEGER NOT NULL DEFAULT 0,
        locked_until TEXT
    ) STRICT
    """,
    """
    CREATE TABLE releases (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        planned TEXT
    ) STRICT
    """,
    """
    CREATE TABLE schedules (
        id INTEGER PRIMARY KEY,
        quarter TEXT NOT NULL,
        issued TEXT NOT NULL,
        version TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        built_at TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        UNIQUE (quarter, version)
    ) STRICT
    """,
    """
    CREATE TABLE secrets (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT
    """,
)


def m001_initial(db: Database) -> None:
    """Ledger, originals, cases, readings, events, work, deliveries, people, releases and schedules."""
    for statement in _M001:
        db.execute(statement)
