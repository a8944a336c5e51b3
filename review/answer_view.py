"""The answers of a form as its reviewer reads them: the value in words, what is remarkable, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.model import Answer, FieldStatus, Reading
from casework.wording import long_date
from review.passage_view import definition_of, form_of, place_in_words

_NOTES = {
    FieldStatus.BLANK: "Not answered",
    FieldStatus.PROMPT: "Only the form’s own guidance is there",
    FieldStatus.PLACEHOLDER: "The form has no real answer here",
    FieldStatus.MISSING: "Not found in the document",
}
_UNSURE = 0.7


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a choice may take."""

    key: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One question with its answer. `number` joins it to the document; `note` says what is remarkable about it."""

    key: str
    label: str
    section: str
    number: int | None
    text: str
    note: str
    shown_at: str
    place: str
    needs_attention: bool
    is_changed: bool
    editing: str
    read_text: str
    kind: FieldKind
    choices: tuple[Choice, ...]


def answers_of(
    reading: Reading,
    form: FormDefinition | None,
    library: FormLibrary,
    numbers: Mapping[str, int],
    corrections: Mapping[str, str],
    anchors: Mapping[str, str],
) -> tuple[AnswerView, ...]:
    """Every question of the form in its order; people's `corrections` stand before what was read."""
    views = []
    for definition in form.fields if form else ():
        answer = reading.answer(definition.key) or Answer(definition.key, None, "", FieldStatus.MISSING)
        changed = definition.key in corrections
        read_text = _shown(answer, definition, library)
        editing = corrections[definition.key] if changed else _plain(answer)
        note = _note(answer, read_text, changed)
        views.append(
            AnswerView(
                key=definition.key,
                label=definition.label,
                section=definition.section,
                number=numbers.get(definition.key),
                text=shown_value(corrections[definition.key], definition, library) if changed else read_text,
                note=note,
                shown_at=anchors.get(definition.key, ""),
                place=place_in_words(answer.places[0]) if answer.places else "",
                needs_attention=not changed
                and (
                    (answer.status is not FieldStatus.ANSWERED and definition.required is not None)
                    or (answer.status is FieldStatus.ANSWERED and answer.confidence < _UNSURE)
                ),
                is_changed=changed,
                editing=editing,
                read_text=read_text,
                kind=definition.kind,
                choices=_choices(definition, library, editing.split()),
            )
        )
    return tuple(views)


def _choices(definition: FieldDefinition, library: FormLibrary, chosen: list[str]) -> tuple[Choice, ...]:
    if definition.kind is not FieldKind.CHOICE or not definition.vocabulary:
        return ()
    terms = library.vocabulary(definition.vocabulary).terms
    return tuple(Choice(term.key, term.label, term.key in chosen) for term in terms)


def _plain(answer: Answer) -> str:
    if isinstance(answer.value, tuple):
        return " ".join(answer.value)
    return answer.value or ""


def _shown(answer: Answer, definition: FieldDefinition | None, library: FormLibrary) -> str:
    return shown_value(_plain(answer), definition, library)


def _note(answer: Answer, read_text: str, changed: bool) -> str:
    if changed:
        return f"Changed. The document says “{read_text}”." if read_text else "Added. The document has no answer."
    if answer.status is not FieldStatus.ANSWERED:
        said = " ".join(answer.text.split())
        return f"{_NOTES[answer.status]}: “{said}”" if said and answer.value is None else _NOTES[answer.status]
    if answer.confidence < _UNSURE:
        return f"Check this: the form says “{' '.join(answer.text.split())}”."
    written = " ".join(answer.text.split())
    is_reworded = isinstance(answer.value, tuple) or (len(written) < 60 and written != " ".join(read_text.split()))
    if not is_reworded or not written or written == read_text:
        return ""
    said = f"The form says “{written}”."
    without_letters = "".join(char for char in written if not char.isalpha()).strip(" .:#-")
    return f"{said} We removed the letters." if without_letters == read_text else said


def labels_of(form: str | None, library: FormLibrary) -> dict[str, str]:
    """Question labels by field key."""
    found = next((entry for entry in library.forms if entry.key == form), None)
    return {definition.key: definition.label for definition in found.fields} if found else {}


def read_values(reading: Reading | None, library: FormLibrary) -> dict[str, str]:
    """Each answer as it was read, in words."""
    if reading is None:
        return {}
    form = form_of(reading, library)
    return {answer.field: _shown(answer, definition_of(form, answer.field), library) for answer in reading.answers}


def shown_value(value: str, definition: FieldDefinition | None, library: FormLibrary) -> str:
    """A stored value in words: labels for choices, `3 November 2025` for a date."""
    if definition is None or not value:
        return value
    if definition.kind is FieldKind.CHOICE and definition.vocabulary:
        vocabulary = library.vocabulary(definition.vocabulary)
        return ", ".join(vocabulary.label(key) for key in value.split())
    if definition.kind is FieldKind.DATE:
        try:
            return long_date(date.fromisoformat(value))
        except ValueError:
            return value
    return value
