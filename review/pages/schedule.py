"""The Development Schedule of a quarter: preview, build as a Word document, and every issue that was built."""

from __future__ import annotations

import io
from datetime import date

from flask import Blueprint, Response, render_template, request, send_file

from casework.errors import RefusedError
from casework.period import parse_quarter, quarter_in_words, quarter_of
from casework.wording import long_date
from review import visit
from review.pages.layout import Problem
from review.pages.start import WORD
from review.presenters import parse_day
from store.schedules import load_issues

blueprint = Blueprint("schedule", __name__)
_QUARTERS_SHOWN = 8
_LONGEST_NOTE = 2000


@blueprint.get("/schedule")
def show() -> str:
    """The preview of one quarter; nothing is kept."""
    quarter = request.args.get("quarter", "") or quarter_of(visit.today())
    return _page(quarter, request.args.get("issued", ""), "")[0]


@blueprint.post("/schedule")
def build() -> Response | str | tuple[str, int]:
    """Build the Word document, keep it, and hand it over; or only preview what was typed."""
    quarter, issued = request.form.get("quarter", ""), request.form.get("issued", "")
    note = request.form.get("note", "").replace("\r\n", "\n").strip()[:_LONGEST_NOTE]
    page, problems, day = _page(quarter, issued, note)
    if problems:
        return page, 400
    if request.form.get("step") != "build":
        return page
    name, data = visit.doors().build_schedule(visit.database(), quarter, day, note)
    return send_file(io.BytesIO(data), mimetype=WORD, as_attachment=True, download_name=name)


@blueprint.get("/schedule/<quarter>/<version>.docx")
def download(quarter: str, version: str) -> Response:
    """An issue as it was built, the same bytes for ever."""
    issues = load_issues(visit.database(), quarter)
    issue = next((issue for issue in issues if issue.version == version), None)
    if issue is None:
        visit.not_found()
    data = visit.doors().load_original(issue.sha256)
    name = f"ESR-Development-Schedule-{issue.quarter}-v{issue.version}.docx"
    return send_file(io.BytesIO(data), mimetype=WORD, as_attachment=True, download_name=name)


def _page(quarter: str, issued: str, note: str) -> tuple[str, list[Problem], date | None]:
    problems: list[Problem] = []
    day = parse_day(issued) if issued.strip() else None
    if issued.strip() and day is None:
        problems.append(Problem("issued", "Enter a real date, like 31 December 2026"))
    try:
        last_day = parse_quarter(quarter).end
    except RefusedError as problem:
        problems.append(Problem("quarter", problem.public_message))
        quarter = quarter_of(visit.today())
        last_day = parse_quarter(quarter).end
    db = visit.database()
    schedule = visit.doors().gather_schedule(db, quarter, day, note[:_LONGEST_NOTE])
    page = render_template(
        "schedule.html",
        schedule=schedule,
        quarter=quarter,
        quarter_words=quarter_in_words(quarter),
        quarters=[(key, quarter_in_words(key)) for key in _quarters(quarter)],
        issued=issued.strip(),
        default_issued=long_date(last_day),
        note=note,
        problems=problems,
        issues=list(reversed(load_issues(db))),
        warnings=[
            release.name
            for release, lines in schedule.releases
            if lines and release.planned is None and lines[0].release is not None
        ],
    )
    return page, problems, day


def _quarters(chosen: str) -> list[str]:
    """This quarter, the next one and those before, with the chosen one among them; newest first."""
    today = visit.today()
    index = today.year * 4 + (today.month - 1) // 3 + 1
    keys = {f"{number // 4}-Q{number % 4 + 1}" for number in range(index - _QUARTERS_SHOWN + 1, index + 1)}
    return sorted(keys | {chosen}, reverse=True)
