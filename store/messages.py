"""Messages that arrived by e-mail: raw first, sorted later, and the words a person may want to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from store.database import to_moment, to_text
from store.search import index_case


class MessageState(StrEnum):
    """`arrived` is stored and waits to be sorted; `failed` could not be, and waits for a person."""

    ARRIVED = "arrived"
    SORTED = "sorted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message. `words` are the sender's own, without what they quoted; `verdict` what the mail server proved.

    `suggested_case_id` is the case that the message claims to belong to, until a person says whether it does.
    """

    id: int
    ledger_id: int
    mailbox: str
    sha256: str
    arrived_at: datetime
    state: MessageState
    starts: int
    message_id: str
    thread_root: str
    sender: str
    subject: str
    words: str
    kind: str
    verdict: str
    explanation: str
    may_answer: bool
    case_id: int | None
    suggested_case_id: int | None


def add_message(db: Database, *, ledger_id: int, mailbox: str, sha256: str, now: datetime) -> int:
    """Write that a raw message arrived, inside the open transaction; returns its id."""
    cursor = db.execute(
        "INSERT INTO messages (ledger_id, mailbox, sha256, arrived_at) VALUES (?, ?, ?, ?)",
        (ledger_id, mailbox, sha256, to_text(now)),
    )
    return int(cursor.lastrowid or 0)


def find_raw_message(db: Database, mailbox: str, sha256: str) -> StoredMessage | None:
    """The message with exactly these bytes in this mailbox, or None."""
    row = next(db.query("SELECT * FROM messages WHERE mailbox = ? AND sha256 = ?", (mailbox, sha256)), None)
    return _message(row) if row else None


def find_same_content(db: Database, content_key: str) -> StoredMessage | None:
    """The message with the same Message-ID, recipient and content, or None."""
    row = next(db.query("SELECT * FROM messages WHERE content_key = ?", (content_key,)), None)
    return _message(row) if row else None


def load_message(db: Database, message_id: int) -> StoredMessage:
    """The message with this number; RefusedError where there is none."""
    row = next(db.query("SELECT * FROM messages WHERE id = ?", (message_id,)), None)
    if row is None:
        raise RefusedError("There is no such message.")
    return _message(row)


def find_message_of_line(db: Database, ledger_id: int) -> StoredMessage | None:
    """The message of this ledger line, or None."""
    row = next(db.query("SELECT * FROM messages WHERE ledger_id = ?", (ledger_id,)), None)
    return _message(row) if row else None


def load_unsorted(db: Database, *, limit: int = 50) -> list[StoredMessage]:
    """Messages that wait to be sorted, in the order in which they came."""
    rows = db.query("SELECT * FROM messages WHERE state = 'arrived' ORDER BY id LIMIT ?", (limit,))
    return [_message(row) for row in rows]


def load_messages(db: Database, case_id: int) -> list[StoredMessage]:
    """The messages of a case, oldest first."""
    return [_message(row) for row in db.query("SELECT * FROM messages WHERE case_id = ? ORDER BY id", (case_id,))]


def find_case_of_message(db: Database, message_ids: Iterable[str], thread_root: str) -> int | None:
    """The case of the newest stored message with one of these Message-IDs or this Outlook thread, or None."""
    ids = [found for found in message_ids if found]
    marks = ", ".join("?" * len(ids))
    row = next(
        db.query(
            f"SELECT case_id FROM messages WHERE case_id IS NOT NULL AND (message_id IN ({marks})"  # noqa: S608 - marks
            " OR (thread_root = ? AND thread_root <> '')) ORDER BY id DESC LIMIT 1",
            (*ids, thread_root),
        ),
        None,
    )
    return int(row["case_id"]) if row else None


def note_start(db: Database, message_id: int) -> int:
    """Count one more start of sorting; returns how many there have been."""
    db.execute("UPDATE messages SET starts = starts + 1 WHERE id = ?", (message_id,))
    return int(db.execute("SELECT starts FROM messages WHERE id = ?", (message_id,)).fetchone()[0])


def set_message(db: Database, row_id: int, **values: str | int | None) -> None:
    """Write what sorting found out, inside the open transaction; names are columns of the table."""
    if unknown := set(values) - _SETTABLE:
        raise ValueError(f"no such columns: {sorted(unknown)}")
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    before = db.execute("SELECT case_id FROM messages WHERE id = ?", (row_id,)).fetchone()
    db.execute(f"UPDATE messages SET {assignments} WHERE id = :id", {**values, "id": row_id})  # noqa: S608 - _SETTABLE
    if "case_id" in values:
        for case_id in {before[0], values["case_id"]} - {None}:
            index_case(db, case_id)


_SETTABLE = frozenset(
    {
        "state",
        "starts",
        "content_key",
        "message_id",
        "thread_root",
        "sender",
        "subject",
        "words",
        "kind",
        "verdict",
        "explanation",
        "may_answer",
        "case_id",
        "suggested_case_id",
    }
)


def _message(row: Mapping[str, Any]) -> StoredMessage:
    return StoredMessage(
        id=row["id"],
        ledger_id=row["ledger_id"],
        mailbox=row["mailbox"],
        sha256=row["sha256"],
        arrived_at=to_moment(row["arrived_at"]),
        state=MessageState(row["state"]),
        starts=row["starts"],
        message_id=row["message_id"],
        thread_root=row["thread_root"],
        sender=row["sender"],
        subject=row["subject"],
        words=row["words"],
        kind=row["kind"],
        verdict=row["verdict"],
        explanation=row["explanation"],
        may_answer=bool(row["may_answer"]),
        case_id=row["case_id"],
        suggested_case_id=row["suggested_case_id"],
    )
