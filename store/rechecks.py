"""What the checks said after a reviewer put answers right: beside the reading, never in place of it."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import CaseState


def keep_recheck(db: Database, event_number: int, findings: list[dict[str, Any]], rules: list[str]) -> None:
    """Keep what was found with the correction of this event and all before it, inside the open transaction."""
    db.execute(
        "INSERT OR REPLACE INTO rechecks (event_number, record) VALUES (?, ?)",
        (event_number, json.dumps({"findings": findings, "rules_run": rules}, ensure_ascii=False)),
    )


def find_recheck(db: Database, state: CaseState) -> dict[str, Any] | None:
    """{"findings": [...], "rules_run": [...]} after the newest correction; None where none was, or none was checked."""
    newest = max((correction.event_number for correction in state.corrections.values()), default=None)
    if newest is None:
        return None
    row = next(db.query("SELECT record FROM rechecks WHERE event_number = ?", (newest,)), None)
    found: dict[str, Any] | None = json.loads(row["record"]) if row else None
    return found
