"""The audit log: who did what and when, who looked at personal data, and whether anybody changed the record since."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from casework.csv_text import csv_bytes
from casework.events import user_actor
from casework.reference import parse_reference
from review import visit
from review.audit_view import GROUPS, AuditLine, audit_line
from review.history import Names
from review.listing import PER_PAGE, number_pages
from review.pages.layout import Problem
from store.audit import AuditQuestion, find_audited, find_viewings
from store.events import verify_events
from store.people import load_people
from store.releases import load_releases

blueprint = Blueprint("audit", __name__)
_MOST_EXPORTED = 30_000


@blueprint.get("/audit")
def show() -> str:
    """A page of the record, newest first."""
    problems: list[Problem] = []
    question = _question(problems)
    page = _page_number()
    total, found = find_audited(visit.database(), question, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    names = _names()
    return render_template(
        "audit.html",
        lines=[audit_line(event, reference, names, visit.doors().zone) for event, reference in found],
        pages=number_pages(total, page, _address),
        total=total,
        export=f"/audit.csv?{urlencode(_asked())}",
        checked=verify_events(visit.database()) if request.args.get("check") else None,
        **_filters(problems),
    )


@blueprint.get("/audit.csv")
def export() -> Response:
    """The lines that the filters choose as CSV, the newest thirty thousand at most."""
    _, found = find_audited(visit.database(), _question([]), limit=_MOST_EXPORTED)
    names, zone = _names(), visit.doors().zone
    data = csv_bytes(
        ["Number", "When", "Who", "What", "Request", "Details"],
        [_row(audit_line(event, reference, names, zone)) for event, reference in found],
    )
    response = Response(data, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


@blueprint.get("/audit/viewings")
def viewings() -> str:
    """Who looked at which request's personal data: one line for each person, request and hour."""
    problems: list[Problem] = []
    page = _page_number()
    person = request.args.get("person", "")
    total, found = find_viewings(
        visit.database(),
        _question(problems),
        person_id=int(person) if person.isdigit() else None,
        limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
    )
    return render_template(
        "viewings.html",
        viewings=found,
        names=_names().people,
        pages=number_pages(total, page, _address),
        total=total,
        what_words=_WHAT,
        **_filters(problems),
    )


_WHAT = {
    "case.show": "The request",
    "case.original": "The form as it came",
    "history.show": "Its history",
    "history.changes": "Its versions compared",
    "picture.show": "Pictures of its pages",
}


def _question(problems: list[Problem]) -> AuditQuestion:
    """The question in the address; a date that is none is said, anything else not understood is left out."""
    asked = request.args
    person, action = asked.get("person", ""), asked.get("action", "")
    since, until = _date("since", problems), _date("until", problems)
    return AuditQuestion(
        actor=user_actor(int(person)) if person.isascii() and person.isdigit() else "",
        reference=parse_reference(asked.get("reference", "")) or asked.get("reference", "").strip()[:40],
        kinds=GROUPS[action][1] if action in GROUPS else frozenset(),
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
    )


def _date(name: str, problems: list[Problem]) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(name, "Enter a real date, like 2026-11-23"))
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), visit.doors().zone)


def _filters(problems: list[Problem]) -> dict[str, object]:
    asked = request.args
    return {
        "people": load_people(visit.database()),
        "actions": [(code, words) for code, (words, _) in GROUPS.items()],
        "asked": {name: asked.get(name, "") for name in ("person", "reference", "action", "since", "until")},
        "problems": problems,
    }


def _asked() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items() if name not in ("page", "check") and value]


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else 1


def _address(page: int) -> str:
    return f"?{urlencode([*_asked(), ('page', str(page))])}"


def _names() -> Names:
    db = visit.database()
    return Names(
        people={person.id: person.name for person in load_people(db)},
        releases={release.id: release.name for release in load_releases(db)},
        labels={field.key: field.label for form in visit.doors().library.forms for field in form.fields},
        read_values={},
    )


def _row(line: AuditLine) -> list[str]:
    when = visit.local(line.at).strftime("%Y-%m-%d %H:%M:%S")
    return [str(line.number), when, line.who, line.what, line.reference, "; ".join(line.details)]
