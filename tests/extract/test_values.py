"""Words become values: dates day first, and a stand-in is not an answer."""

from __future__ import annotations

import pytest

from extract.values import is_placeholder, join_email, parse_date

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "written",
    [
        "12/06/2026",
        "12.06.26",
        "12-6-26",
        "12 June 2026",
        "12th June 2026",
        "12th of June, 2026",
        "Friday 12 June 2026",
        "12-Jun-2026",
        "12 jun 26",
        "June 12, 2026",
        "2026-06-12",
        "by 12 June 2026 if possible",
        "12 06 2026",
    ],
)
def test_a_date_is_read_day_first_however_it_is_written(written: str) -> None:
    assert parse_date(written) == "2026-06-12"


@pytest.mark.parametrize(
    "written", ["31/02/2026", "June 2026", "next spring", "", "12/06", "between 1/6/2026 and 12/6/2026", "13/13/2026"]
)
def test_what_is_no_single_real_date_gives_none(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "N/A",
        "n/a.",
        "TBC",
        "tba",
        "None",
        "nil",
        "-",
        ".",
        "…",
        "See attached",
        "as above",
        "Not known",
        "To be decided",
        "see SR",
        "Not applicable",
        "please see attached",
        "?",
        "xxx",
        "To be confirmed",
        "None known.",
        "(none)",
    ],
)
def test_a_stand_in_is_a_placeholder(written: str) -> None:
    assert is_placeholder(written)


@pytest.mark.parametrize(
    "written",
    [
        "No renewal",
        "None - one off",
        "NHS wide",
        "See the audit report of May 2026, which found 41 late cases.",
        "No",
        "",
        "Nathan",
        "Please note that 40 staff wait.",
        "None at present, but a course is being written",
    ],
)
def test_a_short_answer_is_no_placeholder(written: str) -> None:
    assert not is_placeholder(written)


def test_an_address_that_a_narrow_cell_broke_is_joined() -> None:
    assert join_email("jo.williams@thornbeck-\nmh.nhs.uk") == "jo.williams@thornbeck-mh.nhs.uk"


def test_two_addresses_stay_two() -> None:
    assert join_email("a@one.nhs.uk\nb@two.nhs.uk") == "a@one.nhs.uk b@two.nhs.uk"
