"""Whatever way a sender marks an option, it is the one that counts."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from casework.transcript import Span
from extract.lines import Para, lay_out
from extract.options import Choice, Piece, find_choice, typed_keys
from tests.extract.sheets import dropdown, para, sheet, spans, tick

pytestmark = pytest.mark.pure


def choose(library: FormLibrary, vocabulary: str, *lines: str | tuple[Span, ...]) -> Choice:
    nodes = lay_out(sheet(*(para(line) for line in lines)))
    pieces = [Piece(line, 0, len(line.text)) for node in nodes if isinstance(node, Para) for line in node.lines]
    return find_choice(pieces, library.vocabulary(vocabulary))


@pytest.mark.parametrize(
    "line",
    [
        "Employee input / ==Manager input== / Professional user input",
        "Employee input / ##Manager input## / Professional user input",
        "Employee input / **Manager input** / Professional user input",
        "Employee input / __Manager input__ / Professional user input",
        "Employee input / @@Manager input@@ / Professional user input",
        "Employee input / ||Manager input|| / Professional user input",
        "~~Employee input~~ / Manager input / ~~Professional user input~~",
        "☐ Employee input  ☒ Manager input  ☐ Professional user input",
        "☐ Employee input ☑ Manager input ☐ Professional user input",
        "Employee input ☐ Manager input ☒ Professional user input ☐",
        "[ ] Employee input [X] Manager input [ ] Professional user input",
        "( ) Employee input (x) Manager input ( ) Professional user input",
        "Employee input / Manager input ✓ / Professional user input",
        "Employee input / X Manager input / Professional user input",
        "Employee input / → Manager input / Professional user input",
        "Employee input   Manager input <--   Professional user input",
        "Employee input: No   Manager input: Yes   Professional user input: No",
        "Employee / MANAGER / professional",
        "MSS",
        "Manager input",
        "line manager",
        "Manger input",
        "Employee input / Manager input / Professional user input: Manager input",
    ],
)
def test_the_marked_level_is_the_answer(library: FormLibrary, line: str) -> None:
    assert choose(library, "input-levels", line).keys == ("manager",)


def test_options_on_lines_of_their_own_are_one_list(library: FormLibrary) -> None:
    assert choose(library, "priorities", "High", "==Medium==", "Low").keys == ("medium",)


def test_an_untouched_list_chooses_nothing(library: FormLibrary) -> None:
    assert choose(library, "input-levels", "Employee input / Manager input / Professional user input").keys == ()


def test_empty_boxes_choose_nothing(library: FormLibrary) -> None:
    assert choose(library, "priorities", "☐ High ☐ Medium ☐ Low").keys == ()


def test_two_marks_are_two_answers(library: FormLibrary) -> None:
    found = choose(library, "input-levels", "☒ Employee input ☒ Manager input ☐ Professional user input")
    assert found.keys == ("employee", "manager")


def test_the_only_options_left_after_deleting_others_are_the_answer(library: FormLibrary) -> None:
    assert choose(library, "input-levels", "Professional user input").keys == ("professional",)


def test_a_tick_control_counts_by_its_state(library: FormLibrary) -> None:
    line = (tick(False), Span(" High  "), tick(True), Span(" Medium  "), tick(False), Span(" Low"))
    assert choose(library, "priorities", line).keys == ("medium",)


def test_a_drop_down_counts_by_what_it_shows(library: FormLibrary) -> None:
    assert choose(library, "regions", (dropdown("South West"),)).keys == ("south-west",)


def test_a_wrapped_list_of_boxes_gives_the_ticked_one(library: FormLibrary) -> None:
    lines = (
        "☐ Payroll    ☐ HR    ☐ Recruitment",
        "☐ Learning (OLM)    ☒ Self Service    ☐ Business Intelligence / Reporting",
        "☐ Pensions    ☐ Absence    ☐ Interfaces    ☐ Talent Management    ☐ Other",
    )
    assert choose(library, "functional-areas", *lines).keys == ("self-service",)


def test_a_bold_label_word_does_not_make_bold_the_mark(library: FormLibrary) -> None:
    line = spans("**Employee input / Manager input / Professional user input**")
    assert choose(library, "input-levels", line).keys == ()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Wessex", "south-east"),
        ("Thames Valley", "south-east"),
        ("KSS", "south-east"),
        ("West Midlands SIG", "midlands"),
        ("Yorkshire and the Humber", "north-east-yorkshire"),
        ("North East & Yorkshire", "north-east-yorkshire"),
        ("Nort West", "north-west"),
        ("London region", "london"),
        ("All Wales", "wales"),
        ("EAST OF ENGLAND", "east-of-england"),
    ],
)
def test_an_older_or_misspelt_region_is_its_region_today(library: FormLibrary, typed: str, key: str) -> None:
    assert typed_keys(typed, library.vocabulary("regions")) == (key,)


def test_words_that_name_no_option_give_none(library: FormLibrary) -> None:
    assert typed_keys("Isle of Man", library.vocabulary("regions")) == ()
