"""Who may sign in and what they may do, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.lifecycle import UserRole
from review import visit
from review.access import ROLE_WORDS
from review.pages.layout import Problem
from review.pages.upload import is_address
from store.database import transaction
from store.people import change_roles, find_person, find_person_by_email, load_people

blueprint = Blueprint("people", __name__)


@blueprint.get("/people")
def show() -> str:
    """Everybody with an account."""
    return _page("", "", frozenset(), [])


@blueprint.post("/people")
def add() -> Response | tuple[str, int]:
    """Add an account."""
    form = request.form
    name, email = " ".join(form.get("name", "").split()), form.get("email", "").strip()
    roles = _roles()
    problems = []
    if not name:
        problems.append(Problem("name", "Enter the person’s name"))
    if not is_address(email):
        problems.append(Problem("email", "Enter an email address in the correct format, like name@example.nhs.uk"))
    elif find_person_by_email(visit.database(), email) is not None:
        problems.append(Problem("email", "There is an account with this email address already"))
    if not roles:
        problems.append(Problem("role-reviewer", "Select at least one role"))
    if not problems:
        try:
            visit.doors().add_account(visit.database(), email, name, form.get("password", ""), [*roles])
        except RefusedError as problem:
            problems.append(Problem("password", problem.public_message))
    if problems:
        return _page(name, email, roles, problems), 400
    flash(f"{name} can sign in as {email}.")
    return redirect("/people", 303)


@blueprint.post("/people/<int:person_id>")
def change(person_id: int) -> Response | tuple[str, int]:
    """Change what a person may do, suspend them, or let them in again."""
    db = visit.database()
    person = find_person(db, person_id)
    if person is None:
        visit.not_found()
    roles, active = _roles(), request.form.get("active") == "yes"
    keeps_administrator = active and UserRole.ADMINISTRATOR in roles
    if person.id == visit.person().id and not keeps_administrator:
        return _refuse(person_id, "You cannot remove your own administrator role")
    if active and not roles:
        return _refuse(person_id, "Select at least one role, or suspend the account")
    with transaction(db):
        change_roles(db, person_id, roles or person.roles, active=active)
    flash(f"{person.name}’s account is changed.{'' if active else ' They cannot sign in any more.'}")
    return redirect("/people", 303)


def _refuse(person_id: int, message: str) -> tuple[str, int]:
    return _page("", "", frozenset(), [Problem(f"person-{person_id}", message)]), 400


def _roles() -> frozenset[UserRole]:
    return frozenset(UserRole(role) for role in request.form.getlist("role") if role in set(UserRole))


def _page(name: str, email: str, roles: frozenset[UserRole], problems: list[Problem]) -> str:
    return render_template(
        "people.html",
        people=load_people(visit.database()),
        roles=ROLE_WORDS,
        name=name,
        email=email,
        chosen=roles,
        problems=problems,
        own_id=visit.person().id,
    )
