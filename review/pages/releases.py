"""The planned releases of ESR: list, add, change, and put requests in, take them out or move them on."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import CaseworkError, NotAllowedError, RefusedError
from casework.lifecycle import Status
from casework.wording import counted, long_date
from review import decide, visit
from review.pages.layout import Problem
from review.pages.queue import shown
from review.presenters import parse_day
from store.cases import load_case, load_case_by_reference
from store.database import transaction
from store.queries import load_release_rows
from store.releases import ReleaseRow, ReleaseState, add_release, find_release, load_release, load_releases
from store.schedules import load_waiting_for_release

blueprint = Blueprint("releases", __name__)
_LONGEST_NAME, _LONGEST_NOTE = 80, 200
STATES = {ReleaseState.OPEN: "Open", ReleaseState.CLOSED: "Closed", ReleaseState.LIVE: "Live"}


@blueprint.get("/releases")
def show() -> str:
    """Every release."""
    return _list_page("", "", [])


@blueprint.get("/releases/<int:release_id>")
def show_release(release_id: int) -> str:
    """One release with its requests."""
    return _page(_release_or_404(release_id), [])


@blueprint.post("/releases")
def save() -> Response | tuple[str, int]:
    """Add a release, or give the one with this name another date."""
    name, planned = request.form.get("name", "").strip(), request.form.get("planned", "").strip()
    day = parse_day(planned) if planned else None
    problems = []
    if not name:
        problems.append(Problem("name", "Enter the name of the release, for example Release 71"))
    elif len(name) > _LONGEST_NAME:
        problems.append(Problem("name", f"Enter a name of at most {_LONGEST_NAME} characters"))
    if planned and day is None:
        problems.append(Problem("planned", "Enter a real date, like 31 March 2026"))
    db = visit.database()
    known = find_release(db, name)
    if known is not None and known.planned != day and known.requests and not problems:
        problems.append(Problem("name", f"{known.name} has requests in it. Open it in the list to change its date"))
    if problems:
        return _list_page(name, planned, problems), 400
    with transaction(db):
        add_release(db, name, day)
    flash(f"{' '.join(name.split())} is saved.")
    return redirect("/releases", 303)


@blueprint.post("/releases/<int:release_id>")
def change(release_id: int) -> Response | str | tuple[str, int]:
    """Another date, state or note; where the date moves, first who will be told."""
    release = _release_or_404(release_id)
    planned, note = request.form.get("planned", "").strip(), " ".join(request.form.get("note", "").split())
    day = parse_day(planned) if planned else None
    state = ReleaseState(found) if (found := request.form.get("state", "")) in set(ReleaseState) else release.state
    problems = []
    if planned and day is None:
        problems.append(Problem("planned", "Enter a real date, like 31 March 2026"))
    if len(note) > _LONGEST_NOTE:
        problems.append(Problem("note", f"Enter a note of at most {_LONGEST_NOTE} characters"))
    if problems:
        return _page(release, problems), 400
    db, reason = visit.database(), _moved(release, day)
    rows = load_release_rows(db, release_id)
    if day != release.planned and rows and request.form.get("confirmed") != "yes":
        people = [(row, decide.recipient_of(db, row.id)) for row in rows]
        return render_template(
            "release_check.html", release=release, people=people, reason=reason, planned=planned, state=state, note=note
        )
    told = decide.change_release(
        db,
        visit.person(),
        release_id,
        planned=day,
        state=state,
        note=note,
        reason=reason,
        letter=lambda case: visit.doors().release_letter(
            reference=case.reference, title=case.title, release=release.name, reason=reason
        ),
        now=visit.now(),
    )
    flash(f"{release.name} is saved." + (f" {counted(told, 'sender')} will be told." if told else ""))
    return redirect(f"/releases/{release_id}", 303)


@blueprint.post("/releases/<int:release_id>/requests")
def place(release_id: int) -> Response | tuple[str, int]:
    """Put a request into this release, move it to another one, or take it out."""
    release, db = _release_or_404(release_id), visit.database()
    to, reason = request.form.get("to", ""), request.form.get("reason", "")
    field = "add" if to == str(release_id) else "reference"
    try:
        case = load_case_by_reference(db, request.form.get(field, ""))
        target = None if to == "none" else load_release(db, int(to) if to.isascii() and to.isdigit() else 0)
        if target is not None and target.state is not ReleaseState.OPEN:
            raise RefusedError(f"{target.name} is {STATES[target.state].lower()}. Choose an open release.")
        letter = visit.doors().release_letter(
            reference=case.reference, title=case.title, release=target.name if target else "", reason=reason.strip()
        )
        act = decide.Act(case.id, visit.person(), load_case(db, case.id).version, visit.now())
        decide.allocate(db, act, release_id=target.id if target else None, letter=letter, reason=reason)
    except NotAllowedError:
        raise
    except CaseworkError as problem:
        wrong = "reason" if problem.public_message.startswith("Enter") else field
        return _page(release, [Problem(wrong, problem.public_message)]), 400
    flash(f"{case.reference} is in {target.name}." if target else f"{case.reference} is out of its release.")
    return redirect(f"/releases/{release_id}", 303)


def _release_or_404(release_id: int) -> ReleaseRow:
    try:
        return load_release(visit.database(), release_id)
    except RefusedError:
        visit.not_found()


def _moved(release: ReleaseRow, day: date | None) -> str:
    before = f"It was planned for {long_date(release.planned)}." if release.planned else "It had no date before."
    return f"{release.name} {f'is planned for {long_date(day)} now' if day else 'has no date at present'}. {before}"


def _list_page(name: str, planned: str, problems: list[Problem]) -> str:
    releases = load_releases(visit.database())
    return render_template(
        "releases.html", releases=releases, states=STATES, name=name, planned=planned, problems=problems
    )


def _page(release: ReleaseRow, problems: list[Problem]) -> str:
    db = visit.database()
    found = load_release_rows(db, release.id)
    return render_template(
        "release.html",
        release=release,
        states=STATES,
        rows=[shown(row) for row in found],
        movable=[row for row in found if row.status is Status.ALLOCATED],
        waiting=load_waiting_for_release(db),
        others=[each for each in load_releases(db) if each.id != release.id and each.state is ReleaseState.OPEN],
        planned=request.form.get("planned", long_date(release.planned) if release.planned else ""),
        note=request.form.get("note", release.note),
        reason=request.form.get("reason", ""),
        problems=problems,
    )
