"""The door for accounts: invite, change, suspend, set a password; each is one transaction with its event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SYSTEM, Event, EventKind, Fact, user_actor
from casework.lifecycle import UserRole
from review.access import Permission
from review.decide.act import must_be_allowed
from store.database import transaction
from store.deliveries import drop_words
from store.events import record_event
from store.invitations import Invitation, Purpose, drop_invitations, find_invitation, make_invitation, use_invitation
from store.people import (
    Person,
    add_person,
    change_name,
    change_password_hash,
    change_regions,
    change_roles,
    change_second_factor,
    find_person,
    find_person_by_email,
    load_people,
)
from store.sessions import end_session, end_sessions

Link = tuple[str, datetime]
"""(token, until when it is valid)."""

LINK_LETTER = "account-link"
"""The kind of the message that holds a person's link; its words are for nobody else."""


def invite(
    db: Database,
    by: Person,
    *,
    email: str,
    name: str,
    roles: frozenset[UserRole],
    regions: Iterable[str],
    now: datetime,
) -> tuple[int, Link]:
    """A new account without a password, and the link with which its owner sets one: (account id, link)."""
    must_be_allowed(by, Permission.MANAGE_PEOPLE)
    with transaction(db):
        if find_person_by_email(db, email) is not None:
            raise RefusedError("There is an account with this email address already")
        _check_roles(roles, regions)
        number = add_person(db, email=email, name=name, password_hash="", roles=roles)
        change_regions(db, number, regions if UserRole.REGIONAL_READER in roles else ())
        link = make_invitation(db, number, Purpose.INVITATION, made_by=by.id, now=now)
        _note(db, EventKind.INVITED, number, user_actor(by.id), now, roles=_codes(roles))
    return number, link


def renew_link(db: Database, by: Person, person_id: int, *, now: datetime) -> Link:
    """A new link for somebody who lost theirs or forgot their password; an older one is worth nothing any more."""
    must_be_allowed(by, Permission.MANAGE_PEOPLE)
    with transaction(db):
        person = _person(db, person_id)
        if not person.active:
            raise RefusedError("This account is suspended. Let the person in again first")
        purpose = Purpose.NEW_PASSWORD if person.password_hash else Purpose.INVITATION
        _note(db, EventKind.INVITED, person_id, user_actor(by.id), now, purpose=purpose.value)
        return make_invitation(db, person_id, purpose, made_by=by.id, now=now)


def ask_for_new_password(db: Database, email: str, *, now: datetime) -> tuple[Person, Link] | None:
    """A link for somebody who says that they forgot their password; None where there is no such account."""
    with transaction(db):
        person = find_person_by_email(db, email)
        if person is None or not person.active:
            return None
        purpose = Purpose.NEW_PASSWORD if person.password_hash else Purpose.INVITATION
        _note(db, EventKind.INVITED, person.id, SYSTEM, now, purpose=purpose.value)
        return person, make_invitation(db, person.id, purpose, made_by=None, now=now)


def find_link(db: Database, token: str, now: datetime) -> tuple[Invitation, Person] | None:
    """The link and whose it is, or None where it cannot be used."""
    found = find_invitation(db, token, now)
    person = find_person(db, found.person_id) if found else None
    return (found, person) if found is not None and person is not None and person.active else None


def set_password_by_link(db: Database, token: str, *, name: str, password_hash: str, now: datetime) -> Person:
    """Use a link up: the person's own name and password. Every session of theirs ends."""
    with transaction(db):
        found = find_link(db, token, now)
        if found is None:
            raise RefusedError("This link was used or is too old. Ask an administrator for a new one.")
        _, person = found
        use_invitation(db, token, now)
        drop_words(db, LINK_LETTER, person.email)
        change_name(db, person.id, name)
        change_password_hash(db, person.id, password_hash)
        end_sessions(db, person.id)
        _note(db, EventKind.INVITATION_USED, person.id, user_actor(person.id), now)
        return person


def change_password(db: Database, person: Person, password_hash: str, *, session: str, now: datetime) -> None:
    """A new password of one's own; every other session ends."""
    with transaction(db):
        change_password_hash(db, person.id, password_hash)
        end_sessions(db, person.id, besides=session)
        drop_invitations(db, person.id)
        _note(db, EventKind.PASSWORD_CHANGED, person.id, user_actor(person.id), now)


def change_person(
    db: Database, by: Person, person_id: int, *, roles: frozenset[UserRole], regions: Iterable[str], now: datetime
) -> None:
    """Give somebody other roles or regions; their sessions end."""
    must_be_allowed(by, Permission.MANAGE_PEOPLE)
    with transaction(db):
        person = _person(db, person_id)
        _check_roles(roles, regions)
        stays = UserRole.ADMINISTRATOR in roles
        _keep_administrators(db, by, person, stays=stays)
        regions = sorted(regions) if UserRole.REGIONAL_READER in roles else []
        if roles == person.roles and set(regions) == person.regions:
            return
        change_roles(db, person_id, roles, active=person.active)
        change_regions(db, person_id, regions)
        facts = {"before": _codes(person.roles), "roles": _codes(roles), "regions": " ".join(regions)}
        _note(db, EventKind.ROLES_CHANGED, person_id, user_actor(by.id), now, **facts)


def suspend(db: Database, by: Person, person_id: int, *, now: datetime) -> None:
    """Let somebody in no more; their sessions end and their links are worth nothing."""
    must_be_allowed(by, Permission.MANAGE_PEOPLE)
    with transaction(db):
        person = _person(db, person_id)
        _keep_administrators(db, by, person, stays=False)
        change_roles(db, person_id, person.roles, active=False)
        drop_invitations(db, person_id)
        _note(db, EventKind.SUSPENDED, person_id, user_actor(by.id), now)


def restore(db: Database, by: Person, person_id: int, *, now: datetime) -> None:
    """Let a suspended person in again, with the roles that they had."""
    must_be_allowed(by, Permission.MANAGE_PEOPLE)
    with transaction(db):
        change_roles(db, person_id, _person(db, person_id).roles, active=True)
        _note(db, EventKind.RESTORED, person_id, user_actor(by.id), now)


def set_second_factor(
    db: Database, person: Person, *, secret: str, step: int, recovery_hashes: Iterable[str], now: datetime
) -> None:
    """Turn the second factor on."""
    with transaction(db):
        change_second_factor(db, person.id, secret=secret, step=step, recovery_hashes=recovery_hashes)
        _note(db, EventKind.SECOND_FACTOR_CHANGED, person.id, user_actor(person.id), now, on=True)


def remove_second_factor(db: Database, by: Person, person_id: int, *, now: datetime) -> None:
    """Turn a second factor off: one's own, or as an administrator that of somebody who lost phone and codes."""
    if by.id != person_id:
        must_be_allowed(by, Permission.MANAGE_PEOPLE)
    with transaction(db):
        _person(db, person_id)
        change_second_factor(db, person_id, secret="", step=0, recovery_hashes=())
        if by.id != person_id:
            end_sessions(db, person_id)
        _note(db, EventKind.SECOND_FACTOR_CHANGED, person_id, user_actor(by.id), now, on=False)


def sign_out(db: Database, person: Person, *, session: str, everywhere: bool, now: datetime) -> None:
    """End this session, or all of the person's."""
    with transaction(db):
        if everywhere:
            end_sessions(db, person.id)
        else:
            end_session(db, session)
        _note(db, EventKind.SIGNED_OUT, person.id, user_actor(person.id), now, everywhere=everywhere)


def count_administrators(db: Database) -> int:
    """How many people may decide who signs in."""
    return sum(person.active and UserRole.ADMINISTRATOR in person.roles for person in load_people(db))


def _keep_administrators(db: Database, by: Person, person: Person, *, stays: bool) -> None:
    """Nobody locks the door behind themselves, and two administrators stay where there were two."""
    was = person.active and UserRole.ADMINISTRATOR in person.roles
    if stays or not was:
        return
    if person.id == by.id:
        raise RefusedError("You cannot remove your own administrator role")
    if count_administrators(db) <= 2:
        raise RefusedError("You must have at least 2 administrators. Make somebody else one first")


def _check_roles(roles: frozenset[UserRole], regions: Iterable[str]) -> None:
    if not roles:
        raise RefusedError("Select at least one role, or suspend the account")
    if UserRole.REGIONAL_READER in roles and not list(regions):
        raise RefusedError("Select the regions that the regional reader may read")


def _person(db: Database, person_id: int) -> Person:
    person = find_person(db, person_id)
    if person is None:
        raise RefusedError("There is no such account")
    return person


def _codes(roles: Iterable[UserRole]) -> str:
    return " ".join(sorted(role.value for role in roles))


def _note(db: Database, kind: EventKind, person_id: int, actor: str, now: datetime, **facts: Fact) -> None:
    record_event(db, Event(kind, now, actor, facts={"person": person_id, **facts}))
