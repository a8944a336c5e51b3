"""Gives questions of unknown wording to the fields that nobody has asked for yet, by their place, words and answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from extract.flow import Slot
from extract.labels import label_book
from extract.lines import FORM
from extract.options import find_choice
from extract.values import is_placeholder, parse_date

_ENOUGH = 0.6
_BETWEEN, _ALONE, _IN_STEP = 0.3, 0.25, 0.15
_HINT = 0.1
_ASKED_ALREADY = 0.34
_SHAPED, _CHOSEN = 0.5, 0.45
_LONGEST_SHORT = 14
"""Words; more of them do not answer a question for a name or a title."""
_ADDRESS = re.compile(r"\S+@\S+\.\w")
_NUMBER_TO_CALL = re.compile(r"[\d\s()+/,.-]{9,}|(?:ext|tel|mob)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Pair:
    worth: float
    slot: Slot
    key: str


def adopt(slots: list[Slot], unknown: Sequence[Slot], form: FormDefinition, library: FormLibrary) -> None:
    """Turn those unknown questions into slots of a field that can be no other question; others give back their words.

    A doubtful question that is adopted by no field goes back to the answer above it, `slots` being in reading order.
    """
    if not unknown:
        return
    asked = {slot.field for slot in slots}
    open_fields = [definition for definition in form.fields if definition.key not in asked]
    pairs = _pairs(slots, unknown, open_fields, form, library)
    taken: set[str] = set()
    for pair in sorted(pairs, key=lambda pair: -pair.worth):
        if pair.slot.field is None and pair.key not in taken:
            taken.add(pair.key)
            pair.slot.field = pair.key
    _settle(slots, unknown)


def _settle(slots: list[Slot], unknown: Sequence[Slot]) -> None:
    added = 0
    for slot in unknown:
        at = slot.follows + added
        if slot.field is not None:
            for piece in slot.label:
                piece.line.claim(piece.start, piece.end, FORM)
            slots.insert(at, slot)
            added += 1
        elif slot.doubtful and at > 0:
            slots[at - 1].pieces += [*slot.label, *slot.pieces]


def _pairs(
    slots: Sequence[Slot],
    unknown: Sequence[Slot],
    open_fields: Sequence[FieldDefinition],
    form: FormDefinition,
    library: FormLibrary,
) -> list[_Pair]:
    order = {definition.key: at for at, definition in enumerate(form.fields)}
    book = label_book(form)
    open_keys = {definition.key for definition in open_fields}
    found: list[_Pair] = []
    for follows in sorted({slot.follows for slot in unknown}):
        group = [slot for slot in unknown if slot.follows == follows]
        before = next((order[s.field] for s in reversed(slots[:follows]) if s.field), -1)
        after = next((order[s.field] for s in slots[follows:] if s.field), len(order))
        between = [definition for definition in open_fields if before < order[definition.key] < after]
        asking = [slot for slot in group if slot.filled]
        for slot in group:
            words = " ".join(piece.text for piece in slot.label)
            likeness = book.likeness(words)
            already = max((share for key, share in likeness.items() if key not in open_keys), default=0.0)
            for definition in open_fields:
                fit = _fit(slot, definition, library)
                if fit is None:
                    continue
                worth = fit + likeness.get(definition.key, 0.0)
                if definition in between:
                    worth += _BETWEEN
                    worth += _ALONE if len(between) == 1 else 0.0
                    if slot in asking and len(asking) == len(between):
                        worth += _IN_STEP if asking.index(slot) == between.index(definition) else 0.0
                        worth += _ALONE if asking.index(slot) == between.index(definition) and len(between) > 1 else 0.0
                if slot.doubtful and likeness.get(definition.key, 0.0) + fit < _HINT and worth < _ENOUGH + _HINT:
                    continue
                if already >= _ASKED_ALREADY and likeness.get(definition.key, 0.0) < already:
                    worth -= _ASKED_ALREADY
                if worth >= _ENOUGH:
                    found.append(_Pair(worth, slot, definition.key))
    return found


def _fit(slot: Slot, definition: FieldDefinition, library: FormLibrary) -> float | None:
    """How well what stands under the question answers this field; None where it cannot."""
    text = " ".join(piece.text for piece in slot.pieces).strip()
    if not text or is_placeholder(text):
        return 0.0
    if definition.kind is FieldKind.EMAIL:
        return _SHAPED if _ADDRESS.search(text) else None
    if definition.kind is FieldKind.PHONE:
        return _SHAPED if sum(letter.isdigit() for letter in text) >= 9 and _NUMBER_TO_CALL.search(text) else None
    if definition.kind is FieldKind.DATE:
        return _SHAPED if parse_date(text) is not None else None
    if _ADDRESS.fullmatch(text) or parse_date(text) is not None:
        return None
    if definition.kind is FieldKind.CHOICE:
        choice = find_choice(slot.pieces, library.vocabulary(definition.vocabulary or ""))
        return _CHOSEN if choice.keys and (choice.printed or len(text.split()) <= _LONGEST_SHORT) else None
    if definition.kind is FieldKind.LONG:
        return 0.0
    return 0.0 if len(text.split()) <= _LONGEST_SHORT else None
