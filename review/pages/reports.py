"""The reports: volumes, lateness, time taken and outcomes of the requests received between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from casework.csv_text import MEDIA_TYPE, csv_bytes
from casework.figures import Kind
from casework.period import Period, parse_quarter, quarter_of
from casework.promise import WALES
from casework.wording import long_date
from review import visit
from review.pages.layout import Problem
from review.presenters import parse_day
from review.report_view import Counted, Report, build_report, period_in_words
from store.figures import first_day, load_courses, load_totals

blueprint = Blueprint("reports", __name__)
_APRIL = 4
_USUAL_MONTHS = 6
_LONGEST_YEARS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """The days that were asked for, as written and as days; the period is the usual one where they are no days."""

    first: str
    last: str
    period: Period
    problems: tuple[Problem, ...] = ()


@blueprint.get("/reports")
def show() -> str | tuple[str, int]:
    """The report of the days that were asked for."""
    asked = _asked()
    report = _report(asked.period)
    words = render_template(
        "reports.html",
        asked=asked,
        problems=asked.problems,
        words=period_in_words(asked.period),
        presets=[
            (text, f"?{_query(period)}", period == asked.period) for text, period in _presets(visit.today()).items()
        ],
        report=report,
        query=_query(asked.period),
        calendar=visit.calendar(),
        is_welsh_too=visit.calendar().name != WALES,
    )
    return (words, 400) if asked.problems else words


@blueprint.get("/reports/<name>.csv")
def download(name: str) -> Response:
    """The numbers behind one chart."""
    asked = _asked()
    chart = _report(asked.period).chart(name)
    if chart is None or asked.problems:
        visit.not_found()
    response = Response(csv_bytes(chart.columns, chart.rows), content_type=MEDIA_TYPE)
    days = f"{asked.period.start.isoformat()}-to-{asked.period.end.isoformat()}"
    response.headers["Content-Disposition"] = f'attachment; filename="{chart.name}-{days}.csv"'
    return response


def _report(period: Period) -> Report:
    db, today = visit.database(), visit.today()
    years = range(period.start.year, max(period.end, today).year + 1)

    def holidays(is_welsh: bool) -> frozenset[date]:
        region = WALES if is_welsh else ""
        return frozenset().union(*(visit.doors().calendar(year, region).holidays for year in years))

    known = {is_welsh: holidays(is_welsh) for is_welsh in (False, True)}
    counted = Counted(
        {kind: load_totals(db, kind, period) for kind in Kind if kind not in (Kind.PROMISE, Kind.DECISION)},
        load_courses(db, Kind.PROMISE, period),
        load_courses(db, Kind.DECISION, period),
    )
    return build_report(
        counted, period=period, today=today, library=visit.doors().library, holidays=lambda is_welsh: known[is_welsh]
    )


def _asked() -> Asked:
    """The days in the address: whatever is not given is that of the last six months."""
    today = visit.today()
    usual = _last_months(today, _USUAL_MONTHS)
    first, last = request.args.get("first", "").strip()[:40], request.args.get("last", "").strip()[:40]
    start = parse_day(first) if first else usual.start
    end = parse_day(last) if last else today
    problems = []
    if start is None:
        problems.append(Problem("first", "Enter a real first day, like 1 June 2026"))
    if end is None:
        problems.append(Problem("last", "Enter a real last day, like 30 November 2026"))
    if start is not None and end is not None:
        if start > end:
            problems.append(Problem("last", "Enter a last day that is not before the first day"))
        elif start > today:
            problems.append(Problem("first", "Enter a first day that is not in the future"))
        elif end.year - start.year > _LONGEST_YEARS:
            problems.append(Problem("first", f"Enter days that are at most {_LONGEST_YEARS} years apart"))
    if problems or start is None or end is None:
        return Asked(first, last, usual, tuple(problems))
    return Asked(long_date(start), long_date(end), Period(start, min(end, today)))


def _presets(today: date) -> dict[str, Period]:
    """Days that people ask for most."""
    quarter = parse_quarter(quarter_of(today))
    before = parse_quarter(quarter_of(quarter.start - timedelta(days=1)))
    april = date(today.year if today.month >= _APRIL else today.year - 1, _APRIL, 1)
    found = {
        "This quarter": Period(quarter.start, today),
        "Last quarter": before,
        "Last 6 months": _last_months(today, _USUAL_MONTHS),
        "Last 12 months": _last_months(today, 12),
        "Since April": Period(april, today),
    }
    oldest = first_day(visit.database())
    return {**found, "All": Period(oldest, today)} if oldest is not None and oldest <= today else found


def _last_months(today: date, months: int) -> Period:
    """This month so far and the months before it."""
    index = today.year * 12 + today.month - months
    return Period(date(index // 12, index % 12 + 1, 1), today)


def _query(period: Period) -> str:
    return urlencode({"first": period.start.isoformat(), "last": period.end.isoformat()})
