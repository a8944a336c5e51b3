"""What may happen next to a case and who may do it, by the tables of moves."""

from __future__ import annotations

from casework.case_state import CaseState, Correction, finding_of, issue_of, state_of
from casework.moves import (
    APPEALABLE,
    ASKABLE,
    BUSINESS_JUSTIFICATION,
    CLOSED,
    DECIDED,
    GUARDED,
    MOVES,
    NATIONAL_COMPETENCY,
    OPEN,
    REVIEWING,
    SENIOR,
    Decision,
    Path,
    Status,
    UserRole,
    path_of,
    roles_for,
    roles_to_override,
)

__all__ = [
    "APPEALABLE",
    "ASKABLE",
    "BUSINESS_JUSTIFICATION",
    "CLOSED",
    "DECIDED",
    "GUARDED",
    "MOVES",
    "NATIONAL_COMPETENCY",
    "OPEN",
    "REVIEWING",
    "SENIOR",
    "CaseState",
    "Correction",
    "Decision",
    "Path",
    "Status",
    "UserRole",
    "allowed_decisions",
    "finding_of",
    "issue_of",
    "may_decide",
    "may_withdraw",
    "needs_requirement",
    "path_of",
    "roles_for",
    "roles_to_override",
    "state_of",
]


def allowed_decisions(state: CaseState) -> tuple[Decision, ...]:
    """The decisions that this case could take now, in the table's order, whoever takes them."""
    moves = MOVES[path_of(state.form)].get(state.stage, {})
    return tuple(decision for decision in moves if _is_due(state, decision))


def may_decide(state: CaseState, decision: Decision, user_id: int, roles: frozenset[UserRole]) -> bool:
    """Whether this person may take this decision now.

    Nobody approves what they assessed themselves, and nobody settles an appeal against their own decision.
    """
    path = path_of(state.form)
    if decision not in allowed_decisions(state) or not roles & roles_for(path, decision):
        return False
    if state.appeal_event is not None and decision in (Decision.UPHOLD, Decision.REOPEN):
        return bool(roles & SENIOR) and user_id != state.decided_by
    return not (decision is Decision.APPROVE and path is Path.BUSINESS_CASE and user_id in state.assessors)


def may_withdraw(state: CaseState) -> bool:
    """Whether the sender may take the request back themselves: as long as it is not decided."""
    return state.status not in DECIDED and Decision.WITHDRAW in allowed_decisions(state)


def needs_requirement(state: CaseState, decision: Decision) -> bool:
    """Whether impact assessment has to wait: it starts when both justification and full requirement are here."""
    return decision is Decision.ACCEPT and path_of(state.form) is Path.BUSINESS_CASE and not state.has_requirement


def _is_due(state: CaseState, decision: Decision) -> bool:
    """Whether the facts that a decision rests on are there."""
    match decision:
        case Decision.AWAIT:
            return not state.has_requirement
        case Decision.RESUME:
            return state.assessment_event is not None
        case Decision.APPROVE if path_of(state.form) is Path.BUSINESS_CASE:
            return state.assessment_event is not None and state.priority_event is not None
        case Decision.UPHOLD:
            return state.appeal_event is not None
        case Decision.REOPEN if state.status in (Status.APPROVED, Status.ALLOCATED):
            return state.is_published
        case _:
            return True
