"""What the Development Schedule is made from, and every issue of it that was built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import BUSINESS_JUSTIFICATION, state_of
from casework.working_days import london_day
from store.cases import corrected_values, load_newest_readings, values_of
from store.database import to_moment, to_text
from store.events import load_events


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


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue of a quarter's schedule. `content_hash` stands for the record it was made from."""

    id: int
    quarter: str
    issued: date
    version: str
    content_hash: str
    sha256: str
    built_at: datetime
    note: str


def load_schedule_rows(db: Database) -> list[ScheduleRow]:
    """Every business justification, and every other request that has a release, in order of reference."""
    rows = db.query(
        "SELECT cases.*, releases.name AS release_name, releases.planned AS release_planned FROM cases"
        " LEFT JOIN releases ON releases.id = cases.release_id"
        " WHERE cases.form = ? OR cases.release_id IS NOT NULL ORDER BY cases.year, cases.number",
        (BUSINESS_JUSTIFICATION,),
    )
    return [_schedule_row(db, row) for row in rows]


def load_issues(db: Database, quarter: str | None = None) -> list[IssueRow]:
    """The issues of one quarter (or of all), oldest first."""
    where, values = ("WHERE quarter = ?", (quarter,)) if quarter is not None else ("", ())
    rows = db.query(f"SELECT * FROM schedules {where} ORDER BY quarter, id", values)  # noqa: S608 - no outside text
    return [_issue_row(row) for row in rows]


def add_issue(
    db: Database,
    *,
    quarter: str,
    issued: date,
    version: str,
    content_hash: str,
    sha256: str,
    note: str,
    now: datetime,
) -> None:
    """Keep that this issue was built, inside the open transaction."""
    db.execute(
        "INSERT INTO schedules (quarter, issued, version, content_hash, sha256, built_at, note)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (quarter, issued.isoformat(), version, content_hash, sha256, to_text(now), note),
    )


def _schedule_row(db: Database, row: Mapping[str, Any]) -> ScheduleRow:
    events = load_events(db, row["id"])
    state = state_of(events)
    last = next((event for event in events if event.number == state.decision_event), None)
    return ScheduleRow(
        case_id=row["id"],
        reference=row["reference"],
        form=row["form"],
        received_on=london_day(to_moment(row["created_at"])),
        status=row["status"],
        values=values_of(load_newest_readings(db, row["id"]), corrected_values(state, events)),
        decided_on=london_day(to_moment(row["decided_at"])) if row["decided_at"] else None,
        reason=last.words.get("reason", "") if last else "",
        release=row["release_name"],
        release_planned=date.fromisoformat(row["release_planned"]) if row["release_planned"] else None,
    )


def _issue_row(row: Mapping[str, Any]) -> IssueRow:
    return IssueRow(
        id=row["id"],
        quarter=row["quarter"],
        issued=date.fromisoformat(row["issued"]),
        version=row["version"],
        content_hash=row["content_hash"],
        sha256=row["sha256"],
        built_at=to_moment(row["built_at"]),
        note=row["note"],
    )
