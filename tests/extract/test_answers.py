"""Answers are found in every layout a sender's form may have, and no word is lost or counted twice."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.form import FormLibrary
from casework.model import Answer, FieldStatus, Passage, Role
from casework.transcript import Block, Box, Locator, Span, Transcript, paragraphs_of
from extract.answers import find_answers
from service.library import load_library
from tests.extract.sheets import cell, dropdown, entry, heading, para, sheet, spans, table, tick

pytestmark = pytest.mark.pure

BUSINESS, ROLE, COMPETENCE = "business-justification", "supplementary-role", "national-competency"


def found(library: FormLibrary, form: str, *blocks: Block | str) -> dict[str, Answer]:
    answers, _ = find_answers(sheet(*blocks), library.form(form), library)
    return {answer.field: answer for answer in answers}


def values(library: FormLibrary, form: str, *blocks: Block | str) -> dict[str, object]:
    """Only what was entered."""
    return {key: answer.value for key, answer in found(library, form, *blocks).items() if answer.value is not None}


def split_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def words_of(transcript: Transcript) -> Counter[str]:
    return Counter(word for paragraph in paragraphs_of(transcript.blocks) for word in split_words(paragraph.text))


HEADER = {
    "sr_number": "SR 123",
    "date_raised": "2026-06-12",
    "requester_name": "Priya Patel",
    "job_title": "ESR Lead",
}
HEADER_LAYOUTS: dict[str, tuple[Block | str, ...]] = {
    "two columns": (
        table(["SR number", "SR 123"], ["Date", "12/06/2026"], ["Name*", "Priya Patel"], ["Job title:", "ESR Lead"]),
    ),
    "number, label, answer": (
        table(
            ["1", "SR number", "SR 123"],
            ["2", "Date", "12/06/2026"],
            ["3a", "Name", "Priya Patel"],
            ["Q4", "Job title", "ESR Lead"],
        ),
    ),
    "label, answer, guidance under a head row": (
        table(
            ["Question", "Your answer", "Guidance"],
            ["SR number", "SR 123", "It is in the e-mail from the desk"],
            ["Date", "12/06/2026", "Today will do"],
            ["Name", "Priya Patel", ""],
            ["Job title", "ESR Lead", ""],
        ),
    ),
    "label, prompts, answer": (
        table(
            ["SR number", "Enter SR number", "SR 123"],
            ["Date", "dd/mm/yyyy", "12/06/2026"],
            ["Name", "Who is asking for this?", "Priya Patel"],
            ["Job title", "State your post.", "ESR Lead"],
        ),
    ),
    "an office column beside the answers": (
        table(
            ["Question", "Answer", "For ESR team use"],
            ["SR number", "SR 123", "checked"],
            ["Date", "12/06/2026", "in time"],
            ["Name", "Priya Patel", ""],
            ["Job title", "ESR Lead", "JB"],
        ),
    ),
    "two pairs a row": (
        table(["SR number", "SR 123", "Date", "12/06/2026"], ["Name", "Priya Patel", "Job title", "ESR Lead"]),
    ),
    "labels across the top": (
        table(["SR number", "Date", "Name", "Job title"], ["SR 123", "12/06/2026", "Priya Patel", "ESR Lead"]),
    ),
    "a label row and then its answer row": (
        table(
            ["SR number"], ["SR 123"], ["Date"], ["12/06/2026"], ["Name"], ["Priya Patel"], ["Job title"], ["ESR Lead"]
        ),
    ),
    "label and answer in one cell": (
        table(["SR number: SR 123", "Date: 12/06/2026"], ["**Name**\nPriya Patel", "**Job title** ESR Lead"]),
    ),
    "a section's name in a merged cell": (
        table(
            [cell("**Requester details**", rowspan=4), "**SR number**", "SR 123"],
            [cell("**Date**", column=1), "12/06/2026"],
            [cell("**Name**", column=1), "Priya Patel"],
            [cell("**Job title**", column=1), "ESR Lead"],
        ),
    ),
    "a form inside a table": (
        table(
            [table(["SR number", "SR 123"], ["Date", "12/06/2026"], ["Name", "Priya Patel"], ["Job title", "ESR Lead"])]
        ),
    ),
    "boxes below headings": (
        heading("SR number"),
        table(["SR 123"]),
        heading("Date"),
        table(["12/06/2026"]),
        heading("Name"),
        table(["Priya Patel"]),
        heading("Job title"),
        table(["ESR Lead"]),
    ),
    "headings": (
        heading("1. SR number"),
        "SR 123",
        heading("2. Date"),
        "//dd/mm/yyyy//",
        "12/06/2026",
        heading("3. Name"),
        "Priya Patel",
        heading("4. Job title"),
        "ESR Lead",
    ),
    "numbered questions": (
        "Q1. What is your SR number?",
        "SR 123",
        "Q2. Date",
        "12/06/2026",
        "Q3. What is your name?",
        "Priya Patel",
        "Q4. What is your job title?",
        "ESR Lead",
    ),
    "a pair on each line": ("SR number: SR 123", "Date: 12/06/2026", "Name: Priya Patel", "Job title: ESR Lead"),
    "pairs side by side, tabs between": (
        "SR number: SR 123\tDate: 12/06/2026",
        "Name: Priya Patel\tJob title: ESR Lead",
    ),
    "pairs side by side, spaces between": (
        "**SR number:** SR 123    **Date:** 12/06/2026",
        "**Name:** Priya Patel    **Job title:** ESR Lead",
    ),
    "pairs side by side, one space between": (
        "SR number: SR 123 Date: 12/06/2026 Name: Priya Patel Job title: ESR Lead",
    ),
    "bold labels without a colon": (
        "**SR number** SR 123",
        "**Date** 12/06/2026",
        "**Name** Priya Patel",
        "**Job title** ESR Lead",
    ),
    "dotted leaders": (
        "SR number ……SR 123……………",
        "Date ....12/06/2026............",
        "Name ....Priya Patel………",
        "Job title ……ESR Lead...........",
    ),
    "soft line breaks in one paragraph": (
        "SR number: SR 123\nDate: 12/06/2026\nName: Priya Patel\nJob title: ESR Lead",
    ),
    "guidance behind the labels": (
        table(
            ["**SR number** //Enter SR number//", "SR 123"],
            ["**Date** (dd/mm/yyyy)", "12/06/2026"],
            ["**Name**\n//Who can we ask?//", "Priya Patel"],
            ["Job title [as it stands in ESR]", "ESR Lead"],
        ),
    ),
    "controls": (
        table(
            ["SR number", (entry("SR 123", label="Click"),)],
            ["Date", (entry("12/06/2026"),)],
            ["Name", (entry("Priya Patel"),)],
            ["Job title", (entry("ESR Lead"),)],
        ),
    ),
    "controls tagged with our own keys and no label at all": (
        para((entry("SR 123", tag="sr_number"), Span(" "), entry("12/06/2026", tag="date_raised"))),
        para((entry("Priya Patel", tag="requester_name"), Span(" "), entry("ESR Lead", tag="job_title"))),
    ),
    "controls that only say their own name": (
        para((entry("SR 123", label="SR number"),)),
        para((entry("12/06/2026", tag="DateRaised"),)),
        para((entry("Priya Patel", tag="requester-name"),)),
        para((entry("ESR Lead", label="Job title"),)),
    ),
}


@pytest.mark.parametrize("layout", HEADER_LAYOUTS)
@pytest.mark.parametrize("form", [BUSINESS, ROLE, COMPETENCE])
def test_short_answers_are_found_in_every_layout(library: FormLibrary, form: str, layout: str) -> None:
    assert values(library, form, *HEADER_LAYOUTS[layout]) == HEADER


CASE = "Each of 41 late meetings cost a day.\nThe audit of May 2026 says why."
LONG_LAYOUTS: dict[str, tuple[Block | str, ...]] = {
    "two columns": (table(["Business need", CASE], ["Benefits", "58 calls saved."]),),
    "label row and answer row": (table(["**Business need**"], [CASE], ["**Benefits**"], ["58 calls saved."]),),
    "two answer rows below one label": (
        table(
            ["**Business need**"], [CASE.split("\n")[0]], [CASE.split("\n")[1]], ["**Benefits**"], ["58 calls saved."]
        ),
    ),
    "headings": (heading("Business need"), *CASE.split("\n"), heading("Benefits"), "58 calls saved."),
    "bold lines": ("**4. Business need:**", *CASE.split("\n"), "**5. Benefits:**", "58 calls saved."),
    "plain lines": ("Business need", *CASE.split("\n"), "Benefits", "58 calls saved."),
    "a box": ("**Business need**", table([CASE]), "**Benefits**", table(["58 calls saved."])),
    "label and answer in one cell": (table(["**Business need**\n" + CASE], ["**Benefits**\n58 calls saved."]),),
    "a prompt before the answer": (
        heading("Business need"),
        "Please explain why the change is needed, with evidence where you have it.",
        *CASE.split("\n"),
        heading("Benefits"),
        "@@[What will be better?]@@",
        "58 calls saved.",
    ),
    "an unknown prompt in italics": (
        heading("Business need"),
        "//Panels look for numbers here.//",
        *CASE.split("\n"),
        heading("Benefits"),
        "58 calls saved.",
    ),
    "a prompt and the answer in one paragraph": (
        table(
            ["Business need", "Please explain why the change is needed. " + CASE],
            ["Benefits", "//What will be better?// 58 calls saved."],
        ),
    ),
    "a text box after its label": (
        "**Business need**",
        *(para(line, part="textbox") for line in CASE.split("\n")),
        "**Benefits**",
        para("58 calls saved.", part="textbox"),
    ),
    "a label cell merged over two rows": (
        table(
            [cell("**Business need**", rowspan=2), CASE.split("\n")[0]],
            [cell(CASE.split("\n")[1], column=1)],
            ["**Benefits**", "58 calls saved."],
        ),
    ),
    "an answer that goes on in a row without a label": (
        table(["Business need", CASE.split("\n")[0]], ["", CASE.split("\n")[1]], ["Benefits", "58 calls saved."]),
    ),
    "labels nobody has seen before": (
        heading("6. The business rationale in full"),
        *CASE.split("\n"),
        heading("7. Benefits that we foresee"),
        "58 calls saved.",
    ),
    "a label broken over two lines of its cell": (
        table(["Why is this change\nneeded?", CASE], ["Statement of\nbenefits", "58 calls saved."]),
    ),
}


@pytest.mark.parametrize("layout", LONG_LAYOUTS)
def test_long_answers_are_found_in_every_layout(library: FormLibrary, layout: str) -> None:
    assert values(library, BUSINESS, *LONG_LAYOUTS[layout]) == {"justification": CASE, "benefits": "58 calls saved."}


def test_a_benefits_grid_is_its_rows_without_the_head(library: FormLibrary) -> None:
    grid = table(
        ["**Benefit**", "**Type**", "**Owner**"],
        ["58 calls saved", "Quality", "HR"],
        ["No late checks", "Safety", "Ward"],
        ["", "", ""],
    )
    expected = {"benefits": "58 calls saved | Quality | HR\nNo late checks | Safety | Ward", "costs": "None to us"}
    assert values(library, BUSINESS, heading("Benefits"), grid, heading("Costs"), "None to us") == expected
    assert values(library, BUSINESS, table(["Benefits", grid], ["Costs", "None to us"])) == expected


def test_a_sign_off_grid_is_the_support_and_not_the_requester(library: FormLibrary) -> None:
    grid = table(["Role", "Name", "Date"], ["Line manager", "Pat Ellis", "27/09/2026"])
    answers = values(
        library, BUSINESS, table(["Name", "Priya Patel"], ["Date", "12/06/2026"]), heading("Supported by"), grid
    )
    assert answers == {
        "requester_name": "Priya Patel",
        "date_raised": "2026-06-12",
        "support": "Line manager | Pat Ellis | 27/09/2026",
    }


def test_name_and_date_below_a_sign_off_heading_belong_to_it(library: FormLibrary) -> None:
    answers = values(
        library,
        BUSINESS,
        "Name: Priya Patel",
        "Date: 12/06/2026",
        heading("Supported by"),
        "Name: Pat Ellis   Date: 27/09/2026",
    )
    assert answers == {
        "requester_name": "Priya Patel",
        "date_raised": "2026-06-12",
        "support": "Name: Pat Ellis Date: 27/09/2026",
    }


def test_what_the_office_wrote_is_no_answer_and_stays_visible(library: FormLibrary) -> None:
    transcript = sheet(
        table(["Name", "Priya Patel"]),
        table(
            ["For NHS ESR Team use only"],
            ["Date received", "03/09/2026"],
            ["Reference", "ESRD-777"],
            ["Outcome", "In triage"],
        ),
    )
    answers, passages = find_answers(transcript, library.form(COMPETENCE), library)
    assert [(a.field, a.value) for a in answers if a.value] == [("requester_name", "Priya Patel")]
    assert [p.text for p in passages if p.role is Role.UNPLACED] == ["03/09/2026", "ESRD-777", "In triage"]


def test_an_office_block_before_the_form_ends_where_the_questions_begin(library: FormLibrary) -> None:
    blocks = (
        "**Office use only**",
        "Reference: ESRD-777",
        "Date received: 03/09/2026",
        "SR number: SR 123",
        "Name: Priya Patel",
    )
    assert values(library, BUSINESS, *blocks) == {"sr_number": "SR 123", "requester_name": "Priya Patel"}


def test_a_version_table_and_instructions_give_no_answers(library: FormLibrary) -> None:
    blocks = (
        heading("How to complete this form", 1),
        "Name: give your full name.",
        "Answer every question.",
        para("Business Case Justification Form", level=1),
        "**Document control**",
        table(["Version", "Date", "Author", "Change"], ["1.0", "June 2023", "A team", "First issue"]),
        table(["Name", "Priya Patel"], ["Date", "12/06/2026"]),
    )
    assert values(library, BUSINESS, *blocks) == {"requester_name": "Priya Patel", "date_raised": "2026-06-12"}


@pytest.mark.parametrize(
    ("entered", "status", "value"),
    [
        ("", FieldStatus.BLANK, None),
        ("……………………", FieldStatus.BLANK, None),
        ("Please explain why the change is needed.", FieldStatus.PROMPT, None),
        ("[Say why]", FieldStatus.PROMPT, None),
        ("N/A", FieldStatus.PLACEHOLDER, "N/A"),
        ("See attached", FieldStatus.PLACEHOLDER, "See attached"),
        ("Please note 40 staff wait.", FieldStatus.ANSWERED, "Please note 40 staff wait."),
        ("Give us a report: 40 staff wait.", FieldStatus.ANSWERED, "Give us a report: 40 staff wait."),
    ],
)
def test_the_status_says_what_was_entered(
    library: FormLibrary, entered: str, status: FieldStatus, value: str | None
) -> None:
    answer = found(library, ROLE, table(["Justification", entered], ["Benefits", "58 calls saved."]))["justification"]
    assert (answer.status, answer.value) == (status, value)


def test_a_control_that_still_shows_its_placeholder_is_a_prompt(library: FormLibrary) -> None:
    block = table(["Justification", (entry("Click or tap here to enter text.", prompting=True),)])
    assert found(library, ROLE, block)["justification"].status is FieldStatus.PROMPT


def test_a_question_the_form_does_not_ask_is_missing(library: FormLibrary) -> None:
    assert found(library, ROLE, table(["Name", "Priya Patel"]))["scope"].status is FieldStatus.MISSING


def test_an_impossible_date_keeps_the_words(library: FormLibrary) -> None:
    assert values(library, ROLE, table(["Date", "31/02/2026"])) == {"date_raised": "31/02/2026"}


def test_a_choice_keeps_the_words_as_they_were_written(library: FormLibrary) -> None:
    answer = found(
        library, ROLE, table(["Input level", "Employee input / ==Manager input== / Professional user input"])
    )
    assert (answer["input_level"].value, answer["input_level"].text) == (("manager",), "Manager input")


CHOICES: dict[str, tuple[Block | str, ...]] = {
    "in a cell": (
        table(["Input level", "Employee input\n==Manager input==\nProfessional user input"], ["Scope", "NHS"]),
    ),
    "below a heading": (
        heading("Level of input"),
        "Employee input",
        "==Manager input==",
        "Professional user input",
        heading("Scope"),
        "NHS",
    ),
    "on the label's own line": (
        "Input level: ☐ Employee input ☒ Manager input ☐ Professional user input",
        "Scope: NHS",
    ),
    "in three cells beside the label": (
        table(
            ["Input level", "Employee input", cell("Manager input", shaded=True), "Professional user input"],
            ["Scope", "NHS"],
        ),
    ),
    "in a grid with a column for the mark": (
        heading("Who should input?"),
        table(["Employee input", ""], ["Manager input", "X"], ["Professional user input", ""]),
        heading("Scope"),
        "NHS",
    ),
    "across a grid with the mark beneath": (
        heading("Who should input?"),
        table(["Employee", "Manager", "Professional"], ["", "✓", ""]),
        heading("Scope"),
        "NHS",
    ),
    "in the label itself": (
        "**Employee input / __Manager input__ / Professional user input (highlight as appropriate)**",
        heading("Scope"),
        "NHS",
    ),
    "as tick controls": (
        table(
            [
                "Input level",
                (
                    tick(False),
                    Span(" Employee input "),
                    tick(True),
                    Span(" Manager input "),
                    tick(False),
                    Span(" Professional user input"),
                ),
            ],
            ["Scope", "NHS"],
        ),
    ),
    "as a drop-down": (table(["Input level", (dropdown("Manager input"),)], ["Scope", "NHS"]),),
    "as typed words": (table(["Input level", "MSS please"], ["Scope", "NHS"]),),
}


@pytest.mark.parametrize("layout", CHOICES)
def test_a_choice_is_found_wherever_its_options_stand(library: FormLibrary, layout: str) -> None:
    assert values(library, ROLE, *CHOICES[layout]) == {"input_level": ("manager",), "scope": "NHS"}


def test_a_word_with_two_meanings_takes_the_one_that_fits_its_place(library: FormLibrary) -> None:
    block = table(
        ["Name", "Priya Patel"],
        ["Role", "ESR Lead"],
        ["Organisation", "A trust"],
        ["Email", "p@a.nhs.uk"],
        ["Role", "Fire Warden"],
        ["Description", "Sweeps the area."],
    )
    answers = values(library, ROLE, block)
    assert (answers["job_title"], answers["role_name"], answers["role_description"]) == (
        "ESR Lead",
        "Fire Warden",
        "Sweeps the area.",
    )


def test_a_stray_sentence_after_the_table_is_no_answer(library: FormLibrary) -> None:
    transcript = sheet(table(["Scope", "NHS"]), "Please note that I work Monday to Wednesday only.")
    answers, passages = find_answers(transcript, library.form(ROLE), library)
    assert [answer.value for answer in answers if answer.value] == ["NHS"]
    assert [p.text for p in passages if p.role is Role.UNPLACED] == [
        "Please note that I work Monday to Wednesday only."
    ]


def test_an_answer_may_mention_a_label(library: FormLibrary) -> None:
    block = table(["Justification", "Benefits:\nScope: all trusts"], ["Scope", "NHS"])
    assert values(library, ROLE, block) == {"justification": "Benefits:\nScope: all trusts", "scope": "NHS"}


def test_a_footnote_is_kept_and_is_no_answer(library: FormLibrary) -> None:
    transcript = sheet(table(["Scope", "NHS"]), para("Source: our own count.", part="footnote"))
    _, passages = find_answers(transcript, library.form(ROLE), library)
    assert passages[-1] == Passage("Source: our own count.", Locator("footnote", "p"), Role.UNPLACED)


def test_a_number_in_the_page_header_is_read_and_the_rest_of_the_header_is_not(library: FormLibrary) -> None:
    blocks = (
        para("SR number: SR 123", part="header"),
        para("Form version 1.2 Page 1", part="footer"),
        table(["Scope", "NHS"]),
    )
    assert values(library, ROLE, *blocks) == {"sr_number": "SR 123", "scope": "NHS"}


def test_an_answer_on_a_page_says_where_it_stands(library: FormLibrary) -> None:
    def word(text: str, box: Box) -> Span:
        return Span(text, place=Locator("body", "", 2, box))

    line = (word("Scope: ", (10, 20, 40, 30)), word("NHS ", (50, 20, 70, 30)), word("wide", (72, 20, 90, 31)))
    assert found(library, ROLE, para(line))["scope"].places == (Locator("body", "p", 2, (50, 20, 90, 31)),)


_LINES = st.lists(
    st.sampled_from(
        [
            "Name: Priya Patel",
            "Benefits",
            "**Justification:**",
            "58 calls saved.",
            "//What will be better?//",
            "For office use only",
            "Input level",
            "☐ Employee input ☒ Manager input",
            "Scope ………NHS………",
            "",
            "Reference: 7",
            "Q4. Anything else?",
            "Date\t12/06/2026",
        ]
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(lines=_LINES, rows=st.lists(st.tuples(_LINES, _LINES), max_size=3))
def test_every_visible_word_stands_in_exactly_one_passage(
    lines: list[str], rows: list[tuple[list[str], list[str]]]
) -> None:
    library = load_library()
    blocks: list[Block | str] = list(lines)
    if rows:
        blocks.append(table(*[["\n".join(left), "\n".join(right)] for left, right in rows]))
    transcript = sheet(*blocks)
    for form in library.forms:
        _, passages = find_answers(transcript, form, library)
        assert Counter(word for p in passages for word in split_words(p.text)) == words_of(transcript)


def test_an_answer_is_the_words_of_its_passages(library: FormLibrary) -> None:
    transcript = sheet(
        table(["Business need", CASE], ["Benefits", "//Say what.// 58 calls saved."]), para(spans("**Scope**"))
    )
    answers, passages = find_answers(transcript, library.form(BUSINESS), library)
    for answer in answers:
        held = [passage.text for passage in passages if passage.field == answer.field]
        assert answer.text.split() == " ".join(held).split()


def test_a_row_that_asks_something_else_gives_no_answer(library: FormLibrary) -> None:
    block = table(["Name", "Priya Patel"], ["Assignment number", "999"], ["Job title", "ESR Lead"])
    assert values(library, BUSINESS, block) == {"requester_name": "Priya Patel", "job_title": "ESR Lead"}


def test_a_heading_that_asks_something_else_ends_the_answer_before_it(library: FormLibrary) -> None:
    blocks = (
        heading("Benefits"),
        "58 calls saved.",
        heading("Equality impact assessment"),
        "None expected",
        heading("Costs"),
        "£5",
    )
    assert values(library, BUSINESS, *blocks) == {"benefits": "58 calls saved.", "costs": "£5"}


def test_several_questions_under_one_unknown_label_are_all_answered(library: FormLibrary) -> None:
    block = table(["Contact details", "Email: p.patel@a.nhs.uk\nTel: 0113 496 0000"], ["Region", "London"])
    assert values(library, BUSINESS, block) == {
        "email": "p.patel@a.nhs.uk",
        "phone": "0113 496 0000",
        "region": ("london",),
    }


def test_parts_of_the_benefits_stay_one_answer(library: FormLibrary) -> None:
    blocks = (
        heading("Benefits"),
        "**Financial:** saves £5",
        "**Non-financial:** happier staff",
        heading("Costs"),
        "£5",
    )
    assert values(library, BUSINESS, *blocks)["benefits"] == "Financial: saves £5\nNon-financial: happier staff"


def test_of_tick_boxes_in_a_text_answer_only_the_ticked_words_count(library: FormLibrary) -> None:
    block = table(["Renewal period", "☐ 1 year ☒ 3 years ☐ none"], ["National policy", "☒ Yes ☐ No"])
    assert values(library, COMPETENCE, block) == {"renewal_period": "3 years", "national_link": "Yes"}


@pytest.mark.parametrize(
    "block",
    [
        table(
            ["Role name", "Fire Warden"],
            ["Employee input", ""],
            ["Manager input", "✓"],
            ["Professional user input", ""],
        ),
        table(
            ["Role name", "Fire Warden", ""],
            [cell("Level of input", rowspan=3), "Employee input", "☐"],
            [cell("Manager input", column=1), "☒"],
            [cell("Professional user input", column=1), "☐"],
        ),
        table(["Role name", "Fire Warden"], ["Level of input", "Employee input", "☐"], ["", "Manager input", "☒"]),
    ],
)
def test_a_level_with_a_row_for_each_option_is_read_from_the_mark_beside_it(library: FormLibrary, block: Block) -> None:
    assert values(library, ROLE, block) == {"role_name": "Fire Warden", "input_level": ("manager",)}


def test_a_word_of_an_answer_before_a_tab_is_not_the_next_question(library: FormLibrary) -> None:
    assert values(library, COMPETENCE, "Position: ESR Lead\tRenewal: No renewal\tRegion: Wales") == {
        "job_title": "ESR Lead",
        "renewal_period": "No renewal",
        "region": ("wales",),
    }


def test_the_number_that_the_page_shows_is_part_of_what_is_visible(library: FormLibrary) -> None:
    transcript = sheet(heading("Benefits"), para("58 calls saved.", marker="1."), para("No late checks.", marker="•"))
    answers, passages = find_answers(transcript, library.form(ROLE), library)
    assert [answer.value for answer in answers if answer.value] == ["58 calls saved.\nNo late checks."]
    assert [passage.text for passage in passages] == ["Benefits", "1. 58 calls saved.", "No late checks."]


def test_an_answer_that_would_make_a_longer_label_is_still_the_answer(library: FormLibrary) -> None:
    assert values(library, BUSINESS, "Region: Wales", "Name: Priya Patel") == {
        "region": ("wales",),
        "requester_name": "Priya Patel",
    }
