"""Dates and times as people write them, in English whatever the machine's language."""

from __future__ import annotations

from datetime import date, datetime

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PLAIN_FOR = 183
"""Days for which nobody wonders which year a date without one is in."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_date(day: date) -> str:
    """`18 November 2025`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def table_date(day: date) -> str:
    """`18 Nov`, for tables where the year is plain."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"


def short_date(day: date) -> str:
    """`18 Nov 2025`, for tables."""
    return f"{table_date(day)} {day.year}"


def brief_date(day: date, today: date) -> str:
    """`18 Nov` within half a year of today, else `18 Nov 2025`."""
    return table_date(day) if abs((day - today).days) < _PLAIN_FOR else short_date(day)


def weekday_table_date(day: date) -> str:
    """`Tue 18 Nov`."""
    return f"{_DAYS[day.weekday()][:3]} {table_date(day)}"


def day_and_date(day: date) -> str:
    """`Tuesday 18 November 2025`."""
    return f"{_DAYS[day.weekday()]} {long_date(day)}"


def month_name(number: int) -> str:
    """`January` for 1."""
    return _MONTHS[number - 1]


def clock_time(moment: datetime) -> str:
    """`9:13am`, in the moment's own time zone."""
    hour = moment.hour % 12 or 12
    return f"{hour}:{moment.minute:02d}{'am' if moment.hour < 12 else 'pm'}"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 request`, `3 requests`; `many` where the plural is not made with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"
