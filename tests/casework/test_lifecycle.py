"""Where a case stands and what may happen next, on both paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.events import SENDER, SYSTEM, Event, EventKind, Fact, user_actor
from casework.lifecycle import (
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
from casework.model import is_among
from casework.moves import find_target

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


def assessed(who: int) -> Step:
    return EventKind.IMPACT_ASSESSED, who, {"cost": 12000, "days": 15, "benefit": 42000, "judgement": "good"}


def prioritised(who: int) -> Step:
    return EventKind.PRIORITISED, who, {"priority": "high", "rank": 2}


def status_after(*steps: Step) -> Status:
    return state_of(history(*steps)).status


def test_a_business_case_goes_from_receipt_to_delivery() -> None:
    steps: Sequence[Step] = [
        received(),
        was_read(),
        decided(Decision.OFFER, 1),
        (EventKind.DECIDED, SENDER, {"decision": "progress"}),
        (EventKind.REQUIREMENT_NOTED, 1, {"submission": 2}),
        decided(Decision.ACCEPT, 1),
        assessed(3),
        prioritised(1),
        decided(Decision.APPROVE, 2),
        (EventKind.ALLOCATED, 2, {"release": 7}),
        decided(Decision.DELIVER, 2),
    ]
    assert [status_after(*steps[: count + 1]) for count in range(len(steps))] == [
        Status.READING, Status.NEW, Status.OFFERED, Status.DOCUMENTS, Status.PROGRESSING, Status.ASSESSMENT,
        Status.PRIORITISATION, Status.PRIORITISATION, Status.APPROVED, Status.ALLOCATED, Status.DELIVERED,
    ]  # fmt: skip
    state = state_of(history(*steps))
    assert (state.assessed_by, state.assessors, state.decided_by, state.release) == (3, {3}, 2, 7)
    assert (state.priority, state.rank, state.version) == ("high", 2, 11)


def test_a_value_is_approved_added_and_closed() -> None:
    steps = [
        received(),
        was_read(SHORT),
        decided(Decision.APPROVE),
        decided(Decision.ADD_VALUE, 1, value_on="2026-11-20", release=7),
        decided(Decision.CLOSE),
    ]
    assert [status_after(*steps[: count + 1]) for count in range(2, len(steps))] == [
        Status.APPROVED, Status.VALUE_ADDED, Status.CLOSED,
    ]  # fmt: skip
    state = state_of(history(*steps))
    assert (state.value_on, state.release) == (date(2026, 11, 20), 7)


def test_an_older_record_ends_where_it_ended_before_there_were_assessments() -> None:
    """Acts of the first version: approved straight from assessment by whoever did not accept it; a value delivered."""
    steps = [
        received(),
        was_read(),
        (EventKind.CLAIMED, 1, {}),
        (EventKind.ACKNOWLEDGED, 1, {}),
        (EventKind.REQUIREMENT_NOTED, 1, {}),
        decided(Decision.ACCEPT, 1),
        (EventKind.RELEASED, 1, {}),
        decided(Decision.APPROVE, 2),
        (EventKind.ALLOCATED, 2, {"release": 7}),
    ]
    state = state_of(history(*steps))
    assert (state.status, state.assessors, state.decided_by) == (Status.ALLOCATED, {1}, 2)
    assert status_after(*steps, decided(Decision.DELIVER, 2)) is Status.DELIVERED
    value = [received(), was_read(SHORT), decided(Decision.APPROVE), decided(Decision.DELIVER)]
    assert status_after(*value) is Status.DELIVERED
    on_hold = state_of(history(received(), was_read(), decided(Decision.DEFER)))
    assert (on_hold.status, on_hold.review_on) == (Status.DEFERRED, None)
    assert Decision.DEFER in allowed_decisions(on_hold)


def test_nobody_decides_by_hand_what_only_older_records_hold() -> None:
    assessing = state_of(history(received(), was_read(), decided(Decision.ACCEPT, 1)))
    value = state_of(history(received(), was_read(SHORT), decided(Decision.APPROVE)))
    assert Decision.APPROVE not in allowed_decisions(assessing)
    assert Decision.DELIVER not in allowed_decisions(value)


def test_a_question_during_assessment_leads_back_to_it() -> None:
    asked = [received(), was_read(), decided(Decision.ACCEPT), (EventKind.INFORMATION_REQUESTED, 1, {})]
    waiting = state_of(history(*asked))
    assert (waiting.status, waiting.stage) == (Status.WAITING, Status.ASSESSMENT)
    assert status_after(*asked, (EventKind.REPLIED, SENDER, {})) is Status.ASSESSMENT


def test_a_new_version_of_what_was_assessed_is_assessed_again() -> None:
    ready = [received(), was_read(), decided(Decision.ACCEPT), assessed(3), prioritised(1)]
    assert status_after(*ready) is Status.PRIORITISATION
    assert status_after(*ready, received(), was_read()) is Status.ASSESSMENT
    assert status_after(*ready, received(), was_read(), assessed(4)) is Status.PRIORITISATION


def test_a_request_on_hold_comes_back_on_its_day() -> None:
    on_hold = [received(), was_read(), decided(Decision.DEFER, 1, review_on="2027-02-01")]
    assert state_of(history(*on_hold)).review_on == date(2027, 2, 1)
    assert status_after(*on_hold, (EventKind.REVIEW_DUE, SYSTEM, {})) is Status.REVIEW_DUE
    assert status_after(received(), was_read(), (EventKind.REVIEW_DUE, SYSTEM, {})) is Status.NEW


def test_an_appeal_is_seen_until_somebody_settles_it() -> None:
    refused = [received(), was_read(), decided(Decision.DECLINE, 1)]
    appeal: Step = (EventKind.APPEALED, SENDER, {})
    appealed = state_of(history(*refused, appeal))
    assert (appealed.status, appealed.shown_status) == (Status.DECLINED, Status.APPEALED)
    assert not appealed.may_be_appealed
    upheld = state_of(history(*refused, appeal, decided(Decision.UPHOLD, 2)))
    assert (upheld.shown_status, upheld.decided_by, upheld.may_be_appealed) == (Status.DECLINED, 1, False)
    again = state_of(history(*refused, appeal, decided(Decision.REOPEN, 2), decided(Decision.DECLINE, 2)))
    assert again.may_be_appealed
    assert state_of(history(received(), was_read(), appeal)).shown_status is Status.NEW


def test_a_new_version_sent_with_an_appeal_is_looked_at_afresh() -> None:
    refused = [received(), was_read(), decided(Decision.DECLINE, 1), (EventKind.APPEALED, SENDER, {})]
    state = state_of(history(*refused, received(), was_read()))
    assert (state.shown_status, state.decision) == (Status.NEW, None)


def test_overridden_blockers_count_for_the_version_they_were_overridden_in() -> None:
    overridden: Step = (EventKind.BLOCKERS_OVERRIDDEN, 1, {"findings": "required.benefits required.title"})
    state = state_of(history(received(), was_read(), overridden))
    assert state.overridden == {"required.benefits", "required.title"}
    assert state_of(history(received(), was_read(), overridden, received())).overridden == frozenset()


def test_advice_is_waited_for_until_it_is_written_down() -> None:
    asked = [received(), was_read(), (EventKind.ADVICE_ASKED, 1, {"group": "payroll", "by": "2026-12-01"})]
    assert state_of(history(*asked)).advice_asked == {3}
    answered = state_of(history(*asked, (EventKind.ADVICE_GIVEN, 1, {"asked": 3, "on": "2026-11-30"})))
    assert (answered.advice_asked, answered.status) == (frozenset(), Status.NEW)


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
            (EventKind.FINDING_ACCEPTED, 1, {"finding": "benefits.weak", "field": "benefits"}),
        )
    )
    assert state.corrections == {"title": Correction("title", 4, "user:2")}
    assert state.accepted_findings == frozenset({"benefits.weak:benefits"})


def test_an_older_record_accepted_a_finding_of_a_rule_in_every_field() -> None:
    old = state_of(history(received(), was_read(), (EventKind.FINDING_ACCEPTED, 1, {"finding": "date.unlikely"})))
    new = (EventKind.FINDING_ACCEPTED, 1, {"finding": "date.unlikely", "field": "date_raised"})
    asked = (("date.unlikely", "date_raised"), ("date.unlikely", "date_needed"), ("date.unlikely", None))
    found = [is_among(old.accepted_findings, rule, name) for rule, name in asked]
    assert found == [True, True, True]
    state = state_of(history(received(), was_read(), new))
    assert [is_among(state.accepted_findings, rule, name) for rule, name in asked] == [True, False, False]


def test_signing_off_a_business_case_needs_an_approver_who_did_not_assess_it() -> None:
    state = state_of(history(received(), was_read(), decided(Decision.ACCEPT, 3), assessed(1), prioritised(3)))
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
        if find_target(path_of(form), before.stage, decision) is None:
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


def test_a_published_request_is_locked_until_it_is_opened_again_or_a_new_version_comes() -> None:
    printed: Step = (EventKind.SCHEDULED, 1, {"quarter": "2026-Q4", "version": "1.0", "label": "Q4 2026"})
    approved = (received(), was_read(SHORT), decided(Decision.APPROVE), printed)
    assert state_of(history(*approved)).is_published
    assert not state_of(history(*approved, decided(Decision.REOPEN), decided(Decision.APPROVE))).is_published
    assert not state_of(history(*approved, received(), was_read(SHORT), decided(Decision.APPROVE))).is_published
    assert state_of(history(*approved, decided(Decision.ADD_VALUE))).is_published
    assert state_of(history(*approved, decided(Decision.REOPEN), decided(Decision.APPROVE), printed)).is_published
    assert not state_of(history(*approved, (EventKind.TAKEN_BACK, 1, {"event": 3}))).is_published
    assert state_of(history(*approved)).scheduled_in == "Q4 2026, version 1.0"
