"""The templates that an organisation may put its own in place of: Word files and the texts of e-mails."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from docx import Document

from casework.errors import SettingError
from casework.fill_text import faults_of, fields_in, fill_text
from casework.schedule import Change, ChangeKind, PastIssue, Release, Schedule, ScheduleLine, Tally
from casework.templates import TemplateKind
from outputs.letter import Letter
from outputs.schedule import build_schedule, load_template
from outputs.schedule_context import schedule_context
from outputs.word_letter import build_word_letter, letter_values, load_letter_template

SIGN_OFF = "ESR Development Team"
HARD_WORDS = ("R&D", "<b>", "{{ 7*7 }}", "O’Brien & Co")
"""Values that come out damaged, or are run, where a template is filled carelessly: every example holds them."""

LONGEST_SUBJECT, LONGEST_BODY = 200, 8000
_DAY = date(2026, 11, 23)
_TITLE = "Show R&D <b> and {{ 7*7 }} for O’Brien & Co"


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A Word template: what it is, the shipped one, example values, and the lists that it has to show.

    `build` makes the document of the example values with a template; SettingError where the template is wrong.
    """

    kind: TemplateKind
    shipped: Callable[[], bytes]
    sample: Callable[[], Mapping[str, Any]]
    build: Callable[[bytes], bytes]
    must_repeat: Mapping[str, str]

    def try_out(self, template: bytes) -> bytes:
        """The document of the example values; SettingError where they come out otherwise than they are written."""
        made = self.build(template)
        words = "".join(part.text or "" for part in Document(io.BytesIO(made)).element.body.iter("{*}t"))
        lost = [value for value in HARD_WORDS if value not in words]
        if lost:
            raise SettingError(
                f"Values such as “{lost[0]}” do not come out as they are written. Take filters out of the tags, and"
                " show the titles and words of requests."
            )
        return made


def _letter() -> Letter:
    return "ESR-2026-0418: not taken forward", (
        f"Your request: {_TITLE}\nReference: ESR-2026-0418\n\nWe have decided not to take your request forward.\n\n"
        "What to change\n1. Benefits: Say who gains.\n2. Costs: A guess will do.\n\n"
        f"You may also want to\n- Name a sponsor.\n\n{SIGN_OFF}\n"
    )


def _line(title: str, **more: Any) -> ScheduleLine:
    values: dict[str, Any] = {
        "reference": "ESR-2026-0418",
        "sr_number": "4418207",
        "title": title,
        "organisation": "Northmoor Valley NHS Foundation Trust",
        "region": "North West",
        "functional_area": "Self Service",
        "description": "Offer a view in large print.",
        "driver": "Equality Act 2010",
        "date_raised": date(2026, 9, 14),
        "status": "Approved, allocated to Release 71",
        "outcome": "Approved",
        "decided_on": date(2026, 10, 2),
        "release": "Release 71",
        "reason": "It helps staff everywhere.",
    }
    return ScheduleLine(**(values | more))


def _schedule() -> Schedule:
    lines = (_line(_TITLE), _line("Payslips in large print", reference="ESR-2026-0391"))
    return Schedule(
        quarter="2026-Q4",
        label="Q4 2026",
        reference="ESR-DS-2026-Q4",
        issued=date(2026, 12, 31),
        version="2.0",
        window_start=date(2026, 7, 1),
        window_end=date(2026, 12, 31),
        releases=((Release("Release 71", date(2026, 12, 18)), lines),),
        justifications=lines,
        roles=lines[:1],
        competences=lines[1:],
        previous_issues=(PastIssue(date(2026, 12, 1), "1.0", ""),),
        introduction="What is planned, and what was asked for.",
        note="Dates may move.",
        change_note="A date was wrong.",
        compared_with="Version 1.0 of 1 December 2026",
        changes=(Change(ChangeKind.ADDED, "ESR-2026-0418", _TITLE, "", "Release 71"),),
        tallies=(Tally("Business justifications", 2, 2),),
        events=418,
        head="0" * 64,
    )


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
    lambda: letter_values(_letter(), reference="ESR-2026-0418", when=_DAY),
    lambda template: build_word_letter(_letter(), reference="ESR-2026-0418", when=_DAY, template=template),
    {"blocks": "the words of the letter"},
)
SCHEDULE = WordTemplate(
    TemplateKind(
        "development-schedule",
        "Development Schedule",
        "The quarterly schedule as a Word document",
        {
            "quarter, quarter_words": "The quarter, short and in words",
            "issued, version, reference, owner, classification": "What the title block says",
            "introduction, note, caveat, summary": "The editor’s words and ours",
            "window_start, window_end": "The six months of the business justifications",
            "releases": "Releases in order: name, heading and lines of each",
            "justifications, roles, competences": "Lines: reference, sr_number, title, source, functional_area,"
            " description, driver, date_raised, status, outcome, progress, decided_on, release, reason",
            "planned, outcomes, changes, change_record, tallies, glossary": "The rows of the smaller tables",
            "outcomes_chart, seal, events, steps, compared_with": "Smaller parts",
            "has_roles, has_competences": "Whether an annex is wanted",
        },
    ),
    load_template,
    lambda: schedule_context(_schedule()),
    lambda template: build_schedule(_schedule(), template),
    {"releases": "the coming changes", "justifications": "the business justifications"},
)
WORD_TEMPLATES: Mapping[str, WordTemplate] = {template.kind.key: template for template in (LETTER, SCHEDULE)}

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
