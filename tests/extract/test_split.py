"""Several forms in one file are told apart; one form that repeats itself stays one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.transcript import Block, Locator, Table, Transcript, Unread, blocks_text, paragraphs_of
from extract.answers import find_answers
from extract.docx_reader import read_docx
from extract.form_match import find_form
from extract.split import Part, split_forms
from outputs.blank import fill_blank
from tests.extract.sheets import heading, para, sheet, table

pytestmark = pytest.mark.pure

CONTACT = {"SR number": "SR 1234567", "Date of request": "3 March 2026", "Name of requester": "Ann Lee",
           "Job title": "Workforce manager", "Organisation": "Northmoor Trust", "Email": "a.lee@nhs.net"}  # fmt: skip
ROLE = {"Name of role": "Theatre lead", "Role description": "Leads the list on the day.", "Level of input": "Manager",
        "Justification": "In 2025 there were 41 lists without a lead.", "Benefits": "Three hours a week saved.",
        "Scope": "All theatres"}  # fmt: skip
COMPETENCE = {"Competence name": "NHS|MAND|Fire Safety - 1 Year|", "Renewal period": "1 year",
              "Competence description": "What to do in a fire.", "Target audience": "All staff",
              "Justification": "The Fire Safety Order 2005 asks for it.", "National link": "Core Skills"}  # fmt: skip
CHANGE = {"Title of request": "Bulk upload", "Current situation": "Keyed one by one.", "Workaround": "A spreadsheet.",
          "Requirement": "One upload.", "Justification": "It takes 40 hours a month.", "Benefits": "40 hours saved.",
          "Impact of not changing": "Overtime goes on.", "Costs": "None known"}  # fmt: skip
TITLES = {"role": "Request for a New Supplementary Role", "competence": "Request for a New National Competence",
          "change": "Business Justification Form"}  # fmt: skip
QUESTIONS = {"role": ROLE, "competence": COMPETENCE, "change": CHANGE}
KEYS = {"role": "supplementary-role", "competence": "national-competency", "change": "business-justification"}


def in_table(name: str, **changed: str) -> list[Block]:
    answers = {**CONTACT, **QUESTIONS[name], **changed}
    return [heading(TITLES[name], 1), table(*[[f"**{label}**", text] for label, text in answers.items()])]


def in_lines(name: str, **changed: str) -> list[Block]:
    answers = {**CONTACT, **QUESTIONS[name], **changed}
    return [para(TITLES[name]), *[para(f"{label}: {text}") for label, text in answers.items()]]


def under_headings(name: str, **changed: str) -> list[Block]:
    answers = {**CONTACT, **QUESTIONS[name], **changed}
    lines = [block for label, text in answers.items() for block in (heading(label), para(text))]
    return [heading(TITLES[name], 1), *lines]


LAYOUTS = {"table": in_table, "lines": in_lines, "headings": under_headings}


def forms_in(transcript: Transcript, library: FormLibrary) -> list[Part]:
    match = find_form(transcript, library)
    assert match is not None
    return split_forms(transcript, match, library)


def told(part: Part, library: FormLibrary) -> dict[str, str]:
    answers, _ = find_answers(part.transcript, part.match.form, library, part.match.walked)
    return {answer.field: answer.text for answer in answers if answer.text}


def words(transcript: Transcript) -> Counter[str]:
    return Counter(blocks_text(transcript.blocks).replace("|", " ").split())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "names",
    [("role", "role"), ("role", "competence"), ("change", "change"), ("competence", "change", "role"),
     ("role", "role", "role")],
)  # fmt: skip
def test_each_form_of_a_file_is_found_with_its_own_answers(
    library: FormLibrary, layout: str, names: tuple[str, ...]
) -> None:
    build = LAYOUTS[layout]
    blocks = [block for at, name in enumerate(names) for block in build(name, Organisation=f"Trust number {at}")]
    transcript = sheet(*blocks)
    parts = forms_in(transcript, library)
    assert [part.match.form.key for part in parts] == [KEYS[name] for name in names]
    for at, (part, name) in enumerate(zip(parts, names, strict=True)):
        answers = told(part, library)
        assert answers["organisation"] == f"Trust number {at}"
        assert answers["justification"] == QUESTIONS[name]["Justification"]
        assert len(answers) == len(CONTACT) + len(QUESTIONS[name])
    assert sum((words(part.transcript) for part in parts), Counter()) == words(transcript)


def test_forms_without_titles_are_parted_where_the_questions_begin_again(library: FormLibrary) -> None:
    parts = forms_in(sheet(*in_lines("role")[1:], *in_lines("role", **{"Name of role": "Ward lead"})[1:]), library)
    assert [told(part, library)["role_name"] for part in parts] == ["Theatre lead", "Ward lead"]


def test_forms_whose_rows_run_on_in_one_table_are_parted_between_rows(library: FormLibrary) -> None:
    both = [row for name in ("role", "competence") for row in _rows(in_table(name))]
    block = Table(tuple(both), Locator("body", "table 1"))
    first, second = forms_in(replace(sheet(), blocks=(block,)), library)
    assert (first.match.form.key, second.match.form.key) == ("supplementary-role", "national-competency")
    assert told(second, library)["competence_name"] == COMPETENCE["Competence name"]
    assert [len(part.transcript.blocks[0].rows) for part in (first, second)] == [12, 12]  # type: ignore[union-attr]


def _rows(blocks: list[Block]) -> list[object]:
    return [row for block in blocks if isinstance(block, Table) for row in block.rows]


def test_our_own_forms_pasted_one_after_the_other_keep_each_its_controls(library: FormLibrary) -> None:
    form = library.form("supplementary-role")
    one, other = (read_docx(fill_blank(form, library, {"role_name": name})) for name in ("Theatre lead", "Ward lead"))
    parts = forms_in(replace(one, blocks=one.blocks + other.blocks), library)
    assert [told(part, library)["role_name"] for part in parts] == ["Theatre lead", "Ward lead"]


def test_a_filled_form_and_a_blank_one_are_two(library: FormLibrary) -> None:
    blank = dict.fromkeys({**CONTACT, **ROLE}, "")
    first, second = forms_in(sheet(*in_table("role"), *in_table("role", **blank)), library)
    assert "role_name" in told(first, library)
    assert told(second, library) == {}


def test_what_stands_before_between_and_after_goes_to_one_form_each(library: FormLibrary) -> None:
    transcript = sheet(
        "Two requests from Northmoor.", *in_table("role"), "The second one follows.", *in_table("role"), "Thank you."
    )
    first, second = forms_in(transcript, library)
    assert first.transcript.blocks[0] == transcript.blocks[0]
    assert second.transcript.blocks[-1] == transcript.blocks[-1]
    assert first.transcript.blocks + second.transcript.blocks == transcript.blocks


def test_places_stay_those_of_the_file_and_a_new_page_starts_with_its_header(library: FormLibrary) -> None:
    def on_page(blocks: list[Block], page: int) -> list[Block]:
        head = replace(para("ESR change request"), place=Locator("header", page=page))
        return [head, *[replace(block, place=Locator(page=page)) for block in blocks]]

    transcript = sheet(*on_page(in_lines("role"), 1), *on_page(in_lines("competence"), 2))
    transcript = replace(transcript, unread=(Unread("picture", Locator(page=2)), Unread("picture", Locator(page=1))))
    for number, part in enumerate(forms_in(transcript, library), start=1):
        assert {paragraph.place.page for paragraph in paragraphs_of(part.transcript.blocks)} == {number}
        assert part.transcript.blocks[0].place.part == "header"
        assert [unread.place.page for unread in part.transcript.unread] == [number]


def test_what_could_not_be_read_is_said_of_the_form_in_which_it_stands(library: FormLibrary) -> None:
    blocks = [replace(block, place=Locator("body", f"table {at}")) for at, block in enumerate(
        [*in_table("role")[1:], *in_table("competence")[1:]], start=1)]  # fmt: skip
    sheet_ = replace(
        sheet(*blocks), unread=(Unread("embedded spreadsheet", Locator("body", "table 2, row 3, cell 2")),)
    )
    assert [len(part.transcript.unread) for part in forms_in(sheet_, library)] == [0, 1]


ONCE = {
    "a title that stands again on each page": lambda: [
        *in_lines("change")[:8], para(TITLES["change"]), *in_lines("change")[8:], para(TITLES["change"]),
    ],
    "contact details that stand again on each page": lambda: [
        *in_lines("change")[:10], *in_lines("change")[1:7], *in_lines("change")[10:],
    ],
    "a list of contents": lambda: [
        para(TITLES["change"]), para("Contents"), *[para(f"{label}\t{at}") for at, label in enumerate(CHANGE, 1)],
        *under_headings("change")[1:],
    ],
    "a list of the questions": lambda: [
        para(TITLES["role"]), *[para(label) for label in ROLE], *under_headings("role")[1:],
    ],
    "a continuation sheet": lambda: [
        *in_table("change"), heading("Continuation sheet"), para("**Current situation**"), para("Also on Mondays."),
        para("**Benefits**"), para("Fewer calls."),
    ],
    "an appendix that quotes the questions": lambda: [
        *in_table("role"), heading("Appendix A: notes on our answers"),
        para("Justification: the 41 lists are those of the audit."), para("Benefits: by the rota of May."),
    ],
    "several roles asked for in one form": lambda: [
        *in_lines("role"), para("Name of role: Ward lead"), para("Role description: The same on a ward."),
    ],
    "instructions that name each question": lambda: [
        para(TITLES["role"]), heading("How to complete this form"),
        *[para(f"{label}: please describe this in your own words.") for label in ROLE], *in_table("role")[1:],
    ],
}  # fmt: skip


@pytest.mark.parametrize("accident", ONCE)
def test_one_form_that_repeats_some_of_itself_stays_one(library: FormLibrary, accident: str) -> None:
    transcript = sheet(*ONCE[accident]())
    (part,) = forms_in(transcript, library)
    assert part.transcript is transcript


def test_no_single_form_of_the_corpus_is_taken_apart(library: FormLibrary, corpus: Path) -> None:
    for path in sorted((corpus / "forms").glob("*.doc[xm]")):
        transcript = read_docx(path.read_bytes())
        match = find_form(transcript, library)
        assert match is None or len(split_forms(transcript, match, library)) == 1, path.name


def test_forms_of_the_corpus_put_one_after_the_other_are_parted_where_they_met(
    library: FormLibrary, corpus: Path
) -> None:
    read = [read_docx(path.read_bytes()) for path in sorted((corpus / "forms").glob("*.docx"))]
    forms = [(transcript, match) for transcript in read if (match := find_form(transcript, library)) is not None]
    for (one, first), (other, second) in zip(forms[::2], forms[1::2], strict=False):
        parts = forms_in(replace(one, blocks=one.blocks + other.blocks, properties=()), library)
        assert [part.match.form.key for part in parts] == [first.form.key, second.form.key]
