"""What a sender decides on the page of their request: whether to progress it, and to appeal against our decision."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind
from casework.lifecycle import Decision, Status, state_of
from store.cases import load_case, load_submissions, record
from store.database import transaction
from store.deliveries import add_delivery
from store.events import load_events

LONGEST_REASON = 4_000

Letter = tuple[str, str]
"""(subject, body)."""


def wish_to_progress(db: Database, case_id: int, *, letter: Letter, now: datetime) -> None:
    """The sender wishes to progress the enhancement that they were asked about; once. The letter says what is next.

    RefusedError where nobody has asked them.
    """
    with transaction(db):
        state = state_of(load_events(db, case_id))
        if state.status in (Status.PROGRESSING, Status.DOCUMENTS):
            return
        if state.status is not Status.OFFERED:
            raise RefusedError("This request does not wait for your answer any more. Its status is at the top.")
        facts = {"decision": Decision.PROGRESS.value}
        number = record(db, Event(EventKind.DECIDED, now, SENDER, case_id, facts=dict(facts)))
        _answer(db, case_id, "progress", letter, number, now)


def appeal(db: Database, case_id: int, *, reason: str, letter: Letter, now: datetime) -> None:
    """The sender asks us to look at our decision again, with a reason; once for each decision.

    The decision stands until somebody who did not take it has settled the appeal. RefusedError where there is nothing
    to appeal against.
    """
    cleaned = reason.replace("\r\n", "\n").strip()
    if not cleaned:
        raise RefusedError("Enter why you think that the decision is wrong.")
    if len(cleaned) > LONGEST_REASON:
        raise RefusedError(f"Enter a reason of at most {LONGEST_REASON:,} characters.")
    with transaction(db):
        load_case(db, case_id)
        state = state_of(load_events(db, case_id))
        if state.appeal_event is not None:
            return
        if not state.may_be_appealed:
            raise RefusedError("There is no decision to look at again. Send us a message, or send the form again.")
        number = record(db, Event(EventKind.APPEALED, now, SENDER, case_id, words={"reason": cleaned}))
        _answer(db, case_id, "appeal", letter, number, now)


def _answer(db: Database, case_id: int, kind: str, letter: Letter, event_number: int, now: datetime) -> None:
    subject, body = letter
    add_delivery(
        db,
        delivery_key=f"{kind}-e{event_number}",
        case_id=case_id,
        kind=kind,
        recipient=next((file.sender for file in reversed(load_submissions(db, case_id)) if file.sender), ""),
        subject=subject,
        body=body,
        is_automatic=True,
        now=now,
    )
