"""Circulation lists and what was sent to them: who is on a list, who left, who asked, who confirmed, what arrived."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.address_list import ListedAddress
from casework.errors import RefusedError
from casework.events import Event, EventKind, user_actor
from store.database import to_moment, to_text
from store.deliveries import DeliveryState
from store.events import record_event


class Stage(StrEnum):
    """How far a circulation is: written, asked to be sent, put into the outbox, or stopped."""

    DRAFT = "draft"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CirculationList:
    """One list and how many addresses it has."""

    id: int
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class Member:
    """One address on a list. `state` is `active`, `removed` or `unsubscribed`; `token` is its own way to leave."""

    id: int
    list_id: int
    address: str
    name: str
    state: str
    token: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Circulation:
    """One message to lists. `issue_id` is the schedule that it tells of; `recipients` as counted when asked."""

    id: int
    subject: str
    body: str
    list_ids: tuple[int, ...]
    issue_id: int | None
    attaches: bool
    stage: Stage
    created_by: int
    created_at: datetime
    send_at: datetime | None
    asked_by: int | None
    confirmed_by: int | None
    confirmed_at: datetime | None
    recipients: int


@dataclass(frozen=True, slots=True)
class RecipientState:
    """What became of the message to one address: one of DeliveryState, with the server's words."""

    delivery_id: int
    address: str
    state: str
    problem: str
    ended_at: datetime | None


def load_lists(db: Database) -> list[CirculationList]:
    """Every list with its number of active addresses, in order of name."""
    rows = db.query(
        "SELECT circulation_lists.id, name, (SELECT count(*) FROM circulation_members WHERE list_id ="
        " circulation_lists.id AND state = 'active') AS members FROM circulation_lists ORDER BY name"
    )
    return [CirculationList(row["id"], row["name"], row["members"]) for row in rows]


def add_list(db: Database, name: str) -> int:
    """A new list, inside the open transaction; RefusedError where there is one of this name."""
    cursor = db.execute("INSERT OR IGNORE INTO circulation_lists (name) VALUES (?)", (name,))
    if not cursor.rowcount or cursor.lastrowid is None:
        raise RefusedError("There is a list with this name already.")
    return cursor.lastrowid


def load_members(db: Database, list_id: int) -> list[Member]:
    """Everybody who is or was on a list, active first, then by address."""
    rows = db.query(
        "SELECT * FROM circulation_members WHERE list_id = ? ORDER BY state <> 'active', address", (list_id,)
    )
    return [_member(row) for row in rows]


def load_left(db: Database) -> frozenset[str]:
    """The addresses that asked not to be written to, on any list, in lower case."""
    rows = db.query("SELECT DISTINCT lower(address) AS address FROM circulation_members WHERE state = 'unsubscribed'")
    return frozenset(row["address"] for row in rows)


def add_members(db: Database, list_id: int, entries: Iterable[ListedAddress], *, person_id: int, now: datetime) -> int:
    """Put addresses on a list inside the open transaction and return how many are new; one that left stays away."""
    left, added = load_left(db), 0
    for entry in entries:
        if entry.problem or entry.address.casefold() in left:
            continue
        cursor = db.execute(
            "INSERT INTO circulation_members (list_id, address, name, state, token, changed_at, changed_by)"
            " VALUES (?, ?, ?, 'active', ?, ?, ?) ON CONFLICT (list_id, address) DO UPDATE SET state = 'active',"
            " name = excluded.name, changed_at = excluded.changed_at, changed_by = excluded.changed_by"
            " WHERE state = 'removed'",
            (list_id, entry.address, entry.name, secrets.token_urlsafe(18), to_text(now), person_id),
        )
        added += max(cursor.rowcount, 0)
    _note(db, EventKind.LIST_CHANGED, person_id, now, {"list": list_id, "what": "added", "number": added})
    return added


def remove_member(db: Database, list_id: int, member_id: int, *, person_id: int, now: datetime) -> None:
    """Take an address off a list inside the open transaction; what waits for it in the outbox does not leave."""
    row = next(db.query("SELECT * FROM circulation_members WHERE id = ? AND list_id = ?", (member_id, list_id)), None)
    if row is None:
        raise RefusedError("This address is not on the list.")
    db.execute(
        "UPDATE circulation_members SET state = 'removed', changed_at = ?, changed_by = ? WHERE id = ?"
        " AND state = 'active'",
        (to_text(now), person_id, member_id),
    )
    db.execute(
        "UPDATE deliveries SET state = ?, ended_at = ? WHERE state = 'waiting' AND id IN"
        " (SELECT delivery_id FROM circulation_recipients WHERE member_id = ?)",
        (DeliveryState.TAKEN_BACK.value, to_text(now), member_id),
    )
    _note(db, EventKind.LIST_CHANGED, person_id, now, {"list": list_id, "what": "removed", "number": 1})


def find_member_by_token(db: Database, token: str) -> Member | None:
    """Whose way to leave this is, or None."""
    row = next(db.query("SELECT * FROM circulation_members WHERE token = ?", (token,)), None)
    return _member(row) if row else None


def unsubscribe(db: Database, token: str, *, now: datetime) -> None:
    """Take an address off every list for good, with what waits for it; inside the open transaction."""
    member = find_member_by_token(db, token)
    if member is None:
        raise RefusedError("There is nobody with this link.")
    db.execute(
        "UPDATE circulation_members SET state = 'unsubscribed', changed_at = ?, changed_by = NULL"
        " WHERE address = ? COLLATE NOCASE",
        (to_text(now), member.address),
    )
    db.execute(
        "UPDATE deliveries SET state = ?, ended_at = ? WHERE kind = 'circulation' AND state = 'waiting'"
        " AND recipient = ? COLLATE NOCASE",
        (DeliveryState.TAKEN_BACK.value, to_text(now), member.address),
    )


def load_recipients(db: Database, list_ids: Sequence[int]) -> list[Member]:
    """Whom a message to these lists goes to: each active address once, nobody who left, in order of address."""
    left = load_left(db)
    found: dict[str, Member] = {}
    for list_id in list_ids:
        for member in load_members(db, list_id):
            key = member.address.casefold()
            if member.state == "active" and key not in left:
                found.setdefault(key, member)
    return [found[key] for key in sorted(found)]


def add_circulation(
    db: Database,
    *,
    subject: str,
    body: str,
    list_ids: Sequence[int],
    issue_id: int | None,
    attaches: bool,
    send_at: datetime | None,
    person_id: int,
    now: datetime,
) -> int:
    """Keep a circulation that nobody has asked to send yet, inside the open transaction; returns its number."""
    cursor = db.execute(
        "INSERT INTO circulations (subject, body, lists, issue_id, attaches, stage, created_by, created_at, send_at)"
        " VALUES (?, ?, ?, ?, ?, 'draft', ?, ?, ?)",
        (
            subject,
            body,
            json.dumps(list(list_ids)),
            issue_id,
            int(attaches),
            person_id,
            to_text(now),
            to_text(send_at) if send_at else None,
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def load_circulation(db: Database, circulation_id: int) -> Circulation:
    """One circulation; RefusedError where there is none of this number."""
    row = next(db.query("SELECT * FROM circulations WHERE id = ?", (circulation_id,)), None)
    if row is None:
        raise RefusedError("There is no such circulation.")
    return _circulation(row)


def load_circulations(db: Database) -> list[Circulation]:
    """Every circulation, newest first."""
    return [_circulation(row) for row in db.query("SELECT * FROM circulations ORDER BY id DESC LIMIT 200")]


def set_asked(db: Database, circulation_id: int, *, recipients: int, person_id: int, now: datetime) -> None:
    """Somebody asked to send it to so many recipients; inside the open transaction."""
    db.execute(
        "UPDATE circulations SET stage = 'asked', asked_by = ?, recipients = ? WHERE id = ?",
        (person_id, recipients, circulation_id),
    )
    _note(db, EventKind.CIRCULATED, person_id, now, {"circulation": circulation_id, "what": "asked", "to": recipients})


def set_confirmed(db: Database, circulation_id: int, *, recipients: int, person_id: int, now: datetime) -> None:
    """Somebody confirmed it, and its messages are in the outbox; inside the same transaction."""
    db.execute(
        "UPDATE circulations SET stage = 'confirmed', confirmed_by = ?, confirmed_at = ?, recipients = ? WHERE id = ?",
        (person_id, to_text(now), recipients, circulation_id),
    )
    facts: dict[str, str | int] = {"circulation": circulation_id, "what": "confirmed", "to": recipients}
    _note(db, EventKind.CIRCULATED, person_id, now, facts)


def set_cancelled(db: Database, circulation_id: int, *, person_id: int, now: datetime) -> int:
    """Stop it inside the open transaction: what has not left stays; returns how many messages that were."""
    db.execute("UPDATE circulations SET stage = 'cancelled' WHERE id = ?", (circulation_id,))
    stopped = db.execute(
        "UPDATE deliveries SET state = ?, ended_at = ? WHERE state = 'waiting' AND attempts = 0 AND id IN"
        " (SELECT delivery_id FROM circulation_recipients WHERE circulation_id = ?)",
        (DeliveryState.TAKEN_BACK.value, to_text(now), circulation_id),
    ).rowcount
    _note(db, EventKind.CIRCULATED, person_id, now, {"circulation": circulation_id, "what": "stopped", "to": stopped})
    return stopped


def note_recipient(db: Database, circulation_id: int, member: Member, delivery_key: str) -> None:
    """Which message of the outbox goes to this member; inside the transaction that puts it there."""
    db.execute(
        "INSERT OR IGNORE INTO circulation_recipients (circulation_id, member_id, delivery_id)"
        " SELECT ?, ?, id FROM deliveries WHERE delivery_key = ?",
        (circulation_id, member.id, delivery_key),
    )


def load_recipient_states(db: Database, circulation_id: int) -> list[RecipientState]:
    """What became of each message, those in trouble first, then by address."""
    rows = db.query(
        "SELECT deliveries.* FROM circulation_recipients JOIN deliveries ON deliveries.id = delivery_id"
        " WHERE circulation_id = ? ORDER BY state NOT IN ('failed', 'bounced', 'not-sent'), recipient",
        (circulation_id,),
    )
    return [
        RecipientState(
            row["id"],
            row["recipient"],
            row["state"],
            row["problem"],
            to_moment(row["ended_at"]) if row["ended_at"] else None,
        )
        for row in rows
    ]


def resend_failed(db: Database, circulation_id: int, *, person_id: int, now: datetime) -> int:
    """Owe again what could not be delivered, and nothing else; not to those who left. Inside the open transaction."""
    left = load_left(db)
    failed = [
        state
        for state in load_recipient_states(db, circulation_id)
        if state.state in (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.NOT_SENT)
        and state.address.casefold() not in left
    ]
    for state in failed:
        db.execute(
            "UPDATE deliveries SET state = 'waiting', next_try_at = NULL, not_before = NULL, ended_at = NULL,"
            " attempts = 0 WHERE id = ?",
            (state.delivery_id,),
        )
    _note(db, EventKind.CIRCULATED, person_id, now, {"circulation": circulation_id, "what": "again", "to": len(failed)})
    return len(failed)


def count_states(states: Iterable[RecipientState]) -> Mapping[str, int]:
    """How many messages stand in each state."""
    return Counter(state.state for state in states)


def _note(db: Database, kind: EventKind, person_id: int, now: datetime, facts: dict[str, str | int]) -> None:
    record_event(db, Event(kind, now, user_actor(person_id), facts={**facts}))


def _member(row: Mapping[str, Any]) -> Member:
    return Member(
        row["id"],
        row["list_id"],
        row["address"],
        row["name"],
        row["state"],
        row["token"],
        to_moment(row["changed_at"]),
    )


def _circulation(row: Mapping[str, Any]) -> Circulation:
    return Circulation(
        id=row["id"],
        subject=row["subject"],
        body=row["body"],
        list_ids=tuple(json.loads(row["lists"])),
        issue_id=row["issue_id"],
        attaches=bool(row["attaches"]),
        stage=Stage(row["stage"]),
        created_by=row["created_by"],
        created_at=to_moment(row["created_at"]),
        send_at=to_moment(row["send_at"]) if row["send_at"] else None,
        asked_by=row["asked_by"],
        confirmed_by=row["confirmed_by"],
        confirmed_at=to_moment(row["confirmed_at"]) if row["confirmed_at"] else None,
        recipients=row["recipients"],
    )
