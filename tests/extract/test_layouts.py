"""Forms in layouts and wordings that no published form has, read as a person would read them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.shared import RGBColor

from casework.form import FormLibrary
from extract.read import read

pytestmark = pytest.mark.pure

ANSWERS = {
    "sr_number": "SR 5512345",
    "date_raised": "3 Sept 2026",
    "requester_name": "Bethan Rhys",
    "job_title": "Head of Workforce Systems",
    "organisation": "Gwent Valleys University Health Board",
    "email": "bethan.rhys@gwentvalleys.example.nhs.uk",
    "phone": "01633 960 555",
    "region": "Wales",
    "role_name": "Carers Champion",
    "role_description": "A colleague who supports staff that look after a relative and signposts them to help.",
    "input_level": "",
    "justification": "There are 1,200 carers among our staff and no record of who supports them.",
    "benefits": "Saves 4 hours a month, and managers find a champion in one search.",
    "scope": "All health boards",
}
WANTED = {**ANSWERS, "date_raised": "2026-09-03", "region": ("wales",), "input_level": ("manager",)}
ASKED = {
    "sr_number": "Service Desk reference",
    "date_raised": "Date completed",
    "requester_name": "Completed by",
    "job_title": "Post held",
    "organisation": "Employing organisation",
    "email": "Work e-mail",
    "phone": "Contact tel no.",
    "region": "NHS region",
    "role_name": "Title of the supplementary role",
    "role_description": "What will the role holder do?",
    "input_level": "Who will enter the role in ESR?",
    "justification": "Why do you need this role?",
    "benefits": "What benefits will it bring?",
    "scope": "Which organisations would use it?",
}
NAMED = {
    "sr_number": "SR No",
    "date_raised": "Submitted on",
    "requester_name": "Requestor",
    "job_title": "Designation",
    "organisation": "NHS organisation",
    "email": "Email",
    "phone": "Phone",
    "region": "Region",
    "role_name": "Proposed role",
    "role_description": "Purpose of the role",
    "input_level": "Level of access for input",
    "justification": "Rationale for request",
    "benefits": "Expected benefits",
    "scope": "Scope",
}
SHORT, LONG = list(ANSWERS)[:8], list(ANSWERS)[8:]
MARKS = ("cross before", "underline", "red", "highlight", "bold", "tick after", "arrow", "brackets", "strike")
Labels = dict[str, str]


def fill(paragraph: Any, key: str, mark: str) -> None:
    if key != "input_level":
        paragraph.add_run(ANSWERS[key])
        return
    for number, option in enumerate(("Employee", "Manager", "Professional user")):
        chosen = option == "Manager"
        if number:
            paragraph.add_run("   ")
        if mark == "cross before" and chosen:
            paragraph.add_run("X ")
        run = paragraph.add_run(option)
        if chosen:
            run.underline = mark == "underline"
            run.bold = mark == "bold"
            if mark == "red":
                run.font.color.rgb = RGBColor(255, 0, 0)
            if mark == "highlight":
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
            paragraph.add_run({"tick after": " ✓", "arrow": " <--", "brackets": " [x]"}.get(mark, ""))
        else:
            run.font.strike = mark == "strike"
            paragraph.add_run(" [ ]" if mark == "brackets" else "")


def three_columns(document: Any, labels: Labels, mark: str) -> None:
    table = document.add_table(1, 3, style="Table Grid")
    for cell, head in zip(table.rows[0].cells, ("No.", "Question", "Response"), strict=True):
        cell.text = head
    for number, key in enumerate(labels, start=1):
        row = table.add_row().cells
        row[0].text, row[1].text = str(number), labels[key]
        fill(row[2].paragraphs[0], key, mark)


def guidance_between(document: Any, labels: Labels, mark: str) -> None:
    table = document.add_table(1, 3, style="Table Grid")
    for cell, head in zip(table.rows[0].cells, ("Field", "Guidance", "Your answer"), strict=True):
        cell.text = head
    for key in labels:
        row = table.add_row().cells
        row[0].text, row[1].text = labels[key], "Please complete this part of the form."
        fill(row[2].paragraphs[0], key, mark)


def merged_cells(document: Any, labels: Labels, mark: str) -> None:
    table = document.add_table(0, 4, style="Table Grid")
    for key in SHORT:
        row = table.add_row().cells
        row[0].text = labels[key]
        fill(row[1].merge(row[3]).paragraphs[0], key, mark)
    for key in LONG:
        row = table.add_row().cells
        row[0].merge(row[3]).text = labels[key]
        row = table.add_row().cells
        fill(row[0].merge(row[3]).paragraphs[0], key, mark)


def boxes(document: Any, labels: Labels, mark: str) -> None:
    for key in labels:
        document.add_paragraph().add_run(labels[key]).bold = True
        fill(document.add_table(1, 1, style="Table Grid").cell(0, 0).paragraphs[0], key, mark)
        document.add_paragraph()


def label_and_answer_in_one_cell(document: Any, labels: Labels, mark: str) -> None:
    table = document.add_table(0, 1, style="Table Grid")
    for key in labels:
        cell = table.add_row().cells[0]
        cell.paragraphs[0].add_run(f"{labels[key]}:").bold = True
        fill(cell.add_paragraph(), key, mark)


def labels_across_the_top(document: Any, labels: Labels, mark: str) -> None:
    for keys in (SHORT[:4], SHORT[4:]):
        table = document.add_table(2, 4, style="Table Grid")
        for column, key in enumerate(keys):
            table.cell(0, column).text = labels[key]
            fill(table.cell(1, column).paragraphs[0], key, mark)
        document.add_paragraph()
    for key in LONG:
        document.add_heading(labels[key], 2)
        fill(document.add_paragraph(), key, mark)


def questions_and_answers(document: Any, labels: Labels, mark: str) -> None:
    for number, key in enumerate(labels, start=1):
        document.add_paragraph().add_run(f"Q{number}. {labels[key]}").bold = True
        paragraph = document.add_paragraph("A: ")
        fill(paragraph, key, mark)


def tabs(document: Any, labels: Labels, mark: str) -> None:
    for key in labels:
        fill(document.add_paragraph(f"{labels[key]}\t"), key, mark)


def leaders(document: Any, labels: Labels, mark: str) -> None:
    for key in labels:
        fill(document.add_paragraph(f"{labels[key]} ............ "), key, mark)


def plain_paragraphs(document: Any, labels: Labels, mark: str) -> None:
    for key in labels:
        document.add_paragraph(labels[key])
        fill(document.add_paragraph(), key, mark)


LAYOUTS: tuple[Callable[[Any, Labels, str], None], ...] = (
    three_columns,
    guidance_between,
    merged_cells,
    boxes,
    label_and_answer_in_one_cell,
    labels_across_the_top,
    questions_and_answers,
    tabs,
    leaders,
    plain_paragraphs,
)


@pytest.mark.parametrize("labels", [ASKED, NAMED], ids=["asked", "named"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_every_answer_is_found_in_a_layout_of_somebodys_own(
    layout: Callable[[Any, Labels, str], None], labels: Labels, library: FormLibrary
) -> None:
    mark = MARKS[(LAYOUTS.index(layout) * 2 + (labels is NAMED)) % len(MARKS)]
    document = Document()
    document.add_heading("Supplementary role request", 0)
    layout(document, labels, mark)
    stream = io.BytesIO()
    document.save(stream)
    (reading,) = read(stream.getvalue(), "form.docx", library=library, today=date(2026, 11, 23))
    assert {answer.field: answer.value for answer in reading.answers if answer.field in WANTED} == WANTED
