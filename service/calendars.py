"""The bank holidays of England and of Wales, from the holidays library."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.metadata import version

import holidays
from sqlite_utils import Database

from casework.promise import WALES, Calendar, calendar_name
from store.promises import keep_calendars

COMPARED_UNTIL = date(2027, 12, 31)
"""The last day up to which the library was compared with the published list; a test fails well before it is reached."""
_YEARS_BACK = 6


@cache
def bank_holidays(calendar: str, year: int) -> frozenset[date]:
    """The bank holidays that matter around `year` (it, the one before and the one after); `england` or `wales`."""
    subdivision = {"england": "ENG", WALES: "WLS"}[calendar]
    found = holidays.country_holidays("GB", subdiv=subdivision, years=(year - 1, year, year + 1))
    return frozenset(found)


@cache
def _source() -> str:
    # Asking for a package's version reads and parses its metadata, which takes longer than a page of the queue.
    return f"holidays {version('holidays')}"


def calendar_of(region: str, year: int, default: str) -> Calendar:
    """The calendar of an organisation: that of Wales where its region says so, else `default`."""
    name = calendar_name(region, default)
    return Calendar(name, _source(), bank_holidays(name, year))


def keep_bank_holidays(db: Database, default: str, year: int) -> None:
    """Keep the bank holidays around `year` beside the requests, whose promises are counted on them."""
    calendars = []
    for name in ("england", WALES):
        days = frozenset().union(*(bank_holidays(name, around) for around in range(year - _YEARS_BACK, year + 4, 3)))
        calendars.append(Calendar(name, version("holidays"), days))
    keep_calendars(db, calendars, default=default)
