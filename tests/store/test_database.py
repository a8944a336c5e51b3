"""Opening and writing: commits are durable, writers wait for each other, a broken database says so."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.errors import DamagedError, UnavailableError
from store import database
from store.database import open_database, to_moment, to_text, transaction
from store.migrations import MIGRATIONS


def test_every_commit_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    db = open_database(tmp_path / "db")
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    db.close()


def test_opening_again_migrates_nothing(tmp_path: Path) -> None:
    open_database(tmp_path / "db").close()
    db = open_database(tmp_path / "db")
    assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    db.close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    db = open_database(tmp_path / "db")
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(DamagedError, match="newer version"):
        open_database(tmp_path / "db")


def test_a_file_that_is_no_database_says_to_restore_it(tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedError, match="Restore it from the last backup"):
        open_database(tmp_path / "db")


def test_what_fails_in_a_transaction_leaves_nothing(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), transaction(db):  # noqa: PT012 - the failure must come after the write
        db.execute("INSERT INTO secrets (name, value) VALUES ('a', 'b')")
        _ = 1 / 0
    assert db.execute("SELECT count(*) FROM secrets").fetchone() == (0,)


def test_a_database_that_stays_locked_is_unavailable_and_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    holder, db = open_database(tmp_path / "db"), open_database(tmp_path / "db")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UnavailableError, match="Try again"), transaction(db):
        pass
    holder.execute("ROLLBACK")
    with transaction(db):
        db.execute("INSERT INTO secrets (name, value) VALUES ('a', 'b')")
    holder.close()
    db.close()


def test_a_full_disk_is_unavailable_and_heals(tmp_path: Path) -> None:
    db = open_database(tmp_path / "db")
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UnavailableError, match="cannot store"), transaction(db):
        db.execute("INSERT INTO secrets (name, value) VALUES ('a', ?)", ("x" * 100_000,))
    assert not db.conn.in_transaction

    db.execute(f"PRAGMA max_page_count = {pages + 100}")
    with transaction(db):
        db.execute("INSERT INTO secrets (name, value) VALUES ('a', ?)", ("x" * 100_000,))
    assert db.execute("SELECT count(*) FROM secrets").fetchone() == (1,)
    db.close()


def test_a_mistake_of_ours_is_not_taken_for_a_passing_trouble(db: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), transaction(db):
        db.execute("SELECT * FROM nothing_of_the_kind")


def test_text_order_is_time_order_across_time_zones() -> None:
    earlier = to_moment("2026-07-01T00:30:00+01:00")
    later = to_moment("2026-06-30T23:45:00+00:00")
    assert sorted([to_text(later), to_text(earlier)]) == [to_text(earlier), to_text(later)]
    assert to_moment(to_text(earlier)) == earlier
