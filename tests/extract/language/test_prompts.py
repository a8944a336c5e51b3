"""Which words of an answer are the form's own."""

from __future__ import annotations

import pytest

from extract.language.prompts import own_words

pytestmark = pytest.mark.pure


def sender_words(text: str) -> str:
    for start, end in sorted(own_words(text, (), ()), reverse=True):
        text = text[:start] + text[end:]
    return text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Please explain why the role is needed.",
        "[Describe the expected benefits]",
        "Click or tap here to enter text.",
        "............",
        "Benefits statement:",
        "☐ Quality ☐ Cost ☐ Time",
        "What will happen if this change is not made?",
        "Benefit | Measure | Owner",
        "State who will benefit and how you will measure it.",
    ],
)
def test_guidance_labels_and_leaders_are_the_forms(text: str) -> None:
    assert sender_words(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Please note that a clerk still has to key each one.",
        "Staff are paid late.",
        "☒ Quality ☐ Cost",
        "Benefits are paid late when the form is lost.",
    ],
)
def test_what_tells_the_reader_something_is_the_senders(text: str) -> None:
    assert sender_words(text) == text


def test_an_answer_after_its_guidance_is_kept() -> None:
    assert sender_words("Please explain why the role is needed.\nRotas are wrong.") == "Rotas are wrong."
