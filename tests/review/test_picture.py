"""The pictures of pages leave only by a door that knows the person, the request and the file."""

from __future__ import annotations

import pytest

from tests.review.drawn import PICTURE, draw
from tests.review.house import ADMINISTRATOR, APPROVER, REVIEWER, House


def test_a_picture_comes_with_headers_that_keep_it_out_of_every_cache(house: House) -> None:
    case = house.send()
    number = draw(house, case, texts=("One", "Two"))
    answer = house.client(REVIEWER).get(f"/requests/{case.reference}/pages/{number}/2")
    assert answer.data == PICTURE + b"2"
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("email", [REVIEWER, APPROVER, ADMINISTRATOR])
def test_staff_see_pictures(house: House, email: str) -> None:
    case = house.send()
    number = draw(house, case)
    assert house.client(email).get(f"/requests/{case.reference}/pages/{number}/1").status_code == 200


def test_nobody_else_sees_a_picture(house: House) -> None:
    case = house.send()
    number = draw(house, case)
    answer = house.client().get(f"/requests/{case.reference}/pages/{number}/1")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


def test_a_picture_of_another_request_is_not_there(house: House) -> None:
    case, other = house.send(), house.send()
    number = draw(house, case)
    assert house.client(REVIEWER).get(f"/requests/{other.reference}/pages/{number}/1").status_code == 404


@pytest.mark.parametrize("page", ["0", "2", "-1", "x"])
def test_a_page_that_is_not_there_is_not_found(house: House, page: str) -> None:
    case = house.send()
    number = draw(house, case)
    assert house.client(REVIEWER).get(f"/requests/{case.reference}/pages/{number}/{page}").status_code == 404


def test_a_file_that_is_not_drawn_yet_has_no_pictures(house: House) -> None:
    case = house.send()
    assert house.client(REVIEWER).get(f"/requests/{case.reference}/pages/1/1").status_code == 404


def test_a_file_that_is_held_for_a_virus_is_not_shown(house: House) -> None:
    case = house.send()
    number = draw(house, case)
    house.db.execute("UPDATE ledger SET outcome = 'quarantined'")
    client = house.client(REVIEWER)
    assert client.get(f"/requests/{case.reference}/pages/{number}/1").status_code == 404
    assert "app-page__sheet" not in client.get(f"/requests/{case.reference}").text


def test_what_is_no_picture_does_not_leave_as_one(house: House) -> None:
    case = house.send()
    number = draw(house, case, picture=b"PK\x03\x04 somebody's form")
    assert house.client(REVIEWER).get(f"/requests/{case.reference}/pages/{number}/1").status_code == 404
