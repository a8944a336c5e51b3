"""The pages about the service itself: accessibility, privacy, cookies and help."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template

blueprint = Blueprint("about", __name__)
STATEMENT_REVIEWED = date(2026, 11, 23)
"""When the accessibility statement was last gone through; a test fails when that is over a year ago."""


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("accessibility.html", reviewed=STATEMENT_REVIEWED)


@blueprint.get("/privacy")
def privacy() -> str:
    """What is kept about whom."""
    return render_template("privacy.html")


@blueprint.get("/cookies")
def cookies() -> str:
    """The one cookie."""
    return render_template("cookies.html")


@blueprint.get("/help")
def guidance() -> str:
    """How to use the service."""
    return render_template("help.html")
