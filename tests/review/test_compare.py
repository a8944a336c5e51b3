"""Two versions of a form: which answers changed, and which words."""

from __future__ import annotations

import pytest

from review.compare import Change, Piece, compare, count_changes
from service.library import load_library
from tests.builders import a_reading

pytestmark = pytest.mark.pure


def changes(before: dict[str, str], after: dict[str, str]) -> dict[str, Change]:
    """What became of each answer that is in either."""
    found = compare(a_reading(**before), a_reading(**after), load_library())
    return {entry.key: entry.change for entry in found if entry.key in before | after}


def test_each_answer_is_the_same_changed_new_or_gone() -> None:
    before = {"title": "One", "benefits": "Saves time", "costs": "None"}
    after = {"title": "One", "benefits": "Saves money", "justification": "Policy"}
    assert changes(before, after) == {
        "title": Change.SAME,
        "benefits": Change.CHANGED,
        "costs": Change.GONE,
        "justification": Change.NEW,
    }


def test_other_line_breaks_are_no_change() -> None:
    assert changes({"benefits": "Saves time\nfor all"}, {"benefits": "Saves  time for all"}) == {
        "benefits": Change.SAME
    }


def test_questions_stand_in_the_order_of_the_form() -> None:
    library = load_library()
    found = [entry.key for entry in compare(a_reading(), a_reading(), library)]
    assert found == [field.key for field in library.form("business-justification").fields]


def test_the_words_that_differ_are_marked_on_each_side() -> None:
    (entry,) = [
        entry
        for entry in compare(
            a_reading(benefits="Saves time for managers."),
            a_reading(benefits="Saves 18 hours a year for managers."),
            load_library(),
        )
        if entry.change is Change.CHANGED
    ]
    assert entry.before == (Piece("Saves ", False), Piece("time", True), Piece(" for managers.", False))
    assert entry.after == (Piece("Saves ", False), Piece("18 hours a year", True), Piece(" for managers.", False))


def test_both_texts_are_whole_whatever_differs() -> None:
    before, after = "a b c d\n\ne f", "b x c  d e g h"
    (entry,) = [
        entry
        for entry in compare(a_reading(benefits=before), a_reading(benefits=after), load_library())
        if entry.change is Change.CHANGED
    ]
    assert "".join(piece.text for piece in entry.before).split() == before.split()
    assert "".join(piece.text for piece in entry.after).split() == after.split()


def test_very_long_texts_are_shown_whole_and_not_taken_apart() -> None:
    before, after = "word " * 5000, "other " * 5000
    found = compare(a_reading(benefits=before), a_reading(benefits=after), load_library())
    (entry,) = [entry for entry in found if entry.change is Change.CHANGED]
    assert len(entry.before) == len(entry.after) == 1


def test_changes_are_counted() -> None:
    found = compare(a_reading(title="A", costs="1"), a_reading(title="B", benefits="2"), load_library())
    assert count_changes(found) == 3
