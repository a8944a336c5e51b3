"""Staff accounts: one for each address, and sessions that end when an account gets new values."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from casework.lifecycle import UserRole
from store.database import transaction
from store.people import add_person, find_person, find_person_by_email, load_people, load_secret
from store.sessions import begin_session, find_session


def test_an_account_is_found_whatever_the_case_of_its_address(db: Database) -> None:
    with transaction(db):
        number = add_person(
            db, email=" Ann.Lee@Example.nhs.uk ", name="Ann Lee", password_hash="h", roles=[UserRole.REVIEWER]
        )
    person = find_person_by_email(db, "ann.lee@example.NHS.uk")
    assert person is not None
    assert person == find_person(db, number)
    assert (person.name, person.roles, person.active) == ("Ann Lee", frozenset({UserRole.REVIEWER}), True)
    assert find_person_by_email(db, "nobody@example.nhs.uk") is None


def test_adding_an_address_again_gives_it_new_values_and_ends_its_sessions(db: Database, now: datetime) -> None:
    with transaction(db):
        number = add_person(db, email="a@example.nhs.uk", name="A", password_hash="h", roles=[UserRole.REVIEWER])
        token = begin_session(db, number, browser="", now=now)
    with transaction(db):
        again = add_person(db, email="A@example.nhs.uk", name="B", password_hash="i", roles=[UserRole.APPROVER])
    after = find_person(db, number)
    assert after is not None
    assert again == number
    assert (after.name, after.password_hash, after.roles) == ("B", "i", frozenset({UserRole.APPROVER}))
    assert find_session(db, token, now) is None
    assert [person.name for person in load_people(db)] == ["B"]


def test_a_secret_is_made_once_for_each_name(db: Database) -> None:
    first = load_secret(db, "sessions")
    assert len(first) == 64
    assert load_secret(db, "sessions") == first
    assert load_secret(db, "links") != first
