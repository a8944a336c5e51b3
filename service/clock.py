"""The only reader of the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def read_clock() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
