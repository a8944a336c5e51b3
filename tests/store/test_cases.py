"""Cases: a reading is committed once, and the case's row always says what its events add up to."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.events import SENDER, SYSTEM, Event, EventKind, user_actor
from casework.model import (
    Answer,
    ErrorCode,
    FieldStatus,
    FileKind,
    Finding,
    Reading,
    ReadingProblem,
    Severity,
)
from casework.reading_json import reading_to_record
from store.cases import (
    add_submission,
    commit_reading,
    find_case_with_original,
    find_reading_record,
    forget_reading,
    load_case,
    load_case_by_reference,
    load_case_by_token,
    load_newest_readings,
    load_submissions,
    open_case,
    record,
)
from store.database import to_text, transaction
from store.ledger import Outcome, add_line
from store.people import add_person

DIGEST = "a" * 64


def submit(db: Database, case_id: int, now: datetime, name: str = "form.docx", digest: str = DIGEST) -> int:
    line = add_line(
        db, channel="upload", name=name, sender="", size=1, sha256=digest, outcome=Outcome.CASE, case_id=case_id,
        note="", hand_in_key=None, now=now,
    )  # fmt: skip
    db.execute("INSERT OR IGNORE INTO originals VALUES (?, 1, 'docx', ?)", (digest, to_text(now)))
    return add_submission(
        db, case_id=case_id, ledger_id=line, sha256=digest, name=name, channel="upload", sender="", now=now
    )


@pytest.fixture
def case_id(db: Database, now: datetime) -> int:
    """A case with one submission that nobody has read."""
    with transaction(db):
        case_id, _ = open_case(db, now)
        submission = submit(db, case_id, now)
        record(db, Event(EventKind.RECEIVED, now, SENDER, case_id, facts={"submission": submission}))
    return case_id


def a_reading(**answers: str) -> Reading:
    return Reading(
        DIGEST,
        FileKind.DOCX,
        form="business-justification",
        answers=tuple(Answer(key, text, text, FieldStatus.ANSWERED) for key, text in answers.items()),
        findings=(
            Finding("required.justification", Severity.BLOCKER, "justification", "Say why."),
            Finding("benefits.unmeasured", Severity.ADVICE, "benefits", "Add a figure."),
        ),
    )


def commit(db: Database, now: datetime, reading: Reading, submission: int = 1, attempt: str = "w1-a1") -> bool:
    with transaction(db):
        return commit_reading(
            db,
            submission_id=submission,
            attempt=attempt,
            record_text=json.dumps({"readings": [reading_to_record(reading)]}),
            now=now,
        )


def row(db: Database, columns: str) -> Any:
    return db.execute(f"SELECT {columns} FROM cases").fetchone()


def test_a_reading_brings_the_case_up_to_date(db: Database, case_id: int, now: datetime) -> None:
    assert row(db, "status, title, version") == ("reading", "form.docx", 1)
    assert commit(db, now, a_reading(title="Payslips in large print", organisation="Northmoor", region="london"))
    assert row(db, "status, form, title, organisation, region, blockers, queries, advice, version") == (
        "new", "business-justification", "Payslips in large print", "Northmoor", "london", 1, 0, 1, 2,
    )  # fmt: skip


def test_a_submission_is_read_once(db: Database, case_id: int, now: datetime) -> None:
    assert commit(db, now, a_reading(title="First"))
    assert not commit(db, now, a_reading(title="Second"), attempt="w1-a2")
    assert row(db, "title, version") == ("First", 2)
    assert db.execute("SELECT attempt FROM readings").fetchall() == [("w1-a1",)]


def test_a_file_that_cannot_be_read_waits_for_a_person(db: Database, case_id: int, now: datetime) -> None:
    problem = ReadingProblem(ErrorCode.ENCRYPTED, "It needs a password.")
    assert commit(db, now, Reading(DIGEST, FileKind.PDF, problem=problem))
    assert row(db, "status, form, title") == ("unreadable", None, "form.docx")


def test_a_reading_that_was_forgotten_can_be_made_again(db: Database, case_id: int, now: datetime) -> None:
    commit(db, now, Reading(DIGEST, FileKind.PDF, problem=ReadingProblem(ErrorCode.TIMEOUT, "Too long.")))
    with transaction(db):
        forget_reading(db, 1)
    assert find_reading_record(db, 1) is None
    assert commit(db, now, a_reading(title="Now it reads"), attempt="w2-a1")
    assert row(db, "status, title") == ("new", "Now it reads")


def test_a_reading_that_was_asked_for_again_takes_the_place_of_the_one_before_once(
    db: Database, case_id: int, now: datetime
) -> None:
    commit(db, now, Reading(DIGEST, FileKind.PDF, problem=ReadingProblem(ErrorCode.TIMEOUT, "Too long.")))
    with transaction(db):
        record(db, Event(EventKind.READING_ASKED, now, user_actor(1), case_id, facts={"submission": 1}))
    assert row(db, "status") == ("reading",)
    assert commit(db, now, a_reading(title="Now it reads"), attempt="w2-a1")
    assert not commit(db, now, a_reading(title="Late"), attempt="w1-a1")
    assert row(db, "status, title") == ("new", "Now it reads")


def test_a_persons_correction_stands_before_the_reading_and_settles_its_findings(
    db: Database, case_id: int, now: datetime
) -> None:
    commit(db, now, a_reading(title="Paysilps", benefits="Many"))
    with transaction(db):
        for name, value in (("title", "Payslips"), ("justification", "The law asks for it.")):
            words = {"value": value, "reason": "Asked by telephone"}
            record(
                db, Event(EventKind.ANSWER_CORRECTED, now, user_actor(1), case_id, facts={"field": name}, words=words)
            )
        record(
            db, Event(EventKind.FINDING_ACCEPTED, now, user_actor(1), case_id, facts={"finding": "benefits.unmeasured"})
        )
    assert row(db, "title, blockers, advice") == ("Payslips", 0, 0)


def test_the_newest_submission_that_was_read_speaks_for_the_case(db: Database, case_id: int, now: datetime) -> None:
    commit(db, now, a_reading(title="First round"))
    with transaction(db):
        submit(db, case_id, now, name="second.docx", digest="b" * 64)
    assert load_newest_readings(db, case_id)[0]["answers"][0]["value"] == "First round"
    commit(db, now, a_reading(title="Second round"), submission=2, attempt="w2-a1")
    assert row(db, "title") == ("Second round",)
    assert [(s.round, s.name) for s in load_submissions(db, case_id)] == [(1, "form.docx"), (2, "second.docx")]


def test_a_save_from_a_page_that_grew_old_is_refused_and_changes_nothing(
    db: Database, case_id: int, now: datetime
) -> None:
    with transaction(db):
        person = add_person(db, email="r@example.nhs.uk", name="R", password_hash="", roles=[])
    commit(db, now, a_reading())
    with transaction(db):
        record(db, Event(EventKind.CLAIMED, now, user_actor(person), case_id), expected_version=2)
    with pytest.raises(StaleError, match="Somebody else changed this request"), transaction(db):
        record(db, Event(EventKind.RELEASED, now, user_actor(person), case_id), expected_version=2)
    assert row(db, "status, claimed_by, version") == ("in-review", person, 3)


def test_a_case_is_found_by_reference_token_and_original(db: Database, case_id: int) -> None:
    case = load_case(db, case_id)
    assert load_case_by_reference(db, "ESR-2026-0001") == case
    assert load_case_by_token(db, case.token) == case
    assert find_case_with_original(db, DIGEST) == case
    assert find_case_with_original(db, "c" * 64) is None
    assert len(case.token) >= 32


def test_a_case_that_is_not_there_is_said_plainly(db: Database) -> None:
    with pytest.raises(RefusedError, match="There is no such request"):
        load_case(db, 7)


def test_an_event_without_a_case_cannot_be_recorded_for_one(db: Database, now: datetime) -> None:
    with pytest.raises(ValueError, match="no case"):
        record(db, Event(EventKind.NOTED, now, SYSTEM))
