"""Every request there is, newest first, with a search."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.reference import parse_reference
from review import visit
from review.access import Permission, may
from review.pages.queue import PER_PAGE, pages_of, question_from, rows_of_page, shown
from store.cases import load_case_by_reference
from store.question import View

blueprint = Blueprint("search", __name__)


@blueprint.get("/requests")
def show() -> str | Response:
    """A page of all requests; a whole reference goes straight to its request."""
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
    question = question_from(request.args, View.ALL)
    found, page = rows_of_page(question)
    return render_template(
        "search.html",
        question=question,
        rows=[shown(row) for row in found.rows],
        total=found.total,
        first=(page - 1) * PER_PAGE + 1,
        last=(page - 1) * PER_PAGE + len(found.rows),
        pages=pages_of(question, found.total, page),
        clear=f"?{urlencode({})}",
    )
