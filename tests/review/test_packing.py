"""Pages are packed for people, and never where another website could learn from how long they are."""

import gzip

import pytest

from tests.review.house import REVIEWER, House

OWN = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip, br"}


def test_a_page_that_a_person_asks_for_is_packed(house: House) -> None:
    client = house.client(REVIEWER)
    plain, packed = client.get("/queue"), client.get("/queue", headers=OWN)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert len(packed.data) < len(plain.data) / 2
    assert "Review queue" in gzip.decompress(packed.data).decode()
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= {name.strip() for name in packed.headers["Vary"].split(",")}


@pytest.mark.parametrize(
    "headers",
    [
        {**OWN, "Sec-Fetch-Site": "cross-site"},
        {**OWN, "Sec-Fetch-Site": "same-site"},
        {"Accept-Encoding": "gzip"},
        {**OWN, "Accept-Encoding": "identity"},
        {**OWN, "Accept-Encoding": "gzip;q=0"},
    ],
    ids=["another site", "a neighbour", "a browser that does not say", "no packing wanted", "packing refused"],
)
def test_any_other_visit_gets_it_plain(house: House, headers: dict[str, str]) -> None:
    assert "Content-Encoding" not in house.client(REVIEWER).get("/requests?search=guess", headers=headers).headers


def test_a_download_is_not_packed(house: House) -> None:
    house.send()
    answer = house.client(REVIEWER).get("/reports/received.csv", headers=OWN)
    assert "Content-Encoding" not in answer.headers
