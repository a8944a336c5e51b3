"""Where a request may stand, what may be decided there and by whom: one table for each path."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a case stands; derived from its events and never stored as truth."""

    READING = "reading"
    UNREADABLE = "unreadable"
    NEW = "new"
    IN_REVIEW = "in-review"
    WAITING = "waiting"
    OFFERED = "offered"
    DOCUMENTS = "documents"
    PROGRESSING = "progressing"
    ASSESSMENT = "assessment"
    PRIORITISATION = "prioritisation"
    APPROVED = "approved"
    ALLOCATED = "allocated"
    DELIVERED = "delivered"
    VALUE_ADDED = "value-added"
    CLOSED = "closed"
    DEFERRED = "deferred"
    REVIEW_DUE = "review-due"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"


class Decision(StrEnum):
    """What a person may decide; each needs a reason."""

    ACCEPT = "accept"
    OFFER = "offer"
    PROGRESS = "progress"
    AWAIT = "await-documents"
    APPROVE = "approve"
    DELIVER = "deliver"
    ADD_VALUE = "add-value"
    CLOSE = "close"
    RESUME = "resume"
    UPHOLD = "uphold"
    REOPEN = "reopen"
    DUPLICATE = "duplicate"
    DECLINE = "decline"
    REDIRECT = "redirect"
    DEFER = "defer"
    WITHDRAW = "withdraw"


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
SENIOR = frozenset({UserRole.LEAD, UserRole.APPROVER})
"""The roles that settle an appeal, and that may go on where a competency's blocker says it will not progress."""


class Path(StrEnum):
    """The way a kind of form goes: the business case is signed off after impact assessment, the others are not."""

    BUSINESS_CASE = "business-case"
    SHORT = "short"


BUSINESS_JUSTIFICATION = "business-justification"
NATIONAL_COMPETENCY = "national-competency"

CLOSED = frozenset(
    {
        Status.DELIVERED,
        Status.CLOSED,
        Status.DECLINED,
        Status.REDIRECTED,
        Status.DUPLICATE,
        Status.WITHDRAWN,
    }
)
DECIDED = CLOSED | {Status.APPROVED, Status.ALLOCATED, Status.VALUE_ADDED, Status.DEFERRED}
OPEN = tuple(status for status in Status if status not in DECIDED)
APPEALABLE = frozenset({Status.DECLINED, Status.REDIRECTED, Status.DUPLICATE})
STAGES = frozenset({Status.OFFERED, Status.DOCUMENTS, Status.PROGRESSING, Status.ASSESSMENT, Status.PRIORITISATION})
"""Past triage and before sign-off: a question or a new version leads back here, not to triage."""
ASKABLE = STAGES | {Status.UNREADABLE, Status.NEW, Status.WAITING}
"""Where the sender may be asked for more information."""
STEPS = frozenset({Decision.OFFER, Decision.PROGRESS, Decision.AWAIT, Decision.RESUME})
"""Decisions on the way, which are no outcome that a schedule could print."""
GUARDED = frozenset({Decision.ACCEPT, Decision.APPROVE})
"""Decisions that an open blocker stops."""

Moves = dict[Status, dict[Decision, Status]]

_ENDS = {
    Decision.DUPLICATE: Status.DUPLICATE,
    Decision.DECLINE: Status.DECLINED,
    Decision.REDIRECT: Status.REDIRECTED,
    Decision.WITHDRAW: Status.WITHDRAWN,
}
_LATER_OR_END = {Decision.DEFER: Status.DEFERRED, **_ENDS}
_REOPEN = {Decision.REOPEN: Status.NEW}
_CASE_TRIAGE = {
    Decision.ACCEPT: Status.ASSESSMENT,
    Decision.OFFER: Status.OFFERED,
    Decision.AWAIT: Status.DOCUMENTS,
    **_LATER_OR_END,
}
_SHORT_TRIAGE = {Decision.APPROVE: Status.APPROVED, **_LATER_OR_END}
_CASE_ON_HOLD = {Decision.ACCEPT: Status.ASSESSMENT, Decision.RESUME: Status.PRIORITISATION, **_LATER_OR_END, **_REOPEN}
_SHORT_ON_HOLD = {Decision.APPROVE: Status.APPROVED, **_LATER_OR_END, **_REOPEN}
# What a schedule has printed is changed only by opening the request again; what was assessed is signed off anew.
_CASE_APPROVED = {Decision.DELIVER: Status.DELIVERED, **_LATER_OR_END, Decision.REOPEN: Status.PRIORITISATION}
_SHORT_APPROVED = {Decision.ADD_VALUE: Status.VALUE_ADDED, **_LATER_OR_END, **_REOPEN}
_ON_EVERY_PATH: Moves = {
    Status.UNREADABLE: _ENDS,
    **{status: {Decision.UPHOLD: status, **_REOPEN} for status in sorted(APPEALABLE)},
    **dict.fromkeys(sorted(CLOSED - APPEALABLE), _REOPEN),
}

MOVES: dict[Path, Moves] = {
    Path.BUSINESS_CASE: {
        **_ON_EVERY_PATH,
        Status.NEW: _CASE_TRIAGE,
        Status.IN_REVIEW: _CASE_TRIAGE,
        Status.WAITING: _CASE_TRIAGE,
        Status.OFFERED: {Decision.PROGRESS: Status.PROGRESSING, **_LATER_OR_END},
        Status.DOCUMENTS: {Decision.ACCEPT: Status.ASSESSMENT, **_LATER_OR_END},
        Status.PROGRESSING: {Decision.ACCEPT: Status.ASSESSMENT, **_LATER_OR_END},
        Status.ASSESSMENT: _LATER_OR_END,
        Status.PRIORITISATION: {Decision.APPROVE: Status.APPROVED, **_LATER_OR_END},
        Status.APPROVED: _CASE_APPROVED,
        Status.ALLOCATED: _CASE_APPROVED,
        Status.DEFERRED: _CASE_ON_HOLD,
        Status.REVIEW_DUE: _CASE_ON_HOLD,
    },
    Path.SHORT: {
        **_ON_EVERY_PATH,
        Status.NEW: _SHORT_TRIAGE,
        Status.IN_REVIEW: _SHORT_TRIAGE,
        Status.WAITING: _SHORT_TRIAGE,
        Status.APPROVED: _SHORT_APPROVED,
        Status.ALLOCATED: _SHORT_APPROVED,
        Status.VALUE_ADDED: {Decision.CLOSE: Status.CLOSED, **_REOPEN},
        Status.DEFERRED: _SHORT_ON_HOLD,
        Status.REVIEW_DUE: _SHORT_ON_HOLD,
    },
}
"""What may be decided where, and where it leads. Development itself is no state of its own: what is in a release moves
with that release, and the team's own tools follow the work."""

_ONCE: dict[Path, Moves] = {
    Path.BUSINESS_CASE: {Status.ASSESSMENT: {Decision.APPROVE: Status.APPROVED}},
    Path.SHORT: {status: {Decision.DELIVER: Status.DELIVERED} for status in (Status.APPROVED, Status.ALLOCATED)},
}
"""What older records hold and nobody may decide any more: approval without a recorded assessment, a value delivered."""


def path_of(form: str | None) -> Path:
    """Which table of moves a form follows; an unknown form follows the business case's."""
    return Path.BUSINESS_CASE if form is None or form == BUSINESS_JUSTIFICATION else Path.SHORT


def find_target(path: Path, status: Status, decision: Decision) -> Status | None:
    """Where a recorded decision leads from here, those of older records included; None where no table has it."""
    once = _ONCE[path].get(status, {})
    return MOVES[path].get(status, {}).get(decision, once.get(decision))


def roles_for(path: Path, decision: Decision) -> frozenset[UserRole]:
    """The roles of which one is needed: signing off a business case spends public money, an appeal needs a senior."""
    if decision is Decision.APPROVE and path is Path.BUSINESS_CASE:
        return frozenset({UserRole.APPROVER})
    return SENIOR if decision is Decision.UPHOLD else REVIEWING


def roles_to_override(form: str | None) -> frozenset[UserRole]:
    """The roles that may let a request go on in spite of a blocker: a competency's says that it will not progress."""
    return SENIOR if form == NATIONAL_COMPETENCY else REVIEWING
