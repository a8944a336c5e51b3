"""Deciding a request with a reason, and putting an approved one into a release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from casework.errors import NotAllowedError, RefusedError
from casework.events import EventKind, Fact
from casework.lifecycle import (
    CLOSED,
    CaseState,
    Decision,
    Status,
    UserRole,
    allowed_decisions,
    may_decide,
    needs_requirement,
    path_of,
    state_of,
)
from casework.promise import Calendar
from review.access import Permission
from review.decide.act import (
    Act,
    Letter,
    checked_words,
    claimed_state,
    keep,
    must_be_allowed,
    send_letter,
    state_now,
    verdict_facts,
)
from store.attachments import Attachment
from store.cases import load_case, load_case_by_reference
from store.database import transaction
from store.events import load_events
from store.people import Person
from store.releases import load_release

ENDS = frozenset({Decision.DECLINE, Decision.REDIRECT, Decision.DUPLICATE, Decision.WITHDRAW})


def decide(
    db: Database,
    act: Act,
    *,
    decision: Decision,
    reason: str,
    letter: Letter,
    calendar: Calendar,
    joined_to: str = "",
    requirement: str = "",
    reason_code: str | None = None,
    files: Sequence[Attachment] = (),
) -> None:
    """Take a decision with a reason that may be published; `files` go out with its letter.

    `joined_to` names the other case of a duplicate. `requirement` says where the full requirement is, which impact
    assessment needs where nobody has said it before.
    """
    with transaction(db):
        state = claimed_state(db, act)
        if not may_decide(state, decision, act.person.id, act.person.roles):
            raise NotAllowedError(_why_not(state, decision, act.person))
        if needs_requirement(state, decision):
            words = {"reason": checked_words(requirement, "where the full requirement is")}
            keep(db, act, EventKind.REQUIREMENT_NOTED, words=words, fresh=True)
            act = replace(act, expected_version=load_case(db, act.case_id).version)
        facts: dict[str, Fact] = {"decision": decision.value}
        if state.acknowledged_at is None and decision in ENDS:
            facts |= verdict_facts(db, act, state, calendar)
        if decision is Decision.DUPLICATE:
            facts["joined_to"] = _other_case(db, act.case_id, joined_to)
        number = keep(
            db,
            act,
            EventKind.DECIDED,
            facts=facts,
            words={"reason": checked_words(reason)},
            reason_code=reason_code,
            fresh=True,
        )
        send_letter(db, act, "decision", letter, number, files)
        if state_of(load_events(db, act.case_id)).status in CLOSED:
            keep(db, act, EventKind.RELEASED)


def allocate(db: Database, act: Act, *, release_id: int | None, reason: str = "") -> None:
    """Put an approved case into a release, move it to another, or (None) take it out again with a reason."""
    with transaction(db):
        state = state_now(db, act)
        must_be_allowed(act.person, Permission.ALLOCATE)
        if state.status not in (Status.APPROVED, Status.ALLOCATED):
            raise RefusedError("Only an approved request can be put into a release.")
        words = {"reason": reason.strip()} if reason.strip() else {}
        if state.release is not None:
            words = {"reason": checked_words(reason, "why the release changes")}
        facts: dict[str, Fact] = {"release": load_release(db, release_id).id if release_id is not None else None}
        keep(db, act, EventKind.ALLOCATED, facts=facts, words=words, fresh=True)


def _why_not(state: CaseState, decision: Decision, person: Person) -> str:
    if decision not in allowed_decisions(state):
        return "This decision is not possible at this stage. Read the request again to see what is."
    if UserRole.APPROVER not in person.roles:
        return f"Signing off a {path_of(state.form).value.replace('-', ' ')} needs an approver."
    return "You accepted this request for impact assessment, so another approver must sign it off."


def _other_case(db: Database, case_id: int, reference: str) -> str:
    if not reference.strip():
        raise RefusedError("Enter the reference of the request that this one is joined to.")
    other = load_case_by_reference(db, reference.strip().upper())
    if other.id == case_id:
        raise RefusedError("A request cannot be joined to itself. Enter the reference of the other one.")
    return other.reference
