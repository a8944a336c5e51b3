"""A case's events as a timeline that a person can read: newest first, grouped by day, in whole sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from enum import StrEnum
from itertools import groupby

from casework.events import SENDER, SYSTEM, Event, EventKind, actor_user
from casework.impact import JUDGEMENTS, PRIORITIES, Priority, impact_of
from casework.lifecycle import Decision, issue_of
from casework.state_words import DECISIONS
from casework.wording import clock_time, counted, long_date
from review.presenters import channel_name


class Show(StrEnum):
    """Which part of the history is shown."""

    ALL = "all"
    MESSAGES = "messages"
    CHANGES = "changes"
    DECISIONS = "decisions"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: what, who, when, and the lines of detail below it."""

    what: str
    who: str
    when: str
    details: tuple[str, ...]
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class Day:
    """All that happened on one day."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What codes in events stand for: people, releases, question labels, each answer as it was read, and files."""

    people: Mapping[int, str]
    releases: Mapping[int, str]
    labels: Mapping[str, str]
    read_values: Mapping[str, str]
    files: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


_SHOWN: dict[Show, frozenset[EventKind]] = {
    Show.ALL: frozenset(EventKind),
    Show.MESSAGES: frozenset(
        {
            EventKind.RECEIVED,
            EventKind.RECEIPT_ISSUED,
            EventKind.ACKNOWLEDGED,
            EventKind.INFORMATION_REQUESTED,
            EventKind.REPLIED,
            EventKind.BOUNCED,
            EventKind.TAKEN_BACK,
        }
    ),
    Show.CHANGES: frozenset({EventKind.ANSWER_CORRECTED, EventKind.FINDING_ACCEPTED, EventKind.NOTED}),
    Show.DECISIONS: frozenset(
        {
            EventKind.DECIDED,
            EventKind.ALLOCATED,
            EventKind.SCHEDULED,
            EventKind.BLOCKERS_OVERRIDDEN,
            EventKind.IMPACT_ASSESSED,
            EventKind.PRIORITISED,
            EventKind.REVIEW_DUE,
            EventKind.APPEALED,
            EventKind.ADVICE_ASKED,
            EventKind.ADVICE_GIVEN,
        }
    ),
}


def timeline(events: list[Event], names: Names, zone: tzinfo, show: Show = Show.ALL) -> tuple[Day, ...]:
    """The days of a case's history, newest first."""
    before = dict(names.read_values)
    entries: list[tuple[str, Entry]] = []
    for event in events:
        entry = _entry(event, names, zone, before)
        if event.kind in _SHOWN[show]:
            entries.append((long_date(event.at.astimezone(zone).date()), entry))
    entries.reverse()
    return tuple(
        Day(name, tuple(entry for _, entry in group)) for name, group in groupby(entries, key=lambda pair: pair[0])
    )


def describe(event: Event, names: Names, zone: tzinfo) -> Entry:
    """One event in words, without what stood there before."""
    return _entry(event, names, zone, {})


def _entry(event: Event, names: Names, zone: tzinfo, before: dict[str, str]) -> Entry:
    what, details = _words(event, names, before)
    return Entry(
        what=what,
        who=_who(event.actor, names),
        when=clock_time(event.at.astimezone(zone)),
        details=tuple(line for line in details if line),
        is_automatic=event.actor == SYSTEM,
    )


def _who(actor: str, names: Names) -> str:
    if actor == SYSTEM:
        return "Automatic"
    if actor == SENDER:
        return "The requester"
    person = actor_user(actor)
    return names.people.get(person, "A former colleague") if person is not None else actor


def _words(event: Event, names: Names, before: dict[str, str]) -> tuple[str, list[str]]:
    reason = f"Reason: {event.words['reason']}" if event.words.get("reason") else ""
    match event.kind:
        case EventKind.RECEIVED:
            return f"Form received by {channel_name(event.fact('channel')).lower()}", [_file(event, names)]
        case EventKind.FORM_READ if event.fact("problem"):
            return "We could not read the form", []
        case EventKind.FORM_READ:
            return "Form read and checked", [counted(int(event.fact("findings") or 0), "finding")]
        case EventKind.ANSWER_CORRECTED:
            name, value = event.fact("field"), event.words.get("value", "")
            old, before[name] = before.get(name, ""), value
            change = f"From “{old}” to “{value}”" if old else f"To “{value}”"
            return f"{names.labels.get(name, name)} changed", [change if value else "", reason]
        case EventKind.FINDING_ACCEPTED:
            return "Check marked as right", [_finding(event, names), reason]
        case EventKind.ASSIGNED:
            return f"Request given to {names.people.get(int(event.fact('to')), 'a former colleague')}", []
        case EventKind.INFORMATION_REQUESTED:
            return "Asked the requester for more information", [event.words.get("message", "")]
        case EventKind.DECIDED:
            decision = DECISIONS[Decision(event.fact("decision"))].done
            joined = f"Joined to {event.fact('joined_to')}" if event.fact("joined_to") else ""
            return f"Decision: {decision}", [joined, *_decision_details(event), reason]
        case EventKind.ALLOCATED:
            release = event.facts.get("release")
            name = names.releases.get(int(release), "a release") if release is not None else ""
            return f"Put into {name}" if name else "Taken out of its release", [reason]
        case EventKind.BLOCKERS_OVERRIDDEN:
            return "Goes on with open checks", [", ".join(_findings(event, names)), reason]
        case EventKind.IMPACT_ASSESSED:
            impact = impact_of(event.facts, event.words.get("notes", ""))
            return "Impact assessed", [f"{JUDGEMENTS[impact.judgement]}. {impact.sentence}", impact.notes]
        case EventKind.PRIORITISED:
            rank = event.fact("rank")
            place = f", number {rank} among those that wait" if rank else ""
            return f"Priority: {PRIORITIES[Priority(event.fact('priority'))].lower()}{place}", [reason]
        case EventKind.ADVICE_ASKED:
            by = long_date(date.fromisoformat(event.fact("by")))
            group = names.groups.get(event.fact("group"), event.fact("group"))
            return f"Asked {group} for advice by {by}", [event.words.get("question", "")]
        case EventKind.ADVICE_GIVEN:
            on = long_date(date.fromisoformat(event.fact("on")))
            return f"Advice written down, given on {on}", [event.words.get("advice", "")]
        case EventKind.ANSWER_GIVEN:
            name = event.fact("field")
            return f"{names.labels.get(name, name)} answered on the page", [event.words.get("value", "")]
        case EventKind.REPLIED:
            return "Message from the requester", [event.words.get("words", "")]
        case EventKind.BOUNCED:
            return f"Our message could not be delivered: {event.words.get('why', 'no reason was given')}", []
        case EventKind.LINKED:
            return f"{_LINKS.get(event.fact('how'), 'Linked to')} {event.fact('other')}", [reason]
        case EventKind.TOLD_APART:
            return f"Not the same as {event.fact('other')}", [reason]
        case EventKind.APPEALED:
            is_recorded = actor_user(event.actor) is not None
            where = "Written down from the service request" if is_recorded else ""
            return "The requester appeals against the decision", [where, reason]
        case EventKind.SCHEDULED:
            return "Listed in the Development Schedule", [issue_of(event)]
        case EventKind.FINDING_AGREED:
            return "Check confirmed", [_finding(event, names)]
        case EventKind.MOVED:
            return f"File moved to {event.fact('other')}", [_file(event, names)]
        case EventKind.FILE_READ | EventKind.REQUIREMENT_NOTED:
            return _PLAIN[event.kind], [_file(event, names), reason]
        case EventKind.TAKEN_BACK:
            what = {kind.value: words for kind, words in _TAKEN_BACK.items()}.get(event.fact("what"), "")
            return f"Taken back: {what}" if what else "Taken back", ["No message left."]
        case EventKind.NOTED if event.fact("what") == "sent-again":
            return "Message sent again that could not be delivered", []
        case EventKind.NOTED:
            return "Note for colleagues", [event.words.get("note", "")]
        case EventKind.RELEASED if event.fact("why"):
            return "Claim ended: nobody had worked on it for 5 working days", []
        case _:
            return _PLAIN[event.kind], [reason]


def _decision_details(event: Event) -> list[str]:
    """What a decision says besides its reason."""
    review_on, value_on = event.fact("review_on"), event.fact("value_on")
    return [
        f"To be looked at again on {long_date(date.fromisoformat(review_on))}" if review_on else "",
        f"In ESR since {long_date(date.fromisoformat(value_on))}" if value_on else "",
    ]


def _finding(event: Event, names: Names) -> str:
    return _told(event.fact("finding"), event.fact("field"), names)


def _findings(event: Event, names: Names) -> list[str]:
    pairs = (key.partition(":") for key in event.fact("findings").split())
    return [_told(rule, field, names) for rule, _, field in pairs]


def _told(rule: str, field: str, names: Names) -> str:
    """A finding in the words of the form's label, with its rule; older records name the rule alone."""
    return f"{names.labels.get(field, field)} ({rule})" if field else rule


def _file(event: Event, names: Names) -> str:
    number = event.fact("submission")
    return names.files.get(int(number), "") if number.isdigit() else ""


_TAKEN_BACK = {
    EventKind.ACKNOWLEDGED: "the acknowledgement",
    EventKind.INFORMATION_REQUESTED: "the question to the requester",
    EventKind.DECIDED: "the decision",
    EventKind.ALLOCATED: "the release",
    EventKind.APPEALED: "the appeal",
}
_LINKS = {
    "came-with": "Came in the same message as",
    "follows": "Follows",
    "claims": "Says that it belongs to",
    "joined": "Joined with",
    "refused": "Does not belong to",
}
_PLAIN = {
    EventKind.READING_FAILED: "We could not read the form",
    EventKind.READING_ASKED: "Asked to read the form again",
    EventKind.FILE_READ: "File read",
    EventKind.REQUIREMENT_NOTED: "Full requirement is here",
    EventKind.RECEIPT_ISSUED: "Receipt written to the requester",
    EventKind.ACKNOWLEDGED: "Request acknowledged by a person",
    EventKind.CLAIMED: "Request claimed",
    EventKind.RELEASED: "Request released",
    EventKind.TAKEN_OVER: "Request taken over",
    EventKind.REVIEW_DUE: "The day to look at it again has come",
}
