"""Automatic answers to a message that is no request yet: nothing to read in it, too large, or known already."""

from __future__ import annotations

from datetime import datetime

from casework.wording import clock_time, long_date

Letter = tuple[str, str]
"""(subject, body)."""

_END = "\nThis is an automatic message.\n\nESR Development Team\n"


def build_short_receipt(*, reference: str, received: datetime) -> Letter:
    """A receipt that tells nothing of what came, for a sender who could not be shown to be who the message says."""
    body = (
        f"We received a message from this address on {long_date(received.date())} at {clock_time(received)}.\n"
        f"Its reference is {reference}.\n\n"
        "We could not confirm that it came from you, so a person looks at it first. If you did not write to us, you do"
        f" not need to do anything.\n{_END}"
    )
    return f"{reference}: we have received a message", body


def build_no_form_answer(*, subject: str, trouble: str) -> Letter:
    """We found no form in the message, and what to do. `trouble` says what was wrong with its files, if anything."""
    why = f"What we could not use: {trouble}\n\n" if trouble else ""
    body = (
        "Thank you for your message. We found no completed form in it.\n\n"
        f"{why}"
        "To ask for a change to ESR, send the completed form as an attachment: a Word document or a PDF. If you are"
        " answering a message of ours, use Reply, so that we know which request it is about.\n\n"
        f"A person looks at your message as well.\n{_END}"
    )
    return f"We found no form in your message{f': {subject}' if subject else ''}", body


def build_too_large_answer(*, subject: str, limit_bytes: int) -> Letter:
    """The message is larger than we take in."""
    body = (
        f"Your message is larger than {limit_bytes // 1_000_000} MB, so we could not take it in.\n\n"
        "Send the form again without pictures or other large files in it. You can also save it as a PDF first.\n"
        f"{_END}"
    )
    return f"Your message was too large{f': {subject}' if subject else ''}", body


def build_known_before_answer(*, reference: str, file_name: str) -> Letter:
    """Exactly this file came before, and is being looked after."""
    body = (
        f"We already have this exact file: {file_name}\n"
        f"Its reference is {reference}. You do not need to send it again.\n\n"
        "If you meant to send a changed form, check that you attached the new one.\n"
        f"{_END}"
    )
    return f"{reference}: we already have this form", body
