"""What a sender gets to read: a reference, what happens next and by when, and the reason for every decision."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from casework.lifecycle import Decision
from outputs.letter import build_acknowledgement, build_decision, build_information_request
from outputs.receipt import build_receipt

pytestmark = pytest.mark.pure


def test_a_receipt_says_what_arrived_when_and_by_which_day_a_person_answers() -> None:
    subject, body = build_receipt(
        reference="ESR-2026-0418",
        file_name="R&D {form}.docx",
        received=datetime(2026, 11, 18, 9, 13),
        acknowledge_by=date(2026, 11, 25),
    )
    assert subject == "ESR-2026-0418: we have received your form"
    assert "This is an automatic receipt." in body
    assert "File: R&D {form}.docx\nReceived: 18 November 2026 at 9:13am\n" in body
    assert "by Wednesday 25 November 2026. That is within 5 working days." in body
    assert "send the form again and give the reference ESR-2026-0418" in body
    assert "link" not in body


def test_a_receipt_holds_the_private_link_where_there_is_one() -> None:
    _, body = build_receipt(
        reference="ESR-2026-0418",
        file_name="form.docx",
        received=datetime(2026, 11, 18, 9, 13),
        acknowledge_by=date(2026, 11, 25),
        link="https://forms.example/track/abc",
    )
    assert "withdraw it here:\nhttps://forms.example/track/abc\nKeep this link to yourself." in body


@pytest.mark.parametrize("decision", list(Decision))
def test_every_decision_has_a_letter_with_its_reason_and_the_reference(decision: Decision) -> None:
    subject, body = build_decision(
        reference="ESR-2026-0418", title="Payslips in large print", decision=decision, reason="It helps everyone."
    )
    assert subject.startswith("ESR-2026-0418: ")
    assert body.startswith("Your request: Payslips in large print\nReference: ESR-2026-0418\n")
    assert "\n\nReason\nIt helps everyone.\n\n" in body


def test_letters_for_different_decisions_say_different_things() -> None:
    letters = {build_decision(reference="R", title="T", decision=decision, reason="Because.") for decision in Decision}
    assert len(letters) == len(Decision)


def test_a_request_that_was_joined_names_the_other_one() -> None:
    _, body = build_decision(
        reference="ESR-2026-0418",
        title="Study leave",
        decision=Decision.DUPLICATE,
        reason="Both ask for the same.",
        joined_to="ESR-2026-0391",
    )
    assert "The other request is ESR-2026-0391." in body


def test_a_question_is_put_in_the_reviewers_own_words() -> None:
    subject, body = build_information_request(
        reference="ESR-2026-0418", title="Study leave", message="How many managers?\nIn how many trusts?"
    )
    assert subject == "ESR-2026-0418: we need more information"
    assert "\n\nHow many managers?\nIn how many trusts?\n\n" in body


def test_an_acknowledgement_is_from_a_person_and_not_the_automatic_receipt() -> None:
    subject, body = build_acknowledgement(reference="ESR-2026-0418", title="Study leave")
    assert subject == "ESR-2026-0418: your request has been acknowledged"
    assert "“Study leave”" in body
    assert "automatic" not in body
