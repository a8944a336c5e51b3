"""Deciding a request with a reason and what the decision needs: a day, where it goes, why blockers do not stop it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from casework.errors import NotAllowedError, RefusedError
from casework.events import EventKind, Fact
from casework.lifecycle import (
    CLOSED,
    GUARDED,
    CaseState,
    Decision,
    Path,
    UserRole,
    allowed_decisions,
    may_decide,
    needs_requirement,
    path_of,
    roles_for,
    roles_to_override,
    state_of,
)
from casework.promise import Calendar
from casework.working_days import london_day
from review.decide.act import (
    Act,
    Letter,
    checked_words,
    claimed_state,
    keep,
    send_letter,
    unshared_state,
    verdict_facts,
)
from store.cases import load_case, load_case_by_reference, load_open_blockers
from store.database import transaction
from store.decision_drafts import drop_decision_draft
from store.events import load_events
from store.people import Person
from store.releases import load_release

ENDS = frozenset({Decision.DECLINE, Decision.REDIRECT, Decision.DUPLICATE, Decision.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a decision needs besides its reason; each decision looks only at its own.

    `joined_to` names the other request of a duplicate; `redirected_to` is a code of the vocabulary of redirects;
    `requirement` says where the full requirement is; `override` why an open blocker does not stop this.
    """

    joined_to: str = ""
    redirected_to: str = ""
    review_on: date | None = None
    value_on: date | None = None
    release_id: int | None = None
    requirement: str = ""
    override: str = ""


def decide(
    db: Database,
    act: Act,
    *,
    decision: Decision,
    reason: str,
    letter: Letter,
    calendar: Calendar,
    needs: Particulars | None = None,
    order: str = "",
    at_once: bool = False,
) -> None:
    """Take a decision with a reason that may be published; the files of `order` go out with its letter, `at_once`
    without a wait.

    RefusedError says what is missing, NotAllowedError who may decide this.
    """
    needs = needs or Particulars()
    with transaction(db):
        state = claimed_state(db, act)
        if not may_decide(state, decision, act.person.id, act.person.roles):
            raise NotAllowedError(why_not(state, decision, act.person))
        if decision in GUARDED and (blockers := load_open_blockers(db, act.case_id, state)):
            act = _override(db, act, state, blockers, needs.override)
        if needs_requirement(state, decision):
            words = {"reason": checked_words(needs.requirement, "where the full requirement is")}
            act = _and_then(db, act, EventKind.REQUIREMENT_NOTED, {}, words)
        facts: dict[str, Fact] = {"decision": decision.value, **_particulars(db, act, decision, needs)}
        if state.acknowledged_at is None and decision in ENDS:
            facts |= verdict_facts(db, act, state, calendar)
        number = keep(
            db,
            act,
            EventKind.DECIDED,
            facts=facts,
            words={"reason": checked_words(reason)},
            reason_code=needs.redirected_to if decision is Decision.REDIRECT else None,
            fresh=True,
        )
        send_letter(db, act, "decision", letter, number, order, at_once=at_once)
        drop_decision_draft(db, act.case_id, act.person.id)
        if state_of(load_events(db, act.case_id)).status in CLOSED:
            keep(db, act, EventKind.RELEASED)


def record_appeal(db: Database, act: Act, *, reason: str, letter: Letter) -> None:
    """Keep that the sender appeals, as they wrote it in the service request; once against each decision.

    Whoever may review can record it, as it settles nothing. RefusedError where there is nothing to appeal against.
    """
    with transaction(db):
        if not unshared_state(db, act).may_be_appealed:
            raise RefusedError("There is no decision here that can be appealed, or it was appealed already.")
        words = {"reason": checked_words(reason, "what the requester says")}
        number = keep(db, act, EventKind.APPEALED, words=words, fresh=True)
        send_letter(db, act, "appeal", letter, number)


def why_not(state: CaseState, decision: Decision, person: Person) -> str:
    """Why this person may not take this decision now, and who may."""
    path = path_of(state.form)
    if decision not in allowed_decisions(state):
        return "This decision is not possible at this stage. Read the request again to see what is."
    if decision is Decision.APPROVE and path is Path.BUSINESS_CASE:
        if UserRole.APPROVER not in person.roles:
            return "Signing off a business case needs an approver."
        return "You assessed the impact of this request, so another approver must sign it off."
    if not person.roles & roles_for(path, decision):
        return "Only a lead or an approver may decide this."
    return "An appeal is settled by a lead or an approver who did not take the decision."


def _override(db: Database, act: Act, state: CaseState, blockers: tuple[str, ...], why: str) -> Act:
    """Keep why the request goes on in spite of its blockers; RefusedError where nobody says why."""
    if not why.strip():
        raise RefusedError(
            f"{len(blockers)} of the checks must be put right first. Put the answers right, or enter why it can go on."
        )
    if not act.person.roles & roles_to_override(state.form):
        raise NotAllowedError(
            "A competency without a justification and a national link will not progress."
            " Only a lead or an approver may let it go on."
        )
    words = {"reason": checked_words(why, "why it can go on")}
    return _and_then(db, act, EventKind.BLOCKERS_OVERRIDDEN, {"findings": " ".join(blockers)}, words)


def _and_then(db: Database, act: Act, kind: EventKind, facts: dict[str, Fact], words: dict[str, str]) -> Act:
    """Keep what comes before the decision itself, and the act as it goes on from there."""
    keep(db, act, kind, facts=facts, words=words, fresh=True)
    return replace(act, expected_version=load_case(db, act.case_id).version)


def _particulars(db: Database, act: Act, decision: Decision, needs: Particulars) -> dict[str, Fact]:
    match decision:
        case Decision.DUPLICATE:
            return {"joined_to": _other_case(db, act.case_id, needs.joined_to)}
        case Decision.REDIRECT if not needs.redirected_to:
            raise RefusedError("Select who decides this.")
        case Decision.DEFER:
            if needs.review_on is None or needs.review_on <= london_day(act.now):
                raise RefusedError("Enter a day after today on which the request is looked at again.")
            return {"review_on": needs.review_on.isoformat()}
        case Decision.ADD_VALUE:
            if needs.value_on is None or needs.value_on > london_day(act.now):
                raise RefusedError("Enter the day on which the value was added; it cannot be after today.")
            facts: dict[str, Fact] = {"value_on": needs.value_on.isoformat()}
            if needs.release_id is not None:
                facts["release"] = load_release(db, needs.release_id).id
            return facts
        case _:
            return {}


def _other_case(db: Database, case_id: int, reference: str) -> str:
    if not reference.strip():
        raise RefusedError("Enter the reference of the request that this one is joined to.")
    other = load_case_by_reference(db, reference.strip().upper())
    if other.id == case_id:
        raise RefusedError("A request cannot be joined to itself. Enter the reference of the other one.")
    return other.reference
