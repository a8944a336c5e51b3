"""The files that go out with a message, by name and hash: kept with it, so that all can show what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a message. `words` say what it is; its bytes stand in the originals' store by their SHA-256."""

    name: str
    words: str
    sha256: str
    size: int
    delivery_id: int = 0
    position: int = 0


def add_attachments(db: Database, delivery_id: int, attachments: Sequence[Attachment]) -> None:
    """Keep which files go with a message, inside the open transaction; once for each message."""
    for position, attachment in enumerate(attachments, start=1):
        db.execute(
            "INSERT OR IGNORE INTO attachments (delivery_id, position, name, words, sha256, size)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (delivery_id, position, attachment.name, attachment.words, attachment.sha256, attachment.size),
        )


def load_attachments(db: Database, delivery_ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """The files of these messages, in their order, by message; nothing for one without files."""
    found: dict[int, list[Attachment]] = {}
    for delivery_id in delivery_ids:
        rows = db.query("SELECT * FROM attachments WHERE delivery_id = ? ORDER BY position", (delivery_id,))
        files = [
            Attachment(row["name"], row["words"], row["sha256"], row["size"], row["delivery_id"], row["position"])
            for row in rows
        ]
        if files:
            found[delivery_id] = files
    return found
