"""How the promise to acknowledge within five working days stands: counted from events, never from a stored date."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.events import Event, EventKind, Fact, taken_back
from casework.working_days import ACKNOWLEDGE_WITHIN, is_working_day, london_day, working_days_between

_LONGEST_COUNT = 3660
WALES = "wales"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Bank holidays that promises are counted on: `name` is `england` or `wales`, `version` says which list it was."""

    name: str
    version: str
    holidays: frozenset[date]


def calendar_name(region: str, default: str) -> str:
    """The calendar of an organisation in this region (several stand apart by spaces): that of Wales, or `default`."""
    return WALES if WALES in region.split() else default


@dataclass(frozen=True, slots=True)
class Pause:
    """The sender owed us an answer: from the day we asked to the day they answered, None while they have not."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the promise ended, frozen with the calendar that it was counted on; `due` is None where it had stopped."""

    due: date | None
    days_late: int
    calendar: str

    def facts(self) -> dict[str, Fact]:
        """The verdict as facts of the event that ended the promise."""
        return {"due": self.due.isoformat() if self.due else None, "late": self.days_late, "calendar": self.calendar}


def pauses_of(events: Iterable[Event]) -> tuple[Pause, ...]:
    """When a case waited for its sender, oldest first, from the case's events."""
    pauses: list[Pause] = []
    asked: date | None = None
    known = list(events)
    undone = taken_back(known)
    for event in known:
        if event.number in undone and event.number:
            continue
        if asked is None and _asks(event):
            asked = london_day(event.at)
        elif asked is not None and event.kind in _ANSWERS:
            pauses.append(Pause(asked, london_day(event.at)))
            asked = None
    if asked is not None:
        pauses.append(Pause(asked, None))
    return tuple(pauses)


def due_day(received: date, pauses: Sequence[Pause], holidays: AbstractSet[date]) -> date | None:
    """The last day of the promise; None while its clock stands still.

    The day of receipt does not count, nor does a day on which the sender owed us an answer, from the day we asked to
    the day they answered; where both were the same day, nothing stood still.
    """
    day, left = received, ACKNOWLEDGE_WITHIN
    for _ in range(_LONGEST_COUNT):
        day += timedelta(days=1)
        if any(pause.last is None and pause.first <= day for pause in pauses):
            return None
        if is_working_day(day, holidays) and not any(_stands_still(pause, day) for pause in pauses):
            left -= 1
            if left == 0:
                return day
    return None


def verdict_of(received: datetime, pauses: Sequence[Pause], ended: datetime, calendar: Calendar) -> Verdict:
    """How the promise ended when it was kept, or when the case was closed, at `ended`."""
    due = due_day(london_day(received), pauses, calendar.holidays)
    late = working_days_between(due, london_day(ended), calendar.holidays) if due is not None else 0
    return Verdict(due, max(late, 0), f"{calendar.name} {calendar.version}")


def find_verdict(facts: dict[str, Fact]) -> Verdict | None:
    """The verdict that `Verdict.facts` wrote into an event, or None where there is none."""
    if "calendar" not in facts:
        return None
    due = facts.get("due")
    return Verdict(date.fromisoformat(str(due)) if due else None, int(facts.get("late") or 0), str(facts["calendar"]))


def pauses_to_text(pauses: Sequence[Pause]) -> str:
    """Pauses as they are kept beside a case: JSON pairs of days, empty where there is none."""
    pairs = [[pause.first.isoformat(), pause.last.isoformat() if pause.last else None] for pause in pauses]
    return json.dumps(pairs) if pairs else ""


def pauses_from_text(text: str) -> tuple[Pause, ...]:
    """What `pauses_to_text` wrote."""
    return tuple(
        Pause(date.fromisoformat(first), date.fromisoformat(last) if last else None)
        for first, last in json.loads(text or "[]")
    )


_QUESTIONS = frozenset({"offer", "await-documents"})
"""Decisions that ask the sender for something: whether to progress, and for the documents."""


def _asks(event: Event) -> bool:
    return event.kind is EventKind.INFORMATION_REQUESTED or (
        event.kind is EventKind.DECIDED and event.fact("decision") in _QUESTIONS
    )


_ANSWERS = frozenset(
    {EventKind.RECEIVED, EventKind.REPLIED, EventKind.ACKNOWLEDGED, EventKind.DECIDED, EventKind.REQUIREMENT_NOTED}
)


def _stands_still(pause: Pause, day: date) -> bool:
    return pause.last is not None and pause.first < pause.last and pause.first <= day <= pause.last
