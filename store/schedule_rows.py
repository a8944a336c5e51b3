"""What the Development Schedule is made from: thousands of requests, their answers and decisions, in few queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from casework.events import Event
from casework.lifecycle import Status, state_of
from casework.working_days import london_day
from store.cases import FileRole, corrected_values, values_of
from store.database import start_of_day, to_moment
from store.events import load_events_of

# Requests read at a time: few queries, and never the records of all of them in memory at once.
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One case as the schedule sees it, before wording: canonical values, the release's name, the published reason."""

    case_id: int
    reference: str
    form: str | None
    received_on: date
    status: str
    values: dict[str, str]
    decided_on: date | None
    reason: str
    release: str | None
    release_planned: date | None
    review_on: date | None = None


def load_schedule_rows(db: Database, since: date) -> list[ScheduleRow]:
    """Every request received on or after `since`, and every approved one of any time, in order of reference."""
    # An approved request waits for its release as long as it takes.
    rows = list(
        db.query(
            "SELECT cases.id, reference, form, created_at, status, decided_at, releases.name AS release_name,"
            " releases.planned AS release_planned FROM cases LEFT JOIN releases ON releases.id = cases.release_id"
            " WHERE cases.created_at >= ? OR cases.release_id IS NOT NULL OR cases.status IN (?, ?)"
            " ORDER BY cases.year, cases.number",
            (start_of_day(since), Status.APPROVED.value, Status.ALLOCATED.value),
        )
    )
    parts = (rows[start : start + _AT_A_TIME] for start in range(0, len(rows), _AT_A_TIME))
    return [made for part in parts for made in _schedule_rows(db, part)]


def _schedule_rows(db: Database, rows: Sequence[Mapping[str, Any]]) -> Iterator[ScheduleRow]:
    ids = [row["id"] for row in rows]
    events = load_events_of(db, ids)
    records = _newest_records(db, ids)
    for row in rows:
        yield _schedule_row(row, events.get(row["id"], []), records.get(row["id"]))


def _newest_records(db: Database, ids: Sequence[int]) -> dict[int, str]:
    """By case, the reading record (JSON) of its newest form that has been read."""
    marks = ", ".join("?" * len(ids))
    rows = db.execute(
        f"""
        SELECT submissions.case_id, readings.record
        FROM submissions JOIN readings ON readings.submission_id = submissions.id
        WHERE submissions.role = ? AND submissions.case_id IN ({marks})
        ORDER BY submissions.round, submissions.part
        """,  # noqa: S608 - marks
        (FileRole.FORM.value, *ids),
    )
    # Later ones stand in the place of earlier ones.
    return dict(rows)


def _schedule_row(row: Mapping[str, Any], events: list[Event], record: str | None) -> ScheduleRow:
    state = state_of(events)
    last = next((event for event in events if event.number == state.decision_event), None)
    readings = json.loads(record)["readings"] if record else []
    return ScheduleRow(
        case_id=row["id"],
        reference=row["reference"],
        form=row["form"],
        received_on=london_day(to_moment(row["created_at"])),
        status=row["status"],
        values=values_of(readings, corrected_values(state, events)),
        decided_on=london_day(to_moment(row["decided_at"])) if row["decided_at"] else None,
        reason=last.words.get("reason", "") if last else "",
        release=row["release_name"],
        release_planned=date.fromisoformat(row["release_planned"]) if row["release_planned"] else None,
        review_on=state.review_on,
    )
