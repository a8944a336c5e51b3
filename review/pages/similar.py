"""A request beside one that resembles it: both by question, what differs marked, and what may be made of the two."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.lifecycle import Decision, Status, state_of
from casework.model import Reading
from casework.reading_json import reading_from_record
from review import decide, visit
from review.compare import Change, compare
from review.guard import is_reviewer
from review.next_step import next_step
from review.pages.layout import Problem
from review.pages.work import act_on, back_to
from review.presenters import TAGS
from store.cases import CaseRow, load_newest_readings
from store.events import load_events

blueprint = Blueprint("similar", __name__)
_NOT_COMPARED = frozenset({"sr_number", "date_raised", "requester_name", "job_title", "email", "phone", "support"})


@blueprint.get("/requests/<reference>/similar/<other_reference>")
def show(reference: str, other_reference: str) -> str:
    """Both requests in two columns."""
    return _render(visit.case_or_404(reference), visit.case_or_404(other_reference), [])


@blueprint.post("/requests/<reference>/similar/<other_reference>")
def tell_apart(reference: str, other_reference: str) -> Response | tuple[str, int]:
    """Say that the two are not the same; neither is suggested for the other again."""
    case, other = visit.case_or_404(reference), visit.case_or_404(other_reference)
    reason = request.form.get("reason", "")
    try:
        decide.tell_apart(visit.database(), act_on(case), other_id=other.id, reason=reason)
    except RefusedError as problem:
        return _render(case, other, [Problem("reason", problem.public_message)], reason), 400
    flash(f"{case.reference} and {other.reference} are marked as not the same. We will not suggest this again.")
    return back_to(case, "#similar")


def _render(case: CaseRow, other: CaseRow, problems: list[Problem], reason: str = "") -> str:
    if case.id == other.id:
        visit.not_found()
    mine, theirs = _reading(case), _reading(other)
    found = []
    if mine is not None and theirs is not None:
        found = [change for change in compare(theirs, mine, visit.doors().library) if change.key not in _NOT_COMPARED]
    found = [change for change in found if change.before or change.after]
    return render_template(
        "similar.html",
        case=case,
        other=other,
        tags=(TAGS[Status(case.status)], TAGS[Status(other.status)]),
        differing=[change for change in found if change.change is not Change.SAME],
        same=[change for change in found if change.change is Change.SAME],
        can_join=_can_join(case),
        may_judge=is_reviewer(),
        problems=problems,
        reason=reason,
    )


def _reading(case: CaseRow) -> Reading | None:
    records = load_newest_readings(visit.database(), case.id)
    return reading_from_record(records[0]) if records else None


def _can_join(case: CaseRow) -> bool:
    """Whether the visitor may decide now that this request is joined to another."""
    state = state_of(load_events(visit.database(), case.id))
    is_mine = state.claimed_by == visit.person().id
    return is_mine and Decision.DUPLICATE.value in next_step(state, visit.person()).keys
