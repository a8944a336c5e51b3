"""Words for dates, promises and statuses, and the case page's view of a reading."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from casework.form import FormLibrary
from casework.lifecycle import CaseState, Decision, Status
from casework.model import FieldStatus
from casework.promise import Pause
from casework.state_words import DECISIONS
from casework.working_days import LONDON
from review.case_view import case_view
from review.history import Names, timeline
from review.presenters import TAGS, parse_day, promise_of
from tests.review.house import a_reading

pytestmark = pytest.mark.pure
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def words(today: date, *, acknowledged: datetime | None = None, status: Status = Status.NEW) -> tuple[str, str]:
    promise = promise_of(
        received=MONDAY, acknowledged=acknowledged, status=status, today=today, holidays=HOLIDAYS, zone=LONDON
    )
    assert promise.due == date(2026, 11, 30)
    return promise.words, promise.tone


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 23), ("5 working days left", "left")),
        (date(2026, 11, 27), ("1 working day left", "left")),
        (date(2026, 11, 28), ("1 working day left", "left")),
        (date(2026, 11, 30), ("Due today", "today")),
        (date(2026, 12, 1), ("1 working day late", "late")),
        (date(2026, 12, 5), ("4 working days late", "late")),
    ],
)
def test_the_promise_counts_working_days_in_words(today: date, expected: tuple[str, str]) -> None:
    assert words(today) == expected


def test_an_acknowledged_request_is_never_late_again() -> None:
    assert words(date(2027, 1, 8), acknowledged=MONDAY + timedelta(days=1)) == ("Acknowledged", "kept")
    late = words(date(2027, 1, 8), acknowledged=MONDAY + timedelta(days=9))
    assert late == ("Acknowledged, 2 working days late", "kept")


def test_what_stands_still_after_the_acknowledgement_moves_the_promise_no_more() -> None:
    promise = promise_of(
        received=MONDAY,
        acknowledged=MONDAY + timedelta(days=1),
        status=Status.WAITING,
        today=date(2026, 12, 10),
        holidays=HOLIDAYS,
        zone=LONDON,
        pauses=(Pause(date(2026, 11, 25), date(2026, 11, 27)), Pause(date(2026, 12, 1), None)),
    )
    assert (promise.due, promise.words) == (date(2026, 11, 30), "Acknowledged")


def test_a_closed_request_asks_for_no_acknowledgement() -> None:
    assert words(date(2027, 1, 8), status=Status.WITHDRAWN) == ("Closed", "kept")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/3/2026", date(2026, 3, 31)),
        ("31 March 2026", date(2026, 3, 31)),
        ("31st Mar 2026", date(2026, 3, 31)),
        (" 2026-03-31 ", date(2026, 3, 31)),
        ("31.03.2026", date(2026, 3, 31)),
        ("31/2/2026", None),
        ("3/31/2026", None),
        ("soon", None),
        ("", None),
        ("1 Smarch 2026", None),
    ],
)
def test_a_day_is_read_as_people_write_it_day_before_month(text: str, day: date | None) -> None:
    assert parse_day(text) == day


def test_every_status_and_decision_has_words() -> None:
    assert set(TAGS) == set(Status)
    assert set(DECISIONS) == set(Decision)


def test_the_view_keeps_every_word_of_the_document_in_its_order(library: FormLibrary) -> None:
    reading = a_reading()
    view = case_view([reading], [], CaseState(), library)
    assert [passage.text for passage in view.passages] == [passage.text for passage in reading.passages]


def test_answers_are_numbered_in_the_forms_order_and_the_document_carries_the_same_numbers(
    library: FormLibrary,
) -> None:
    view = case_view([a_reading()], [], CaseState(), library)
    numbers = {answer.key: answer.number for answer in view.answers if answer.number}
    assert list(numbers.values()) == list(range(1, len(numbers) + 1))
    shown = {passage.anchor.removeprefix("doc-"): passage.number for passage in view.passages if passage.anchor}
    assert shown == numbers


def test_every_question_of_the_form_is_listed_with_what_became_of_it(library: FormLibrary) -> None:
    reading = a_reading()
    view = case_view([reading], [], CaseState(), library)
    assert [answer.key for answer in view.answers] == [d.key for d in library.form("business-justification").fields]
    notes = {answer.key: answer.note for answer in view.answers}
    assert notes["justification"] == "Not answered"
    assert notes["workaround"] == "Not found in the document"
    assert notes["sr_number"] == "The form says “SR 4418207”. We removed the letters."
    assert notes["organisation"] == ""
    attention = {answer.key for answer in view.answers if answer.needs_attention}
    assert {"justification", "functional_area"} <= attention
    assert not {"organisation", "title"} & attention


def test_a_question_that_was_not_found_is_not_counted_as_passed(library: FormLibrary) -> None:
    reading = a_reading()
    view = case_view([reading], [], CaseState(), library)
    answered = {answer.field for answer in reading.answers if answer.status is FieldStatus.ANSWERED}
    assert "“Organisation” is answered" in view.passed
    assert len(view.passed) < len(answered)
    assert not any("justification" in words for words in view.passed)


def test_no_events_make_no_days() -> None:
    assert timeline([], Names({}, {}, {}, {}), LONDON) == ()
