"""How much requests resemble each other, and the reason in words."""

from __future__ import annotations

import pytest

from casework.likeness import Matter, rank, telling_words

pytestmark = pytest.mark.pure

LEAVE = Matter(
    "A",
    "business-justification",
    "Study leave balances for managers",
    {"requirement": "Show study leave balances in Manager Self Service."},
    "self-service",
)
SAME = Matter(
    "B",
    "business-justification",
    "Managers to see what study leave is left",
    {"requirement": "The balance of study leave should stand in Manager Self Service beside annual leave."},
    "self-service",
)
OTHER = Matter(
    "C", "business-justification", "Mileage claims in Welsh", {"requirement": "Translate the mileage claim."}, "payroll"
)


def test_the_same_wish_in_other_words_is_found_with_the_reason_in_words_of_both() -> None:
    (like,) = rank(LEAVE, [OTHER, SAME], seen_in={}, total=10, area_names={"self-service": "Self Service"})
    assert like.matter is SAME
    assert like.reason == "Both ask for “study leave balances in Manager Self Service”"


def test_a_word_that_stands_in_most_requests_makes_nobody_alike() -> None:
    asked = Matter("A", "business-justification", "Payslip in Welsh")
    other = Matter("B", "business-justification", "Payslip by post")
    rare = rank(asked, [other], seen_in={"welsh": 3, "post": 3, "payslip": 2}, total=1000)
    common = rank(asked, [other], seen_in={"welsh": 3, "post": 3, "payslip": 900}, total=1000)
    assert len(rare) == 1
    assert common == []


def test_short_names_are_the_words_that_they_stand_for() -> None:
    asked = Matter("A", "business-justification", "Notes in MSS")
    other = Matter("B", "business-justification", "Manager self service notes")
    same = {"mss": "manager self service"}
    (like,) = rank(asked, [other], seen_in={}, total=10, same_words=same)
    assert like.score > 0.9


def test_another_kind_of_form_resembles_less() -> None:
    role = Matter("B", "supplementary-role", "Study leave balances for managers")
    alike = Matter("C", "business-justification", "Study leave balances for managers")
    assert [like.matter.key for like in rank(LEAVE, [role, alike], seen_in={}, total=10)] == ["C", "B"]


def test_the_words_to_look_for_leave_out_those_that_every_request_holds() -> None:
    assert telling_words(Matter("A", None, "We need a Falls Champion role")) == [
        "falls",
        "fall",
        "champion",
        "champions",
    ]
