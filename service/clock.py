"""The only reader of the clock."""

from __future__ import annotations

from datetime import UTC, datetime


def read_clock() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
