"""What was fetched from each mailbox, and the watches: is a thing well, since when, and were people told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.database import to_moment, to_text


@dataclass(frozen=True, slots=True)
class Watch:
    """Whether something is well, since when, when we looked last, and whether people were told of the present state."""

    name: str
    is_well: bool
    since: datetime
    checked_at: datetime
    note: str
    told: bool


def note_fetch(db: Database, *, mailbox: str, uidvalidity: int, uid: int, ledger_id: int, now: datetime) -> None:
    """This message of the mailbox is in the ledger: a reason not to fetch it again, never what it is known by."""
    db.execute(
        "INSERT OR IGNORE INTO mail_fetches (mailbox, uidvalidity, uid, ledger_id, fetched_at) VALUES (?, ?, ?, ?, ?)",
        (mailbox, uidvalidity, uid, ledger_id, to_text(now)),
    )


def fetched_uids(db: Database, mailbox: str, uidvalidity: int) -> frozenset[int]:
    """The numbers of all messages that were fetched from this mailbox while it kept these numbers."""
    rows = db.execute("SELECT uid FROM mail_fetches WHERE mailbox = ? AND uidvalidity = ?", (mailbox, uidvalidity))
    return frozenset(int(row[0]) for row in rows.fetchall())


def unfiled_uids(db: Database, mailbox: str, uidvalidity: int) -> list[int]:
    """Messages that are in the ledger and were not yet marked or moved in the mailbox, oldest first."""
    rows = db.execute(
        "SELECT uid FROM mail_fetches WHERE mailbox = ? AND uidvalidity = ? AND filed_at IS NULL ORDER BY uid",
        (mailbox, uidvalidity),
    )
    return [int(row[0]) for row in rows.fetchall()]


def note_filed(db: Database, mailbox: str, uidvalidity: int, uid: int, now: datetime) -> None:
    """The message was marked or moved in the mailbox."""
    db.execute(
        "UPDATE mail_fetches SET filed_at = ? WHERE mailbox = ? AND uidvalidity = ? AND uid = ?",
        (to_text(now), mailbox, uidvalidity, uid),
    )


def watch(db: Database, name: str, *, is_well: bool, note: str, now: datetime) -> Watch:
    """Write how a thing is now, inside the open transaction; `since` and `told` start anew only when it changes."""
    db.execute(
        "INSERT INTO watches (name, is_well, since, checked_at, note) VALUES (:name, :is_well, :now, :now, :note)"
        " ON CONFLICT (name) DO UPDATE SET checked_at = :now, note = :note,"
        " since = CASE WHEN is_well = :is_well THEN since ELSE :now END,"
        " told = CASE WHEN is_well = :is_well THEN told ELSE 0 END, is_well = :is_well",
        {"name": name, "is_well": int(is_well), "now": to_text(now), "note": note},
    )
    return next(found for found in load_watches(db) if found.name == name)


def note_told(db: Database, name: str) -> None:
    """People were told how the thing is now."""
    db.execute("UPDATE watches SET told = 1 WHERE name = ?", (name,))


def load_watches(db: Database) -> list[Watch]:
    """All that is watched, by name."""
    return [_watch(row) for row in db.query("SELECT * FROM watches ORDER BY name")]


def _watch(row: Mapping[str, Any]) -> Watch:
    return Watch(
        name=row["name"],
        is_well=bool(row["is_well"]),
        since=to_moment(row["since"]),
        checked_at=to_moment(row["checked_at"]),
        note=row["note"],
        told=bool(row["told"]),
    )
