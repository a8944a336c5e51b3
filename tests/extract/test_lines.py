"""Every character of a transcript has one owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.model import Passage, Role
from casework.transcript import Locator, Mark, Span
from extract.lines import FORM, Owner, lay_out, lines_of, passages_of
from tests.extract.sheets import para, sheet, table

pytestmark = pytest.mark.pure


def test_a_paragraph_is_cut_at_its_soft_breaks() -> None:
    lines = lines_of(lay_out(sheet(para("one **two\nthree** four"))))
    assert [line.text for line in lines] == ["one two", "three four"]
    assert [line.marked(Mark.BOLD) for line in lines] == [0.5, 5 / 9]


def test_a_table_is_walked_row_by_row() -> None:
    lines = lines_of(lay_out(sheet(table(["a", "b\nc"], ["d", table(["e"])]))))
    assert [line.text for line in lines] == ["a", "b", "c", "d", "e"]


def test_the_last_claim_holds_and_nobody_owns_the_rest() -> None:
    lines = lines_of(lay_out(sheet("Name: A. Person, by hand")))
    lines[0].claim(0, 16, FORM)
    lines[0].claim(6, 15, Owner(Role.ANSWER, "requester_name"))
    place = Locator("body", "p")
    assert passages_of(lines) == (
        Passage("Name:", place, Role.FORM),
        Passage("A. Person", place, Role.ANSWER, "requester_name"),
        Passage(",", place, Role.FORM),
        Passage("by hand", place, Role.UNPLACED),
    )


def test_a_passage_on_a_page_stands_in_the_box_round_its_words() -> None:
    words = (
        Span("one ", place=Locator("body", "", 3, (10, 20, 30, 28))),
        Span("two", place=Locator("body", "", 3, (32, 19, 50, 28))),
    )
    (line,) = lines_of(lay_out(sheet(para(words))))
    assert line.place_of(0, 7) == Locator("body", "p", 3, (10, 19, 50, 28))
    assert line.place_of(4, 7) == Locator("body", "p", 3, (32, 19, 50, 28))


def test_an_answer_over_several_lines_of_a_page_has_a_place_for_each() -> None:
    words = (
        Span("Name: ", place=Locator("body", "", 3, (10, 20, 40, 28))),
        Span("Partnership ", place=Locator("body", "", 3, (42, 20, 90, 28))),
        Span("NHS ", place=Locator("body", "", 3, (92, 19, 110, 28))),
        Span("Foundation ", place=Locator("body", "", 3, (10, 32, 60, 40))),
        Span("Trust", place=Locator("body", "", 4, (62, 32, 80, 40))),
    )
    (line,) = lines_of(lay_out(sheet(para(words))))
    assert line.places_of(6, len(line.text)) == (
        Locator("body", "p", 3, (42, 19, 110, 28)),
        Locator("body", "p", 3, (10, 32, 60, 40)),
        Locator("body", "p", 4, (62, 32, 80, 40)),
    )


def test_a_line_without_boxes_is_one_place() -> None:
    (line,) = lines_of(lay_out(sheet("Name: A. Person")))
    assert line.places_of(6, 15) == (Locator("body", "p"),)


@pytest.mark.parametrize(
    ("left", "stops"),
    [(144.0, [8]), (145.6, []), (147.0, [])],
    ids=["a tab leaves little", "no stop", "a space like the others"],
)
def test_a_word_at_a_tab_stop_behind_a_gap_unlike_a_space_is_seen(left: float, stops: list[int]) -> None:
    words = (
        Span("Area ", place=Locator("body", "", 1, (72, 20, 93, 28))),
        Span("of ", place=Locator("body", "", 1, (96, 20, left - (3 if left == 147 else 1), 28))),
        Span("Payroll ", place=Locator("body", "", 1, (left, 20, 180, 28))),
        Span("only", place=Locator("body", "", 1, (183, 20, 200, 28))),
    )
    (line,) = lines_of(lay_out(sheet(replace(para(words), place=Locator("body", "p", 1)))))
    assert line.stops(0, len(line.text)) == stops
