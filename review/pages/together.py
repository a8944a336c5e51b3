"""Doing one thing to several requests: first what will and will not change, then one transaction for each request."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import CaseworkError, RefusedError
from review import decide, visit
from review.access import Permission, may, regions_seen
from review.pages.layout import Problem
from review.pages.queue import list_kept
from review.together import PERMISSIONS, TITLES, Deed, Plan, done_in_words, plan, read_picks
from store.people import Person, load_people
from store.queries import load_rows
from store.releases import load_release, load_releases

blueprint = Blueprint("together", __name__)
_MOST_TOLD = 8


@blueprint.get("/queue/together")
def check() -> str | Response:
    """What will and will not change; nothing does yet."""
    picks = read_picks(request.args.getlist("case"))
    if not picks:
        flash("Select one or more requests in the list first.", "problem")
        return redirect(list_kept().address, 303)
    return _page(_deed(request.args.get("act", "")), picks)


@blueprint.post("/queue/together")
def carry_out() -> Response | tuple[str, int]:
    """Do it to each request that it can be done to, and say to which it was not done."""
    deed, picks = _deed(request.form.get("act", "")), read_picks(request.form.getlist("case"))
    to, release, reason = _colleague(), _release(), request.form.get("reason", "").strip()
    found = _plan(deed, picks)
    problems = []
    if deed is Deed.ASSIGN and to is None:
        problems.append(Problem("to", "Select who the requests go to"))
    if deed is Deed.RELEASE and release is None:
        problems.append(Problem("release", "Select a release"))
    if deed is Deed.RELEASE and not reason and any(line.note for line in found.will):
        problems.append(Problem("reason", "Enter a reason why requests move to another release"))
    if problems:
        return _page(deed, picks, problems), 400
    done, not_done = 0, [f"{line.reference} {line.why_not}" for line in found.will_not]
    for line in found.will:
        case_id = int(line.pick.partition("-")[0])
        act = decide.Act(case_id, visit.person(), picks[case_id], visit.now())
        try:
            _do(deed, act, line.reference, line.title, to=to, release=release, reason=reason)
        except CaseworkError as problem:
            not_done.append(f"{line.reference}: {problem.public_message}")
        else:
            done += 1
    if done:
        flash(done_in_words(deed, done) + _then(deed, to))
    if not_done:
        more = len(not_done) - _MOST_TOLD
        told = [*not_done[:_MOST_TOLD], *([f"And {more} more."] if more > 0 else [])]
        flash(" ".join(["Not done:", *told]) if done else " ".join(["Nothing was changed.", *told]), "problem")
    return redirect(list_kept().address, 303)


def _do(
    deed: Deed, act: decide.Act, reference: str, title: str, *, to: Person | None, release: int | None, reason: str
) -> None:
    db = visit.database()
    match deed:
        case Deed.CLAIM:
            decide.claim(db, act, fresh=True)
        case Deed.ASSIGN if to is not None:
            decide.assign(db, act, to=to)
        case Deed.ACKNOWLEDGE:
            letter = visit.doors().acknowledgement(reference=reference, title=title)
            region = next(row.region for row in load_rows(db, [act.case_id]))
            decide.acknowledge(db, act, letter=letter, calendar=visit.calendar(region), fresh=True)
        case _:
            name = load_release(db, release).name if release is not None else ""
            letter = visit.doors().release_letter(reference=reference, title=title, release=name, reason=reason)
            decide.allocate(db, act, release_id=release, letter=letter, reason=reason)


def _page(deed: Deed, picks: dict[int, int], problems: list[Problem] | None = None) -> str:
    db, found = visit.database(), _plan(deed, picks)
    return render_template(
        "together.html",
        plan=found,
        title=TITLES[deed],
        came_from=list_kept(),
        problems=problems or [],
        colleagues=_colleagues(),
        releases=load_releases(db),
        moves=any(line.note for line in found.will),
        sent={name: request.form.get(name, "") for name in ("to", "release", "reason")},
        sends_mail=visit.doors().sends_mail,
    )


def _plan(deed: Deed, picks: dict[int, int]) -> Plan:
    """The plan for those of the requests that the visitor may see, as they stand now."""
    person, regions = visit.person(), regions_seen(visit.person())
    rows = [
        row
        for row in load_rows(visit.database(), list(picks))
        if regions is None or not regions.isdisjoint(row.region.split())
    ]
    is_lead = may(person, Permission.ASSIGN)
    return plan(deed, rows, person_id=person.id, today=visit.today(), zone=visit.doors().zone, is_lead=is_lead)


def _deed(text: str) -> Deed:
    if text not in set(Deed):
        raise RefusedError("Choose what to do with the requests: claim, assign, acknowledge or add to a release.")
    deed = Deed(text)
    if not may(visit.person(), PERMISSIONS[deed]):
        abort(403)
    return deed


def _colleagues() -> list[Person]:
    return [person for person in load_people(visit.database()) if may(person, Permission.CLAIM)]


def _colleague() -> Person | None:
    return next((person for person in _colleagues() if str(person.id) == request.form.get("to", "")), None)


def _release() -> int | None:
    wanted = request.form.get("release", "")
    return next((one.id for one in load_releases(visit.database()) if str(one.id) == wanted), None)


def _then(deed: Deed, to: Person | None) -> str:
    if deed is Deed.ASSIGN and to is not None:
        return f" They are {to.name}’s now." if to.id != visit.person().id else " They are yours now."
    if deed in (Deed.ACKNOWLEDGE, Deed.RELEASE) and visit.doors().sends_mail:
        return " The emails leave in 10 minutes. Until then you can undo each on its request’s page."
    return ""
