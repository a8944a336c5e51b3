"""Where a case stands and what may happen next, on both paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.events import SENDER, SYSTEM, Event, EventKind, Fact, user_actor
from casework.lifecycle import (
    CLOSED,
    DECIDED,
    MOVES,
    CaseState,
    Correction,
    Decision,
    Path,
    Status,
    UserRole,
    allowed_decisions,
    may_decide,
    path_of,
    state_of,
)

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BUSINESS, SHORT = "business-justification", "supplementary-role"
REVIEWER, APPROVER = frozenset({UserRole.REVIEWER}), frozenset({UserRole.REVIEWER, UserRole.APPROVER})

Step = tuple[EventKind, int | str, dict[str, Fact]]


def history(*steps: Step) -> list[Event]:
    """Events an hour apart, numbered from 1; an actor is a user's number or a code."""
    return [
        Event(
            kind,
            NOW + timedelta(hours=number),
            user_actor(who) if isinstance(who, int) else who,
            1,
            facts=facts,
            number=number,
        )
        for number, (kind, who, facts) in enumerate(steps, start=1)
    ]


def received() -> Step:
    return EventKind.RECEIVED, SENDER, {}


def was_read(form: str | None = BUSINESS, problem: str | None = None) -> Step:
    return EventKind.FORM_READ, SYSTEM, {"form": form, "problem": problem}


def decided(decision: Decision, who: int = 1, **facts: Fact) -> Step:
    return EventKind.DECIDED, who, {"decision": decision.value, **facts}


def status_after(*steps: Step) -> Status:
    return state_of(history(*steps)).status


def test_a_business_case_goes_from_receipt_to_delivery() -> None:
    steps: Sequence[Step] = [
        received(),
        was_read(),
        decided(Decision.ACCEPT, 1),
        decided(Decision.APPROVE, 2),
        (EventKind.ALLOCATED, 2, {"release": 7}),
        decided(Decision.DELIVER, 2),
    ]
    assert [status_after(*steps[: count + 1]) for count in range(len(steps))] == [
        Status.READING, Status.NEW, Status.ASSESSMENT, Status.APPROVED, Status.ALLOCATED, Status.DELIVERED,
    ]  # fmt: skip
    state = state_of(history(*steps))
    assert (state.assessed_by, state.decided_by, state.release, state.version) == (1, 2, 7, 6)


def test_the_other_forms_are_approved_without_assessment() -> None:
    assert status_after(received(), was_read(SHORT), decided(Decision.APPROVE)) is Status.APPROVED
    assert Decision.ACCEPT not in allowed_decisions(state_of(history(received(), was_read(SHORT))))


@pytest.mark.parametrize("problem", ["encrypted", "no-form"])
def test_a_form_that_could_not_be_read_needs_a_person(problem: str) -> None:
    assert status_after(received(), was_read(None, problem)) is Status.UNREADABLE


def test_a_reading_that_failed_and_is_asked_for_again() -> None:
    failed = [received(), (EventKind.READING_FAILED, SYSTEM, {})]
    assert status_after(*failed) is Status.UNREADABLE
    assert status_after(*failed, (EventKind.READING_ASKED, 1, {})) is Status.READING
    assert status_after(*failed, (EventKind.READING_ASKED, 1, {}), was_read()) is Status.NEW


def test_a_claim_shows_as_in_review_and_ends_when_released() -> None:
    claimed = state_of(history(received(), was_read(), (EventKind.CLAIMED, 1, {})))
    assert (claimed.status, claimed.shown_status, claimed.claimed_by) == (Status.NEW, Status.IN_REVIEW, 1)
    taken = state_of(history(received(), was_read(), (EventKind.CLAIMED, 1, {}), (EventKind.TAKEN_OVER, 2, {})))
    assert taken.claimed_by == 2
    back = state_of(history(received(), was_read(), (EventKind.CLAIMED, 1, {}), (EventKind.RELEASED, 1, {})))
    assert (back.shown_status, back.claimed_by, back.claimed_at) == (Status.NEW, None, None)


def test_the_first_receipt_stays_the_day_of_receipt() -> None:
    state = state_of(history(received(), was_read(), received()))
    assert state.received_at == NOW + timedelta(hours=1)


def test_reopening_takes_the_decision_and_the_release_away() -> None:
    state = state_of(history(received(), was_read(), decided(Decision.DECLINE), decided(Decision.REOPEN, 2)))
    assert (state.status, state.decision, state.decided_at, state.release) == (Status.NEW, None, None, None)


def test_deferring_an_allocated_case_takes_it_out_of_its_release() -> None:
    state = state_of(
        history(
            received(),
            was_read(SHORT),
            decided(Decision.APPROVE),
            (EventKind.ALLOCATED, 1, {"release": 7}),
            decided(Decision.DEFER),
        )
    )
    assert (state.status, state.release) == (Status.DEFERRED, None)


def test_taking_a_case_out_of_its_release_leaves_it_approved() -> None:
    allocated = [received(), was_read(SHORT), decided(Decision.APPROVE), (EventKind.ALLOCATED, 1, {"release": 7})]
    assert status_after(*allocated, (EventKind.ALLOCATED, 1, {"release": None})) is Status.APPROVED


def test_a_duplicate_names_the_case_it_is_joined_to() -> None:
    state = state_of(history(received(), was_read(), decided(Decision.DUPLICATE, joined_to="ESR-2026-0001")))
    assert (state.status, state.joined_to) == (Status.DUPLICATE, "ESR-2026-0001")


def test_corrections_and_accepted_findings_are_kept_by_name() -> None:
    state = state_of(
        history(
            received(),
            was_read(),
            (EventKind.ANSWER_CORRECTED, 1, {"field": "title"}),
            (EventKind.ANSWER_CORRECTED, 2, {"field": "title"}),
            (EventKind.FINDING_ACCEPTED, 1, {"finding": "benefits.weak"}),
        )
    )
    assert state.corrections == {"title": Correction("title", 4, "user:2")}
    assert state.accepted_findings == frozenset({"benefits.weak"})


def test_signing_off_a_business_case_needs_an_approver_who_did_not_assess_it() -> None:
    state = state_of(history(received(), was_read(), decided(Decision.ACCEPT, 1)))
    allowed = {
        (who, roles): may_decide(state, Decision.APPROVE, who, roles)
        for who in (1, 2)
        for roles in (REVIEWER, APPROVER)
    }
    assert allowed == {(1, REVIEWER): False, (1, APPROVER): False, (2, REVIEWER): False, (2, APPROVER): True}


def test_an_administrator_alone_decides_nothing() -> None:
    state = state_of(history(received(), was_read()))
    for decision in Decision:
        assert not may_decide(state, decision, 1, frozenset({UserRole.ADMINISTRATOR}))


def test_no_decision_is_possible_while_a_form_is_being_read() -> None:
    assert allowed_decisions(state_of(history(received()))) == ()


@pytest.mark.parametrize("path", list(Path))
def test_every_move_ends_in_a_status_from_which_the_table_goes_on(path: Path) -> None:
    for moves in MOVES[path].values():
        for status in moves.values():
            assert status in MOVES[path]


@pytest.mark.parametrize("path", list(Path))
def test_what_is_closed_can_only_be_reopened(path: Path) -> None:
    for status in CLOSED:
        assert MOVES[path][status] == {Decision.REOPEN: Status.NEW}


def test_an_unknown_form_follows_the_stricter_path() -> None:
    assert [path_of(form) for form in (None, BUSINESS, SHORT)] == [Path.BUSINESS_CASE, Path.BUSINESS_CASE, Path.SHORT]


@given(
    form=st.sampled_from([None, BUSINESS, SHORT]),
    decisions=st.lists(st.sampled_from(list(Decision)), max_size=12),
)
def test_no_row_of_decisions_leads_out_of_the_table(form: str | None, decisions: list[Decision]) -> None:
    """A decision that is not allowed leaves the status as it was, and a decided case keeps who decided it."""
    steps = [received(), was_read(form)]
    for decision in decisions:
        before = state_of(history(*steps))
        steps.append(decided(decision, 3))
        after = state_of(history(*steps))
        if decision not in allowed_decisions(before):
            assert after.status is before.status
        assert after.status in MOVES[path_of(form)]
        assert (after.status in DECIDED) <= (after.decided_by is not None)


def test_nothing_has_happened_to_a_case_without_events() -> None:
    assert state_of([]) == CaseState()


def test_a_note_of_what_was_done_leaves_the_requester_unanswered() -> None:
    heard: list[Step] = [(EventKind.RECEIVED, SENDER, {}), (EventKind.REPLIED, SENDER, {})]
    sent_again: Step = (EventKind.NOTED, 1, {"what": "sent-again"})
    assert state_of(history(*heard, sent_again)).heard_at is not None
    assert state_of(history(*heard, sent_again, (EventKind.NOTED, 1, {}))).heard_at is None
