"""The page behind a private link with which a person sets their own name and password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from review import admit, visit
from review.pages.layout import Problem
from review.passwords import find_weakness
from store.invitations import Purpose

blueprint = Blueprint("invitation", __name__)


@blueprint.get("/invitation/<token>")
def show(token: str) -> str | tuple[str, int]:
    """The form, or what to do where the link cannot be used any more."""
    return _page(token, None, [])


@blueprint.post("/invitation/<token>")
def accept(token: str) -> Response | str | tuple[str, int]:
    """Set name and password; the link is used up."""
    found = admit.find_link(visit.database(), token, visit.now())
    if found is None:
        return _page(token, None, [])
    _, person = found
    name, password = " ".join(request.form.get("name", "").split())[:100], request.form.get("password", "")
    problems = [] if name else [Problem("name", "Enter your name")]
    weakness = find_weakness(password, email=person.email, name=name or person.name)
    problems += [Problem("password", weakness)] if weakness else []
    if problems:
        page = _page(token, name, problems)
        return page if isinstance(page, tuple) else (page, 400)
    password_hash = visit.doors().passwords.hash(password)
    admit.set_password_by_link(visit.database(), token, name=name, password_hash=password_hash, now=visit.now())
    flash("Your password is set. Sign in with it.")
    return redirect("/sign-in", 303)


def _page(token: str, name: str | None, problems: list[Problem]) -> str | tuple[str, int]:
    found = admit.find_link(visit.database(), token, visit.now())
    if found is None:
        return render_template("invitation_over.html"), 404
    link, person = found
    return render_template(
        "invitation.html",
        token_in_address=token,
        name=person.name if name is None else name,
        email=person.email,
        is_new=link.purpose is Purpose.INVITATION,
        problems=problems,
    )
