"""What an impact assessment says about value for money, and amounts as people write them."""

from __future__ import annotations

import pytest

from casework.impact import Impact, Judgement, impact_of, parse_pounds
from casework.publishable import doubts_about

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("cost", "days", "benefit", "sentence"),
    [
        (12_000, 15, 42_000, "It costs £12,000 and takes 15 days of work. It brings £42,000 a year, so it pays for itself in 4 months."),  # noqa: E501
        (12_000, 1, 12_000, "It costs £12,000 and takes 1 day of work. It brings £12,000 a year, so it pays for itself in 12 months."),  # noqa: E501
        (100_000, 0, 1_000, "It costs £100,000 and takes no work of the team. It brings £1,000 a year, so it pays for itself in 100 years."),  # noqa: E501
        (12_000, 15, 0, "It costs £12,000 and takes 15 days of work. No benefit in money is expected."),
        (0, 15, 9, "It costs nothing, takes 15 days of work and brings £9 a year."),
    ],
)  # fmt: skip
def test_the_figures_are_put_into_a_sentence(cost: int, days: int, benefit: int, sentence: str) -> None:
    impact = Impact(cost, days, benefit, Judgement.GOOD, "Notes")
    assert impact.sentence == sentence
    assert impact_of(impact.facts(), "Notes") == impact


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("12000", 12_000),
        (" £12,000 ", 12_000),
        ("12 000.49", 12_000),
        ("12000.50", 12_001),
        ("0", 0),
        ("", None),
        ("£12k", None),
        ("-5", None),
        ("1.2.3", None),
        ("1e9", None),
        ("٣", None),
        ("9" * 40, None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, pounds: int | None) -> None:
    assert parse_pounds(text) == pounds


def test_people_and_their_addresses_are_doubted_in_the_order_in_which_they_stand() -> None:
    text = "Ask Priya Nair (priya@example.nhs.uk, 01632 960 418). Nair knows. The Li list is no name, nor 2026-03-31."
    assert doubts_about(text, ["Priya Nair", "Li", "Jo Li"]) == (
        "Priya Nair",
        "priya@example.nhs.uk",
        "01632 960 418",
        "Nair",
    )
    assert doubts_about("Worth its cost for every organisation (ESR-2026-0418).", ["Priya Nair", ""]) == ()
