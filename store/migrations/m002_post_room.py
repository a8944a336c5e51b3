"""Messages, drafts and several files to a round; an outbox that sends; what a mailbox held when we looked."""

from __future__ import annotations

from sqlite_utils import Database

_M002 = (
    "ALTER TABLE ledger ADD COLUMN parent_id INTEGER REFERENCES ledger(id)",
    "CREATE INDEX ledger_by_parent ON ledger (parent_id)",
    "CREATE INDEX ledger_by_outcome ON ledger (outcome, id)",
    """
    CREATE TABLE drafts (
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        ledger_id INTEGER NOT NULL UNIQUE REFERENCES ledger(id),
        sha256 TEXT NOT NULL REFERENCES originals(sha256),
        name TEXT NOT NULL,
        sender TEXT NOT NULL,
        created_at TEXT NOT NULL,
        given_sha256 TEXT,
        record TEXT,
        problem TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL DEFAULT 'open',
        case_id INTEGER REFERENCES cases(id)
    ) STRICT
    """,
    # A round may hold several files, each a part of it, and a file several forms.
    """
    CREATE TABLE submissions_with_parts (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        ledger_id INTEGER NOT NULL REFERENCES ledger(id),
        round INTEGER NOT NULL,
        part INTEGER NOT NULL DEFAULT 1,
        role TEXT NOT NULL DEFAULT 'form',
        form_index INTEGER,
        given_sha256 TEXT,
        sha256 TEXT NOT NULL REFERENCES originals(sha256),
        name TEXT NOT NULL,
        channel TEXT NOT NULL,
        sender TEXT NOT NULL DEFAULT '',
        received_at TEXT NOT NULL,
        UNIQUE (case_id, round, part)
    ) STRICT
    """,
    """
    INSERT INTO submissions_with_parts (id, case_id, ledger_id, round, sha256, name, channel, sender, received_at)
    SELECT id, case_id, ledger_id, round, sha256, name, channel, sender, received_at FROM submissions
    """,
    "DROP TABLE submissions",
    "ALTER TABLE submissions_with_parts RENAME TO submissions",
    "CREATE INDEX submissions_by_original ON submissions (sha256)",
    "CREATE INDEX submissions_by_sender ON submissions (sender COLLATE NOCASE)",
    # Work is owed to a submission or to a draft.
    """
    CREATE TABLE work_for_either (
        id INTEGER PRIMARY KEY,
        stage TEXT NOT NULL,
        submission_id INTEGER REFERENCES submissions(id),
        draft_id INTEGER REFERENCES drafts(id),
        state TEXT NOT NULL DEFAULT 'owed',
        owed_since TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        starts INTEGER NOT NULL DEFAULT 0,
        attempt TEXT,
        lease_until TEXT,
        ended_at TEXT,
        problem TEXT NOT NULL DEFAULT '',
        CHECK ((submission_id IS NULL) <> (draft_id IS NULL))
    ) STRICT
    """,
    """
    INSERT INTO work_for_either (id, stage, submission_id, state, owed_since, attempts, starts, attempt, lease_until,
        ended_at, problem)
    SELECT id, stage, submission_id, state, owed_since, attempts, starts, attempt, lease_until, ended_at, problem
    FROM work
    """,
    "DROP TABLE work",
    "ALTER TABLE work_for_either RENAME TO work",
    "CREATE INDEX work_by_state ON work (state, id)",
    "CREATE INDEX work_by_submission ON work (submission_id)",
    # A message that arrived: stored raw first, sorted later. Its words stand here and nowhere in the events.
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        ledger_id INTEGER NOT NULL UNIQUE REFERENCES ledger(id),
        mailbox TEXT NOT NULL,
        sha256 TEXT NOT NULL REFERENCES originals(sha256),
        arrived_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'arrived',
        starts INTEGER NOT NULL DEFAULT 0,
        content_key TEXT UNIQUE,
        message_id TEXT NOT NULL DEFAULT '',
        thread_root TEXT NOT NULL DEFAULT '',
        sender TEXT NOT NULL DEFAULT '',
        subject TEXT NOT NULL DEFAULT '',
        words TEXT NOT NULL DEFAULT '',
        kind TEXT NOT NULL DEFAULT '',
        verdict TEXT NOT NULL DEFAULT '',
        explanation TEXT NOT NULL DEFAULT '',
        may_answer INTEGER NOT NULL DEFAULT 0,
        case_id INTEGER REFERENCES cases(id),
        suggested_case_id INTEGER REFERENCES cases(id),
        UNIQUE (mailbox, sha256)
    ) STRICT
    """,
    "CREATE INDEX messages_by_state ON messages (state, id)",
    "CREATE INDEX messages_by_case ON messages (case_id, id)",
    "CREATE INDEX messages_by_message_id ON messages (message_id)",
    "CREATE INDEX messages_by_thread ON messages (thread_root)",
    # Cases that know each other: came together, follows an earlier one, claims to belong to one.
    """
    CREATE TABLE case_links (
        case_id INTEGER NOT NULL REFERENCES cases(id),
        other_id INTEGER NOT NULL REFERENCES cases(id),
        kind TEXT NOT NULL,
        made_at TEXT NOT NULL,
        PRIMARY KEY (case_id, other_id, kind)
    ) STRICT
    """,
    # What has been fetched, so that it is not fetched again; never what a message is known by.
    """
    CREATE TABLE mail_fetches (
        mailbox TEXT NOT NULL,
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        ledger_id INTEGER NOT NULL REFERENCES ledger(id),
        fetched_at TEXT NOT NULL,
        filed_at TEXT,
        PRIMARY KEY (mailbox, uidvalidity, uid)
    ) STRICT
    """,
    # One row for each thing that is watched: since when it is well or not, and whether people were told.
    """
    CREATE TABLE watches (
        name TEXT PRIMARY KEY,
        is_well INTEGER NOT NULL,
        since TEXT NOT NULL,
        checked_at TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        told INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "ALTER TABLE deliveries ADD COLUMN html TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE deliveries ADD COLUMN message_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE deliveries ADD COLUMN in_reply_to TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE deliveries ADD COLUMN event_number INTEGER REFERENCES events(number)",
    "ALTER TABLE deliveries ADD COLUMN is_automatic INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE deliveries ADD COLUMN not_before TEXT",
    "ALTER TABLE deliveries ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE deliveries ADD COLUMN next_try_at TEXT",
    "ALTER TABLE deliveries ADD COLUMN ended_at TEXT",
    "ALTER TABLE deliveries ADD COLUMN problem TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX deliveries_by_state ON deliveries (state, id)",
    "CREATE INDEX deliveries_by_message_id ON deliveries (message_id)",
    "CREATE INDEX deliveries_by_recipient ON deliveries (recipient COLLATE NOCASE, created_at)",
    # When the five-day clock stood still (JSON), and when the sender was last heard and not yet answered.
    "ALTER TABLE cases ADD COLUMN pauses TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN heard_at TEXT",
)


def m002_post_room(db: Database) -> None:
    """Messages, drafts and several files to a round; an outbox that sends; what a mailbox held when we looked."""
    for statement in _M002:
        db.execute(statement)
