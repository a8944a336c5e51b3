"""Copies of another answer."""

from __future__ import annotations

import pytest

from extract.language.likeness import same_words

pytestmark = pytest.mark.pure


def test_case_marks_and_small_words_do_not_make_a_difference() -> None:
    assert same_words("Show the bank holiday balance on the payslip.", "show a bank holiday balance, on payslip")


def test_a_long_run_shared_by_two_answers_is_a_copy() -> None:
    shared = "managers cannot see who has handed in a fit note and so pay stops for people who did nothing wrong"
    assert same_words(shared, f"As we said, {shared}.")


def test_two_answers_on_one_subject_are_no_copy() -> None:
    assert not same_words(
        "Show the bank holiday balance on the payslip.", "People ring payroll to ask for the balance."
    )


def test_empty_answers_are_no_copies() -> None:
    assert not same_words("", "")
