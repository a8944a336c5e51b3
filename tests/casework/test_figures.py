"""What a request counts for, and how long things took."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from casework.figures import Course, Kind, Spread, course_from_text, days_taken, figures_of, late_of, spread_of
from casework.lifecycle import CaseState, Correction, Decision, Status
from casework.promise import Pause, Verdict

pytestmark = pytest.mark.pure

MONDAY = date(2026, 11, 2)
NO_HOLIDAYS: frozenset[date] = frozenset()


def no_holidays(_: bool) -> frozenset[date]:
    return NO_HOLIDAYS


def a_state(**changes: object) -> CaseState:
    return replace(CaseState(status=Status.NEW, form="supplementary-role"), **changes)  # type: ignore[arg-type]


def figures(state: CaseState, **others: object) -> list[tuple[Kind, str]]:
    facts = {"pauses": (), "organisation": "Northmoor", "region": "", "areas": "", "findings": []}
    return figures_of(state, **{**facts, **others})  # type: ignore[arg-type]


COURSES = [
    Course(),
    Course(is_over=True),
    Course(date(2026, 11, 5), True, 2, True, (Pause(MONDAY, date(2026, 11, 4)), Pause(date(2026, 11, 5), None))),
]


@pytest.mark.parametrize("course", COURSES)
def test_a_course_is_read_back_as_it_was_written(course: Course) -> None:
    assert course_from_text(course.to_text()) == course


def test_a_new_request_counts_once_for_each_thing_it_is() -> None:
    assert figures(
        a_state(), region="wales", areas="learning payroll", findings=["required.title", "required.title"]
    ) == [
        (Kind.AREA, "learning"),
        (Kind.AREA, "payroll"),
        (Kind.DECISION, Course(is_welsh=True).to_text()),
        (Kind.FINDING, "required.title"),
        (Kind.FORM, "supplementary-role"),
        (Kind.ORGANISATION, "Northmoor"),
        (Kind.PROMISE, Course(is_welsh=True).to_text()),
        (Kind.REGION, "wales"),
        (Kind.STATUS, "new"),
    ]


def test_what_people_put_right_counts_too() -> None:
    state = a_state(
        corrections={"title": Correction("title", 3, "user:1")},
        accepted_findings=frozenset({"thin:title", "thin:benefits"}),
    )
    found = figures(state)
    assert (Kind.CORRECTION, "title") in found
    assert (Kind.ACCEPTED_FINDING, "thin") in found


def test_accepting_for_assessment_is_not_yet_a_decision() -> None:
    decided = datetime(2026, 11, 9, 12, tzinfo=UTC)
    state = a_state(status=Status.ASSESSMENT, decision=Decision.ACCEPT, decided_at=decided)
    assert (Kind.DECISION, Course().to_text()) in figures(state)
    state = replace(state, status=Status.APPROVED, decision=Decision.APPROVE)
    assert (Kind.DECISION, Course(date(2026, 11, 9), True).to_text()) in figures(state)


def test_days_are_london_days() -> None:
    state = a_state(acknowledged_at=datetime(2026, 7, 6, 23, 30, tzinfo=UTC), verdict=Verdict(None, 0, "england"))
    assert (Kind.PROMISE, Course(date(2026, 7, 7), True, 0).to_text()) in figures(state)


def test_closing_a_request_that_nobody_acknowledged_ends_its_promise() -> None:
    assert (Kind.PROMISE, Course(is_over=True).to_text()) in figures(a_state(status=Status.WITHDRAWN))


def test_a_pause_after_the_end_changes_nothing_about_it() -> None:
    state = a_state(acknowledged_at=datetime(2026, 11, 4, 12, tzinfo=UTC))
    later = Pause(date(2026, 11, 9), None)
    assert (Kind.PROMISE, Course(date(2026, 11, 4), True).to_text()) in figures(state, pauses=(later,))


@pytest.mark.parametrize(
    ("ended", "pauses", "days"),
    [
        (date(2026, 11, 2), (), 0),
        (date(2026, 11, 9), (), 5),
        (date(2026, 11, 9), (Pause(date(2026, 11, 3), date(2026, 11, 5)),), 2),
        (date(2026, 11, 9), (Pause(date(2026, 11, 6), date(2026, 11, 8)),), 4),
        (date(2026, 11, 9), (Pause(date(2026, 11, 4), date(2026, 11, 4)),), 5),
        (date(2026, 11, 5), (Pause(date(2026, 11, 4), None),), 1),
        (date(2026, 11, 1), (), 0),
    ],
    ids=[
        "the same day",
        "a week",
        "three days waited",
        "over a weekend",
        "asked and answered",
        "not answered",
        "before",
    ],
)
def test_days_on_which_the_sender_owed_an_answer_do_not_count(
    ended: date, pauses: tuple[Pause, ...], days: int
) -> None:
    assert days_taken(MONDAY, ended, pauses, NO_HOLIDAYS) == days


def test_the_spread_gives_the_middle_and_the_ninth_of_ten_and_says_what_is_open() -> None:
    ended = [(MONDAY, Course(date(2026, 11, day), True), number) for day, number in ((3, 5), (4, 3), (6, 1), (9, 1))]
    courses = [*ended, (MONDAY, Course(), 4), (MONDAY, Course(is_over=True), 2)]
    assert spread_of(courses, no_holidays, MONDAY, date(2026, 11, 30)) == Spread(10, 1, 4, 4, {1: 5, 2: 3, 4: 1, 5: 1})


def test_an_empty_spread_has_no_middle() -> None:
    assert spread_of([], no_holidays, MONDAY, MONDAY) == Spread(0, None, None, 0, {})


def test_the_holidays_of_wales_count_for_wales_only() -> None:
    def holidays(is_welsh: bool) -> frozenset[date]:
        return frozenset({date(2026, 11, 3)}) if is_welsh else NO_HOLIDAYS

    courses = [(MONDAY, Course(date(2026, 11, 4), True, None, is_welsh), 1) for is_welsh in (False, True)]
    assert spread_of(courses, holidays, MONDAY, date(2026, 11, 30)).days == {1: 1, 2: 1}


def test_what_is_late_now_and_what_was_acknowledged_late_are_told_apart() -> None:
    today = date(2026, 11, 12)
    courses = [
        (MONDAY, Course(), 3),
        (MONDAY, Course(date(2026, 11, 10), True), 2),
        (MONDAY, Course(date(2026, 11, 9), True), 7),
        (MONDAY, Course(is_over=True), 1),
        (date(2026, 11, 6), Course(), 5),
        (MONDAY, Course(pauses=(Pause(date(2026, 11, 4), None),)), 1),
    ]
    late, waiting = late_of(courses, no_holidays, today)
    assert (late[MONDAY], late[date(2026, 11, 6)], waiting) == (5, 0, 3)


def test_the_verdict_of_the_day_stands_whatever_the_calendar_says_now() -> None:
    frozen = [(MONDAY, Course(date(2026, 11, 20), True, 0), 1), (MONDAY, Course(date(2026, 11, 3), True, 1), 1)]
    assert late_of(frozen, no_holidays, date(2026, 11, 30)) == ({MONDAY: 1}, 0)
