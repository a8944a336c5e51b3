"""The numbered steps that bring a database to the present shape; a step is never edited once it has landed."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlite_utils import Database


def m001_initial(db: Database) -> None:
    """Ledger, originals, cases, readings, events, work, deliveries, people, releases and schedules."""
    for statement in _M001:
        db.execute(statement)


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


def m002_post_room(db: Database) -> None:
    """Messages, drafts and several files to a round; an outbox that sends; what a mailbox held when we looked."""
    for statement in _M002:
        db.execute(statement)


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


def m003_uploads(db: Database) -> None:
    """An upload from a case's own page knows the case that it is a new version of; quotas count the day's arrivals."""
    db.execute("ALTER TABLE drafts ADD COLUMN follows_id INTEGER REFERENCES cases(id)")
    db.execute("CREATE INDEX ledger_by_time ON ledger (channel, arrived_at)")


def m004_page_pictures(db: Database) -> None:
    """What each form looks like: its pages' pictures, and where the answers stand on them."""
    db.execute(
        "CREATE TABLE pages (submission_id INTEGER PRIMARY KEY REFERENCES submissions(id), attempt TEXT NOT NULL,"
        " committed_at TEXT NOT NULL, record TEXT NOT NULL) STRICT"
    )


def m005_found_by(db: Database) -> None:
    """The ledger, the files and the letters are looked up by these."""
    db.execute("CREATE INDEX ledger_by_original ON ledger (sha256)")
    db.execute("CREATE INDEX submissions_by_line ON submissions (ledger_id)")
    db.execute("CREATE INDEX deliveries_by_case ON deliveries (case_id, id)")


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


def m007_search(db: Database) -> None:
    """A full-text index over requests; it is filled when all steps are done, from what is stored."""
    db.execute(
        "CREATE VIRTUAL TABLE case_words USING fts5 (reference, title, organisation, sr_number, answers, people,"
        " messages, notes, tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4')"
    )
    db.execute("CREATE VIRTUAL TABLE case_terms USING fts5vocab (case_words, row)")


def m008_eight_roles(db: Database) -> None:
    """Roles are told apart; sessions, invitations, sign-in tries, edited data and who looked at what.

    Taking over, releases and schedules were every reviewer's before: whoever could do them still can, until an
    administrator says otherwise.
    """
    for row in list(db.query("SELECT id, roles FROM users")):
        roles = set(json.loads(row["roles"]))
        if roles & {"reviewer", "approver"}:
            roles |= {"lead", "publisher"}
            db.execute("UPDATE users SET roles = ? WHERE id = ?", (json.dumps(sorted(roles)), row["id"]))
    for statement in _M008:
        db.execute(statement)


_M008 = (
    "ALTER TABLE users ADD COLUMN regions TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE users ADD COLUMN last_sign_in TEXT",
    # The second factor: its shared secret, the last time step that was used, and hashes of the codes for a lost phone.
    "ALTER TABLE users ADD COLUMN totp_secret TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE users ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN recovery_hashes TEXT NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users(id),
        started_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        browser TEXT NOT NULL DEFAULT '',
        ended_at TEXT
    ) STRICT
    """,
    "CREATE INDEX sessions_by_user ON sessions (user_id, started_at)",
    """
    CREATE TABLE invitations (
        token_hash TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users(id),
        purpose TEXT NOT NULL,
        made_by INTEGER REFERENCES users(id),
        made_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        used_at TEXT
    ) STRICT
    """,
    # `bucket` is what is counted against: a keyed hash of an account, an address or a browser, never the thing itself.
    """
    CREATE TABLE sign_in_tries (
        bucket TEXT PRIMARY KEY,
        wrong INTEGER NOT NULL,
        last_at TEXT NOT NULL
    ) STRICT
    """,
    # Who looked at which request's personal data, one row for a person, a request and an hour.
    """
    CREATE TABLE viewings (
        user_id INTEGER NOT NULL REFERENCES users(id),
        case_id INTEGER NOT NULL REFERENCES cases(id),
        hour TEXT NOT NULL,
        what TEXT NOT NULL,
        PRIMARY KEY (user_id, case_id, hour, what)
    ) STRICT
    """,
    "CREATE INDEX viewings_by_hour ON viewings (hour)",
    # Shipped data that was edited here: every version of every text, the newest counting.
    """
    CREATE TABLE edited_texts (
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        text TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        saved_by INTEGER REFERENCES users(id),
        reason TEXT NOT NULL,
        PRIMARY KEY (name, version)
    ) STRICT
    """,
)


def m009_lists(db: Database) -> None:
    """Lists: by when each must be acknowledged, who has it, counts that are kept, an index for each order."""
    for statement in _M009:
        db.execute(statement)


_PLACE = "status, coalesce(claimed_by, 0), coalesce(form, ''), region, due_on"
_NEW_PLACE = "new.status, coalesce(new.claimed_by, 0), coalesce(new.form, ''), new.region, new.due_on"
_OLD_PLACE = "old.status, coalesce(old.claimed_by, 0), coalesce(old.form, ''), old.region, old.due_on"
_HELD = "id, status, form, claimed_by"
_M009 = (
    "ALTER TABLE cases ADD COLUMN due_on TEXT NOT NULL DEFAULT '9999'",
    "ALTER TABLE cases ADD COLUMN reviewer TEXT NOT NULL DEFAULT ''",
    "UPDATE cases SET reviewer = coalesce((SELECT name FROM users WHERE users.id = claimed_by), '')",
    """
    CREATE TABLE bank_holidays (
        calendar TEXT NOT NULL,
        day TEXT NOT NULL,
        is_default INTEGER NOT NULL,
        PRIMARY KEY (calendar, day)
    ) STRICT, WITHOUT ROWID
    """,
    # A person's name stands beside their requests, so that they can be listed in the order of names.
    """
    CREATE TRIGGER cases_name_their_reviewer AFTER UPDATE OF claimed_by ON cases
    WHEN old.claimed_by IS NOT new.claimed_by
    BEGIN
        UPDATE cases SET reviewer = coalesce((SELECT name FROM users WHERE users.id = new.claimed_by), '')
        WHERE id = new.id;
    END
    """,
    """
    CREATE TRIGGER users_are_renamed AFTER UPDATE OF name ON users WHEN old.name <> new.name
    BEGIN UPDATE cases SET reviewer = new.name WHERE claimed_by = new.id; END
    """,
    # How many requests stand alike: the queue shows these counts on every page and could not count each time.
    """
    CREATE TABLE case_counts (
        status TEXT NOT NULL,
        claimed_by INTEGER NOT NULL,
        form TEXT NOT NULL,
        region TEXT NOT NULL,
        due_on TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (status, claimed_by, form, region, due_on)
    ) STRICT, WITHOUT ROWID
    """,
    f"INSERT INTO case_counts SELECT {_PLACE}, count(*) FROM cases GROUP BY 1, 2, 3, 4, 5",  # noqa: S608 - ours
    f"""
    CREATE TRIGGER cases_are_counted AFTER INSERT ON cases
    BEGIN
        INSERT INTO case_counts VALUES ({_NEW_PLACE}, 1)
        ON CONFLICT (status, claimed_by, form, region, due_on) DO UPDATE SET number = number + 1;
    END
    """,  # noqa: S608 - our own column names
    f"""
    CREATE TRIGGER cases_are_counted_again AFTER UPDATE OF status, claimed_by, form, region, due_on ON cases
    WHEN ({_OLD_PLACE}) IS NOT ({_NEW_PLACE})
    BEGIN
        UPDATE case_counts SET number = number - 1
        WHERE (status, claimed_by, form, region, due_on) = ({_OLD_PLACE});
        DELETE FROM case_counts
        WHERE (status, claimed_by, form, region, due_on) = ({_OLD_PLACE}) AND number = 0;
        INSERT INTO case_counts VALUES ({_NEW_PLACE}, 1)
        ON CONFLICT (status, claimed_by, form, region, due_on) DO UPDATE SET number = number + 1;
    END
    """,  # noqa: S608 - our own column names
    # What a list is narrowed down by.
    "DROP INDEX cases_by_status",
    "CREATE INDEX cases_by_place ON cases (status, form, claimed_by, region)",
    "CREATE INDEX cases_by_claim ON cases (claimed_by, status)",
    "CREATE INDEX cases_by_release ON cases (release_id, status)",
    "CREATE INDEX cases_by_area ON cases (functional_area, status)",
    "CREATE INDEX cases_by_region ON cases (region, status)",
    # What a list is ordered by: read from either end, with what most lists are narrowed down by.
    f"CREATE INDEX cases_by_due ON cases (due_on, created_at, {_HELD})",
    f"CREATE INDEX cases_by_title ON cases (title COLLATE NOCASE, {_HELD})",
    f"CREATE INDEX cases_by_form ON cases (coalesce(form, ''), {_HELD})",
    f"CREATE INDEX cases_by_checks ON cases (blockers, queries, {_HELD})",
    "CREATE INDEX cases_by_status ON cases (status, id, form, claimed_by)",
    f"CREATE INDEX cases_by_reviewer ON cases ((reviewer = ''), reviewer, {_HELD})",
    f"CREATE INDEX cases_by_received ON cases (created_at, {_HELD})",
    f"CREATE INDEX cases_by_decided ON cases (coalesce(decided_at, ''), {_HELD})",
)


def m010_attachments(db: Database) -> None:
    """The files that go out with a message."""
    db.execute(
        "CREATE TABLE attachments (delivery_id INTEGER NOT NULL REFERENCES deliveries(id), position INTEGER NOT NULL,"
        " name TEXT NOT NULL, words TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,"
        " PRIMARY KEY (delivery_id, position)) STRICT"
    )


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


def m013_rechecks(db: Database) -> None:
    """What the checks said after each correction of an answer."""
    db.execute(
        "CREATE TABLE rechecks (event_number INTEGER PRIMARY KEY REFERENCES events(number),"
        " record TEXT NOT NULL) STRICT"
    )


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


def m015_circulation(db: Database) -> None:
    """Lists of addresses, and the messages to them with everybody they went to."""
    for statement in _CIRCULATION:
        db.execute(statement)
    for name in ("Functional Account Managers", "Regional groups", "Service"):
        db.execute("INSERT INTO circulation_lists (name) VALUES (?)", (name,))


_CIRCULATION = (
    "CREATE TABLE circulation_lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT",
    """
    CREATE TABLE circulation_members (
        id INTEGER PRIMARY KEY,
        list_id INTEGER NOT NULL REFERENCES circulation_lists(id),
        address TEXT NOT NULL COLLATE NOCASE,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        token TEXT NOT NULL UNIQUE,
        changed_at TEXT NOT NULL,
        changed_by INTEGER REFERENCES users(id),
        UNIQUE (list_id, address)
    ) STRICT
    """,
    "CREATE INDEX circulation_members_by_address ON circulation_members (address)",
    """
    CREATE TABLE circulations (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        lists TEXT NOT NULL,
        issue_id INTEGER,
        attaches INTEGER NOT NULL,
        stage TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES users(id),
        created_at TEXT NOT NULL,
        send_at TEXT,
        asked_by INTEGER REFERENCES users(id),
        confirmed_by INTEGER REFERENCES users(id),
        confirmed_at TEXT,
        recipients INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE circulation_recipients (
        circulation_id INTEGER NOT NULL REFERENCES circulations(id),
        member_id INTEGER NOT NULL REFERENCES circulation_members(id),
        delivery_id INTEGER NOT NULL REFERENCES deliveries(id),
        PRIMARY KEY (circulation_id, member_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX circulation_recipients_by_delivery ON circulation_recipients (delivery_id)",
)


def m016_saved_views(db: Database) -> None:
    """Views of the queue that people keep, and the orders they chose."""
    db.execute(
        "CREATE TABLE saved_views (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES users(id),"
        " name TEXT NOT NULL, address TEXT NOT NULL, is_shared INTEGER NOT NULL, UNIQUE (owner, name)) STRICT"
    )
    db.execute(
        "CREATE TABLE preferences (user_id INTEGER NOT NULL REFERENCES users(id), name TEXT NOT NULL,"
        " value TEXT NOT NULL, PRIMARY KEY (user_id, name)) STRICT, WITHOUT ROWID"
    )


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    m001_initial,
    m002_post_room,
    m003_uploads,
    m004_page_pictures,
    m005_found_by,
    m006_figures,
    m007_search,
    m008_eight_roles,
    m009_lists,
    m010_attachments,
    m011_judged,
    m012_lifecycle,
    m013_rechecks,
    m014_schedules_that_can_be_made_again,
    m015_circulation,
    m016_saved_views,
)
