"""The published Development Schedules, for anybody: by quarter, every version, each in the formats that it has."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, render_template, request, send_file
from sqlite_utils import Database

from review import visit
from review.pages.start import WORD
from store.schedules import IssueRow, load_issues

blueprint = Blueprint("published", __name__)
FORMATS = {
    "docx": ("Word", WORD),
    "pdf": ("PDF", "application/pdf"),
    "html": ("HTML", "text/html; charset=utf-8"),
    "csv": ("CSV", "text/csv; charset=utf-8"),
}
_LIST_AGE, _FILE_AGE = 300, 31_536_000


@dataclass(frozen=True, slots=True)
class PublishedIssue:
    """One version of a quarter's schedule: `correction` says what it puts right, empty for the first."""

    quarter: str
    version: str
    issued: date
    correction: str
    formats: tuple[tuple[str, str], ...]


@blueprint.get("/development-schedule")
def show() -> Response:
    """Every published schedule, the newest quarter and version first; it holds nothing personal."""
    issues = sorted(published(visit.database()), key=lambda issue: (issue.quarter, issue.id), reverse=True)
    quarters = [
        (
            visit.doors().schedules.label(quarter),
            [_published(issue, is_first=issue.version == "1.0") for issue in versions],
        )
        for quarter, versions in groupby(issues, key=lambda issue: issue.quarter)
    ]
    response = Response(render_template("published.html", quarters=quarters))
    if visit.find_visitor() is None:
        response.headers["Cache-Control"] = f"public, max-age={_LIST_AGE}"
    return response


@blueprint.get("/development-schedule/<quarter>/<version>.<ending>")
def download(quarter: str, version: str, ending: str) -> Response:
    """An issue in one format, the same bytes for ever: the HTML opens as a page, where nothing can run."""
    issues = published(visit.database(), quarter)
    found = next((issue for issue in issues if issue.version == version and ending in issue.files), None)
    if found is None or ending not in FORMATS:
        visit.not_found()
    digest = found.files[ending]
    response = send_file(
        io.BytesIO(visit.doors().load_original(digest)),
        mimetype=FORMATS[ending][1],
        as_attachment=ending != "html",
        download_name=visit.doors().schedules.file_name(found, ending),
        etag=digest,
    )
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    response.headers["Cache-Control"] = f"public, max-age={_FILE_AGE}, immutable"
    response.make_conditional(request)
    return response


def _published(issue: IssueRow, *, is_first: bool) -> PublishedIssue:
    return PublishedIssue(
        issue.quarter,
        issue.version,
        issue.issued,
        "" if is_first else issue.note or "Corrected.",
        tuple((ending, FORMATS[ending][0]) for ending in issue.files if ending in FORMATS),
    )


def published(db: Database, quarter: str | None = None) -> list[IssueRow]:
    """The issues that were published, oldest first; what was only built, in earlier times, is not among them."""
    return [issue for issue in load_issues(db, quarter) if issue.record]
