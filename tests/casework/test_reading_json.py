"""A reading prints as the contract says and survives the store unchanged."""

from __future__ import annotations

import json

import pytest

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
)
from casework.reading_json import reading_from_record, reading_to_json, reading_to_record
from casework.transcript import Locator, Unread

pytestmark = pytest.mark.pure

CELL = Locator("body", "table 2, row 5, cell 2")
PAGE = Locator("body", "", 2, (10.5, 20.0, 90.0, 31.0), "inputLevel")
FULL = Reading(
    "ab" * 32,
    FileKind.DOCX,
    form="supplementary-role",
    form_version="1.0",
    form_confidence=0.98,
    form_index=2,
    answers=(
        Answer(
            "input_level", ("employee", "manager"), "Employee, Manager", FieldStatus.ANSWERED, 0.97, None, (CELL, PAGE)
        ),
        Answer("justification", "41 cases", "41 cases", FieldStatus.ANSWERED, 0.9, Adequacy.EVIDENCED, (CELL,)),
        Answer("scope", None, "", FieldStatus.MISSING, 0.5),
    ),
    findings=(
        Finding(
            "input-level.ambiguous",
            Severity.QUERY,
            "input_level",
            "Which one?",
            (Evidence("justification", 0, 2, "41"),),
            3,
        ),
        Finding("redirect.workforce-dataset", Severity.QUERY, None, "Elsewhere."),
    ),
    passages=(
        Passage("Input level", CELL, Role.FORM),
        Passage("Employee", PAGE, Role.ANSWER, "input_level"),
        Passage("ESRD-7", Locator("footnote", "1"), Role.UNPLACED),
    ),
    unread=(Unread("embedded spreadsheet", CELL),),
    notes=("has tracked changes",),
    within=("mail.eml", "forms.zip", "a.docx"),
    rules=("required.justification", "input-level.ambiguous"),
)
FAILED = Reading("cd" * 32, FileKind.PDF, problem=ReadingProblem(ErrorCode.ENCRYPTED, "It has a password."))


@pytest.mark.parametrize("reading", [FULL, FAILED])
def test_a_reading_comes_back_from_its_record_equal(reading: Reading) -> None:
    assert reading_from_record(json.loads(json.dumps(reading_to_record(reading)))) == reading


def test_a_reading_prints_in_the_shape_of_the_contract() -> None:
    assert reading_to_json(FULL, "forms/a.docx") == {
        "path": "forms/a.docx",
        "sha256": "ab" * 32,
        "kind": "docx",
        "form": "supplementary-role",
        "form_version": "1.0",
        "form_confidence": 0.98,
        "form_index": 2,
        "within": "mail.eml > forms.zip > a.docx",
        "rules_run": ["required.justification", "input-level.ambiguous"],
        "fields": {
            "input_level": {
                "value": ["employee", "manager"],
                "text": "Employee, Manager",
                "status": "answered",
                "confidence": 0.97,
                "adequacy": None,
                "places": [
                    {"part": "body", "path": "table 2, row 5, cell 2"},
                    {"page": 2, "box": [10.5, 20.0, 90.0, 31.0], "control": "inputLevel"},
                ],
            },
            "justification": {
                "value": "41 cases",
                "text": "41 cases",
                "status": "answered",
                "confidence": 0.9,
                "adequacy": "evidenced",
                "places": [{"part": "body", "path": "table 2, row 5, cell 2"}],
            },
            "scope": {
                "value": None,
                "text": "",
                "status": "missing",
                "confidence": 0.5,
                "adequacy": None,
                "places": [],
            },
        },
        "findings": [
            {
                "rule": "input-level.ambiguous",
                "version": 3,
                "severity": "query",
                "field": "input_level",
                "message": "Which one?",
                "advice": "",
                "evidence": [{"field": "justification", "start": 0, "end": 2, "text": "41"}],
            },
            {
                "rule": "redirect.workforce-dataset",
                "version": 1,
                "severity": "query",
                "field": None,
                "message": "Elsewhere.",
                "advice": "",
                "evidence": [],
            },
        ],
        "unplaced": [{"text": "ESRD-7", "place": {"part": "footnote", "path": "1"}}],
        "unread": [
            {"text": None, "what": "embedded spreadsheet", "place": {"part": "body", "path": "table 2, row 5, cell 2"}}
        ],
        "form_words": ["Input level"],
        "notes": ["has tracked changes"],
        "error": None,
    }


def test_a_file_that_gave_no_form_prints_its_reason_and_no_fields() -> None:
    printed = reading_to_json(FAILED, "b.pdf")
    assert (printed["form"], printed["fields"], printed["error"]) == (
        None,
        {},
        {"code": "encrypted", "message": "It has a password."},
    )
    assert "form_index" not in printed
    assert "within" not in printed


def test_a_reading_kept_before_messages_were_read_still_comes_back() -> None:
    record = reading_to_record(FAILED)
    del record["within"]
    assert reading_from_record(record) == FAILED
