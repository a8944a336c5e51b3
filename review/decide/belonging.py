"""Saying whether a request belongs to another one that its sender named."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind, Fact, user_actor
from casework.lifecycle import DECIDED, Status, state_of
from casework.promise import Calendar
from review.decide.act import Act, keep, unshared_state, verdict_facts
from store.cases import CaseRow, LinkKind, load_case, load_forms, load_links, record, unlink_cases
from store.database import transaction
from store.events import load_events
from store.messages import load_messages
from store.rounds import join_cases
from store.work import owes_reading


def confirm_claim(db: Database, act: Act, *, other_id: int, calendar: Calendar) -> CaseRow:
    """Say that a request belongs to the one that its sender named: its files become that one's next version.

    The form among them is the new version's form; everything else supports it. Returns the other case.
    """
    with transaction(db):
        state = unshared_state(db, act)
        case, other = load_case(db, act.case_id), _claimed_case(db, act, other_id)
        if state.status is Status.READING or owes_reading(db, case.id, 1):
            raise RefusedError("This request is still being read. Try again in a minute.")
        if state.status in DECIDED:
            raise RefusedError("This request is decided already.")
        if state_of(load_events(db, other.id)).status in DECIDED:
            why = "A decided request takes no new version. Open that one again first, or keep this one by itself."
            raise RefusedError(f"{other.reference} is decided. {why}")
        if case.form is not None and other.form not in (None, case.form):
            raise RefusedError(f"This is another kind of form than {other.reference}, so it is a request of its own.")
        for message in load_messages(db, case.id):
            words = {"words": message.words} if message.words.strip() else {}
            facts: dict[str, Fact] = {"message": message.id, "ledger": message.ledger_id}
            record(db, Event(EventKind.REPLIED, act.now, SENDER, other.id, facts=facts, words=words))
        join_cases(
            db,
            case,
            other,
            actor=user_actor(act.person.id),
            reason=f"It belongs to {other.reference}",
            now=act.now,
            forms=[form.id for form in load_forms(db, case.id)] if case.form is not None else [],
            verdict=verdict_facts(db, act, state, calendar) if state.acknowledged_at is None else None,
        )
        unlink_cases(db, case.id, other.id, LinkKind.CLAIMS)
        if state.claimed_by is not None:
            keep(db, act, EventKind.RELEASED)
        return other


def refuse_claim(db: Database, act: Act, *, other_id: int) -> None:
    """Say that a request is one of its own, whatever its sender named."""
    with transaction(db):
        unshared_state(db, act)
        other = _claimed_case(db, act, other_id)
        unlink_cases(db, act.case_id, other.id, LinkKind.CLAIMS)
        keep(db, act, EventKind.LINKED, facts={"other": other.reference, "how": "refused"})


def _claimed_case(db: Database, act: Act, other_id: int) -> CaseRow:
    """The case that this one says it belongs to."""
    links = load_links(db, act.case_id)
    if not any(link.kind is LinkKind.CLAIMS and link.other_id == other_id for link in links):
        raise RefusedError("Somebody has said already where this request belongs.")
    return load_case(db, other_id)
