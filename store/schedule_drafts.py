"""An editor's draft of a quarter's schedule, kept between sessions; a save on a stale one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from casework.errors import StaleError
from casework.schedule import Editing
from casework.schedule_json import editing_from_json, editing_to_json
from store.database import to_moment, to_text

_NOTHING = Editing()


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """What was saved last for a quarter, by whom and when. `version` is 0 where nothing was saved yet."""

    editing: Editing = _NOTHING
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


def load_schedule_draft(db: Database, quarter: str) -> ScheduleDraft:
    """The quarter's draft, an empty one where there is none."""
    row = next(
        db.query(
            "SELECT schedule_drafts.*, users.name FROM schedule_drafts"
            " JOIN users ON users.id = schedule_drafts.saved_by WHERE quarter = ?",
            (quarter,),
        ),
        None,
    )
    if row is None:
        return ScheduleDraft()
    return ScheduleDraft(editing_from_json(row["content"]), row["version"], to_moment(row["saved_at"]), row["name"])


def save_schedule_draft(
    db: Database, quarter: str, editing: Editing, *, version: int, person_id: int, now: datetime
) -> int:
    """Keep the draft inside the open transaction and return its new version.

    `version` is the one that the person saw; StaleError where somebody saved another since.
    """
    known = load_schedule_draft(db, quarter)
    if known.version != version:
        raise StaleError(f"{known.saved_by or 'Somebody'} saved this schedule while you had it open.")
    if known.editing == editing and known.version:
        return known.version
    db.execute(
        "INSERT INTO schedule_drafts (quarter, version, saved_at, saved_by, content) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (quarter) DO UPDATE SET version = excluded.version, saved_at = excluded.saved_at,"
        " saved_by = excluded.saved_by, content = excluded.content",
        (quarter, version + 1, to_text(now), person_id, editing_to_json(editing)),
    )
    return version + 1
