"""The checks run again on what a reviewer entered in place of what was read."""

from __future__ import annotations

from datetime import date

import pytest

from casework.form import FormLibrary
from casework.model import Answer, FieldStatus, FileKind, Reading
from extract.corrected import check_corrected

pytestmark = pytest.mark.pure
TODAY = date(2026, 11, 23)


def a_role(**texts: str) -> Reading:
    answers = [Answer(key, text, text, FieldStatus.ANSWERED) for key, text in texts.items()]
    return Reading("0" * 64, FileKind.DOCX, form="supplementary-role", answers=tuple(answers))


def rules(library: FormLibrary, reading: Reading, **corrected: str) -> set[str]:
    return {finding.rule for finding in check_corrected(reading, corrected, library=library, today=TODAY).findings}


def test_a_finding_goes_when_the_answer_that_it_was_about_is_put_right(library: FormLibrary) -> None:
    reading = a_role(email="nobody at all", role_name="Sepsis Lead")
    assert "contact.email" in rules(library, reading)
    assert "contact.email" not in rules(library, reading, email="robin.vale@oakmere.nhs.uk")


def test_a_new_value_may_break_a_rule_that_the_old_one_kept(library: FormLibrary) -> None:
    reading = a_role(email="robin.vale@oakmere.nhs.uk", date_raised="2026-11-02")
    assert "date.unlikely" in rules(library, reading, date_raised="2031-01-01")


def test_an_answer_that_was_emptied_is_no_answer_and_a_choice_may_be_several(library: FormLibrary) -> None:
    reading = a_role(role_name="Sepsis Lead")
    assert "required.role_name" in rules(library, reading, role_name=" ")
    assert "input-level.ambiguous" in rules(library, reading, input_level="employee manager")


def test_the_original_reading_and_what_it_is_not_asked_about_stay_as_they_were(library: FormLibrary) -> None:
    reading = a_role(role_name="Sepsis Lead")
    checked = check_corrected(reading, {"role_name": "Sepsis Nurse", "made_up": "x"}, library=library, today=TODAY)
    assert reading.words("role_name") == "Sepsis Lead"
    assert [answer.field for answer in checked.answers] == ["role_name"]


def test_a_reading_of_no_known_form_comes_back_as_it_was(library: FormLibrary) -> None:
    reading = Reading("0" * 64, FileKind.PDF)
    assert check_corrected(reading, {"title": "x"}, library=library, today=TODAY) is reading
