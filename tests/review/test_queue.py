"""The queue's page: what it shows, what its links and forms lead to, and what it keeps for each person."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from review import decide
from tests.review.house import APPROVER, LEAD, REGIONAL_READER, REVIEWER, House, post


def titles(client: FlaskClient, address: str) -> list[str]:
    """The requests that a page lists, in its order."""
    return re.findall(r'app-row__title">\s*<a href="[^"]+">([^<]+)<', client.get(address).text)


def test_filters_sorting_and_pages_keep_each_other(house: House) -> None:
    for number in range(27):
        house.send(title=f"Request {number:02d}")
    client = house.client(REVIEWER)
    first = client.get("/queue?sort=title&order=down&form=business-justification")
    assert "Showing 1 to 25 of 27 requests" in first.text
    second = re.search(r'href="(\?[^"]+)"[^>]*aria-label="Page 2"', first.text)
    assert second is not None, first.text
    asked = parse_qs(urlsplit(second[1].replace("&amp;", "&")).query)
    assert asked == {
        "view": ["open"], "form": ["business-justification"], "sort": ["title"], "order": ["down"], "page": ["2"],
    }  # fmt: skip
    address = "/queue?sort=title&order=down&form=business-justification&page=2"
    assert titles(client, address) == ["Request 01", "Request 00"]
    assert titles(client, address.replace("page=2", "page=99")) == ["Request 01", "Request 00"]
    assert "Nothing" not in client.get("/queue?page=7").text


def test_an_order_that_a_person_chose_is_kept_for_them_alone(house: House) -> None:
    for title in ("B", "A", "C"):
        house.send(title=title)
    client, colleague = house.client(REVIEWER), house.client(APPROVER)
    answer = post(client, "/queue/sort", page="/queue", sort="title:down", parameters="view=open&search=study")
    assert answer.location == "/queue?view=open&search=study&sort=title&order=down"
    assert titles(client, "/queue") == ["C", "B", "A"]
    assert titles(colleague, "/queue") == ["B", "A", "C"]
    assert titles(client, "/queue?sort=due&order=up") == ["B", "A", "C"]


def test_looking_at_another_order_keeps_nothing(house: House) -> None:
    for title in ("B", "A"):
        house.send(title=title)
    client = house.client(REVIEWER)
    assert titles(client, "/queue?sort=title") == ["A", "B"]
    assert titles(client, "/queue") == ["B", "A"]


def test_a_view_is_saved_shared_renamed_and_deleted_by_its_owner_only(house: House) -> None:
    house.send()
    client, colleague = house.client(REVIEWER), house.client(APPROVER)
    answer = post(
        client, "/queue/views", page="/queue", name=" Late  ones ", share="yes", parameters="view=unclaimed&due=late"
    )
    assert answer.location == "/queue?view=unclaimed&due=late"
    link = '<a href="/queue?view=unclaimed&amp;due=late">Late ones</a>'
    for each in (client, colleague):
        assert link in each.get("/queue").text
    assert "From Asha Rahman" in colleague.get("/queue").text
    post(colleague, "/queue/views/1/delete", page="/queue")
    assert "Only they can change it" in colleague.get("/queue").text
    post(client, "/queue/views/1/rename", page="/queue", name=" Past  the day ", parameters="view=mine")
    assert "The view “Late ones” is called “Past the day” now." in client.get("/queue?view=mine").text
    assert '<a href="/queue?view=unclaimed&amp;due=late">Past the day</a>' in colleague.get("/queue").text
    post(colleague, "/queue/views/1/rename", page="/queue", name="Theirs")
    assert "Past the day" in client.get("/queue").text
    post(client, "/queue/views", page="/queue", name="Late ones", parameters="view=mine")
    post(client, "/queue/views/1/rename", page="/queue", name="Late ones")
    assert "You have a view “Late ones” already. Enter another name." in client.get("/queue").text
    post(client, "/queue/views/1/delete", page="/queue")
    assert link not in client.get("/queue").text
    assert link not in colleague.get("/queue").text
    post(client, "/queue/views", page="/queue", name="  ")
    assert "Enter a name for the view." in client.get("/queue").text


def test_a_view_holds_only_what_a_list_understands(house: House) -> None:
    client = house.client(REVIEWER)
    post(client, "/queue/views", page="/queue", name="x", parameters="view=open&next=https://evil.example&due=late")
    assert 'href="/queue?view=open&amp;due=late"' in client.get("/queue").text


def test_whoever_only_reads_shares_no_view(house: House) -> None:
    client = house.client(REGIONAL_READER)
    post(client, "/queue/views", page="/queue", name="Mine", share="yes", parameters="view=open")
    assert "Mine" in client.get("/queue").text
    assert "Mine" not in house.client(REVIEWER).get("/queue").text


def test_arrivals_are_counted_within_the_tab_and_keep_nobody_signed_in(house: House) -> None:
    house.send()
    client = house.client(REVIEWER)
    address = re.search(r'data-arrivals="([^"]+)"', client.get("/queue").text)
    assert address is not None
    ask = address[1].replace("&amp;", "&")
    assert client.get(ask).json == {"count": 0, "words": ""}
    house.send()
    house.claimed(email=APPROVER)
    assert client.get(ask).json == {"count": 2, "words": "2 new requests."}
    assert client.get(ask.replace("view=open", "view=unclaimed")).json == {"count": 1, "words": "1 new request."}
    for _ in range(4):
        house.later(timedelta(minutes=9))
        answer = client.get(ask)
    assert answer.status_code == 303


def test_a_search_shows_why_a_request_was_found_as_plain_text(house: House) -> None:
    case = house.claimed(title="Rota")
    decide.add_note(house.db, house.act(case), note="Ask <b>Jo</b> about overnight shifts")
    text = house.client(REVIEWER).get("/requests?search=overnight").text
    assert "Ask &lt;b&gt;Jo&lt;/b&gt; about <mark>overnight</mark> shifts" in text
    assert "No request matches" in house.client(REGIONAL_READER).get("/requests?search=overnight").text


def test_next_walks_the_list_that_the_reviewer_came_from(house: House) -> None:
    cases = [house.send(title=title) for title in ("B", "D", "A", "C")]
    client = house.client(REVIEWER)
    text = client.get("/queue?view=unclaimed&search=study&sort=title&order=down").text
    link = re.search(r'app-row__title">\s*<a href="([^"]+)">D<', text)
    assert link is not None
    page = client.get(link[1])
    assert "Request 1 of 4" in page.text
    following = re.search(r'href="([^"]+)">Next', page.text)
    assert following is not None
    assert following[1].startswith(f"/requests/{cases[3].reference}?list=view%3Dunclaimed")
    assert "Request 2 of 4" in client.get(following[1]).text
    assert 'href="/queue?view=unclaimed&amp;search=study&amp;sort=title&amp;order=down"' in page.text
    # Adding a note leads back to the same place.
    kept = re.search(r'name="list" value="([^"]+)"', page.text)
    assert kept is not None
    answer = post(
        client,
        f"/requests/{cases[1].reference}/notes",
        page="/start",
        note="Look again",
        version=str(house.case(cases[1].reference).version),
        list=kept[1].replace("&amp;", "&"),
    )
    assert answer.location.startswith(f"/requests/{cases[1].reference}?list=view%3Dunclaimed")


def test_without_a_list_next_walks_the_whole_queue(house: House) -> None:
    first, second = house.send(), house.send()
    text = house.client(REVIEWER).get(f"/requests/{first.reference}").text
    assert "Request 1 of 2" in text
    assert f'href="/requests/{second.reference}">Next' in text
    assert 'name="list"' not in text


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("open", "Nothing is waiting"),
        ("unclaimed", "Every open request is claimed"),
        ("mine", "You have claimed no request"),
        ("waiting", "We wait for no requester"),
        ("decided", "Nothing is decided yet"),
        ("open&due=late", "No requests match these filters"),
    ],
)
def test_an_empty_list_says_why_and_what_to_do_next(house: House, view: str, words: str) -> None:
    text = house.client(LEAD).get(f"/queue?view={view}").text
    assert words in text
    assert "app-empty" in text
    assert "data-keys" not in text
