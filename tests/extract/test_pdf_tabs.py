"""A label that just fits before its tab is parted from the answer behind it, and words like a label's are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from casework.form import FormLibrary
from extract.read import read
from tests.builders_pdf import Page, make_pdf

LABELS = ("Service Request number", "Date of request", "Name", "Job title", "Organisation", "Region", "Area of ESR")
ANSWERS = ("SR 5512345", "1 May 2026", "Bethan Rhys", "Head of Systems", "Gwent University Health Board", "Wales", "HR")
LEFT, SIZE, STOP = 54.0, 11.0, 36.0


@pytest.mark.parametrize("gap", [2.0, 2.6])
def test_a_label_with_less_than_a_space_before_its_tab_ends_there(library: FormLibrary, gap: float) -> None:
    size = (STOP - gap) / stringWidth("Costs", "Helvetica", 1)

    def draw(page: Page) -> None:
        _head(page)
        page.text(LEFT, 300, "Costs", size=size)
        page.text(LEFT + STOP, 300, "None known to us", size=size)

    assert _answers(library, draw)["costs"] == "None known to us"


def test_an_answer_that_begins_like_a_label_is_whole_though_a_word_stands_at_a_stop(library: FormLibrary) -> None:
    words = "Supported by the Welsh user group"
    size = 2 * STOP / stringWidth("Supported by ", "Helvetica", 1)

    def draw(page: Page) -> None:
        _head(page)
        page.text(LEFT, 300, "Support", size=SIZE, font="Helvetica-Bold")
        page.text(LEFT, 316, words, size=size)

    assert _answers(library, draw)["support"] == words


def _head(page: Page) -> None:
    page.text(LEFT, 60, "ESR Business Justification", size=20, font="Helvetica-Bold")
    for number, (label, answer) in enumerate(zip(LABELS, ANSWERS, strict=True)):
        page.text(LEFT, 100 + 24 * number, label, size=SIZE)
        page.text(LEFT + 4 * STOP, 100 + 24 * number, answer, size=SIZE)


def _answers(library: FormLibrary, draw: Callable[[Page], None]) -> dict[str, str]:
    (reading,) = read(make_pdf(draw), "A form", library=library, today=date(2026, 11, 23))
    return {answer.field: answer.text for answer in reading.answers}
