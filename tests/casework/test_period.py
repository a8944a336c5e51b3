"""Quarters and six-month windows: what belongs in a schedule, and nothing dropped without a word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casework.errors import RefusedError
from casework.period import (
    Period,
    is_raised_within,
    parse_quarter,
    quarter_in_words,
    quarter_key,
    quarter_label,
    quarter_of,
    raised_on,
    six_months_ending,
)

pytestmark = pytest.mark.pure


def test_a_quarter_runs_from_its_first_to_its_last_day() -> None:
    assert parse_quarter("2026-Q4") == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert parse_quarter("2028q1") == Period(date(2028, 1, 1), date(2028, 3, 31))


@pytest.mark.parametrize("text", ["", "2026", "2026-Q5", "Q5 2026", "26-Q4", "2026-Q4; DROP"])
def test_what_is_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(RefusedError, match="2026-Q4"):
        parse_quarter(text)


def test_every_day_falls_in_the_quarter_it_is_named_for() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]
    assert all(is_raised_within(day, parse_quarter(quarter_of(day))) for day in days)


def test_a_quarter_is_said_in_english() -> None:
    assert quarter_in_words("2026-Q4") == "October to December 2026"


@pytest.mark.parametrize(
    ("issued", "start"),
    [
        (date(2026, 12, 31), date(2026, 7, 1)),
        (date(2026, 9, 30), date(2026, 4, 1)),
        (date(2026, 11, 15), date(2026, 5, 16)),
        (date(2026, 8, 30), date(2026, 3, 1)),
        (date(2026, 2, 28), date(2025, 9, 1)),
    ],
)
def test_the_six_months_end_on_the_issue_date_and_include_it(issued: date, start: date) -> None:
    assert six_months_ending(issued) == Period(start, issued)


def test_windows_of_schedules_issued_at_quarter_ends_cover_every_day_twice() -> None:
    windows = [six_months_ending(parse_quarter(f"2026-Q{n}").end) for n in (1, 2, 3, 4)]
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(181)]
    assert {sum(is_raised_within(day, window) for window in windows) for day in days} == {2}


@pytest.mark.parametrize("written", ["2026-06-31", "", "soon", "2091-01-01", "1999-05-05", "2026-11-24"])
def test_a_request_whose_date_cannot_be_true_counts_from_the_day_it_arrived(written: str) -> None:
    assert raised_on(written, received=date(2026, 11, 23)) == date(2026, 11, 23)


def test_a_request_counts_from_the_date_on_its_form_where_that_can_be_true() -> None:
    assert raised_on("2026-09-14", received=date(2026, 11, 23)) == date(2026, 9, 14)


@pytest.mark.parametrize(
    ("key", "calendar_name", "financial_name"),
    [
        ("2026-Q1", "Q1 2026", "Q4 2025/26"),
        ("2026-Q2", "Q2 2026", "Q1 2026/27"),
        ("2026-Q4", "Q4 2026", "Q3 2026/27"),
        ("2100-Q1", "Q1 2100", "Q4 2099/00"),
    ],
)
def test_a_quarter_has_a_name_in_either_kind_of_year_and_both_lead_to_it(
    key: str, calendar_name: str, financial_name: str
) -> None:
    assert quarter_label(key, financial=False) == calendar_name
    assert quarter_label(key, financial=True) == financial_name
    assert quarter_key(calendar_name) == quarter_key(financial_name) == key
