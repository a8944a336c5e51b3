"""Issuing a schedule: the same record gives the same version, a changed record the next, and nobody is dropped."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from casework.form import FormLibrary
from casework.model import Schedule
from outputs.issue import build_quarter, gather_quarter
from store.cases import add_submission, commit_reading, open_case, record
from store.database import open_database, to_text, transaction
from store.ledger import Outcome, add_line
from store.people import add_person
from store.releases import add_release
from store.schedules import load_issues

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Database:
    return open_database(":memory:")


def a_case(db: Database, answers: dict[str, Any], *, form: str = "business-justification") -> int:
    """A case that has been read, with these answers."""
    number = db.execute("SELECT count(*) FROM cases").fetchone()[0]
    digest = f"{number:064x}"
    with transaction(db):
        case_id, _ = open_case(db, NOW)
        line = add_line(
            db, channel="upload", name="f.docx", sender="", size=1, sha256=digest, outcome=Outcome.CASE,
            case_id=case_id, note="", hand_in_key=None, now=NOW,
        )  # fmt: skip
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", (digest, to_text(NOW)))
        submission = add_submission(
            db, case_id=case_id, ledger_id=line, sha256=digest, name="f.docx", channel="upload", sender="", now=NOW
        )
        record(db, Event(EventKind.RECEIVED, NOW, SENDER, case_id))
        answers_made = [{"field": key, "value": value} for key, value in answers.items()]
        reading = {"form": form, "kind": "docx", "answers": answers_made, "findings": []}
        text = json.dumps({"readings": [reading]})
        assert commit_reading(db, submission_id=submission, attempt="w1-a1", record_text=text, now=NOW)
    return case_id


def happened(db: Database, case_id: int, kind: EventKind, person: int, **facts: Any) -> None:
    with transaction(db):
        words = {"reason": "Because R&D <needs> it"} if kind is EventKind.DECIDED else {}
        record(db, Event(kind, NOW, user_actor(person), case_id, facts=facts, words=words))


def rendered(schedule: Schedule) -> bytes:
    return repr(schedule).encode()


def test_undecided_justifications_are_listed_as_pending(db: Database, library: FormLibrary) -> None:
    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})
    schedule = gather_quarter(db, library, "2026-Q4", None)
    assert [(line.title, line.status) for line in schedule.justifications] == [
        ("Payslips", "Decision pending: in triage")
    ]
    assert schedule.issued == date(2026, 12, 31)


def test_a_justification_raised_before_the_window_is_left_out_but_an_impossible_date_is_not(
    db: Database, library: FormLibrary
) -> None:
    a_case(db, {"title": "Old", "date_raised": "2026-06-30"})
    a_case(db, {"title": "First day", "date_raised": "2026-07-01"})
    a_case(db, {"title": "Impossible", "date_raised": "31/02/2026"})
    titles = [line.title for line in gather_quarter(db, library, "2026-Q4", None).justifications]
    assert titles == ["First day", "Impossible"]


def test_an_allocated_change_stands_under_its_release_whatever_its_form(db: Database, library: FormLibrary) -> None:
    case_id = a_case(db, {"role_name": "Menopause Advocate"}, form="supplementary-role")
    with transaction(db):
        person = add_person(db, email="a@b.example", name="A", password_hash="", roles=[])
        release = add_release(db, "Release 71", date(2026, 12, 18))
    happened(db, case_id, EventKind.DECIDED, person, decision="approve")
    happened(db, case_id, EventKind.ALLOCATED, person, release=release)
    schedule = gather_quarter(db, library, "2026-Q4", None)
    assert [(r.name, [line.title for line in lines]) for r, lines in schedule.releases] == [
        ("Release 71", ["Menopause Advocate"])
    ]
    assert schedule.justifications == ()


def test_the_same_record_gives_the_same_version_and_bytes_even_when_the_kept_bytes_are_gone(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})

    def build() -> tuple[str, str]:
        made = build_quarter(
            db, library=library, quarter="2026-Q4", issued=None, originals=str(tmp_path), now=NOW, render=rendered
        )
        return made.version, made.sha256

    first = build()
    for kept in tmp_path.rglob("*"):
        if kept.is_file():
            kept.unlink()
    assert build() == first == ("1.0", first[1])
    assert [issue.version for issue in load_issues(db, "2026-Q4")] == ["1.0"]


def test_a_changed_record_gives_the_next_version_that_names_the_one_before(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    def build() -> str:
        return build_quarter(
            db, library=library, quarter="2026-Q4", issued=None, originals=str(tmp_path), now=NOW, render=rendered
        ).version

    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})
    assert build() == "1.0"
    a_case(db, {"title": "Fit notes", "date_raised": "2026-10-02"})
    assert build() == "2.0"
    assert [issue[1] for issue in gather_quarter(db, library, "2026-Q4", None).previous_issues] == ["1.0"]
