"""Which numbers measure something."""

from __future__ import annotations

import pytest

from extract.language.quantities import find_quantities

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("We repaid 214 members of staff.", "214 members"),
        ("It costs £1,200 a month.", "£1,200"),
        ("Take-up rose by 12%.", "12%"),
        ("One in five letters comes back.", "One in five"),
        ("About half never reply.", "half"),
        ("A dozen wards are affected.", "A dozen"),
        ("It takes a full day each month.", "a full day each "),
        ("The clerk spends six hours on it.", "six hours"),
    ],
)
def test_an_amount_about_the_matter_is_found(text: str, amount: str) -> None:
    found = [text[start:end] for start, end in find_quantities(text)]
    assert any(amount.strip() in piece for piece in found), found


@pytest.mark.parametrize(
    "text",
    [
        "Ring 01632 960123 or bleep 4411.",
        "Raised on 3 March 2025 under SR 4459123.",
        "Please see page 12, section 4 of version 2.1.",
        "Needed for release 71.",
        "The desk closes at 17:30.",
        "We want 5 fields and not 4.",
        "The risk scores 3 x 4.",
        "It happens every month.",
        "Many hours are lost.",
        "A 45 minute module, online.",
    ],
)
def test_a_number_that_measures_nothing_is_left_alone(text: str) -> None:
    assert find_quantities(text) == []
