"""An upload before it is sent: what we found, what is missing, one question at a time, and the button that sends."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from casework.model import Answer, ErrorCode, FieldStatus, Finding, Reading, Severity
from store.cases import load_links, load_submissions
from store.drafts import load_draft_by_token
from store.originals import load_original
from tests.review.house import House, a_reading, an_unreadable_one, post, said_at_the_top


def a_read_draft(house: House, *readings: Reading) -> str:
    """The page of an upload that was read."""
    token = house.upload()
    house.read_draft(token, *(readings or (a_reading(),)))
    return token


def without(reading: Reading, *fields: str) -> Reading:
    """The reading with these answers left blank."""
    answers = tuple(
        Answer(answer.field, None, "", FieldStatus.BLANK) if answer.field in fields else answer
        for answer in reading.answers
    )
    return Reading(reading.sha256, reading.kind, reading.form, "1.0", answers=answers, findings=reading.findings)


def page(house: House, token: str) -> str:
    return house.client().get(f"/upload/{token}").text


def row(text: str, key: str) -> str:
    """One row of the page as its words."""
    rows = text.split('<div class="nhsuk-summary-list__row">')
    found = next(part for part in rows if f'id="answer-{key}"' in part)
    return " ".join(re.sub(r"<[^>]+>", " ", found.split("</dl>")[0]).split())


def answer(house: House, token: str, key: str, **values: object) -> TestResponse:
    return post(house.client(), f"/upload/{token}/answers/{key}", page="/start", **values)


def press_send(house: House, token: str) -> TestResponse:
    return post(house.client(), f"/upload/{token}/send", page="/start")


def test_while_it_is_read_the_page_says_how_far_it_is_and_comes_back_by_itself(house: House) -> None:
    token = house.upload()
    text = page(house, token)
    assert '<meta http-equiv="refresh" content="3">' in text
    assert f'role="status" data-progress="/upload/{token}/progress" data-reload' in text
    assert "Checking for viruses" not in text
    assert house.client().get(f"/upload/{token}/progress").json == {
        "done": False,
        "sentence": "We are reading your form.",
    }


def test_when_reading_takes_long_it_can_be_sent_without_checking(house: House) -> None:
    token = house.upload()
    assert "Send request without checking" not in page(house, token)
    house.later(timedelta(minutes=2))
    assert "Send request without checking" in page(house, token)
    assert press_send(house, token).location.startswith("/sent/")


def test_what_we_found_stands_by_section_with_what_is_missing_at_the_top(house: House) -> None:
    token = a_read_draft(house)
    text = page(house, token)
    assert re.findall(r'<h2 class="nhsuk-heading-m">([^<]+)</h2>', text) == [
        "About you",
        "What you are asking for",
        "Why it is needed",
        "Cost, timing and support",
        "Send your request",
    ]
    assert "5 answers are missing" in text
    assert '<a href="#answer-justification">Business justification</a>' in text
    assert row(text, "requester_name") == "Your name Priya Nair Change Your name"
    assert row(text, "justification") == "Business justification Missing Add Business justification"
    assert row(text, "costs") == "Costs Not answered Add Costs"
    assert "Nothing reaches the team before you press this button." in text
    assert "this upload goes after 7 days, on Monday 30 November 2026." in text


def test_an_answer_that_we_are_not_sure_of_is_shown_as_the_form_says_it(house: House) -> None:
    text = page(house, a_read_draft(house))
    assert "Check this: the form says “Learning Management”." in row(text, "functional_area")
    assert '<a href="#answer-functional_area">Area of ESR</a>' in text


def test_what_the_checks_ask_is_said_to_the_sender_beside_the_answer(house: House) -> None:
    text = page(house, a_read_draft(house))
    assert "The benefits are thin. A measure would help." in row(text, "benefits")


def test_one_question_is_asked_on_a_page_with_what_the_form_says(house: House) -> None:
    token = a_read_draft(house)
    text = house.client().get(f"/upload/{token}/answers/functional_area").text
    assert "Learning Management" in text
    assert re.search(r'type="checkbox"[^>]* value="learning" checked', text)
    assert "Select all that apply." in text
    text = house.client().get(f"/upload/{token}/answers/date_raised").text
    assert [re.search(rf'id="value-{part}"[^>]*value="(\d+)"', text)[1] for part in ("day", "month", "year")] == [  # type: ignore[index]
        "3",
        "11",
        "2026",
    ]


@pytest.mark.parametrize(
    ("key", "sent", "kept", "shown"),
    [
        ("title", {"value": "  A better title "}, "A better title", "A better title"),
        ("justification", {"value": "One\r\nTwo\x00"}, "One\nTwo", "One Two"),
        ("date_raised", {"day": "5", "month": "3", "year": "2026"}, "2026-03-05", "5 March 2026"),
        ("required_by", {"day": "5", "month": "March", "year": "2026"}, "2026-03-05", "5 March 2026"),
        ("functional_area", {"value": ["payroll", "hr"]}, "payroll hr", "Payroll, HR"),
        ("region", {"value": "wales"}, "wales", "Wales"),
        ("email", {"value": "new@example.nhs.uk"}, "new@example.nhs.uk", "new@ example.nhs.uk"),
    ],
)
def test_an_answer_is_kept_shown_at_once_and_read_with_the_file(
    house: House, key: str, sent: dict[str, object], kept: str, shown: str
) -> None:
    token = a_read_draft(house)
    assert answer(house, token, key, **sent).location == f"/upload/{token}#answer-{key}"
    draft = load_draft_by_token(house.db, token)
    assert json.loads(load_original(house.settings.originals, draft.given_sha256 or "")) == {key: kept}
    assert draft.is_being_read
    text = page(house, token)
    assert f"{shown} You typed this answer." in row(text, key)
    assert "We are checking your new answers." in text


@pytest.mark.parametrize(
    ("key", "sent", "says", "field"),
    [
        ("title", {"value": " "}, "Enter an answer, or go back to leave this question as it is", "value"),
        ("title", {"value": "x" * 501}, "The answer must be 500 characters or fewer", "value"),
        ("email", {"value": "priya"}, "Enter an email address in the correct format", "value"),
        (
            "date_raised",
            {"day": "31", "month": "2", "year": "2026"},
            "Enter a real date, such as 31 3 2026",
            "value-day",
        ),
        ("date_raised", {"day": "31", "month": "", "year": ""}, "Enter a month and a year too", "value-month"),
        ("region", {"value": "mars"}, "Select from the list", "value"),
        ("region", {"value": ["wales", "london"]}, "Select from the list", "value"),
    ],
)
def test_an_answer_that_cannot_be_is_said_beside_its_field(
    house: House, key: str, sent: dict[str, object], says: str, field: str
) -> None:
    token = a_read_draft(house)
    refused = answer(house, token, key, **sent)
    assert refused.status_code == 400
    at, words = said_at_the_top(refused.text)
    assert at == field
    assert words.startswith(says)
    assert f'id="{field}"' in refused.text
    assert load_draft_by_token(house.db, token).given_sha256 is None


def test_a_typed_answer_can_be_taken_out_again(house: House) -> None:
    token = a_read_draft(house)
    answer(house, token, "title", value="Typed")
    answer(house, token, "title", value="")
    assert "Show the study leave balance" in row(page(house, token), "title")


def test_a_typed_answer_is_missing_no_more_before_it_was_checked(house: House) -> None:
    token = a_read_draft(house)
    answer(house, token, "justification", value="Every manager counts leave by hand, 18 hours a year.")
    text = page(house, token)
    assert "4 answers are missing" in text
    assert "The benefits are thin." in row(text, "benefits")


def test_an_answer_that_says_nothing_counts_as_missing(house: House) -> None:
    finding = Finding("required.benefits", Severity.BLOCKER, "benefits", "It does not answer the question.")
    text = page(house, a_read_draft(house, a_reading(benefits="To be confirmed", findings=(finding,))))
    assert '<a href="#answer-benefits">Benefits</a>' in text
    assert "To be confirmed" in row(text, "benefits")


def test_missing_answers_do_not_keep_it_from_being_sent(house: House) -> None:
    token = a_read_draft(house)
    sent = press_send(house, token)
    text = house.client().get(sent.location).text
    assert "ESR-2026-0001" in text
    assert "We have read your form. It is waiting for a reviewer." in text
    assert press_send(house, token).location == sent.location
    assert house.client().get(f"/upload/{token}").location == sent.location


def test_a_form_without_a_title_is_not_sent_until_it_has_one(house: House) -> None:
    token = a_read_draft(house, without(a_reading(), "title"))
    refused = press_send(house, token)
    assert refused.status_code == 400
    assert said_at_the_top(refused.text) == (
        "answer-title",
        "Add an answer to “Title of request”, so that your request has a name",
    )
    assert house.db["cases"].count == 0
    answer(house, token, "title", value="A title")
    assert press_send(house, token).status_code == 303


def test_several_forms_in_a_file_are_named_and_all_are_sent(house: House) -> None:
    token = a_read_draft(house, a_reading(title="One"), a_reading(title="Two"))
    assert "This file holds 2 forms." in page(house, token)
    assert "Business Justification Form: Two" in page(house, token)
    text = house.client().get(press_send(house, token).location).text
    assert "ESR-2026-0002" in text
    assert [link.title for link in load_links(house.db, house.case("ESR-2026-0001").id)] == ["Two"]


@pytest.mark.parametrize(
    ("code", "title", "may_type", "may_send"),
    [
        (ErrorCode.ENCRYPTED, "The file needs a password", False, False),
        (ErrorCode.EMPTY, "The file is empty", False, False),
        (ErrorCode.UNSUPPORTED, "We cannot use this file", False, False),
        (ErrorCode.TOO_LARGE, "We cannot use this file", False, False),
        (ErrorCode.DANGEROUS, "We cannot open this file safely", False, False),
        (ErrorCode.CORRUPT, "The file is damaged", False, True),
        (ErrorCode.TOO_COMPLEX, "We could not read your form", False, True),
        (ErrorCode.TIMEOUT, "We could not read your form", False, True),
        (ErrorCode.NO_FORM, "We do not know this form", True, False),
        (ErrorCode.NEEDS_OCR, "We could not read any words in this file", True, False),
    ],
)
def test_a_file_that_gives_no_answers_says_why_and_what_to_do(
    house: House, code: ErrorCode, title: str, may_type: bool, may_send: bool
) -> None:
    token = a_read_draft(house, an_unreadable_one("The file is a spreadsheet.", code))
    text = page(house, token)
    assert f"{title}</h1>" in text
    assert "Upload another file" in text
    assert ("Which form is it?" in text) == may_type
    assert ("Send it as it is" in text) == may_send
    sent = press_send(house, token)
    assert sent.location.startswith("/sent/") == may_send
    assert house.db["cases"].count == int(may_send)


def test_the_sender_says_which_form_it_is_and_types_the_answers(house: House) -> None:
    token = a_read_draft(house, an_unreadable_one("Not ours", ErrorCode.NO_FORM))
    refused = post(house.client(), f"/upload/{token}/form", page="/start", form="tax-return")
    assert refused.status_code == 400
    assert "Select which form it is" in refused.text
    chosen = post(house.client(), f"/upload/{token}/form", page="/start", form="business-justification")
    assert chosen.location == f"/upload/{token}"
    assert "Reading your form" in page(house, token)
    house.read_draft(token, without(a_reading(), *(found.field for found in a_reading().answers)))
    assert "12 answers are missing" in page(house, token)
    answer(house, token, "title", value="Typed")
    draft = load_draft_by_token(house.db, token)
    given = json.loads(load_original(house.settings.originals, draft.given_sha256 or ""))
    assert given == {"form": "business-justification", "title": "Typed"}


def test_a_question_that_the_form_does_not_ask_is_not_there(house: House) -> None:
    token = a_read_draft(house)
    client = house.client()
    assert client.get(f"/upload/{token}/answers/role_name").status_code == 404
    assert answer(house, token, "role_name", value="x").status_code == 404
    assert client.get(f"/upload/{house.upload()}/answers/title").status_code == 404


def test_an_upload_that_was_sent_takes_no_more_answers(house: House) -> None:
    token = a_read_draft(house)
    receipt = press_send(house, token).location
    assert answer(house, token, "title", value="Too late").location == receipt
    case = house.case("ESR-2026-0001")
    assert [file.given_sha256 for file in load_submissions(house.db, case.id)] == [None]


def test_an_upload_that_was_not_sent_in_time_says_so(house: House) -> None:
    token = a_read_draft(house)
    house.db.execute("UPDATE drafts SET state = 'gone'")
    for answered in (house.client().get(f"/upload/{token}"), press_send(house, token)):
        assert answered.status_code == 410
        assert "It was not sent within 7 days, so nothing reached the team." in answered.text
