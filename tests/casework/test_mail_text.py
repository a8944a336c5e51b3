"""New words, quoted words and signatures told apart, without losing a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.mail_text import OwnWords, own_words

pytestmark = pytest.mark.pure

OUTLOOK = """From: ESR forms <esr.forms@example.nhs.uk>
Sent: 23 November 2026 09:15
To: Lee, Ann <ann.lee@example.nhs.uk>
Subject: About ESR-2026-0418

We have received your form."""

OUTLOOK_RULED = f"________________________________\n{OUTLOOK}"
ORIGINAL = f"-----Original Message-----\n{OUTLOOK}"
BOLD = OUTLOOK.replace("From:", "*From:*").replace("Sent:", "*Sent:*")
WELSH = "Oddi wrth: ESR\nAnfonwyd: 23 Tachwedd 2026\nAt: Ann\nPwnc: Ffurflen\n\nDiolch am y ffurflen."
GMAIL = "On Mon, 23 Nov 2026 at 09:15, ESR forms <esr.forms@example.nhs.uk>\nwrote:\n\n> We have received\n> your form."
APPLE = "On 23 Nov 2026, at 09:15, ESR forms <esr.forms@example.nhs.uk> wrote:\n\n> We have received your form."
FORWARD = "Begin forwarded message:\n\nFrom: Bob\nSubject: Form\nDate: 1 May 2026\n\nThe form."


@pytest.mark.parametrize("quoted", [OUTLOOK, OUTLOOK_RULED, ORIGINAL, BOLD, WELSH, GMAIL, APPLE, FORWARD])
def test_what_stands_over_the_quoted_message_is_new(quoted: str) -> None:
    assert own_words(f"Here is the corrected form.\n\n{quoted}\n") == OwnWords(
        "Here is the corrected form.", quoted, ""
    )


def test_answers_between_quoted_lines_are_new() -> None:
    text = "On 1 May 2026, ESR wrote:\n> Which module?\n\nLearning.\n\n> Which release?\nAny."
    words = own_words(text)
    assert words.fresh.split() == ["Learning.", "Any."]
    assert words.quoted == "On 1 May 2026, ESR wrote:\n> Which module?\n> Which release?"


@pytest.mark.parametrize(
    "signature",
    [
        "--\nAnn Lee\nWorkforce Systems",
        "Kind regards\nAnn Lee\nESR Lead | Example NHS Trust\n01234 567890",
        "Many thanks,\n\nAnn",
        "Diolch yn fawr\nAnn",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "*" * 60 + "\n\nThis message may contain confidential information. If you are not the intended recipient\n"
        "please inform the sender.",
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
    ],
)
def test_a_signature_or_disclaimer_is_set_aside(signature: str) -> None:
    assert own_words(f"Here is the form.\n\n{signature}") == OwnWords("Here is the form.", "", signature)


def test_marks_far_down_in_a_quoted_message_make_none_of_it_new() -> None:
    quoted = (
        f"On 1 May 2026, ESR wrote:\n{'Their words.' + chr(10)}" + "More of them.\n" * 15 + "> oldest words\nTheir end."
    )
    assert own_words(f"Yes.\n\n{quoted}") == OwnWords("Yes.", quoted, "")


def test_a_signature_between_new_and_quoted_words_is_set_aside() -> None:
    words = own_words(f"Here it is.\n\nRegards\nAnn\n\n{OUTLOOK}")
    assert words == OwnWords("Here it is.", OUTLOOK, "Regards\nAnn")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks\n\nPlease note that page two of the form was filled in by our payroll manager last Tuesday.",
        "From: the ward manager's point of view this helps.\nTo: nobody's surprise it is popular.",
        "On reflection, the team wrote: nothing.",
        "The ward wrote > 20 letters.",
        "SR number: 123456\nTitle: Leave types\nTo: all staff",
        "",
    ],
)
def test_ordinary_words_are_all_new(text: str) -> None:
    assert own_words(text) == OwnWords(text, "", "")


@given(
    st.lists(st.sampled_from([*OUTLOOK.split("\n"), "> q", "-- ", "Regards", "word", "", "On x wrote:"]), max_size=25)
)
def test_no_line_is_lost_and_none_stands_twice(lines: list[str]) -> None:
    words = own_words("\n".join(lines))
    kept = "\n".join([words.fresh, words.quoted, words.signature]).split("\n")
    assert sorted(line for line in kept if line) == sorted(line.rstrip() for line in lines if line)


def test_twenty_thousand_farewells_are_no_signature_until_the_last_ones() -> None:
    words = own_words("Regards\n" * 20_000)
    assert words.signature.count("Regards") == 26


def test_a_million_characters_without_a_sign_are_new() -> None:
    text = "On " * 300_000
    assert own_words(text).fresh == text.rstrip()
