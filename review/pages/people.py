"""Who may sign in and what they may do, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError
from casework.lifecycle import UserRole
from review import admit, visit
from review.access import PERMISSION_WORDS, PERMISSIONS, ROLE_WORDS, permissions_of
from review.account_link import link_address, send_link
from review.pages.layout import Problem
from review.pages.upload import is_address
from store.invitations import find_open_invitation
from store.people import Person, find_person, find_person_by_email, load_people
from store.sessions import load_sessions

blueprint = Blueprint("people", __name__)


@blueprint.get("/people")
def show() -> str:
    """Everybody with an account, and what each role may do."""
    db = visit.database()
    return render_template(
        "people.html",
        people=[(person, _standing(person)) for person in load_people(db)],
        roles=ROLE_WORDS,
        table=[
            (words, [permission in PERMISSIONS[role] for role in ROLE_WORDS])
            for permission, words in PERMISSION_WORDS.items()
        ],
        own_id=visit.person().id,
        is_alone=admit.count_administrators(db) < 2,
    )


@blueprint.get("/people/invite")
def invite() -> str:
    """The form that invites somebody."""
    return _invite_page([])


@blueprint.post("/people/invite")
def send_invitation() -> Response | str | tuple[str, int]:
    """Invite somebody: the link goes out by email, or is shown this once."""
    name, email = " ".join(request.form.get("name", "").split())[:100], request.form.get("email", "").strip()
    db, now = visit.database(), visit.now()
    problems = []
    if not name:
        problems.append(Problem("name", "Enter the person’s name"))
    if not is_address(email):
        problems.append(Problem("email", "Enter an email address in the correct format, like name@example.nhs.uk"))
    elif find_person_by_email(db, email) is not None:
        problems.append(Problem("email", "There is an account with this email address already"))
    problems += _role_problems()
    if problems:
        return _invite_page(problems), 400
    number, link = admit.invite(db, visit.person(), email=email, name=name, roles=_roles(), regions=_regions(), now=now)
    return _hand_over(number, link)


@blueprint.get("/people/<int:person_id>")
def person(person_id: int) -> str:
    """One account."""
    return _person_page(_person(person_id), [])


@blueprint.post("/people/<int:person_id>")
def change(person_id: int) -> Response | tuple[str, int]:
    """Change what a person may do."""
    found = _person(person_id)
    problems = _role_problems()
    if not problems:
        try:
            admit.change_person(
                visit.database(), visit.person(), person_id, roles=_roles(), regions=_regions(), now=visit.now()
            )
        except RefusedError as problem:
            problems = [Problem("role-administrator", problem.public_message)]
    if problems:
        return _person_page(found, problems), 400
    flash(f"{found.name}’s roles are changed. Where they were signed in, they must sign in again.")
    return redirect(f"/people/{person_id}", 303)


@blueprint.post("/people/<int:person_id>/access")
def change_access(person_id: int) -> Response | tuple[str, int]:
    """Suspend a person, or let them in again."""
    found, db, now = _person(person_id), visit.database(), visit.now()
    try:
        if request.form.get("active") == "yes":
            admit.restore(db, visit.person(), person_id, now=now)
            flash(f"{found.name} can sign in again.")
        else:
            admit.suspend(db, visit.person(), person_id, now=now)
            flash(f"{found.name} cannot sign in any more.")
    except RefusedError as problem:
        return _person_page(found, [Problem("access", problem.public_message)]), 400
    return redirect(f"/people/{person_id}", 303)


@blueprint.post("/people/<int:person_id>/link")
def send_new_link(person_id: int) -> Response | str | tuple[str, int]:
    """Give a person a new link with which to set a password."""
    found = _person(person_id)
    try:
        link = admit.renew_link(visit.database(), visit.person(), person_id, now=visit.now())
    except RefusedError as problem:
        return _person_page(found, [Problem("link", problem.public_message)]), 400
    return _hand_over(person_id, link)


@blueprint.post("/people/<int:person_id>/second-factor")
def reset_second_factor(person_id: int) -> Response:
    """Turn the second step off for somebody who lost their phone and their codes."""
    found = _person(person_id)
    admit.remove_second_factor(visit.database(), visit.person(), person_id, now=visit.now())
    flash(f"{found.name} signs in with the password alone until they set up a new second step.")
    return redirect(f"/people/{person_id}", 303)


def _hand_over(person_id: int, link: admit.Link) -> Response | str:
    """Send the link, or show it to whoever made it this once."""
    found, (token, until) = _person(person_id), link
    if send_link(found, token, until, is_new=not found.password_hash):
        flash(f"We send {found.name} a link to {found.email}.")
        return redirect(f"/people/{person_id}", 303)
    return render_template("account_link.html", person=found, link=link_address(token), until=until)


def _person(person_id: int) -> Person:
    found = find_person(visit.database(), person_id)
    if found is None:
        visit.not_found()
    return found


def _roles() -> frozenset[UserRole]:
    return frozenset(UserRole(role) for role in request.form.getlist("role") if role in set(UserRole))


def _regions() -> list[str]:
    known = {term.key for term in visit.doors().library.vocabulary("regions").terms}
    return sorted(known & set(request.form.getlist("region")))


def _role_problems() -> list[Problem]:
    if not _roles():
        return [Problem("role-reviewer", "Select at least one role")]
    if UserRole.REGIONAL_READER in _roles() and not _regions():
        return [Problem("region", "Select the regions that the regional reader may read")]
    return []


def _standing(person: Person) -> str:
    """Whether and since when somebody signs in, in words."""
    db, now = visit.database(), visit.now()
    if not person.active:
        return "Suspended"
    if not person.password_hash:
        until = find_open_invitation(db, person.id, now)
        return "Invited" if until else "Invitation ended"
    return ""


def _invite_page(problems: list[Problem]) -> str:
    return render_template(
        "invite.html",
        roles=ROLE_WORDS,
        regions=visit.doors().library.vocabulary("regions").terms,
        name=request.form.get("name", ""),
        email=request.form.get("email", ""),
        chosen=_roles(),
        chosen_regions=set(request.form.getlist("region")),
        problems=problems,
    )


def _person_page(person: Person, problems: list[Problem]) -> str:
    has_sent = request.method == "POST" and request.endpoint == "people.change"
    allowed = permissions_of(person)
    return render_template(
        "person.html",
        person=person,
        standing=_standing(person),
        roles=ROLE_WORDS,
        regions=visit.doors().library.vocabulary("regions").terms,
        chosen=_roles() if has_sent else person.roles,
        chosen_regions=set(request.form.getlist("region")) if has_sent else person.regions,
        permissions=[(words, permission in allowed) for permission, words in PERMISSION_WORDS.items()],
        session_count=len(load_sessions(visit.database(), person.id, visit.now())),
        is_own=person.id == visit.person().id,
        problems=problems,
    )
