"""The review queue and the list of everything: tabs with counts, filters that a link carries, orders people choose."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.reference import parse_reference
from casework.wording import counted
from review import visit
from review.access import Permission, may, regions_seen
from review.guard import is_reviewer
from review.listing import (
    EVERYTHING,
    PER_PAGE,
    QUEUE,
    Choices,
    Listing,
    chips_of,
    columns_of,
    filters_of,
    listing,
    listing_kept,
    options_of,
    order_from_text,
    order_to_text,
    pages_of,
    read_question,
    sorts_of,
    tabs_of,
)
from review.post_view import watch_view
from review.presenters import RowView, row_view
from store.arrivals import count_waiting
from store.cases import load_case_by_reference
from store.database import transaction
from store.mailboxes import load_watches
from store.people import load_people
from store.queries import Found, QueueRow, count_decided_since, count_rows, count_since, find_rows, newest_id
from store.question import Due, Sort, View, query_of
from store.releases import load_release_names
from store.search import Piece, find_passages
from store.views import delete_view, find_preference, keep_preference, load_views, rename_view, save_view

blueprint = Blueprint("queue", __name__)
_LONGEST_ADDRESS = 1000


@blueprint.get(QUEUE)
def show() -> str:
    """One page of the queue."""
    reads_post = may(visit.person(), Permission.READ_POST)
    db, asked = visit.database(), _listing(QUEUE, request.args)
    return _page(
        asked,
        "queue.html",
        decided_this_week=count_decided_since(db, asked.question, visit.now() - timedelta(days=7)),
        arrivals_waiting=count_waiting(db) if reads_post else 0,
        watches=watch_view(load_watches(db), visit.doors().zone, visit.now()) if reads_post else [],
        views=load_views(db, visit.person().id),
        newest=newest_id(db),
    )


@blueprint.get(EVERYTHING)
def everything() -> str | Response:
    """One page of all requests; a whole reference goes straight to its request."""
    reference = parse_reference(request.args.get("search", ""))
    if reference is not None:
        try:
            case = load_case_by_reference(visit.database(), reference)
        except RefusedError:
            pass
        else:
            if not may(visit.person(), Permission.READ_CASE, case):
                visit.not_found()
            return redirect(f"/requests/{case.reference}", 303)
    return _page(_listing(EVERYTHING, request.args), "search.html")


@blueprint.post("/queue/sort")
def sort() -> Response:
    """Show the list in another order, and keep the order for this person."""
    path = EVERYTHING if request.form.get("page") == EVERYTHING else QUEUE
    chosen = order_from_text(request.form.get("sort", ""))
    asked = _listing(path, _sent_parameters())
    if chosen is None:
        return redirect(asked.address, 303)
    if chosen[0] not in (Sort.MATCH, Sort.DECIDED):
        with transaction(visit.database()) as db:
            keep_preference(db, visit.person().id, _preference(path), order_to_text(chosen))
    view = [("view", asked.question.view.value)] if path == QUEUE else []
    order = [("sort", chosen[0].value), ("order", "down" if chosen[1] else "up")]
    return redirect(f"{path}?{urlencode([*view, *filters_of(asked.question), *order])}", 303)


@blueprint.post("/queue/views")
def keep_view() -> Response:
    """Keep the list as it is under a name."""
    asked = _listing(QUEUE, _sent_parameters())
    shares = "share" in request.form and is_reviewer()
    name = request.form.get("name", "")
    try:
        with transaction(visit.database()) as db:
            save_view(db, owner=visit.person().id, name=name, address=urlencode(asked.parameters), is_shared=shares)
    except RefusedError as problem:
        flash(problem.public_message, "problem")
    else:
        flash(f"The view “{' '.join(name.split())}” is saved{' for the team' if shares else ''}.")
    return redirect(asked.address, 303)


@blueprint.post("/queue/views/<int:view_id>/rename")
def rename(view_id: int) -> Response:
    """Give a view of one's own another name."""
    name = request.form.get("name", "")
    try:
        with transaction(visit.database()) as db:
            before = rename_view(db, view_id, owner=visit.person().id, name=name)
    except RefusedError as problem:
        flash(problem.public_message, "problem")
    else:
        flash(f"The view “{before}” is called “{' '.join(name.split())}” now.")
    return redirect(_listing(QUEUE, _sent_parameters()).address, 303)


@blueprint.post("/queue/views/<int:view_id>/delete")
def drop_view(view_id: int) -> Response:
    """Forget a view of one's own."""
    try:
        with transaction(visit.database()) as db:
            name = delete_view(db, view_id, owner=visit.person().id)
    except RefusedError as problem:
        flash(problem.public_message, "problem")
    else:
        flash(f"The view “{name}” is deleted.")
    return redirect(_listing(QUEUE, _sent_parameters()).address, 303)


@blueprint.get("/queue/arrivals")
def arrivals() -> dict[str, str | int]:
    """How many requests came to this tab after the one that the page was made with; the page asks again and again."""
    after = request.args.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 12 else 0
    count = count_since(visit.database(), _listing(QUEUE, request.args).question, number)
    return {"count": count, "words": f"{counted(count, 'new request')}." if count else ""}


def list_kept() -> Listing:
    """The list that the visitor came from, as the address or the form carries it; the whole queue without one."""
    person = visit.person()
    return listing_kept(request.values.get("list", ""), person.id, visit.today(), regions_seen(person))


def shown(row: QueueRow, passage: tuple[Piece, ...] = ()) -> RowView:
    """A row for the person who looks."""
    return row_view(
        row,
        library=visit.doors().library,
        person_id=visit.person().id,
        may_review=is_reviewer(),
        today=visit.today(),
        holidays=visit.holidays(row.region),
        zone=visit.doors().zone,
        passage=passage,
    )


def _page(asked: Listing, template: str, **more: object) -> str:
    """One page of a list, and everything that leads from it to others."""
    db, question = visit.database(), asked.question
    choices = Choices(
        visit.doors().library,
        tuple(person for person in load_people(db) if may(person, Permission.CLAIM)),
        load_release_names(db),
    )
    counts = count_rows(db, question)
    found, page = _rows(asked)
    passages = find_passages(db, query_of(question), [row.id for row in found.rows]) if question.search else {}
    return render_template(
        template,
        asked=asked,
        question=question,
        tabs=tabs_of(asked, counts),
        late=counts.due[Due.LATE],
        due_today=counts.due[Due.TODAY],
        rows=[shown(row, passages.get(row.id, ())) for row in found.rows],
        total=found.total,
        is_capped=found.is_capped,
        first=(page - 1) * PER_PAGE + 1,
        last=(page - 1) * PER_PAGE + len(found.rows),
        options=options_of(question, counts, choices),
        chips=chips_of(asked, choices),
        columns=columns_of(asked),
        sorts=sorts_of(asked),
        pages=pages_of(asked, found.total, page),
        filters_on=len(filters_of(question)),
        is_decided=question.view is View.DECIDED,
        updated=visit.local(visit.now()),
        clear=f"?view={question.view.value}" if asked.path == QUEUE else EVERYTHING,
        parameters=urlencode(asked.parameters),
        **more,
    )


def _listing(path: str, asked: MultiDict[str, str]) -> Listing:
    person = visit.person()
    question = read_question(asked, person.id, visit.today(), regions_seen(person))
    preferred = order_from_text(find_preference(visit.database(), person.id, _preference(path)))
    return listing(path, asked, question, preferred)


def _rows(asked: Listing) -> tuple[Found, int]:
    """The page asked for, and its number, never past the end."""
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and 0 < int(text[:9]) < 100_000 else 1
    offset = (page - 1) * PER_PAGE
    found = find_rows(visit.database(), asked.question, limit=PER_PAGE, offset=offset, or_last_page=True)
    return found, found.offset // PER_PAGE + 1


def _sent_parameters() -> MultiDict[str, str]:
    return MultiDict(parse_qsl(request.form.get("parameters", "")[:_LONGEST_ADDRESS]))


def _preference(path: str) -> str:
    return "order of the queue" if path == QUEUE else "order of all requests"
