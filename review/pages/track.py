"""Following a request: by reference and address, or by its private link."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.lifecycle import state_of
from casework.promise import pauses_of
from casework.reading_json import reading_from_record
from casework.reference import parse_reference
from casework.wording import clock_time
from review import visit
from review.case_view import case_view
from review.pages.layout import Problem
from review.presenters import DECIDED_WORDS, form_name
from review.progress import status_sentence, steps_of
from review.throttle import Throttle
from store.cases import CaseRow, load_case_by_reference, load_newest_readings, load_submissions
from store.deliveries import load_deliveries
from store.events import load_events
from store.releases import load_release

blueprint = Blueprint("track", __name__)
_WRONG = "We cannot find a request with this reference and email address. Check both, or use the link in your receipt."
# One address may guess references only slowly; nobody is locked out by somebody else's guesses at another address.
_guesses = Throttle(tries=10)


@blueprint.get("/track")
def show() -> str:
    """Ask for the reference and the address."""
    return render_template("track.html", reference="", email="", problems=[])


@blueprint.post("/track")
def find() -> Response | tuple[str, int]:
    """Go to the request where reference and address belong together; one answer for everything else."""
    reference, email = request.form.get("reference", "").strip(), request.form.get("email", "").strip()
    problems = []
    if parse_reference(reference) is None:
        problems.append(Problem("reference", "Enter the reference from your receipt, like ESR-2026-0418"))
    if not email:
        problems.append(Problem("email", "Enter the email address that you sent the form with"))
    if not problems:
        until = _guesses.waits_until(email.casefold(), visit.now())
        case = None if until else _case_of(reference, email)
        if case is not None:
            _guesses.forget(email.casefold())
            return redirect(url_for("track.follow", token=case.token), 303)
        if until is None:
            _guesses.note_wrong(email.casefold(), visit.now())
        wait = f"There were too many tries. Try again after {clock_time(visit.local(until))}." if until else _WRONG
        problems.append(Problem("reference", wait))
    return render_template("track.html", reference=reference, email=email, problems=problems), 400


@blueprint.get("/track/<token>")
def follow(token: str) -> str:
    """Where the request stands: steps, status, messages and what we read."""
    db = visit.database()
    case = visit.case_by_token_or_404(token)
    events = load_events(db, case.id)
    state = state_of(events)
    release = load_release(db, state.release).name if state.release is not None else ""
    readings = [reading_from_record(record) for record in load_newest_readings(db, case.id)]
    library = visit.doors().library
    return render_template(
        "follow.html",
        case=case,
        form=form_name(case.form, library),
        sentence=status_sentence(state, release),
        plan=steps_of(
            state,
            title_of_decision=DECIDED_WORDS.get(state.decision, "") if state.decision else "",
            release=release,
            today=visit.today(),
            holidays=visit.holidays(case.region),
            zone=visit.doors().zone,
            pauses=pauses_of(events),
        ),
        messages=load_deliveries(db, case_id=case.id),
        answers=case_view(readings, events, state, library).answers,
        submissions=load_submissions(db, case.id),
    )


def _case_of(reference: str, email: str) -> CaseRow | None:
    db = visit.database()
    try:
        case = load_case_by_reference(db, parse_reference(reference) or "")
    except RefusedError:
        return None
    senders = {submission.sender.casefold() for submission in load_submissions(db, case.id)}
    return case if email.casefold() in senders - {""} else None
