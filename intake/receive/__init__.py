"""The door for what arrives: a file, a draft or a message becomes ledger lines, originals, cases and the work owed."""

from __future__ import annotations

from intake.receive.arrival import READ, ReceiptText, shown_name
from intake.receive.drafts import answer_draft, drop_old_drafts, open_draft, send_draft
from intake.receive.message import (
    Bounce,
    Enclosure,
    MessageReceipt,
    PostRules,
    Sorted,
    confirm_message,
    fail_message,
    open_case_of_message,
    receive_message,
    set_aside_message,
    sort_message,
    sort_message_again,
)
from intake.receive.quota import Quota
from intake.receive.reply import receive_reply, withdraw_case
from intake.receive.rounds import settle_round
from intake.receive.upload import receive
from intake.receive.wish import appeal, wish_to_progress

__all__ = [
    "READ",
    "Bounce",
    "Enclosure",
    "MessageReceipt",
    "PostRules",
    "Quota",
    "ReceiptText",
    "Sorted",
    "answer_draft",
    "appeal",
    "confirm_message",
    "drop_old_drafts",
    "fail_message",
    "open_case_of_message",
    "open_draft",
    "receive",
    "receive_message",
    "receive_reply",
    "send_draft",
    "set_aside_message",
    "settle_round",
    "shown_name",
    "sort_message",
    "sort_message_again",
    "wish_to_progress",
    "withdraw_case",
]
