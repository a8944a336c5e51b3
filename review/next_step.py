"""What a request needs next: one sentence, the few decisions that are likely here, and the others behind a fold."""

from __future__ import annotations

from dataclasses import dataclass

from casework.lifecycle import (
    ASKABLE,
    CaseState,
    Decision,
    Path,
    Status,
    UserRole,
    allowed_decisions,
    may_decide,
    path_of,
)
from casework.state_words import DECISIONS
from review.decision_form import ASK
from store.people import Person


@dataclass(frozen=True, slots=True)
class Option:
    """One decision that may be taken."""

    key: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next: `likely` decisions in front, `others` behind a fold; `note` says why one is missing."""

    sentence: str
    likely: tuple[Option, ...]
    others: tuple[Option, ...]
    note: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """The decisions that this person may take now."""
        return frozenset(option.key for option in (*self.likely, *self.others))


_ASK = Option(ASK, "Ask for more information", "The request waits until the requester answers")
_TRIAGE = frozenset({ASK, Decision.ACCEPT, Decision.APPROVE, Decision.DUPLICATE, Decision.DECLINE})
_LIKELY: dict[Status, frozenset[str]] = {
    Status.UNREADABLE: frozenset({ASK, Decision.DECLINE, Decision.REDIRECT}),
    Status.OFFERED: frozenset({Decision.PROGRESS, Decision.WITHDRAW, ASK}),
    Status.DOCUMENTS: frozenset({Decision.ACCEPT, ASK, Decision.DECLINE}),
    Status.PROGRESSING: frozenset({Decision.ACCEPT, ASK, Decision.DECLINE}),
    Status.ASSESSMENT: frozenset({ASK, Decision.DECLINE, Decision.DEFER}),
    Status.PRIORITISATION: frozenset({Decision.APPROVE, Decision.DECLINE, Decision.DEFER}),
    Status.APPROVED: frozenset({Decision.DELIVER, Decision.ADD_VALUE}),
    Status.ALLOCATED: frozenset({Decision.DELIVER, Decision.ADD_VALUE}),
    Status.VALUE_ADDED: frozenset({Decision.CLOSE}),
    Status.DEFERRED: frozenset({Decision.RESUME, Decision.ACCEPT, Decision.APPROVE, Decision.DEFER, Decision.DECLINE}),
}
_LIKELY[Status.REVIEW_DUE] = _LIKELY[Status.DEFERRED]

_SENTENCES: dict[Status, str] = {
    Status.UNREADABLE: "We could not read the form. Ask for another copy, or decide from the file itself.",
    Status.WAITING: "The requester owes us an answer. You can still decide.",
    Status.OFFERED: "The requester has been asked if they wish to progress. Record their answer when it comes.",
    Status.DOCUMENTS: "The full requirement is missing. Mark a file as the full requirement, or say where it is.",
    Status.PROGRESSING: "The business case and the full requirement are here. Impact assessment is next.",
    Status.ASSESSMENT: "Record what the change would cost and bring. It is decided after that.",
    Status.APPROVED: "Put it into a release.",
    Status.ALLOCATED: "Record it as delivered when its release is live.",
    Status.VALUE_ADDED: "The value is in ESR. Close the request when nothing is left to do.",
    Status.DEFERRED: "It comes back to the queue by itself on its day.",
    Status.REVIEW_DUE: "Its day has come. Take it up again, or put it on hold for longer.",
    Status.APPEALED: "The requester appeals against the decision. Read why in the history, then uphold it or reopen.",
}


def next_step(state: CaseState, person: Person) -> NextStep:
    """What the request needs next from this person."""
    stage = state.stage
    found = [
        Option(decision.value, DECISIONS[decision].label, DECISIONS[decision].hint)
        for decision in allowed_decisions(state)
        if may_decide(state, decision, person.id, person.roles)
    ]
    if state.status in ASKABLE:
        found.insert(0, _ASK)
    likely = _LIKELY.get(stage, _TRIAGE if state.status in ASKABLE else frozenset(option.key for option in found))
    return NextStep(
        sentence=_sentence(state),
        likely=tuple(option for option in found if option.key in likely),
        others=tuple(option for option in found if option.key not in likely),
        note=_note(state, person),
    )


def _sentence(state: CaseState) -> str:
    if state.shown_status is Status.APPEALED:
        return _SENTENCES[Status.APPEALED]
    if state.stage is Status.PRIORITISATION:
        if state.priority_event is None:
            return "The impact is assessed. Give the request its priority; then it can be approved."
        return "The impact and the priority are recorded. An approver who did not assess it decides."
    if state.stage in (Status.APPROVED, Status.ALLOCATED) and path_of(state.form) is Path.SHORT:
        return "Record when the value is added. You can put it into a release before."
    return _SENTENCES.get(state.status, "")


def _note(state: CaseState, person: Person) -> str:
    """Why the person does not see the decision that comes next, empty where they do."""
    if state.appeal_event is not None and not may_decide(state, Decision.UPHOLD, person.id, person.roles):
        return "An appeal is settled by a lead or an approver who did not take the decision."
    if state.stage is not Status.PRIORITISATION or state.priority_event is None:
        return ""
    if UserRole.APPROVER not in person.roles:
        return "Only an approver can approve this request, because it spends public money."
    if person.id in state.assessors:
        return "You assessed the impact of this request, so another approver must approve it."
    return ""
