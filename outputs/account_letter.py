"""The message that holds the link with which a colleague sets a password."""

from __future__ import annotations

from datetime import date

from casework.wording import long_date


def build_account_letter(*, name: str, link: str, until: date, is_new: bool) -> tuple[str, str]:
    """(subject, body) of an invitation, or of a link for a new password."""
    what = (
        "You can now sign in to the ESR development requests service. Choose a password here:"
        if is_new
        else "Somebody asked for a new password for your account. Choose one here:"
    )
    end = (
        "If you did not expect this message, tell the administrator of the service."
        if is_new
        else "If it was not you, do nothing: your password stays as it is."
    )
    body = (
        f"Dear {name},\n\n{what}\n\n{link}\n\nThe link works once, until {long_date(until)}."
        f" It is for you alone: do not pass it on.\n\n{end}\n\nESR Development Team\n"
    )
    return ("Your account" if is_new else "A new password for your account"), body
