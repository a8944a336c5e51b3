"""What goes out and to whom, exact words kept, each with a key so that nothing is written twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.database import to_moment, to_text


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message in the outbox. `state` is `waiting` until somebody or something has sent it."""

    id: int
    case_id: int | None
    kind: str
    recipient: str
    subject: str
    body: str
    state: str
    created_at: datetime


def add_delivery(
    db: Database,
    *,
    delivery_key: str,
    case_id: int | None,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    now: datetime,
) -> bool:
    """Put a message into the outbox inside the open transaction; False where one with this key is there already."""
    cursor = db.execute(
        "INSERT OR IGNORE INTO deliveries (case_id, kind, recipient, subject, body, created_at, delivery_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (case_id, kind, recipient, subject, body, to_text(now), delivery_key),
    )
    return cursor.rowcount > 0


def load_deliveries(db: Database, *, case_id: int | None = None, limit: int = 200) -> list[Delivery]:
    """The newest messages of a case, or of all cases, newest first."""
    where, values = ("WHERE case_id = ?", (case_id, limit)) if case_id is not None else ("", (limit,))
    rows = db.query(f"SELECT * FROM deliveries {where} ORDER BY id DESC LIMIT ?", values)  # noqa: S608 - no outside text
    return [_delivery(row) for row in rows]


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(
        id=row["id"],
        case_id=row["case_id"],
        kind=row["kind"],
        recipient=row["recipient"],
        subject=row["subject"],
        body=row["body"],
        state=row["state"],
        created_at=to_moment(row["created_at"]),
    )
