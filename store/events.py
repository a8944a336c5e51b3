"""The append-only, hash-chained record of what happened; a person's words stand beside it and can be erased."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from casework.events import Event, EventKind
from store.database import to_moment, to_text
from store.search import index_case

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What verifying the chain found: how many events, the last hash, and the first event that is wrong (or None)."""

    events: int
    head: str
    broken_at: int | None = None
    why: str = ""


def record_event(db: Database, event: Event) -> int:
    """Append one event inside the open transaction and return its number."""
    if not db.conn.in_transaction:
        raise RuntimeError("an event belongs to the transaction of the change it records")
    last = db.execute("SELECT number, hash FROM events ORDER BY number DESC LIMIT 1").fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    salted = {name: (secrets.token_hex(16), words) for name, words in sorted(event.words.items())}
    facts = dict(event.facts)
    if salted:
        facts["words"] = " ".join(f"{name}={_words_hash(salt, words)}" for name, (salt, words) in salted.items())
    row = {
        "number": number,
        "case_id": event.case_id,
        "kind": event.kind.value,
        "at": to_text(event.at),
        "actor": event.actor,
        "reason": event.reason,
        "facts": json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
    }
    db.execute(
        "INSERT INTO events (number, case_id, kind, at, actor, reason, facts, previous_hash, hash)"
        " VALUES (:number, :case_id, :kind, :at, :actor, :reason, :facts, :previous_hash, :hash)",
        {**row, "previous_hash": previous, "hash": _row_hash(previous, row)},
    )
    for name, (salt, words) in salted.items():
        db.execute(
            "INSERT INTO event_words (event_number, name, salt, words) VALUES (?, ?, ?, ?)", (number, name, salt, words)
        )
    return number


def load_events(db: Database, case_id: int) -> list[Event]:
    """A case's events, oldest first, with the words that have not been erased."""
    rows = db.query(
        "SELECT number, case_id, kind, at, actor, reason, facts FROM events WHERE case_id = ? ORDER BY number",
        (case_id,),
    )
    words: dict[int, dict[str, str]] = {}
    for row in db.query(
        "SELECT event_number, name, words FROM event_words WHERE event_number IN"
        " (SELECT number FROM events WHERE case_id = ?) ORDER BY event_number, name",
        (case_id,),
    ):
        words.setdefault(row["event_number"], {})[row["name"]] = row["words"]
    return [_event(row, words.get(row["number"], {})) for row in rows]


def load_events_of(db: Database, case_ids: Collection[int]) -> dict[int, list[Event]]:
    """The events of some hundred cases as `load_events` loads those of one, by case; a case without any is left out."""
    marks, chosen = ", ".join("?" * len(case_ids)), list(case_ids)
    words: dict[int, dict[str, str]] = {}
    for number, name, text in db.execute(
        f"""
        SELECT event_number, name, words FROM event_words JOIN events ON events.number = event_number
        WHERE case_id IN ({marks}) ORDER BY event_number, name
        """,  # noqa: S608 - marks
        chosen,
    ):
        words.setdefault(number, {})[name] = text
    found: dict[int, list[Event]] = {}
    for row in db.query(
        f"""
        SELECT number, case_id, kind, at, actor, reason, facts FROM events
        WHERE case_id IN ({marks}) ORDER BY number
        """,  # noqa: S608 - marks
        chosen,
    ):
        found.setdefault(row["case_id"], []).append(_event(row, words.get(row["number"], {})))
    return found


def load_chosen_events(db: Database, numbers: Collection[int]) -> list[Event]:
    """The events with these numbers, in order, with the words that have not been erased."""
    marks = ", ".join("?" * len(numbers))
    chosen = list(numbers)
    words: dict[int, dict[str, str]] = {}
    for row in db.query(f"SELECT event_number, name, words FROM event_words WHERE event_number IN ({marks})", chosen):  # noqa: S608 - marks
        words.setdefault(row["event_number"], {})[row["name"]] = row["words"]
    rows = db.query(
        f"SELECT number, case_id, kind, at, actor, reason, facts FROM events WHERE number IN ({marks}) ORDER BY number",  # noqa: S608 - marks
        chosen,
    )
    return [_event(row, words.get(row["number"], {})) for row in rows]


def chain_head(db: Database) -> tuple[int, str]:
    """How many events the record holds and the hash of the last one."""
    last = db.execute("SELECT number, hash FROM events ORDER BY number DESC LIMIT 1").fetchone()
    return (int(last[0]), str(last[1])) if last else (0, GENESIS)


def erase_words(db: Database, event_number: int) -> None:
    """Remove the words of one event together with their salt, and from the search; the chain still verifies after."""
    db.execute("DELETE FROM event_words WHERE event_number = ?", (event_number,))
    row = db.execute("SELECT case_id FROM events WHERE number = ?", (event_number,)).fetchone()
    if row is not None and row[0] is not None:
        index_case(db, row[0])


def verify_events(db: Database) -> AuditResult:
    """Walk the whole chain: every hash, the numbering without gaps, and every word against its salted hash."""
    words: dict[int, dict[str, str]] = {}
    for row in db.query("SELECT event_number, name, salt, words FROM event_words"):
        words.setdefault(row["event_number"], {})[row["name"]] = _words_hash(row["salt"], row["words"])
    previous, count = GENESIS, 0
    for row in db.query("SELECT * FROM events ORDER BY number"):
        count += 1
        why = _why_broken(row, count, previous, words.pop(row["number"], {}))
        if why:
            return AuditResult(count, previous, row["number"], why)
        previous = row["hash"]
    if words:
        return AuditResult(count, previous, min(words), "words stand beside an event that is not there")
    return AuditResult(count, previous)


def _why_broken(row: Mapping[str, object], place: int, previous: str, words: dict[str, str]) -> str:
    if row["number"] != place:
        return "an event is missing before this one"
    if row["previous_hash"] != previous:
        return "it does not follow the event before it"
    if row["hash"] != _row_hash(previous, row):
        return "it was changed after it was written"
    hashes = dict(part.split("=", 1) for part in json.loads(str(row["facts"])).get("words", "").split())
    if any(hashes.get(name) != found for name, found in words.items()):
        return "the words beside it were changed"
    return ""


def _row_hash(previous: str, row: Mapping[str, object]) -> str:
    body = {name: row[name] for name in ("number", "case_id", "kind", "at", "actor", "reason", "facts")}
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def _words_hash(salt: str, words: str) -> str:
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()


def _event(row: Mapping[str, object], words: dict[str, str]) -> Event:
    facts = json.loads(str(row["facts"]))
    facts.pop("words", None)
    case_id = row["case_id"]
    reason = row["reason"]
    return Event(
        kind=EventKind(str(row["kind"])),
        at=to_moment(str(row["at"])),
        actor=str(row["actor"]),
        case_id=case_id if isinstance(case_id, int) else None,
        reason=str(reason) if reason is not None else None,
        facts=facts,
        words=words,
        number=int(str(row["number"])),
    )
