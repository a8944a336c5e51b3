"""A person's own account: what they may do, their password, their second factor, and where they are signed in."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, session
from flask_login import logout_user
from werkzeug.wrappers import Response

from review import admit, visit
from review.access import PERMISSION_WORDS, ROLE_WORDS, permissions_of
from review.pages.layout import Problem
from review.passwords import find_weakness, is_right
from review.second_factor import app_address, find_step, make_recovery_codes, make_secret, recovery_hash
from store.sessions import load_sessions

blueprint = Blueprint("account", __name__)
_NEW_SECRET = "new-factor"  # noqa: S105 - the name of a place


@blueprint.get("/account")
def show() -> str:
    """The account."""
    return _page([])


@blueprint.get("/account/stay")
def stay() -> Response:
    """Says that somebody is still here: asking for it is enough to stay signed in."""
    return make_response("", 204)


@blueprint.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Change the password; other sessions end."""
    person, here = visit.person(), visit.session()
    old, new = request.form.get("password", ""), request.form.get("new-password", "")
    problems = []
    if not is_right(visit.doors().passwords, person.password_hash, old):
        problems.append(Problem("password", "Enter your present password"))
    weakness = find_weakness(new, email=person.email, name=person.name)
    if weakness:
        problems.append(Problem("new-password", weakness))
    if problems:
        return _page(problems), 400
    admit.change_password(
        visit.database(),
        person,
        visit.doors().passwords.hash(new),
        session=here.name if here else "",
        now=visit.now(),
    )
    flash("Your password is changed. Everywhere else you are signed out.")
    return redirect("/account", 303)


@blueprint.get("/account/second-factor")
def second_factor() -> str | Response:
    """How to set the second factor up; the secret waits in the person's own session until a code proves it."""
    if visit.person().totp_secret:
        return redirect("/account", 303)
    session.setdefault(_NEW_SECRET, make_secret())
    return _factor_page([])


@blueprint.post("/account/second-factor")
def set_second_factor() -> Response | str | tuple[str, int]:
    """Turn the second factor on where the code is right, and show the recovery codes this once."""
    person, secret = visit.person(), str(session.get(_NEW_SECRET, ""))
    if person.totp_secret or not secret:
        return redirect("/account/second-factor" if not person.totp_secret else "/account", 303)
    step = find_step(secret, request.form.get("code", "")[:20], visit.now(), 0)
    if step is None:
        wrong = "The code is wrong. Enter the 6 digits that the app shows now"
        return _factor_page([Problem("code", wrong)]), 400
    codes = make_recovery_codes()
    admit.set_second_factor(
        visit.database(),
        person,
        secret=secret,
        step=step,
        recovery_hashes=[recovery_hash(code) for code in codes],
        now=visit.now(),
    )
    session.pop(_NEW_SECRET)
    return render_template("recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor/remove")
def remove_second_factor() -> Response | tuple[str, int]:
    """Turn one's own second factor off, with the password."""
    person = visit.person()
    if not is_right(visit.doors().passwords, person.password_hash, request.form.get("password", "")):
        return _page([Problem("factor-password", "Enter your present password")]), 400
    admit.remove_second_factor(visit.database(), person, person.id, now=visit.now())
    flash("The second step is turned off.")
    return redirect("/account", 303)


@blueprint.post("/account/sessions")
def sign_out_everywhere() -> Response:
    """End every session, this one too."""
    admit.sign_out(visit.database(), visit.person(), session="", everywhere=True, now=visit.now())
    logout_user()
    session.clear()
    flash("You are signed out everywhere.")
    return redirect("/sign-in", 303)


def _page(problems: list[Problem]) -> str:
    person, here = visit.person(), visit.session()
    allowed = permissions_of(person)
    return render_template(
        "account.html",
        person=person,
        roles=[ROLE_WORDS[role] for role in ROLE_WORDS if role in person.roles],
        permissions=[(words, permission in allowed) for permission, words in PERMISSION_WORDS.items()],
        sessions=[
            (entry, _browser(entry.browser), here is not None and entry.name == here.name)
            for entry in load_sessions(visit.database(), person.id, visit.now())
        ],
        problems=problems,
    )


def _factor_page(problems: list[Problem]) -> str:
    secret = str(session[_NEW_SECRET])
    return render_template(
        "second_factor.html",
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        address=app_address(secret, visit.person().email, visit.doors().service_name),
        problems=problems,
    )


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def _browser(agent: str) -> str:
    """What a browser says of itself, in two words a person knows."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
