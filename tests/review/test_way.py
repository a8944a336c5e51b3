"""The way of a request over its pages: what stops it, where it waits, who decides, and what its sender is told."""

from __future__ import annotations

import dataclasses
import io
from datetime import date, timedelta

import pytest
from docx import Document
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casework.errors import RefusedError
from casework.events import SYSTEM, Event, EventKind, Fact
from casework.lifecycle import Decision, Status, state_of
from casework.model import Finding, Severity
from review import decide
from store.cases import CaseRow, record
from store.database import transaction
from store.deliveries import load_deliveries
from store.events import load_events
from tests.review.house import APPROVER, LEAD, REVIEWER, House, a_reading, post, said_at_the_top

TO_FIX = "It stands under benefits"


def act(house: House, client: FlaskClient, case: CaseRow, what: str, **values: object) -> TestResponse:
    """Send one of the request's forms with the version as it stands now."""
    fields = {"version": str(house.case(case.reference).version), **values}
    return post(client, f"/requests/{case.reference}/{what}", page="/start", **fields)


def follow(house: House, case: CaseRow, what: str = "", **values: object) -> TestResponse:
    """The sender opens the page of their request, or sends one of its forms."""
    address = f"/track/{case.token}"
    return post(house.client(), f"{address}/{what}", page="/start", **values) if what else house.client().get(address)


def status(house: House, case: CaseRow) -> str:
    return house.case(case.reference).status


def a_value(house: House, form: str = "supplementary-role", *, blocked: bool = False) -> CaseRow:
    """A role or a competency that was sent, read and claimed by a reviewer."""
    missing = (Finding("required.benefits", Severity.BLOCKER, "benefits", "There are no benefits."),)
    reading = dataclasses.replace(a_reading(findings=missing if blocked else ()), form=form)
    case = house.send(reading=reading)
    decide.claim(house.db, house.act(case))
    return house.case(case.reference)


def letters(house: House, case: CaseRow) -> list[str]:
    return [letter.subject for letter in load_deliveries(house.db, case_id=case.id) if letter.kind != "receipt"]


def test_the_sender_says_that_they_wish_to_progress_and_sends_the_requirement(house: House) -> None:
    case = house.claimed()
    reviewer = house.client(REVIEWER)
    assert act(house, reviewer, case, "decision", decision="offer", reason="A real enhancement").status_code == 303
    assert status(house, case) == Status.OFFERED
    assert "Do you wish to progress this request?" in follow(house, case).text
    assert follow(house, case, "progress").status_code == 303
    assert follow(house, case, "progress").status_code == 303
    assert status(house, case) == Status.DOCUMENTS
    assert "when we have both the business case and the full requirement" in follow(house, case).text
    decide.note_requirement(house.db, house.act(case), submission_id=None, where="In the service request")
    assert status(house, case) == Status.PROGRESSING
    assert [event.actor for event in load_events(house.db, case.id) if event.kind is EventKind.DECIDED] == [
        f"user:{house.person(REVIEWER).id}",
        "sender",
    ]
    assert any("we are progressing your request" in subject for subject in letters(house, case))


def test_nobody_progresses_what_they_were_not_asked_about(house: House) -> None:
    case = house.claimed()
    follow(house, case, "progress")
    assert status(house, case) == Status.IN_REVIEW


def test_the_five_day_clock_stands_still_while_the_sender_is_asked_if_they_wish_to_progress(house: House) -> None:
    case = house.claimed()
    act(house, house.client(REVIEWER), case, "decision", decision="offer", reason="An enhancement")
    house.later(timedelta(days=30))
    assert (
        "Clock stopped: the requester owes an answer" in house.client(REVIEWER).get(f"/requests/{case.reference}").text
    )


def test_an_open_blocker_stops_acceptance_until_somebody_says_why_it_can_go_on(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    wanted = {"decision": "accept", "requirement": "With the SR", "reason": "A real need"}
    refused = act(house, client, case, "decision/check", **wanted)
    assert refused.status_code == 400
    assert said_at_the_top(refused.text) == ("override", "Enter why it can go on although checks are open")
    check = act(house, client, case, "decision/check", override=TO_FIX, **wanted)
    assert "Goes on with 1 open check" in check.text
    act(house, client, case, "decision", override=TO_FIX, **wanted)
    assert status(house, case) == Status.ASSESSMENT
    event = next(event for event in load_events(house.db, case.id) if event.kind is EventKind.BLOCKERS_OVERRIDDEN)
    assert (event.facts["findings"], event.words) == ("required.justification:justification", {"reason": TO_FIX})
    page = client.get(f"/requests/{case.reference}").text
    assert "Goes on with open checks" in page
    assert f"<strong>Asha Rahman</strong>: {TO_FIX}" in page


def test_the_door_itself_refuses_what_a_blocker_stops(house: House) -> None:
    case = house.claimed()
    with pytest.raises(RefusedError, match="must be put right first"):
        decide.decide(
            house.db,
            house.act(case),
            decision=Decision.ACCEPT,
            reason="Go",
            letter=("s", "b"),
            calendar=house.calendar(),
            needs=decide.Particulars(requirement="Here"),
        )
    assert status(house, case) == Status.IN_REVIEW


@pytest.mark.parametrize(
    ("form", "who", "goes_on"),
    [
        ("supplementary-role", REVIEWER, True),
        ("national-competency", REVIEWER, False),
        ("national-competency", LEAD, True),
        ("national-competency", APPROVER, True),
    ],
)
def test_a_role_may_go_on_for_a_reviewer_and_a_competency_only_for_a_lead_or_an_approver(
    house: House, form: str, who: str, goes_on: bool
) -> None:
    case = a_value(house, form, blocked=True)
    if who != REVIEWER:
        decide.release(house.db, house.act(case))
        decide.claim(house.db, house.act(case, who))
    answer = act(house, house.client(who), case, "decision", decision="approve", reason="Good", override="National")
    assert (answer.status_code, status(house, case) == Status.APPROVED) == (303 if goes_on else 400, goes_on)


@pytest.mark.parametrize(
    ("form", "who", "goes_away"),
    [
        ("supplementary-role", REVIEWER, True),
        ("national-competency", REVIEWER, False),
        ("national-competency", LEAD, True),
    ],
)
def test_a_blocker_is_called_right_only_by_whoever_could_let_the_request_go_on(
    house: House, form: str, who: str, goes_away: bool
) -> None:
    case = a_value(house, form, blocked=True)
    if who != REVIEWER:
        decide.release(house.db, house.act(case))
        decide.claim(house.db, house.act(case, who))
    answer = act(house, house.client(who), case, "checks", finding="required.benefits:benefits", reason="They rang me")
    accepted = state_of(load_events(house.db, case.id)).accepted_findings
    assert (answer.status_code, accepted) == (
        (303, {"required.benefits:benefits"}) if goes_away else (400, frozenset())
    )


def test_a_role_goes_the_short_way_to_closed(house: House) -> None:
    case = a_value(house)
    client = house.client(REVIEWER)
    act(house, client, case, "decision", decision="approve", reason="Wanted everywhere")
    assert "We will tell you when the value is in ESR." in load_deliveries(house.db, case_id=case.id)[0].body
    late = act(house, client, case, "decision", decision="add-value", value_on="1 March 2027", reason="Done")
    assert said_at_the_top(late.text) == ("value-on", "Enter a day that is not after today")
    act(house, client, case, "decision", decision="add-value", value_on="20 November 2026", reason="Done")
    assert status(house, case) == Status.VALUE_ADDED
    assert state_of(load_events(house.db, case.id)).value_on == date(2026, 11, 20)
    act(house, client, case, "decision", decision="close", reason="Nothing left")
    assert (status(house, case), house.case(case.reference).claimed_by) == (Status.CLOSED, None)


def test_what_a_schedule_printed_is_corrected_only_after_the_request_is_opened_again(house: House) -> None:
    case = a_value(house)
    client = house.client(REVIEWER)
    page = f"/requests/{case.reference}"
    act(house, client, case, "decision", decision="approve", reason="Wanted everywhere")
    assert "?change=organisation" in client.get(page).text
    assert "Open it again" not in client.get(page).text
    facts: dict[str, Fact] = {"quarter": "2026-Q4", "version": "1.0", "label": "Q4 2026"}
    with transaction(house.db):
        record(house.db, Event(EventKind.SCHEDULED, house.moment[0], SYSTEM, case.id, facts=facts))
    shown = client.get(page).text
    assert "Listed in the Development Schedule for Q4 2026, version 1.0." in shown
    assert "?change=organisation" not in shown
    refused = act(house, client, case, "answers/organisation", value="Eastcliff Trust", reason="A slip")
    assert refused.status_code == 400
    assert "Open the request again to change them." in refused.text
    assert house.case(case.reference).organisation == "Northmoor Valley NHS Foundation Trust"
    act(house, client, case, "decision", decision="reopen", reason="The trust has another name now")
    assert status(house, case) == Status.IN_REVIEW
    assert act(house, client, case, "answers/organisation", value="Eastcliff Trust", reason="A slip").status_code == 303
    assert house.case(case.reference).organisation == "Eastcliff Trust"
    act(house, client, case, "decision", decision="approve", reason="Wanted everywhere")
    assert "?change=organisation" in client.get(page).text


def test_a_request_on_hold_has_its_day_and_comes_back_on_it(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    for day, problem in (("", "Enter the day to look at it again"), ("23 November 2026", "Enter a day after today")):
        refused = act(house, client, case, "decision", decision="defer", review_on=day, reason="Later")
        assert said_at_the_top(refused.text)[1].startswith(problem)
    act(house, client, case, "decision", decision="defer", review_on="30 November 2026", reason="Later")
    assert "We will look at it again on 30 November 2026." in load_deliveries(house.db, case_id=case.id)[0].body
    assert "on hold. We will look at it again on 30 November 2026." in follow(house, case).text
    assert decide.bring_back_due(house.db, house.moment[0]) == 0
    house.later(timedelta(days=7))
    assert (decide.bring_back_due(house.db, house.moment[0]), decide.bring_back_due(house.db, house.moment[0])) == (
        1,
        0,
    )
    assert status(house, case) == Status.REVIEW_DUE
    client = house.client(REVIEWER)
    assert case.reference in client.get("/queue?view=mine").text
    assert "Its day has come." in client.get(f"/requests/{case.reference}").text


def test_a_redirect_says_to_whom(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    refused = act(house, client, case, "decision", decision="redirect", reason="A job role", redirected_to="nobody")
    assert said_at_the_top(refused.text) == ("redirected-to", "Select who decides this")
    wanted = {"decision": "redirect", "redirected_to": "workforce-dataset", "reason": "It is a job role"}
    assert "The National Workforce Data Set owner" in act(house, client, case, "decision/check", **wanted).text
    act(house, client, case, "decision", **wanted)
    state = state_of(load_events(house.db, case.id))
    assert (state.status, state.redirected_to) == (Status.REDIRECTED, "workforce-dataset")
    assert "Ask the owner of the National Workforce Data Set" in load_deliveries(house.db, case_id=case.id)[0].body


def test_a_reason_that_names_somebody_is_shown_to_its_writer_who_may_go_on(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    wanted = {"decision": "decline", "reason": "Priya Nair can ask tom@example.nhs.uk or call 01632 960 418."}
    text = act(house, client, case, "decision/check", **wanted).text
    assert "Does this name somebody?" in text
    for quoted in ("Priya Nair", "tom@example.nhs.uk", "01632 960 418"):
        assert f"“{quoted}”" in text
    assert act(house, client, case, "decision", **wanted).status_code == 303


def test_a_decision_put_aside_is_there_again_for_its_writer_alone(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "decision/later", decision="decline", reason="Half a sentence")
    assert status(house, case) == Status.IN_REVIEW
    assert letters(house, case) == []
    page = client.get(f"/requests/{case.reference}").text
    assert "Half a sentence" in page
    assert "You put this aside on" in page
    assert "Half a sentence" not in house.client(APPROVER).get(f"/requests/{case.reference}").text
    act(house, client, case, "decision", decision="decline", reason="Local need")
    assert "You put this aside on" not in client.get(f"/requests/{case.reference}").text


def test_the_check_page_says_what_changes_and_leads_to_the_next_request(house: House) -> None:
    case, other = house.claimed(), house.send(title="Another")
    client = house.client(REVIEWER)
    text = act(house, client, case, "decision/check", decision="decline", reason="Local need").text
    assert "In review" in text
    assert "Do not progress" in text
    assert "printed in the Development Schedule" in text
    act(house, client, case, "decision", decision="decline", reason="Local need")
    page = client.get(f"/requests/{case.reference}").text
    assert "Undo" in page
    assert f'<a href="/requests/{other.reference}">Open next request</a>' in page


def test_what_is_sent_now_leaves_at_once_and_cannot_be_undone(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "decision", decision="decline", reason="Local need", when="now")
    letter = load_deliveries(house.db, case_id=case.id)[0]
    assert letter.not_before == house.moment[0]
    assert decide.find_undoable(house.db, case.id, house.person(REVIEWER).id, house.moment[0]) is None


def test_an_appeal_is_settled_by_somebody_else(house: House) -> None:
    case = house.claimed(email=LEAD)
    act(house, house.client(LEAD), case, "decision", decision="decline", reason="Local need")
    assert "Ask us to look at our decision again" in follow(house, case).text
    assert follow(house, case, "appeal", reason=" ").status_code == 400
    assert follow(house, case, "appeal", reason="Forty trusts have asked").status_code == 303
    assert follow(house, case, "appeal", reason="And again").status_code == 303
    assert status(house, case) == Status.APPEALED
    assert "Somebody who did not take it is doing so." in follow(house, case).text
    assert any("we have your appeal" in subject for subject in letters(house, case))
    for who, decided in ((LEAD, 400), (REVIEWER, 400), (APPROVER, 303)):
        decide.claim(house.db, house.act(case, who))
        answer = act(house, house.client(who), case, "decision", decision="uphold", reason="It is a local need")
        assert answer.status_code == decided
        if decided == 400:
            decide.release(house.db, house.act(case, who))
    assert status(house, case) == Status.DECLINED
    history = house.client(REVIEWER).get(f"/requests/{case.reference}/history").text
    assert "The requester appeals against the decision" in history
    assert "Decision: Decision upheld" in history
    assert "look at our decision again" not in follow(house, case).text.split("Where it is")[1].split("Messages")[0]
    assert follow(house, case, "appeal", reason="Once more").status_code == 400


def test_an_appeal_from_the_service_request_is_written_down_by_anybody_and_can_be_taken_back(house: House) -> None:
    case = house.claimed(email=LEAD)
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    assert act(house, client, case, "appeal", reason="Too early").status_code == 400
    act(house, house.client(LEAD), case, "decision", decision="decline", reason="Local need")
    assert "Record an appeal from the service request" in client.get(page).text
    empty = act(house, client, case, "appeal", reason=" ")
    assert said_at_the_top(empty.text) == ("appeal-reason", "Enter what the requester says")
    assert act(house, client, case, "appeal", reason="Forty trusts have asked").status_code == 303
    assert status(house, case) == Status.APPEALED
    shown = client.get(page).text
    assert "Written down from the service request" in shown
    assert "Reason: Forty trusts have asked" in shown
    assert "Record an appeal from the service request" not in shown
    assert act(house, client, case, "appeal", reason="Once more").status_code == 400
    assert any("we have your appeal" in subject for subject in letters(house, case))
    number = next(event.number for event in load_events(house.db, case.id) if event.kind is EventKind.APPEALED)
    act(house, client, case, "take-back", event=str(number))
    assert status(house, case) == Status.DECLINED
    assert "Taken back: the appeal" in client.get(page).text


def test_a_closed_request_is_opened_again_with_a_reason(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "decision", decision="withdraw", reason="They rang us")
    decide.claim(house.db, house.act(case))
    assert act(house, client, case, "decision", decision="reopen", reason="").status_code == 400
    act(house, client, case, "decision", decision="reopen", reason="They need it after all")
    assert status(house, case) == Status.IN_REVIEW
    assert "They need it after all" in client.get(f"/requests/{case.reference}/history").text


def test_advice_is_asked_packed_without_names_and_written_down_and_decides_nothing(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    assert said_at_the_top(act(house, client, case, "advice", group="magic", question="x").text)[0] == "group"
    question = "Would Priya Nair's wish help in your region? Ask priya.nair@northmoor.example.nhs.uk"
    act(house, client, case, "advice", group="learning", by="30 November 2026", question=question)
    assert status(house, case) == Status.IN_REVIEW
    assert case.reference in client.get("/advice").text
    assert client.get("/advice/payroll/pack").status_code == 404
    pack = client.get("/advice/learning/pack")
    document = Document(io.BytesIO(pack.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert case.reference in words
    assert "Saves 18 hours a year for each manager." in words
    assert "Nair" not in words
    assert "@" not in words
    assert client.get("/advice/learning/pack").data == pack.data
    asked = house.case(case.reference).version
    act(house, client, case, f"advice/{asked}", on="23 November 2026", advice="All regions would use it")
    assert "They said on 23 November 2026:" in client.get(f"/requests/{case.reference}").text
    assert case.reference not in client.get("/advice").text
    assert status(house, case) == Status.IN_REVIEW


@pytest.mark.parametrize(
    ("field", "value"),
    [("cost", "about 5"), ("days", "-1"), ("benefit", ""), ("judgement", "superb"), ("notes", " ")],
)
def test_an_assessment_that_is_not_whole_is_not_kept(house: House, field: str, value: str) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    known = {"requirement": "Here", "override": TO_FIX}
    act(house, client, case, "decision", decision="accept", reason="A real need", **known)
    figures = {"cost": "1", "days": "2", "benefit": "3", "judgement": "fair", "notes": "Asked", field: value}
    answer = act(house, client, case, "assessment", **figures)
    assert answer.status_code == 400
    assert said_at_the_top(answer.text)[0] == field
    assert status(house, case) == Status.ASSESSMENT
