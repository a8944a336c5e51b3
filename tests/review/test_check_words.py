"""What each check means to a reviewer: no rule is without words, and only what ran can have passed."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.lifecycle import CaseState
from review.case_view import case_view
from review.check_words import passed_checks, why_it_matters
from tests.review.house import a_reading

pytestmark = pytest.mark.pure
EXAMPLES = Path(__file__).resolve().parents[2] / "extract" / "checks" / "examples" / "rules.toml"


def test_every_rule_with_examples_says_why_it_matters_and_what_is_well() -> None:
    rules = list(tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))["rules"])
    reading = dataclasses.replace(a_reading(findings=()), rules=tuple(rules))
    labels = {rule.partition(".")[2]: "Question" for rule in rules if rule.startswith("required.")}
    assert rules
    assert [rule for rule in rules if not why_it_matters(rule)] == []
    assert len(passed_checks(reading, labels)) == len(rules)


def test_only_a_check_that_ran_and_found_nothing_has_passed(library: FormLibrary) -> None:
    ran = ("required.title", "required.justification", "contact.email", "benefits.unmeasured")
    reading = dataclasses.replace(a_reading(), rules=ran)
    view = case_view([reading], [], CaseState(), library)
    assert view.passed == ("“Title of request” is answered", "The email address can be written to")


def test_a_check_is_told_with_its_reason_and_with_what_to_ask_the_requester(library: FormLibrary) -> None:
    reading = a_reading()
    asked = dataclasses.replace(reading.findings[1], advice="Please name who is affected.")
    view = case_view([dataclasses.replace(reading, findings=(asked,))], [], CaseState(), library)
    assert view.to_check[0].why == "Without a reason of its own, a request cannot be weighed against the others."
    assert view.to_check[0].ask == "Benefits: Please name who is affected."
