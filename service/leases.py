"""Minds claims: reminds holders who have done nothing for days, and gives requests back when a claim runs out."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime

from sqlite_utils import Database

from casework.events import SYSTEM, Event, EventKind
from casework.lease import LEASE_DAYS, REMIND_AFTER, Lease, is_to_be_reminded, lease_of
from casework.lifecycle import state_of
from casework.wording import counted, day_and_date
from casework.working_days import LONDON, is_working_day
from service.reminders import FIRST_HOUR, CalendarOf
from store.cases import CaseRow, load_claimed, record
from store.database import transaction
from store.deliveries import add_delivery
from store.events import load_events
from store.people import find_person

RUN_OUT = "run-out"
"""The fact of a release that nobody made: the claim had run out."""


def mind_claims(db: Database, *, calendar_of: CalendarOf, address: str, now: datetime) -> tuple[int, int]:
    """Remind holders and give back what has run out, on working mornings; (reminders written, claims ended).

    Doing it again writes nothing: a silence is told of once, and a claim ends once. `address` is the service's own.
    """
    here = now.astimezone(LONDON)
    today = here.date()
    if here.hour < FIRST_HOUR or not is_working_day(today, calendar_of("", today.year).holidays):
        return 0, 0
    reminded = ended = 0
    for claimed in load_claimed(db):
        holidays = calendar_of(claimed.region, today.year).holidays
        if _due(_lease(db, claimed, holidays), today, holidays) is None:
            continue
        with transaction(db):
            # Looked at again where nobody else can write: its holder may have come back just now.
            lease = _due(_lease(db, claimed, holidays), today, holidays)
            if lease is None:
                continue
            if lease.has_run_out(today):
                _end(db, claimed, lease, address=address, now=now)
                ended += 1
            else:
                reminded += _remind(db, claimed, lease, today, address=address, now=now)
    return reminded, ended


def _lease(db: Database, case: CaseRow, holidays: AbstractSet[date]) -> Lease | None:
    events = load_events(db, case.id)
    return lease_of(events, state_of(events), holidays)


def _due(lease: Lease | None, today: date, holidays: AbstractSet[date]) -> Lease | None:
    """The lease where its holder is to be told something."""
    if lease is None or not (lease.has_run_out(today) or is_to_be_reminded(lease, today, holidays)):
        return None
    return lease


def _remind(db: Database, case: CaseRow, lease: Lease, today: date, *, address: str, now: datetime) -> bool:
    ends = day_and_date(lease.ends_on or today)
    return _write(
        db,
        case,
        lease,
        kind="claim-reminder",
        subject=f"{case.reference} waits for you",
        body=(
            f"You claimed {case.reference}, {case.title or 'title not given'}, and have done nothing about it for"
            f" {counted(REMIND_AFTER, 'working day')} or more.\n\nYour claim ends after {ends}. Work on the request, or"
            f" release it so that a colleague can claim it.\n\n{address}/requests/{case.reference}\n"
        ),
        now=now,
    )


def _end(db: Database, case: CaseRow, lease: Lease, *, address: str, now: datetime) -> None:
    record(db, Event(EventKind.RELEASED, now, SYSTEM, case.id, facts={"why": RUN_OUT, "from": lease.holder}))
    _write(
        db,
        case,
        lease,
        kind="claim-ended",
        subject=f"Your claim of {case.reference} has ended",
        body=(
            f"Nobody worked on {case.reference}, {case.title or 'title not given'}, for"
            f" {counted(LEASE_DAYS, 'working day')}, so it is back in the queue. Nothing that you saved is lost. Claim"
            f" it again if you want to go on.\n\n{address}/requests/{case.reference}\n"
        ),
        now=now,
    )


def _write(db: Database, case: CaseRow, lease: Lease, *, kind: str, subject: str, body: str, now: datetime) -> bool:
    """Once for each silence: the key names the case, the holder and the last act. It belongs to no case's messages."""
    holder = find_person(db, lease.holder)
    if holder is None or not holder.active:
        return False
    return add_delivery(
        db,
        delivery_key=f"{kind}-{case.id}-{lease.holder}-{lease.last_act.isoformat()}",
        case_id=None,
        kind=kind,
        recipient=holder.email,
        subject=subject,
        body=body,
        is_automatic=True,
        now=now,
    )
