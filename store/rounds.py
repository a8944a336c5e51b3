"""How a round of a case begins, and how a whole case goes into another as a round of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlite_utils import Database

from casework.events import SENDER, SYSTEM, Event, EventKind, Fact
from casework.lifecycle import DECIDED, Decision, state_of
from store.cases import (
    CaseRow,
    FileRole,
    LinkKind,
    Submission,
    find_reading_record,
    link_cases,
    load_submission,
    load_submissions,
    move_submission,
    next_round,
    record,
)
from store.events import load_events
from store.messages import load_messages, set_message
from store.work import find_failed_work


def note_received(db: Database, file: Submission, now: datetime) -> None:
    """The event with which a round of a case begins, inside the open transaction."""
    facts: dict[str, Fact] = {
        "submission": file.id,
        "original": file.sha256,
        "channel": file.channel,
        "ledger": file.ledger_id,
    }
    record(db, Event(EventKind.RECEIVED, now, SENDER, file.case_id, facts=facts))


def note_form_read(db: Database, file: Submission, now: datetime) -> None:
    """The event that the form of a round was read, or could not be, from the reading that is stored already."""
    readings = find_reading_record(db, file.id)
    if readings is None:
        work = find_failed_work(db, file.id)
        facts: dict[str, Fact] = {"submission": file.id, "work": work.id if work else None}
        record(db, Event(EventKind.READING_FAILED, now, SYSTEM, file.case_id, facts=facts))
        return
    problem = readings[0].get("problem") or {}
    facts = {
        "submission": file.id,
        "form": readings[0].get("form"),
        "problem": problem.get("code"),
        "findings": len(readings[0].get("findings") or []),
    }
    record(db, Event(EventKind.FORM_READ, now, SYSTEM, file.case_id, facts=facts))


def join_cases(
    db: Database,
    case: CaseRow,
    other: CaseRow,
    *,
    actor: str,
    reason: str,
    now: datetime,
    forms: Collection[int] = (),
    verdict: Mapping[str, Fact] | None = None,
) -> int:
    """Put the files and messages of a case into the next round of another and end it as joined; returns the round.

    Inside the open transaction. `forms` are the submissions that are the form of that round; all others support it.
    `verdict` says how the promise of the case that ends was kept.
    """
    round_number = next_round(db, other.id)
    for file in load_submissions(db, case.id):
        role = FileRole.FORM if file.id in forms else FileRole.SUPPORTING
        move_submission(db, file.id, case_id=other.id, round_number=round_number, role=role)
        db.execute("UPDATE ledger SET note = ? WHERE id = ?", (f"It came as {case.reference}", file.ledger_id))
        facts: dict[str, Fact] = {"submission": file.id, "other": other.reference, "how": "joined"}
        record(db, Event(EventKind.MOVED, now, actor, case.id, facts=facts))
    for message in load_messages(db, case.id):
        set_message(db, message.id, case_id=other.id)
        db.execute("UPDATE ledger SET case_id = ? WHERE id = ?", (other.id, message.ledger_id))
    if state_of(load_events(db, case.id)).status not in DECIDED:
        decided: dict[str, Fact] = {"decision": Decision.DUPLICATE.value, "joined_to": other.reference}
        decided |= verdict or {}
        record(db, Event(EventKind.DECIDED, now, actor, case.id, facts=decided, words={"reason": reason}))
    link_cases(db, other.id, case.id, LinkKind.JOINED, now)
    record(db, Event(EventKind.LINKED, now, actor, other.id, facts={"other": case.reference, "how": "joined"}))
    for submission_id in forms:
        form = load_submission(db, submission_id)
        note_received(db, form, now)
        note_form_read(db, form, now)
    return round_number
