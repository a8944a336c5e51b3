"""Following a request: status, messages and versions, and what its sender may do on its page."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

from werkzeug.test import TestResponse

from casework.lifecycle import Decision
from review import decide
from service.web import build_app
from store.cases import CaseRow, load_submissions
from store.deliveries import load_deliveries
from store.events import load_events
from tests.review.house import (
    REVIEWER,
    House,
    a_file,
    a_reading,
    an_unreadable_one,
    post,
    said_at_the_top,
    token_of,
    upload,
)

LETTER = ("We need more information", "How many managers would use it?")


def asked(house: House) -> CaseRow:
    """A request whose sender owes us an answer."""
    case = house.claimed()
    decide.ask_for_information(house.db, house.act(case), message="How many?", letter=LETTER)
    return case


def page(house: House, case: CaseRow) -> str:
    return house.client().get(f"/track/{case.token}").text


def send_version(house: House, case: CaseRow, words: str) -> TestResponse:
    """Upload an updated form from the request's page and send it unread."""
    client = house.client()
    at = f"/track/{case.token}/new-version"
    draft = upload(client, a_file(words), "better.pdf", page=at)
    assert draft.status_code == 200, draft.text
    data = {"csrf_token": token_of(client, "/start")}
    return client.post(f"{draft.request.path}/send", data=data)


def test_our_question_stands_right_above_the_answer(house: House) -> None:
    text = page(house, asked(house))
    assert text.index('id="answer"') < text.index(">How many?<") < text.index('name="words"')


def test_nobody_waits_for_the_acknowledgement_of_a_decided_request(house: House) -> None:
    case = house.claimed()
    decide.decide(
        house.db,
        house.act(case),
        decision=Decision.DECLINE,
        reason="It is there.",
        letter=LETTER,
        calendar=house.calendar(),
    )
    text = page(house, case)
    assert "With the decision" in text
    assert "Not acknowledged yet." not in house.client(REVIEWER).get(f"/requests/{case.reference}").text


def test_reference_and_address_lead_to_the_request(house: House) -> None:
    case = house.send()
    client = house.client()
    answer = post(client, "/track", page="/track", reference=case.reference.lower(), email="PRIYA@example.nhs.uk")
    assert answer.location == f"/track/{case.token}"


def test_a_wrong_pair_says_the_same_whether_the_request_exists_or_not(house: House) -> None:
    case = house.send()
    client = house.client()
    pages = [
        post(client, "/track", page="/track", reference=reference, email="somebody@example.nhs.uk").text
        for reference in (case.reference, "ESR-2026-9999")
    ]
    assert all("We cannot find a request with this reference and email address" in page for page in pages)


def posting(house: House) -> House:
    """The same service where mail leaves."""
    rooms = dataclasses.replace(house.rooms, sends_mail=True, address="https://esr.example")
    app = build_app(rooms, house.settings)
    app.testing = True
    return dataclasses.replace(house, rooms=rooms, app=app)


def test_where_mail_leaves_a_link_is_mailed_and_the_answer_is_the_same_for_every_pair(house: House) -> None:
    case = house.send()
    house = posting(house)
    client = house.client()
    before = {letter.id for letter in load_deliveries(house.db)}
    answers = [
        post(client, "/track", page="/track", reference=reference, email=email)
        for reference, email in (
            (case.reference, "priya@example.nhs.uk"),
            (case.reference, "somebody@example.nhs.uk"),
            ("ESR-2026-9999", "priya@example.nhs.uk"),
        )
    ]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/track/sent")}
    assert "If the reference and the email address belong together" in client.get("/track/sent").text
    (letter,) = [letter for letter in load_deliveries(house.db) if letter.id not in before]
    assert (letter.recipient, letter.case_id) == ("priya@example.nhs.uk", None)
    assert case.token not in letter.body
    link = letter.body.split("https://esr.example")[1].split()[0]
    assert client.get(link).location == f"/track/{case.token}"
    house.later(timedelta(minutes=31))
    late = client.get(link)
    assert (late.status_code, "This link has run out" in late.text) == (410, True)


def test_a_link_in_a_letter_never_follows_the_host_that_a_visitor_claims(house: House) -> None:
    case = house.send()
    house = posting(house)
    client, before = house.client(), len(load_deliveries(house.db))
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/track", base_url="http://evil.example").text)
    assert found is not None
    data = {"csrf_token": found[1], "reference": case.reference, "email": "priya@example.nhs.uk"}
    answer = client.post("/track", base_url="http://evil.example", data=data)
    assert answer.location == "/track/sent"
    letters = load_deliveries(house.db)
    assert len(letters) == before + 1
    assert any("https://esr.example/track/link/" in letter.body for letter in letters)
    assert all("evil.example" not in letter.body + letter.subject for letter in letters)


def test_nobody_has_a_mailbox_filled_with_links(house: House) -> None:
    case = house.send()
    house = posting(house)
    client = house.client()
    for _ in range(15):
        post(client, "/track", page="/track", reference=case.reference, email="priya@example.nhs.uk")
        house.later(timedelta(minutes=1))
    links = [letter for letter in load_deliveries(house.db) if letter.kind == "track-link"]
    assert len(links) == 10


def test_guessing_references_for_an_address_comes_to_a_wait(house: House) -> None:
    client = house.client()
    answers = [
        post(client, "/track", page="/track", reference=f"ESR-2026-{number:04d}", email="guess@example.nhs.uk").text
        for number in range(12)
    ]
    assert "There were too many tries. Try again after 10:57am." in answers[-1]
    house.later(timedelta(minutes=16))
    answer = post(client, "/track", page="/track", reference="ESR-2026-0001", email="guess@example.nhs.uk")
    assert "We cannot find a request" in answer.text


def test_the_sender_sees_status_messages_and_answers_but_no_names_and_no_findings(house: House) -> None:
    case = house.claimed()
    letter = (f"{case.reference}: not taken forward", "We have decided not to take it forward.")
    decide.add_note(house.db, house.act(case), note="A private note")
    decide.decide(
        house.db,
        house.act(case),
        decision=Decision.DECLINE,
        reason="Local need",
        letter=letter,
        calendar=house.calendar(),
    )
    text = house.client().get(f"/track/{case.token}").text
    assert "We decided not to progress your request. The message below says why." in text
    assert "We have decided not to take it forward." in text
    assert "Northmoor Valley NHS Foundation Trust" in text
    assert "Not taken forward, 23 November 2026" in text
    for private in ("Asha", "A private note", "The benefits are thin.", "To fix"):
        assert private not in text


def test_the_sender_of_an_unreadable_file_is_told_that_a_person_opens_it(house: House) -> None:
    case = house.send(reading=an_unreadable_one("It is locked."))
    text = house.client().get(f"/track/{case.token}").text
    assert "A person will open it" in text
    assert "We have no answers yet." in text


def test_the_page_says_that_the_clock_stands_still_while_we_wait(house: House) -> None:
    text = page(house, asked(house))
    assert "We need more information from you. Our message below says what." in text
    assert "Our 5 working days stand still until you answer." in text
    assert "When you have answered our question" in text


def test_an_answer_typed_on_the_page_is_shown_and_ends_the_waiting(house: House) -> None:
    case = asked(house)
    house.later(timedelta(hours=1))
    answer = post(house.client(), f"/track/{case.token}/reply", page=f"/track/{case.token}", words="About 400.")
    assert answer.location == f"/track/{case.token}"
    text = page(house, case)
    assert "About 400." in text
    assert "Answer our question" not in text
    assert text.index("Your message") < text.index(LETTER[0])


def test_an_empty_answer_is_said_beside_its_field(house: House) -> None:
    case = asked(house)
    answer = post(house.client(), f"/track/{case.token}/reply", page=f"/track/{case.token}", words=" ")
    assert answer.status_code == 400
    assert said_at_the_top(answer.text) == ("words", "Enter your answer")


def test_a_message_may_be_sent_while_nobody_waits_for_it(house: House) -> None:
    case = house.send()
    assert "Send us a message about it" in page(house, case)
    post(house.client(), f"/track/{case.token}/reply", page=f"/track/{case.token}", words="One more thing.")
    assert "One more thing." in page(house, case)


def test_an_updated_form_is_the_next_version_of_the_request(house: House) -> None:
    case = house.send(title="Old title")
    sent = send_version(house, case, "better")
    assert sent.location == f"/sent/{case.token}"
    assert "New version received" in house.client().get(sent.location).text
    assert [file.round for file in load_submissions(house.db, case.id)] == [1, 2]
    text = page(house, case)
    assert "Version 2, 23 November 2026 at 10:42am" in text
    assert "better.pdf" in text


def test_the_check_page_of_an_updated_form_names_its_request(house: House) -> None:
    case = house.send()
    answer = upload(house.client(), a_file("better"), "better.pdf", page=f"/track/{case.token}/new-version")
    token = answer.request.path.rsplit("/", 1)[1]
    house.read_draft(token, a_reading(title="Better"))
    text = house.client().get(f"/upload/{token}").text
    assert "new version of" in text
    assert "Send new version" in text
    assert f'href="/track/{case.token}/new-version">Use a different file' in text


def test_another_form_than_before_is_said_to_become_a_request_of_its_own(house: House) -> None:
    case = house.send()
    answer = upload(house.client(), a_file("role"), "role.pdf", page=f"/track/{case.token}/new-version")
    token = answer.request.path.rsplit("/", 1)[1]
    house.read_draft(token, dataclasses.replace(a_reading(), form="supplementary-role"))
    text = house.client().get(f"/upload/{token}").text
    assert "it becomes a request of its own" in text
    assert "Send request" in text


def test_the_sender_withdraws_after_being_asked(house: House) -> None:
    case = house.claimed()
    client = house.client()
    at = f"/track/{case.token}/withdraw"
    assert f'href="{at}"' in page(house, case)
    assert "Are you sure that you want to withdraw this request?" in client.get(at).text
    assert house.case(case.reference).status == "in-review"
    assert post(client, at, page=at, reason="Solved locally").location == f"/track/{case.token}"
    assert "Your request was withdrawn." in page(house, case)
    assert house.case(case.reference).claimed_by is None
    assert "Withdraw this request" not in page(house, case)
    assert client.get(at).location == f"/track/{case.token}"


def test_a_decided_request_is_not_withdrawn(house: House) -> None:
    case = house.claimed()
    declined(house, case)
    assert f"/track/{case.token}/withdraw" not in page(house, case)
    answer = post(house.client(), f"/track/{case.token}/withdraw", page="/start", reason="")
    assert answer.status_code == 400
    assert "This request is decided" in answer.text
    assert [event.actor for event in load_events(house.db, case.id) if event.kind.value == "decided"] != ["sender"]


def test_a_decision_that_may_still_be_taken_back_is_not_told_before_its_letter_leaves(house: House) -> None:
    house.app.extensions["formwright"] = dataclasses.replace(house.rooms, sends_mail=True)
    case = house.claimed()
    declined(house, case)
    assert "not taken forward" not in page(house, case)
    assert "We decided" not in page(house, case)
    house.later(timedelta(minutes=11))
    assert "not taken forward" in page(house, case)
    assert "We decided not to progress your request." in page(house, case)


def test_what_was_taken_back_is_not_told(house: House) -> None:
    case = house.claimed()
    declined(house, case)
    number = next(event.number for event in load_events(house.db, case.id) if event.kind.value == "decided")
    decide.take_back(house.db, house.act(case), event_number=number)
    assert "not taken forward" not in page(house, case)


def declined(house: House, case: CaseRow) -> None:
    decide.decide(
        house.db,
        house.act(case),
        decision=Decision.DECLINE,
        reason="Local need",
        letter=(f"{case.reference}: not taken forward", "We have decided not to take it forward."),
        calendar=house.calendar(),
    )
