"""The promise of five working days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.working_days import (
    ACKNOWLEDGE_WITHIN,
    add_working_days,
    is_working_day,
    working_days_between,
)

pytestmark = pytest.mark.pure

CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday to Monday
        (date(2026, 11, 27), date(2026, 12, 4)),  # Friday to Friday
        (date(2026, 11, 28), date(2026, 12, 4)),  # a Saturday counts as the Friday before it
        (date(2026, 12, 23), date(2027, 1, 4)),  # over Christmas and New Year
    ],
)
def test_the_fifth_working_day_after_receipt(received: date, due: date) -> None:
    assert add_working_days(received, ACKNOWLEDGE_WITHIN, CHRISTMAS) == due


def test_no_days_on_is_the_day_itself() -> None:
    assert add_working_days(date(2026, 11, 28), 0, CHRISTMAS) == date(2026, 11, 28)


@given(start=DAYS, days=st.integers(1, 30))
def test_the_day_found_is_a_working_day_just_so_many_on(start: date, days: int) -> None:
    end = add_working_days(start, days, CHRISTMAS)
    assert is_working_day(end, CHRISTMAS)
    assert working_days_between(start, end, CHRISTMAS) == days


@given(start=DAYS, end=DAYS)
def test_counting_back_is_counting_forward_with_a_minus(start: date, end: date) -> None:
    assert working_days_between(start, end, CHRISTMAS) == -working_days_between(end, start, CHRISTMAS)
