"""Uploading a form and its receipt: what is taken in, what is refused with which words, and what the sender is told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from casework.errors import UnavailableError
from casework.model import Receipt
from service.settings import load_settings
from tests.review.house import (
    REVIEWER,
    House,
    a_file,
    a_reading,
    build_house,
    post,
    send_form,
    token_of,
    upload,
)


def test_a_form_that_is_sent_gives_a_reference_and_the_steps_with_dates(house: House) -> None:
    answer = send_form(house.client(), a_file(), "form.pdf")
    assert "Request received" in answer.text
    assert "ESR-2026-0001" in answer.text
    assert "By Monday 30 November 2026, within 5 working days" in answer.text
    assert "We have your form and are reading it now." in answer.text
    assert '<meta http-equiv="refresh" content="5">' in answer.text


def test_uploading_alone_asks_nobody_for_anything(house: House) -> None:
    house.upload()
    assert house.db["cases"].count == 0
    assert house.db["deliveries"].count == 0
    assert [row["outcome"] for row in house.db.query("SELECT * FROM ledger")] == ["draft"]


def test_the_same_page_sent_twice_is_one_upload_and_one_request(house: House) -> None:
    client = house.client()
    first, second = (upload(client, a_file(), "form.pdf", hand_in_key="k" * 20) for _ in range(2))
    assert first.request.path == second.request.path
    token = token_of(client, "/start")
    sent = [client.post(f"{first.request.path}/send", data={"csrf_token": token}).location for _ in range(2)]
    assert sent[0] == sent[1]
    # Going back in the browser and uploading once more leads to the receipt.
    assert upload(client, a_file(), "form.pdf", hand_in_key="k" * 20).request.path == sent[0]
    assert house.db["cases"].count == 1


def test_the_same_file_again_names_the_first_request(house: House) -> None:
    send_form(house.client(), a_file(), "form.pdf")
    answer = upload(house.client(), a_file(), "form.pdf")
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
    answer = upload(house.client(), a_file(), "form.pdf", **values)
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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x" * 1_000_001, "The file must be smaller than 1 MB"),
        (b"", "The file is empty"),
        (b"\x7fELF and so on", "The file is a program. Upload the form as a Word document (.docx or .doc) or a PDF."),
    ],
)
def test_a_file_that_cannot_be_a_form_is_refused_at_once_with_a_ledger_line(
    house: House, data: bytes, message: str
) -> None:
    answer = upload(house.client(), data, "form.docx")
    assert answer.status_code == 400
    assert message in answer.text
    assert [row["outcome"] for row in house.db.query("SELECT * FROM ledger")] == ["refused"]


def test_a_file_name_cannot_carry_markup_or_a_path(house: House) -> None:
    answer = upload(house.client(), a_file(), "../../<img src=x onerror=alert(1)>.pdf")
    assert "img src=x onerror=alert(1)" in answer.text
    assert "<img" not in answer.text
    assert "../" not in answer.text.split("<h1")[1].split("</h1>")[0]


def test_the_receipt_says_when_the_form_is_read(house: House) -> None:
    token = send_form(house.client(), a_file(), "form.pdf").request.path.rsplit("/", 1)[1]
    client = house.client()
    assert client.get(f"/sent/{token}/progress").json == {
        "done": False,
        "sentence": "We have your form and are reading it now.",
    }
    house.read(token, a_reading())
    assert client.get(f"/sent/{token}/progress").json == {
        "done": True,
        "sentence": "We have read your form. It is waiting for a reviewer.",
    }
    assert "http-equiv" not in client.get(f"/sent/{token}").text


def test_a_guess_at_a_private_link_finds_nothing(house: House) -> None:
    case, draft = house.send(), house.upload()
    client = house.client()
    pages = ("/upload/x", "/upload/x/progress", "/upload/x/answers/title", "/sent/x", "/sent/x/progress")
    pages += ("/track/x", "/track/x/withdraw", "/track/x/new-version")
    # The token of one thing does not open another.
    pages += (f"/upload/{case.token}", f"/track/{draft}", f"/sent/{draft}")
    assert {client.get(page).status_code for page in pages} == {404}


def test_pages_behind_a_private_link_are_kept_nowhere_and_named_to_nobody(house: House) -> None:
    case, draft = house.send(), house.upload()
    for page in (f"/upload/{draft}", f"/track/{case.token}", f"/sent/{case.token}"):
        answer = house.client().get(page)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text


def test_trouble_on_a_private_page_puts_no_token_into_the_log(capsys: pytest.CaptureFixture[str], house: House) -> None:
    draft = house.upload()
    with house.db.conn:
        house.db.conn.execute("ALTER TABLE ledger RENAME TO gone")
    house.read_draft(draft, a_reading())
    with capture_logs() as lines:
        assert house.client().get(f"/upload/{draft}").status_code == 500
    assert [line["page"] for line in lines] == ["draft.show"]
    assert draft not in repr(lines)


def test_while_nothing_can_be_taken_in_the_page_says_when_to_come_back(house: House) -> None:
    def away(*_: object, **__: object) -> tuple[None, Receipt]:
        raise UnavailableError("The virus scanner cannot be reached. Try again in a few minutes.")

    uploads = dataclasses.replace(house.rooms.uploads, open=away)
    house.app.extensions["formwright"] = dataclasses.replace(house.rooms, uploads=uploads)
    answer = upload(house.client(), a_file(), "form.pdf")
    assert answer.status_code == 503
    assert "Try again in a few minutes." in answer.text
    assert house.db["ledger"].count == 0


def test_one_address_comes_to_the_end_of_what_a_day_takes(tmp_path: Path) -> None:
    house = build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var"), "FORMWRIGHT_SENDER_DAY_MB": "1"}))
    client = house.client()
    assert upload(client, a_file("x" * 600_000), "form.pdf").status_code == 200
    answer = upload(client, a_file("y" * 600_000), "form.pdf")
    assert answer.status_code == 503
    assert "try again tomorrow" in answer.text
    assert upload(client, a_file("z" * 600_000), "form.pdf", email="tom@example.nhs.uk").status_code == 200


def test_staff_see_every_arrival_and_what_became_of_it(house: House) -> None:
    send_form(house.client(), a_file(), "form.pdf")
    upload(house.client(), a_file(), "form.pdf")
    upload(house.client(), b"x" * 1_000_001, "huge.docx")
    text = house.client(REVIEWER).get("/manage/arrivals").text
    for words in ("Became a request", "Came before", "Refused", "huge.docx", "We already have this exact file"):
        assert words in text
