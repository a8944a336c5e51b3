"""What a regional reader sees: their own regions' requests in lists, counts and pages, and nobody's contact details."""

from __future__ import annotations

import pytest

from casework.lifecycle import Decision
from review import decide
from review.pages.regional import without_contacts
from tests.review.house import REGIONAL_READER, REVIEWER, House, a_reading


def test_lists_and_counts_and_pages_hold_only_their_own_regions(house: House) -> None:
    own = house.send(reading=a_reading(title="Own region", region="north-east-yorkshire"))
    other = house.send(reading=a_reading(title="Elsewhere", region="london"))
    client = house.client(REGIONAL_READER)
    for address in ("/queue", "/requests", "/requests?search=northmoor", "/queue?view=unclaimed"):
        text = client.get(address).text
        assert ("Own region" in text, "Elsewhere" in text) == (True, False), address
        assert "Showing 1 to 1 of 1 request" in text, address
    assert client.get(f"/requests/{own.reference}").status_code == 200
    refused = client.get(f"/requests/{other.reference}")
    assert refused.status_code == 404
    # A reference that exists and one that does not look alike.
    assert client.get("/requests/ESR-2026-9999").status_code == 404
    assert client.get("/requests", query_string={"search": other.reference}).status_code == 404
    assert "Elsewhere" in house.client(REVIEWER).get("/queue").text


def test_the_page_names_nobody_and_gives_no_way_to_reach_them(house: House) -> None:
    case = house.send(reading=a_reading(benefits="Ask Jo on 0113 496 0000 or jo@north.example.nhs.uk. Saves 18 hours."))
    text = house.client(REGIONAL_READER).get(f"/requests/{case.reference}").text
    assert "Saves 18 hours" in text
    for secret in ("Priya", "priya", "0113 496 0000", "jo@north", "Sent by fax first", "/original/"):
        assert secret not in text, secret


def test_a_search_does_not_tell_who_asked(house: House) -> None:
    house.send()
    for words, answer in (("study", True), ("Priya", False), ("priya.nair@northmoor.example.nhs.uk", False)):
        text = house.client(REGIONAL_READER).get("/requests", query_string={"search": words}).text
        assert ("Showing 1 to 1" in text) is answer, words


@pytest.mark.parametrize("tail", ["/history", "/changes", "/original/1", "/pages/1/1"])
def test_what_holds_the_senders_own_words_is_closed(house: House, tail: str) -> None:
    case = house.send()
    assert house.client(REGIONAL_READER).get(f"/requests/{case.reference}{tail}").status_code == 403


def test_the_menu_offers_only_what_opens(house: House) -> None:
    text = house.client(REGIONAL_READER).get("/queue").text
    assert 'href="/requests"' in text
    for address in ("/releases", "/schedule", "/manage"):
        assert f'href="{address}"' not in text


def test_a_decision_is_shown_with_its_reason(house: House) -> None:
    case = house.claimed()
    decide.decide(
        house.db,
        house.act(case),
        decision=Decision.DECLINE,
        reason="It is there already.",
        letter=("Subject", "Body"),
        calendar=house.calendar(),
    )
    assert "It is there already." in house.client(REGIONAL_READER).get(f"/requests/{case.reference}").text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Call +44 (0)113 496 0000 today", "Call [contact details] today"),
        ("In 2024-25 we spent 120,000 and 18 hours", "In 2024-25 we spent 120,000 and 18 hours"),
        ("ESR-2026-0012 and 4418207", "ESR-2026-0012 and 4418207"),
    ],
)
def test_only_what_reaches_a_person_is_taken_out(text: str, kept: str) -> None:
    assert without_contacts(text) == kept
