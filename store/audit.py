"""The whole record for those who audit it: events by person, request, kind and day, and who looked at which request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.events import Event, EventKind
from store.database import to_moment, to_text, transaction
from store.events import load_chosen_events

_VIEWINGS_KEPT = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """Which part of the record is wanted: by the actor's code, request, kinds and moments (`until` excluded)."""

    actor: str = ""
    reference: str = ""
    kinds: frozenset[EventKind] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Viewing:
    """Somebody looked at a request's personal data in the hour that begins at `hour`: at what, in codes."""

    person_id: int
    reference: str
    hour: datetime
    what: tuple[str, ...]


def find_audited(
    db: Database, question: AuditQuestion, *, limit: int, offset: int = 0
) -> tuple[int, list[tuple[Event, str]]]:
    """How many events match, and one page of them, newest first, each with its request's reference (or nothing)."""
    where, values = _where(question)
    joined = "FROM events LEFT JOIN cases ON cases.id = events.case_id WHERE"
    total = int(db.execute(f"SELECT count(*) {joined} {where}", values).fetchone()[0])
    rows = db.execute(
        f"SELECT events.number, coalesce(cases.reference, '') {joined} {where}"
        " ORDER BY events.number DESC LIMIT :limit OFFSET :offset",
        {**values, "limit": limit, "offset": offset},
    ).fetchall()
    references = {int(number): str(reference) for number, reference in rows}
    events = load_chosen_events(db, references)
    return total, [(event, references[event.number]) for event in reversed(events)]


def note_viewing(db: Database, *, person_id: int, case_id: int, what: str, now: datetime) -> None:
    """Keep that somebody looked at a request's personal data, once an hour; old lines are dropped after two years."""
    hour = to_text(now.replace(minute=0, second=0, microsecond=0))
    key = (person_id, case_id, hour, what)
    known = db.execute(
        "SELECT 1 FROM viewings WHERE user_id = ? AND case_id = ? AND hour = ? AND what = ?", key
    ).fetchone()
    if known is None:
        with transaction(db):
            db.execute("INSERT OR IGNORE INTO viewings (user_id, case_id, hour, what) VALUES (?, ?, ?, ?)", key)
            db.execute("DELETE FROM viewings WHERE hour < ?", (to_text(now - _VIEWINGS_KEPT),))


def find_viewings(
    db: Database, question: AuditQuestion, *, person_id: int | None, limit: int, offset: int = 0
) -> tuple[int, list[Viewing]]:
    """Who looked at what, newest first: one line for each person, request and hour."""
    parts, values = ["1 = 1"], {}
    if person_id is not None:
        parts.append("user_id = :person")
        values["person"] = str(person_id)
    if question.reference:
        parts.append("cases.reference = :reference")
        values["reference"] = question.reference
    for name, moment, sign in (("since", question.since, ">="), ("until", question.until, "<")):
        if moment is not None:
            parts.append(f"hour {sign} :{name}")
            values[name] = to_text(moment)
    grouped = (
        f"FROM viewings JOIN cases ON cases.id = case_id WHERE {' AND '.join(parts)} GROUP BY user_id, case_id, hour"
    )
    total = int(db.execute(f"SELECT count(*) FROM (SELECT 1 {grouped})", values).fetchone()[0])  # noqa: S608 - named values
    rows = db.execute(
        f"SELECT user_id, cases.reference, hour, group_concat(what, ' ') {grouped}"
        " ORDER BY hour DESC, user_id, case_id LIMIT :limit OFFSET :offset",
        {**values, "limit": limit, "offset": offset},
    ).fetchall()
    return total, [Viewing(row[0], row[1], to_moment(row[2]), tuple(sorted(row[3].split()))) for row in rows]


def _where(question: AuditQuestion) -> tuple[str, dict[str, object]]:
    """SQL of our own making, in which everything from outside is a named value."""
    parts, values = ["1 = 1"], dict[str, object]()
    if question.actor:
        parts.append("events.actor = :actor")
        values["actor"] = question.actor
    if question.reference:
        parts.append("cases.reference = :reference")
        values["reference"] = question.reference
    if question.kinds:
        for number, kind in enumerate(sorted(question.kinds)):
            values[f"kind{number}"] = kind.value
        parts.append(f"events.kind IN ({', '.join(f':kind{number}' for number in range(len(question.kinds)))})")
    for name, moment, sign in (("since", question.since, ">="), ("until", question.until, "<")):
        if moment is not None:
            parts.append(f"events.at {sign} :{name}")
            values[name] = to_text(moment)
    return " AND ".join(parts), values
