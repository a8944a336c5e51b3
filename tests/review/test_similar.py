"""Requests that resemble one: on its page, beside each other, and told apart; and what people say of the checks."""

from __future__ import annotations

from store.cases import CaseRow
from store.events import load_events
from store.feedback import Agreement, load_agreement, load_examples
from tests.review.house import REGIONAL_READER, REVIEWER, House, a_reading, post


def both(house: House) -> tuple[CaseRow, CaseRow]:
    earlier = house.send(reading=a_reading(title="Study leave balances on the dashboard", benefits="Saves 9 hours."))
    return house.claimed(title="Show the study leave balance"), earlier


def test_an_earlier_request_is_listed_with_the_reason_in_words(house: House) -> None:
    case, earlier = both(house)
    house.send(title="Mileage claims in Welsh")
    page = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert f"/requests/{case.reference}/similar/{earlier.reference}" in page
    assert "Both ask for “study leave balance”" in page
    assert "Mileage claims" not in page


def test_nothing_alike_is_said_plainly(house: House) -> None:
    case = house.claimed(title="Mileage claims in Welsh")
    page = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert "We found no similar requests in the last 24 months." in page


def test_two_requests_stand_in_two_columns_with_differences_marked_in_text(house: House) -> None:
    case, earlier = both(house)
    page = house.client(REVIEWER).get(f"/requests/{case.reference}/similar/{earlier.reference}").text
    assert "Different" in page
    assert "[only here: " in page
    assert "The same in both" in page
    assert f'href="/requests/{case.reference}?join={earlier.reference}#decide"' in page


def test_join_opens_the_decision_with_the_other_request_filled_in(house: House) -> None:
    case, earlier = both(house)
    page = house.client(REVIEWER).get(f"/requests/{case.reference}?join={earlier.reference}").text
    assert f'name="joined_to" value="{earlier.reference}"' in page


def test_telling_apart_needs_a_reason_and_is_never_suggested_again_on_either_side(house: House) -> None:
    case, earlier = both(house)
    client = house.client(REVIEWER)
    address = f"/requests/{case.reference}/similar/{earlier.reference}"
    refused = post(client, address, page=address, version=case.version, reason=" ")
    assert refused.status_code == 400
    assert 'href="#reason"' in refused.text
    told = post(client, address, page=address, version=case.version, reason="Theirs is for consultants only")
    assert told.location == f"/requests/{case.reference}#similar"
    for one in (case, earlier):
        assert "We found no similar requests" in client.get(f"/requests/{one.reference}").text
    history = client.get(f"/requests/{case.reference}/history").text
    assert f"Not the same as {earlier.reference}" in history
    assert "Reason: Theirs is for consultants only" in history
    assert "Theirs is" not in str([event.facts for event in load_events(house.db, case.id)])


def test_a_request_is_not_compared_with_itself(house: House) -> None:
    case, _ = both(house)
    assert house.client(REVIEWER).get(f"/requests/{case.reference}/similar/{case.reference}").status_code == 404


def test_whoever_may_not_see_contacts_compares_nothing(house: House) -> None:
    case, earlier = both(house)
    answer = house.client(REGIONAL_READER).get(f"/requests/{case.reference}/similar/{earlier.reference}")
    assert answer.status_code in (403, 404)


def test_what_people_say_of_checks_is_kept_as_examples_and_counted_by_rule(house: House) -> None:
    case = house.claimed()
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    post(
        client, f"{page}/checks/agree", page=page, finding="required.justification:justification", version=case.version
    )
    version = house.case(case.reference).version
    post(
        client,
        f"{page}/checks",
        page=page,
        finding="justification.weak:benefits",
        version=version,
        reason="Five words suffice",
    )
    assert load_agreement(house.db) == [
        Agreement("justification.weak", 1, right=0, wrong=1),
        Agreement("required.justification", 1, right=1, wrong=0),
    ]
    agreed, wrong = load_examples(house.db)
    assert (agreed.rule, agreed.is_right, agreed.text) == ("required.justification", True, "")
    assert (wrong.rule, wrong.is_right, wrong.reason) == ("justification.weak", False, "Five words suffice")
    assert wrong.text == "Saves 18 hours a year for each manager."
    assert wrong.evidence == ("Saves",)
    assert "You said that this check is right" in client.get(page).text


def test_the_last_word_on_a_check_counts(house: House) -> None:
    case = house.claimed()
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    post(client, f"{page}/checks/agree", page=page, finding="benefits.unmeasured:benefits", version=case.version)
    version = house.case(case.reference).version
    post(
        client,
        f"{page}/checks",
        page=page,
        finding="benefits.unmeasured:benefits",
        version=version,
        reason="It is measured",
    )
    assert load_agreement(house.db) == [Agreement("benefits.unmeasured", 1, right=0, wrong=1)]
