"""The five-working-day promise, counted on a calendar of bank holidays that is passed in."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ACKNOWLEDGE_WITHIN = 5
_SATURDAY = 5


def london_day(moment: datetime) -> date:
    """The day it is in London at `moment`: the day that promises and windows are counted from."""
    return moment.astimezone(LONDON).date()


def is_working_day(day: date, holidays: AbstractSet[date]) -> bool:
    """Monday to Friday and no bank holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def add_working_days(start: date, days: int, holidays: AbstractSet[date]) -> date:
    """The `days`-th working day after `start`; the day of receipt itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            days -= 1
    return day


def working_days_between(start: date, end: date, holidays: AbstractSet[date]) -> int:
    """Working days after `start` up to and including `end`; negative where `end` is before `start`."""
    if end < start:
        return -working_days_between(end, start, holidays)
    count, day = 0, start
    while day < end:
        day += timedelta(days=1)
        count += is_working_day(day, holidays)
    return count
