"""Edited vocabularies: judged before they are kept, written as the text that is kept, and put over the shipped ones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from casework.errors import RefusedError
from casework.form import FormLibrary, Term, Vocabulary, parse_vocabulary

CLOSED = frozenset({"decisions", "input-levels", "priorities"})
"""Lists whose values the service itself knows by name: they are worded anew, but not added to."""

_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 200
_MOST_WORDS = 400
_MOST_TERMS = 1000


def changed_vocabulary(shipped: Vocabulary, current: Vocabulary, term: Term) -> Vocabulary:
    """The vocabulary with this term in place of the one with its key, or added; RefusedError says what is wrong."""
    _check(term, current, is_new=not any(known.key == term.key for known in current.terms))
    terms = tuple(term if known.key == term.key else known for known in current.terms)
    if term not in terms:
        if shipped.name in CLOSED:
            raise RefusedError("This list cannot be added to: the service knows its entries by name")
        terms = (*terms, term)
    if len(terms) > _MOST_TERMS:
        raise RefusedError(f"A list may have at most {_MOST_TERMS} entries")
    return replace(current, terms=terms)


def without_term(shipped: Vocabulary, current: Vocabulary, key: str) -> Vocabulary:
    """The vocabulary without an entry that was added here; what was shipped stays, because rules and cases name it."""
    if any(term.key == key for term in shipped.terms):
        raise RefusedError("This entry came with the service and cannot be removed. Word it anew instead")
    return replace(current, terms=tuple(term for term in current.terms if term.key != key))


def vocabulary_to_text(vocabulary: Vocabulary) -> str:
    """The vocabulary as TOML, which `parse_vocabulary` reads back as the same value."""
    lines = [f"name = {_quoted(vocabulary.name)}"]
    for term in vocabulary.terms:
        lines += ["", "[[term]]", f"key = {_quoted(term.key)}", f"label = {_quoted(term.label)}"]
        if term.aliases:
            lines.append(f"aliases = [{', '.join(_quoted(alias) for alias in term.aliases)}]")
        if term.note:
            lines.append(f"note = {_quoted(term.note)}")
    return "\n".join(lines) + "\n"


def with_word_lists(library: FormLibrary, texts: Mapping[str, str]) -> FormLibrary:
    """The library with these edited vocabularies, by name, over its own; a list that it does not know is left out."""
    edited = {name: parse_vocabulary(text) for name, text in texts.items()}
    return replace(library, vocabularies=tuple(edited.get(known.name, known) for known in library.vocabularies))


def _check(term: Term, vocabulary: Vocabulary, *, is_new: bool) -> None:
    if is_new and (not _KEY.fullmatch(term.key) or len(term.key) > 60):
        raise RefusedError("Enter a short name in small letters, figures and hyphens, like payroll-north")
    if not term.label.strip():
        raise RefusedError("Enter the words that people see")
    words = [term.label, *term.aliases, term.note]
    if any(len(word) > _LONGEST for word in words) or len(term.aliases) > _MOST_WORDS:
        raise RefusedError(f"Enter at most {_LONGEST} characters a line, and at most {_MOST_WORDS} lines")
    if any(not word.isprintable() for word in words):
        raise RefusedError("Enter plain words: there is a character that cannot be shown")
    taken = {
        word.casefold(): known.label
        for known in vocabulary.terms
        if known.key != term.key
        for word in (known.label, *known.aliases)
    }
    for word in (term.label, *term.aliases):
        if word.casefold() in taken:
            raise RefusedError(f"“{word}” belongs to “{taken[word.casefold()]}” already. Take it out there first")


def _quoted(text: str) -> str:
    """A TOML basic string: JSON writes the same one for printable text."""
    return json.dumps(text, ensure_ascii=False)
