"""What a reviewer sees first of a request: few decisions in front, none lost, and why one is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.lifecycle import ASKABLE, CaseState, Decision, Path, Status, UserRole, allowed_decisions, may_decide
from review.decision_form import ASK
from review.next_step import next_step
from store.people import Person
from tests.casework.test_moves import a_state

pytestmark = pytest.mark.pure
MOST_IN_FRONT = 4


def a_person(*roles: UserRole, number: int = 3) -> Person:
    return Person(number, "ada@example.nhs.uk", "Ada", "", frozenset(roles), True)


def keys(state: CaseState, person: Person) -> tuple[list[str], list[str]]:
    step = next_step(state, person)
    return [option.key for option in step.likely], [option.key for option in step.others]


@pytest.mark.parametrize("path", Path)
@pytest.mark.parametrize("status", sorted(set(Status) - {Status.IN_REVIEW}))
def test_every_decision_that_may_be_taken_is_shown_once_and_few_stand_in_front(path: Path, status: Status) -> None:
    state, person = a_state(path, status), a_person(*UserRole)
    likely, others = keys(state, person)
    may = {
        decision.value for decision in allowed_decisions(state) if may_decide(state, decision, person.id, person.roles)
    }
    assert sorted(likely + others) == sorted(may | ({ASK} if status in ASKABLE else set()))
    assert len(likely) <= MOST_IN_FRONT + (status in (Status.DEFERRED, Status.REVIEW_DUE))


def test_triage_has_the_four_decisions_of_the_picture_in_front() -> None:
    likely, _ = keys(a_state(Path.BUSINESS_CASE, Status.NEW), a_person(UserRole.REVIEWER))
    assert likely == [ASK, Decision.ACCEPT, Decision.DUPLICATE, Decision.DECLINE]


def test_while_the_sender_owes_an_answer_the_stage_before_counts() -> None:
    waiting = replace(a_state(Path.BUSINESS_CASE, Status.WAITING), resumes=Status.PRIORITISATION)
    assert keys(waiting, a_person(UserRole.APPROVER))[0] == [Decision.APPROVE, Decision.DEFER, Decision.DECLINE]


def test_who_cannot_approve_is_told_why() -> None:
    ready = a_state(Path.BUSINESS_CASE, Status.PRIORITISATION)
    assert "Only an approver" in next_step(ready, a_person(UserRole.REVIEWER)).note
    assert "another approver" in next_step(ready, a_person(UserRole.APPROVER, number=2)).note
    assert next_step(ready, a_person(UserRole.APPROVER)).note == ""


def test_who_took_the_decision_is_told_that_somebody_else_settles_the_appeal() -> None:
    appealed = a_state(Path.SHORT, Status.DECLINED)
    assert "who did not take the decision" in next_step(appealed, a_person(UserRole.LEAD, number=1)).note
    assert next_step(appealed, a_person(UserRole.LEAD)).note == ""
