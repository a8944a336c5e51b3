"""The pages about the service say what is so: cookies as they are set, the statement in the words of the law."""

import re
from datetime import date, timedelta

import pytest

from review.pages.about import LAST_TESTED, STATEMENT_PREPARED, STATEMENT_REVIEWED
from tests.review.house import REVIEWER, House, upload


def test_the_cookies_page_names_every_cookie_that_is_set_and_no_other(house: House) -> None:
    client = house.client(REVIEWER)
    client.get("/queue")
    client.get("/track")
    set_ones = {cookie.key for cookie in client._cookies.values()}  # type: ignore[union-attr]
    sender = house.app.test_client()
    upload(sender, b"%PDF-1.7 a", "form.pdf")
    set_ones |= {cookie.key for cookie in sender._cookies.values()}  # type: ignore[union-attr]
    page = client.get("/cookies").text
    assert set(re.findall(r'<th scope="row">([^<]+)</th>', page)) == set_ones


def test_a_visitor_who_only_reads_gets_no_cookie(house: House) -> None:
    client = house.app.test_client()
    for page in ("/", "/accessibility", "/privacy", "/cookies", "/help"):
        assert "Set-Cookie" not in client.get(page).headers, page


# What the regulations and the model statement want word for word.
FIXED = (
    "is committed to making its website accessible, in accordance with the Public Sector Bodies (Websites and Mobile"
    " Applications) (No. 2) Accessibility Regulations 2018.",
    "AA standard, due to the non-compliances listed below.",
    "The Equality and Human Rights Commission (EHRC) is responsible for enforcing the Public Sector Bodies (Websites"
    " and Mobile Applications) (No. 2) Accessibility Regulations 2018 (the ‘accessibility regulations’). If you are not"
    " happy with how we respond to your complaint, contact the Equality Advisory and Support Service (EASS).",
)
HEADINGS = (
    "How accessible this website is",
    "Feedback and contact information",
    "Enforcement procedure",
    "Compliance status",
    "Non-accessible content",
    "How we test",
    "Preparation of this accessibility statement",
)


def test_the_statement_has_the_fixed_words_and_every_part_in_order(house: House) -> None:
    page = house.app.test_client().get("/accessibility").text
    words = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert [text for text in FIXED if text not in words] == []
    found = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert [heading for heading in found if heading in HEADINGS] == list(HEADINGS)
    assert "This fails WCAG 2.2 success criterion 2.2.1 (timing adjustable)." in words


@pytest.mark.parametrize("day", [STATEMENT_REVIEWED, LAST_TESTED])
def test_the_statement_is_less_than_a_year_old(day: date) -> None:
    assert date.today() - day < timedelta(days=365)
    assert day >= STATEMENT_PREPARED


def test_the_way_to_complain_is_on_the_page(house: House) -> None:
    client = house.app.test_client()
    assert "https://www.equalityadvisoryservice.com/" in client.get("/accessibility").text
    assert "https://ico.org.uk/make-a-complaint/" in client.get("/privacy").text
