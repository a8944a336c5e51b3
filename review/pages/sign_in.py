"""Signing in and out: one error for every wrong pair, a timed wait after wrong tries, a second step where it is set."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, session
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from casework.wording import clock_time
from review import admit, visit
from review.account_link import send_link
from review.kept_form import find_kept_form
from review.known_browser import digest, find_known_browser, key, remember_browser
from review.pages.layout import Problem
from review.sign_on import TRIES, Guess, check_code, check_password, sign_on
from store.database import transaction
from store.people import Person, find_person
from store.tries import take_try

blueprint = Blueprint("sign_in", __name__)
_WRONG = "The email address or the password is wrong"
_HALF = "half"
_HALF_LASTS = timedelta(minutes=5)
_LINKS_IN_A_ROW = 3


@blueprint.get("/sign-in")
def show() -> str | Response:
    """The sign-in form."""
    if visit.find_visitor() is not None:
        return redirect(_way_on(), 303)
    return _form("", [])


@blueprint.post("/sign-in")
def sign_in() -> Response | str | tuple[str, int]:
    """Sign a person in, ask for the second step, or say what is wrong."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    problems = []
    if not email:
        problems.append(Problem("email", "Enter your email address"))
    if not password:
        problems.append(Problem("password", "Enter your password"))
    if not problems:
        answer = check_password(visit.database(), _guess(email), password, visit.now(), visit.doors().passwords)
        if answer.person is not None and answer.person.totp_secret:
            session[_HALF] = [answer.person.id, (visit.now() + _HALF_LASTS).timestamp()]
            return _code_form([])
        if answer.person is not None:
            return _let_in(answer.person)
        problems.append(Problem("email", _wait(answer.wait_until) if answer.wait_until else _WRONG))
    return _form(email, problems), 400


@blueprint.post("/sign-in/code")
def code() -> Response | str | tuple[str, int]:
    """The second step: the code of the person's phone, or one of their recovery codes."""
    number, until = session.get(_HALF) or (0, 0.0)
    person = find_person(visit.database(), int(number)) if float(until) > visit.now().timestamp() else None
    if person is None or not person.active or not person.totp_secret:
        session.pop(_HALF, None)
        return _form("", [Problem("email", "This took too long. Sign in again")]), 400
    given = request.form.get("code", "")[:50]
    if not given.strip():
        return _code_form([Problem("code", "Enter the code")]), 400
    guess = Guess(f"second step of {person.id}", key(), request.remote_addr or "")
    answer = check_code(visit.database(), guess, person, given, visit.now())
    if answer.person is not None:
        return _let_in(person)
    wrong = _wait(answer.wait_until) if answer.wait_until else "The code is wrong, or it was used before"
    return _code_form([Problem("code", wrong)]), 400


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this session: any copy of its cookie is worth nothing."""
    here = visit.session()
    admit.sign_out(
        visit.database(), visit.person(), session=here.name if here else "", everywhere=False, now=visit.now()
    )
    logout_user()
    session.clear()
    flash("You are signed out.")
    return redirect("/sign-in", 303)


@blueprint.get("/forgotten-password")
def forgotten() -> str:
    """Where to ask for a new password."""
    return render_template("forgotten.html", email="", problems=[], sends=_can_send(), is_sent=False)


@blueprint.post("/forgotten-password")
def send_new_password() -> str | tuple[str, int]:
    """Send a link to whoever has an account with this address; the page is the same for everybody."""
    email = request.form.get("email", "").strip()
    if not _can_send() or "@" not in email:
        problems = [Problem("email", "Enter your email address")]
        return render_template("forgotten.html", email=email, problems=problems, sends=_can_send(), is_sent=False), 400
    db, now = visit.database(), visit.now()
    with transaction(db):
        # Nobody's mailbox is filled by a stranger.
        waits = take_try(db, {digest(f"link for {email.casefold()}"): _LINKS_IN_A_ROW}, now)
    found = admit.ask_for_new_password(db, email, now=now) if waits is None else None
    if found is not None:
        person, (token, until) = found
        send_link(person, token, until, is_new=not person.password_hash)
    return render_template("forgotten.html", email=email, problems=[], sends=True, is_sent=True)


def _let_in(person: Person) -> Response | str:
    """Start a session afresh, so that nothing from before the sign-in is carried into it."""
    db, now = visit.database(), visit.now()
    token = sign_on(db, person, browser=request.headers.get("User-Agent", ""), now=now)
    kept = find_kept_form(request.form.get("kept", ""))
    session.clear()
    login_user(visit.SignedIn(person, None, token))
    if kept is None:
        answer = make_response(redirect(_way_on(), 303))
    else:
        answer = make_response(render_template("kept.html", kept=kept))
    remember_browser(answer, person.email)
    return answer


def _guess(email: str) -> Guess:
    """The guess, known as coming from a browser that signed in to this account before where it did."""
    return Guess(email, key(), request.remote_addr or "", find_known_browser(email))


def _can_send() -> bool:
    return visit.doors().sends_mail and bool(visit.doors().address)


def _wait(until: datetime) -> str:
    return f"There were {TRIES} wrong tries. Try again after {clock_time(visit.local(until))}."


def _form(email: str, problems: list[Problem]) -> str:
    kept = request.form.get("kept", "")
    return render_template("sign_in.html", email=email, problems=problems, way_on=_way_on(), kept=kept)


def _code_form(problems: list[Problem]) -> str:
    kept = request.form.get("kept", "")
    return render_template("sign_in_code.html", problems=problems, way_on=_way_on(), kept=kept)


def _way_on() -> str:
    """Where the person wanted to go: a path of our own, never another site."""
    wanted = request.values.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours and "\\" not in wanted else "/queue"
