"""The five-day promise: counted on working days, still while the sender owes an answer, frozen at its end."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casework.events import SENDER, Event, EventKind, user_actor
from casework.promise import Calendar, Pause, Verdict, due_day, find_verdict, pauses_of, verdict_of

pytestmark = pytest.mark.pure

# Monday 2 November 2026; there is no bank holiday before Christmas.
RECEIVED = date(2026, 11, 2)
NONE: frozenset[date] = frozenset()


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def event(kind: EventKind, when: datetime) -> Event:
    return Event(kind, when, SENDER if kind is not EventKind.INFORMATION_REQUESTED else user_actor(1), 1)


def test_the_day_of_receipt_does_not_count() -> None:
    assert due_day(RECEIVED, (), NONE) == date(2026, 11, 9)


def test_bank_holidays_and_weekends_do_not_count() -> None:
    assert due_day(RECEIVED, (), frozenset({date(2026, 11, 5)})) == date(2026, 11, 10)


def test_the_clock_stands_still_from_the_day_we_asked_to_the_day_they_answered() -> None:
    # Tuesday counts; Wednesday to the Wednesday after do not; four working days are left from Thursday.
    assert due_day(RECEIVED, (Pause(date(2026, 11, 4), date(2026, 11, 11)),), NONE) == date(2026, 11, 17)


def test_a_question_answered_on_the_same_day_stops_nothing() -> None:
    assert due_day(RECEIVED, (Pause(date(2026, 11, 4), date(2026, 11, 4)),), NONE) == date(2026, 11, 9)


def test_there_is_no_due_day_while_the_sender_owes_an_answer() -> None:
    assert due_day(RECEIVED, (Pause(date(2026, 11, 4), None),), NONE) is None


def test_a_promise_that_was_due_before_we_asked_stays_late() -> None:
    assert due_day(RECEIVED, (Pause(date(2026, 11, 20), None),), NONE) == date(2026, 11, 9)


def test_asking_twice_before_the_answer_is_one_pause() -> None:
    events = [
        event(EventKind.RECEIVED, at(2)),
        event(EventKind.INFORMATION_REQUESTED, at(4)),
        event(EventKind.INFORMATION_REQUESTED, at(5)),
        event(EventKind.REPLIED, at(6)),
        event(EventKind.INFORMATION_REQUESTED, at(9)),
    ]
    assert pauses_of(events) == (
        Pause(date(2026, 11, 4), date(2026, 11, 6)),
        Pause(date(2026, 11, 9), None),
    )


def test_a_question_that_was_taken_back_stops_nothing() -> None:
    asked = Event(EventKind.INFORMATION_REQUESTED, at(4), user_actor(1), 1, number=2)
    undone = Event(EventKind.TAKEN_BACK, at(4, 13), user_actor(1), 1, facts={"event": 2}, number=3)
    assert pauses_of([event(EventKind.RECEIVED, at(2)), asked, undone]) == ()


def test_days_are_counted_in_london() -> None:
    # Half past midnight on 2 June in London is still 1 June in UTC.
    asked = Event(EventKind.INFORMATION_REQUESTED, datetime(2026, 6, 1, 23, 30, tzinfo=UTC), user_actor(1), 1)
    assert pauses_of([asked]) == (Pause(date(2026, 6, 2), None),)


def test_a_verdict_keeps_the_calendar_it_was_counted_on() -> None:
    calendar = Calendar("wales", "holidays 1.0", frozenset())
    verdict = verdict_of(at(2), (), at(11), calendar)
    assert verdict == Verdict(date(2026, 11, 9), 2, "wales holidays 1.0")
    assert find_verdict(verdict.facts()) == verdict
    assert find_verdict({}) is None


def test_a_promise_kept_in_time_is_not_late() -> None:
    assert verdict_of(at(2), (), at(4), Calendar("england", "1", NONE)).days_late == 0
