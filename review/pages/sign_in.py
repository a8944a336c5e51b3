"""Signing in and out: one error for every wrong pair, and a wait after five wrong tries."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Blueprint, flash, redirect, render_template, request, session
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from casework.wording import clock_time
from review import visit
from review.guard import begin_session
from review.pages.layout import Problem
from review.throttle import TRIES, WAIT, Throttle
from store.database import transaction
from store.people import Person, change_password_hash, end_sessions, find_person_by_email, record_sign_in

blueprint = Blueprint("sign_in", __name__)
_WRONG = "The email address or the password is wrong"
_LONGEST_PASSWORD = 500
# Addresses without an account wait just as long, so that the wait does not tell which addresses have one.
_strangers = Throttle()


@blueprint.get("/sign-in")
def show() -> str | Response:
    """The sign-in form."""
    if visit.find_visitor() is not None:
        return redirect(_way_on(), 303)
    return render_template("sign_in.html", email="", problems=[], way_on=_way_on())


@blueprint.post("/sign-in")
def sign_in() -> Response | tuple[str, int]:
    """Sign a person in, or say what is wrong."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    problems = []
    if not email:
        problems.append(Problem("email", "Enter your email address"))
    if not password:
        problems.append(Problem("password", "Enter your password"))
    if not problems:
        person, until = _find(email, password[:_LONGEST_PASSWORD])
        if person is not None:
            begin_session(visit.now())
            login_user(visit.SignedIn(person))
            return redirect(_way_on(), 303)
        wait = f"There were {TRIES} wrong tries. Try again after {clock_time(visit.local(until))}." if until else _WRONG
        problems.append(Problem("email", wait))
    return render_template("sign_in.html", email=email, problems=problems, way_on=_way_on()), 400


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this person's sessions, this one and any copy of its cookie."""
    end_sessions(visit.database(), visit.person().id)
    logout_user()
    session.clear()
    flash("You are signed out.")
    return redirect("/sign-in", 303)


def _find(email: str, password: str) -> tuple[Person | None, datetime | None]:
    """The person with this password, or until when to wait, or neither."""
    db, now = visit.database(), visit.now()
    person = find_person_by_email(db, email)
    if person is None or not person.active:
        until = _strangers.waits_until(email.casefold(), now)
        if until is None:
            _is_right(_nobodys_hash(visit.doors().passwords), password)
            _strangers.note_wrong(email.casefold(), now)
        return None, until
    if person.locked_until is not None and person.locked_until > now:
        return None, person.locked_until
    if _is_right(person.password_hash, password):
        with transaction(db):
            record_sign_in(db, person.id, failed=0, locked_until=None)
            hasher = visit.doors().passwords
            if hasher.check_needs_rehash(person.password_hash):
                change_password_hash(db, person.id, hasher.hash(password))
        return person, None
    failed = (0 if person.locked_until is not None else person.failed_sign_ins) + 1
    with transaction(db):
        record_sign_in(db, person.id, failed=failed, locked_until=now + WAIT if failed >= TRIES else None)
    return None, None


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return visit.doors().passwords.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    """A hash that costs an unknown address as much time as a known one."""
    return hasher.hash("nobody has this password")


def _way_on() -> str:
    """Where the person wanted to go: a path of our own, never another site."""
    wanted = request.values.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours and "\\" not in wanted else "/queue"
