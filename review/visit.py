"""What a page may reach while it serves one visit: the doors, the database, the person and the moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import NoReturn, cast

from flask import abort, current_app, g, has_request_context, request
from flask_login import UserMixin, current_user
from sqlite_utils import Database

from casework.errors import RefusedError
from casework.promise import Calendar
from casework.reference import parse_reference
from review.access import Permission, may, may_open
from review.doors import Doors
from store.audit import note_viewing as keep_viewing
from store.cases import CaseRow, load_case_by_reference, load_case_by_token
from store.people import Person
from store.sessions import Session

EXTENSION = "formwright"


class SignedIn(UserMixin):  # type: ignore[misc] # flask-login has no types
    """A signed-in person; the cookie holds the token of a session that the database knows only by its hash."""

    def __init__(self, person: Person, session: Session | None, token: str) -> None:
        self.person = person
        self.session = session
        self._token = token

    def get_id(self) -> str:
        """What the cookie says."""
        return self._token


def doors() -> Doors:
    """The other rooms' doors, with the vocabularies as they count at this visit."""
    rooms = cast(Doors, current_app.extensions[EXTENSION])
    if rooms.words_now is None or not has_request_context():
        return rooms
    if g.get("rooms_of") is not rooms:
        try:
            library = rooms.words_now(rooms.open_database())
        except Exception:  # noqa: BLE001 - without a database the page that says so still needs its words
            return rooms
        g.rooms_of = rooms
        g.rooms = replace(rooms, library=library, as_shipped=rooms.library)
    return cast(Doors, g.rooms)


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


def session() -> Session | None:
    """The session of whoever is signed in."""
    return cast("Session | None", current_user.session) if current_user.is_authenticated else None


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
    note_viewing(case.id)
    return case


def note_viewing(case_id: int) -> None:
    """Keep that the visitor looks at a request's personal data; nothing where it is not shown to them, or on an act."""
    visitor = find_visitor()
    if visitor is not None and request.method == "GET" and may(visitor, Permission.READ_CONTACTS):
        keep_viewing(database(), person_id=visitor.id, case_id=case_id, what=request.endpoint or "", now=now())


def not_found() -> NoReturn:
    """The page that says there is nothing here."""
    abort(404)


def case_by_token_or_404(token: str) -> CaseRow:
    """The case with this private link, or the page that says there is none."""
    try:
        return load_case_by_token(database(), token)
    except RefusedError:
        abort(404)
