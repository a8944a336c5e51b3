"""Behind the scenes: everything that arrived, everything that goes out, and who may sign in."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from casework.lifecycle import UserRole
from review import visit
from review.presenters import channel_name, size_in_words
from store.deliveries import load_deliveries
from store.ledger import Outcome, count_by_outcome, load_lines
from store.queries import load_references

blueprint = Blueprint("manage", __name__)
_PER_PAGE = 50
_OUTCOMES = {
    Outcome.WAITING: ("Waiting to be opened", "blue"),
    Outcome.SORTED: ("Message opened", "white"),
    Outcome.CASE: ("Became a request", "green"),
    Outcome.ROUND: ("New version of a request", "green"),
    Outcome.SUPPORTING: ("Supporting document", "aqua-green"),
    Outcome.REPLY: ("Reply", "aqua-green"),
    Outcome.DRAFT: ("Not sent yet", "white"),
    Outcome.DUPLICATE: ("Same file as before", "grey"),
    Outcome.IGNORED: ("Nothing to do", "grey"),
    Outcome.BOUNCE: ("Message of ours came back", "orange"),
    Outcome.REFUSED: ("Refused", "red"),
    Outcome.QUARANTINED: ("Held: it may have a virus", "red"),
    Outcome.NO_FORM: ("No form in it", "yellow"),
    Outcome.TO_CONFIRM: ("Sender to be confirmed", "yellow"),
    Outcome.FAILED: ("Could not be opened", "red"),
}


@blueprint.get("/manage")
def show() -> str:
    """What there is to manage."""
    return render_template("manage.html", is_administrator=UserRole.ADMINISTRATOR in visit.person().roles)


@blueprint.get("/manage/arrivals")
def arrivals() -> str:
    """One line for everything that ever arrived, newest first."""
    db = visit.database()
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else 1
    lines = load_lines(db, limit=_PER_PAGE + 1, offset=(page - 1) * _PER_PAGE)
    references = load_references(db, [line.case_id for line in lines if line.case_id is not None])
    counts = count_by_outcome(db)
    return render_template(
        "arrivals.html",
        lines=[
            {
                "line": line,
                "size": size_in_words(line.size),
                "route": channel_name(line.channel),
                "reference": references.get(line.case_id or 0, ""),
                "outcome": _OUTCOMES[line.outcome],
            }
            for line in lines[:_PER_PAGE]
        ],
        counts=[(_OUTCOMES[outcome][0], count) for outcome, count in counts.items() if count],
        total=sum(counts.values()),
        page=page,
        has_more=len(lines) > _PER_PAGE,
    )


@blueprint.get("/manage/messages")
def outbox() -> str:
    """What was written to requesters, newest first, with the exact words."""
    db = visit.database()
    messages = load_deliveries(db)
    references = load_references(db, [message.case_id for message in messages if message.case_id is not None])
    return render_template("outbox.html", messages=messages, references=references)
