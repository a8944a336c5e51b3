"""What goes out and to whom, exact words kept, each with a key so that nothing is written twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from store.attachments import Attachment, add_attachments
from store.database import to_moment, to_text


class DeliveryState(StrEnum):
    """Where a message to one recipient stands. `waiting` covers both not yet due and to be tried again."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    TAKEN_BACK = "taken-back"
    NOT_SENT = "not-sent"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message in the outbox to one recipient, word for word as it goes out.

    `state` is one of DeliveryState. `not_before` is when it may leave: until then it can be taken back.
    `event_number` names the act that it tells of, `problem` why the last try failed, in the words of the server.
    """

    id: int
    case_id: int | None
    kind: str
    recipient: str
    subject: str
    body: str
    state: str
    created_at: datetime
    html: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    event_number: int | None = None
    is_automatic: bool = False
    not_before: datetime | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str = ""
    is_enclosing: bool = False
    """Whether its files are still being made; until then it does not leave."""


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
    html: str = "",
    in_reply_to: str = "",
    event_number: int | None = None,
    is_automatic: bool = False,
    not_before: datetime | None = None,
    state: DeliveryState = DeliveryState.WAITING,
    attachments: Sequence[Attachment] = (),
) -> bool:
    """Put a message into the outbox inside the open transaction; False where one with this key is there already.

    A message without a recipient is kept as `not-sent`: its words are there to be copied. The bytes of what is
    attached must be in the originals' store already.
    """
    cursor = db.execute(
        "INSERT OR IGNORE INTO deliveries (case_id, kind, recipient, subject, body, created_at, delivery_key, state,"
        " html, in_reply_to, event_number, is_automatic, not_before)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            case_id,
            kind,
            recipient,
            subject,
            body,
            to_text(now),
            delivery_key,
            (state if recipient else DeliveryState.NOT_SENT).value,
            html,
            in_reply_to,
            event_number,
            int(is_automatic),
            to_text(not_before) if not_before else None,
        ),
    )
    if cursor.rowcount > 0 and cursor.lastrowid is not None:
        add_attachments(db, cursor.lastrowid, attachments)
    return cursor.rowcount > 0


def await_enclosures(db: Database, delivery_key: str) -> int:
    """The message with this key does not leave before `enclose` gives it its files; its id, in the transaction."""
    db.execute("UPDATE deliveries SET enclosing = 1 WHERE delivery_key = ?", (delivery_key,))
    return int(db.execute("SELECT id FROM deliveries WHERE delivery_key = ?", (delivery_key,)).fetchone()[0])


def enclose(db: Database, delivery_id: int, attachments: Sequence[Attachment]) -> None:
    """These files go with the message, which may leave from now on; inside the open transaction."""
    add_attachments(db, delivery_id, attachments)
    db.execute("UPDATE deliveries SET enclosing = 0 WHERE id = ?", (delivery_id,))


def load_deliveries(
    db: Database, *, case_id: int | None = None, states: Collection[DeliveryState] | None = None, limit: int = 200
) -> list[Delivery]:
    """The newest messages of a case, or of all cases, newest first; those in one of `states` where it is given."""
    chosen = [state.value for state in (DeliveryState if states is None else states)]
    marks = ", ".join("?" * len(chosen))
    rows = db.query(
        f"SELECT * FROM deliveries WHERE state IN ({marks}) AND (? IS NULL OR case_id = ?)"  # noqa: S608 - only marks
        " ORDER BY id DESC LIMIT ?",
        (*chosen, case_id, case_id, limit),
    )
    return [_delivery(row) for row in rows]


def load_due(db: Database, now: datetime, *, limit: int = 50) -> list[Delivery]:
    """Messages that may leave now, people's letters first and what goes to lists last.

    They are past their grace, and past the pause after a failed try.
    """
    rows = db.query(
        "SELECT * FROM deliveries WHERE state = 'waiting' AND enclosing = 0 AND coalesce(not_before, '') <= :now"
        " AND coalesce(next_try_at, '') <= :now ORDER BY kind = 'circulation', is_automatic, id LIMIT :limit",
        {"now": to_text(now), "limit": limit},
    )
    return [_delivery(row) for row in rows]


def find_delivery(db: Database, delivery_id: int) -> Delivery | None:
    """The message with this number, or None."""
    row = next(db.query("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)), None)
    return _delivery(row) if row else None


def find_delivery_by_message_id(db: Database, message_id: str) -> Delivery | None:
    """The message that went out under this Message-ID (without angle brackets), or None."""
    row = next(db.query("SELECT * FROM deliveries WHERE message_id = ? AND message_id <> ''", (message_id,)), None)
    return _delivery(row) if row else None


def load_deliveries_of_event(db: Database, event_number: int) -> list[Delivery]:
    """The messages that tell of one act."""
    rows = db.query("SELECT * FROM deliveries WHERE event_number = ? ORDER BY id", (event_number,))
    return [_delivery(row) for row in rows]


def set_message_id(db: Database, delivery_id: int, message_id: str) -> None:
    """Fix the Message-ID before a try, so that every try of one message carries the same: the one of the first.

    It is written at every try, changed or not: where there is no room to write, a message must not leave, as nothing
    could be written of that either and it would leave again and again.
    """
    db.execute(
        "UPDATE deliveries SET message_id = coalesce(nullif(message_id, ''), ?) WHERE id = ?", (message_id, delivery_id)
    )


def note_try(db: Database, delivery_id: int, *, problem: str, next_try_at: datetime) -> None:
    """A try failed in a way that may pass."""
    db.execute(
        "UPDATE deliveries SET attempts = attempts + 1, problem = ?, next_try_at = ? WHERE id = ?",
        (problem, to_text(next_try_at), delivery_id),
    )


def end_delivery(db: Database, delivery_id: int, state: DeliveryState, *, problem: str, now: datetime) -> None:
    """The message is over: sent, failed for good, bounced, or taken back before it left."""
    db.execute(
        "UPDATE deliveries SET state = ?, problem = ?, ended_at = ?, attempts = attempts + ? WHERE id = ?",
        (state.value, problem, to_text(now), int(state in (DeliveryState.SENT, DeliveryState.FAILED)), delivery_id),
    )


def send_again(db: Database, delivery_id: int) -> None:
    """A person asks for another try of a message that failed or bounced."""
    db.execute(
        "UPDATE deliveries SET state = 'waiting', next_try_at = NULL, not_before = NULL, ended_at = NULL WHERE id = ?",
        (delivery_id,),
    )


def count_automatic_since(db: Database, recipient: str, since: datetime) -> int:
    """How many automatic messages were written to an address at or after `since`: what the cap looks at."""
    return int(
        db.execute(
            "SELECT count(*) FROM deliveries WHERE recipient = ? COLLATE NOCASE AND is_automatic = 1"
            " AND state <> 'not-sent' AND created_at >= ?",
            (recipient, to_text(since)),
        ).fetchone()[0]
    )


def count_automatic_before(db: Database, delivery: Delivery, since: datetime) -> int:
    """How many automatic messages to the same address were written before this one, at or after `since`."""
    return int(
        db.execute(
            "SELECT count(*) FROM deliveries WHERE recipient = ? COLLATE NOCASE AND is_automatic = 1"
            " AND state <> 'not-sent' AND kind <> 'circulation' AND created_at >= ? AND id < ?",
            (delivery.recipient, to_text(since), delivery.id),
        ).fetchone()[0]
    )


def count_automatic_sent(db: Database, since: datetime, *, to_lists: bool = False) -> int:
    """How many automatic messages left for anybody at or after `since`: those to lists, or all others."""
    return int(
        db.execute(
            "SELECT count(*) FROM deliveries WHERE state = 'sent' AND is_automatic = 1 AND ended_at >= ?"
            " AND (kind = 'circulation') = ?",
            (to_text(since), int(to_lists)),
        ).fetchone()[0]
    )


def count_deliveries(db: Database) -> dict[DeliveryState, int]:
    """How many messages stand in each state."""
    found = dict(db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
    return {state: int(found.get(state.value, 0)) for state in DeliveryState}


def _delivery(row: Mapping[str, Any]) -> Delivery:
    def moment(name: str) -> datetime | None:
        return to_moment(row[name]) if row[name] else None

    return Delivery(
        id=row["id"],
        case_id=row["case_id"],
        kind=row["kind"],
        recipient=row["recipient"],
        subject=row["subject"],
        body=row["body"],
        state=row["state"],
        created_at=to_moment(row["created_at"]),
        html=row["html"],
        message_id=row["message_id"],
        in_reply_to=row["in_reply_to"],
        event_number=row["event_number"],
        is_automatic=bool(row["is_automatic"]),
        not_before=moment("not_before"),
        attempts=row["attempts"],
        next_try_at=moment("next_try_at"),
        ended_at=moment("ended_at"),
        problem=row["problem"],
        is_enclosing=bool(row["enclosing"]),
    )


def drop_words(db: Database, kind: str, recipient: str) -> None:
    """Forget the words of messages of a kind to somebody, such as a link that was used."""
    db.execute("UPDATE deliveries SET body = '', html = '' WHERE kind = ? AND recipient = ?", (kind, recipient))
