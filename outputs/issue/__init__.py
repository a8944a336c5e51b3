"""The door through which words go out: a quarter's schedule, built and kept; messages, sent and accounted for."""

from __future__ import annotations

from outputs.issue.circulate import ALONE, ask_to_send, body_for, confirm_sending, find_issue, send_test
from outputs.issue.outbox import Letterhead, Round, deliver_due
from outputs.issue.publish import LayOut, Press, issue_file_name, publish_quarter
from outputs.issue.quarter import Gathered, gather_quarter
from outputs.issue.rebuild import Rebuilt, rebuild_issue
from outputs.issue.returned import ReturnTools, build_enclosures

__all__ = [
    "ALONE",
    "Gathered",
    "LayOut",
    "Letterhead",
    "Press",
    "Rebuilt",
    "ReturnTools",
    "Round",
    "ask_to_send",
    "body_for",
    "build_enclosures",
    "confirm_sending",
    "deliver_due",
    "find_issue",
    "gather_quarter",
    "issue_file_name",
    "publish_quarter",
    "rebuild_issue",
    "send_test",
]
