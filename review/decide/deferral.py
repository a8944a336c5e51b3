"""Requests on hold come back to the queue on their day."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from casework.events import SYSTEM, Event, EventKind
from casework.lifecycle import Status
from casework.working_days import london_day
from store.cases import record
from store.database import transaction


def bring_back_due(db: Database, now: datetime) -> int:
    """Bring every request on hold whose day has come back as due for review; returns how many. Safe to repeat."""
    with transaction(db):
        rows = db.query(
            "SELECT id FROM cases WHERE review_on <= ? AND status = ? ORDER BY review_on, id",
            (london_day(now).isoformat(), Status.DEFERRED.value),
        )
        due = [int(row["id"]) for row in rows]
        for case_id in due:
            record(db, Event(EventKind.REVIEW_DUE, now, SYSTEM, case_id))
    return len(due)
