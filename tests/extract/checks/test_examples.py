"""Every rule fires at its examples and leaves alone what it must: the examples are data that a domain expert edits."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casework.form import FormLibrary
from casework.model import Answer, FieldStatus, FileKind, Finding, Reading
from extract.checks import RULES, check
from service.library import load_library
from service.rules import shipped_rules

pytestmark = pytest.mark.pure

TODAY = date(2026, 11, 23)
FILE = Path(__file__).resolve().parents[3] / "extract" / "checks" / "examples" / "rules.toml"
EXAMPLES: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
CASES = [
    pytest.param(rule, table, example, fires, id=f"{rule}-{'fires' if fires else 'silent'}-{number}")
    for rule, table in EXAMPLES["rules"].items()
    for fires in (True, False)
    for number, example in enumerate(table["fires" if fires else "silent"], 1)
]


def a_form(form: str, **changed: Any) -> Reading:
    given = {**EXAMPLES["sound"][form], **changed}
    return Reading(
        "0" * 64, FileKind.DOCX, form=form, answers=tuple(an_answer(key, value) for key, value in given.items())
    )


def an_answer(key: str, value: str | list[str]) -> Answer:
    status = FieldStatus.ANSWERED if value else FieldStatus.BLANK
    if isinstance(value, list):
        return Answer(key, tuple(value) or None, " ".join(value), status)
    return Answer(key, value or None, value, status)


def findings(form: str, library: FormLibrary, **changed: Any) -> tuple[Finding, ...]:
    return check(a_form(form, **changed), library.form(form), library, TODAY).findings


@pytest.mark.parametrize(("rule", "table", "example", "fires"), CASES)
def test_the_rule_does_with_its_example_what_the_file_says(
    library: FormLibrary, rule: str, table: dict[str, Any], example: Any, fires: bool
) -> None:
    changed = example if isinstance(example, dict) else {table["field"]: example}
    found = findings(table["form"], library, **changed)
    assert (rule in [finding.rule for finding in found]) is fires, [finding.rule for finding in found]


@pytest.mark.parametrize("form", list(EXAMPLES["sound"]))
def test_the_forms_that_the_examples_are_put_into_are_sound(library: FormLibrary, form: str) -> None:
    assert findings(form, library) == ()


@pytest.mark.parametrize("rule", list(EXAMPLES["rules"]))
def test_every_rule_has_four_examples_either_way(rule: str) -> None:
    assert len(EXAMPLES["rules"][rule]["fires"]) >= 4
    assert len(EXAMPLES["rules"][rule]["silent"]) >= 4


def test_every_rule_that_the_checks_name_has_examples() -> None:
    named = {part for rule in RULES for part in (rule.__doc__ or "").split("`")[1::2]}
    families = {rule.replace("KEY", "justification") for rule in named if "." in rule}
    assert families - set(EXAMPLES["rules"]) == set()


def all_findings() -> list[Finding]:
    library = load_library()
    return [
        finding
        for _, table, example, _ in (case.values for case in CASES)
        for finding in findings(
            table["form"], library, **(example if isinstance(example, dict) else {table["field"]: example})
        )
    ]


def test_every_finding_tells_the_sender_what_to_mend_and_the_reviewer_what_was_found() -> None:
    for finding in all_findings():
        assert finding.message, finding.rule
        assert finding.advice, finding.rule
        assert finding.advice != finding.message, finding.rule
        assert "invalid" not in finding.advice.lower(), finding.rule


def test_every_rule_that_has_examples_can_be_changed_by_an_administrator() -> None:
    shipped = shipped_rules()
    assert [rule for rule in EXAMPLES["rules"] if shipped.find(rule) is None] == []
