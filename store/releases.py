"""The planned releases of ESR; they are stored, never worked out from dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError


class ReleaseState(StrEnum):
    """Whether requests may still be put in, no more may, or the release has come."""

    OPEN = "open"
    CLOSED = "closed"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release: its name as people say it, the day it is planned for, how many requests are in it, its state, and a
    note on how much room it has."""

    id: int
    name: str
    planned: date | None
    requests: int
    state: ReleaseState = ReleaseState.OPEN
    note: str = ""


def add_release(db: Database, name: str, planned: date | None) -> int:
    """A new release, or a new date for the one with this name; returns its id."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise RefusedError("Enter the name of the release, for example Release 71.")
    db.execute(
        "INSERT INTO releases (name, planned) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET planned = excluded.planned",
        (cleaned, planned.isoformat() if planned else None),
    )
    return int(db.execute("SELECT id FROM releases WHERE name = ?", (cleaned,)).fetchone()[0])


def change_release(db: Database, release_id: int, *, planned: date | None, state: ReleaseState, note: str) -> None:
    """Another date, state or note, inside the open transaction."""
    db.execute(
        "UPDATE releases SET planned = ?, state = ?, note = ? WHERE id = ?",
        (planned.isoformat() if planned else None, state.value, note, release_id),
    )


def find_release(db: Database, name: str) -> ReleaseRow | None:
    """The release with this name, or None."""
    return next((release for release in load_releases(db) if release.name == " ".join(name.split())), None)


def load_release(db: Database, release_id: int) -> ReleaseRow:
    """The release with this id; RefusedError where there is none."""
    row = next(db.query(f"{_SELECT} WHERE releases.id = ? GROUP BY releases.id", (release_id,)), None)
    if row is None:
        raise RefusedError("There is no such release. Choose one from the list.")
    return _release(row)


def load_release_names(db: Database) -> tuple[tuple[int, str], ...]:
    """Id and name of every release in the order of `load_releases`, without counting what is in them."""
    rows = db.execute("SELECT id, name FROM releases ORDER BY planned IS NULL, planned, name")
    return tuple((int(number), str(name)) for number, name in rows.fetchall())


def load_releases(db: Database) -> list[ReleaseRow]:
    """Every release, by planned date, those without one last."""
    rows = db.query(f"{_SELECT} GROUP BY releases.id ORDER BY planned IS NULL, planned, name")
    return [_release(row) for row in rows]


_SELECT = (
    "SELECT releases.id, releases.name, releases.planned, releases.state, releases.note, count(cases.id) AS requests"
    " FROM releases LEFT JOIN cases ON cases.release_id = releases.id"
)


def _release(row: Mapping[str, Any]) -> ReleaseRow:
    planned = date.fromisoformat(row["planned"]) if row["planned"] else None
    return ReleaseRow(row["id"], row["name"], planned, row["requests"], ReleaseState(row["state"]), row["note"])
