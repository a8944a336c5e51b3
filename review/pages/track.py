"""Following a request: by a link that is mailed, or the private one; answering, a new version, withdrawing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.events import Event, EventKind, taken_back
from casework.lifecycle import CLOSED, DECIDED, Status, may_withdraw, state_of
from casework.promise import pauses_of
from casework.reading_json import reading_from_record
from casework.reference import parse_reference
from casework.state_words import DECISIONS
from casework.wording import clock_time
from review import visit
from review.case_view import case_view
from review.known_browser import digest
from review.links import VALID_FOR, make_link, read_link
from review.pages.layout import Problem
from review.pages.upload import hand_in_key, take_upload, upload_form
from review.presenters import form_name
from review.progress import status_sentence, steps_of
from store.attachments import Attachment, load_attachments
from store.cases import CaseRow, Submission, load_case_by_reference, load_newest_readings, load_submissions
from store.database import transaction
from store.deliveries import Delivery, DeliveryState, add_delivery, load_deliveries
from store.events import load_events
from store.releases import load_release
from store.tries import clear_tries, take_try

blueprint = Blueprint("track", __name__)
_WRONG = "We cannot find a request with this reference and email address. Check both, or use the link in your receipt."
# One address may guess references only slowly; nobody is locked out by somebody else's guesses at another address.
_GUESSES = 10
_LINKS_IN_A_ROW = 10


@dataclass(frozen=True, slots=True)
class Message:
    """One message between us and the sender."""

    at: datetime
    subject: str
    body: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """What the sender had typed as an answer, and what was wrong with it."""

    words: str = ""
    problem: str = ""


@blueprint.get("/track")
def show() -> str:
    """Ask for the reference and the address."""
    return _ask("", "", [])


@blueprint.post("/track")
def find() -> Response | tuple[str, int]:
    """Send the link of the request where reference and address belong together; one answer for everything else.

    Where no mail leaves, the request opens at once, and wrong pairs come to a wait.
    """
    reference, email = request.form.get("reference", "").strip(), request.form.get("email", "").strip()
    problems = []
    if parse_reference(reference) is None:
        problems.append(Problem("reference", "Enter the reference from your receipt, like ESR-2026-0418"))
    if not email:
        problems.append(Problem("email", "Enter the email address that you sent the form with"))
    if not problems:
        if _mails_links():
            _mail_link(_case_of(reference, email), email)
            return redirect(url_for("track.sent"), 303)
        db, bucket = visit.database(), digest(f"tracking by {email.casefold()}")
        with transaction(db):
            until = take_try(db, {bucket: _GUESSES}, visit.now())
        case = None if until else _case_of(reference, email)
        if case is not None:
            with transaction(db):
                clear_tries(db, bucket)
            return redirect(url_for("track.follow", token=case.token), 303)
        wait = f"There were too many tries. Try again after {clock_time(visit.local(until))}." if until else _WRONG
        problems.append(Problem("reference", wait))
    return _ask(reference, email, problems), 400


@blueprint.get("/track/sent")
def sent() -> str:
    """Say that a link was sent if the pair was right: the same words whether it was."""
    return render_template("track_sent.html", minutes=int(VALID_FOR.total_seconds() // 60))


@blueprint.get("/track/link/<link>")
def open_link(link: str) -> Response | tuple[str, int]:
    """Open the request that a link from an email stands for, as long as it is valid."""
    token = read_link(str(current_app.secret_key), link, visit.now())
    if token is None:
        page = render_template(
            "error.html",
            title="This link has run out",
            message=f"A link is valid for {int(VALID_FOR.total_seconds() // 60)} minutes after we send it.",
            advice="Enter your reference and email address again, and we send you a new one.",
            status=410,
        )
        return page, 410
    return redirect(url_for("track.follow", token=visit.case_by_token_or_404(token).token), 303)


@blueprint.get("/track/<token>")
def follow(token: str) -> str:
    """Where the request stands: steps, status, messages, what we read, and what its sender may do."""
    return _page(visit.case_by_token_or_404(token), Answering())


@blueprint.post("/track/<token>/reply")
def reply(token: str) -> Response | tuple[str, int]:
    """Keep what the sender typed: the answer to our question, or anything else they want to tell us."""
    case = visit.case_by_token_or_404(token)
    words = request.form.get("words", "")
    try:
        visit.doors().uploads.reply(
            visit.database(), case.id, words, now=visit.now(), hand_in_key=f"{hand_in_key()}:reply"
        )
    except RefusedError as refused:
        return _page(case, Answering(words, refused.public_message.removesuffix("."))), 400
    flash("We have your message. It goes to the team with your request.")
    return redirect(url_for("track.follow", token=token), 303)


@blueprint.get("/track/<token>/new-version")
def new_version(token: str) -> str:
    """The upload form for an updated form of this request."""
    case = visit.case_by_token_or_404(token)
    return upload_form(_sender_of(case), [], case)


@blueprint.post("/track/<token>/new-version")
def send_version(token: str) -> Response | tuple[str, int]:
    """Take an updated form in; its sender checks it before it is sent."""
    return take_upload(visit.case_by_token_or_404(token))


@blueprint.get("/track/<token>/withdraw")
def ask_withdraw(token: str) -> str | Response:
    """Ask whether the request is really to be taken back."""
    case = visit.case_by_token_or_404(token)
    if not may_withdraw(state_of(load_events(visit.database(), case.id))):
        return redirect(url_for("track.follow", token=token), 303)
    return render_template("withdraw.html", case=case, reason="", problems=[])


@blueprint.post("/track/<token>/withdraw")
def withdraw(token: str) -> Response | tuple[str, int]:
    """Take the request back."""
    case = visit.case_by_token_or_404(token)
    reason = request.form.get("reason", "")
    try:
        visit.doors().uploads.withdraw(
            visit.database(), case.id, reason=reason, now=visit.now(), calendar=visit.calendar(case.region)
        )
    except RefusedError as refused:
        problems = [Problem("reason", refused.public_message)]
        return render_template("withdraw.html", case=case, reason=reason, problems=problems), 400
    flash(f"Request {case.reference} is withdrawn.")
    return redirect(url_for("track.follow", token=token), 303)


@blueprint.post("/track/<token>/progress")
def progress(token: str) -> Response:
    """The sender wishes to progress: the answer to our question whether they do."""
    case = visit.case_by_token_or_404(token)
    try:
        visit.doors().uploads.progress(visit.database(), case.id, now=visit.now())
    except RefusedError as refused:
        flash(refused.public_message, "problem")
    else:
        flash("We have your answer: you wish to progress this request.")
    return redirect(url_for("track.follow", token=token), 303)


@blueprint.get("/track/<token>/appeal")
def ask_appeal(token: str) -> str | Response:
    """Ask why the decision should be looked at again."""
    case = visit.case_by_token_or_404(token)
    if not state_of(load_events(visit.database(), case.id)).may_be_appealed:
        return redirect(url_for("track.follow", token=token), 303)
    return render_template("appeal.html", case=case, reason="", problems=[])


@blueprint.post("/track/<token>/appeal")
def appeal(token: str) -> Response | tuple[str, int]:
    """Send the appeal."""
    case = visit.case_by_token_or_404(token)
    reason = request.form.get("reason", "")
    try:
        visit.doors().uploads.appeal(visit.database(), case.id, reason=reason, now=visit.now())
    except RefusedError as refused:
        problems = [Problem("reason", refused.public_message.removesuffix("."))]
        return render_template("appeal.html", case=case, reason=reason, problems=problems), 400
    flash("We have your appeal. Somebody who did not take the decision looks at it.")
    return redirect(url_for("track.follow", token=token), 303)


def _ask(reference: str, email: str, problems: list[Problem]) -> str:
    return render_template(
        "track.html", reference=reference, email=email, problems=problems, mails_links=_mails_links()
    )


def _mails_links() -> bool:
    """Whether a link can be sent: mail leaves, and we know our own address."""
    return visit.doors().sends_mail and bool(visit.doors().address)


def _mail_link(case: CaseRow | None, email: str) -> None:
    """Owe the message with the link where the pair was right; nobody can have somebody's mailbox filled with them."""
    now = visit.now()
    if case is None:
        return
    link = f"{visit.doors().address}/track/link/{make_link(str(current_app.secret_key), case.token, now)}"
    minutes = int(VALID_FOR.total_seconds() // 60)
    with transaction(visit.database()):
        if take_try(visit.database(), {digest(f"link to {case.token}"): _LINKS_IN_A_ROW}, now) is not None:
            return
        add_delivery(
            visit.database(),
            delivery_key=f"track-link-{case.id}-{now:%Y%m%d%H%M}",
            case_id=None,
            kind="track-link",
            recipient=email,
            subject=f"Your link to {case.reference}",
            body=(
                f"Open this link to see where your request {case.reference} is. It is valid for {minutes} minutes:\n\n"
                f"{link}\n\nIf you did not ask for it, you need not do anything.\n"
            ),
            is_automatic=True,
            now=now,
        )


def _page(case: CaseRow, answering: Answering) -> str:
    db = visit.database()
    letters = load_deliveries(db, case_id=case.id)
    events = _told(load_events(db, case.id), letters)
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
            title_of_decision=DECISIONS[state.decision].done if state.decision else "",
            release=release,
            today=visit.today(),
            holidays=visit.holidays(case.region),
            zone=visit.doors().zone,
            pauses=pauses_of(events),
        ),
        messages=_messages(events, letters, load_attachments(db, [letter.id for letter in letters])),
        answers=case_view(readings, events, state, library).answers,
        versions=_versions(load_submissions(db, case.id)),
        is_waiting=state.status is Status.WAITING,
        question=_question(events),
        is_offered=state.status is Status.OFFERED,
        may_appeal=state.may_be_appealed,
        may_write=state.status not in CLOSED,
        may_withdraw=may_withdraw(state),
        is_decided=state.status in DECIDED,
        answering=answering,
        problems=[Problem("words", answering.problem)] if answering.problem else [],
        hand_in_key=secrets.token_urlsafe(16),
    )


def _question(events: list[Event]) -> str:
    """What we asked last, in the words that went into the letter; "" where they are gone."""
    asked = [event for event in events if event.kind is EventKind.INFORMATION_REQUESTED]
    return asked[-1].words.get("message", "") if asked else ""


def may_be_told(letter: Delivery) -> bool:
    """Whether the sender may know of a letter here: it was not taken back, and cannot be any more."""
    return letter.state != DeliveryState.TAKEN_BACK and not _is_waiting_to_leave(letter)


def _is_waiting_to_leave(letter: Delivery) -> bool:
    """Whether the act that a letter tells of may still be taken back: until then its sender is not told here either."""
    is_held = letter.not_before is not None and letter.not_before > visit.now()
    return visit.doors().sends_mail and is_held and letter.state == DeliveryState.WAITING


def _told(events: list[Event], letters: list[Delivery]) -> list[Event]:
    """The events without acts whose letters have not left."""
    held = {letter.event_number for letter in letters if _is_waiting_to_leave(letter)}
    return [event for event in events if event.number not in held]


def _messages(events: list[Event], letters: list[Delivery], files: Mapping[int, list[Attachment]]) -> list[Message]:
    """What we wrote and what the sender answered, newest first."""
    undone = taken_back(events)
    ours = [
        Message(letter.created_at, letter.subject, letter.body, tuple(files.get(letter.id, ())))
        for letter in letters
        if may_be_told(letter) and letter.event_number not in undone
    ]
    theirs = [
        Message(event.at, "Your message", event.words["words"])
        for event in events
        if event.kind is EventKind.REPLIED and event.words.get("words")
    ]
    return sorted([*theirs, *ours], key=lambda message: message.at, reverse=True)


def _versions(submissions: list[Submission]) -> list[tuple[int, list[Submission]]]:
    """The files by version, newest first; nothing where there is only one file."""
    if len(submissions) < 2:
        return []
    rounds = [(number, list(files)) for number, files in groupby(submissions, key=lambda file: file.round)]
    return rounds[::-1]


def _sender_of(case: CaseRow) -> str:
    return next((file.sender for file in reversed(load_submissions(visit.database(), case.id)) if file.sender), "")


def _case_of(reference: str, email: str) -> CaseRow | None:
    db = visit.database()
    try:
        case = load_case_by_reference(db, parse_reference(reference) or "")
    except RefusedError:
        return None
    senders = {submission.sender.casefold() for submission in load_submissions(db, case.id)}
    return case if email.casefold() in senders - {""} else None
