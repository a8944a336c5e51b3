"""Decisions that a person put aside before they were taken: one for each person and request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import to_moment, to_text


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What somebody had typed, by the form's names, and when they put it aside."""

    typed: dict[str, str]
    saved_at: datetime


def keep_decision_draft(db: Database, case_id: int, person_id: int, typed: Mapping[str, str], *, now: datetime) -> None:
    """Put what was typed aside, in place of what this person had put aside before, inside the open transaction."""
    db.execute(
        "INSERT OR REPLACE INTO decision_drafts (case_id, person_id, saved_at, record) VALUES (?, ?, ?, ?)",
        (case_id, person_id, to_text(now), json.dumps(dict(typed), ensure_ascii=False)),
    )


def find_decision_draft(db: Database, case_id: int, person_id: int) -> DecisionDraft | None:
    """What this person put aside for this request, or None."""
    row = next(
        db.query("SELECT * FROM decision_drafts WHERE case_id = ? AND person_id = ?", (case_id, person_id)), None
    )
    return DecisionDraft(json.loads(row["record"]), to_moment(row["saved_at"])) if row else None


def drop_decision_draft(db: Database, case_id: int, person_id: int) -> None:
    """Forget what this person put aside for this request, inside the open transaction."""
    db.execute("DELETE FROM decision_drafts WHERE case_id = ? AND person_id = ?", (case_id, person_id))
