"""The rooms' doors with this installation's settings, clock and forms handed in, for the pages and the commands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from sqlite_utils import Database

from casework.errors import CaseworkError, RefusedError
from casework.lifecycle import UserRole
from casework.model import Arrival, Receipt
from casework.promise import Calendar
from casework.working_days import ACKNOWLEDGE_WITHIN, LONDON, add_working_days, london_day
from intake.conversation import same_person
from intake.receive import READ, PostRules, ReceiptText, drop_old_drafts, receive, receive_message
from outputs.answers import (
    build_known_before_answer,
    build_no_form_answer,
    build_short_receipt,
    build_too_large_answer,
)
from outputs.receipt import build_receipt
from review.decide import bring_back_due
from service import sorting
from service.calendars import bank_holidays, calendar_of
from service.clock import read_clock
from service.embedded import redis_address
from service.leases import mind_claims
from service.library import load_library
from service.mail_login import Keychain, load_mail_secrets
from service.post import DRAFTS, OUTBOX, POST, READING, REMINDERS, SORTING, Errand, PostRoom, State, mailbox_subject
from service.queue import connect
from service.reminders import remind
from service.sandbox import protection
from service.settings import Settings
from service.templates import worded
from service.watches import in_words, watch_lines
from store.cases import load_case, load_case_by_reference
from store.database import open_database, transaction
from store.ledger import Outcome, count_by_outcome, load_line
from store.people import add_person
from store.work import WorkState, count_by_state, load_work

_SHORTEST_PASSWORD = 12
_LONGEST_WAIT = timedelta(minutes=5)


def shared_database(settings: Settings) -> Database:
    """This installation's database, made on first use in a folder that only this account may open."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_database(settings.database)


def receive_arrival(settings: Settings, db: Database, arrival: Arrival, hand_in_key: str | None = None) -> Receipt:
    """`intake.receive` with the settings, clock and receipt wording of this installation."""
    return receive(
        arrival,
        db=db,
        originals=settings.originals,
        now=read_clock(),
        limit_bytes=settings.upload_limit,
        receipt_text=receipt_wording(settings, db),
        hand_in_key=hand_in_key,
    )


def receipt_wording(settings: Settings, db: Database) -> ReceiptText:
    """How this installation words the automatic receipt, with the private link where it knows its own address."""

    def link(reference: str) -> str:
        if not settings.address:
            return ""
        return f"{settings.address}/track/{load_case_by_reference(db, reference).token}"

    def receipt_text(reference: str, name: str, received: datetime) -> tuple[str, str]:
        return worded("receipt", build_receipt, lambda: db)(
            reference=reference,
            file_name=name,
            received=received.astimezone(LONDON),
            acknowledge_by=acknowledge_by(settings, received),
            link=link(reference),
        )

    return receipt_text


def post_rules(settings: Settings, db: Database, own_addresses: Iterable[str] = ()) -> PostRules:
    """How this installation answers messages."""
    return PostRules(
        receipt=receipt_wording(settings, db),
        short_receipt=lambda reference, received: build_short_receipt(
            reference=reference, received=received.astimezone(LONDON)
        ),
        no_form=lambda subject, trouble: build_no_form_answer(subject=subject, trouble=trouble),
        too_large=lambda subject: build_too_large_answer(subject=subject, limit_bytes=settings.message_limit),
        known_before=lambda reference, name: build_known_before_answer(reference=reference, file_name=name),
        same_person=same_person,
        own_addresses=frozenset(address.casefold() for address in own_addresses),
    )


def sort_arrived(settings: Settings, db: Database, own_addresses: Iterable[str] = ()) -> int:
    """Sort every message that waits; returns how many were. UnavailableError while the virus scanner is away."""
    rules = post_rules(settings, db, own_addresses)
    return sorting.sort_arrived(settings, db, library=load_library(), rules=rules, now=read_clock)


def receive_saved_mail(settings: Settings, db: Database, raw: bytes) -> str:
    """Take in a message that was saved to a file, as if it had come to a mailbox; says what became of it."""
    kept = receive_message(
        raw,
        mailbox="folder",
        db=db,
        originals=settings.originals,
        now=read_clock(),
        limit_bytes=settings.message_limit,
    )
    if not kept.is_new:
        return f"This message is in the ledger already, as line {kept.ledger_id}."
    sort_arrived(settings, db)
    line = load_line(db, kept.ledger_id)
    case = f" Its reference is {load_case(db, line.case_id).reference}." if line.case_id is not None else ""
    return f"Kept as line {line.id} of the ledger.{case}{f' {line.note}.' if line.note else ''}"


def acknowledge_by(settings: Settings, received: datetime) -> date:
    """The fifth working day after receipt, on this installation's calendar and London's days."""
    day = london_day(received)
    return add_working_days(day, ACKNOWLEDGE_WITHIN, bank_holidays(settings.calendar, day.year))


def add_account(db: Database, email: str, name: str, password: str, roles: Iterable[str]) -> int:
    """An account with its password hashed by argon2; RefusedError where the password is too short."""
    if len(password) < _SHORTEST_PASSWORD:
        raise RefusedError(f"The password must have at least {_SHORTEST_PASSWORD} characters.")
    hashed = PasswordHasher().hash(password)
    with transaction(db):
        return add_person(db, email=email, name=name, password_hash=hashed, roles=[UserRole(role) for role in roles])


def health_lines(settings: Settings, db: Database) -> tuple[bool, list[str]]:
    """Whether all is well, and a line each for what arrived, what is owed, Redis, and what holds a hostile file."""
    outcomes, work = count_by_outcome(db), count_by_state(db, READ)
    reading = _reading(db)
    cases = next(iter(db.query("SELECT count(*) AS n FROM cases")))["n"]
    agree = outcomes[Outcome.CASE] == cases
    try:
        redis_up = connect(redis_address(settings)).is_up()
    except CaseworkError:
        redis_up = False
    lines = [
        f"Arrivals: {sum(outcomes.values())}, of which cases {cases}",
        f"Readings: {work[WorkState.DONE]} done, {work[WorkState.OWED] + work[WorkState.LEASED]} to do,"
        f" {work[WorkState.FAILED]} need a person",
        f"Redis: {'answers' if redis_up else 'does not answer'}",
        protection().words,
    ]
    subjects = [POST, SORTING, OUTBOX, *map(mailbox_subject, settings.mail.mailboxes)]
    watched = watch_lines(db, subjects, read_clock())
    post_is_well = all(is_well for is_well, _ in watched)
    return agree and redis_up and reading.is_well and post_is_well, [*lines, *(line for _, line in watched)]


def open_post_room(settings: Settings) -> PostRoom:
    """The post room of this installation; SettingError where an account's password or secret is missing."""
    mail = settings.mail
    keychain = Keychain(load_mail_secrets(mail.secrets) if mail.secrets else {})
    users = [mailbox.user for mailbox in mail.mailboxes] + ([mail.relay.user] if mail.relay else [])
    for user in filter(None, users):
        keychain.check(user)
    db = shared_database(settings)
    return PostRoom(
        settings=settings,
        db=db,
        now=read_clock,
        keychain=keychain,
        sort=lambda: sort_arrived(settings, db, mail.own_addresses),
        duties=(
            Errand(READING, timedelta(minutes=1), lambda: _reading(db)),
            Errand(REMINDERS, timedelta(minutes=1), lambda: _remind(settings, db)),
            Errand(DRAFTS, timedelta(hours=1), lambda: _drop_old_drafts(db)),
        ),
    )


def _remind(settings: Settings, db: Database) -> State:
    def calendar(region: str, year: int) -> Calendar:
        return calendar_of(region, year, settings.calendar)

    now = read_clock()
    bring_back_due(db, now)
    remind(db, calendar_of=calendar, address=settings.address, now=now)
    mind_claims(db, calendar_of=calendar, address=settings.address, now=now)
    return State()


def _drop_old_drafts(db: Database) -> State:
    drop_old_drafts(db, read_clock())
    return State()


def _reading(db: Database) -> State:
    """Whether forms are read in time: nothing waits longer than the promise says."""
    waiting = load_work(db, WorkState.OWED, stage=READ, limit=1) + load_work(db, WorkState.LEASED, stage=READ, limit=1)
    oldest = min((entry.owed_since for entry in waiting), default=None)
    if oldest is None or read_clock() - oldest <= _LONGEST_WAIT:
        return State()
    return State(False, f"The oldest form has waited since {in_words(oldest)}.")
