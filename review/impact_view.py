"""The impact assessment, the priority, the advice and what was overridden, as the request's page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from casework.advice import advice_of
from casework.events import Event, EventKind, actor_user
from casework.form import FormLibrary
from casework.impact import JUDGEMENTS, PRIORITIES, Impact, Priority, impact_of, pounds
from casework.lifecycle import CaseState
from casework.wording import counted, long_date

_FORMER = "A former colleague"


@dataclass(frozen=True, slots=True)
class ImpactView:
    """The newest assessment in words with who wrote it and when, and the priority where there is one."""

    impact: Impact
    rows: tuple[tuple[str, str], ...]
    assessor: str
    at: datetime
    priority: str = ""
    priority_reason: str = ""


@dataclass(frozen=True, slots=True)
class AdviceView:
    """A question to a group and, where it was written down, what they said."""

    asked_event: int
    group: str
    by: str
    question: str
    said_on: str
    words: str


def impact_view(events: list[Event], state: CaseState, people: Mapping[int, str]) -> ImpactView | None:
    """The newest assessment as it is shown; None where nobody has assessed the impact."""
    event = _numbered(events, state.assessment_event)
    if event is None:
        return None
    impact = impact_of(event.facts, event.words.get("notes", ""))
    ranked = _numbered(events, state.priority_event)
    priority = ""
    if ranked is not None:
        place = f", number {state.rank} among those that wait" if state.rank is not None else ""
        priority = f"{PRIORITIES[Priority(state.priority)]}{place}"
    return ImpactView(
        impact=impact,
        rows=(
            ("Estimated cost", pounds(impact.cost)),
            ("Effort", counted(impact.days, "day")),
            ("Benefit", f"{pounds(impact.benefit)} a year"),
            ("Value for money", f"{JUDGEMENTS[impact.judgement]}. {impact.sentence}"),
            ("What it rests on", impact.notes),
        ),
        assessor=people.get(actor_user(event.actor) or 0, _FORMER),
        at=event.at,
        priority=priority,
        priority_reason=ranked.words.get("reason", "") if ranked is not None else "",
    )


def advice_views(events: Iterable[Event], library: FormLibrary) -> tuple[AdviceView, ...]:
    """Every question to a group, the newest first."""
    groups = library.vocabulary("advisory-groups")
    return tuple(
        AdviceView(
            entry.asked_event,
            groups.label(entry.group),
            _day(entry.by),
            entry.question,
            _day(entry.said_on),
            entry.words,
        )
        for entry in reversed(advice_of(events))
    )


def overridden_of(events: Iterable[Event], people: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    """Who let the present version of the request go on in spite of its blockers, and why."""
    found: list[tuple[str, str]] = []
    for event in events:
        if event.kind is EventKind.RECEIVED:
            found = []
        elif event.kind is EventKind.BLOCKERS_OVERRIDDEN:
            found.append((people.get(actor_user(event.actor) or 0, _FORMER), event.words.get("reason", "")))
    return tuple(found)


def _numbered(events: Iterable[Event], number: int | None) -> Event | None:
    return next((event for event in events if event.number == number), None) if number is not None else None


def _day(text: str) -> str:
    return long_date(date.fromisoformat(text)) if text else ""
