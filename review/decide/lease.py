"""Who works on a request: claim it, give it back, take it over from somebody; a claim is a lease that runs out."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.events import EventKind, Fact
from casework.lease import lease_of
from casework.lifecycle import CLOSED, Status
from casework.promise import Calendar
from casework.working_days import london_day
from review.access import Permission, may
from review.decide.act import Act, checked_words, claimed_state, keep, must_be_allowed, must_review, state_now
from store.database import transaction
from store.events import load_events
from store.people import Person


def claim(db: Database, act: Act, *, fresh: bool = False) -> None:
    """Take a case that nobody has; StaleError where somebody was first, or (`fresh`) it changed since it was seen."""
    with transaction(db):
        state = state_now(db, act)
        must_review(act.person)
        if state.claimed_by == act.person.id:
            return
        if state.claimed_by is not None:
            raise StaleError("Somebody else has just claimed this request. You can read it, or take it over.")
        keep(db, act, EventKind.CLAIMED, fresh=fresh)


def assign(db: Database, act: Act, *, to: Person) -> None:
    """Give a case to a colleague, whoever has it; StaleError where it changed since it was seen."""
    with transaction(db):
        state = state_now(db, act)
        must_be_allowed(act.person, Permission.ASSIGN)
        if not may(to, Permission.CLAIM):
            raise RefusedError(f"{to.name} does not review requests. Select somebody who does.")
        if state.claimed_by == to.id:
            raise RefusedError(f"{to.name} has this request already.")
        if state.status in CLOSED or state.status is Status.READING:
            raise RefusedError("A request that is closed or still being read cannot be assigned.")
        keep(db, act, EventKind.ASSIGNED, facts={"to": to.id}, fresh=True)


def release(db: Database, act: Act) -> None:
    """Give a claimed case back to the queue."""
    with transaction(db):
        claimed_state(db, act)
        keep(db, act, EventKind.RELEASED)


def take_over(db: Database, act: Act, *, reason: str, calendar: Calendar) -> None:
    """Take a case from the person who has it, with a reason that is kept.

    A lead may at any time; any reviewer once the claim has run out, counted on `calendar`.
    """
    with transaction(db):
        state = state_now(db, act)
        must_review(act.person)
        lease = lease_of(load_events(db, act.case_id), state, calendar.holidays)
        if lease is None or lease.holder == act.person.id:
            raise RefusedError("Nobody else has this request: claim it instead.")
        if not lease.has_run_out(london_day(act.now)):
            must_be_allowed(act.person, Permission.TAKE_OVER)
        facts: dict[str, Fact] = {"from": lease.holder}
        keep(db, act, EventKind.TAKEN_OVER, facts=facts, words={"reason": checked_words(reason)}, fresh=True)
