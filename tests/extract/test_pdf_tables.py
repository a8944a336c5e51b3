"""Tables that a PDF draws in part or not at all: open sides, columns held by nothing but their edges."""

from __future__ import annotations

import pytest

from casework.transcript import Block, Paragraph
from extract.pdf_reader import read_pdf
from tests.builders_pdf import Page, make_pdf

pytestmark = pytest.mark.pure


def shape(block: Block) -> object:
    """A paragraph as its text, a table as rows of its cells' texts."""
    if isinstance(block, Paragraph):
        return block.text
    return [[cell.text for cell in row.cells] for row in block.rows]


def test_a_table_without_outer_uprights_ends_where_its_cross_lines_end() -> None:
    def draw(page: Page) -> None:
        for y in (90, 115, 140):
            page.rule(72, y, 500, y)
        page.rule(180, 90, 180, 140)
        page.text(76, 106, "Job title")
        page.text(186, 106, "Payroll Manager")
        page.text(76, 131, "Region")
        page.text(186, 131, "Wales")

    assert [shape(block) for block in read_pdf(make_pdf(draw)).blocks] == [
        [["Job title", "Payroll Manager"], ["Region", "Wales"]]
    ]


def test_lines_that_overshoot_a_table_add_no_column() -> None:
    def draw(page: Page) -> None:
        for y in (90, 115, 140):
            page.rule(66, y, 506, y)
        for x in (72, 180, 500):
            page.rule(x, 90, x, 140)
        page.text(76, 106, "Job title")
        page.text(186, 106, "Payroll Manager")
        page.text(76, 131, "Region")
        page.text(186, 131, "Wales")
        page.text(508, 131, "*")

    assert shape(read_pdf(make_pdf(draw)).blocks[0]) == [["Job title", "Payroll Manager"], ["Region", "Wales"]]
