"""Dates and times as people write them, in English whatever the machine's language."""

from __future__ import annotations

from datetime import date, datetime

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_date(day: date) -> str:
    """`18 November 2025`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """`18 Nov 2025`, for tables."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def day_and_date(day: date) -> str:
    """`Tuesday 18 November 2025`."""
    return f"{_DAYS[day.weekday()]} {long_date(day)}"


def clock_time(moment: datetime) -> str:
    """`9:13am`, in the moment's own time zone."""
    hour = moment.hour % 12 or 12
    return f"{hour}:{moment.minute:02d}{'am' if moment.hour < 12 else 'pm'}"
