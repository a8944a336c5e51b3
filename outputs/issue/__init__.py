"""The door through which words go out: a quarter's schedule, built and kept; messages, sent and accounted for."""

from __future__ import annotations

from outputs.issue.outbox import Letterhead, Round, deliver_due
from outputs.issue.quarter import IssuedSchedule, build_quarter, gather_quarter
from outputs.issue.returned import ReturnTools, build_enclosures

__all__ = [
    "IssuedSchedule",
    "Letterhead",
    "ReturnTools",
    "Round",
    "build_enclosures",
    "build_quarter",
    "deliver_due",
    "gather_quarter",
]
