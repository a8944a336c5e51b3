"""The templates that an organisation may put its own in place of: Word files and the texts of e-mails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.fill_text import faults_of, fields_in, fill_text
from casework.templates import TemplateKind
from outputs.letter import Letter
from outputs.word_letter import letter_values, load_letter_template

SIGN_OFF = "ESR Development Team"
HARD_WORDS = ("R&D", "<b>", "{{ 7*7 }}", "O’Brien & Co")
"""Values that come out damaged, or are run, where a template is filled carelessly: every example holds them."""

LONGEST_SUBJECT, LONGEST_BODY = 200, 8000
_DAY = date(2026, 11, 23)
_TITLE = "Show R&D <b> and {{ 7*7 }} for O’Brien & Co"


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A Word template: what it is, the shipped one, example values, and the lists that it has to show."""

    kind: TemplateKind
    shipped: Callable[[], bytes]
    sample: Callable[[], Mapping[str, Any]]
    must_repeat: Mapping[str, str]


def _letter_sample() -> Mapping[str, Any]:
    body = (
        f"Your request: {_TITLE}\nReference: ESR-2026-0418\n\nWe have decided not to take your request forward.\n\n"
        "What to change\n1. Benefits: Say who gains.\n2. Costs: A guess will do.\n\n"
        f"You may also want to\n- Name a sponsor.\n\n{SIGN_OFF}\n"
    )
    return letter_values(("ESR-2026-0418: not taken forward", body), reference="ESR-2026-0418", when=_DAY)


LETTER = WordTemplate(
    TemplateKind(
        "letter",
        "Letter",
        "Decisions, and what to change in a form, as Word documents",
        {
            "title": "What the letter is about, for example “Not taken forward”",
            "subject": "The subject of the email, with the reference",
            "reference": "The reference of the request",
            "date": "The day of the letter, for example 23 November 2026",
            "from": "ESR Development Team",
            "blocks": "The words of the letter, in order: repeat with {%p for block in blocks %}",
            "block.kind": "p, heading, ol (numbered) or ul (a list)",
            "block.text": "The words of this part",
        },
    ),
    load_letter_template,
    _letter_sample,
    {"blocks": "the words of the letter"},
)
WORD_TEMPLATES: Mapping[str, WordTemplate] = {LETTER.kind.key: LETTER}

_COMMON = {
    "subject": "The subject as we would write it",
    "words": "All the words as we would write them, without the sign-off",
    "reference": "The reference of the request",
    "title": "The title of the request",
}
_RECEIPT = {key: words for key, words in _COMMON.items() if key != "title"}
MAIL_TEXTS: Mapping[str, TemplateKind] = {
    kind.key: kind
    for kind in (
        TemplateKind(
            "receipt",
            "Receipt",
            "Sent by itself as soon as a form is stored",
            {**_RECEIPT, "file_name": "The name of the file", "link": "The private page of the request"},
            ("reference", "words"),
        ),
        TemplateKind(
            "acknowledgement",
            "Acknowledgement",
            "Sent when a person acknowledges a request",
            _COMMON,
            ("reference", "words"),
        ),
        TemplateKind(
            "question",
            "Question",
            "Sent when a reviewer asks for more information",
            {**_COMMON, "message": "What the reviewer asks"},
            ("message", "words"),
        ),
        TemplateKind(
            "decision",
            "Decision",
            "Sent with each decision",
            {**_COMMON, "reason": "The reason that the reviewer gave"},
            ("words",),
        ),
    )
}
SHIPPED_SUBJECT, SHIPPED_BODY = "{{ subject }}", f"{{{{ words }}}}\n\n{SIGN_OFF}"


def check_mail_text(key: str, subject: str, body: str) -> tuple[list[str], list[str]]:
    """(what is wrong with the subject, what is wrong with the body), each with its line and what to do."""
    kind = MAIL_TEXTS[key]
    in_subject = faults_of(subject, set(kind.fields) - {"words", "message", "reason"})
    in_body = faults_of(body, kind.fields)
    if not subject.strip():
        in_subject.append("Enter a subject.")
    if len(subject) > LONGEST_SUBJECT:
        in_subject.append(f"Enter a subject of at most {LONGEST_SUBJECT} characters.")
    if not body.strip():
        in_body.append("Enter the words of the email.")
    elif len(body) > LONGEST_BODY:
        in_body.append(f"Enter at most {LONGEST_BODY} characters.")
    elif not in_body and kind.needs and not fields_in(body) & set(kind.needs):
        one_of = " or ".join(f"{{{{ {name} }}}}" for name in kind.needs)
        in_body.append(f"Use {one_of}: without it the reader does not learn what they must know.")
    return in_subject, in_body


def word_mail(key: str, letter: Letter, facts: Mapping[str, object], subject: str, body: str) -> Letter:
    """The letter in the organisation's own words; `letter` is as we would write it, `facts` what it was made from."""
    ours, words = letter
    words = words.rstrip()
    if words.endswith(f"\n{SIGN_OFF}"):
        words = words[: -len(SIGN_OFF)].rstrip()
    given = {name: str(facts.get(name) or "") for name in MAIL_TEXTS[key].fields}
    values = {**given, "subject": ours, "words": words}
    return " ".join(fill_text(subject, values).split()), f"{fill_text(body, values)}\n"
