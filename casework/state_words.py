"""The one table of words: how each state reads on a reviewer's screen, to its sender and in the schedule."""

from __future__ import annotations

from dataclasses import dataclass

from casework.model import Severity
from casework.moves import Decision, Status

PENDING = "Decision pending"


@dataclass(frozen=True, slots=True)
class StateWords:
    """How one state reads: `tag` and `colour` on the screen, `sentence` to the sender, `schedule` in print.

    `{release}` and `{review_on}` stand for what the request's own record says.
    """

    tag: str
    colour: str
    sentence: str
    schedule: str


@dataclass(frozen=True, slots=True)
class SeverityWords:
    """How a finding of one severity reads: in a count ("4 to fix") and as a label with its colour."""

    counted: str
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """How one decision reads: the choice with its hint, and what was decided, for timelines and the sender."""

    label: str
    hint: str
    done: str


_TRIAGE = f"{PENDING}: in triage"
_BEFORE = f"{PENDING}: awaiting information"

STATES: dict[Status, StateWords] = {
    Status.READING: StateWords("Reading", "white", "We have your form and are reading it now.", PENDING),
    Status.UNREADABLE: StateWords(
        "Cannot be read",
        "red",
        "We have your form. A person will open it, because we could not read it automatically.",
        PENDING,
    ),
    Status.NEW: StateWords("New", "blue", "We have read your form. It is waiting for a reviewer.", _TRIAGE),
    Status.IN_REVIEW: StateWords("In review", "purple", "A reviewer is looking at your request.", _TRIAGE),
    Status.WAITING: StateWords(
        "Waiting for requester", "yellow", "We need more information from you. Our message below says what.", _BEFORE
    ),
    Status.OFFERED: StateWords(
        "Asked to progress",
        "yellow",
        "Your request is an enhancement of ESR. Tell us if you wish to progress it.",
        f"{PENDING}: awaiting the requester’s wish to progress",
    ),
    Status.DOCUMENTS: StateWords(
        "Waiting for documents",
        "yellow",
        "Impact assessment starts when we have both the business case and the full requirement.",
        f"{PENDING}: awaiting the full requirement",
    ),
    Status.PROGRESSING: StateWords(
        "Ready to assess",
        "aqua-green",
        "We have the business case and the full requirement. Impact assessment is next.",
        f"{PENDING}: awaiting impact assessment",
    ),
    Status.ASSESSMENT: StateWords(
        "Impact assessment",
        "aqua-green",
        "Your request is in impact assessment: we are working out what the change would take.",
        f"{PENDING}: under impact assessment",
    ),
    Status.PRIORITISATION: StateWords(
        "Ready to decide",
        "aqua-green",
        "The impact of your request is assessed. It is being compared with other requests before it is decided.",
        f"{PENDING}: in prioritisation",
    ),
    Status.APPROVED: StateWords(
        "Accepted", "green", "Your request is approved. It has no release yet.", "Approved, release to be confirmed"
    ),
    Status.ALLOCATED: StateWords(
        "In a release",
        "green",
        "Your request is approved and planned for {release}.",
        "Approved, allocated to {release}",
    ),
    Status.DELIVERED: StateWords(
        "Delivered", "green", "The change was delivered in {release}.", "Delivered in {release}"
    ),
    Status.VALUE_ADDED: StateWords("Value added", "green", "The value that you asked for is in ESR.", "Value added"),
    Status.CLOSED: StateWords("Closed", "grey", "The value that you asked for is in ESR.", "Value added"),
    Status.DEFERRED: StateWords(
        "On hold",
        "orange",
        "Your request is on hold. We will look at it again on {review_on}.",
        "Deferred until {review_on}",
    ),
    Status.REVIEW_DUE: StateWords(
        "Review due", "orange", "Your request was on hold. We are looking at it again now.", f"{PENDING}: review due"
    ),
    Status.DECLINED: StateWords(
        "Do not progress",
        "grey",
        "We decided not to progress your request. The message below says why.",
        "Declined",
    ),
    Status.REDIRECTED: StateWords(
        "Redirected", "grey", "Your request belongs to another team. The message below says which.", "Redirected"
    ),
    Status.DUPLICATE: StateWords(
        "Joined",
        "grey",
        "Your request is joined to another one that asks for the same change.",
        "Duplicate of another request",
    ),
    Status.WITHDRAWN: StateWords("Withdrawn", "white", "Your request was withdrawn.", "Withdrawn"),
    Status.APPEALED: StateWords(
        "Appealed",
        "pink",
        "You asked us to look at our decision again. Somebody who did not take it is doing so.",
        f"{PENDING}: under appeal",
    ),
}

SEVERITIES: dict[Severity, SeverityWords] = {
    Severity.BLOCKER: SeverityWords("to fix", "Fix", "red"),
    Severity.QUERY: SeverityWords("to check", "Check", "yellow"),
    Severity.ADVICE: SeverityWords("to check", "Advice", "blue"),
}

DECISIONS: dict[Decision, DecisionWords] = {
    Decision.ACCEPT: DecisionWords(
        "Accept for impact assessment",
        "The team works out what the change would take",
        "Accepted for impact assessment",
    ),
    Decision.OFFER: DecisionWords(
        "Ask if they wish to progress",
        "It is an enhancement. The request waits until the requester says yes or no",
        "Asked if they wish to progress",
    ),
    Decision.PROGRESS: DecisionWords(
        "Record that they wish to progress",
        "The requester has said yes in the service request or by email",
        "They wish to progress",
    ),
    Decision.AWAIT: DecisionWords(
        "Wait for the full requirement",
        "Impact assessment starts when the requirement and the business case are both here",
        "Waiting for the full requirement",
    ),
    Decision.APPROVE: DecisionWords("Approve", "It can then be put into a release", "Approved"),
    Decision.DELIVER: DecisionWords("Record as delivered", "The change is live", "Delivered"),
    Decision.ADD_VALUE: DecisionWords(
        "Record that the value is added", "The value can be chosen in ESR", "Value added"
    ),
    Decision.CLOSE: DecisionWords("Close the request", "The value is in ESR and nothing is left to do", "Closed"),
    Decision.RESUME: DecisionWords(
        "Take it up again", "It goes back to be decided, with the impact assessment that it has", "Taken up again"
    ),
    Decision.UPHOLD: DecisionWords(
        "Uphold the decision", "The decision stands. We tell the requester why", "Decision upheld"
    ),
    Decision.REOPEN: DecisionWords("Open it again", "It goes back to the review queue", "Opened again"),
    Decision.DUPLICATE: DecisionWords(
        "Join to a similar request", "We tell the requester which request it joins", "Joined to another request"
    ),
    Decision.DECLINE: DecisionWords(
        "Do not progress",
        "You give a reason that we can publish in the Development Schedule",
        "Not taken forward",
    ),
    Decision.REDIRECT: DecisionWords(
        "Redirect", "Somebody else decides this, or it is here already", "For another team"
    ),
    Decision.DEFER: DecisionWords("Put on hold", "It comes back to the queue on a day that you choose", "On hold"),
    Decision.WITHDRAW: DecisionWords(
        "Record that the requester withdrew it", "Only when they have told us so", "Withdrawn"
    ),
}


def sentence_of(status: Status, *, release: str = "", review_on: str = "") -> str:
    """Where a request stands, in one sentence to its sender. `review_on` is the day in words."""
    return _filled(STATES[status].sentence, release, review_on)


def outcome_of(status: Status, *, release: str = "", review_on: str = "") -> str:
    """Where a request stands, as the schedule prints it. `review_on` is the day in words."""
    return _filled(STATES[status].schedule, release, review_on)


def _filled(text: str, release: str, review_on: str) -> str:
    """The words with what is known; what is not known is left out together with the word before it."""
    for name, known in (("{release}", release), ("{review_on}", review_on)):
        if known:
            text = text.replace(name, known)
        else:
            for before in (" in ", " on ", " until ", " for ", " to "):
                text = text.replace(f"{before}{name}", "")
    return text
