"""Work owed: leased to one attempt at a time, ended once, and counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from store.cases import add_submission, open_case
from store.database import to_text, transaction
from store.ledger import Outcome, add_line
from store.work import (
    WorkState,
    count_by_state,
    end_work,
    extend_lease,
    find_failed_work,
    find_work,
    lease,
    load_work,
    owe,
    owe_again,
)


@pytest.fixture
def submission(db: Database, now: datetime) -> int:
    with transaction(db):
        case_id, _ = open_case(db, now)
        line = add_line(
            db, channel="upload", name="form.docx", sender="", size=1, sha256="0" * 64, outcome=Outcome.CASE,
            case_id=case_id, note="", hand_in_key=None, now=now,
        )  # fmt: skip
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", ("0" * 64, to_text(now)))
        return add_submission(
            db, case_id=case_id, ledger_id=line, sha256="0" * 64, name="form.docx", channel="upload", sender="", now=now
        )


@pytest.fixture
def work_id(db: Database, submission: int, now: datetime) -> int:
    with transaction(db):
        return owe(db, stage="read", submission_id=submission, now=now)


def test_owed_work_knows_what_a_worker_needs(db: Database, work_id: int, submission: int, now: datetime) -> None:
    [work] = load_work(db, WorkState.OWED)
    assert (work.id, work.submission_id, work.sha256, work.received_at) == (work_id, submission, "0" * 64, now)
    assert (work.attempts, work.starts, work.attempt, work.lease_until) == (0, 0, None, None)


def test_each_lease_has_an_attempt_of_its_own(db: Database, work_id: int, now: datetime) -> None:
    with transaction(db):
        first = lease(db, work_id, until=now + timedelta(seconds=60))
        owe_again(db, work_id, started=False)
        second = lease(db, work_id, until=now + timedelta(seconds=60))
    assert (first, second) == ("w1-a1", "w1-a2")
    [work] = load_work(db, WorkState.LEASED)
    assert (work.attempt, work.attempts, work.lease_until) == ("w1-a2", 2, now + timedelta(seconds=60))


def test_only_attempts_that_somebody_began_count_as_starts(db: Database, work_id: int, now: datetime) -> None:
    counted = []
    with transaction(db):
        for started in (True, False, True, True):
            lease(db, work_id, until=now)
            counted.append(owe_again(db, work_id, started=started))
    assert counted == [1, 1, 2, 3]


def test_a_lease_can_be_extended_only_while_it_stands(db: Database, work_id: int, now: datetime) -> None:
    later = now + timedelta(seconds=90)
    with transaction(db):
        extend_lease(db, work_id, until=later)
    [work] = load_work(db, WorkState.OWED)
    assert work.lease_until is None
    with transaction(db):
        lease(db, work_id, until=now)
        extend_lease(db, work_id, until=later)
    [work] = load_work(db, WorkState.LEASED)
    assert work.lease_until == later


def test_failed_work_keeps_the_reason_for_a_person(db: Database, work_id: int, submission: int, now: datetime) -> None:
    assert find_failed_work(db, submission) is None
    with transaction(db):
        end_work(db, work_id, WorkState.FAILED, problem="It took too long.", now=now)
    failed = find_failed_work(db, submission)
    assert failed is not None
    assert (failed.id, failed.problem) == (work_id, "It took too long.")


def test_the_longest_owed_comes_first_and_no_more_than_asked(db: Database, submission: int, now: datetime) -> None:
    with transaction(db):
        for _ in range(3):
            owe(db, stage="read", submission_id=submission, now=now)
    assert [work.id for work in load_work(db, WorkState.OWED, limit=2)] == [1, 2]
    assert load_work(db, WorkState.OWED, stage="other") == []
    assert load_work(db, WorkState.OWED, limit=0) == []


def test_every_state_is_counted(db: Database, work_id: int) -> None:
    assert count_by_state(db) == {
        WorkState.OWED: 1, WorkState.LEASED: 0, WorkState.DONE: 0, WorkState.FAILED: 0,
    }  # fmt: skip


def test_work_that_never_was_is_not_found(db: Database) -> None:
    assert find_work(db, 7) is None
