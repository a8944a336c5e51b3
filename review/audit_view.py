"""Events as lines of the audit log: who did what to which request or account, in a sentence, with its details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from casework.events import Event, EventKind
from review.access import ROLE_WORDS
from review.history import Names, describe

_ACCOUNTS = {
    EventKind.INVITED: "got a link to set a password",
    EventKind.INVITATION_USED: "set a password by their link",
    EventKind.ROLES_CHANGED: "got other roles",
    EventKind.SUSPENDED: "was suspended",
    EventKind.RESTORED: "was let in again",
    EventKind.PASSWORD_CHANGED: "changed their password",
    EventKind.SECOND_FACTOR_CHANGED: "has another second step",
    EventKind.SIGNED_IN: "signed in",
    EventKind.SIGNED_OUT: "signed out",
}
GROUPS: dict[str, tuple[str, frozenset[EventKind]]] = {
    "accounts": ("Accounts and signing in", frozenset(_ACCOUNTS)),
    "decisions": (
        "Decisions and releases",
        frozenset({EventKind.DECIDED, EventKind.ALLOCATED, EventKind.SCHEDULED, EventKind.TAKEN_BACK}),
    ),
    "answers": (
        "Answers and checks changed",
        frozenset({EventKind.ANSWER_CORRECTED, EventKind.FINDING_ACCEPTED, EventKind.ANSWER_GIVEN}),
    ),
    "claims": (
        "Claims",
        frozenset({EventKind.CLAIMED, EventKind.RELEASED, EventKind.TAKEN_OVER}),
    ),
    "messages": (
        "Messages",
        frozenset(
            {
                EventKind.RECEIVED,
                EventKind.RECEIPT_ISSUED,
                EventKind.ACKNOWLEDGED,
                EventKind.INFORMATION_REQUESTED,
                EventKind.REPLIED,
                EventKind.BOUNCED,
            }
        ),
    ),
    "schedules": (
        "Schedules published and releases changed",
        frozenset({EventKind.SCHEDULE_ISSUED, EventKind.RELEASE_CHANGED}),
    ),
    "settings": ("Words, rules and templates changed", frozenset({EventKind.DATA_EDITED})),
}
"""The actions that the log can be searched for: code, what it is called, and the kinds of event."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line: its number in the record, when, who, what in words, and the details below it."""

    number: int
    at: datetime
    who: str
    what: str
    reference: str
    details: tuple[str, ...]


def audit_line(event: Event, reference: str, names: Names, zone: tzinfo) -> AuditLine:
    """An event in words; a kind that has no words yet is shown by its code rather than left out."""
    try:
        entry = describe(event, names, zone)
        who, what, details = entry.who, entry.what, [*entry.details]
    except (KeyError, ValueError):
        who = describe(Event(EventKind.NOTED, event.at, event.actor), names, zone).who
        what, details = _plain(event, names)
    details += [f"{name.replace('_', ' ')}: {value}" for name, value in event.facts.items() if name in _JOB and value]
    return AuditLine(event.number, event.at, who, what, reference, tuple(line for line in details if line))


_JOB = ("attempt", "submission", "ledger", "version")


def _plain(event: Event, names: Names) -> tuple[str, list[str]]:
    person = names.people.get(int(event.fact("person")), "somebody") if event.fact("person").isdigit() else ""
    match event.kind:
        case EventKind.ROLES_CHANGED:
            before, after = _roles(event.fact("before")), _roles(event.fact("roles"))
            regions = event.fact("regions")
            return f"{person} got other roles", [f"From {before} to {after}", f"Regions: {regions}" if regions else ""]
        case EventKind.INVITED if event.fact("roles"):
            return f"{person} was invited", [_roles(event.fact("roles"))]
        case EventKind.SECOND_FACTOR_CHANGED:
            return f"{person}’s second step was turned {'on' if event.facts.get('on') else 'off'}", []
        case EventKind.SIGNED_OUT:
            return f"{person} signed out{' everywhere' if event.facts.get('everywhere') else ''}", []
        case EventKind.DATA_EDITED:
            reason = event.words.get("reason", "")
            return f"{event.fact('name')} edited", [f"Reason: {reason}" if reason else ""]
        case EventKind.SCHEDULE_ISSUED:
            what = f"Development Schedule {event.fact('quarter')} published, version {event.fact('version')}"
            return what, [f"Lines: {event.fact('lines')}", f"SHA-256 of the Word document: {event.fact('sha256')}"]
        case kind if kind in _ACCOUNTS:
            return f"{person} {_ACCOUNTS[kind]}", []
        case kind:
            words = [f"{name}: {text}" for name, text in event.words.items()]
            return kind.value.replace("-", " ").capitalize(), words


def _roles(codes: str) -> str:
    known = {role.value: words[0] for role, words in ROLE_WORDS.items()}
    return ", ".join(known.get(code, code) for code in codes.split()) or "no role"
