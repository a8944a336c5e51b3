"""What a page may reach while it serves one visit: the doors, the database, the person and the moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import NoReturn, cast

from flask import abort, current_app, request
from flask_login import UserMixin, current_user
from sqlite_utils import Database

from casework.errors import RefusedError
from casework.promise import Calendar
from casework.reference import parse_reference
from review.access import may_open
from review.doors import Doors
from store.cases import CaseRow, load_case_by_reference, load_case_by_token
from store.people import Person

EXTENSION = "formwright"


class SignedIn(UserMixin):  # type: ignore[misc] # flask-login has no types
    """A signed-in person; the session names the account and its key, so changing the key ends every session."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the session cookie says: account id and session key."""
        return session_name(self.person)


def session_name(person: Person) -> str:
    """The account id and its session key in one text."""
    return f"{person.id}:{person.session_key}"


def doors() -> Doors:
    """The other rooms' doors."""
    return cast(Doors, current_app.extensions[EXTENSION])


def database() -> Database:
    """This thread's connection."""
    return doors().open_database()


def now() -> datetime:
    """This moment."""
    return doors().now()


def today() -> date:
    """Today in London."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """A moment as the clock on the wall shows it."""
    return moment.astimezone(doors().zone)


def holidays(region: str = "") -> frozenset[date]:
    """The bank holidays around today where an organisation is; this installation's where its region is not known."""
    return calendar(region).holidays


def calendar(region: str = "") -> Calendar:
    """The calendar that promises to an organisation in this region are counted on."""
    return doors().calendar(today().year, region)


def find_visitor() -> Person | None:
    """Who is signed in, or None."""
    return cast(Person, current_user.person) if current_user.is_authenticated else None


def person() -> Person:
    """Who is signed in; the access rules let nobody else come this far."""
    found = find_visitor()
    if found is None:
        abort(403)
    return found


def case_or_404(reference: str) -> CaseRow:
    """The case with this reference in any spelling, or the page that says there is none.

    A case that the visitor may not do this to is not there for them either.
    """
    try:
        case = load_case_by_reference(database(), parse_reference(reference) or reference)
    except RefusedError:
        abort(404)
    if not may_open(request.endpoint, find_visitor(), case):
        abort(404)
    return case


def not_found() -> NoReturn:
    """The page that says there is nothing here."""
    abort(404)


def case_by_token_or_404(token: str) -> CaseRow:
    """The case with this private link, or the page that says there is none."""
    try:
        return load_case_by_token(database(), token)
    except RefusedError:
        abort(404)
