"""Edited vocabularies: judged before they are kept, written and read back as the same value, put over the shipped."""

from __future__ import annotations

import dataclasses

import pytest

from casework.errors import RefusedError
from casework.form import FormLibrary, Term, Vocabulary, parse_vocabulary
from casework.word_lists import changed_vocabulary, vocabulary_to_text, with_word_lists, without_term

pytestmark = pytest.mark.pure
SHIPPED = Vocabulary("regions", (Term("london", "London", ("Ldn",)), Term("wales", "Wales", ("Cymru",))))


def test_every_shipped_list_is_written_and_read_back_as_the_same(library: FormLibrary) -> None:
    for vocabulary in library.vocabularies:
        assert parse_vocabulary(vocabulary_to_text(vocabulary)) == vocabulary


def test_words_with_quotes_and_backslashes_come_back(library: FormLibrary) -> None:
    term = Term("odd", 'The "odd" \\ one – é', ("a\\b", '"'), "note")
    changed = changed_vocabulary(SHIPPED, SHIPPED, term)
    assert parse_vocabulary(vocabulary_to_text(changed)) == changed


def test_an_entry_is_reworded_in_its_place_or_added_at_the_end() -> None:
    reworded = changed_vocabulary(SHIPPED, SHIPPED, Term("london", "London and around", ("Ldn", "Thames")))
    assert [term.label for term in reworded.terms] == ["London and around", "Wales"]
    added = changed_vocabulary(SHIPPED, reworded, Term("isle-of-man", "Isle of Man"))
    assert [term.key for term in added.terms] == ["london", "wales", "isle-of-man"]
    assert without_term(SHIPPED, added, "isle-of-man") == reworded


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (Term("Isle of Man", "Isle of Man"), "Enter a short name in small letters"),
        (Term("man", " "), "Enter the words that people see"),
        (Term("man", "x" * 201), "Enter at most 200 characters a line"),
        (Term("man", "a\x00b"), "Enter plain words"),
        (Term("man", "Isle of Man", ("cymru",)), "“cymru” belongs to “Wales” already"),
        (Term("man", "LONDON"), "“LONDON” belongs to “London” already"),
    ],
)
def test_what_would_break_a_list_is_refused_with_what_to_do(term: Term, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        changed_vocabulary(SHIPPED, SHIPPED, term)


def test_what_was_shipped_stays_and_closed_lists_are_not_added_to() -> None:
    with pytest.raises(RefusedError, match="came with the service"):
        without_term(SHIPPED, SHIPPED, "london")
    decisions = dataclasses.replace(SHIPPED, name="decisions")
    assert changed_vocabulary(decisions, decisions, Term("london", "Other")).terms[0].label == "Other"
    with pytest.raises(RefusedError, match="cannot be added to"):
        changed_vocabulary(decisions, decisions, Term("new", "New"))


def test_edited_lists_stand_over_the_shipped_and_unknown_ones_are_left_out(library: FormLibrary) -> None:
    edited = vocabulary_to_text(SHIPPED)
    found = with_word_lists(library, {"regions": edited, "of-another-version": edited})
    assert found.vocabulary("regions") == SHIPPED
    assert found.vocabulary("decisions") == library.vocabulary("decisions")
    assert {vocabulary.name for vocabulary in found.vocabularies} == {entry.name for entry in library.vocabularies}
