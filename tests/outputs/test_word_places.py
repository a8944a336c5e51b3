"""Each place that the reader states leads to the paragraph that it read there."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from casework.transcript import Locator, paragraphs_of
from extract.docx_reader import read_docx
from outputs.word_places import find_paragraph, paragraphs_by_path
from tests.builders_docx import cell, control, deleted, inserted, make_docx, paragraph, row, run, table, text_box

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(
    path
    for path in (ROOT / "tests" / "samples").glob("*/*.docx")
    if "not-a-word" not in path.name and "damaged" not in path.name
)
GONE = '<w:rPr><w:del w:id="9" w:author="A"/></w:rPr>'
ODD = make_docx(
    "First",
    paragraph("Its mark is gone, ", properties=GONE),
    paragraph("so it runs on."),
    run("Loose words"),
    control(paragraph("In a control") + table(row("a", "b"))),
    f'<w:del w:id="3" w:author="A">{paragraph("Taken out")}</w:del>',
    inserted(paragraph("Put in")),
    table(
        row("1", cell("2", paragraph("2 again"), table(row("inner")))),
        row("gone", properties='<w:del w:id="4" w:author="A"/>'),
        control(row("3", control(cell("4")))),
        row(cell("x", properties="<w:cellDel/>"), "5"),
    ),
    paragraph(deleted("old"), text_box(paragraph("In a box"))),
    "Last",
)


def shown(paragraph: Any) -> str:
    """The paragraph's own words, without those of a text box that hangs on it."""
    boxed = {part for box in paragraph.iter(qn("w:txbxContent")) for part in box.iter(qn("w:t"))}
    return "".join(part.text or "" for part in paragraph.iter(qn("w:t")) if part not in boxed).strip("☐☒ ")


@pytest.mark.parametrize(
    "data", [*(path.read_bytes() for path in SAMPLES), ODD], ids=[*(p.stem for p in SAMPLES), "odd"]
)
def test_every_stated_place_of_the_body_is_found_with_the_words_that_were_read_there(data: bytes) -> None:
    paragraphs = paragraphs_by_path(docx.Document(io.BytesIO(data)).element.body)
    stated = [found for found in paragraphs_of(read_docx(data).blocks) if found.place.part == "body"]
    assert len(stated) > 8
    wrong = []
    for read in stated:
        found = paragraphs.get(read.place.path)
        if found is None and read.text == "Loose words":
            continue
        if found is None or shown(found)[-12:] not in read.text:
            wrong.append((read.place.path, read.text, found))
    assert wrong == []


def test_a_place_in_a_text_box_leads_to_what_it_hangs_on_and_one_in_a_header_nowhere() -> None:
    paragraphs = paragraphs_by_path(docx.Document(io.BytesIO(ODD)).element.body)
    hangs = [path for path in paragraphs if path.startswith("paragraph")][-2]
    box = Locator("textbox", f"{hangs}, text box 1, paragraph 1")
    assert find_paragraph(box, paragraphs) is paragraphs[hangs]
    assert find_paragraph(Locator("header", "paragraph 1"), paragraphs) is None
    assert find_paragraph(Locator("body", "paragraph 99"), paragraphs) is None
