"""What a change of the rules would have done to past requests, from their kept readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from casework.model import Finding, Reading
from casework.reading_json import finding_from_record, reading_from_record
from casework.rulebook import AS_SHIPPED, RuleBook, difference
from casework.wording import counted
from casework.working_days import london_day
from store.read_forms import count_kept_readings, load_kept_readings

Judge = Callable[[Reading, RuleBook, date], tuple[Finding, ...]]
MOST = 500
"""So many of the newest requests are looked at unless more are asked for."""
HOW_MANY = (MOST, 2_000, 10_000)


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One request that the change would have touched: rules that would have spoken, fallen silent, been told anew."""

    reference: str
    title: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: those that would have been touched, newest first, of so many looked at, of so many in all."""

    looked_at: int
    rows: tuple[TrialRow, ...]
    in_all: int
    was_stopped: bool = False

    @property
    def counts(self) -> list[tuple[str, int, int, int]]:
        """By rule: how many findings would be new, gone, and told otherwise."""
        new, gone, changed = (
            Counter(rule for row in self.rows for rule in getattr(row, name)) for name in ("new", "gone", "changed")
        )
        return [(rule, new[rule], gone[rule], changed[rule]) for rule in sorted({*new, *gone, *changed})]

    @property
    def in_words(self) -> str:
        """One sentence, and how many were not looked at."""
        if not self.rows:
            told = f"Nothing would have been different in the last {counted(self.looked_at, 'request')}."
        else:
            looked_at = counted(self.looked_at, "request")
            told = f"{len(self.rows)} of the last {looked_at} would have been checked differently."
        if self.looked_at >= self.in_all:
            return told
        stopped = " The trial was stopped, as it took too long." if self.was_stopped else ""
        return f"{told} There are {self.in_all:,} in all.{stopped}"


def try_rules(
    db: Database,
    current: RuleBook,
    proposed: RuleBook,
    judge: Judge,
    *,
    limit: int = MOST,
    in_time: Callable[[], bool] = lambda: True,
) -> Trial:
    """Put both rule books to the newest readings, at most `limit` and while `in_time`, each as on the day it came."""
    looked_at, rows, stopped = 0, [], False
    for reference, title, reading, day in _readings(db, limit):
        looked_at += 1
        found = difference(judge(reading, current, day), judge(reading, proposed, day))
        if found:
            rows.append(TrialRow(reference, title, found.new, found.gone, found.changed))
        if not in_time():
            stopped = True
            break
    return Trial(looked_at, tuple(rows), count_kept_readings(db), stopped)


def _readings(db: Database, limit: int) -> Iterator[tuple[str, str, Reading, date]]:
    """The newest readings with the findings of the shipped rules."""
    for form in load_kept_readings(db, limit):
        found = form.record.get(AS_SHIPPED) or form.record.get("findings") or []
        reading = replace(reading_from_record(form.record), findings=tuple(map(finding_from_record, found)))
        yield form.reference, form.title, reading, london_day(form.received_at)
