"""Who is this: password and second factor, judged slowly enough that guessing is hopeless and says nothing."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from argon2 import PasswordHasher
from sqlite_utils import Database

from casework.events import Event, EventKind, user_actor
from review.passwords import is_right
from review.second_factor import find_step, recovery_hash
from store.database import transaction
from store.events import record_event
from store.people import Person, change_password_hash, change_second_factor, find_person_by_email
from store.sessions import begin_session
from store.tries import clear_tries, give_back_try, take_try

TRIES = 5
_TRIES_OF_AN_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """What somebody offers: the account's address, and where they are.

    `key` is this installation's secret. `browser` names a browser that signed in to this account before, and is empty
    elsewhere: it is counted by itself, so that strangers who guess do not keep the account's owner out.
    """

    email: str
    key: bytes
    address: str
    browser: str = ""

    @property
    def account_bucket(self) -> str:
        """What wrong guesses at this account from this browser, or from all others, are counted against."""
        return self._bucket(f"browser:{self.browser}" if self.browser else f"account:{self.email.strip().casefold()}")

    @property
    def address_bucket(self) -> str:
        """What wrong guesses at any account from this address are counted against; empty on this machine itself."""
        try:
            # A proxy in front that we were not told of: everybody would be counted as one.
            is_here = ip_address(self.address).is_loopback
        except ValueError:
            is_here = True
        return "" if is_here else self._bucket(f"address:{self.address}")

    def _bucket(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """Who it is, or until when to wait, or neither where the guess is wrong."""

    person: Person | None = None
    wait_until: datetime | None = None


def check_password(db: Database, guess: Guess, password: str, now: datetime, hasher: PasswordHasher) -> Answer:
    """The person with this password. Unknown addresses, suspended people and wrong passwords take the same path."""
    until = _take(db, guess, now)
    if until is not None:
        return Answer(wait_until=until)
    person = find_person_by_email(db, guess.email)
    known_hash = person.password_hash if person is not None and person.active else ""
    if not is_right(hasher, known_hash, password) or person is None:
        return Answer()
    with transaction(db):
        _give_back(db, guess)
        if hasher.check_needs_rehash(person.password_hash):
            change_password_hash(db, person.id, hasher.hash(password))
    return Answer(person)


def check_code(db: Database, guess: Guess, person: Person, code: str, now: datetime) -> Answer:
    """Whether this is the code of the person's phone now, or one of their recovery codes; each works once."""
    until = _take(db, guess, now)
    if until is not None:
        return Answer(wait_until=until)
    step = find_step(person.totp_secret, code, now, person.totp_step)
    spent = recovery_hash(code)
    if step is None and spent not in person.recovery_hashes:
        return Answer()
    with transaction(db):
        _give_back(db, guess)
        change_second_factor(
            db,
            person.id,
            secret=person.totp_secret,
            step=step or person.totp_step,
            recovery_hashes=person.recovery_hashes - {spent},
        )
    return Answer(person)


def sign_on(db: Database, person: Person, *, browser: str, now: datetime) -> str:
    """Begin a session with its event; returns the token for the cookie."""
    with transaction(db):
        record_event(db, Event(EventKind.SIGNED_IN, now, user_actor(person.id), facts={"person": person.id}))
        return begin_session(db, person.id, browser=browser, now=now)


def _take(db: Database, guess: Guess, now: datetime) -> datetime | None:
    limits = {guess.account_bucket: TRIES}
    if guess.address_bucket:
        limits[guess.address_bucket] = _TRIES_OF_AN_ADDRESS
    with transaction(db):
        return take_try(db, limits, now)


def _give_back(db: Database, guess: Guess) -> None:
    clear_tries(db, guess.account_bucket)
    if guess.address_bucket:
        give_back_try(db, guess.address_bucket)
