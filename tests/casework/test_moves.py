"""Every state, every act, both paths and every role, against a list written out by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from casework.lifecycle import (
    CLOSED,
    DECIDED,
    MOVES,
    OPEN,
    CaseState,
    Decision,
    Path,
    Status,
    UserRole,
    may_decide,
)
from review.access import PERMISSIONS, Permission

pytestmark = pytest.mark.pure

# Everything that may be decided: path, state, decision -> (the state after it, who may). R reviewers, leads and
# approvers; A approvers alone; S leads and approvers. What is not here may not happen.
EXPECTED = """
business-case unreadable     duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case new            accept>assessment R offer>offered R await-documents>documents R defer>deferred R
business-case new            duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case in-review      accept>assessment R offer>offered R await-documents>documents R defer>deferred R
business-case in-review      duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case waiting        accept>assessment R offer>offered R await-documents>documents R defer>deferred R
business-case waiting        duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case offered        progress>progressing R defer>deferred R
business-case offered        duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case documents      accept>assessment R defer>deferred R
business-case documents      duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case progressing    accept>assessment R defer>deferred R
business-case progressing    duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case assessment     defer>deferred R
business-case assessment     duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case prioritisation approve>approved A defer>deferred R
business-case prioritisation duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case approved       deliver>delivered R defer>deferred R reopen>prioritisation R
business-case approved       duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case allocated      deliver>delivered R defer>deferred R reopen>prioritisation R
business-case allocated      duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case delivered      reopen>new R
business-case closed         reopen>new R
business-case deferred       accept>assessment R resume>prioritisation R defer>deferred R reopen>new R
business-case deferred       duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case review-due     accept>assessment R resume>prioritisation R defer>deferred R reopen>new R
business-case review-due     duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
business-case declined       uphold>declined S reopen>new S
business-case redirected     uphold>redirected S reopen>new S
business-case duplicate      uphold>duplicate S reopen>new S
business-case withdrawn      reopen>new R
short         unreadable     duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         new            approve>approved R defer>deferred R
short         new            duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         in-review      approve>approved R defer>deferred R
short         in-review      duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         waiting        approve>approved R defer>deferred R
short         waiting        duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         approved       add-value>value-added R defer>deferred R reopen>new R
short         approved       duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         allocated      add-value>value-added R defer>deferred R reopen>new R
short         allocated      duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         value-added    close>closed R reopen>new R
short         closed         reopen>new R
short         delivered      reopen>new R
short         deferred       approve>approved R defer>deferred R reopen>new R
short         deferred       duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         review-due     approve>approved R defer>deferred R reopen>new R
short         review-due     duplicate>duplicate R decline>declined R redirect>redirected R withdraw>withdrawn R
short         declined       uphold>declined S reopen>new S
short         redirected     uphold>redirected S reopen>new S
short         duplicate      uphold>duplicate S reopen>new S
short         withdrawn      reopen>new R
"""
WHO = {
    "R": {UserRole.REVIEWER, UserRole.LEAD, UserRole.APPROVER},
    "A": {UserRole.APPROVER},
    "S": {UserRole.LEAD, UserRole.APPROVER},
}
FORMS = {Path.BUSINESS_CASE: "business-justification", Path.SHORT: "supplementary-role"}
DECIDER, ASSESSOR, SOMEBODY = 1, 2, 3


def expected() -> dict[tuple[Path, Status, Decision], tuple[Status, set[UserRole]]]:
    found = {}
    for line in EXPECTED.strip().splitlines():
        path, status, *cells = line.split()
        for move, who in zip(cells[::2], cells[1::2], strict=True):
            decision, _, target = move.partition(">")
            found[Path(path), Status(status), Decision(decision)] = (Status(target), WHO[who])
    return found


def a_state(path: Path, status: Status) -> CaseState:
    """A case here with every fact that a decision may rest on, and under appeal where that is possible."""
    state = CaseState(
        status=status,
        form=FORMS[path],
        decided_by=DECIDER,
        assessors=frozenset({ASSESSOR}),
        assessment_event=7,
        priority_event=8,
        scheduled_in="Q4 2026, version 1.0",
    )
    return replace(state, appeal_event=9) if state.may_be_appealed else state


def test_every_state_act_path_and_role_is_as_the_list_says() -> None:
    wanted = expected()
    wrong = {}
    everything = list(product(Path, Status, Decision, UserRole))
    for path, status, decision, role in everything:
        found = may_decide(a_state(path, status), decision, SOMEBODY, frozenset({role}))
        _, who = wanted.get((path, status, decision), (None, set()))
        if found != (role in who):
            wrong[path.value, status.value, decision.value, role.value] = found
    assert wrong == {}
    assert len(everything) == 2 * 22 * 16 * 7


def test_every_move_leads_where_the_list_says() -> None:
    table = {
        (path, status, decision): target
        for path, moves in MOVES.items()
        for status, targets in moves.items()
        for decision, target in targets.items()
    }
    assert table == {key: target for key, (target, _) in expected().items()}


@pytest.mark.parametrize("role", UserRole)
def test_nobody_approves_what_they_assessed_nor_settles_an_appeal_against_themselves(role: UserRole) -> None:
    ready = a_state(Path.BUSINESS_CASE, Status.PRIORITISATION)
    assert not may_decide(ready, Decision.APPROVE, ASSESSOR, frozenset({role, UserRole.APPROVER}))
    appealed = a_state(Path.SHORT, Status.DECLINED)
    for decision in (Decision.UPHOLD, Decision.REOPEN):
        assert not may_decide(appealed, decision, DECIDER, frozenset({role, UserRole.LEAD}))


def test_a_decision_waits_for_the_facts_that_it_rests_on() -> None:
    everybody = frozenset(UserRole)
    ready = a_state(Path.BUSINESS_CASE, Status.PRIORITISATION)
    for missing in ({"assessment_event": None}, {"priority_event": None}):
        assert not may_decide(replace(ready, **missing), Decision.APPROVE, SOMEBODY, everybody)  # type: ignore[arg-type]
    on_hold = a_state(Path.BUSINESS_CASE, Status.DEFERRED)
    assert not may_decide(replace(on_hold, assessment_event=None), Decision.RESUME, SOMEBODY, everybody)
    new = a_state(Path.BUSINESS_CASE, Status.NEW)
    assert not may_decide(replace(new, has_requirement=True), Decision.AWAIT, SOMEBODY, everybody)
    quiet = replace(a_state(Path.SHORT, Status.DECLINED), appeal_event=None)
    assert not may_decide(quiet, Decision.UPHOLD, SOMEBODY, everybody)
    assert may_decide(quiet, Decision.REOPEN, SOMEBODY, frozenset({UserRole.REVIEWER}))
    unprinted = replace(a_state(Path.SHORT, Status.ALLOCATED), scheduled_in="")
    assert not may_decide(unprinted, Decision.REOPEN, SOMEBODY, everybody)


def test_every_state_is_open_or_decided_and_what_is_closed_is_decided() -> None:
    assert set(OPEN) | DECIDED == set(Status)
    assert not set(OPEN) & DECIDED
    assert CLOSED < DECIDED


def test_the_roles_that_settle_appeals_are_those_that_may_let_a_competency_go_on() -> None:
    assert {role for role in UserRole if Permission.OVERRIDE in PERMISSIONS[role]} == WHO["S"]
    assert {role for role in UserRole if Permission.DECIDE in PERMISSIONS[role]} == WHO["R"]
    assert {role for role in UserRole if Permission.APPROVE in PERMISSIONS[role]} == WHO["A"]
