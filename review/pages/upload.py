"""Sending a form: one file and an address in; the receipt and how the reading goes out."""

from __future__ import annotations

import re
import secrets

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from casework.lifecycle import CaseState, Status, state_of
from casework.model import Arrival
from casework.promise import pauses_of
from review import visit
from review.pages.layout import Problem
from review.progress import status_sentence, steps_of
from store.cases import CaseRow, load_case_by_reference, load_submissions
from store.events import load_events
from store.ledger import Outcome

blueprint = Blueprint("upload", __name__)
_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\".]{2,24}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@blueprint.get("/start")
def show() -> str:
    """The upload form."""
    return _form("", [])


@blueprint.post("/start")
def send() -> AnyResponse | tuple[str, int]:
    """Take one form in. Sending the same page twice gives the same receipt."""
    email = request.form.get("email", "").strip()
    file = request.files.get("form")
    problems = []
    if file is None or not file.filename:
        problems.append(Problem("form", "Choose your completed form"))
    if not email:
        problems.append(Problem("email", "Enter your email address"))
    elif not is_address(email):
        problems.append(Problem("email", "Enter an email address in the correct format, like name@example.nhs.uk"))
    if problems or file is None:
        return _form(email, problems), 400
    with file.stream:
        arrival = Arrival(file.stream.read(), file.filename or "", "upload", email)
    receipt = visit.doors().receive(visit.database(), arrival, _hand_in_key())
    if receipt.outcome == Outcome.CASE and receipt.reference is not None:
        case = load_case_by_reference(visit.database(), receipt.reference)
        return redirect(url_for("upload.received", token=case.token), 303)
    return _form(email, [Problem("form", receipt.message)]), 400


@blueprint.get("/upload/<token>")
def received(token: str) -> str:
    """The receipt: reference, what happens next, and whether the form has been read."""
    case = visit.case_by_token_or_404(token)
    events = load_events(visit.database(), case.id)
    state = state_of(events)
    submission = load_submissions(visit.database(), case.id)[0]
    return render_template(
        "received.html",
        case=case,
        file_name=submission.name,
        sender=submission.sender,
        sentence=_sentence(state),
        is_reading=state.status is Status.READING,
        plan=steps_of(
            state,
            title_of_decision="",
            release="",
            today=visit.today(),
            holidays=visit.holidays(case.region),
            zone=visit.doors().zone,
            pauses=pauses_of(events),
        ),
    )


@blueprint.get("/upload/<token>/progress")
def progress(token: str) -> Response:
    """How the reading goes, for the script that asks."""
    case: CaseRow = visit.case_by_token_or_404(token)
    state = state_of(load_events(visit.database(), case.id))
    return jsonify(done=state.status is not Status.READING, sentence=_sentence(state))


def is_address(text: str) -> bool:
    """Whether this could be an email address."""
    return _ADDRESS.fullmatch(text) is not None


def _sentence(state: CaseState) -> str:
    return status_sentence(state, "")


def _hand_in_key() -> str:
    """The key of the page that was sent; a page without one gets its own, so that nothing is ever lost."""
    key = request.form.get("hand_in_key", "")
    return key if _KEY.fullmatch(key) else secrets.token_urlsafe(16)


def _form(email: str, problems: list[Problem]) -> str:
    library = visit.doors().library
    return render_template(
        "upload.html",
        email=email,
        problems=problems,
        hand_in_key=secrets.token_urlsafe(16),
        forms=[library.form(form.key) for form in library.forms],
    )
