"""Who acts on which case and what they saw of it, and the ground that every act stands on: may they, is it theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.errors import NotAllowedError, RefusedError, StaleError
from casework.events import Event, EventKind, Fact, user_actor
from casework.lifecycle import CLOSED, CaseState, state_of
from casework.promise import Calendar, pauses_of, verdict_of
from review.access import Permission, may
from store.cases import load_case, load_submissions, record
from store.commissions import CommissionKind, commission
from store.deliveries import add_delivery, await_enclosures
from store.events import load_events
from store.messages import load_messages
from store.people import Person

LONGEST_REASON = 4000
GRACE = timedelta(minutes=10)
"""How long a person's message waits before it leaves, so that the act can be taken back."""

Letter = tuple[str, str]
"""(subject, body) of what goes back to the sender through the service request."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts on which case, when, and the version of the case that they saw."""

    case_id: int
    person: Person
    expected_version: int
    now: datetime


def state_now(db: Database, act: Act) -> CaseState:
    """Where the case stands now; RefusedError where there is no such case."""
    load_case(db, act.case_id)
    return state_of(load_events(db, act.case_id))


def claimed_state(db: Database, act: Act) -> CaseState:
    """Where the case stands, for acts that only the person who claimed it may do."""
    must_review(act.person)
    state = state_now(db, act)
    if state.claimed_by != act.person.id:
        raise NotAllowedError("Claim this request first, so that two people do not work on it at once.")
    return state


def must_be_open(state: CaseState) -> None:
    """RefusedError where the case is closed or a schedule lists it: what was published rests on its answers."""
    if state.status in CLOSED:
        raise RefusedError("This request is closed, and its answers stay as they were. Open it again to change them.")
    if state.is_published:
        raise RefusedError(
            f"The Development Schedule for {state.scheduled_in} lists this request, and its answers stay as they were"
            " printed. Open the request again to change them."
        )


def unshared_state(db: Database, act: Act) -> CaseState:
    """For acts that need no claim: only nobody else may be working on the case, nor have changed it meanwhile."""
    must_review(act.person)
    state = state_now(db, act)
    if state.claimed_by not in (None, act.person.id):
        raise RefusedError("A colleague is reviewing this request. Ask them, or take it over first.")
    if state.version != act.expected_version:
        raise StaleError("Somebody else changed this request while you were looking at it. Read it again first.")
    return state


def must_review(person: Person) -> None:
    """NotAllowedError where this person may only read."""
    must_be_allowed(person, Permission.CLAIM)


def must_be_allowed(person: Person, permission: Permission) -> None:
    """NotAllowedError, naming who may, where this person's roles do not allow it."""
    if not may(person, permission):
        raise NotAllowedError(_NOT_ALLOWED.get(permission, _ONLY_READ))


_ONLY_READ = "You may read requests, but not change them. Ask an administrator for the reviewer role."
_NOT_ALLOWED = {
    Permission.TAKE_OVER: "Only a lead may take over a request whose claim still runs. Ask one, or your colleague.",
    Permission.ALLOCATE: "You may not put requests into releases. Ask an administrator for the publisher role.",
}


def verdict_facts(db: Database, act: Act, state: CaseState, calendar: Calendar) -> dict[str, Fact]:
    """How the promise to acknowledge ends with this act, with the calendar that it was counted on."""
    if state.received_at is None:
        return {}
    pauses = pauses_of(load_events(db, act.case_id))
    return verdict_of(state.received_at, pauses, act.now, calendar).facts()


def checked_words(text: str, what: str = "a reason") -> str:
    """The words as they are kept; RefusedError where there are none or too many."""
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise RefusedError(f"Enter {what}.")
    if len(cleaned) > LONGEST_REASON:
        raise RefusedError(f"Enter {what} of at most {LONGEST_REASON} characters.")
    return cleaned


def keep(
    db: Database,
    act: Act,
    kind: EventKind,
    *,
    facts: dict[str, Fact] | None = None,
    words: dict[str, str] | None = None,
    reason_code: str | None = None,
    fresh: bool = False,
) -> int:
    """Write this person's event; `fresh` refuses with StaleError where the case has changed since they saw it."""
    event = Event(kind, act.now, user_actor(act.person.id), act.case_id, reason_code, facts or {}, words or {})
    return record(db, event, expected_version=act.expected_version if fresh else None)


def recipient_of(db: Database, case_id: int) -> str:
    """Whom messages of a case go to: whoever sent the newest file of it; empty where nobody gave an address."""
    return next((found.sender for found in reversed(load_submissions(db, case_id)) if found.sender), "")


def send_letter(
    db: Database,
    act: Act,
    kind: str,
    letter: Letter,
    event_number: int,
    order: str = "",
    *,
    at_once: bool = False,
) -> None:
    """Owe the letter of an act to the sender, after the time in which it may be undone unless at once.

    `order` is the hash of an order for the files that go with it: until they are made, it does not leave.
    """
    subject, body = letter
    heard = [message.message_id for message in load_messages(db, act.case_id) if message.message_id]
    key = f"{kind}-e{event_number}"
    add_delivery(
        db,
        delivery_key=key,
        case_id=act.case_id,
        kind=kind,
        recipient=recipient_of(db, act.case_id),
        subject=subject,
        body=body,
        in_reply_to=heard[-1] if heard else "",
        now=act.now,
        event_number=event_number,
        not_before=act.now if at_once else act.now + GRACE,
    )
    if order:
        subject = str(await_enclosures(db, key))
        commission(db, CommissionKind.ENCLOSURES, subject, sha256=order, person_id=act.person.id, now=act.now)
