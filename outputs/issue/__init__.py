"""The door through which words go out: a quarter's schedule, built and kept; messages, sent and accounted for."""

from __future__ import annotations

from outputs.issue.outbox import Letterhead, Round, deliver_due
from outputs.issue.quarter import IssuedSchedule, build_quarter, gather_quarter

__all__ = ["IssuedSchedule", "Letterhead", "Round", "build_quarter", "deliver_due", "gather_quarter"]
