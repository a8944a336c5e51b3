"""What every page's frame shows: service name, menu, who is signed in, and the macros' small needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from casework.wording import brief_date, clock_time, long_date
from review import visit
from review.access import Permission, may, may_open
from review.assets import Assets
from review.guard import is_reviewer
from review.presenters import channel_name, moment_in_words, size_in_words

_STAFF_MENU = (
    (
        "Review queue",
        "/queue",
        ("queue", "together", "case", "history", "claim", "work", "decision", "similar", "assessment", "returned"),
    ),
    ("All requests", "/requests", ()),
    ("Releases", "/releases", ("releases",)),
    ("Development Schedule", "/schedule", ("schedule", "schedule_issue")),
    ("Reports", "/reports", ("reports",)),
    (
        "Manage service",
        "/manage",
        ("manage", "rules", "arrivals", "people", "advice", "templates", "circulation", "audit", "vocabularies"),
    ),
)
_SENDER_MENU = (
    ("Send a request", "/", ("start", "upload", "draft")),
    ("Track a request", "/track", ("track",)),
    ("Development Schedules", "/development-schedule", ("published",)),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, and what to do: shown in the summary at the top and beside the field."""

    field: str
    message: str


def _time_left() -> dict[str, object]:
    """When the session ends if nothing more is done, on the clock and in seconds; nothing where nobody is signed in."""
    session = visit.session()
    if session is None:
        return {"signed_out_at": "", "signed_out_in": 0}
    ends = session.ends_at(visit.now())
    left = int((ends - visit.now()).total_seconds())
    return {"signed_out_at": clock_time(visit.local(ends)), "signed_out_in": left}


def opens(address: str) -> bool:
    """Whether the visitor may open the page at this path: what they may not open is not offered to them."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(address, method="GET")
    except HTTPException:
        return False
    return may_open(endpoint, visit.find_visitor())


def _is_here(href: str, blueprints: tuple[str, ...]) -> bool:
    """Whether a page belongs to an entry of the menu; all requests are the queue's other page."""
    if request.endpoint == "queue.everything":
        return href == "/requests"
    return (request.blueprint or "") in blueprints


def page_facts() -> dict[str, Any]:
    """What the frame and the macros need on every page."""
    assets: Assets = current_app.extensions["assets"]
    visitor = visit.find_visitor()
    menu = [entry for entry in (_STAFF_MENU if visitor is not None else _SENDER_MENU) if opens(entry[1])]
    return {
        "assetPath": "/static/nhsuk",
        "cspNonce": g.get("nonce", ""),
        "asset": assets.address,
        "service_name": visit.doors().service_name,
        "mailbox": visit.doors().mailbox,
        "visitor": visitor,
        "may_review": is_reviewer(),
        **_time_left(),
        "opens": opens,
        "may": lambda name: may(visitor, Permission(name)),
        "menu": [
            {"text": text, "href": href, "current": _is_here(href, blueprints)} for text, href, blueprints in menu
        ],
        "limit_mb": visit.doors().upload_limit // 1_000_000,
        "in_words": lambda moment: moment_in_words(moment, visit.doors().zone),
        "clock": lambda moment: clock_time(visit.local(moment)),
        "channel_words": lambda channel: channel_name(channel).lower(),
        "long_date": long_date,
        "brief": lambda day: brief_date(day, visit.today()),
        "brief_day_of": lambda moment: brief_date(visit.local(moment).date(), visit.today()),
        "size_in_words": size_in_words,
        "day_of": lambda moment: long_date(visit.local(moment).date()),
    }
