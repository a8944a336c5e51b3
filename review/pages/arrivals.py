"""The ledger: everything that ever arrived, what came in it and what became of it, and the messages that wait."""

from __future__ import annotations

import io
from typing import NoReturn
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as Answer

from casework.errors import RefusedError
from casework.lifecycle import Status
from review import visit
from review.doors import MessageAct
from review.guard import is_reviewer
from review.listing import Link
from review.post_view import OUTCOMES, file_view, verdict_tag, watch_view, what_to_do
from review.presenters import TAGS, channel_name, size_in_words
from review.versions import trouble_with
from store.arrivals import Sought, count_waiting, find_arrivals, load_inside, root_of
from store.cases import find_submission_of_line, load_case
from store.ledger import LedgerLine, Outcome, count_by_outcome, is_held, load_line
from store.mailboxes import load_watches
from store.messages import MessageState, StoredMessage, find_message_of_line
from store.queries import load_references

blueprint = Blueprint("arrivals", __name__)
_PER_PAGE = 50
_PERSON = "person"


@blueprint.get("/manage/arrivals")
def show() -> str:
    """A page of arrivals, newest first: all, those that need a person, or those with one outcome."""
    db, asked = visit.database(), request.args
    wanted = asked.get("show", "")
    sought = Sought(
        needs_a_person=wanted == _PERSON,
        outcome=Outcome(wanted) if wanted in set(Outcome) else None,
        search=asked.get("search", "")[:200],
    )
    text = asked.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else 1
    total, lines = find_arrivals(db, sought, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
    waiting, counts = count_waiting(db), count_by_outcome(db)
    entries = [(0, line, line.id) for line in lines]
    entries = [
        entry for top in entries for entry in (top, *((depth, part, top[2]) for depth, part in load_inside(db, top[2])))
    ]
    references = load_references(db, [line.case_id for _, line, _ in entries if line.case_id is not None])

    def page_link(number: int) -> str:
        values = {"show": wanted, "search": sought.search, "page": str(number)}
        return f"?{urlencode({name: value for name, value in values.items() if value})}"

    return render_template(
        "arrivals.html",
        rows=[
            {
                "depth": depth,
                "line": line,
                "size": size_in_words(line.size),
                "route": channel_name(line.channel),
                "reference": references.get(line.case_id or 0, ""),
                "tag": OUTCOMES[line.outcome],
            }
            for depth, line, _ in entries
        ],
        tabs=[
            Link("Needs a person", f"?show={_PERSON}", "current" if sought.needs_a_person else "", waiting),
            Link("All", "/manage/arrivals", "" if sought.needs_a_person or sought.outcome else "current"),
        ],
        outcomes=[(outcome.value, OUTCOMES[outcome].text, counts[outcome]) for outcome in Outcome if counts[outcome]],
        wanted=wanted,
        search=sought.search,
        is_narrowed=bool(sought.search.strip() or sought.outcome),
        total=total,
        first=(page - 1) * _PER_PAGE + 1,
        last=(page - 1) * _PER_PAGE + len(lines),
        newer=page_link(page - 1) if page > 1 else "",
        older=page_link(page + 1) if page * _PER_PAGE < total else "",
        watches=watch_view(load_watches(db), visit.doors().zone, visit.now()),
    )


@blueprint.get("/manage/arrivals/<int:ledger_id>")
def show_arrival(ledger_id: int) -> str | Answer:
    """One arrival: who sent it, their words, what came in it and became of it, and what a person may do."""
    db = visit.database()
    line = _line_or_404(ledger_id)
    root = root_of(db, line)
    if root.id != line.id:
        return redirect(f"/manage/arrivals/{root.id}", 303)
    message = find_message_of_line(db, line.id)
    inside = load_inside(db, line.id)
    case_ids = {found.case_id for _, found in [(0, line), *inside] if found.case_id is not None}
    cases = [load_case(db, case_id) for case_id in sorted(case_ids)]
    suggested = load_case(db, message.suggested_case_id) if message and message.suggested_case_id else None
    waits = message is not None and bool(what_to_do(line.outcome))
    is_opened = line.outcome in (Outcome.NO_FORM, Outcome.TO_CONFIRM)
    return render_template(
        "arrival.html",
        line=line,
        message=message,
        tag=OUTCOMES[line.outcome],
        verdict=verdict_tag(message) if message else None,
        advice=what_to_do(line.outcome) if waits else "",
        size=size_in_words(line.size),
        route=channel_name(line.channel),
        files=[(depth, _file(part)) for depth, part in inside],
        cases=[(case, TAGS[Status(case.status)]) for case in cases],
        unreadable=[case for case in cases if case.status == Status.UNREADABLE],
        suggested=suggested,
        can_act=waits and is_reviewer(),
        can_open=is_opened,
        can_try_again=line.outcome in (Outcome.FAILED, Outcome.QUARANTINED),
        can_download=_may_be_downloaded(line, message),
    )


@blueprint.get("/manage/arrivals/<int:ledger_id>/raw")
def raw(ledger_id: int) -> Response:
    """The message as it came, as a download; never where something in it may have a virus, or nobody looked."""
    line = _line_or_404(ledger_id)
    message = find_message_of_line(visit.database(), line.id)
    if message is None or not _may_be_downloaded(line, message):
        visit.not_found()
    data = visit.doors().load_original(message.sha256)
    name = f"message-{line.id}.eml"
    response = send_file(io.BytesIO(data), mimetype="application/octet-stream", as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.post("/manage/arrivals/<int:ledger_id>/open")
def open_case(ledger_id: int) -> Answer:
    """Make a request of a message."""
    if not _act(ledger_id, visit.doors().messages.open_case):
        return _back(ledger_id)
    case = load_case(visit.database(), _line_or_404(ledger_id).case_id or 0)
    flash(f"{case.reference} is opened from the message.")
    return redirect(f"/requests/{case.reference}", 303)


@blueprint.post("/manage/arrivals/<int:ledger_id>/confirm")
def confirm(ledger_id: int) -> Answer:
    """Say that a message belongs to the request that it names."""
    if not _act(ledger_id, visit.doors().messages.confirm):
        return _back(ledger_id)
    case = load_case(visit.database(), _line_or_404(ledger_id).case_id or 0)
    flash(f"The message is with {case.reference} now.")
    return redirect(f"/requests/{case.reference}#messages", 303)


@blueprint.post("/manage/arrivals/<int:ledger_id>/set-aside")
def set_aside(ledger_id: int) -> Answer:
    """Say that there is nothing to do for a message."""
    if not _act(ledger_id, visit.doors().messages.set_aside):
        return _back(ledger_id)
    flash("The message is set aside. It stays in the ledger.")
    return redirect(f"/manage/arrivals?show={_PERSON}", 303)


@blueprint.post("/manage/arrivals/<int:ledger_id>/try-again")
def sort_again(ledger_id: int) -> Answer:
    """Have a message opened once more."""
    if _act(ledger_id, visit.doors().messages.sort_again):
        flash("We are opening the message again. Refresh this page in a minute.")
    return _back(ledger_id)


def _act(ledger_id: int, act: MessageAct) -> bool:
    """Whether the act was possible; where it was not, the page says why."""
    _line_or_404(ledger_id)
    try:
        act(visit.database(), ledger_id, person_id=visit.person().id, now=visit.now())
    except RefusedError as problem:
        flash(problem.public_message, "problem")
        return False
    return True


def _back(ledger_id: int) -> Answer:
    return redirect(f"/manage/arrivals/{ledger_id}", 303)


def _line_or_404(ledger_id: int) -> LedgerLine:
    try:
        return load_line(visit.database(), ledger_id)
    except RefusedError:
        return _nothing_here()


def _nothing_here() -> NoReturn:
    visit.not_found()


def _may_be_downloaded(line: LedgerLine, message: StoredMessage | None) -> bool:
    """Only what was opened and looked at: a message that could not be opened may hold anything."""
    if message is None or message.state is not MessageState.SORTED:
        return False
    return line.outcome is not Outcome.QUARANTINED and not is_held(visit.database(), message.sha256)


def _file(part: LedgerLine) -> dict[str, object]:
    """One file of the arrival with the request that it belongs to and why it could not be read."""
    db = visit.database()
    submission = find_submission_of_line(db, part.id)
    trouble = trouble_with(db, submission) if submission else ""
    case = load_case(db, part.case_id) if part.case_id is not None else None
    held = submission is not None and is_held(db, submission.sha256)
    return {
        "view": file_view(part, submission, is_held=held, problem=trouble),
        "size": size_in_words(part.size),
        "reference": case.reference if case else "",
    }
