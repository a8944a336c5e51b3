"""The text of a message is read line by line, and what is nobody's answer stands apart."""

from __future__ import annotations

import pytest

from casework.errors import UnreadableError
from casework.form import FormLibrary
from casework.transcript import Transcript, paragraphs_of
from extract.answers import find_answers
from extract.asides import mails_of
from extract.form_match import find_form
from extract.text_reader import MOST_LINES, read_text

pytestmark = pytest.mark.pure


def parts(transcript: Transcript) -> list[tuple[str, str]]:
    return [(paragraph.place.part, paragraph.text) for paragraph in paragraphs_of(transcript.blocks)]


def test_each_line_is_a_paragraph_in_its_place() -> None:
    transcript = read_text("Name of role: Theatre lead\r\n\r\n  Level of input:\n\tEmployee\n")
    assert [(paragraph.place.path, paragraph.text) for paragraph in paragraphs_of(transcript.blocks)] == [
        ("line 1", "Name of role: Theatre lead"), ("line 3", "Level of input:"), ("line 4", "Employee"),
    ]  # fmt: skip


def test_lines_that_a_mail_program_broke_are_put_together_again() -> None:
    text = (
        "Justification: In 2025 there were 41 lists on which nobody knew who was the\n"
        "lead, and the audit of May asked for the role to be recorded in one place\n"
        "so that rotas can use it.\nBenefits: three hours a week\nin each theatre\n"
    )
    assert [text for _, text in parts(read_text(text))] == [
        "Justification: In 2025 there were 41 lists on which nobody knew who was the lead, and the audit of May asked"
        " for the role to be recorded in one place so that rotas can use it.",
        "Benefits: three hours a week", "in each theatre",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part", "aside"),
    [
        ("> Please send the form\n>> Which one?", "quoted", 2),
        ("-----Original Message-----\nFrom: A B\nSent: 3 March 2026\nTo: C D\nSubject: Role", "mail header", 5),
        ("*From:* A B <a@nhs.net>\n*Date:* Tue, 3 Mar 2026\n*Subject:* Role\n*To:* c@nhs.net", "mail header", 4),
        ("On Tue, 3 Mar 2026 at 10:11, ESR Team <esr@nhs.net> wrote:", "mail header", 1),
        ("On Tue, 3 Mar 2026 at 10:11, ESR Development Team\n<esr@nhs.net> wrote:", "mail header", 2),
        ("Kind regards,\nAnn Lee\nWorkforce manager\nTel: 0113 496 0000", "signature", 4),
        ("If you need anything else, let me know.\nThanks\nAnn", "signature", 3),
        ("-- \nAnn Lee\nT: 0113 496 0000", "signature", 3),
        ("Sent from my iPhone", "signature", 1),
        ("This message may contain confidential information. If you are not the intended\nRecipient please delete it.",
         "disclaimer", 2),
        ("CAUTION: This email originated from outside of the organisation.", "banner", 1),
        ("[EXTERNAL]", "banner", 1),
    ],
)  # fmt: skip
def test_what_is_nobodys_answer_stands_apart(text: str, part: str, aside: int) -> None:
    found = parts(read_text(f"Scope: all theatres\n\n{text}\n"))
    assert found[0] == ("body", "Scope: all theatres")
    assert [name for name, _ in found[1:]] == [part] * aside


@pytest.mark.parametrize(
    "text",
    [
        "Date: 3 March 2026\nTo: the ESR team\nSubject: a new role",
        "Thanks to this change the payroll team saves three hours a week",
        "The data is confidential and is kept for the regards of the audit",
        "From: April 2027\nTo: March 2028",
        "Costs: --",
    ],
)
def test_answers_that_only_look_like_it_stay(text: str) -> None:
    assert {name for name, _ in parts(read_text(f"Scope: all\n{text}"))} == {"body"}


def test_a_form_below_a_signature_is_no_signature() -> None:
    text = (
        "Form below.\n\nRegards\nAnn Lee\n\nName of role: Lead\nRole description: Leads\nScope: All\nBenefits: Time\n"
    )
    assert [name for name, _ in parts(read_text(text))] == ["body", "signature", "signature", *["body"] * 4]


def test_a_mail_forwarded_as_a_quote_is_no_quote() -> None:
    headers = "> From: A B\n> Date: 3 March 2026\n> To: C\n> Subject: Role"
    text = f"FYI\n\nBegin forwarded message:\n\n{headers}\n>\n> Scope: All\n"
    found = parts(read_text(text))
    assert found[0] == ("body", "FYI")
    assert {name for name, _ in found[1:-1]} == {"mail header"}
    assert found[-1] == ("body", "Scope: All")


def test_a_thread_is_its_mails_newest_first() -> None:
    text = (
        "New\n\nFrom: A\nSent: today\nTo: B\nSubject: X\n\nOld\n\nFrom: B\nSent: before\nTo: A\nSubject: X\n\nOldest\n"
    )
    mails = list(mails_of(read_text(text)))
    assert [[block.text for block in mail.letter.blocks] for mail in mails] == [["New"], ["Old"], ["Oldest"]]  # type: ignore[union-attr]
    for mail in mails:
        held = len(mail.before) + len(mail.after) + len(mail.aside) + len(mail.letter.blocks)
        assert held == len(read_text(text).blocks)


def test_no_answer_takes_words_of_a_quote_or_a_signature(library: FormLibrary) -> None:
    text = (
        "New supplementary role request\nName of role: Theatre lead\nRole description: Leads the list.\nScope: All\n"
        "Level of input: Manager\nBenefits: Three hours saved.\n\nKind regards\nAnn Lee\nEmail: ann@nhs.net\n\n"
        "> Justification: old words\n"
    )
    transcript = read_text(text)
    match = find_form(transcript, library)
    assert match is not None
    answers, _ = find_answers(transcript, match.form, library, match.walked)
    assert {answer.field: answer.text for answer in answers if answer.text} == {
        "role_name": "Theatre lead", "role_description": "Leads the list.", "scope": "All", "input_level": "Manager",
        "benefits": "Three hours saved.",
    }  # fmt: skip


def test_no_text_is_no_blocks() -> None:
    assert read_text(" \n\n").blocks == ()


def test_more_lines_than_any_form_has_are_refused() -> None:
    with pytest.raises(UnreadableError, match="far longer"):
        read_text("a\n" * (MOST_LINES + 1))
