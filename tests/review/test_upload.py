"""Sending a form and following it: receipts, duplicates, refusals, and what the sender sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from casework.lifecycle import Decision
from review import decide
from tests.review.house import REVIEWER, House, a_reading, an_unreadable_one, post, upload


def send(house: House, data: bytes = b"a form", name: str = "form.docx", **fields: str) -> TestResponse:
    return upload(house.client(), data, name, **fields)


def test_an_upload_gives_a_reference_and_the_steps_with_dates(house: House) -> None:
    answer = send(house)
    assert "Request received" in answer.text
    assert "ESR-2026-0001" in answer.text
    assert "By Monday 30 November 2026, within 5 working days" in answer.text
    assert "We have your form and are reading it now." in answer.text
    assert '<meta http-equiv="refresh" content="5">' in answer.text


def test_the_same_page_sent_twice_gives_one_request(house: House) -> None:
    first, second = (send(house, hand_in_key="k" * 20) for _ in range(2))
    assert first.request.path == second.request.path
    assert house.db["cases"].count == 1


def test_the_same_file_again_names_the_first_request(house: House) -> None:
    send(house)
    answer = send(house)
    assert answer.status_code == 400
    assert "We already have this exact file. Its reference is ESR-2026-0001" in answer.text
    assert house.db["cases"].count == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"email": ""}, "Enter your email address"),
        ({"email": "priya"}, "Enter an email address in the correct format"),
        ({"email": "a@b@example.nhs.uk"}, "Enter an email address in the correct format"),
        ({"email": "a@example.nhs.uk\nBcc: b@example.nhs.uk"}, "Enter an email address in the correct format"),
    ],
)
def test_a_wrong_address_is_said_and_kept(house: House, values: dict[str, str], message: str) -> None:
    answer = send(house, **values)
    assert answer.status_code == 400
    assert "<title>Error: Upload your form" in answer.text
    assert 'href="#email"' in answer.text
    assert message in answer.text
    assert house.db["ledger"].count == 0


def test_no_file_is_said(house: House) -> None:
    answer = post(house.client(), "/start", page="/start", email="priya@example.nhs.uk")
    assert answer.status_code == 400
    assert "Choose your completed form" in answer.text
    assert 'value="priya@example.nhs.uk"' in answer.text


def test_a_file_over_the_limit_is_refused_with_a_ledger_line(house: House) -> None:
    answer = send(house, b"x" * 1_000_001)
    assert answer.status_code == 400
    assert "The file must be smaller than 1 MB" in answer.text
    assert [row["outcome"] for row in house.db.query("SELECT * FROM ledger")] == ["refused"]


def test_a_file_name_cannot_carry_markup_or_a_path(house: House) -> None:
    answer = send(house, name="../../<img src=x onerror=alert(1)>.docx")
    assert "&lt;img src=x onerror=alert(1)&gt;.docx" in answer.text
    assert "../" not in answer.text.split("We have stored")[1].split("</strong>")[0]


def test_the_progress_says_when_the_form_is_read(house: House) -> None:
    token = send(house).request.path.rsplit("/", 1)[1]
    client = house.client()
    assert client.get(f"/upload/{token}/progress").json == {
        "done": False,
        "sentence": "We have your form and are reading it now.",
    }
    house.read(token, a_reading())
    assert client.get(f"/upload/{token}/progress").json == {
        "done": True,
        "sentence": "We have read your form. It is waiting for a reviewer.",
    }
    assert "http-equiv" not in client.get(f"/upload/{token}").text


def test_a_guess_at_a_private_link_finds_nothing(house: House) -> None:
    send(house)
    client = house.client()
    for page in ("/upload/x", "/track/x", "/upload/x/progress"):
        assert client.get(page).status_code == 404


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


def test_staff_see_every_arrival_and_what_became_of_it(house: House) -> None:
    send(house)
    send(house)
    send(house, b"x" * 1_000_001, "huge.docx")
    text = house.client(REVIEWER).get("/manage/arrivals").text
    assert "3 files have arrived." in text
    for words in ("Became a request", "Same file as before", "Refused", "huge.docx", "Exactly the same file as"):
        assert words in text
