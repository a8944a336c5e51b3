"""Bank holidays: as published, and fresh enough for the next promise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casework.working_days import london_day
from service.calendars import COMPARED_UNTIL, bank_holidays, calendar_of
from service.clock import read_clock

pytestmark = pytest.mark.pure


_PUBLISHED = {
    date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25),
    date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31),
    date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
}  # fmt: skip


@pytest.mark.parametrize("calendar", ["england", "wales"])
@pytest.mark.parametrize("year", [2026, 2027])
def test_the_library_has_the_published_bank_holidays(calendar: str, year: int) -> None:
    found = {day for day in bank_holidays(calendar, year) if day.year == year and day.weekday() < 5}
    assert found == {day for day in _PUBLISHED if day.year == year}
    assert max(_PUBLISHED) <= COMPARED_UNTIL


def test_a_promise_made_in_december_knows_january() -> None:
    assert date(2027, 1, 1) in bank_holidays("england", 2026)


def test_the_calendar_is_not_stale() -> None:
    """Compare the library with the bank holidays that the government has published since, and move COMPARED_UNTIL."""
    assert london_day(read_clock()) + timedelta(days=180) < COMPARED_UNTIL


def test_an_organisation_in_wales_is_counted_on_the_calendar_of_wales() -> None:
    assert calendar_of("wales", 2026, "england").name == "wales"
    assert calendar_of("midlands", 2026, "england").name == "england"
    assert calendar_of("", 2026, "wales").name == "wales"
