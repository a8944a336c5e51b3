"""What requests are about, for finding those that resemble one; and which pairs a person said are not the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.likeness import REQUESTS, TITLES, Matter
from store.database import to_moment

_AT_ONCE = 400
_TOLD = (*REQUESTS, "justification", "current_situation", "workaround", "benefits", "impact_of_not_changing")


@dataclass(frozen=True, slots=True)
class KnownCase:
    """An earlier request as it stands, with what it is about. `release` is the planned one's name, empty without."""

    id: int
    reference: str
    title: str
    organisation: str
    region: str
    status: str
    received_at: datetime
    decision: str | None
    release: str
    matter: Matter


def load_known_cases(db: Database, case_ids: Collection[int]) -> list[KnownCase]:
    """These requests with what they ask for, in the order of the ids given; those that are gone are left out."""
    ids = list(case_ids)[:_AT_ONCE]
    rows = db.query(
        "SELECT cases.*, releases.name AS release_name,"  # noqa: S608 - marks
        " (SELECT readings.record FROM submissions JOIN readings ON readings.submission_id = submissions.id"
        "  WHERE submissions.case_id = cases.id AND submissions.role = 'form'"
        "  ORDER BY submissions.round DESC, submissions.part DESC LIMIT 1) AS record"
        " FROM cases LEFT JOIN releases ON releases.id = cases.release_id"
        f" WHERE cases.id IN ({', '.join('?' * len(ids))})",
        ids,
    )
    found = {row["id"]: _known(row) for row in rows}
    return [found[case_id] for case_id in ids if case_id in found]


def count_seen(db: Database, words: Iterable[str]) -> dict[str, int]:
    """In how many requests each word stands, whatever its case; 0 for one that stands in none."""
    counts = {}
    for word in {word.casefold() for word in words}:
        found = db.execute("SELECT doc FROM case_terms WHERE term = ?", (word,)).fetchone()
        counts[word] = int(found[0]) if found else 0
    return counts


def tell_apart(db: Database, case_id: int, other_id: int, event_number: int) -> None:
    """Keep that two requests are not the same, inside the open transaction of the event that says so."""
    first, second = sorted((case_id, other_id))
    db.execute(
        "INSERT OR REPLACE INTO told_apart (case_id, other_id, event_number) VALUES (?, ?, ?)",
        (first, second, event_number),
    )


def load_told_apart(db: Database, case_id: int) -> frozenset[int]:
    """The requests that a person said are not the same as this one."""
    rows = db.execute(
        "SELECT other_id FROM told_apart WHERE case_id = :id UNION SELECT case_id FROM told_apart WHERE other_id = :id",
        {"id": case_id},
    )
    return frozenset(row[0] for row in rows.fetchall())


def _known(row: dict[str, Any]) -> KnownCase:
    readings = json.loads(row["record"])["readings"] if row["record"] else []
    answers = readings[0].get("answers") or [] if readings else []
    texts = {
        answer["field"]: str(answer["value"])
        for answer in answers
        if answer["field"] in _TOLD and isinstance(answer.get("value"), str)
    }
    named = next((str(answer["value"]) for answer in answers if answer["field"] in TITLES and answer.get("value")), "")
    matter = Matter(row["reference"], row["form"], row["title"] or named, texts, row["functional_area"])
    return KnownCase(
        id=row["id"],
        reference=row["reference"],
        title=row["title"],
        organisation=row["organisation"],
        region=row["region"],
        status=row["status"],
        received_at=to_moment(row["created_at"]),
        decision=row["decision"],
        release=row["release_name"] or "",
        matter=matter,
    )
