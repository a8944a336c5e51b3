"""Questions to National Special Interest Groups and what they said: heard, kept, and deciding nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from casework.events import Event, EventKind, taken_back


@dataclass(frozen=True, slots=True)
class Advice:
    """A question to an advisory group. `words` and `said_at` are empty until somebody wrote down what they said."""

    asked_event: int
    asked_at: datetime
    group: str
    by: str
    question: str
    said_at: datetime | None = None
    said_on: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class AdviceItem:
    """One request of a pack for a group: what it asks, and the question to the group; never its sender."""

    reference: str
    title: str
    form: str
    question: str
    by: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AdvicePack:
    """All requests that wait for one group's advice on a day."""

    group: str
    day: date
    items: tuple[AdviceItem, ...]


def advice_of(events: Iterable[Event]) -> tuple[Advice, ...]:
    """Every question to an advisory group with its answer, oldest first; an advice is heard and decides nothing."""
    known = list(events)
    undone = taken_back(known)
    found: dict[int, Advice] = {}
    for event in known:
        if event.number in undone:
            continue
        if event.kind is EventKind.ADVICE_ASKED:
            found[event.number] = Advice(
                event.number, event.at, event.fact("group"), event.fact("by"), event.words.get("question", "")
            )
        elif event.kind is EventKind.ADVICE_GIVEN and (asked := found.get(int(event.fact("asked") or 0))):
            found[asked.asked_event] = Advice(
                asked.asked_event,
                asked.asked_at,
                asked.group,
                asked.by,
                asked.question,
                event.at,
                event.fact("on"),
                event.words.get("advice", ""),
            )
    return tuple(found.values())
