"""The rules that count here: the shipped ones with what an administrator changed, put to what was read."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files

from sqlite_utils import Database

from casework.form import FormLibrary
from casework.model import Finding, Reading
from casework.reading_json import finding_to_record, reading_from_record
from casework.rulebook import AS_SHIPPED, Limits, RuleBook, applied, parse_rulebook
from store.edited_texts import find_edited_text

NAME = "rules"


@cache
def shipped_rules() -> RuleBook:
    """The rules as they ship."""
    return parse_rulebook((files("casework") / "rules" / "rules.toml").read_text(encoding="utf-8"))


def rules_now(db: Database) -> tuple[RuleBook, int]:
    """The rules that count here, and the version of what was edited; 0 where nothing was."""
    edited = find_edited_text(db, NAME)
    if edited is None:
        return shipped_rules(), 0
    return parse_rulebook(edited.text, shipped_rules()), edited.version


def judge_record(record_text: str, db: Database, library: FormLibrary, today: date) -> str:
    """{"readings": [...]} with the findings of the rules that count here, and which version of them that was."""
    book, version = rules_now(db)
    if not version:
        return record_text
    record = json.loads(record_text)
    for entry in record["readings"]:
        shipped = entry.get("findings") or []
        reading = reading_from_record(entry)
        entry["findings"] = [finding_to_record(found) for found in judged(reading, book, library, today)]
        entry["rules_version"] = version
        if entry["findings"] != shipped:
            entry[AS_SHIPPED] = shipped
    return json.dumps(record, ensure_ascii=False)


def judged(reading: Reading, book: RuleBook, library: FormLibrary, today: date) -> tuple[Finding, ...]:
    """A reading's findings, as shipped, under this rule book."""
    findings = reading.findings
    if book.limits != shipped_rules().limits:
        findings = _with_limits(reading, book.limits, library, today)
    return applied(book, findings, reading.form)


def _with_limits(reading: Reading, limits: Limits, library: FormLibrary, today: date) -> tuple[Finding, ...]:
    # Only the dates are looked at again; the language pipeline is not loaded for it.
    from extract.checks.dates import recheck_dates

    others = tuple(found for found in reading.findings if found.rule != "date.unlikely")
    if reading.form is None or not any(form.key == reading.form for form in library.forms):
        return reading.findings
    return (*others, *recheck_dates(reading, library.form(reading.form), library, today, limits))
