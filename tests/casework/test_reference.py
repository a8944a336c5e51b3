"""References that people read out to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reference import make_reference, parse_reference

pytestmark = pytest.mark.pure


@given(year=st.integers(1000, 9999), number=st.integers(1, 999_999))
def test_a_reference_is_found_again_however_it_is_written(year: int, number: int) -> None:
    reference = make_reference(year, number)
    for written in (reference, reference.lower(), reference.replace("-", " "), reference.replace("-", "")):
        assert parse_reference(f"about {written}, please") == reference


@pytest.mark.parametrize("text", ["", "ESR", "ESR-26-0418", "ESR-2026-041", "XESR-2026-0418", "ESR-2026-04181234"])
def test_what_is_no_reference_is_not_taken_for_one(text: str) -> None:
    assert parse_reference(text) is None


def test_the_first_reference_of_several_is_meant() -> None:
    assert parse_reference("RE: ESR-2026-0418 (was ESR-2025-0001)") == "ESR-2026-0418"


def test_numbers_below_a_thousand_are_filled_up() -> None:
    assert make_reference(2026, 7) == "ESR-2026-0007"
