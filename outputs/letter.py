"""What goes back to the sender through the service request: acknowledgement, questions and decisions, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from casework.lifecycle import Decision

Letter = tuple[str, str]
"""(subject, body)."""

_OUTCOMES = {
    Decision.ACCEPT: (
        "accepted for impact assessment",
        "We have accepted your request for impact assessment. We will look at what the change would involve, and tell"
        " you the outcome.",
    ),
    Decision.APPROVE: (
        "approved",
        "Your request has been approved. We will tell you which release it goes into, and it will be listed in the ESR"
        " Development Schedule.",
    ),
    Decision.DEFER: ("deferred", "We have put your request on hold. We will look at it again later."),
    Decision.DECLINE: ("not taken forward", "We have decided not to take your request forward."),
    Decision.REDIRECT: (
        "for another team",
        "Your request is for something that another team looks after, so we cannot take it forward here.",
    ),
    Decision.DUPLICATE: (
        "joined to another request",
        "Somebody has asked for the same change before. We have joined your request to theirs.",
    ),
    Decision.WITHDRAW: ("withdrawn", "We have closed your request because it was withdrawn."),
    Decision.DELIVER: ("delivered", "The change that you asked for has been delivered."),
    Decision.REOPEN: ("opened again", "We have opened your request again."),
}


def build_acknowledgement(*, reference: str, title: str) -> Letter:
    """The acknowledgement that a person sends within five working days."""
    body = (
        f"Thank you for your request “{title}”. Its reference is {reference}.\n\n"
        "A member of the ESR Development Team has your request and will review it. We will write again if we need more"
        " information, and when there is a decision.\n\nESR Development Team\n"
    )
    return f"{reference}: your request has been acknowledged", body


def build_information_request(*, reference: str, title: str, message: str, enclosed: Sequence[str] = ()) -> Letter:
    """What we need from the sender before the request can go on; `enclosed` says what goes with the letter."""
    files = "".join(f"- {words}\n" for words in enclosed)
    body = (
        f"We need more information about your request “{title}” ({reference}) before we can go on.\n\n{message}\n\n"
        + (f"With this letter\n{files}\n" if files else "")
        + f"Send the completed form again, or reply through your service request. Give the reference {reference}.\n\n"
        "ESR Development Team\n"
    )
    return f"{reference}: we need more information", body


def build_decision(*, reference: str, title: str, decision: Decision, reason: str, joined_to: str = "") -> Letter:
    """What was decided, and why."""
    short, sentence = _OUTCOMES[decision]
    joined = f" The other request is {joined_to}." if joined_to else ""
    body = (
        f"Your request: {title}\nReference: {reference}\n\n{sentence}{joined}\n\nReason\n{reason}\n\n"
        f"If you have a question about this decision, reply through your service request and give the reference"
        f" {reference}.\n\nESR Development Team\n"
    )
    return f"{reference}: {short}", body
