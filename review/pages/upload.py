"""Uploading a form: one file and an address in; and the receipt of what was sent."""

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
from store.cases import CaseRow, LinkKind, load_links, load_submissions
from store.events import load_events

blueprint = Blueprint("upload", __name__)
_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\".]{2,24}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@blueprint.get("/start")
def show() -> str:
    """The upload form."""
    return upload_form("", [])


@blueprint.post("/start")
def send() -> AnyResponse | tuple[str, int]:
    """Take one file in. Sending the same page twice gives the same upload."""
    return take_upload()


@blueprint.get("/sent/<token>")
def received(token: str) -> str:
    """The receipt: reference, what happens next, and whether the form has been read."""
    case = visit.case_by_token_or_404(token)
    events = load_events(visit.database(), case.id)
    state = state_of(events)
    submission = load_submissions(visit.database(), case.id)[-1]
    return render_template(
        "received.html",
        case=case,
        file_name=submission.name,
        sender=submission.sender,
        is_new_version=submission.round > 1,
        others=[link for link in load_links(visit.database(), case.id) if link.kind is LinkKind.CAME_WITH],
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


@blueprint.get("/sent/<token>/progress")
def progress(token: str) -> Response:
    """How the reading goes, for the script that asks."""
    case: CaseRow = visit.case_by_token_or_404(token)
    state = state_of(load_events(visit.database(), case.id))
    return jsonify(done=state.status is not Status.READING, sentence=_sentence(state))


def take_upload(follows: CaseRow | None = None) -> AnyResponse | tuple[str, int]:
    """Keep the file that was sent and go on to what we found in it; the form again where something is wrong.

    `follows` is the request that it is a new version of.
    """
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
        return upload_form(email, problems, follows), 400
    with file.stream:
        arrival = Arrival(file.stream.read(), file.filename or "", "upload", email)
    draft, receipt = visit.doors().uploads.open(
        visit.database(),
        arrival,
        hand_in_key=hand_in_key(),
        now=visit.now(),
        follows=follows.id if follows is not None else None,
    )
    if draft is not None:
        return redirect(url_for("draft.show", token=draft.token), 303)
    return upload_form(email, [Problem("form", receipt.message)], follows), 400


def upload_form(email: str, problems: list[Problem], follows: CaseRow | None = None) -> str:
    """The page with the file field."""
    library = visit.doors().library
    return render_template(
        "upload.html",
        email=email,
        problems=problems,
        hand_in_key=secrets.token_urlsafe(16),
        forms=[library.form(form.key) for form in library.forms],
        follows=follows,
    )


def hand_in_key() -> str:
    """The key of the page that was sent; a page without one gets its own, so that nothing is ever lost."""
    key = request.form.get("hand_in_key", "")
    return key if _KEY.fullmatch(key) else secrets.token_urlsafe(16)


def is_address(text: str) -> bool:
    """Whether this could be an email address."""
    return _ADDRESS.fullmatch(text) is not None


def _sentence(state: CaseState) -> str:
    return status_sentence(state, "")
