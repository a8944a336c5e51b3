"""Working on a request through its pages: claim, correct, accept, ask, decide, allocate, and two people at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casework.events import EventKind
from casework.lifecycle import Status, UserRole, state_of
from casework.model import Finding, Severity
from review import decide
from store.cases import CaseRow, load_open_blockers
from store.database import transaction
from store.deliveries import load_deliveries
from store.events import load_events, verify_events
from store.feedback import Agreement, load_agreement
from store.people import add_person
from store.releases import add_release
from tests.review.house import APPROVER, PUBLISHER, REVIEWER, House, a_reading, post


def act(house: House, client: FlaskClient, case: CaseRow, what: str, **values: object) -> TestResponse:
    """Send one of the request's forms with the version as it stands now, unless another is given."""
    fields = {"version": str(house.case(case.reference).version), **values}
    return post(client, f"/requests/{case.reference}/{what}", page="/start", **fields)


def test_claiming_from_the_queue_puts_the_request_in_review(house: House) -> None:
    case = house.send()
    client = house.client(REVIEWER)
    answer = act(house, client, case, "claim", **{"from": "queue"})
    assert answer.location == "/queue"
    assert house.case(case.reference).status == Status.IN_REVIEW
    assert house.case(case.reference).claimed_by == house.person(REVIEWER).id
    assert f"You have claimed {case.reference}." in client.get("/queue").text


def test_the_second_of_two_claims_is_told_so_and_changes_nothing(house: House) -> None:
    case = house.claimed()
    client = house.client(APPROVER)
    act(house, client, case, "claim")
    text = client.get(f"/requests/{case.reference}").text
    assert "Somebody else has just claimed this request." in text
    assert "Asha Rahman is reviewing this request." in text
    assert house.case(case.reference).claimed_by == house.person(REVIEWER).id


def test_taking_over_needs_a_reason_and_keeps_it(house: House) -> None:
    case = house.claimed()
    client = house.client(APPROVER)
    refused = act(house, client, case, "take-over", reason=" ")
    assert refused.status_code == 400
    assert 'href="#take-over-reason"' in refused.text
    assert act(house, client, case, "take-over", reason="Asha is away").status_code == 303
    assert house.case(case.reference).claimed_by == house.person(APPROVER).id
    assert "Reason: Asha is away" in client.get(f"/requests/{case.reference}").text


def test_releasing_gives_the_request_back(house: House) -> None:
    case = house.claimed()
    act(house, house.client(REVIEWER), case, "release")
    assert house.case(case.reference).claimed_by is None


def test_a_person_acknowledges_once_and_a_letter_waits_in_the_outbox(house: House) -> None:
    case = house.send()
    client = house.client(REVIEWER)
    act(house, client, case, "acknowledge")
    act(house, client, case, "acknowledge")
    kinds = [message.kind for message in load_deliveries(house.db, case_id=case.id)]
    assert kinds == ["acknowledgement", "receipt"]
    assert "This request has been acknowledged already." in client.get(f"/requests/{case.reference}").text


def test_a_changed_answer_stands_before_the_one_that_was_read_and_both_are_shown(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    answer = act(house, client, case, "answers/organisation", value="Eastcliff Trust", reason="Merged in April")
    assert answer.location == f"/requests/{case.reference}#answer-organisation"
    assert house.case(case.reference).organisation == "Eastcliff Trust"
    text = client.get(f"/requests/{case.reference}").text
    assert "Changed. The document says “Northmoor Valley NHS Foundation Trust”." in text
    history = client.get(f"/requests/{case.reference}/history?show=changes").text
    assert "From “Northmoor Valley NHS Foundation Trust” to “Eastcliff Trust”" in history
    assert "Reason: Merged in April" in history


@pytest.mark.parametrize(
    ("field", "value", "reason", "message"),
    [
        ("organisation", "Eastcliff", "", "Enter a reason"),
        ("date_raised", "31/2/2026", "Typing error", "Enter a real date, like 31 March 2026"),
        ("functional_area", "cooking", "Wrong area", "Select from the list"),
    ],
)
def test_a_wrong_change_is_said_beside_the_field_and_kept(
    house: House, field: str, value: str, reason: str, message: str
) -> None:
    case = house.claimed()
    answer = act(house, house.client(REVIEWER), case, f"answers/{field}", value=value, reason=reason)
    assert answer.status_code == 400
    assert "<title>Error: " in answer.text
    assert message in answer.text
    assert house.case(case.reference).version == case.version


def test_a_date_is_kept_the_same_however_it_is_written(house: House) -> None:
    case = house.claimed()
    act(house, house.client(REVIEWER), case, "answers/date_raised", value="4 November 2026", reason="Typing error")
    assert house.case(case.reference).date_raised == "2026-11-04"


def test_a_stale_change_shows_both_values_and_lets_the_person_choose(house: House) -> None:
    case = house.claimed()
    old = str(case.version)
    decide.take_over(house.db, house.act(case, APPROVER), reason="Asha is away", calendar=house.calendar())
    decide.correct_answer(
        house.db, house.act(case, APPROVER), field="organisation", value="Tom’s value", reason="He knows"
    )
    decide.release(house.db, house.act(case, APPROVER))
    decide.claim(house.db, house.act(case))
    client = house.client(REVIEWER)
    answer = act(house, client, case, "answers/organisation", value="My value", reason="I know", version=old)
    assert answer.status_code == 409
    assert "Organisation changed: Tom Beckett at 10:42am" in answer.text
    assert "Tom’s value" in answer.text
    assert "My value" in answer.text
    assert house.case(case.reference).organisation == "Tom’s value"
    act(house, client, case, "answers/organisation", value="My value", reason="I know")
    assert house.case(case.reference).organisation == "My value"


def test_after_a_change_the_checks_run_again_and_say_what_it_settled_and_what_it_brought(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    why = "Payroll staff at 14 trusts key 300 balances a month by hand, which took 41 hours in October."
    answer = act(house, client, case, "answers/justification", value=why, reason="From the service request")
    assert answer.status_code == 303
    text = client.get(f"/requests/{case.reference}").text
    assert "The checks have run again." in text
    settled = text.split("settled by a reviewer")[1].split("</details>")[0]
    assert "The business justification is blank." in settled
    assert "Settled by a changed answer" in settled
    act(house, client, case, "answers/date_raised", value="4 November 2031", reason="Typed wrongly")
    text = client.get(f"/requests/{case.reference}").text
    assert "Found since an answer was changed" in text
    assert "which is in the future" in text
    row = next(house.db.query("SELECT blockers, queries FROM cases"))
    assert row["blockers"] == 0
    assert row["queries"] >= 1


def test_the_answers_of_a_closed_request_stay_as_they_were(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "decision", decision="decline", reason="Nobody else needs it")
    act(house, client, case, "claim")
    text = client.get(f"/requests/{case.reference}").text
    assert "Its answers and checks stay as they were when it was decided." in text
    assert "?change=" not in text
    answer = act(house, client, case, "answers/organisation", value="Eastcliff Trust", reason="Merged in April")
    assert answer.status_code == 400
    assert house.case(case.reference).organisation == "Northmoor Valley NHS Foundation Trust"


def test_a_check_marked_as_right_counts_no_more_and_its_reason_is_kept(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    assert (
        act(house, client, case, "checks", finding="required.justification:justification", reason="").status_code == 400
    )
    act(
        house, client, case, "checks", finding="required.justification:justification", reason="It stands under benefits"
    )
    row = next(house.db.query("SELECT blockers, queries FROM cases"))
    assert row == {"blockers": 0, "queries": 1}
    assert "Marked as right: It stands under benefits" in client.get(f"/requests/{case.reference}").text


def test_two_findings_of_one_rule_in_two_questions_are_acted_on_apart(house: House) -> None:
    findings = tuple(
        Finding("date.unlikely", Severity.BLOCKER, name, f"The day of {name} is unlikely.")
        for name in ("date_raised", "sr_number")
    )
    case = house.send(reading=a_reading(findings=findings))
    decide.claim(house.db, house.act(case))
    client = house.client(REVIEWER)
    opened = client.get(f"/requests/{case.reference}?accept=date.unlikely:sr_number").text
    assert opened.count("Why is it right?") == 1
    act(house, client, case, "checks", finding="date.unlikely:date_raised", reason="I asked them")
    act(house, client, case, "checks/agree", finding="date.unlikely:sr_number")
    state = state_of(load_events(house.db, case.id))
    assert load_open_blockers(house.db, case.id, state) == ("date.unlikely:sr_number",)
    assert load_agreement(house.db) == [Agreement("date.unlikely", 1, right=1, wrong=1)]
    page = client.get(f"/requests/{case.reference}").text
    assert "Marked as right: I asked them" in page
    assert page.count("You said that this check is right") == 1
    assert "Date of request (date.unlikely)" in page


def test_a_rule_that_found_nothing_cannot_be_marked(house: House) -> None:
    case = house.claimed()
    act(house, house.client(REVIEWER), case, "checks", finding="made.up:justification", reason="Because")
    assert house.case(case.reference).version == case.version


def test_the_question_to_the_sender_starts_with_what_is_missing(house: House) -> None:
    case = house.claimed()
    text = house.client(REVIEWER).get(f"/requests/{case.reference}?ask=benefits.unmeasured:benefits").text
    draft = text.split('id="message"')[1].split("</textarea>")[0]
    assert "Business justification: The business justification is blank." in draft
    assert "Benefits: A measure would help." in draft
    assert "thin" not in draft


def test_asking_for_more_shows_the_exact_message_first_and_then_waits_for_the_sender(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    fields = {"decision": "ask", "message": "Which policy?\r\nSay it in one line."}
    check = act(house, client, case, "decision/check", **fields)
    assert check.status_code == 200
    assert "Which policy?" in check.text
    assert "priya@<wbr>example.nhs.uk" in check.text
    assert house.case(case.reference).status == Status.IN_REVIEW
    act(house, client, case, "decision", **fields)
    assert house.case(case.reference).status == Status.WAITING
    assert "Which policy?\nSay it in one line." in load_deliveries(house.db, case_id=case.id)[0].body


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Select a decision"),
        ({"decision": "approve"}, "Select a decision"),
        ({"decision": "decline", "reason": " "}, "Enter a reason"),
        ({"decision": "decline", "reason": "x" * 4001}, "Enter a reason of at most 4000 characters"),
        ({"decision": "ask", "message": ""}, "Enter what you need from the requester"),
        ({"decision": "duplicate", "reason": "Same"}, "Enter the reference of the other request"),
        (
            {"decision": "duplicate", "reason": "Same", "joined_to": "ESR-2026-0999"},
            "There is no request ESR-2026-0999. Check the reference.",
        ),
        (
            {"decision": "duplicate", "reason": "Same", "joined_to": "ESR-2026-0001"},
            "Enter another request: this one cannot join itself",
        ),
    ],
)
@pytest.mark.parametrize("step", ["decision/check", "decision"])
def test_a_decision_that_is_not_whole_is_not_taken(
    house: House, values: dict[str, str], message: str, step: str
) -> None:
    case = house.claimed()
    answer = act(house, house.client(REVIEWER), case, step, **values)
    assert answer.status_code == 400
    assert message in answer.text
    assert house.case(case.reference).version == case.version


def test_a_business_justification_is_approved_by_another_approver_and_put_into_a_release(house: House) -> None:
    case = house.claimed(email=APPROVER)
    approver = house.client(APPROVER)
    act(
        house,
        approver,
        case,
        "decision",
        decision="accept",
        requirement="With the SR",
        override="It stands under benefits",
        reason="A real need",
    )
    assert act(house, approver, case, "decision", decision="approve", reason="Go").status_code == 400
    figures = {"cost": "£12,000", "days": "15", "benefit": "42000", "judgement": "good", "notes": "Asked the team"}
    assert act(house, approver, case, "assessment", **figures).status_code == 303
    assert act(house, approver, case, "priority", priority="high", rank="2", reason="Many gain").status_code == 303
    page = approver.get(f"/requests/{case.reference}").text
    assert "so it pays for itself in 4 months." in page
    assert "High, number 2 among those that wait" in page
    assert "You assessed the impact of this request, so another approver must approve it." in page
    assert act(house, approver, case, "decision", decision="approve", reason="Go").status_code == 400
    act(house, approver, case, "release")
    reviewer = house.client(REVIEWER)
    act(house, reviewer, case, "claim")
    page = reviewer.get(f"/requests/{case.reference}").text
    assert "Only an approver can approve this request, because it spends public money." in page
    assert act(house, reviewer, case, "decision", decision="approve", reason="Go").status_code == 400
    act(house, reviewer, case, "release")
    another = "second@example.nhs.uk"
    add_person(
        house.db,
        email=another,
        name="Ada Second",
        password_hash=house.person(APPROVER).password_hash,
        roles=[UserRole.APPROVER],
    )
    second = house.client(another)
    act(house, second, case, "claim")
    assert act(house, second, case, "decision", decision="approve", reason="Worth it").status_code == 303
    assert house.case(case.reference).status == Status.APPROVED
    with transaction(house.db):
        release = add_release(house.db, "Release 71", None)
    assert act(house, second, case, "release-plan", release="").status_code == 400
    assert act(house, second, case, "release-plan", release="999").status_code == 400
    assert act(house, second, case, "release-plan", release=str(release)).status_code == 303
    assert house.case(case.reference).status == Status.ALLOCATED
    moved = act(house, second, case, "release-plan", release="none", reason="")
    assert "Enter why the release changes." in moved.text
    schedule = second.get("/schedule?quarter=2026-Q4").text
    row = re.sub(r"<[^>]+>|\s+", " ", schedule[schedule.index("<caption>Business justifications</caption>") :])
    assert re.search(r"Approved\s+23 Nov 2026\s+Release 71\s+Worth it", row)
    assert verify_events(house.db).broken_at is None


def test_a_duplicate_names_the_request_it_joins(house: House) -> None:
    first = house.send()
    case = house.claimed(title="The same again")
    values = {"decision": "duplicate", "reason": "The same need", "joined_to": f" {first.reference.lower()} "}
    act(house, house.client(REVIEWER), case, "decision", **values)
    assert house.case(case.reference).status == Status.DUPLICATE
    assert load_events(house.db, case.id)[-2].facts["joined_to"] == first.reference


def test_nobody_decides_what_a_colleague_has_claimed(house: House) -> None:
    case = house.claimed()
    answer = act(house, house.client(APPROVER), case, "decision", decision="decline", reason="No")
    assert answer.status_code == 409
    assert "Asha Rahman is reviewing this request now" in answer.text


def test_a_release_is_added_and_gets_another_date(house: House) -> None:
    client = house.client(PUBLISHER)
    post(client, "/releases", page="/releases", name="Release 71", planned="")
    post(client, "/releases", page="/releases", name="Release  71", planned="31 March 2027")
    rows = [(row["name"], row["planned"]) for row in house.db.query("SELECT * FROM releases")]
    assert rows == [("Release 71", "2027-03-31")]
    wrong = post(client, "/releases", page="/releases", name="", planned="30 February 2027")
    assert wrong.status_code == 400
    assert "Enter the name of the release" in wrong.text
    assert "Enter a real date" in wrong.text


def test_an_acknowledgement_can_be_taken_back_until_its_message_leaves(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "acknowledge")
    number = str(house.case(case.reference).version)
    house.later(timedelta(minutes=9))
    act(house, client, case, "take-back", event=number)
    assert [letter.state for letter in load_deliveries(house.db, case_id=case.id) if letter.kind != "receipt"] == [
        "taken-back"
    ]
    assert "Not acknowledged yet." in client.get(f"/requests/{case.reference}").text

    act(house, client, case, "acknowledge")
    number = str(house.case(case.reference).version)
    house.later(timedelta(minutes=10))
    act(house, client, case, "take-back", event=number)
    page = client.get(f"/requests/{case.reference}").text
    assert "The message has left, so this cannot be taken back any more." in page
    assert "Not acknowledged yet." not in page


def test_a_decision_that_is_taken_back_leaves_the_request_claimed_as_before(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "decision", decision="decline", reason="Local need")
    assert house.case(case.reference).status == Status.DECLINED
    decided = next(event for event in load_events(house.db, case.id) if event.kind is EventKind.DECIDED)
    act(house, client, case, "take-back", event=str(decided.number))
    again = house.case(case.reference)
    assert (again.status, again.claimed_by) == (Status.IN_REVIEW, house.person(REVIEWER).id)


def test_nobody_takes_back_what_a_colleague_did(house: House) -> None:
    case = house.claimed()
    act(house, house.client(REVIEWER), case, "acknowledge")
    act(house, house.client(APPROVER), case, "take-back", event=str(house.case(case.reference).version))
    assert load_deliveries(house.db, case_id=case.id)[0].state == "waiting"


def test_impact_assessment_waits_until_somebody_says_where_the_full_requirement_is(house: House) -> None:
    case = house.claimed(email=APPROVER)
    client = house.client(APPROVER)
    answer = act(house, client, case, "decision", decision="accept", reason="A real need")
    assert answer.status_code == 400
    assert "Enter where the full requirement is" in answer.text
    known = {"requirement": "With the SR", "override": "It stands under benefits"}
    act(house, client, case, "decision", decision="accept", reason="A real need", **known)
    assert house.case(case.reference).status == Status.ASSESSMENT


def test_the_clock_stands_still_while_the_requester_owes_an_answer(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    act(house, client, case, "decision", decision="ask", message="Which staff group?")
    house.later(timedelta(days=30))
    client = house.client(REVIEWER)
    assert "Clock stopped: the requester owes an answer" in client.get("/queue?view=waiting").text
    assert case.reference not in client.get("/queue?view=waiting&due=late").text
