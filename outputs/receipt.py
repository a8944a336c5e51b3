"""The automatic receipt: a reference, what arrived and what happens next, as plain text."""

from __future__ import annotations

from datetime import date, datetime

from casework.wording import clock_time, day_and_date, long_date

_BODY = """\
We have received your form. This is an automatic receipt.

Your reference: {reference}
File: {file_name}
Received: {received}

What happens next
1. We read your form and check that nothing is missing.
2. A person in the ESR Development Team acknowledges it by {acknowledge_by}. That is within 5 working days.
3. A reviewer looks at your request. If we need anything else, we ask you.
4. We tell you what was decided, and why, through your service request (SR).

{follow}To add or correct something, send the form again and give the reference {reference}.
You do not need to do anything else now.

ESR Development Team
"""


_FOLLOW = """\
Follow your request, answer a question or withdraw it here:
{link}
Keep this link to yourself. Whoever has it can see your request.

"""


def build_receipt(
    *, reference: str, file_name: str, received: datetime, acknowledge_by: date, link: str = ""
) -> tuple[str, str]:
    """(subject, body) of the receipt; `received` in the reader's time zone, `link` the request's private page."""
    body = _BODY.format(
        reference=reference,
        file_name=file_name,
        follow=_FOLLOW.format(link=link) if link else "",
        received=f"{long_date(received.date())} at {clock_time(received)}",
        acknowledge_by=day_and_date(acknowledge_by),
    )
    return f"{reference}: we have received your form", body
