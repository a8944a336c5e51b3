"""One thing done to several requests: the page before says what will happen, and the list after says what did."""

from __future__ import annotations

import dataclasses

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casework.lifecycle import Decision, Status
from review import decide
from store.cases import CaseRow
from store.releases import add_release
from tests.review.house import APPROVER, LEAD, PUBLISHER, REGIONAL_READER, REVIEWER, House, a_reading, post


def picks(house: House, *cases: CaseRow) -> list[str]:
    return [f"{case.id}-{house.case(case.reference).version}" for case in cases]


def check(client: FlaskClient, act: str, chosen: list[str]) -> str:
    return client.get("/queue/together", query_string={"act": act, "case": chosen}, follow_redirects=True).text


def carry_out(client: FlaskClient, act: str, chosen: list[str], **values: str) -> TestResponse:
    return post(client, "/queue/together", page="/queue", act=act, case=chosen, **values)


def test_claiming_says_before_and_after_what_it_does(house: House) -> None:
    free, taken, mine = house.send(), house.claimed(email=APPROVER), house.claimed()
    client, chosen = house.client(REVIEWER), picks(house, free, taken, mine)
    text = check(client, "claim", chosen)
    assert "1 of 3 can be claimed." in text
    assert "was claimed by Tom Beckett at 10:42am." in text
    assert "is yours already." in text
    assert house.case(free.reference).claimed_by is None
    assert carry_out(client, "claim", chosen).location == "/queue"
    text = client.get("/queue").text
    assert "1 request claimed." in text
    assert f"Not done: {taken.reference} was claimed by Tom Beckett at 10:42am. {mine.reference} is yours" in text
    assert house.case(free.reference).claimed_by == house.person(REVIEWER).id
    assert house.case(taken.reference).claimed_by == house.person(APPROVER).id


def test_a_request_that_changed_since_the_check_is_left_alone_and_named(house: House) -> None:
    first, second = house.send(), house.send()
    client, chosen = house.client(REVIEWER), picks(house, first, second)
    decide.add_note(house.db, house.act(first, APPROVER), note="Wait for me")
    carry_out(client, "claim", chosen)
    text = client.get("/queue").text
    assert "1 request claimed." in text
    assert f"{first.reference}: Somebody else changed this request" in text
    assert [house.case(case.reference).status for case in (first, second)] == [Status.NEW, Status.IN_REVIEW]


def test_acknowledging_several_is_an_act_for_each_with_its_own_letter(house: House) -> None:
    cases = [house.send(title=title) for title in ("First", "Second")]
    client = house.client(REVIEWER)
    carry_out(client, "acknowledge", picks(house, *cases))
    letters = [
        row["subject"]
        for row in house.db.query("SELECT subject FROM deliveries WHERE kind = 'acknowledgement' ORDER BY id")
    ]
    assert [case.reference in letter for case, letter in zip(cases, letters, strict=True)] == [True, True]
    assert "was acknowledged on" in check(client, "acknowledge", picks(house, *cases))


def test_only_a_lead_assigns_and_only_to_somebody_who_reviews(house: House) -> None:
    free, taken = house.send(), house.claimed(email=APPROVER)
    chosen = picks(house, free, taken)
    assert (
        house.client(REVIEWER).get("/queue/together", query_string={"act": "assign", "case": chosen}).status_code == 403
    )
    assert carry_out(house.client(REVIEWER), "assign", chosen, to="1").status_code == 403
    lead = house.client(LEAD)
    assert "2 of 2 can be assigned." in check(lead, "assign", chosen)
    for nobody in ("", "99", str(house.person(PUBLISHER).id)):
        answer = carry_out(lead, "assign", chosen, to=nobody)
        assert (answer.status_code, "Select who the requests go to" in answer.text) == (400, True)
    carry_out(lead, "assign", chosen, to=str(house.person(REVIEWER).id))
    assert "2 requests assigned. They are Asha Rahman’s now." in lead.get("/queue").text
    assert {house.case(case.reference).claimed_by for case in (free, taken)} == {house.person(REVIEWER).id}
    assert "Request given to Asha Rahman" in lead.get(f"/requests/{free.reference}/history").text


def test_adding_to_a_release_takes_what_is_approved_and_asks_why_something_moves(house: House) -> None:
    new = house.send()
    other = house.send(reading=dataclasses.replace(a_reading(findings=()), form="supplementary-role"))
    decide.claim(house.db, house.act(other))
    decide.decide(
        house.db,
        house.act(other),
        decision=Decision.APPROVE,
        reason="Yes",
        letter=("subject", "body"),
        calendar=house.calendar(),
    )
    seventy, later = add_release(house.db, "Release 70", None), add_release(house.db, "Release 71", None)
    client, chosen = house.client(REVIEWER), picks(house, new, other)
    assert "1 of 2 can be put into a release." in check(client, "release", chosen)
    assert "Select a release" in carry_out(client, "release", chosen).text
    carry_out(client, "release", chosen, release=str(seventy))
    assert house.case(other.reference).status == Status.ALLOCATED
    chosen = picks(house, other)
    assert "Moves from Release 70" in check(client, "release", chosen)
    answer = carry_out(client, "release", chosen, release=str(later))
    assert "Enter a reason why requests move to another release" in answer.text
    carry_out(client, "release", chosen, release=str(later), reason="Not ready")
    found = house.db.execute("SELECT release_id FROM cases WHERE id = ?", (other.id,)).fetchone()[0]
    assert found == later


@pytest.mark.parametrize("chosen", [[], ["x"], ["1"], ["1-x"], ["-"]])
def test_without_a_request_nothing_is_asked(house: House, chosen: list[str]) -> None:
    house.send()
    assert "Select one or more requests in the list first." in check(house.client(REVIEWER), "claim", chosen)


def test_an_act_that_does_not_exist_is_refused(house: House) -> None:
    case = house.send()
    assert carry_out(house.client(REVIEWER), "erase", picks(house, case)).status_code == 400


def test_requests_that_a_person_may_not_see_are_not_there(house: House) -> None:
    case = house.send(reading=a_reading(region="london"))
    answer = house.client(REGIONAL_READER).get(
        "/queue/together", query_string={"act": "claim", "case": picks(house, case)}
    )
    assert answer.status_code == 403
