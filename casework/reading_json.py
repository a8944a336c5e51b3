"""A Reading as the JSON of the reading contract, and as a record that gives the same Reading back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.model import (
    Adequacy,
    Answer,
    ErrorCode,
    Evidence,
    FieldStatus,
    FileKind,
    Finding,
    Passage,
    Reading,
    ReadingProblem,
    Role,
    Severity,
    Value,
)
from casework.transcript import Locator, Unread

Json = dict[str, Any]

WITHIN = " > "
"""Stands between the names of a message and of what came in it."""


def reading_to_json(reading: Reading, path: str) -> Json:
    """One line of `formwright read --json`, in the reading contract's keys."""
    line: Json = {
        "path": path,
        "sha256": reading.sha256,
        "kind": reading.kind.value,
        "form": reading.form,
        "form_version": reading.form_version,
        "form_confidence": reading.form_confidence,
        "fields": {answer.field: _field(answer) for answer in reading.answers},
        "findings": [finding_to_record(finding) for finding in reading.findings],
        "rules_run": list(reading.rules),
        "unplaced": [
            {"text": passage.text, "place": _place(passage.place)}
            for passage in reading.passages
            if passage.role is Role.UNPLACED
        ],
        "unread": [{"text": None, "what": part.what, "place": _place(part.place)} for part in reading.unread],
        "form_words": [passage.text for passage in reading.passages if passage.role is Role.FORM],
        "notes": list(reading.notes),
        "error": None
        if reading.problem is None
        else {"code": reading.problem.code.value, "message": reading.problem.message},
    }
    if reading.form_index is not None:
        line["form_index"] = reading.form_index
    if reading.within:
        line["within"] = WITHIN.join(reading.within)
    return line


def _field(answer: Answer) -> Json:
    return {
        "value": _value(answer.value),
        "text": answer.text,
        "status": answer.status.value,
        "confidence": answer.confidence,
        "adequacy": answer.adequacy.value if answer.adequacy is not None else None,
        "places": [_place(place) for place in answer.places],
    }


def _value(value: Value) -> str | list[str] | None:
    return list(value) if isinstance(value, tuple) else value


def finding_to_record(finding: Finding) -> Json:
    """A finding as JSON."""
    return {
        "rule": finding.rule,
        "version": finding.version,
        "severity": finding.severity.value,
        "field": finding.field,
        "message": finding.message,
        "advice": finding.advice,
        "evidence": [
            {"field": quote.field, "start": quote.start, "end": quote.end, "text": quote.text}
            for quote in finding.evidence
        ],
    }


def _place(place: Locator) -> Json:
    """A place with only the keys that apply to its kind of document."""
    found: Json = {}
    if place.page is None or place.part != "body":
        found["part"] = place.part
    if place.path:
        found["path"] = place.path
    if place.page is not None:
        found["page"] = place.page
    if place.box is not None:
        found["box"] = list(place.box)
    if place.control is not None:
        found["control"] = place.control
    return found


def reading_to_record(reading: Reading) -> Json:
    """The whole reading, passages included, as JSON values; `reading_from_record` gives an equal Reading back."""
    return {
        "sha256": reading.sha256,
        "kind": reading.kind.value,
        "form": reading.form,
        "form_version": reading.form_version,
        "form_confidence": reading.form_confidence,
        "form_index": reading.form_index,
        "within": list(reading.within),
        "answers": [{"field": answer.field, **_field(answer)} for answer in reading.answers],
        "findings": [finding_to_record(finding) for finding in reading.findings],
        "rules_run": list(reading.rules),
        **({"rules_version": reading.rules_version} if reading.rules_version else {}),
        "passages": [_passage(passage) for passage in reading.passages],
        "unread": [{"what": part.what, "place": _place(part.place)} for part in reading.unread],
        "notes": list(reading.notes),
        "problem": None
        if reading.problem is None
        else {"code": reading.problem.code.value, "message": reading.problem.message},
    }


def findings_to_record(findings: Iterable[Finding]) -> list[Json]:
    """Findings as a reading's record holds them."""
    return [finding_to_record(finding) for finding in findings]


def findings_from_record(entries: Iterable[Json]) -> tuple[Finding, ...]:
    """The findings that `findings_to_record` wrote."""
    return tuple(finding_from_record(entry) for entry in entries)


def reading_from_record(record: Json) -> Reading:
    """The reading that `reading_to_record` wrote; KeyError or ValueError where the record is not one."""
    problem = record["problem"]
    return Reading(
        sha256=record["sha256"],
        kind=FileKind(record["kind"]),
        form=record["form"],
        form_version=record["form_version"],
        form_confidence=record["form_confidence"],
        form_index=record["form_index"],
        answers=tuple(_answer_from(entry) for entry in record["answers"]),
        findings=tuple(finding_from_record(entry) for entry in record["findings"]),
        passages=tuple(
            Passage(
                entry["text"],
                _place_from(entry["place"]),
                Role(entry["role"]),
                entry["field"],
                level=entry.get("level", 0),
                marker=entry.get("marker", ""),
            )
            for entry in record["passages"]
        ),
        unread=tuple(Unread(entry["what"], _place_from(entry["place"])) for entry in record["unread"]),
        notes=tuple(record["notes"]),
        # Readings that were kept before the checks told what they looked at have none.
        rules=tuple(record.get("rules_run", ())),
        rules_version=record.get("rules_version", 0),
        # Readings that were kept before messages were read have none.
        within=tuple(record.get("within", ())),
        problem=None if problem is None else ReadingProblem(ErrorCode(problem["code"]), problem["message"]),
    )


def _passage(passage: Passage) -> Json:
    """Level and marker only where there are some: most passages have none."""
    record: Json = {
        "text": passage.text,
        "place": _place(passage.place),
        "role": passage.role.value,
        "field": passage.field,
    }
    if passage.level:
        record["level"] = passage.level
    if passage.marker:
        record["marker"] = passage.marker
    return record


def _answer_from(entry: Json) -> Answer:
    value = entry["value"]
    return Answer(
        field=entry["field"],
        value=tuple(value) if isinstance(value, list) else value,
        text=entry["text"],
        status=FieldStatus(entry["status"]),
        confidence=entry["confidence"],
        adequacy=None if entry["adequacy"] is None else Adequacy(entry["adequacy"]),
        places=tuple(_place_from(place) for place in entry["places"]),
    )


def finding_from_record(entry: Json) -> Finding:
    """The finding that `finding_to_record` wrote."""
    return Finding(
        rule=entry["rule"],
        severity=Severity(entry["severity"]),
        field=entry["field"],
        message=entry["message"],
        evidence=tuple(
            Evidence(quote["field"], quote["start"], quote["end"], quote["text"]) for quote in entry["evidence"]
        ),
        version=entry["version"],
        # Readings that were kept before findings had advice have none.
        advice=entry.get("advice", ""),
    )


def _place_from(entry: Json) -> Locator:
    box = entry.get("box")
    return Locator(
        part=entry.get("part", "body"),
        path=entry.get("path", ""),
        page=entry.get("page"),
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        control=entry.get("control"),
    )
