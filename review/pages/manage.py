"""Behind the scenes: everything that arrived, everything that goes out, and who may sign in."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from review import visit
from review.listing import Link
from review.post_view import letter_view
from store.arrivals import count_waiting
from store.deliveries import DeliveryState, count_deliveries, load_deliveries
from store.queries import load_references

blueprint = Blueprint("manage", __name__)

_SHOWN = {
    "waiting": (DeliveryState.WAITING,),
    "trouble": (DeliveryState.FAILED, DeliveryState.BOUNCED),
    "to-copy": (DeliveryState.NOT_SENT,),
}
_NAMES = {"waiting": "Waiting", "trouble": "Could not be delivered", "to-copy": "Not sent by email"}


@blueprint.get("/manage")
def show() -> str:
    """What there is to manage."""
    return render_template(
        "manage.html",
        waiting=count_waiting(visit.database()),
    )


@blueprint.get("/manage/messages")
def outbox() -> str:
    """What was written to requesters, newest first, with the exact words; or only what could not be delivered."""
    db, zone, now = visit.database(), visit.doors().zone, visit.now()
    wanted = request.args.get("show", "")
    letters = load_deliveries(db, states=_SHOWN.get(wanted))
    references = load_references(db, [letter.case_id for letter in letters if letter.case_id is not None])
    counts = count_deliveries(db)
    return render_template(
        "outbox.html",
        messages=[
            (letter_view(letter, zone, now, undoable=None, may_send=False), references.get(letter.case_id or 0, ""))
            for letter in letters
        ],
        tabs=[
            Link(text, f"?show={name}" if name else "/manage/messages", "current" if name == wanted else "", count)
            for name, text, count in (
                ("", "All", sum(counts.values())),
                *((name, _NAMES[name], sum(counts[state] for state in states)) for name, states in _SHOWN.items()),
            )
        ],
    )
