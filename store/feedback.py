"""What people said of the findings: kept as labelled examples, counted as agreement with each rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from casework.model import finding_key
from store.cases import find_reading_record, load_forms


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often people agreed with one version of a rule, and how often they found that it was wrong."""

    rule: str
    version: int
    right: int
    wrong: int

    @property
    def share(self) -> float:
        """The part of the verdicts that agreed, from 0 to 1."""
        return self.right / (self.right + self.wrong)


@dataclass(frozen=True, slots=True)
class FeedbackExample:
    """A finding that a person judged, with the answer that it was about: a labelled example.

    `reason` is the person's, empty where they agreed; `text` is empty where the form is not kept any more.
    """

    reference: str
    form: str
    field: str
    title: str
    text: str
    evidence: tuple[str, ...]
    rule: str
    version: int
    is_right: bool
    reason: str


def keep_verdict(db: Database, case_id: int, rule: str, field: str, *, is_right: bool, event_number: int) -> None:
    """Keep what a person said of a finding of the newest reading, in the event's transaction; the last word counts."""
    submission_id: int | None = None
    finding: dict[str, Any] = {}
    for form in reversed(load_forms(db, case_id)):
        readings = find_reading_record(db, form.id)
        if readings:
            submission_id = form.id
            finding = _finding(readings[0], rule, field)
            break
    db.execute(
        "INSERT OR REPLACE INTO verdicts (case_id, rule, version, field, submission_id, is_right, event_number)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            case_id,
            rule,
            int(finding.get("version") or 1),
            field,
            submission_id,
            int(is_right),
            event_number,
        ),
    )


def load_confirmed(db: Database, case_id: int) -> frozenset[str]:
    """The findings on this case that a person said are right, by rule and field."""
    rows = db.execute("SELECT rule, field FROM verdicts WHERE case_id = ? AND is_right = 1", (case_id,))
    return frozenset(finding_key(rule, field) for rule, field in rows.fetchall())


def load_agreement(db: Database) -> list[Agreement]:
    """Agreement with each version of each rule that anybody judged, by rule and version."""
    rows = db.query(
        "SELECT rule, version, sum(is_right) AS agreed, count(*) AS judged FROM verdicts"
        " GROUP BY rule, version ORDER BY rule, version"
    )
    return [Agreement(row["rule"], row["version"], row["agreed"], row["judged"] - row["agreed"]) for row in rows]


def load_examples(db: Database) -> Iterator[FeedbackExample]:
    """Every finding that a person judged, oldest verdict first."""
    rows = db.query(
        "SELECT verdicts.*, cases.reference, cases.form, cases.title, event_words.words AS reason,"
        " readings.record FROM verdicts JOIN cases ON cases.id = verdicts.case_id"
        " LEFT JOIN event_words ON event_words.event_number = verdicts.event_number AND event_words.name = 'reason'"
        " LEFT JOIN readings ON readings.submission_id = verdicts.submission_id ORDER BY verdicts.event_number"
    )
    for row in rows:
        yield _example(row)


def _finding(reading: dict[str, Any], rule: str, field: str) -> dict[str, Any]:
    """The finding of a reading's record, nothing where the checks found it only after a correction."""
    key = finding_key(rule, field)
    found: list[dict[str, Any]] = reading.get("findings") or []
    return next((each for each in found if finding_key(each["rule"], each.get("field")) == key), {})


def _example(row: dict[str, Any]) -> FeedbackExample:
    readings = json.loads(row["record"])["readings"] if row["record"] else []
    reading: dict[str, Any] = readings[0] if readings else {}
    answer: dict[str, Any] = next(
        (found for found in reading.get("answers") or [] if found["field"] == row["field"]), {}
    )
    finding = _finding(reading, row["rule"], row["field"])
    value = answer.get("value")
    return FeedbackExample(
        reference=row["reference"],
        form=row["form"] or "",
        field=row["field"],
        title=row["title"],
        text=" ".join(value) if isinstance(value, list) else str(value or ""),
        evidence=tuple(piece["text"] for piece in finding.get("evidence") or []),
        rule=row["rule"],
        version=row["version"],
        is_right=bool(row["is_right"]),
        reason=row["reason"] or "",
    )
