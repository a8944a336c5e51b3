"""The forms of past requests as they were read, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.database import to_moment


@dataclass(frozen=True, slots=True)
class KeptReading:
    """The reading record of a request's form, and when that came."""

    reference: str
    title: str
    received_at: datetime
    record: dict[str, Any]


def count_kept_readings(db: Database) -> int:
    """How many readings `load_kept_readings` could give."""
    return int(
        db.execute(
            "SELECT count(*) FROM readings JOIN submissions ON submissions.id = readings.submission_id"
            " JOIN cases ON cases.id = submissions.case_id"
            " WHERE submissions.role = 'form' AND cases.form IS NOT NULL"
        ).fetchone()[0]
    )


def load_kept_readings(db: Database, limit: int) -> Iterator[KeptReading]:
    """The newest `limit` readings that found a form, newest first."""
    rows = db.query(
        "SELECT cases.reference, cases.title, submissions.received_at, readings.record FROM readings"
        " JOIN submissions ON submissions.id = readings.submission_id JOIN cases ON cases.id = submissions.case_id"
        " WHERE submissions.role = 'form' AND cases.form IS NOT NULL ORDER BY readings.submission_id DESC LIMIT ?",
        (limit,),
    )
    for row in rows:
        readings = json.loads(row["record"])["readings"]
        if readings and readings[0].get("form"):
            yield KeptReading(row["reference"], row["title"], to_moment(row["received_at"]), readings[0])
