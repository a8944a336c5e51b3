"""The pages about the service itself: accessibility, privacy, cookies and help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, render_template

from review.known_browser import KNOWN_FOR, cookie_name
from store.sessions import IDLE, LONGEST

blueprint = Blueprint("about", __name__)
STATEMENT_PREPARED = date(2026, 11, 23)
STATEMENT_REVIEWED = date(2026, 12, 1)
"""When the accessibility statement was last gone through; a test fails when that is over a year ago."""
LAST_TESTED = date(2026, 12, 1)


@dataclass(frozen=True, slots=True)
class Failure:
    """What does not meet the guidelines: in short, in whole, by which criterion, and what we do about it."""

    what: str
    detail: str
    criterion: str
    plan: str


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie that the service sets."""

    name: str
    purpose: str
    stays: str


FAILURES = (
    Failure(
        "the sign-in of staff ends after a working day, and cannot be made longer",
        f"People who sign in are signed out {int(LONGEST.total_seconds()) // 3600} hours after they signed in,"
        " however busy they are.",
        "2.2.1 (timing adjustable)",
        "It keeps requesters’ details safe. What was typed is kept, and comes back after the next sign-in.",
    ),
)


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template(
        "accessibility.html",
        failures=FAILURES,
        prepared=STATEMENT_PREPARED,
        reviewed=STATEMENT_REVIEWED,
        tested=LAST_TESTED,
    )


@blueprint.get("/privacy")
def privacy() -> str:
    """What is kept about whom."""
    return render_template("privacy.html")


@blueprint.get("/cookies")
def cookies() -> str:
    """Every cookie that the service sets."""
    return render_template("cookies.html", cookies=known_cookies(current_app.config["SESSION_COOKIE_NAME"]))


@blueprint.get("/help")
def guidance() -> str:
    """How to use the service."""
    return render_template("help.html")


def known_cookies(session_name: str) -> tuple[Cookie, ...]:
    """What the cookies page says; a test compares it with what responses really set."""
    minutes = int(IDLE.total_seconds()) // 60
    return (
        Cookie(
            session_name,
            "Keeps forms safe while you fill them in, so that no other website can send them in your name;"
            " keeps staff signed in",
            f"Until you close the browser; staff are signed out after {minutes} minutes without a click",
        ),
        Cookie(
            cookie_name(),
            "Says that a member of staff has signed in from this browser before, so that somebody else who guesses at"
            " their password cannot keep them out",
            f"{KNOWN_FOR.days} days; only staff get it",
        ),
    )
