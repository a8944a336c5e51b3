"""A printed question is recognised however it is numbered, worded or misspelt."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from extract.labels import LabelMatch, PhraseBook, Rung, key_words, label_book, tidy_label

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "printed",
    [
        "Job title",
        "JOB TITLE:",
        "1. Job title",
        "2a) Job title *",
        "Q3 Job title",
        "Q12. Job title:",
        "1.2.3 Job title",
        "Section 4: Job title",
        "(b) Job title (required)",
        "iv) Job title (mandatory):",
        "• Job title……",
        "Job title ______",
    ],
)
def test_numbering_and_decoration_are_not_part_of_a_label(printed: str) -> None:
    assert tidy_label(printed) == "job title"


def test_words_that_only_look_like_numbering_stay() -> None:
    assert [tidy_label(text) for text in ("Not applicable", "Part of ESR", "No renewal", "Item code")] == [
        "not applicable",
        "part of esr",
        "no renewal",
        "item code",
    ]


def test_small_words_and_plurals_do_not_make_a_label_another_one() -> None:
    assert key_words("The benefits of the change:") == key_words("Benefit of change")


@pytest.mark.parametrize(
    ("printed", "field", "rung"),
    [
        ("Business need", "justification", Rung.EXACT),
        ("Name of requestor", "requester_name", Rung.EXACT),
        ("Change, description of the", "requirement", Rung.SAME_WORDS),
        ("Busines justfication", "justification", Rung.FUZZY),
        ("Evidence and rationale for it", "justification", Rung.LOOSE),
    ],
)
def test_each_rung_finds_its_field(library: FormLibrary, printed: str, field: str, rung: Rung) -> None:
    assert label_book(library.form("business-justification")).loose(printed) == LabelMatch((field,), rung)


@pytest.mark.parametrize(
    "words",
    [
        "We counted 41 late meetings in a sample of 60 long term cases.",
        "Priya Patel",
        "North East and Yorkshire",
        "12/06/2026",
        "",
        ":",
    ],
)
def test_an_answer_is_no_label(library: FormLibrary, words: str) -> None:
    book = label_book(library.form("business-justification"))
    assert (book.exact(words), book.close(words)) == (None, None)


def test_a_word_with_two_meanings_gives_both_fields(library: FormLibrary) -> None:
    found = label_book(library.form("supplementary-role")).exact("Role")
    assert found == LabelMatch(("job_title", "role_name"), Rung.EXACT)


def test_a_phrase_book_knows_whole_phrases_only() -> None:
    book = PhraseBook(["For office use only", "Document control"])
    assert [book.has(text) for text in ("FOR OFFICE USE ONLY:", "We use the office only on Mondays", "")] == [
        True,
        False,
        False,
    ]


def test_a_misspelt_phrase_counts_where_slips_are_allowed() -> None:
    book = PhraseBook(["Request for new supplementary role"])
    assert (
        book.has("Request for new suplementary role"),
        book.has("Request for new suplementary role", fuzzy=True),
    ) == (
        False,
        True,
    )
