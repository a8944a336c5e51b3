"""Taking a request, giving it back, and taking it over with a reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from casework.errors import NotAllowedError, RefusedError, StaleError
from review import decide, visit
from review.pages.case import Draft, current, render_case
from review.pages.layout import Problem
from review.pages.queue import list_kept
from review.pages.work import act_on, back_to

blueprint = Blueprint("claim", __name__)


@blueprint.post("/requests/<reference>/claim")
def claim(reference: str) -> Response:
    """Claim the request; where a colleague was first, say so on its page."""
    case = visit.case_or_404(reference)
    try:
        decide.claim(visit.database(), act_on(case))
    except StaleError as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    flash(f"You have claimed {case.reference}.")
    return redirect(list_kept().address, 303) if request.form.get("from") == "queue" else back_to(case)


@blueprint.post("/requests/<reference>/release")
def release(reference: str) -> Response:
    """Give the request back to the queue."""
    case = visit.case_or_404(reference)
    try:
        decide.release(visit.database(), act_on(case))
    except NotAllowedError:
        flash(f"You do not have {case.reference} any more, so there was nothing to release.", "problem")
        return back_to(case)
    flash(f"You have released {case.reference}. Anybody can claim it now.")
    return back_to(case)


@blueprint.post("/requests/<reference>/take-over")
def take_over(reference: str) -> Response | tuple[str, int]:
    """Take the request from a colleague."""
    case = visit.case_or_404(reference)
    reason = request.form.get("reason", "")
    try:
        decide.take_over(visit.database(), act_on(case), reason=reason, calendar=visit.calendar(case.region))
    except StaleError as problem:
        flash(problem.public_message, "problem")
        draft = Draft(take_over_reason=reason, is_taking_over=True)
        return render_case(current(case), draft), 409
    except RefusedError as problem:
        draft = Draft(
            problems=[Problem("take-over-reason", problem.public_message)],
            take_over_reason=reason,
            is_taking_over=True,
        )
        return render_case(current(case), draft), 400
    flash(f"You have taken over {case.reference}.")
    return back_to(case)
