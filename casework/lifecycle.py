"""The allowed moves of a case, as one table per path, and what its events add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from casework.events import Event, EventKind, actor_user, taken_back
from casework.promise import Verdict, find_verdict


class Status(StrEnum):
    """Where a case stands; derived from its events and never stored as truth."""

    READING = "reading"
    UNREADABLE = "unreadable"
    NEW = "new"
    IN_REVIEW = "in-review"
    WAITING = "waiting"
    ASSESSMENT = "assessment"
    APPROVED = "approved"
    ALLOCATED = "allocated"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What a reviewer or approver may decide; each needs a reason."""

    ACCEPT = "accept"
    APPROVE = "approve"
    DEFER = "defer"
    DECLINE = "decline"
    REDIRECT = "redirect"
    DUPLICATE = "duplicate"
    WITHDRAW = "withdraw"
    DELIVER = "deliver"
    REOPEN = "reopen"


class UserRole(StrEnum):
    """What a signed-in person may do; a person may hold several."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    REGIONAL_READER = "regional-reader"


REVIEWING = frozenset({UserRole.REVIEWER, UserRole.LEAD, UserRole.APPROVER})
"""The roles that work on requests."""


class Path(StrEnum):
    """The way a kind of form goes: the business case is signed off after impact assessment, the others are not."""

    BUSINESS_CASE = "business-case"
    SHORT = "short"


BUSINESS_JUSTIFICATION = "business-justification"
CLOSED = frozenset({Status.DELIVERED, Status.DECLINED, Status.REDIRECTED, Status.DUPLICATE, Status.WITHDRAWN})
DECIDED = CLOSED | {Status.APPROVED, Status.ALLOCATED, Status.DEFERRED}

_NEGATIVE = {
    Decision.DECLINE: Status.DECLINED,
    Decision.REDIRECT: Status.REDIRECTED,
    Decision.DUPLICATE: Status.DUPLICATE,
    Decision.WITHDRAW: Status.WITHDRAWN,
}
_REOPEN = {Decision.REOPEN: Status.NEW}

_CASE_TRIAGE = {Decision.ACCEPT: Status.ASSESSMENT, Decision.DEFER: Status.DEFERRED, **_NEGATIVE}
_SHORT_TRIAGE = {Decision.APPROVE: Status.APPROVED, Decision.DEFER: Status.DEFERRED, **_NEGATIVE}
_APPROVED = {Decision.DELIVER: Status.DELIVERED, Decision.DEFER: Status.DEFERRED, **_NEGATIVE}
_ON_EVERY_PATH: dict[Status, dict[Decision, Status]] = {
    Status.UNREADABLE: _NEGATIVE,
    Status.APPROVED: _APPROVED,
    Status.ALLOCATED: _APPROVED,
    **dict.fromkeys(CLOSED, _REOPEN),
}

MOVES: dict[Path, dict[Status, dict[Decision, Status]]] = {
    Path.BUSINESS_CASE: {
        **_ON_EVERY_PATH,
        Status.NEW: _CASE_TRIAGE,
        Status.IN_REVIEW: _CASE_TRIAGE,
        Status.WAITING: _CASE_TRIAGE,
        Status.ASSESSMENT: {Decision.APPROVE: Status.APPROVED, Decision.DEFER: Status.DEFERRED, **_NEGATIVE},
        Status.DEFERRED: {Decision.ACCEPT: Status.ASSESSMENT, **_NEGATIVE, **_REOPEN},
    },
    Path.SHORT: {
        **_ON_EVERY_PATH,
        Status.NEW: _SHORT_TRIAGE,
        Status.IN_REVIEW: _SHORT_TRIAGE,
        Status.WAITING: _SHORT_TRIAGE,
        Status.DEFERRED: {Decision.APPROVE: Status.APPROVED, **_NEGATIVE, **_REOPEN},
    },
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's value for a field, which stands before the reading's; the old one is kept in the reading."""

    field: str
    event_number: int
    actor: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """What a case's events add up to. `version` is the number of the last event: the token against stale saves."""

    status: Status = Status.READING
    version: int = 0
    form: str | None = None
    claimed_by: int | None = None
    claimed_at: datetime | None = None
    received_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = None
    decision: Decision | None = None
    decision_event: int | None = None
    decided_at: datetime | None = None
    decided_by: int | None = None
    assessed_by: int | None = None
    release: int | None = None
    joined_to: str | None = None
    corrections: dict[str, Correction] = field(default_factory=dict)
    accepted_findings: frozenset[str] = frozenset()
    has_requirement: bool = False
    heard_at: datetime | None = None
    verdict: Verdict | None = None

    @property
    def shown_status(self) -> Status:
        """The status with the claim taken into account: a claimed new case is in review."""
        return Status.IN_REVIEW if self.status is Status.NEW and self.claimed_by is not None else self.status


def path_of(form: str | None) -> Path:
    """Which table of moves a form follows; an unknown form follows the business case's."""
    return Path.BUSINESS_CASE if form is None or form == BUSINESS_JUSTIFICATION else Path.SHORT


def allowed_decisions(state: CaseState) -> tuple[Decision, ...]:
    """The decisions that this case could take now, in the table's order, whoever takes them."""
    return tuple(MOVES[path_of(state.form)].get(state.status, {}))


def may_decide(state: CaseState, decision: Decision, user_id: int, roles: frozenset[UserRole]) -> bool:
    """Whether this person may take this decision now.

    Signing off a business case is spending public money: it needs an approver, and not the person who assessed it.
    """
    if decision not in allowed_decisions(state):
        return False
    if decision is Decision.APPROVE and path_of(state.form) is Path.BUSINESS_CASE:
        return UserRole.APPROVER in roles and user_id != state.assessed_by
    return bool(roles & REVIEWING)


def may_withdraw(state: CaseState) -> bool:
    """Whether the sender may take the request back themselves: as long as it is not decided."""
    return state.status not in DECIDED and Decision.WITHDRAW in allowed_decisions(state)


def needs_requirement(state: CaseState, decision: Decision) -> bool:
    """Whether impact assessment has to wait: it starts when both justification and full requirement are here."""
    return decision is Decision.ACCEPT and path_of(state.form) is Path.BUSINESS_CASE and not state.has_requirement


def state_of(events: Iterable[Event]) -> CaseState:
    """Reduce a case's events, oldest first, to where it stands; an act that was taken back counts for nothing."""
    known = list(events)
    undone = taken_back(known)
    state = CaseState()
    for event in known:
        state = replace(state if event.number in undone else _after(state, event), version=event.number)
    return state


def _after(state: CaseState, event: Event) -> CaseState:
    match event.kind:
        case EventKind.RECEIVED:
            # What people put right or accepted was about the form before: a new one is read and checked for itself.
            return replace(
                state,
                status=Status.READING,
                received_at=state.received_at or event.at,
                heard_at=event.at if state.received_at else None,
                corrections={},
                accepted_findings=frozenset(),
            )
        case EventKind.FORM_READ:
            return replace(state, status=_status_when_read(event), form=event.fact("form") or state.form)
        case EventKind.READING_FAILED:
            return replace(state, status=Status.UNREADABLE)
        case EventKind.READING_ASKED:
            return replace(state, status=Status.READING)
        case EventKind.ACKNOWLEDGED:
            return replace(
                state,
                acknowledged_at=event.at,
                acknowledged_by=actor_user(event.actor),
                heard_at=None,
                verdict=find_verdict(event.facts),
            )
        case EventKind.CLAIMED | EventKind.TAKEN_OVER:
            return replace(state, claimed_by=actor_user(event.actor), claimed_at=event.at)
        case EventKind.RELEASED:
            return replace(state, claimed_by=None, claimed_at=None)
        case EventKind.ANSWER_CORRECTED:
            name = event.fact("field")
            correction = Correction(name, event.number, event.actor)
            return replace(state, corrections={**state.corrections, name: correction})
        case EventKind.FINDING_ACCEPTED:
            return replace(state, accepted_findings=state.accepted_findings | {event.fact("finding")})
        case EventKind.INFORMATION_REQUESTED:
            return replace(state, status=Status.WAITING, heard_at=None)
        case EventKind.REPLIED:
            # An answer ends the waiting; at any other time it only has to be looked at.
            status = Status.NEW if state.status is Status.WAITING and state.form else state.status
            status = Status.UNREADABLE if state.status is Status.WAITING and not state.form else status
            return replace(state, status=status, heard_at=event.at)
        case EventKind.NOTED if not event.fact("what"):
            # A colleague's note says that no answer is needed; a note of what was done says nothing about that.
            return replace(state, heard_at=None)
        case EventKind.REQUIREMENT_NOTED:
            return replace(state, has_requirement=True)
        case EventKind.DECIDED:
            return _decided(state, event)
        case EventKind.ALLOCATED:
            return _allocated(state, event)
        case _:
            return state


def _status_when_read(event: Event) -> Status:
    return Status.UNREADABLE if event.fact("problem") else Status.NEW


def _decided(state: CaseState, event: Event) -> CaseState:
    decision = Decision(event.fact("decision"))
    status = MOVES[path_of(state.form)].get(state.status, {}).get(decision, state.status)
    if decision is Decision.REOPEN:
        return replace(state, status=status, decision=None, decision_event=None, decided_at=None, release=None)
    user_id = actor_user(event.actor)
    return replace(
        state,
        status=status,
        decision=decision,
        decision_event=event.number,
        decided_at=event.at,
        decided_by=user_id,
        heard_at=None,
        verdict=state.verdict or find_verdict(event.facts),
        assessed_by=user_id if decision is Decision.ACCEPT else state.assessed_by,
        release=state.release if status in (Status.APPROVED, Status.ALLOCATED, Status.DELIVERED) else None,
        joined_to=event.fact("joined_to") or state.joined_to,
    )


def _allocated(state: CaseState, event: Event) -> CaseState:
    release = event.facts.get("release")
    if release is None:
        return replace(state, release=None, status=Status.APPROVED)
    return replace(state, release=int(release), status=Status.ALLOCATED)
