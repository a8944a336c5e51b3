"""What a schedule is made from: read for thousands at once, and the same as read for one request after the other."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from casework.lifecycle import state_of
from casework.working_days import london_day
from store import schedule_rows
from store.cases import (
    add_submission,
    commit_reading,
    corrected_values,
    load_newest_readings,
    open_case,
    record,
    values_of,
)
from store.database import to_moment, to_text, transaction
from store.events import load_events
from store.ledger import Outcome, add_line
from store.people import add_person
from store.releases import add_release
from store.schedule_rows import ScheduleRow, load_schedule_rows

FIRST = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
DECISIONS: tuple[dict[str, Any], ...] = (
    {"decision": "decline"},
    {"decision": "defer", "review_on": "2027-03-31"},
    {"decision": "approve"},
    {"decision": "withdraw"},
)


def fill(db: Database, number: int) -> None:
    """Cases with one form or two, read or not, put right or not, decided, opened again, decided again or not."""
    chance = random.Random(7)
    with transaction(db):
        add_person(db, email="asha@example.nhs.uk", name="Asha Rahman", password_hash="", roles=[])
        add_release(db, "Release 71", date(2026, 12, 18))
    for place in range(number):
        now = FIRST + timedelta(hours=place)
        with transaction(db):
            case_id, _ = open_case(db, now)
            for round_ in range(chance.choice((1, 1, 2))):
                _receive(db, case_id, f"{place * 10 + round_:064x}", chance, now)
            if chance.random() < 0.3:
                happened(db, case_id, EventKind.ANSWER_CORRECTED, now, {"field": "title"}, value=f"Put right {place}")
            for facts in chance.sample(DECISIONS, chance.choice((0, 1, 2))):
                happened(db, case_id, EventKind.DECIDED, now, facts, reason=f"{facts['decision']} & {place}")
            if chance.random() < 0.5:
                happened(db, case_id, EventKind.ALLOCATED, now, {"release": 1})


def happened(db: Database, case_id: int, kind: EventKind, now: datetime, facts: dict[str, Any], **words: str) -> None:
    """An act of the first person."""
    record(db, Event(kind, now, user_actor(1), case_id, facts=facts, words=words))


def _receive(db: Database, case_id: int, digest: str, chance: random.Random, now: datetime) -> None:
    line = add_line(
        db, channel="upload", name="f.docx", sender="", size=1, sha256=digest, outcome=Outcome.CASE,
        case_id=case_id, note="", hand_in_key=None, now=now,
    )  # fmt: skip
    db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", (digest, to_text(now)))
    submission = add_submission(
        db, case_id=case_id, ledger_id=line, sha256=digest, name="f.docx", channel="upload", sender="", now=now
    )
    record(db, Event(EventKind.RECEIVED, now, SENDER, case_id))
    if chance.random() < 0.8:
        answers = [{"field": "title", "value": f"Change {digest[-4:]}"}, {"field": "region", "value": ["wales"]}]
        reading = {
            "form": chance.choice(("business-justification", "supplementary-role")),
            "kind": "docx",
            "answers": answers,
            "findings": [],
        }
        text = json.dumps({"readings": [reading]})
        assert commit_reading(db, submission_id=submission, attempt="w1-a1", record_text=text, now=now)


def one_by_one(db: Database, row: dict[str, Any]) -> ScheduleRow:
    """One request with the queries of its own page."""
    events = load_events(db, row["id"])
    state = state_of(events)
    last = next((event for event in events if event.number == state.decision_event), None)
    release = next(db.query("SELECT name, planned FROM releases WHERE id = ?", (row["release_id"],)), None)
    return ScheduleRow(
        case_id=row["id"],
        reference=row["reference"],
        form=row["form"],
        received_on=london_day(to_moment(row["created_at"])),
        status=row["status"],
        values=values_of(load_newest_readings(db, row["id"]), corrected_values(state, events)),
        decided_on=london_day(to_moment(row["decided_at"])) if row["decided_at"] else None,
        reason=last.words.get("reason", "") if last else "",
        release=release["name"] if release else None,
        release_planned=date.fromisoformat(release["planned"]) if release else None,
        review_on=state.review_on,
    )


@pytest.fixture(autouse=True)
def _fifty_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_rows, "_AT_A_TIME", 50)


def test_many_requests_read_at_once_are_what_each_of_them_is_by_itself(db: Database) -> None:
    fill(db, 130)
    rows = load_schedule_rows(db, date(2026, 1, 1))
    assert rows == [one_by_one(db, row) for row in db.query("SELECT * FROM cases ORDER BY year, number")]
    assert len(rows) == 130
    assert {row.review_on for row in rows} == {None, date(2027, 3, 31)}
    assert {bool(row.reason) for row in rows} == {bool(row.values) for row in rows} == {True, False}


def test_an_approved_request_is_among_them_however_long_ago_it_came(db: Database) -> None:
    fill(db, 100)
    rows = load_schedule_rows(db, date(2026, 12, 1))
    assert rows
    assert {row.status for row in rows} == {"approved", "allocated"}


def test_reading_many_takes_a_few_queries_for_each_part(db: Database) -> None:
    fill(db, 51)
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    load_schedule_rows(db, date(2026, 1, 1))
    assert sum(words.strip().startswith("SELECT") for words in asked) == 1 + 2 * 3
