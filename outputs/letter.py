"""What goes back to the sender through the service request: acknowledgement, questions and decisions, as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casework.lifecycle import Decision
from casework.wording import long_date

Letter = tuple[str, str]
"""(subject, body)."""

_OUTCOMES = {
    Decision.ACCEPT: (
        "impact assessment has started",
        "We have the business case and the full requirement, so we have started the impact assessment of your request."
        " We will work out what the change would cost and what it would bring, and tell you the outcome.",
    ),
    Decision.OFFER: (
        "do you wish to progress?",
        "We have classed your request as an enhancement of ESR. Do you wish to progress it?\n\n"
        "If you do, we agree a full definition of the requirement with you, and you give us the business case for it."
        " Your regional special interest group and the Functional Account Manager for your region can help you.\n\n"
        "Answer yes or no on the page of your request, or through your service request.",
    ),
    Decision.PROGRESS: (
        "we are progressing your request",
        "You have told us that you wish to progress your request. Impact assessment starts when we have both the"
        " business case and the full requirement.",
    ),
    Decision.AWAIT: (
        "we need the full requirement",
        "We have your business case. Impact assessment starts when we have the full requirement as well. Send it with"
        " the reference of your request, or through your service request.",
    ),
    Decision.APPROVE: (
        "approved",
        "Your request has been approved. We will tell you which release it goes into, and it will be listed in the ESR"
        " Development Schedule.",
    ),
    Decision.DELIVER: ("delivered", "The change that you asked for has been delivered."),
    Decision.ADD_VALUE: ("the value is in ESR", "The value that you asked for has been added to ESR."),
    Decision.CLOSE: ("closed", "The value that you asked for is in ESR, so we have closed your request."),
    Decision.RESUME: (
        "we are looking at it again",
        "Your request was on hold. We have taken it up again and will tell you the decision.",
    ),
    Decision.UPHOLD: (
        "our decision stands",
        "You asked us to look at our decision again. Somebody who did not take it has done so, and it stands.",
    ),
    Decision.REOPEN: ("opened again", "We have opened your request again."),
    Decision.DUPLICATE: (
        "joined to another request",
        "Somebody has asked for the same change before. We have joined your request to theirs.",
    ),
    Decision.DECLINE: ("not taken forward", "We have decided not to take your request forward."),
    Decision.REDIRECT: (
        "for somebody else to decide",
        "Your request is for something that is not decided here, so we cannot take it forward.",
    ),
    Decision.DEFER: ("on hold", "We have put your request on hold."),
    Decision.WITHDRAW: ("withdrawn", "We have closed your request because it was withdrawn."),
}
_VALUE_APPROVED = "Your request has been approved. We will tell you when the value is in ESR."
_MAY_APPEAL = frozenset({Decision.DECLINE, Decision.REDIRECT, Decision.DUPLICATE})


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


def build_decision(
    *,
    reference: str,
    title: str,
    decision: Decision,
    reason: str,
    joined_to: str = "",
    redirected_to: str = "",
    review_on: date | None = None,
    value_on: date | None = None,
    release: str = "",
    is_value: bool = False,
) -> Letter:
    """What was decided, and why. `redirected_to` says in a sentence who decides; `is_value` is for a list's value."""
    short, sentence = _OUTCOMES[decision]
    if decision is Decision.APPROVE and is_value:
        sentence = _VALUE_APPROVED
    more = [
        f"The other request is {joined_to}." if joined_to else "",
        redirected_to,
        f"We will look at it again on {long_date(review_on)}." if review_on else "",
        f"It can be chosen since {long_date(value_on)}." if value_on else "",
        f"It came with {release}." if release else "",
    ]
    said = " ".join([sentence, *filter(None, more)])
    body = (
        f"Your request: {title}\nReference: {reference}\n\n{said}\n\nReason\n{reason}\n\n"
        f"If you have a question about this, reply through your service request and give the reference {reference}."
        f"{_appeal(decision)}\n\nESR Development Team\n"
    )
    return f"{reference}: {short}", body


def build_release(*, reference: str, title: str, release: str, reason: str = "") -> Letter:
    """Which release an approved request is planned for, or (no release) that it is in none any more."""
    if release:
        short = f"planned for {release}"
        said = (
            f"The change that you asked for is planned for {release}. Plans are subject to successful testing and"
            " deployment. It will be listed in the ESR Development Schedule."
        )
    else:
        short = "not planned for a release at present"
        said = "The change that you asked for is approved, but it is not planned for a release at present."
    why = f"\n\nReason\n{reason}" if reason else ""
    body = f"Your request: {title}\nReference: {reference}\n\n{said}{why}\n\nESR Development Team\n"
    return f"{reference}: {short}", body


def build_appeal_receipt(*, reference: str, title: str) -> Letter:
    """That an appeal is here and what happens to it."""
    body = (
        f"You asked us to look at our decision on your request “{title}” ({reference}) again.\n\n"
        "Somebody who did not take the decision will read your request and your reasons. We will write again when they"
        " have. Until then the decision stands.\n\nESR Development Team\n"
    )
    return f"{reference}: we have your appeal", body


def build_progress_receipt(*, reference: str, title: str) -> Letter:
    """That the sender wishes to progress, and what we need next."""
    body = (
        f"You told us that you wish to progress your request “{title}” ({reference}).\n\n"
        "Impact assessment starts when we have both the business case and the full requirement. The ESR Development"
        " Team will agree the requirement with you.\n\nESR Development Team\n"
    )
    return f"{reference}: we are progressing your request", body


def _appeal(decision: Decision) -> str:
    if decision not in _MAY_APPEAL:
        return ""
    return " If you think that the decision is wrong, you can ask us to look at it again on the page of your request."
