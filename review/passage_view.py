"""The words of a form in their order: which are the form's own, which an answer, and which number it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.form import FieldDefinition, FormDefinition, FormLibrary
from casework.model import Reading, Role
from casework.transcript import Locator


@dataclass(frozen=True, slots=True)
class PassageView:
    """A piece of the document: `number` and `label` where it is an answer, `anchor` at its first passage."""

    text: str
    role: str
    number: int | None
    label: str
    anchor: str
    place: str
    path: str = ""
    level: int = 0
    marker: str = ""


def number_answers(reading: Reading, form: FormDefinition | None) -> dict[str, int]:
    """Answers that stand in the document, numbered in the form's order."""
    placed = {passage.field for passage in reading.passages if passage.role is Role.ANSWER and passage.field}
    order = [definition.key for definition in form.fields] if form else [answer.field for answer in reading.answers]
    return {key: number for number, key in enumerate((key for key in order if key in placed), 1)}


def passages_of(reading: Reading, numbers: Mapping[str, int], form: FormDefinition | None) -> tuple[PassageView, ...]:
    """Every passage with words in it; the first of an answer carries its number and an anchor."""
    views, seen = [], set()
    for passage in reading.passages:
        if not passage.text.strip():
            continue
        key = passage.field or ""
        is_answer = passage.role is Role.ANSWER
        is_first = is_answer and key not in seen
        seen.add(key if is_answer else "")
        definition = definition_of(form, key)
        views.append(
            PassageView(
                text=passage.text,
                role=passage.role.value,
                number=numbers.get(key) if is_first else None,
                label=definition.label if definition and is_answer else "",
                anchor=f"doc-{key}" if is_first else "",
                place=place_in_words(passage.place),
                path=passage.place.path,
                level=passage.level,
                marker=passage.marker,
            )
        )
    return tuple(views)


def place_in_words(place: Locator) -> str:
    """`Page 2`, or the path in a Word file."""
    if place.page is not None:
        return f"Page {place.page}"
    path = place.path[:1].upper() + place.path[1:]
    return path or place.part.capitalize()


def form_of(reading: Reading, library: FormLibrary) -> FormDefinition | None:
    """The form that the reading was taken for, or None."""
    return next((form for form in library.forms if form.key == reading.form), None)


def definition_of(form: FormDefinition | None, key: str) -> FieldDefinition | None:
    """The question with this key, or None."""
    return next((definition for definition in form.fields if definition.key == key), None) if form else None
