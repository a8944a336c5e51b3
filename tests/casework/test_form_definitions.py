"""The shipped forms hold what the reading contract and the rules need."""

from __future__ import annotations

import pytest

from casework.form import FieldKind, FormDefinition, FormLibrary
from casework.model import Severity

pytestmark = pytest.mark.pure

COMMON = ("sr_number", "date_raised", "requester_name", "job_title", "organisation", "email", "phone", "region")
KEYS = {
    "business-justification": (
        "title",
        "functional_area",
        "current_situation",
        "workaround",
        "requirement",
        "justification",
        "national_driver",
        "affected",
        "impact_of_not_changing",
        "benefits",
        "costs",
        "priority",
        "required_by",
        "support",
    ),
    "supplementary-role": (
        "role_name",
        "role_description",
        "input_level",
        "wellbeing_link",
        "justification",
        "benefits",
        "scope",
    ),
    "national-competency": (
        "competence_name",
        "renewal_period",
        "competence_description",
        "target_audience",
        "justification",
        "national_link",
        "learning_reference",
        "benefits",
        "sponsor",
    ),
}
BLOCKERS = {
    "business-justification": {"justification", "benefits"},
    "supplementary-role": {"input_level", "justification", "benefits"},
    "national-competency": {"justification", "national_link"},
}
PERSUADING = {"justification", "benefits", "impact_of_not_changing", "national_link", "wellbeing_link"}


def test_every_form_has_the_keys_of_the_reading_contract_in_order(library: FormLibrary) -> None:
    assert {form.key: tuple(field.key for field in form.fields) for form in library.forms} == {
        key: (*COMMON, *own) for key, own in KEYS.items()
    }


def test_the_bold_keys_and_only_they_block(library: FormLibrary) -> None:
    assert {
        form.key: {f.key for f in form.fields if f.required is Severity.BLOCKER} for form in library.forms
    } == BLOCKERS


def test_answers_that_must_persuade_are_long_and_required(library: FormLibrary) -> None:
    for form in library.forms:
        persuading = {field.key for field in form.fields if field.persuades}
        assert persuading == PERSUADING & {field.key for field in form.fields}
        assert all(form.field(key).required and form.field(key).kind is FieldKind.LONG for key in persuading)


def test_the_wellbeing_link_is_only_asked_of_employee_input(library: FormLibrary) -> None:
    assert library.form("supplementary-role").field("wellbeing_link").only_if == ("input_level", "employee")


def test_every_choice_has_a_vocabulary_and_no_other_field_has(library: FormLibrary) -> None:
    for form in library.forms:
        for field in form.fields:
            assert (field.vocabulary is not None) == (field.kind is FieldKind.CHOICE), field.key


def test_no_field_lists_a_wording_twice(library: FormLibrary) -> None:
    for form in library.forms:
        for field in form.fields:
            wordings = [wording.casefold() for wording in (field.label, *field.labels)]
            assert sorted(set(wordings)) == sorted(wordings), field.key


def test_no_vocabulary_gives_one_name_to_two_values(library: FormLibrary) -> None:
    for name in ("regions", "functional-areas", "input-levels", "priorities"):
        names = [alias.casefold() for term in library.vocabulary(name).terms for alias in {term.label, *term.aliases}]
        assert sorted(set(names)) == sorted(names), name


def test_few_wordings_mean_two_things_in_one_form(library: FormLibrary) -> None:
    assert {form.key: _shared(form) for form in library.forms} == {
        "business-justification": set(),
        "supplementary-role": {"role"},
        "national-competency": set(),
    }


def _shared(form: FormDefinition) -> set[str]:
    seen: dict[str, str] = {}
    shared: set[str] = set()
    for field in form.fields:
        for wording in (field.label, *field.labels):
            folded = wording.casefold().rstrip("?")
            if seen.setdefault(folded, field.key) != field.key:
                shared.add(folded)
    return shared
