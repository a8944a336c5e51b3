"""What one request adds to the reports, and what many requests add up to: lateness, and days that were taken."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from casework.lifecycle import CLOSED, DECIDED, CaseState
from casework.promise import WALES, Pause, due_day, pauses_from_text, pauses_to_text
from casework.working_days import is_working_day, london_day, working_days_between


class Kind(StrEnum):
    """What is counted. PROMISE and DECISION hold days, see `Course`; the others a name or a code."""

    PROMISE = "promise"
    DECISION = "decision"
    STATUS = "status"
    FORM = "form"
    ORGANISATION = "organisation"
    REGION = "region"
    AREA = "area"
    FINDING = "finding"
    ACCEPTED_FINDING = "accepted-finding"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Course:
    """How long something took: when it ended (None: it has not), on which calendar, and when it stood still.

    `is_over` without a day means that it ended without being done: a request that was closed before anybody
    acknowledged it. `days_late` is the verdict of the day it ended, where there was one.
    """

    ended: date | None = None
    is_over: bool = False
    days_late: int | None = None
    is_welsh: bool = False
    pauses: tuple[Pause, ...] = ()

    def to_text(self) -> str:
        """The course in one line, for counting equal ones together."""
        late = "" if self.days_late is None else str(self.days_late)
        day = self.ended.isoformat() if self.ended else ""
        return "|".join((day, "1" * self.is_over, late, WALES if self.is_welsh else "", pauses_to_text(self.pauses)))


def course_from_text(text: str) -> Course:
    """What `Course.to_text` wrote."""
    day, is_over, late, where, pauses = text.split("|", 4)
    return Course(
        date.fromisoformat(day) if day else None,
        bool(is_over),
        int(late) if late else None,
        where == WALES,
        pauses_from_text(pauses) if pauses else (),
    )


def figures_of(
    state: CaseState,
    *,
    pauses: Sequence[Pause],
    organisation: str,
    region: str,
    areas: str,
    findings: Iterable[str],
) -> list[tuple[Kind, str]]:
    """Everything that one request counts for, each thing once. `region` and `areas` are codes joined by spaces."""
    is_welsh = WALES in region.split()
    acknowledged = london_day(state.acknowledged_at) if state.acknowledged_at else None
    decided = london_day(state.decided_at) if state.decided_at and state.status in DECIDED else None
    promise = Course(
        acknowledged,
        acknowledged is not None or state.status in CLOSED,
        state.verdict.days_late if state.verdict else None,
        is_welsh,
        _until(acknowledged, pauses),
    )
    decision = Course(decided, decided is not None, None, is_welsh, _until(decided, pauses))
    found = {
        (Kind.PROMISE, promise.to_text()),
        (Kind.DECISION, decision.to_text()),
        (Kind.STATUS, state.status.value),
        (Kind.FORM, state.form or ""),
        (Kind.ORGANISATION, organisation),
        *((Kind.REGION, code) for code in region.split() or [""]),
        *((Kind.AREA, code) for code in areas.split() or [""]),
        *((Kind.FINDING, rule) for rule in findings),
        *((Kind.ACCEPTED_FINDING, key.partition(":")[0]) for key in state.accepted_findings),
        *((Kind.CORRECTION, name) for name in state.corrections),
    }
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many working days things took: how many are over, the middle one and the one that nine in ten do not pass.

    `median` and `ninetieth` are None where nothing is over; `days` counts each number of days; `still_open` is what
    is not over.
    """

    over: int
    median: int | None
    ninetieth: int | None
    still_open: int
    days: Mapping[int, int] = field(default_factory=dict)


def spread_of(
    courses: Iterable[tuple[date, Course, int]], holidays: Callable[[bool], AbstractSet[date]], first: date, today: date
) -> Spread:
    """The spread of courses, each with the day it began on and how many there are alike.

    `holidays` gives the bank holidays of Wales (True) or of this installation; `first` is the earliest beginning.
    """
    counts = {is_welsh: _count_up(first, today, holidays(is_welsh)) for is_welsh in (False, True)}
    days: Counter[int] = Counter()
    still_open = 0
    for began, course, number in courses:
        if course.ended is None:
            still_open += 0 if course.is_over else number
            continue
        if course.pauses:
            days[days_taken(began, course.ended, course.pauses, holidays(course.is_welsh))] += number
        else:
            count = counts[course.is_welsh]
            days[count.get(course.ended, 0) - count.get(began, 0)] += number
    return Spread(days.total(), _rank(days, 0.5), _rank(days, 0.9), still_open, dict(sorted(days.items())))


def late_of(
    courses: Iterable[tuple[date, Course, int]], holidays: Callable[[bool], AbstractSet[date]], today: date
) -> tuple[dict[date, int], int]:
    """How many promises were broken, by the day of receipt; and how many of them are unkept still.

    A verdict that was frozen when the promise ended stands, whatever the calendar says today.
    """
    late: Counter[date] = Counter()
    waiting = 0
    due_days: dict[tuple[date, bool], date | None] = {}
    for began, course, number in courses:
        if course.days_late is not None:
            is_late = course.days_late > 0
        elif course.is_over and course.ended is None:
            is_late = False
        else:
            key = (began, course.is_welsh)
            if course.pauses:
                due = due_day(began, course.pauses, holidays(course.is_welsh))
            else:
                if key not in due_days:
                    due_days[key] = due_day(began, (), holidays(course.is_welsh))
                due = due_days[key]
            is_late = due is not None and (course.ended or today) > due
        late[began] += number * is_late
        waiting += number * (is_late and not course.is_over)
    return dict(late), waiting


def days_taken(began: date, ended: date, pauses: Sequence[Pause], holidays: AbstractSet[date]) -> int:
    """Working days after `began` up to and including `ended` on which the sender did not owe us an answer."""
    total = max(working_days_between(began, ended, holidays), 0)
    for pause in pauses:
        day, last = max(pause.first, began + timedelta(days=1)), min(pause.last or ended, ended)
        while pause.first != pause.last and day <= last:
            total -= is_working_day(day, holidays)
            day += timedelta(days=1)
    return max(total, 0)


def _until(ended: date | None, pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses that began before something ended: a later one changes nothing about it."""
    return tuple(pause for pause in pauses if ended is None or pause.first < ended)


def _count_up(first: date, last: date, holidays: AbstractSet[date]) -> dict[date, int]:
    """For each day from `first` to `last`, how many working days there were up to it."""
    count, day, found = 0, first, {}
    while day <= last:
        count += is_working_day(day, holidays)
        found[day] = count
        day += timedelta(days=1)
    return found


def _rank(days: Mapping[int, int], share: float) -> int | None:
    """The smallest number of days that `share` of them do not pass."""
    wanted = math.ceil(sum(days.values()) * share)
    seen = 0
    for number, count in sorted(days.items()):
        seen += count
        if seen >= wanted:
            return number
    return None
