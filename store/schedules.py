"""Every issue of the Development Schedule that was published, and the counts that a new one is held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import Event, EventKind, Fact
from casework.lifecycle import Status
from store.database import start_of_day, to_moment, to_text
from store.events import record_event


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


def load_waiting_for_release(db: Database) -> list[tuple[str, str]]:
    """(reference, title) of every approved request that is in no release, by reference."""
    rows = db.query(
        "SELECT reference, title FROM cases WHERE status = ? ORDER BY year, number", (Status.APPROVED.value,)
    )
    return [(row["reference"], row["title"]) for row in rows]


def count_received(db: Database, form: str | None, *, before: date | None = None) -> int:
    """How many requests of a form (None: of no form yet) ever came in, or came in before a day: counted by itself,
    so that a list that lost a line does not agree with it."""
    until = start_of_day(before) if before else "~"
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


def record_listed(db: Database, references: Iterable[str], issue: IssueRow, *, label: str, actor: str) -> None:
    """Write into the record of each of these requests that an issue lists it as a coming change.

    Inside the transaction that keeps the issue. `label` is the quarter in the document's words.
    """
    facts: dict[str, Fact] = {"quarter": issue.quarter, "version": issue.version, "label": label}
    for reference in dict.fromkeys(references):
        case_id = db.execute("SELECT id FROM cases WHERE reference = ?", (reference,)).fetchone()[0]
        number = record_event(db, Event(EventKind.SCHEDULED, issue.built_at, actor, case_id, facts=facts))
        # Nothing else in the case's row follows from it, and a schedule may list thousands.
        db.execute("UPDATE cases SET version = ? WHERE id = ?", (number, case_id))


def issue_to_record(issue: IssueRow) -> dict[str, Any]:
    """As it stands in an order, for JSON."""
    return {**asdict(issue), "issued": issue.issued.isoformat(), "built_at": to_text(issue.built_at)}


def issue_from_record(record: Mapping[str, Any]) -> IssueRow:
    """The issue that `issue_to_record` wrote."""
    return _issue_row(record)


def _issue_row(row: Mapping[str, Any]) -> IssueRow:
    values = {each.name: row[each.name] for each in fields(IssueRow)}
    days = {"issued": date.fromisoformat(row["issued"]), "built_at": to_moment(row["built_at"])}
    return IssueRow(**{**values, **days})
