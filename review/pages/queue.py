"""The review queue: tabs with counts, filters that a link can carry, and a table in order of promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from casework.form import FormLibrary
from review import visit
from review.access import Permission, may, regions_seen
from review.guard import is_reviewer
from review.post_view import watch_view
from review.presenters import RowView, form_name, row_view
from store.arrivals import count_waiting
from store.mailboxes import load_watches
from store.queries import Found, QueueRow, count_decided_since, count_rows, find_rows
from store.question import Due, Question, Sort, View

blueprint = Blueprint("queue", __name__)
PER_PAGE = 25

TABS = {
    View.OPEN: "All open",
    View.UNCLAIMED: "Unclaimed",
    View.MINE: "Claimed by me",
    View.WAITING: "Waiting for requester",
    View.ASSESSMENT: "Impact assessment",
    View.DECIDED: "Decided",
}
_DUE_NAMES = {Due.LATE: "Late", Due.TODAY: "Due today", Due.LATER: "Due later"}
_COLUMNS = {
    Sort.TITLE: "Request",
    Sort.FORM: "Form",
    Sort.CHECKS: "Checks",
    Sort.DUE: "Acknowledge by",
    Sort.STATUS: "Status",
    Sort.REVIEWER: "Reviewer",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that changes one part of the question; `state` is current, or the way a column is sorted."""

    text: str
    href: str
    state: str = ""
    count: int | None = None


@blueprint.get("/queue")
def show() -> str:
    """One page of the queue."""
    asked = request.args
    question = question_from(asked, View.OPEN)
    counts = count_rows(visit.database(), question)
    found, page = rows_of_page(question)
    library = visit.doors().library
    reads_post = may(visit.person(), Permission.READ_POST)
    return render_template(
        "queue.html",
        question=question,
        tabs=[
            Link(text, f"?{urlencode({'view': view.value})}", "current" if view is question.view else "", None)
            for view, text in TABS.items()
        ],
        tab_counts=[counts.views[view] for view in TABS],
        late=counts.due[Due.LATE],
        due_today=counts.due[Due.TODAY],
        rows=[shown(row) for row in found.rows],
        total=found.total,
        first=(page - 1) * PER_PAGE + 1,
        last=(page - 1) * PER_PAGE + len(found.rows),
        due_options=[(due.value, name, counts.due[due], due in question.due) for due, name in _DUE_NAMES.items()],
        form_options=_form_options(question, counts.forms, library),
        areas=library.vocabulary("functional-areas").terms,
        chips=_chips(question, library),
        columns=[_column(sort, text, question) for sort, text in _COLUMNS.items()],
        sorts=[(sort.value, text, sort is question.sort) for sort, text in _COLUMNS.items()],
        pages=pages_of(question, found.total, page),
        filters_on=len(question.due) + len(question.forms) + bool(question.area) + bool(question.search),
        decided_this_week=count_decided_since(visit.database(), question, visit.now() - timedelta(days=7)),
        arrivals_waiting=count_waiting(visit.database()) if reads_post else 0,
        watches=watch_view(load_watches(visit.database()), visit.doors().zone, visit.now()) if reads_post else [],
        updated=visit.local(visit.now()),
        refresh=f"?{urlencode(parameters_of(question))}",
        clear=f"?{urlencode({'view': question.view.value})}",
    )


def question_from(asked: MultiDict[str, str], default: View) -> Question:
    """The question in an address; what is not understood is left out."""
    sort = asked.get("sort", "")
    view = asked.get("view", "")
    return Question(
        view=View(view) if view in set(TABS) else default,
        person_id=visit.person().id,
        today=visit.today(),
        search=asked.get("search", "")[:200],
        due=frozenset(Due(value) for value in asked.getlist("due") if value in set(Due)),
        forms=frozenset(value for value in asked.getlist("form") if value and len(value) < 60),
        area=asked.get("area", "")[:60],
        sort=Sort(sort) if sort in set(Sort) else (Sort.DUE if default is View.OPEN else Sort.RECEIVED),
        descending=asked.get("order", "" if default is View.OPEN else "down") == "down",
        regions=regions_seen(visit.person()),
    )


def rows_of_page(question: Question) -> tuple[Found, int]:
    """The page asked for, and its number, never past the end."""
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else 1
    found = find_rows(visit.database(), question, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    if not found.rows and found.total and page > 1:
        page = (found.total - 1) // PER_PAGE + 1
        found = find_rows(visit.database(), question, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    return found, page


def shown(row: QueueRow) -> RowView:
    """A row for the person who looks."""
    return row_view(
        row,
        library=visit.doors().library,
        person_id=visit.person().id,
        may_review=is_reviewer(),
        today=visit.today(),
        holidays=visit.holidays(row.region),
        zone=visit.doors().zone,
    )


def parameters_of(question: Question) -> list[tuple[str, str]]:
    """The question as an address carries it."""
    found = [("view", question.view.value)] if question.view is not View.ALL else []
    if question.search:
        found.append(("search", question.search))
    found += [("due", due.value) for due in sorted(question.due)]
    found += [("form", form) for form in sorted(question.forms)]
    if question.area:
        found.append(("area", question.area))
    if question.sort is not Sort.DUE:
        found.append(("sort", question.sort.value))
    if question.descending or question.view is View.ALL:
        found.append(("order", "down" if question.descending else "up"))
    return found


def pages_of(question: Question, total: int, page: int) -> list[Link]:
    """Numbered pages: the first, the last and two on either side; an empty link stands for those left out."""
    last = max(1, (total - 1) // PER_PAGE + 1)
    if last == 1:
        return []
    near = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)})
    links: list[Link] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before > 1:
            links.append(Link("…", ""))
        href = f"?{urlencode([*parameters_of(question), ('page', str(number))])}"
        links.append(Link(str(number), href, "current" if number == page else ""))
    return links


def _form_options(question: Question, counts: dict[str, int], library: FormLibrary) -> list[tuple[str, str, int, bool]]:
    # A form that nobody recognised has no key, and an address cannot ask for an empty value.
    return [
        (form.key, form_name(form.key, library), counts.get(form.key, 0), form.key in question.forms)
        for form in library.forms
    ]


def _chips(question: Question, library: FormLibrary) -> list[Link]:
    """One chip for each filter that is on; its link takes the filter away."""
    everything = parameters_of(question)

    def without(name: str, value: str) -> str:
        return f"?{urlencode([pair for pair in everything if pair != (name, value)])}"

    chips = []
    if question.search:
        chips.append(Link(f"“{question.search}”", without("search", question.search)))
    chips += [Link(_DUE_NAMES[due], without("due", due.value)) for due in sorted(question.due)]
    chips += [Link(form_name(form, library), without("form", form)) for form in sorted(question.forms)]
    if question.area:
        label = library.vocabulary("functional-areas").label(question.area)
        chips.append(Link(label, without("area", question.area)))
    return chips


def _column(sort: Sort, text: str, question: Question) -> Link:
    is_current = sort is question.sort
    turned = is_current and not question.descending
    others = [pair for pair in parameters_of(question) if pair[0] not in ("sort", "order")]
    href = f"?{urlencode([*others, ('sort', sort.value), ('order', 'down' if turned else 'up')])}"
    state = ("descending" if question.descending else "ascending") if is_current else ""
    return Link(text, href, state)
