"""The planned releases of ESR: list, add, give a date, and see what is in each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from review import visit
from review.pages.layout import Problem
from review.pages.queue import shown
from review.presenters import parse_day
from store.database import transaction
from store.queries import load_release_rows
from store.releases import add_release, load_release, load_releases

blueprint = Blueprint("releases", __name__)


@blueprint.get("/releases")
def show() -> str:
    """Every release."""
    return _page("", "", [])


@blueprint.get("/releases/<int:release_id>")
def show_release(release_id: int) -> str:
    """The requests of one release."""
    try:
        release = load_release(visit.database(), release_id)
    except RefusedError:
        visit.not_found()
    rows = [shown(row) for row in load_release_rows(visit.database(), release_id)]
    return render_template("release.html", release=release, rows=rows)


@blueprint.post("/releases")
def save() -> Response | tuple[str, int]:
    """Add a release, or give the one with this name another date."""
    name, planned = request.form.get("name", "").strip(), request.form.get("planned", "").strip()
    day = parse_day(planned) if planned else None
    problems = []
    if not name:
        problems.append(Problem("name", "Enter the name of the release, for example Release 71"))
    elif len(name) > 80:
        problems.append(Problem("name", "Enter a name of at most 80 characters"))
    if planned and day is None:
        problems.append(Problem("planned", "Enter a real date, like 31 March 2026"))
    if problems:
        return _page(name, planned, problems), 400
    db = visit.database()
    with transaction(db):
        add_release(db, name, day)
    flash(f"{' '.join(name.split())} is saved.")
    return redirect("/releases", 303)


def _page(name: str, planned: str, problems: list[Problem]) -> str:
    releases = load_releases(visit.database())
    return render_template("releases.html", releases=releases, name=name, planned=planned, problems=problems)
