"""Two people at once: nothing that anybody typed is lost, whoever was first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casework.events import EventKind
from review import decide
from store.cases import CaseRow
from store.events import load_events
from tests.review.house import APPROVER, LEAD, REVIEWER, House, post


def taken_over(house: House) -> tuple[CaseRow, dict[str, object]]:
    """A request that Asha had open when Nia took it over, and the change that Asha then sends."""
    case = house.claimed()
    typed: dict[str, object] = {"version": str(case.version), "value": "My value", "reason": "I rang them"}
    decide.take_over(house.db, house.act(case, LEAD), reason="Asha is away", calendar=house.calendar())
    return case, typed


def send(client: FlaskClient, case: CaseRow, what: str, **values: object) -> TestResponse:
    return post(client, f"/requests/{case.reference}/{what}", page="/start", **values)


def test_a_change_after_the_claim_was_lost_shows_both_values_and_who_has_the_request(house: House) -> None:
    case, typed = taken_over(house)
    answer = send(house.client(REVIEWER), case, "answers/organisation", **typed)
    assert answer.status_code == 409
    assert "Nia Roberts took this request at 10:42am" in answer.text
    assert "Northmoor Valley NHS Foundation Trust" in answer.text
    assert "My value" in answer.text
    assert "Your reason: I rang them" in answer.text
    assert "Take over and save this" not in answer.text
    assert house.case(case.reference).organisation == "Northmoor Valley NHS Foundation Trust"


def test_what_was_typed_can_be_kept_as_a_note_by_whoever_lost_the_claim(house: House) -> None:
    case, typed = taken_over(house)
    client = house.client(REVIEWER)
    assert "Keep it as a note for colleagues" in send(client, case, "answers/organisation", **typed).text
    note = "Not saved, Organisation: My value\nReason: I rang them"
    assert send(client, case, "notes", note=note, rescued="yes").status_code == 303
    assert "Not saved, Organisation: My value" in client.get(f"/requests/{case.reference}").text


def test_a_change_to_a_request_that_was_given_back_is_saved_by_claiming_it_again(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    typed: dict[str, object] = {"version": str(case.version), "value": "My value", "reason": "I rang them"}
    decide.release(house.db, house.act(case))
    answer = send(client, case, "answers/organisation", **typed)
    assert (answer.status_code, "Claim it again and save this" in answer.text) == (409, True)
    now = str(house.case(case.reference).version)
    assert send(client, case, "answers/organisation", **{**typed, "version": now, "again": "claim"}).status_code == 303
    row = house.case(case.reference)
    assert (row.organisation, row.claimed_by) == ("My value", house.person(REVIEWER).id)


def test_a_lead_takes_the_request_back_with_a_reason_and_saves_what_was_typed(house: House) -> None:
    case = house.claimed(email=LEAD)
    typed: dict[str, object] = {"version": str(case.version), "value": "My value", "reason": "I rang them"}
    decide.take_over(house.db, house.act(case, APPROVER), reason="Urgent", calendar=house.calendar())
    client = house.client(LEAD)
    page = send(client, case, "answers/organisation", **typed)
    assert "Take over and save this" in page.text
    again = {**typed, "version": str(house.case(case.reference).version), "again": "take-over"}
    refused = send(client, case, "answers/organisation", **again)
    assert (refused.status_code, "My value" in refused.text) == (409, True)
    saved = send(client, case, "answers/organisation", **again, take_over_reason="I was in the middle of it")
    assert saved.status_code == 303
    row = house.case(case.reference)
    assert (row.organisation, row.claimed_by) == ("My value", house.person(LEAD).id)


def test_a_reason_why_a_check_is_right_is_not_lost_either(house: House) -> None:
    case, _ = taken_over(house)
    answer = send(
        house.client(REVIEWER),
        case,
        "checks",
        version=str(case.version),
        finding="required.justification:justification",
        reason="See 4",
    )
    assert answer.status_code == 409
    assert "The form is right: Business justification" in answer.text
    assert "See 4" in answer.text


def test_words_that_were_rescued_do_not_answer_the_requesters_message(house: House) -> None:
    case = house.claimed()
    house.rooms.uploads.reply(house.db, case.id, "Any news?", now=house.moment[0], hand_in_key="k" * 16)
    decide.add_note(house.db, house.act(case), note="Not saved, Title: x", is_rescued=True)
    assert "The requester wrote on" in house.client(REVIEWER).get(f"/requests/{case.reference}").text


@pytest.mark.parametrize(("days", "may"), [(6, False), (8, True)])
def test_any_reviewer_may_take_over_once_the_claim_has_run_out_and_says_why(house: House, days: int, may: bool) -> None:
    case = house.claimed(email=LEAD)
    house.later(timedelta(days=days))
    client = house.client(REVIEWER)
    text = client.get(f"/requests/{case.reference}").text
    assert ("Take over</a>" in text) is may
    assert ("The claim ran out on 30 November 2026" in text) is may
    answer = send(client, case, "take-over", version=str(case.version), reason="Nothing was done for a week")
    assert answer.status_code == (303 if may else 403)
    kinds = [event.kind for event in load_events(house.db, case.id)]
    assert (kinds[-1] is EventKind.TAKEN_OVER) is may


def test_a_release_after_the_claim_was_lost_says_so_and_changes_nothing(house: House) -> None:
    case, _ = taken_over(house)
    client = house.client(REVIEWER)
    assert send(client, case, "release", version=str(case.version)).status_code == 303
    assert f"You do not have {case.reference} any more" in client.get(f"/requests/{case.reference}").text
    assert house.case(case.reference).claimed_by == house.person(LEAD).id


def test_the_words_of_a_decision_are_not_lost_when_a_colleague_has_the_request(house: House) -> None:
    case, _ = taken_over(house)
    fields = {"version": str(case.version), "decision": "ask", "message": "Which policy is it?"}
    for step in ("decision/check", "decision"):
        answer = send(house.client(REVIEWER), case, step, **fields)
        assert answer.status_code == 409
        assert "Which policy is it?" in answer.text
        assert "Nia Roberts is reviewing this request now" in answer.text


def test_a_decision_that_was_checked_on_an_older_page_is_shown_beside_what_changed(house: House) -> None:
    case = house.claimed()
    fields = {"version": str(case.version), "decision": "ask", "message": "Which policy is it?"}
    decide.add_note(house.db, house.act(case, LEAD), note="I rang them")
    answer = send(house.client(REVIEWER), case, "decision", **fields)
    assert answer.status_code == 409
    assert "Note for colleagues: Nia Roberts at 10:42am" in answer.text
    assert "Which policy is it?" in answer.text
