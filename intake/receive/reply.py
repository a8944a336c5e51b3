"""What a sender does on the page of their request: answer a question, or withdraw the request."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind, Fact
from casework.lifecycle import CaseState, Decision, Status, may_withdraw, state_of
from casework.promise import Calendar, pauses_of, verdict_of
from store.cases import load_case, load_submissions, record
from store.database import transaction
from store.events import load_events
from store.ledger import Outcome, add_line, find_by_key

PAGE = "page"
LONGEST_REPLY = 20_000
LONGEST_REASON = 4_000


def receive_reply(db: Database, case_id: int, words: str, *, now: datetime, hand_in_key: str) -> None:
    """Keep what the sender typed on the page of their request; an answer to our question ends the waiting for it.

    The same words with the same `hand_in_key` are one answer, however often the page is sent. RefusedError where there
    is nothing in it, or more than anybody reads.
    """
    cleaned = _cleaned(words, "Enter your answer", LONGEST_REPLY)
    with transaction(db):
        if find_by_key(db, hand_in_key) is not None:
            return
        case = load_case(db, case_id)
        if Status(case.status) is Status.WITHDRAWN:
            raise RefusedError("This request was withdrawn. Send the form again if you need the change after all.")
        ledger_id = add_line(
            db,
            channel=PAGE,
            name="Answer typed on the page",
            sender=next((file.sender for file in reversed(load_submissions(db, case_id)) if file.sender), ""),
            size=len(cleaned.encode()),
            sha256=None,
            outcome=Outcome.REPLY,
            case_id=case_id,
            note="",
            hand_in_key=hand_in_key,
            now=now,
        )
        facts: dict[str, Fact] = {"channel": PAGE, "ledger": ledger_id}
        record(db, Event(EventKind.REPLIED, now, SENDER, case_id, facts=facts, words={"words": cleaned}))


def withdraw_case(db: Database, case_id: int, *, reason: str, now: datetime, calendar: Calendar) -> None:
    """The sender takes the request back; once. RefusedError where it is decided, or still being read.

    How the five-day promise stood is kept with the calendar that it was counted on, as when a reviewer closes a case.
    """
    words = {"reason": _cleaned(reason, "Enter a reason", LONGEST_REASON)} if reason.strip() else {}
    with transaction(db):
        load_case(db, case_id)
        events = load_events(db, case_id)
        state = state_of(events)
        if state.status is Status.WITHDRAWN:
            return
        if not may_withdraw(state):
            raise RefusedError(_why_not(state))
        facts: dict[str, Fact] = {"decision": Decision.WITHDRAW.value}
        if state.acknowledged_at is None and state.received_at is not None:
            facts |= verdict_of(state.received_at, pauses_of(events), now, calendar).facts()
        record(db, Event(EventKind.DECIDED, now, SENDER, case_id, facts=facts, words=words))
        if state.claimed_by is not None:
            record(db, Event(EventKind.RELEASED, now, SENDER, case_id))


def _why_not(state: CaseState) -> str:
    if state.status is Status.READING:
        return "We are still reading your form. Try again in a minute."
    return "This request is decided, so it cannot be withdrawn here. Write to us if you do not need it any more."


def _cleaned(text: str, ask: str, most: int) -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise RefusedError(f"{ask}.")
    if len(cleaned) > most:
        raise RefusedError(f"{ask} of at most {most:,} characters.")
    return cleaned
