"""A form's words laid out: real tables, headings and lists, and no passage lost or moved."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from casework.lifecycle import CaseState
from casework.model import Role
from review.case_view import case_view
from review.passage_view import PassageView
from review.words_view import CellView, WordsBlock, words_blocks
from tests.review.house import a_reading

pytestmark = pytest.mark.pure


def words(text: str, path: str = "", role: Role = Role.FORM, level: int = 0, marker: str = "") -> PassageView:
    return PassageView(text, role.value, None, "", "", "", path, level, marker)


def test_a_table_of_questions_names_each_row_by_its_question() -> None:
    label = words("Name of role", "table 1, row 1, cell 1")
    answer = words("Fire Warden", "table 1, row 1, cell 2", Role.ANSWER)
    more = words("for wards", "table 1, row 1, cell 2, paragraph 2", Role.ANSWER)
    empty = words("Scope", "table 1, row 2, cell 1")
    assert words_blocks([label, answer, more, empty]) == (
        WordsBlock(
            "table",
            rows=(
                (CellView((label,), "row"), CellView((answer, more))),
                (CellView((empty,), "row"), CellView(())),
            ),
        ),
    )


def test_a_grid_is_headed_by_its_first_row() -> None:
    heads = [words(text, f"table 2, row 1, cell {cell}") for cell, text in enumerate(("Benefit", "Type", "Value"), 1)]
    cells = [
        words(text, f"table 2, row 2, cell {cell}", Role.ANSWER)
        for cell, text in enumerate(("Time", "Non-cash", "41 hours"), 1)
    ]
    (block,) = words_blocks([*heads, *cells])
    assert [[cell.scope for cell in row] for row in block.rows] == [["col", "col", "col"], ["", "", ""]]


def test_headings_lists_and_two_tables_stand_apart_in_their_order() -> None:
    kinds = [
        block.kind
        for block in words_blocks(
            [
                words("About you", "paragraph 1", level=2),
                words("a", "table 1, row 1, cell 1"),
                words("b", "table 2, row 1, cell 1"),
                words("Fewer errors", "paragraph 2", Role.ANSWER, marker="•"),
                words("Less paper", "paragraph 3", Role.ANSWER, marker="•"),
                words("The end", "paragraph 4", Role.UNPLACED),
            ]
        )
    ]
    assert kinds == ["heading", "table", "table", "list", "words"]


def test_a_table_too_wide_to_read_is_shown_line_by_line() -> None:
    cells = [words(str(cell), f"table 1, row 1, cell {cell}") for cell in range(1, 20)]
    assert words_blocks(cells) == (WordsBlock("words", tuple(cells)),)


def test_no_passage_of_a_reading_is_lost(library: FormLibrary) -> None:
    passages = case_view([a_reading()], [], CaseState(), library).passages
    found = [
        passage
        for block in words_blocks(passages)
        for passage in (*block.passages, *(inner for row in block.rows for cell in row for inner in cell.passages))
    ]
    assert found == list(passages)
