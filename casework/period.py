"""Which quarter, which six months, and which requests belong in a schedule."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from casework.errors import RefusedError
from casework.wording import month_name

_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_LABEL = re.compile(r"Q([1-4]) (\d{4})(/\d\d)?", re.IGNORECASE)
_WINDOW_MONTHS = 6
_OLDEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


def quarter_key(text: str) -> str:
    """A quarter as the record keeps it, `2026-Q4`, from that or from what people call it: `Q4 2026`, `Q3 2026/27`.

    The two kinds of year have the same quarters under other names, so the key is the calendar's. RefusedError says how
    to write one.
    """
    if (found := _QUARTER.fullmatch(text.strip())) is not None and int(found[1]):
        return f"{found[1]}-Q{found[2]}"
    if (found := _LABEL.fullmatch(text.strip())) is not None and int(found[2]):
        index = int(found[2]) * 4 + int(found[1]) - (0 if found[3] else 1)
        return f"{index // 4:04d}-Q{index % 4 + 1}"
    raise RefusedError(f"{text!r} is not a quarter. Write it as year and quarter, for example 2026-Q4.")


def quarter_label(key: str, *, financial: bool) -> str:
    """What people call a quarter: `Q4 2026`, or `Q3 2026/27` in a year that starts in April."""
    year, quarter = map(int, quarter_key(key).split("-Q"))
    if not financial:
        return f"Q{quarter} {year}"
    first = year if quarter > 1 else year - 1
    return f"Q{quarter - 1 or 4} {first}/{(first + 1) % 100:02d}"


def parse_quarter(text: str) -> Period:
    """The days of a quarter such as `2026-Q4`; RefusedError says how to write one."""
    year, quarter = map(int, quarter_key(text).split("-Q"))
    last_month = quarter * 3
    return Period(date(year, last_month - 2, 1), date(year, last_month, calendar.monthrange(year, last_month)[1]))


def quarter_of(day: date) -> str:
    """The quarter that `day` falls in, such as `2026-Q4`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_in_words(text: str) -> str:
    """`2026-Q4` as people say it: `October to December 2026`."""
    period = parse_quarter(text)
    return f"{month_name(period.start.month)} to {month_name(period.end.month)} {period.end.year}"


def six_months_ending(day: date) -> Period:
    """The six calendar months that end on `day`, both ends included: 1 July to 31 December, 16 May to 15 November.

    Where the month six back is too short for the day (30 August), the window starts on the first of the month after.
    """
    last_of_month = day.day == calendar.monthrange(day.year, day.month)[1]
    month_index = day.year * 12 + day.month - 1 - _WINDOW_MONTHS
    year, month = divmod(month_index, 12)
    month += 1
    length = calendar.monthrange(year, month)[1]
    if last_of_month or day.day >= length:
        return Period(date(year, month, length) + timedelta(days=1), day)
    return Period(date(year, month, day.day + 1), day)


def raised_on(written: str, received: date) -> date:
    """The day a request counts as raised: the date on the form, or the day of receipt where that date cannot be true.

    A date that is no date, after receipt, or more than a year before it, would silently drop the request from every
    schedule.
    """
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return received
    return day if received - _OLDEST <= day <= received else received


def is_raised_within(day: date, window: Period) -> bool:
    """Whether a request raised on `day` belongs in the window."""
    return window.start <= day <= window.end
