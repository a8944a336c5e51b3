"""Sentences that were typed but answer nothing."""

from __future__ import annotations

import pytest

from extract.language.remarks import is_denial, is_hollow

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "text",
    [
        "TBC", "n/a", "-", "???", "xxx", "Yes", "as above", "See attached.", "please see the covering email",
        "Gareth will send this next week", "SR 5512098", "01632 960456", "12/04/2025", "What do you mean by this?",
        "Awaiting figures from finance", "Not sure, ask Bethan", "same as box 4", "i ddilyn", "Sian to complete",
        "I'll get back to you once the board has met",
    ],
)  # fmt: skip
def test_a_stand_in_pointer_promise_or_question_is_hollow(text: str) -> None:
    assert is_hollow(text)


@pytest.mark.parametrize(
    "text",
    [
        "Staff on leave miss the letter.",
        "Managers see the wrong team.",
        "Payroll are chasing forms every month.",
        "Required by NICE NG215.",
        "The pending list hides urgent cases from the ward.",
    ],
)
def test_a_claim_is_not_hollow(text: str) -> None:
    assert not is_hollow(text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("national_link", "There is no national programme for this."),
        ("national_link", "Sadly it isn't part of any policy that we know of"),
        ("impact_of_not_changing", "No impact"),
        ("impact_of_not_changing", "It would have no effect on anybody"),
        ("benefits", "None that we can think of"),
        ("wellbeing_link", "There is no link to wellbeing"),
    ],
)
def test_a_denial_is_told_by_what_the_field_asks_for(field: str, text: str) -> None:
    assert is_denial(field, text)


def test_a_complaint_that_something_is_missing_is_no_denial() -> None:
    assert not is_denial("justification", "There is no field for the date, so visas lapse unseen.")
    assert not is_denial("impact_of_not_changing", "Nobody would know that a licence had lapsed.")
