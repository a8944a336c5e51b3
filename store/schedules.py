"""What the Development Schedule is made from, and every issue of it that was published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.lifecycle import Status, state_of
from casework.working_days import LONDON, london_day
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
    """One issue of a quarter's schedule: the hashes of its files and of its template, and what it was made from.

    `content_hash` stands for what it says apart from its version. `record` is the whole Schedule value as JSON, `pages`
    the page of each heading as JSON; both are empty for an issue of the time before they were kept. A file that was not
    made has no hash.
    """

    id: int
    quarter: str
    issued: date
    version: str
    content_hash: str
    sha256: str
    built_at: datetime
    note: str
    record: str = ""
    pages: str = ""
    template_sha256: str = ""
    html_sha256: str = ""
    csv_sha256: str = ""
    pdf_sha256: str = ""
    code: str = ""
    published_by: int | None = None

    @property
    def files(self) -> dict[str, str]:
        """The SHA-256 of each file by its ending, in the order that people are offered them."""
        named = {"docx": self.sha256, "pdf": self.pdf_sha256, "html": self.html_sha256, "csv": self.csv_sha256}
        return {ending: digest for ending, digest in named.items() if digest}


def load_schedule_rows(db: Database, since: date) -> list[ScheduleRow]:
    """Every request received on or after `since`, and every approved one of any time, in order of reference."""
    # An approved request waits for its release as long as it takes.
    rows = db.query(
        "SELECT cases.*, releases.name AS release_name, releases.planned AS release_planned FROM cases"
        " LEFT JOIN releases ON releases.id = cases.release_id"
        " WHERE cases.created_at >= ? OR cases.release_id IS NOT NULL OR cases.status IN (?, ?)"
        " ORDER BY cases.year, cases.number",
        (_start_of(since), Status.APPROVED.value, Status.ALLOCATED.value),
    )
    return [_schedule_row(db, row) for row in rows]


def load_waiting_for_release(db: Database) -> list[tuple[str, str]]:
    """(reference, title) of every approved request that is in no release, by reference."""
    rows = db.query(
        "SELECT reference, title FROM cases WHERE status = ? ORDER BY year, number", (Status.APPROVED.value,)
    )
    return [(row["reference"], row["title"]) for row in rows]


def count_received(db: Database, form: str | None, *, before: date | None = None) -> int:
    """How many requests of a form (None: of no form yet) ever came in, or came in before a day: counted by itself,
    so that a list that lost a line does not agree with it."""
    until = _start_of(before) if before else "~"
    return int(db.execute("SELECT count(*) FROM cases WHERE form IS ? AND created_at < ?", (form, until)).fetchone()[0])


def load_issues(db: Database, quarter: str | None = None) -> list[IssueRow]:
    """The issues of one quarter (or of all), oldest first."""
    where, values = ("WHERE quarter = ?", (quarter,)) if quarter is not None else ("", ())
    rows = db.query(f"SELECT * FROM schedules {where} ORDER BY quarter, id", values)  # noqa: S608 - no outside text
    return [_issue_row(row) for row in rows]


def load_issue(db: Database, issue_id: int) -> IssueRow:
    """The issue with this id; RefusedError where there is none."""
    row = next(db.query("SELECT * FROM schedules WHERE id = ?", (issue_id,)), None)
    if row is None:
        raise RefusedError(f"There is no issue {issue_id} of the schedule. `formwright schedule list` names them.")
    return _issue_row(row)


def add_issue(db: Database, issue: IssueRow) -> int:
    """Keep that this issue was published, inside the open transaction; returns its id, whatever `issue.id` says."""
    db.execute(
        "INSERT INTO schedules (quarter, issued, version, content_hash, sha256, built_at, note, record, pages,"
        " template_sha256, html_sha256, csv_sha256, pdf_sha256, code, published_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            issue.quarter,
            issue.issued.isoformat(),
            issue.version,
            issue.content_hash,
            issue.sha256,
            to_text(issue.built_at),
            issue.note,
            issue.record,
            issue.pages,
            issue.template_sha256,
            issue.html_sha256,
            issue.csv_sha256,
            issue.pdf_sha256,
            issue.code,
            issue.published_by,
        ),
    )
    return int(db.execute("SELECT last_insert_rowid()").fetchone()[0])


def _start_of(day: date) -> str:
    return to_text(datetime.combine(day, time(), LONDON))


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
    values = {each.name: row[each.name] for each in fields(IssueRow)}
    days = {"issued": date.fromisoformat(row["issued"]), "built_at": to_moment(row["built_at"])}
    return IssueRow(**{**values, **days})
