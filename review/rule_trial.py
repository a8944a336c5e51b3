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
from store.read_forms import load_kept_readings

Judge = Callable[[Reading, RuleBook, date], tuple[Finding, ...]]
MOST = 500
"""So many of the newest requests are looked at while a page is waited for."""


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
    """What came of it: how many requests were looked at, and those that would have been touched, newest first."""

    looked_at: int
    rows: tuple[TrialRow, ...]

    @property
    def counts(self) -> list[tuple[str, int, int, int]]:
        """By rule: how many findings would be new, gone, and told otherwise."""
        new, gone, changed = (
            Counter(rule for row in self.rows for rule in getattr(row, name)) for name in ("new", "gone", "changed")
        )
        return [(rule, new[rule], gone[rule], changed[rule]) for rule in sorted({*new, *gone, *changed})]

    @property
    def in_words(self) -> str:
        """One sentence."""
        if not self.rows:
            return f"Nothing would have been different in the last {counted(self.looked_at, 'request')}."
        return f"{len(self.rows)} of the last {counted(self.looked_at, 'request')} would have been checked differently."


def try_rules(db: Database, current: RuleBook, proposed: RuleBook, judge: Judge, *, limit: int = MOST) -> Trial:
    """Put both rule books to the newest readings, at most `limit` of them, each as on the day that it came."""
    looked_at, rows = 0, []
    for reference, title, reading, day in _readings(db, limit):
        looked_at += 1
        found = difference(judge(reading, current, day), judge(reading, proposed, day))
        if found:
            rows.append(TrialRow(reference, title, found.new, found.gone, found.changed))
    return Trial(looked_at, tuple(rows))


def _readings(db: Database, limit: int) -> Iterator[tuple[str, str, Reading, date]]:
    """The newest readings with the findings of the shipped rules."""
    for form in load_kept_readings(db, limit):
        found = form.record.get(AS_SHIPPED) or form.record.get("findings") or []
        reading = replace(reading_from_record(form.record), findings=tuple(map(finding_from_record, found)))
        yield form.reference, form.title, reading, london_day(form.received_at)
