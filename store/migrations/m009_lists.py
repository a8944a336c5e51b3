"""Lists: by when each must be acknowledged, who has it, counts that are kept, an index for each order."""

from __future__ import annotations

from sqlite_utils import Database

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


def m009_lists(db: Database) -> None:
    """Lists: by when each must be acknowledged, who has it, counts that are kept, an index for each order."""
    for statement in _M009:
        db.execute(statement)
