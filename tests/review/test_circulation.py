"""The circulation pages: lists, an import that is checked first, sending by two people, progress, leaving."""

from __future__ import annotations

import io

from casework.address_list import ListedAddress
from casework.lifecycle import UserRole
from store.circulation import add_members, load_circulations, load_lists, load_members, load_recipient_states
from store.database import transaction
from store.deliveries import DeliveryState, end_delivery, load_deliveries
from store.people import change_roles
from tests.review.house import ADMINISTRATOR, PUBLISHER, House, post, token_of

LIST = "/circulation/lists/1"


def filled(house: House, number: int) -> None:
    with transaction(house.db):
        entries = [ListedAddress(n, f"r{n}@x.nhs.uk") for n in range(number)]
        add_members(house.db, 1, entries, person_id=1, now=house.moment[0])


def written(house: House, **more: object) -> str:
    client = house.client(PUBLISHER)
    answer = post(client, "/circulation/new", page="/circulation/new", list=1, subject="New", body="Here.", **more)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_the_three_lists_are_there_and_another_can_be_added(house: House) -> None:
    client = house.client(PUBLISHER)
    page = client.get("/circulation").text
    for name in ("Regional groups", "Functional Account Managers", "Service"):
        assert name in page
    assert post(client, "/circulation/lists", page="/circulation", name="Trusts").status_code == 303
    assert post(client, "/circulation/lists", page="/circulation", name="trusts").status_code == 400
    assert post(client, "/circulation/lists", page="/circulation", name=" ").status_code == 400
    assert len(load_lists(house.db)) == 4


def test_an_address_is_added_and_removed(house: House) -> None:
    client = house.client(PUBLISHER)
    assert post(client, LIST, page=LIST, email="no address").status_code == 400
    post(client, LIST, page=LIST, email="ann@x.nhs.uk", name="Ann")
    (member,) = load_members(house.db, 1)
    assert (member.address, member.name, member.state) == ("ann@x.nhs.uk", "Ann", "active")
    post(client, f"{LIST}/remove", page=LIST, member=member.id)
    assert load_members(house.db, 1)[0].state == "removed"


def test_an_import_shows_its_rows_before_anything_is_added(house: House) -> None:
    client = house.client(PUBLISHER)
    data = {
        "csrf_token": token_of(client, LIST),
        "file": (io.BytesIO(b"ann@x.nhs.uk,<b>\n=1+1\nann@x.nhs.uk\n"), "a.csv"),
    }
    shown = client.post(f"{LIST}/import", data=data)
    assert shown.status_code == 200
    assert 'Row 2: <span class="app-break">=1+1</span>. A cell begins like a formula.' in shown.text
    assert "Row 3" in shown.text
    assert "&lt;b&gt;" in shown.text
    assert load_members(house.db, 1) == []
    post(client, f"{LIST}/import", page=LIST, step="add", rows='ann@x.nhs.uk,"<b>"\nbad row')
    assert [(member.address, member.name) for member in load_members(house.db, 1)] == [("ann@x.nhs.uk", "<b>")]


def test_fifty_one_need_a_second_person_and_the_page_says_so(house: House) -> None:
    filled(house, 51)
    page = written(house)
    client = house.client(PUBLISHER)
    assert "another person must confirm it" in client.get(page).text
    post(client, f"{page}/ask", page=page)
    assert "Another person must confirm it." in client.get(page).text
    post(client, f"{page}/confirm", page=page)
    assert load_deliveries(house.db) == []
    other = house.person(ADMINISTRATOR)
    with transaction(house.db):
        change_roles(house.db, other.id, {*other.roles, UserRole.PUBLISHER}, active=True)
    second = house.client(ADMINISTRATOR)
    post(second, f"{page}/confirm", page=page)
    assert len(load_deliveries(house.db)) == 51
    assert "0 of 51 delivered, 51 waiting" in second.get(page).text


def test_progress_names_what_bounced_and_only_that_goes_again(house: House) -> None:
    filled(house, 3)
    page = written(house)
    client = house.client(PUBLISHER)
    for step in ("ask", "confirm"):
        post(client, f"{page}/{step}", page=page)
    first, second, third = load_deliveries(house.db)
    with transaction(house.db):
        end_delivery(house.db, first.id, DeliveryState.SENT, problem="", now=house.moment[0])
        end_delivery(house.db, second.id, DeliveryState.BOUNCED, problem="550 No such <b>", now=house.moment[0])
        end_delivery(house.db, third.id, DeliveryState.SENT, problem="", now=house.moment[0])
    text = client.get(page).text
    assert "2 of 3 delivered, 1 bounced" in text
    assert "550 No such &lt;b&gt;" in text
    post(client, f"{page}/again", page=page)
    (circulation,) = load_circulations(house.db)
    states = {state.address: state.state for state in load_recipient_states(house.db, circulation.id)}
    assert sorted(states.values()) == ["sent", "sent", "waiting"]
    assert states[second.recipient] == "waiting"


def test_a_test_goes_to_oneself_alone(house: House) -> None:
    filled(house, 2)
    page = written(house)
    post(house.client(PUBLISHER), f"{page}/test", page=page)
    (letter,) = load_deliveries(house.db)
    assert (letter.recipient, letter.subject, letter.kind) == (PUBLISHER, "Test: New", "test")


def test_mistakes_are_told_beside_what_was_typed(house: House) -> None:
    client = house.client(PUBLISHER)
    page = "/circulation/new"
    answer = post(client, page, page=page, subject="", body="", day="yesterday", clock="25:00", issue="9")
    assert answer.status_code == 400
    for words in ("a subject", "a message", "a real date", "a time"):
        assert f"Enter {words}" in answer.text
    for words in ("at least one list", "a schedule"):
        assert f"Select {words}" in answer.text
    answer = post(client, page, page=page, subject="S", body="B", list=1, day="1 January 2020")
    assert "still to come" in answer.text


def test_leaving_asks_first_and_then_stops_everything(house: House) -> None:
    filled(house, 1)
    (member,) = load_members(house.db, 1)
    address, client = f"/circulation/leave/{member.token}", house.client()
    assert "Do you want to stop" in client.get(address).text
    assert load_members(house.db, 1)[0].state == "active"
    post(client, address, page=address)
    assert "We will not write to you again" in client.get(address).text
    assert load_members(house.db, 1)[0].state == "unsubscribed"
    assert post(house.client(PUBLISHER), LIST, page=LIST, email=member.address).status_code == 400
    assert client.get("/circulation/leave/x").status_code == 404


def test_only_publishers_circulate(house: House) -> None:
    assert house.client(ADMINISTRATOR).get("/circulation").status_code == 403
