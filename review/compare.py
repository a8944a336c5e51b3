"""Two versions of one form side by side: which answers changed, and which words in them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from casework.form import FormLibrary
from casework.model import Reading
from review.answer_view import labels_of, read_values

_MOST_WORDS = 1500
_WORDS = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of one answer from one version to the next."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `is_changed` where the other version does not have it."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question with its answer before and after."""

    key: str
    label: str
    change: Change
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def compare(before: Reading, after: Reading, library: FormLibrary) -> tuple[AnswerChange, ...]:
    """Every question of the form in its order, with both answers as they were read and the words that differ."""
    old, new = read_values(before, library), read_values(after, library)
    labels = labels_of(after.form, library)
    keys = [*labels, *(key for key in (*new, *old) if key not in labels)]
    return tuple(_change(key, labels.get(key, key), old.get(key, ""), new.get(key, "")) for key in dict.fromkeys(keys))


def count_changes(changes: tuple[AnswerChange, ...]) -> int:
    """How many answers are not the same."""
    kinds = Counter(change.change for change in changes)
    return sum(kinds.values()) - kinds[Change.SAME]


def _change(key: str, label: str, old: str, new: str) -> AnswerChange:
    if old.split() == new.split():
        piece = (Piece(new, is_changed=False),) if new else ()
        return AnswerChange(key, label, Change.SAME, piece, piece)
    if not old or not new:
        change = Change.NEW if new else Change.GONE
        return AnswerChange(key, label, change, _whole(old), _whole(new))
    return AnswerChange(key, label, Change.CHANGED, *_pieces(old, new))


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, is_changed=True),) if text else ()


def _pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in runs of words that the other has or has not; very long texts are not taken apart."""
    ours, theirs = _WORDS.findall(old), _WORDS.findall(new)
    if len(ours) + len(theirs) > _MOST_WORDS * 4:
        return _whole(old), _whole(new)
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, from_a, to_a, from_b, to_b in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        for pieces, words in ((before, ours[from_a:to_a]), (after, theirs[from_b:to_b])):
            if words:
                pieces.append(Piece("".join(words), is_changed=kind != "equal"))
    return _joined(before), _joined(after)


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """A single space that did not change between two changed runs belongs to them: marks go word by word otherwise."""
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        is_between = 0 < number < len(pieces) - 1 and not piece.text.strip()
        changed = piece.is_changed or (is_between and pieces[number - 1].is_changed and pieces[number + 1].is_changed)
        if found and found[-1].is_changed == changed:
            found[-1] = Piece(found[-1].text + piece.text, changed)
        else:
            found.append(Piece(piece.text, changed))
    return tuple(found)
