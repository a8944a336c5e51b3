"""Schedules for tests: a line, and a schedule of lines, with sensible values where a test does not care."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.schedule import Release, Schedule, ScheduleLine
from casework.state_words import PENDING


def a_line(**changes: Any) -> ScheduleLine:
    """An approved change of Release 71."""
    values: dict[str, Any] = {
        "reference": "ESR-2026-0001",
        "sr_number": "SR 4418207",
        "title": "Payslips in large print",
        "organisation": "Northmoor Valley NHS Foundation Trust",
        "region": "North East and Yorkshire",
        "functional_area": "Self Service",
        "description": "Offer a large print view.",
        "driver": "Equality Act 2010",
        "date_raised": date(2026, 9, 14),
        "status": "Approved, allocated to Release 71",
        "decided_on": date(2026, 10, 2),
        "release": "Release 71",
        "reason": "It helps staff everywhere.",
    }
    values |= changes
    # The short outcome is the start of the long one: "Approved, allocated to Release 71".
    status = str(values["status"])
    short = PENDING if status.startswith(PENDING) else status.split(",")[0].split(" in ")[0]
    return ScheduleLine(**({"outcome": short} | values))


def a_schedule(*lines: ScheduleLine, **changes: Any) -> Schedule:
    """A schedule whose lines stand in Release 71 and among the business justifications."""
    values: dict[str, Any] = {
        "quarter": "2026-Q4",
        "label": "Q4 2026",
        "reference": "ESR-DS-2026-Q4",
        "issued": date(2026, 12, 31),
        "version": "1.0",
        "window_start": date(2026, 7, 1),
        "window_end": date(2026, 12, 31),
        "releases": ((Release("Release 71", date(2026, 12, 18)), lines),) if lines else (),
        "justifications": lines,
    }
    return Schedule(**(values | changes))
