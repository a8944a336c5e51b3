"""Opens the database, keeps its promises (WAL, every commit on disk) and brings it to the present shape."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlite_utils import Database

from casework.errors import DamagedError, UnavailableError
from casework.working_days import LONDON
from store.migrations import MIGRATIONS
from store.search import fill_search

BUSY_SECONDS = 10.0
# Trouble around the database that passes, as the low byte of SQLite's extended codes: busy, locked, read-only,
# input or output, full, cannot open.
_PASSES = frozenset({5, 6, 8, 10, 13, 14})


def open_database(path: Path | str) -> Database:
    """The database at `path` (`:memory:` for tests), migrated. One connection per thread and process.

    synchronous=FULL because an acknowledgement must survive a power cut: NORMAL loses commits there.
    """
    try:
        connection = sqlite3.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        db = Database(connection)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        _migrate(db)
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.OperationalError):
            raise UnavailableError(f"The database cannot be opened: {problem}.") from problem
        raise DamagedError("The database is damaged. Restore it from the last backup.") from problem
    return db


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """One write transaction, begun IMMEDIATE so that two writers wait for each other instead of failing half-way."""
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        raise UnavailableError("The service is busy. Try again in a minute.") from problem
    try:
        yield db
        db.execute("COMMIT")
    except sqlite3.OperationalError as problem:
        # rollback() does nothing where SQLite has already ended the transaction itself (disk full).
        db.conn.rollback()
        if problem.sqlite_errorcode & 0xFF in _PASSES:
            raise UnavailableError("The service cannot store anything at the moment. Try again later.") from problem
        raise
    except BaseException:
        db.conn.rollback()
        raise


def to_text(moment: datetime) -> str:
    """A moment as the database keeps it: UTC, ISO 8601, microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def start_of_day(day: date) -> str:
    """The first moment of a day in London, as the database keeps it."""
    return to_text(datetime.combine(day, time(), LONDON))


def to_moment(text: str) -> datetime:
    """The moment that `to_text` wrote."""
    return datetime.fromisoformat(text)


def _migrate(db: Database) -> None:
    if _version(db) == len(MIGRATIONS):
        return
    # Some steps make a table anew, which SQLite allows only while it does not enforce references; they are all checked
    # before anything is committed.
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        _migrate_to_newest(db)
    finally:
        db.execute("PRAGMA foreign_keys = ON")


def _migrate_to_newest(db: Database) -> None:
    with transaction(db):
        # Read again inside the transaction: another process may have migrated while we waited.
        done = _version(db)
        if done > len(MIGRATIONS):
            raise DamagedError("The database was made by a newer version of Formwright. Start that version instead.")
        for number in range(done, len(MIGRATIONS)):
            MIGRATIONS[number](db)
        fill_search(db)
        if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise DamagedError("The database holds references to what is not there. Restore it from the last backup.")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(db: Database) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
