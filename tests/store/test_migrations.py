"""A database of an earlier version keeps all that it holds when it is brought to the present shape."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from store.cases import load_forms
from store.database import open_database
from store.migrations import MIGRATIONS, m001_initial
from store.work import WorkState, load_work

_MOMENT = "2026-11-02T09:00:00.000000+00:00"


def an_old_database(path: Path) -> None:
    """One case with its form and the work it owes, as the first version kept them."""
    db = Database(sqlite3.connect(str(path), isolation_level=None))
    m001_initial(db)
    db.execute("PRAGMA user_version = 1")
    db.execute("INSERT INTO originals VALUES ('abc', 3, 'docx', ?)", (_MOMENT,))
    db.execute(
        "INSERT INTO cases (id, reference, year, number, token, created_at, status)"
        " VALUES (1, 'ESR-2026-0001', 2026, 1, 'token', ?, 'reading')",
        (_MOMENT,),
    )
    db.execute(
        "INSERT INTO ledger (id, arrived_at, channel, name, size, outcome, case_id)"
        " VALUES (1, ?, 'upload', 'form.docx', 3, 'case', 1)",
        (_MOMENT,),
    )
    db.execute(
        "INSERT INTO submissions (id, case_id, ledger_id, round, sha256, name, channel, sender, received_at)"
        " VALUES (7, 1, 1, 1, 'abc', 'form.docx', 'upload', 'a@example.nhs.uk', ?)",
        (_MOMENT,),
    )
    db.execute("INSERT INTO readings VALUES (7, 'w1-a1', ?, '{}')", (_MOMENT,))
    db.execute("INSERT INTO work (id, stage, submission_id, owed_since) VALUES (3, 'read', 7, ?)", (_MOMENT,))
    db.close()


def test_forms_readings_and_work_survive_the_step_to_several_files_a_round(tmp_path: Path) -> None:
    an_old_database(tmp_path / "db")
    db = open_database(tmp_path / "db")
    assert [(form.id, form.round, form.part, form.name) for form in load_forms(db, 1)] == [(7, 1, 1, "form.docx")]
    assert [(work.id, work.submission_id, work.sha256) for work in load_work(db, WorkState.OWED)] == [(3, 7, "abc")]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    db.close()


def test_an_old_and_a_new_database_have_the_same_tables(tmp_path: Path) -> None:
    an_old_database(tmp_path / "old")
    shapes = []
    for name in ("old", "new"):
        db = open_database(tmp_path / name)
        shapes.append(sorted(db.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()))
        db.close()
    assert shapes[0] == shapes[1]


def test_what_people_said_of_findings_survives_the_step_to_findings_by_field(tmp_path: Path) -> None:
    an_old_database(tmp_path / "db")
    db = Database(sqlite3.connect(str(tmp_path / "db"), isolation_level=None))
    db.execute("PRAGMA foreign_keys = OFF")
    for step in MIGRATIONS[1:16]:
        step(db)
    db.execute("INSERT INTO events VALUES (1, 1, 'finding-accepted', ?, 'user:1', NULL, '{}', '', 'h')", (_MOMENT,))
    db.execute("INSERT INTO verdicts VALUES (1, 'benefits.weak', 2, 'benefits', 7, 0, 1)")
    db.execute("PRAGMA user_version = 16")
    db.close()
    db = open_database(tmp_path / "db")
    assert list(db.query("SELECT * FROM verdicts")) == [
        {
            "case_id": 1,
            "rule": "benefits.weak",
            "field": "benefits",
            "version": 2,
            "submission_id": 7,
            "is_right": 0,
            "event_number": 1,
        }
    ]
    db.close()
