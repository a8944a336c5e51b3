"""Cases, their submissions and readings: each change writes its event and the case's row in one transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.events import SYSTEM, Event, EventKind
from casework.figures import figures_of
from casework.lifecycle import CaseState, Status, state_of
from casework.model import Severity, finding_key, is_among
from casework.promise import pauses_of, pauses_to_text
from casework.reference import make_reference
from casework.working_days import london_day
from store.database import to_moment, to_text
from store.events import load_events, record_event
from store.figures import keep_figures
from store.promises import keep_due_day
from store.rechecks import find_recheck
from store.search import index_case


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the database keeps it; everything after `token` is derived from events and readings."""

    id: int
    reference: str
    token: str
    created_at: datetime
    status: str
    version: int
    form: str | None
    title: str
    organisation: str
    region: str
    functional_area: str
    sr_number: str
    date_raised: str | None
    claimed_by: int | None


@dataclass(frozen=True, slots=True)
class Submission:
    """One file of one round of a case, with the hash of its original.

    `part` counts the files of a round from 1; `role` says what the file is for the case; `form_index` (from 1) names
    the one form of several in it; `given_sha256` what the sender typed beside it.
    """

    id: int
    case_id: int
    ledger_id: int
    round: int
    part: int
    role: str
    form_index: int | None
    given_sha256: str | None
    sha256: str
    name: str
    channel: str
    sender: str
    received_at: datetime


class FileRole(StrEnum):
    """What a file is for its case; `unsorted` until all files that came together are read."""

    FORM = "form"
    SUPPORTING = "supporting"
    UNSORTED = "unsorted"


class LinkKind(StrEnum):
    """How one case knows another."""

    CAME_WITH = "came-with"
    FOLLOWS = "follows"
    CLAIMS = "claims"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A case that another knows: which, and how."""

    kind: LinkKind
    other_id: int
    reference: str
    status: str
    title: str


def open_case(db: Database, now: datetime) -> tuple[int, str]:
    """A new case with the next reference number of the year, inside the open transaction: (id, reference)."""
    year = now.year
    last = db.execute("SELECT coalesce(max(number), 0) FROM cases WHERE year = ?", (year,)).fetchone()[0]
    reference = make_reference(year, last + 1)
    cursor = db.execute(
        "INSERT INTO cases (reference, year, number, token, created_at, status) VALUES (?, ?, ?, ?, ?, 'reading')",
        (reference, year, last + 1, secrets.token_urlsafe(24), to_text(now)),
    )
    return int(cursor.lastrowid or 0), reference


def next_round(db: Database, case_id: int) -> int:
    """The number of the round that a case has not had yet."""
    return (
        int(db.execute("SELECT coalesce(max(round), 0) FROM submissions WHERE case_id = ?", (case_id,)).fetchone()[0])
        + 1
    )


def add_submission(
    db: Database,
    *,
    case_id: int,
    ledger_id: int,
    sha256: str,
    name: str,
    channel: str,
    sender: str,
    now: datetime,
    round_number: int | None = None,
    role: FileRole = FileRole.FORM,
    form_index: int | None = None,
    given_sha256: str | None = None,
) -> int:
    """One file of a round of a case (the next round where none is named), inside the open transaction; its id."""
    round_number = round_number or next_round(db, case_id)
    cursor = db.execute(
        "INSERT INTO submissions (case_id, ledger_id, round, part, role, form_index, given_sha256, sha256, name,"
        " channel, sender, received_at) VALUES (:case_id, :ledger_id, :round,"
        " (SELECT coalesce(max(part), 0) + 1 FROM submissions WHERE case_id = :case_id AND round = :round),"
        " :role, :form_index, :given, :sha256, :name, :channel, :sender, :now)",
        {
            "case_id": case_id,
            "ledger_id": ledger_id,
            "round": round_number,
            "role": role.value,
            "form_index": form_index,
            "given": given_sha256,
            "sha256": sha256,
            "name": name,
            "channel": channel,
            "sender": sender,
            "now": to_text(now),
        },
    )
    return int(cursor.lastrowid or 0)


def set_role(db: Database, submission_id: int, role: FileRole) -> None:
    """Say what a file is for its case."""
    db.execute("UPDATE submissions SET role = ? WHERE id = ?", (role.value, submission_id))


def set_form_index(db: Database, submission_id: int, index: int) -> None:
    """Say which one of several forms in its file a submission stands for."""
    db.execute("UPDATE submissions SET form_index = ? WHERE id = ?", (index, submission_id))


def keep_reading(db: Database, submission_id: int, attempt: str, record_text: str, now: datetime) -> None:
    """Write a submission's reading without an event, in place of one that it had; see `commit_reading`."""
    forget_reading(db, submission_id)
    db.execute(
        "INSERT INTO readings (submission_id, attempt, committed_at, record) VALUES (?, ?, ?, ?)",
        (submission_id, attempt, to_text(now), record_text),
    )


def move_submission(db: Database, submission_id: int, *, case_id: int, round_number: int, role: FileRole) -> None:
    """Put a file, with its reading and its ledger line, into a round of another case, inside the open transaction."""
    db.execute(
        "UPDATE submissions SET case_id = :case_id, round = :round, role = :role, part ="
        " (SELECT coalesce(max(part), 0) + 1 FROM submissions WHERE case_id = :case_id AND round = :round)"
        " WHERE id = :id",
        {"case_id": case_id, "round": round_number, "role": role.value, "id": submission_id},
    )
    db.execute(
        "UPDATE ledger SET case_id = ? WHERE id = (SELECT ledger_id FROM submissions WHERE id = ?)",
        (case_id, submission_id),
    )


def link_cases(db: Database, case_id: int, other_id: int, kind: LinkKind, now: datetime) -> None:
    """Let a case know another, inside the open transaction; once for each kind."""
    db.execute(
        "INSERT OR IGNORE INTO case_links (case_id, other_id, kind, made_at) VALUES (?, ?, ?, ?)",
        (case_id, other_id, kind.value, to_text(now)),
    )


def unlink_cases(db: Database, case_id: int, other_id: int, kind: LinkKind) -> None:
    """Forget that a case knows another in this way."""
    db.execute(
        "DELETE FROM case_links WHERE case_id = ? AND other_id = ? AND kind = ?", (case_id, other_id, kind.value)
    )


def load_links(db: Database, case_id: int) -> list[CaseLink]:
    """The cases that a case knows, in the order of their references."""
    rows = db.query(
        "SELECT case_links.kind, cases.id, cases.reference, cases.status, cases.title FROM case_links"
        " JOIN cases ON cases.id = case_links.other_id WHERE case_links.case_id = ? ORDER BY cases.id",
        (case_id,),
    )
    return [CaseLink(LinkKind(row["kind"]), row["id"], row["reference"], row["status"], row["title"]) for row in rows]


def load_claims(db: Database, case_id: int) -> list[str]:
    """The references of cases that say they belong to this one, and nobody has said whether they do."""
    rows = db.query(
        "SELECT cases.reference FROM case_links JOIN cases ON cases.id = case_links.case_id"
        " WHERE case_links.other_id = ? AND case_links.kind = ? ORDER BY cases.id",
        (case_id, LinkKind.CLAIMS.value),
    )
    return [row["reference"] for row in rows]


def record(db: Database, event: Event, *, expected_version: int | None = None) -> int:
    """Append a case's event and bring the case's row up to date, inside the open transaction.

    With `expected_version` (the version the person saw) it raises StaleError where something happened since.
    """
    if event.case_id is None:
        raise ValueError("the event belongs to no case")
    if expected_version is not None:
        version = load_case(db, event.case_id).version
        if version != expected_version:
            raise StaleError("Somebody else changed this request while you were looking at it. Read it again first.")
    number = record_event(db, event)
    refresh_case(db, event.case_id)
    return number


def refresh_case(db: Database, case_id: int) -> CaseState:
    """Write what the case's events add up to into its row and into the index, and return it."""
    events = load_events(db, case_id)
    state = state_of(events)
    readings = load_newest_readings(db, case_id)
    pauses = pauses_of(events)
    facts = _shown_facts(db, case_id, state, readings)
    db.execute(
        "UPDATE cases SET status = :status, version = :version, form = :form, claimed_by = :claimed_by,"
        " claimed_at = :claimed_at, acknowledged_at = :acknowledged_at, decision = :decision,"
        " decided_at = :decided_at, release_id = :release_id, title = :title, organisation = :organisation,"
        " region = :region, functional_area = :functional_area, sr_number = :sr_number, date_raised = :date_raised,"
        " blockers = :blockers, queries = :queries, advice = :advice, pauses = :pauses, heard_at = :heard_at,"
        " review_on = :review_on"
        " WHERE id = :id",
        {
            "id": case_id,
            "status": state.shown_status.value,
            "version": state.version,
            "form": state.form,
            "claimed_by": state.claimed_by,
            "claimed_at": to_text(state.claimed_at) if state.claimed_at else None,
            "acknowledged_at": to_text(state.acknowledged_at) if state.acknowledged_at else None,
            "decision": state.decision.value if state.decision else None,
            "decided_at": to_text(state.decided_at) if state.decided_at else None,
            "release_id": state.release,
            "pauses": pauses_to_text(pauses),
            "heard_at": to_text(state.heard_at) if state.heard_at else None,
            "review_on": state.review_on.isoformat() if state.review_on and state.status is Status.DEFERRED else None,
            **facts,
        },
    )
    figures = figures_of(
        state,
        pauses=pauses,
        organisation=facts["organisation"],
        region=facts["region"],
        areas=facts["functional_area"],
        findings=[finding["rule"] for finding in readings[0].get("findings") or []] if readings else [],
    )
    keep_figures(db, case_id, london_day(state.received_at or load_case(db, case_id).created_at), figures)
    keep_due_day(db, case_id, state, received=load_case(db, case_id).created_at, pauses=pauses, region=facts["region"])
    index_case(db, case_id)
    return state


def commit_reading(db: Database, *, submission_id: int, attempt: str, record_text: str, now: datetime) -> bool:
    """Store a submission's reading once, inside the open transaction; False where it has one already (a no-op).

    `record_text` is JSON: {"readings": [reading record, ...]}. The first reading is the case's. A reading that a
    person asked for again takes the place of the one before.
    """
    submission = load_submission(db, submission_id)
    if _is_asked_again(load_events(db, submission.case_id), submission_id):
        forget_reading(db, submission_id)
    cursor = db.execute(
        "INSERT OR IGNORE INTO readings (submission_id, attempt, committed_at, record) VALUES (?, ?, ?, ?)",
        (submission_id, attempt, to_text(now), record_text),
    )
    if cursor.rowcount == 0:
        return False
    reading = json.loads(record_text)["readings"][0]
    problem = reading.get("problem") or {}
    # What a file is for the case is not known before the others that came with it are read.
    kind = EventKind.FILE_READ if submission.role == FileRole.UNSORTED else EventKind.FORM_READ
    facts: dict[str, str | int | bool | None] = {
        "submission": submission_id,
        "attempt": attempt,
        "form": reading.get("form"),
        "problem": problem.get("code"),
        "findings": len(reading.get("findings") or []),
    }
    record(db, Event(kind, now, SYSTEM, submission.case_id, facts=facts))
    return True


def load_case(db: Database, case_id: int) -> CaseRow:
    """The case with this id; RefusedError where there is none."""
    return _case(db, "id", case_id)


def load_case_by_reference(db: Database, reference: str) -> CaseRow:
    """The case with this reference; RefusedError where there is none."""
    return _case(db, "reference", reference)


def load_case_by_token(db: Database, token: str) -> CaseRow:
    """The case with this private link token; RefusedError where there is none."""
    return _case(db, "token", token)


def load_claimed(db: Database) -> list[CaseRow]:
    """Every case that somebody has claimed, oldest first."""
    return [_case_row(row) for row in db.query("SELECT * FROM cases WHERE claimed_by IS NOT NULL ORDER BY id")]


def load_submission(db: Database, submission_id: int) -> Submission:
    """The submission with this id; RefusedError where there is none."""
    found = next(db.query("SELECT * FROM submissions WHERE id = ?", (submission_id,)), None)
    if found is None:
        raise RefusedError("There is no such form.")
    return _submission(found)


def find_submission_of_line(db: Database, ledger_id: int) -> Submission | None:
    """The submission of a ledger line, or None."""
    row = next(db.query("SELECT * FROM submissions WHERE ledger_id = ?", (ledger_id,)), None)
    return _submission(row) if row else None


def load_submissions(db: Database, case_id: int) -> list[Submission]:
    """All files of a case, first round first, in the order in which they came."""
    return [
        _submission(row)
        for row in db.query("SELECT * FROM submissions WHERE case_id = ? ORDER BY round, part", (case_id,))
    ]


def find_reading_record(db: Database, submission_id: int) -> list[dict[str, Any]] | None:
    """The stored reading records of a submission, or None where it has not been read."""
    row = next(db.query("SELECT record FROM readings WHERE submission_id = ?", (submission_id,)), None)
    if row is None:
        return None
    readings: list[dict[str, Any]] = json.loads(row["record"])["readings"]
    return readings


def load_forms(db: Database, case_id: int) -> list[Submission]:
    """The form of each round of a case, first round first; a file that came with it is none."""
    return [submission for submission in load_submissions(db, case_id) if submission.role == FileRole.FORM]


def load_newest_readings(db: Database, case_id: int) -> list[dict[str, Any]]:
    """The reading records of a case's newest form that has been read; empty where none has."""
    return next(
        (found for form in reversed(load_forms(db, case_id)) if (found := find_reading_record(db, form.id))), []
    )


def forget_reading(db: Database, submission_id: int) -> None:
    """Drop a submission's reading so that it may be read again; the event of the old one stays."""
    db.execute("DELETE FROM readings WHERE submission_id = ?", (submission_id,))


def find_case_with_original(db: Database, sha256: str) -> CaseRow | None:
    """The newest case that arrived with exactly these bytes, or None."""
    row = next(db.query("SELECT case_id FROM submissions WHERE sha256 = ? ORDER BY id DESC LIMIT 1", (sha256,)), None)
    return load_case(db, row["case_id"]) if row else None


def _is_asked_again(events: list[Event], submission_id: int) -> bool:
    """Whether a person asked for another reading of the submission since it was read last."""
    kinds = [
        event.kind
        for event in events
        if event.kind in (EventKind.FORM_READ, EventKind.READING_ASKED)
        and event.fact("submission") == str(submission_id)
    ]
    return bool(kinds) and kinds[-1] is EventKind.READING_ASKED


def corrected_values(state: CaseState, events: list[Event]) -> dict[str, str]:
    """People's values of the present form, by field: those that its case's state still counts."""
    words = {event.number: event.words.get("value", "") for event in events}
    return {field: words.get(correction.event_number, "") for field, correction in state.corrections.items()}


def values_of(readings: list[dict[str, Any]], corrected: Mapping[str, str]) -> dict[str, str]:
    """A case's values on one line each, choices joined by a space: as read, with people's corrections before them."""
    values = {answer["field"]: _text(answer["value"]) for answer in (readings[0]["answers"] if readings else [])}
    return values | {field: _text(value) for field, value in corrected.items()}


def _shown_facts(db: Database, case_id: int, state: CaseState, readings: list[dict[str, Any]]) -> dict[str, Any]:
    """Title, organisation and the like: from the newest reading, with people's corrections before it."""
    reading: Mapping[str, Any] = readings[0] if readings else {}
    events = load_events(db, case_id) if state.corrections else []
    values = values_of(readings, corrected_values(state, events))
    open_findings = _open_findings(db, reading, state)
    count = {
        severity: sum(finding["severity"] == severity for finding in open_findings)
        for severity in ("blocker", "query", "advice")
    }
    title = next((title for key in ("title", "role_name", "competence_name") if (title := values.get(key))), "")
    return {
        "title": title or _name_of_file(db, case_id),
        "organisation": values.get("organisation", ""),
        "region": values.get("region", ""),
        "functional_area": values.get("functional_area", ""),
        "sr_number": values.get("sr_number", ""),
        "date_raised": values.get("date_raised") or None,
        "blockers": count["blocker"],
        "queries": count["query"],
        "advice": count["advice"],
    }


def load_open_blockers(db: Database, case_id: int, state: CaseState) -> tuple[str, ...]:
    """A case's blockers, by rule and field, that nobody put right, accepted or overrode, in the order of the checks."""
    readings = load_newest_readings(db, case_id)
    found = _open_findings(db, readings[0] if readings else {}, state)
    blockers = (
        finding_key(finding["rule"], finding.get("field"))
        for finding in found
        if finding["severity"] == Severity.BLOCKER
        and not is_among(state.overridden, finding["rule"], finding.get("field"))
    )
    return tuple(dict.fromkeys(blockers))


def _open_findings(db: Database, reading: Mapping[str, Any], state: CaseState) -> list[dict[str, Any]]:
    """The findings that nobody put right or accepted; after a correction, what the checks found with it."""
    again = find_recheck(db, state)
    return [
        finding
        for finding in (again or reading).get("findings") or []
        if not is_among(state.accepted_findings, finding["rule"], finding.get("field"))
        and (again is not None or finding.get("field") not in state.corrections)
    ]


def _name_of_file(db: Database, case_id: int) -> str:
    """The name of the newest form, or of the first file while nobody knows which is the form."""
    files = [*reversed(load_forms(db, case_id)), *load_submissions(db, case_id)]
    return files[0].name if files else ""


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(str(part) for part in value)
    return "" if value is None else " ".join(str(value).split())


def _case(db: Database, column: str, value: object) -> CaseRow:
    row = next(db.query(f"SELECT * FROM cases WHERE {column} = ?", (value,)), None)  # noqa: S608 - our own column names
    if row is None:
        raise RefusedError("There is no such request.")
    return _case_row(row)


def _case_row(row: Mapping[str, Any]) -> CaseRow:
    return CaseRow(
        id=row["id"],
        reference=row["reference"],
        token=row["token"],
        created_at=to_moment(row["created_at"]),
        status=row["status"],
        version=row["version"],
        form=row["form"],
        title=row["title"],
        organisation=row["organisation"],
        region=row["region"],
        functional_area=row["functional_area"],
        sr_number=row["sr_number"],
        date_raised=row["date_raised"],
        claimed_by=row["claimed_by"],
    )


def _submission(row: Mapping[str, Any]) -> Submission:
    return Submission(
        id=row["id"],
        case_id=row["case_id"],
        ledger_id=row["ledger_id"],
        round=row["round"],
        part=row["part"],
        role=row["role"],
        form_index=row["form_index"],
        given_sha256=row["given_sha256"],
        sha256=row["sha256"],
        name=row["name"],
        channel=row["channel"],
        sender=row["sender"],
        received_at=to_moment(row["received_at"]),
    )
