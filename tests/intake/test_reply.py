"""What a sender does on the page of their request: answers to questions, and taking the request back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind, Fact, user_actor
from casework.lifecycle import UserRole
from casework.model import Arrival
from casework.promise import Calendar
from casework.reading_json import reading_to_record
from intake.receive import receive, receive_reply, withdraw_case
from store.cases import CaseRow, commit_reading, load_case, load_submissions, record
from store.database import transaction
from store.events import load_events
from store.ledger import Outcome, load_lines
from store.people import add_person
from tests.builders import a_reading

KEY = "k" * 20
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENGLAND = Calendar("england", "1", frozenset({date(2026, 12, 25)}))


@pytest.fixture
def case(db: Database, originals: str) -> CaseRow:
    """A request that was read, in a service with one reviewer."""
    add_person(db, email="asha@example.nhs.uk", name="Asha", password_hash="", roles=[UserRole.REVIEWER])
    receive(
        Arrival(b"%PDF-1.7 form", "form.pdf", "upload", "ann.lee@example.nhs.uk"),
        db=db,
        originals=originals,
        now=MONDAY,
        limit_bytes=1000,
        receipt_text=lambda reference, name, _: (reference, name),
    )
    text = json.dumps({"readings": [reading_to_record(a_reading(title="Study leave"))]})
    with transaction(db):
        commit_reading(db, submission_id=1, attempt="w", record_text=text, now=MONDAY)
    return load_case(db, 1)


def act(db: Database, case: CaseRow, kind: EventKind, **facts: Fact) -> None:
    with transaction(db):
        record(db, Event(kind, MONDAY, user_actor(1), case.id, facts=facts))


def test_an_answer_typed_on_the_page_ends_the_waiting_for_it(db: Database, case: CaseRow) -> None:
    act(db, case, EventKind.INFORMATION_REQUESTED)
    assert load_case(db, case.id).status == "waiting"
    receive_reply(db, case.id, "  About 400 managers.\r\nIn three trusts. ", now=MONDAY, hand_in_key=KEY)
    reply = load_events(db, case.id)[-1]
    assert load_case(db, case.id).status == "new"
    assert (reply.kind, reply.actor) == (EventKind.REPLIED, SENDER)
    assert reply.words == {"words": "About 400 managers.\nIn three trusts."}
    line = load_lines(db)[0]
    assert (line.channel, line.sender, line.outcome, line.case_id) == (
        "page",
        "ann.lee@example.nhs.uk",
        Outcome.REPLY,
        case.id,
    )


def test_the_page_sent_twice_is_one_answer(db: Database, case: CaseRow) -> None:
    for _ in range(2):
        receive_reply(db, case.id, "About 400.", now=MONDAY, hand_in_key=KEY)
    assert [event.kind for event in load_events(db, case.id)].count(EventKind.REPLIED) == 1


@pytest.mark.parametrize(("words", "says"), [(" \n ", "Enter your answer."), ("x" * 20_001, "at most 20,000")])
def test_an_answer_without_words_or_without_end_is_refused(db: Database, case: CaseRow, words: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        receive_reply(db, case.id, words, now=MONDAY, hand_in_key=KEY)


def test_the_sender_takes_the_request_back_once(db: Database, case: CaseRow) -> None:
    act(db, case, EventKind.CLAIMED)
    for _ in range(2):
        withdraw_case(db, case.id, reason="Solved locally", now=MONDAY + timedelta(days=1), calendar=ENGLAND)
    *_, decided, released = load_events(db, case.id)
    assert (decided.kind, decided.actor, decided.words) == (EventKind.DECIDED, SENDER, {"reason": "Solved locally"})
    assert decided.facts == {"decision": "withdraw", "due": "2026-11-30", "late": 0, "calendar": "england 1"}
    assert released.kind is EventKind.RELEASED
    assert load_case(db, case.id).status == "withdrawn"


def test_a_decided_request_is_not_taken_back_by_its_sender(db: Database, case: CaseRow) -> None:
    act(db, case, EventKind.DECIDED, decision="decline")
    with pytest.raises(RefusedError, match="This request is decided"):
        withdraw_case(db, case.id, reason="", now=MONDAY, calendar=ENGLAND)


def test_a_request_that_is_being_read_is_taken_back_a_minute_later(db: Database, case: CaseRow) -> None:
    file = load_submissions(db, case.id)[0]
    act(db, case, EventKind.RECEIVED, submission=file.id)
    with pytest.raises(RefusedError, match="Try again in a minute"):
        withdraw_case(db, case.id, reason="", now=MONDAY, calendar=ENGLAND)


def test_nothing_is_said_to_a_request_that_was_taken_back(db: Database, case: CaseRow) -> None:
    withdraw_case(db, case.id, reason="", now=MONDAY, calendar=ENGLAND)
    with pytest.raises(RefusedError, match="was withdrawn"):
        receive_reply(db, case.id, "And another thing", now=MONDAY, hand_in_key=KEY)
