"""What a case's events add up to: where it stands, who has it, what was decided, assessed and put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from casework.events import Event, EventKind, actor_user, taken_back
from casework.model import finding_key
from casework.moves import (
    APPEALABLE,
    DECIDED,
    MOVES,
    STAGES,
    STEPS,
    Decision,
    Status,
    find_target,
    path_of,
)
from casework.promise import Verdict, find_verdict


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
    """The findings that somebody called right, each by its rule and field."""
    has_requirement: bool = False
    heard_at: datetime | None = None
    verdict: Verdict | None = None
    resumes: Status | None = None
    """The stage to which an answer or a new version leads back; None where that is triage."""
    assessment_event: int | None = None
    assessors: frozenset[int] = frozenset()
    """Everybody who wrote the impact assessment; in older records, whoever accepted the request for it."""
    priority: str = ""
    rank: int | None = None
    priority_event: int | None = None
    review_on: date | None = None
    redirected_to: str = ""
    value_on: date | None = None
    overridden: frozenset[str] = frozenset()
    """The findings that are blockers and in spite of which the request goes on."""
    appeal_event: int | None = None
    is_upheld: bool = False
    scheduled_in: str = ""
    """The issue of the schedule that lists it as a coming change, such as `Q4 2026, version 1.0`."""
    advice_asked: frozenset[int] = frozenset()
    """The questions to advisory groups, by event, that nobody has answered yet."""

    @property
    def shown_status(self) -> Status:
        """The status that people see: a claimed new case is in review, one under appeal is appealed."""
        if self.appeal_event is not None:
            return Status.APPEALED
        return Status.IN_REVIEW if self.status is Status.NEW and self.claimed_by is not None else self.status

    @property
    def stage(self) -> Status:
        """Where the case stands in its table: while it waits for its sender, where it stood before."""
        return self.resumes if self.status is Status.WAITING and self.resumes is not None else self.status

    @property
    def is_published(self) -> bool:
        """Whether a schedule lists it as it is decided, so that its answers stay as they were printed."""
        return bool(self.scheduled_in) and self.status in DECIDED

    @property
    def may_be_appealed(self) -> bool:
        """Whether its sender may appeal against the decision: once against each."""
        return self.status in APPEALABLE and self.appeal_event is None and not self.is_upheld


def state_of(events: Iterable[Event]) -> CaseState:
    """Reduce a case's events, oldest first, to where it stands; an act that was taken back counts for nothing."""
    known = list(events)
    undone = taken_back(known)
    state = CaseState()
    for event in known:
        if event.number not in undone:
            state = _after(state, event)
    return replace(state, version=known[-1].number) if known else state


def finding_of(event: Event) -> str:
    """Which finding an opinion is about; the bare rule where an older record does not say in which field."""
    rule = event.fact("finding")
    return finding_key(rule, event.fact("field")) if "field" in event.facts else rule


def issue_of(event: Event) -> str:
    """The issue of the schedule that an event is about: `Q4 2026, version 1.0`."""
    return f"{event.fact('label')}, version {event.fact('version')}"


def _after(state: CaseState, event: Event) -> CaseState:
    match event.kind:
        case EventKind.RECEIVED:
            # What people put right or accepted was about the form before: a new one is read and checked for itself.
            appealed = state.appeal_event is not None
            return replace(
                _undecided(state) if appealed else state,
                status=Status.READING,
                received_at=state.received_at or event.at,
                heard_at=event.at if state.received_at else None,
                corrections={},
                accepted_findings=frozenset(),
                overridden=frozenset(),
                scheduled_in="",
                resumes=_resumed_by_new_version(state),
            )
        case EventKind.FORM_READ:
            return _read(state, event)
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
        case EventKind.ASSIGNED:
            return replace(state, claimed_by=int(event.fact("to")), claimed_at=event.at)
        case EventKind.RELEASED:
            return replace(state, claimed_by=None, claimed_at=None)
        case EventKind.ANSWER_CORRECTED:
            name = event.fact("field")
            correction = Correction(name, event.number, event.actor)
            return replace(state, corrections={**state.corrections, name: correction})
        case EventKind.FINDING_ACCEPTED:
            return replace(state, accepted_findings=state.accepted_findings | {finding_of(event)})
        case EventKind.INFORMATION_REQUESTED:
            resumes = state.stage if state.stage in STAGES else None
            return replace(state, status=Status.WAITING, heard_at=None, resumes=resumes)
        case EventKind.REPLIED:
            # An answer ends the waiting; at any other time it only has to be looked at.
            if state.status is not Status.WAITING:
                return replace(state, heard_at=event.at)
            status = (state.resumes or Status.NEW) if state.form else Status.UNREADABLE
            return replace(state, status=status, heard_at=event.at, resumes=None)
        case EventKind.NOTED if not event.fact("what"):
            # A colleague's note says that no answer is needed; a note of what was done says nothing about that.
            return replace(state, heard_at=None)
        case EventKind.REQUIREMENT_NOTED:
            status = Status.PROGRESSING if state.status is Status.DOCUMENTS else state.status
            resumes = Status.PROGRESSING if state.resumes is Status.DOCUMENTS else state.resumes
            return replace(state, has_requirement=True, status=status, resumes=resumes)
        case EventKind.DECIDED:
            return _decided(state, event)
        case EventKind.ALLOCATED:
            return _allocated(state, event)
        case EventKind.BLOCKERS_OVERRIDDEN:
            return replace(state, overridden=state.overridden | frozenset(event.fact("findings").split()))
        case EventKind.IMPACT_ASSESSED:
            return _assessed(state, event)
        case EventKind.PRIORITISED:
            rank = event.facts.get("rank")
            return replace(
                state,
                priority=event.fact("priority"),
                rank=int(rank) if rank is not None else None,
                priority_event=event.number,
            )
        case EventKind.REVIEW_DUE:
            return replace(state, status=Status.REVIEW_DUE if state.status is Status.DEFERRED else state.status)
        case EventKind.APPEALED:
            return replace(state, appeal_event=event.number, heard_at=event.at) if state.may_be_appealed else state
        case EventKind.SCHEDULED:
            # An approval that was taken back after the schedule went out left nothing that the schedule stands on.
            return replace(state, scheduled_in=issue_of(event)) if state.status in DECIDED else state
        case EventKind.ADVICE_ASKED:
            return replace(state, advice_asked=state.advice_asked | {event.number})
        case EventKind.ADVICE_GIVEN:
            return replace(state, advice_asked=state.advice_asked - {int(event.fact("asked") or 0)})
        case _:
            return state


def _resumed_by_new_version(state: CaseState) -> Status | None:
    """The stage at which a new version is looked at: what was assessed is assessed again before it is signed off."""
    stage = state.resumes if state.status in (Status.READING, Status.UNREADABLE) else state.stage
    if stage is Status.PRIORITISATION:
        return Status.ASSESSMENT
    return stage if stage in STAGES else None


def _read(state: CaseState, event: Event) -> CaseState:
    form = event.fact("form") or state.form
    if event.fact("problem"):
        return replace(state, status=Status.UNREADABLE, form=form)
    is_known = state.resumes is not None and state.resumes in MOVES[path_of(form)]
    return replace(state, status=state.resumes if is_known and state.resumes else Status.NEW, form=form, resumes=None)


def _assessed(state: CaseState, event: Event) -> CaseState:
    by = actor_user(event.actor)
    earlier = state.assessors if state.assessment_event is not None else frozenset()
    return replace(
        state,
        status=Status.PRIORITISATION if state.status is Status.ASSESSMENT else state.status,
        resumes=Status.PRIORITISATION if state.resumes is Status.ASSESSMENT else state.resumes,
        assessment_event=event.number,
        assessed_by=by,
        assessors=earlier | ({by} if by is not None else set()),
    )


def _decided(state: CaseState, event: Event) -> CaseState:
    decision = Decision(event.fact("decision"))
    status = find_target(path_of(state.form), state.stage, decision)
    if status is None and decision in (Decision.UPHOLD, Decision.REOPEN, *STEPS):
        return state
    status = status or state.status
    if status is Status.PROGRESSING and not state.has_requirement:
        # The gate: nothing is assessed before the full requirement is here as well as the business case.
        status = Status.DOCUMENTS
    state = replace(state, status=status, resumes=None, scheduled_in=state.scheduled_in if status in DECIDED else "")
    match decision:
        case Decision.UPHOLD:
            return replace(state, appeal_event=None, is_upheld=True, heard_at=None)
        case Decision.REOPEN | Decision.RESUME:
            return _undecided(state)
        case _ if decision in STEPS:
            return replace(state, heard_at=None)
        case _:
            return _with_outcome(state, event, decision)


def _undecided(state: CaseState) -> CaseState:
    """The case without an outcome; what was assessed and prioritised stays."""
    return replace(
        state,
        decision=None,
        decision_event=None,
        decided_at=None,
        decided_by=None,
        release=None,
        review_on=None,
        redirected_to="",
        value_on=None,
        appeal_event=None,
        is_upheld=False,
        heard_at=None,
    )


def _with_outcome(state: CaseState, event: Event, decision: Decision) -> CaseState:
    user_id = actor_user(event.actor)
    accepts = decision is Decision.ACCEPT and state.assessment_event is None
    keeps_release = state.status in (Status.APPROVED, Status.ALLOCATED, Status.DELIVERED, Status.VALUE_ADDED)
    review_on, value_on = event.fact("review_on"), event.fact("value_on")
    release = event.facts.get("release")
    return replace(
        state,
        decision=decision,
        decision_event=event.number,
        decided_at=event.at,
        decided_by=user_id,
        heard_at=None,
        verdict=state.verdict or find_verdict(event.facts),
        assessed_by=user_id if accepts else state.assessed_by,
        assessors=frozenset({user_id} if user_id is not None else ()) if accepts else state.assessors,
        release=(int(release) if release is not None else state.release)
        if keeps_release or state.status is Status.CLOSED
        else None,
        joined_to=event.fact("joined_to") or state.joined_to,
        review_on=date.fromisoformat(review_on) if review_on else None,
        redirected_to=(event.reason or "") if decision is Decision.REDIRECT else "",
        value_on=date.fromisoformat(value_on) if value_on else state.value_on,
        is_upheld=False,
        appeal_event=None,
    )


def _allocated(state: CaseState, event: Event) -> CaseState:
    release = event.facts.get("release")
    if release is None:
        return replace(state, release=None, status=Status.APPROVED)
    return replace(state, release=int(release), status=Status.ALLOCATED)
