"""The door through which words go out: a quarter's schedule, built and kept; messages, sent and accounted for."""

from __future__ import annotations

from outputs.issue.circulate import ALONE, ask_to_send, body_for, confirm_sending, find_issue, send_test
from outputs.issue.outbox import Letterhead, Round, deliver_due
from outputs.issue.publish import (
    LayOut,
    Press,
    PrintedFiles,
    commit_issue,
    issue_file_name,
    prepare_issue,
    print_files,
    publish_quarter,
)
from outputs.issue.quarter import Gathered, gather_quarter
from outputs.issue.rebuild import Rebuilt, compare_issue, rebuild_issue
from outputs.issue.returned import ReturnTools, make_return, plan_return

__all__ = [
    "ALONE",
    "Gathered",
    "LayOut",
    "Letterhead",
    "Press",
    "PrintedFiles",
    "Rebuilt",
    "ReturnTools",
    "Round",
    "ask_to_send",
    "body_for",
    "commit_issue",
    "compare_issue",
    "confirm_sending",
    "deliver_due",
    "find_issue",
    "gather_quarter",
    "issue_file_name",
    "make_return",
    "plan_return",
    "prepare_issue",
    "print_files",
    "publish_quarter",
    "rebuild_issue",
    "send_test",
]
