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


def columns(page: Page, rows: list[tuple[str, str]], *, y: float = 100, at: float = 220, pitch: float = 24) -> None:
    """Labels at the left margin and answers at one edge, nothing drawn between them."""
    for number, (label, answer) in enumerate(rows):
        for x, words in ((72, label), (at, answer)):
            if words:
                page.lines(x, y + number * pitch, words.split("\n"))


ROWS = [("Job title", "Payroll Manager"), ("Region", "Wales"), ("Costs", "None known")]


def test_answers_that_start_at_one_edge_make_a_table_without_lines() -> None:
    transcript = read_pdf(make_pdf(lambda page: columns(page, ROWS)))
    assert [shape(block) for block in transcript.blocks] == [[list(row) for row in ROWS]]


def test_a_label_and_an_answer_that_wrap_beside_one_another_stay_one_row() -> None:
    def draw(page: Page) -> None:
        columns(page, ROWS)
        page.lines(72, 172, ["Who is affected? (give", "as much as you can)"])
        page.lines(
            220, 172, ["All health boards and trusts that use ESR, about 340", "employers, and their providers."]
        )
        columns(page, [("Support", "Welsh user group")], y=212)

    assert shape(read_pdf(make_pdf(draw)).blocks[0])[3:] == [  # type: ignore[index]
        [
            "Who is affected? (give as much as you can)",
            "All health boards and trusts that use ESR, about 340 employers, and their providers.",
        ],
        ["Support", "Welsh user group"],
    ]


def test_an_answer_left_empty_keeps_its_row() -> None:
    rows = [*ROWS[:2], ("Workaround", ""), *ROWS[2:]]
    assert shape(read_pdf(make_pdf(lambda page: columns(page, rows))).blocks[0]) == [list(row) for row in rows]


def test_labels_and_answers_in_two_pairs_of_columns_are_rows_of_four() -> None:
    def draw(page: Page) -> None:
        columns(page, [("Job title:", "Manager"), ("Region:", "Wales"), ("Costs:", "None")], at=160)
        for number, (label, answer) in enumerate([("E-mail:", "a@b.nhs.uk"), ("Phone:", "01633"), ("Date:", "1 May")]):
            page.text(320, 100 + 24 * number, label)
            page.text(400, 100 + 24 * number, answer)

    assert shape(read_pdf(make_pdf(draw)).blocks[0]) == [
        ["Job title:", "Manager", "E-mail:", "a@b.nhs.uk"],
        ["Region:", "Wales", "Phone:", "01633"],
        ["Costs:", "None", "Date:", "1 May"],
    ]


def test_an_answer_that_goes_on_at_the_left_margin_stands_behind_a_tab_and_in_no_column() -> None:
    def draw(page: Page) -> None:
        for number, label in enumerate(("Workaround", "Benefits", "Costs")):
            y = 100 + 40 * number
            page.text(72, y, label)
            page.text(180, y, "We ask each line manager by e-mail, which takes two weeks and then")
            page.text(72, y + 13.5, "gives an answer for four in five.")

    assert [shape(block) for block in read_pdf(make_pdf(draw)).blocks] == [
        f"{label}\tWe ask each line manager by e-mail, which takes two weeks and then gives an answer for four in five."
        for label in ("Workaround", "Benefits", "Costs")
    ]


def test_a_table_without_lines_goes_on_over_the_page_even_in_the_middle_of_an_answer() -> None:
    def first(page: Page) -> None:
        columns(page, [*ROWS, ("Benefits", "Saves four hours a month in each directorate, and")], y=620)

    def second(page: Page) -> None:
        page.text(220, 90, "a manager finds the right person.")
        columns(page, [("Support", "Welsh user group")], y=114)

    (table,) = read_pdf(make_pdf(first, second)).blocks
    assert shape(table)[3:] == [  # type: ignore[index]
        ["Benefits", "Saves four hours a month in each directorate, and a manager finds the right person."],
        ["Support", "Welsh user group"],
    ]


def test_a_numbered_list_is_no_table() -> None:
    rows = [("1.", "Employee"), ("2.", "Manager"), ("3.", "Professional")]
    transcript = read_pdf(make_pdf(lambda page: columns(page, rows, at=90)))
    assert [(block.marker, block.text) for block in transcript.blocks if isinstance(block, Paragraph)] == rows


def test_a_box_drawn_round_a_table_without_lines_makes_no_cell_of_it() -> None:
    def draw(page: Page) -> None:
        page.box(66, 84, 520, 160)
        columns(page, ROWS)

    assert [shape(block) for block in read_pdf(make_pdf(draw)).blocks] == [[list(row) for row in ROWS]]


def test_a_small_gap_up_to_a_tab_stop_is_a_tab() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "The job title you hold")
        page.text(180, 100, "Payroll Manager")
        page.text(72, 130, "My title is 1 2 3 4")

    (first, second) = read_pdf(make_pdf(draw)).blocks
    assert isinstance(first, Paragraph)
    assert isinstance(second, Paragraph)
    assert (first.text, second.text) == ("The job title you hold\tPayroll Manager", "My title is 1 2 3 4")
