"""After a step from an earlier version, every request stands where its events say, and forms are read meanwhile."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.events import Event, EventKind
from service.dispatch import REFRESHED_AT_ONCE, Dispatcher
from store.database import open_database, transaction
from store.events import record_event
from store.figures import SHAPE, find_uncounted
from store.migrations import MIGRATIONS
from tests.service.conftest import Service

BEFORE_THE_TABLES_OF_MOVES = 11
_CASES = 120
_ROW = "SELECT status, version, form, decision, review_on, due_on FROM cases"


def an_earlier_database(path: Path, service: Service) -> None:
    """More cases than one sweep refreshes, each put on hold; their rows and counts say what an old version made."""
    db = Database(str(path))
    db.conn.isolation_level = None
    now = service.clock()
    with transaction(db):
        for migrate in MIGRATIONS[:BEFORE_THE_TABLES_OF_MOVES]:
            migrate(db)
        db.execute(f"PRAGMA user_version = {BEFORE_THE_TABLES_OF_MOVES}")
        for number in range(1, _CASES + 1):
            db.execute(
                "INSERT INTO cases (id, reference, year, number, token, created_at, status)"
                " VALUES (?, ?, 2026, ?, ?, ?, 'new')",
                (number, f"ESR-2026-{number:04}", number, f"token{number}", now.isoformat()),
            )
            for kind, facts in (
                (EventKind.RECEIVED, {}),
                (EventKind.FORM_READ, {"form": "business-justification"}),
                (EventKind.DECIDED, {"decision": "defer"}),
            ):
                record_event(db, Event(kind, now, "system", number, facts=facts))
            db.execute("INSERT INTO case_figures VALUES (?, 1, '2026-11-23', '[[\"status\", \"new\"]]')", (number,))
        db.execute("INSERT INTO tallies VALUES ('status', 'new', '2026-11-23', ?)", (_CASES,))
    db.close()


@pytest.fixture
def upgraded(service: Service, tmp_path: Path) -> Dispatcher:
    """The dispatcher of this version on a database of the one before."""
    an_earlier_database(tmp_path / "old.sqlite3", service)
    return dataclasses.replace(service.dispatcher, db=open_database(tmp_path / "old.sqlite3"))


def test_every_row_of_an_earlier_version_is_brought_up_to_date(upgraded: Dispatcher) -> None:
    assert len(find_uncounted(upgraded.db, 1000)) == _CASES
    while not upgraded.all_counted:
        upgraded.sweep()
    rows = upgraded.db.execute(_ROW).fetchall()
    assert rows == [
        ("deferred", 3 * number, "business-justification", "defer", None, "9999") for number in range(1, _CASES + 1)
    ]
    assert upgraded.db.execute("SELECT DISTINCT shape FROM case_figures").fetchall() == [(SHAPE,)]
    counted = upgraded.db.execute("SELECT name, number FROM tallies WHERE kind = 'status'").fetchall()
    assert counted == [("deferred", _CASES)]


def test_a_sweep_refreshes_some_so_that_forms_do_not_wait_for_all(upgraded: Dispatcher) -> None:
    upgraded.sweep()
    assert len(find_uncounted(upgraded.db, 1000)) == _CASES - REFRESHED_AT_ONCE
    assert not upgraded.all_counted
