"""Measures the report over 100,000 requests: reading the counts and making every chart, for all of them and for a year.

Usage: python -m benchmarks.reports. The requests are made up and counted as the service counts them, in ten years.
"""

from __future__ import annotations

import random
import statistics
import time
from datetime import date, timedelta

from casework.figures import Course, Kind
from casework.period import Period
from review.report_view import Counted, build_report
from service.calendars import bank_holidays
from service.library import load_library
from store.database import open_database, transaction
from store.figures import keep_figures, load_courses, load_totals

_REQUESTS = 100_000
_FIRST, _TODAY = date(2016, 12, 1), date(2026, 11, 30)
_TIMES = 9
_STATUSES = ("new", "assessment", "approved", "delivered", "declined", "withdrawn")


def main() -> None:
    """Print the median and the 95th centile for both periods."""
    chance, library, db = random.Random(3), load_library(), open_database(":memory:")
    db.execute("PRAGMA foreign_keys = OFF")
    with transaction(db):
        for number in range(_REQUESTS):
            day = _FIRST + timedelta(days=chance.randrange((_TODAY - _FIRST).days))
            keep_figures(db, number + 1, day, _made_up(chance, day))
    holidays = {
        is_welsh: frozenset().union(
            *(bank_holidays("wales" if is_welsh else "england", year) for year in range(_FIRST.year, _TODAY.year + 1))
        )
        for is_welsh in (False, True)
    }
    print("| period | median ms of processor time | p95 |")
    print("|---|---|---|")
    for name, period in (("ten years", Period(_FIRST, _TODAY)), ("a year", Period(date(2025, 12, 1), _TODAY))):
        took = []
        for _ in range(_TIMES):
            started = time.process_time()
            counted = Counted(
                {kind: load_totals(db, kind, period) for kind in Kind if kind not in (Kind.PROMISE, Kind.DECISION)},
                load_courses(db, Kind.PROMISE, period),
                load_courses(db, Kind.DECISION, period),
            )
            build_report(counted, period=period, today=_TODAY, library=library, holidays=holidays.__getitem__)
            took.append((time.process_time() - started) * 1000)
        print(f"| {name} | {statistics.median(took):.0f} | {statistics.quantiles(took, n=20)[18]:.0f} |")


def _made_up(chance: random.Random, day: date) -> list[tuple[Kind, str]]:
    ended = min(day + timedelta(days=chance.randint(1, 12)), _TODAY)
    decided = min(day + timedelta(days=chance.randint(5, 90)), _TODAY)
    return [
        (Kind.PROMISE, Course(ended, True, chance.choice((0, 0, 0, 2))).to_text()),
        (Kind.DECISION, Course(decided, True).to_text()),
        (Kind.STATUS, chance.choice(_STATUSES)),
        (Kind.FORM, "business-justification"),
        (Kind.ORGANISATION, f"Organisation {chance.randint(1, 250)}"),
        (Kind.REGION, chance.choice(("wales", "london", "midlands"))),
        (Kind.AREA, chance.choice(("learning", "payroll", "absence"))),
        (Kind.FINDING, chance.choice(("benefits.weak", "required.title"))),
    ]


if __name__ == "__main__":
    main()
