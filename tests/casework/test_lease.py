"""A claim ends when its holder has done nothing for five working days, and rests while nobody can do anything."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casework.events import SENDER, SYSTEM, Event, EventKind, user_actor
from casework.lease import Lease, is_to_be_reminded, lease_of
from casework.lifecycle import state_of

pytestmark = pytest.mark.pure
NONE: frozenset[date] = frozenset()
MONDAY = date(2026, 11, 2)


def event(kind: EventKind, day: int, actor: str = user_actor(7), **facts: str) -> Event:
    return Event(kind, datetime(2026, 11, day, 10, tzinfo=UTC), actor, 1, facts=dict(facts), number=day)


def claimed_on_monday(*more: Event) -> Lease | None:
    form = "business-justification"
    events = [
        event(EventKind.RECEIVED, 1, SENDER),
        event(EventKind.FORM_READ, 1, SYSTEM, form=form),
        event(EventKind.CLAIMED, 2),
        *more,
    ]
    return lease_of(events, state_of(events), NONE)


def test_a_claim_ends_after_five_working_days_without_an_act() -> None:
    lease = claimed_on_monday()
    assert lease == Lease(7, MONDAY, date(2026, 11, 9))
    assert not lease.has_run_out(date(2026, 11, 9))
    assert lease.has_run_out(date(2026, 11, 10))


def test_what_the_holder_does_starts_it_anew_and_what_others_do_does_not() -> None:
    lease = claimed_on_monday(
        event(EventKind.ANSWER_CORRECTED, 4, field="title"), event(EventKind.NOTED, 6, user_actor(8))
    )
    assert lease == Lease(7, date(2026, 11, 4), date(2026, 11, 11))


def test_it_rests_while_the_requester_owes_an_answer_and_begins_again_with_it() -> None:
    asked = event(EventKind.INFORMATION_REQUESTED, 3)
    waiting = claimed_on_monday(asked)
    assert waiting == Lease(7, date(2026, 11, 3), None)
    assert not waiting.has_run_out(date(2027, 11, 3))
    answered = claimed_on_monday(asked, event(EventKind.REPLIED, 20, SENDER))
    assert answered == Lease(7, date(2026, 11, 3), date(2026, 11, 27))


def test_nobody_holds_what_was_given_back() -> None:
    assert claimed_on_monday(event(EventKind.RELEASED, 3)) is None


@pytest.mark.parametrize(("day", "expected"), [(3, False), (4, False), (5, True), (6, True), (9, True), (10, False)])
def test_the_holder_is_reminded_from_the_third_silent_working_day_until_the_claim_ends(
    day: int, expected: bool
) -> None:
    lease = claimed_on_monday()
    assert lease is not None
    assert is_to_be_reminded(lease, date(2026, 11, day), NONE) is expected
