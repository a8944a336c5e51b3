"""Bank holidays: as published, and fresh enough for the next promise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casework.working_days import london_day
from service.calendars import bank_holidays
from service.clock import read_clock

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("calendar", ["england", "wales"])
def test_the_bank_holidays_of_2026(calendar: str) -> None:
    found = sorted(day for day in bank_holidays(calendar, 2026) if day.year == 2026 and day.weekday() < 5)
    assert found == [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25),
        date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28),
    ]  # fmt: skip


def test_a_promise_made_in_december_knows_january() -> None:
    assert date(2027, 1, 1) in bank_holidays("england", 2026)


@pytest.mark.parametrize("calendar", ["england", "wales"])
def test_the_calendar_reaches_a_year_ahead(calendar: str) -> None:
    """Fails when the library has grown stale: then update `holidays`."""
    ahead = london_day(read_clock()) + timedelta(days=365)
    workdays = [day for day in bank_holidays(calendar, ahead.year) if day.year == ahead.year and day.weekday() < 5]
    assert len(workdays) >= 8
