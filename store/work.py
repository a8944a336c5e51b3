"""The work that is owed: rows committed with the events that caused them, leased to one attempt at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from store.database import to_moment, to_text


class WorkState(StrEnum):
    """Owed until it is leased to an attempt; then done, or failed in a way that a person sees."""

    OWED = "owed"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work for one submission, one draft or one commission.

    `starts` counts attempts that somebody began, `attempts` all of them. `given_sha256` names what the sender typed
    beside the file, `form_index` the one form of several in it; empty and None where there is none.
    """

    id: int
    stage: str
    submission_id: int | None
    draft_id: int | None
    commission_id: int | None
    case_id: int | None
    sha256: str
    given_sha256: str
    form_index: int | None
    received_at: datetime
    state: WorkState
    owed_since: datetime
    attempts: int
    starts: int
    attempt: str | None
    lease_until: datetime | None
    problem: str


def owe(db: Database, *, stage: str, submission_id: int, now: datetime) -> int:
    """Write that `stage` is owed to a submission, inside the open transaction; returns the work's id."""
    cursor = db.execute(
        "INSERT INTO work (stage, submission_id, owed_since) VALUES (?, ?, ?)", (stage, submission_id, to_text(now))
    )
    return int(cursor.lastrowid or 0)


def owe_to_draft(db: Database, *, stage: str, draft_id: int, now: datetime) -> int:
    """Write that `stage` is owed to a draft, in place of what was owed to it before; returns the work's id."""
    end_draft_work(db, draft_id, now)
    cursor = db.execute(
        "INSERT INTO work (stage, draft_id, owed_since) VALUES (?, ?, ?)", (stage, draft_id, to_text(now))
    )
    return int(cursor.lastrowid or 0)


def owe_to_commission(db: Database, *, stage: str, commission_id: int, now: datetime) -> int:
    """Write that `stage` is owed to a commission, inside the open transaction; returns the work's id."""
    cursor = db.execute(
        "INSERT INTO work (stage, commission_id, owed_since) VALUES (?, ?, ?)", (stage, commission_id, to_text(now))
    )
    return int(cursor.lastrowid or 0)


def end_draft_work(db: Database, draft_id: int, now: datetime) -> None:
    """Nobody waits for a draft's work any more: it was sent, changed or given up."""
    db.execute(
        "UPDATE work SET state = 'done', ended_at = ?, lease_until = NULL, problem = 'not needed any more'"
        " WHERE draft_id = ? AND state IN ('owed', 'leased')",
        (to_text(now), draft_id),
    )


def hand_on_draft_work(db: Database, draft_id: int, submission_id: int) -> None:
    """What is owed or under way for a draft is owed to the submission that it became, and nothing besides it.

    Where the draft's work is over, nothing is owed to the submission any more.
    """
    db.execute("DELETE FROM work WHERE submission_id = ? AND state = 'owed' AND attempts = 0", (submission_id,))
    db.execute(
        "UPDATE work SET submission_id = ?, draft_id = NULL WHERE draft_id = ? AND state IN ('owed', 'leased')",
        (submission_id, draft_id),
    )


def owes_reading(db: Database, case_id: int, round_number: int) -> bool:
    """Whether any file of this round of a case still waits to be read."""
    found = db.execute(
        "SELECT 1 FROM work JOIN submissions ON submissions.id = work.submission_id"
        " WHERE submissions.case_id = ? AND submissions.round = ? AND work.stage = 'read'"
        " AND work.state IN ('owed', 'leased') LIMIT 1",
        (case_id, round_number),
    ).fetchone()
    return found is not None


def load_work(db: Database, state: WorkState, *, stage: str | None = None, limit: int = 1000) -> list[Work]:
    """Work in one state, longest owed first."""
    rows = db.query(
        f"{_SELECT} WHERE work.state = ? AND (? IS NULL OR work.stage = ?) ORDER BY work.id LIMIT ?",
        (state.value, stage, stage, limit),
    )
    return [_work(row) for row in rows]


def find_work(db: Database, work_id: int) -> Work | None:
    """The work with this id, or None."""
    row = next(db.query(f"{_SELECT} WHERE work.id = ?", (work_id,)), None)
    return _work(row) if row else None


def find_failed_work(db: Database, submission_id: int) -> Work | None:
    """The last reading of a submission that failed, or None."""
    row = next(
        db.query(
            f"{_SELECT} WHERE work.submission_id = ? AND work.state = 'failed' AND work.stage = 'read'"
            " ORDER BY work.id DESC LIMIT 1",
            (submission_id,),
        ),
        None,
    )
    return _work(row) if row else None


def lease(db: Database, work_id: int, *, until: datetime) -> str:
    """Lease owed work to a new attempt, inside the open transaction; returns the attempt's id (`w12-a3`)."""
    attempts = db.execute("SELECT attempts FROM work WHERE id = ?", (work_id,)).fetchone()[0] + 1
    attempt = f"w{work_id}-a{attempts}"
    db.execute(
        "UPDATE work SET state = 'leased', attempts = ?, attempt = ?, lease_until = ? WHERE id = ?",
        (attempts, attempt, to_text(until), work_id),
    )
    return attempt


def extend_lease(db: Database, work_id: int, *, until: datetime) -> None:
    """The attempt still stands in the queue or is being worked on: give it more time."""
    db.execute("UPDATE work SET lease_until = ? WHERE id = ? AND state = 'leased'", (to_text(until), work_id))


def owe_again(db: Database, work_id: int, *, started: bool) -> int:
    """The attempt is over without a result: count its start if there was one and owe the work; returns the starts."""
    db.execute(
        "UPDATE work SET state = 'owed', attempt = NULL, lease_until = NULL, starts = starts + ? WHERE id = ?",
        (int(started), work_id),
    )
    return int(db.execute("SELECT starts FROM work WHERE id = ?", (work_id,)).fetchone()[0])


def end_work(db: Database, work_id: int, state: WorkState, *, problem: str, now: datetime) -> None:
    """The work is over: done, or failed with a reason that a person can read."""
    db.execute(
        "UPDATE work SET state = ?, ended_at = ?, problem = ?, lease_until = NULL WHERE id = ?",
        (state.value, to_text(now), problem, work_id),
    )


def count_by_state(db: Database, stage: str | None = None) -> dict[WorkState, int]:
    """How much work, of one stage or of all, stands in each state."""
    query = "SELECT state, count(*) FROM work WHERE ? IS NULL OR stage = ? GROUP BY state"
    found = dict(db.execute(query, (stage, stage)).fetchall())
    return {state: int(found.get(state.value, 0)) for state in WorkState}


_SELECT = (
    "SELECT work.*, submissions.case_id, submissions.form_index,"
    " coalesce(submissions.sha256, drafts.sha256, commissions.sha256) AS sha256,"
    " coalesce(submissions.given_sha256, drafts.given_sha256, '') AS given_sha256,"
    " coalesce(submissions.received_at, drafts.created_at, commissions.asked_at) AS received_at"
    " FROM work LEFT JOIN submissions ON submissions.id = work.submission_id"
    " LEFT JOIN drafts ON drafts.id = work.draft_id"
    " LEFT JOIN commissions ON commissions.id = work.commission_id"
)


def _work(row: Mapping[str, Any]) -> Work:
    return Work(
        id=row["id"],
        stage=row["stage"],
        submission_id=row["submission_id"],
        draft_id=row["draft_id"],
        commission_id=row["commission_id"],
        case_id=row["case_id"],
        sha256=row["sha256"],
        given_sha256=row["given_sha256"],
        form_index=row["form_index"],
        received_at=to_moment(row["received_at"]),
        state=WorkState(row["state"]),
        owed_since=to_moment(row["owed_since"]),
        attempts=row["attempts"],
        starts=row["starts"],
        attempt=row["attempt"],
        lease_until=to_moment(row["lease_until"]) if row["lease_until"] else None,
        problem=row["problem"],
    )
