"""The bank holidays of England and of Wales, from the holidays library."""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays


@cache
def bank_holidays(calendar: str, year: int) -> frozenset[date]:
    """The bank holidays that matter around `year` (it, the one before and the one after); `england` or `wales`."""
    subdivision = {"england": "ENG", "wales": "WLS"}[calendar]
    found = holidays.country_holidays("GB", subdiv=subdivision, years=(year - 1, year, year + 1))
    return frozenset(found)
