"""Pages about trouble: a title, a sentence and a next step for each kind, never a trace or a number alone."""

import re

import pytest
from werkzeug.exceptions import HTTPException, default_exceptions

from tests.review.house import MORNING, REVIEWER, House


def words_of(house: House, status: int) -> str:
    """What the page says when a route ends with this status."""
    with house.app.test_request_context("/help"):
        house.app.preprocess_request()
        problem: HTTPException = default_exceptions[status]()
        answer = house.app.make_response(house.app.handle_user_exception(problem))
    assert answer.status_code == status
    main = answer.get_data(as_text=True).split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", f"<main{main}").split())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            403,
            "You do not have permission to see this Ask an administrator of this service if you need it for your work.",
        ),
        (404, "Page not found Check the address, or look for the request by its reference. Track a request"),
        (409, "Somebody else changed this request Read the request again, then repeat what you wanted to do."),
        (413, "The file is too large The file must be smaller than 1 MB."),
        (429, "You have tried too often Wait a while, then try again."),
        (500, "Sorry, there is a problem with the service Your work up to 10:42am is saved."),
        (
            503,
            "Sorry, the service is not available Try again after 10:44am. Everything that you saved before 10:42am is",
        ),
    ],
)
def test_each_kind_of_trouble_says_what_to_do_next(house: House, status: int, words: str) -> None:
    assert house.moment == [MORNING]
    assert words in words_of(house, status)


def test_a_page_that_is_not_there_keeps_the_search_for_staff(house: House) -> None:
    page = house.client(REVIEWER).get("/there-is-no-such-page")
    assert page.status_code == 404
    assert 'role="search"' in page.text
