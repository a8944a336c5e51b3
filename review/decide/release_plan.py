"""Changing a release: its date, its state and its note, with a message to everybody whose request is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlite_utils import Database

from casework.events import Event, EventKind, user_actor
from review.access import Permission
from review.decide.act import Act, Letter, keep, must_be_allowed, send_letter
from store.cases import CaseRow, load_case
from store.database import transaction
from store.events import record_event
from store.people import Person
from store.queries import load_release_rows
from store.releases import ReleaseState, load_release
from store.releases import change_release as keep_release


def change_release(
    db: Database,
    person: Person,
    release_id: int,
    *,
    planned: date | None,
    state: ReleaseState,
    note: str,
    reason: str,
    letter: Callable[[CaseRow], Letter],
    now: datetime,
) -> int:
    """Keep the change with its event; where the date moved, tell each request's sender why, and return how many."""
    must_be_allowed(person, Permission.PLAN_RELEASES)
    with transaction(db):
        before = load_release(db, release_id)
        keep_release(db, release_id, planned=planned, state=state, note=note)
        facts = {"release": release_id, "planned": planned.isoformat() if planned else None, "state": state.value}
        record_event(db, Event(EventKind.RELEASE_CHANGED, now, user_actor(person.id), facts={**facts}))
        if before.planned == planned:
            return 0
        rows = load_release_rows(db, release_id)
        for row in rows:
            case = load_case(db, row.id)
            act = Act(case.id, person, case.version, now)
            number = keep(db, act, EventKind.ALLOCATED, facts={"release": release_id}, words={"reason": reason})
            send_letter(db, act, "release", letter(case), number)
        return len(rows)
