"""Answers that a reviewer put right: the checks run again on what they entered, as if the form had said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from casework.form import FieldDefinition, FieldKind, FormLibrary
from casework.model import Answer, FieldStatus, Reading


def check_corrected(reading: Reading, corrected: Mapping[str, str], *, library: FormLibrary, today: date) -> Reading:
    """The reading with `corrected` values in place of its own (choices joined by a space), checked anew.

    A value that was emptied counts as no answer. Keys that the form does not have are ignored, and a reading of no
    known form comes back as it was.
    """
    form = next((form for form in library.forms if form.key == reading.form), None)
    if form is None:
        return reading
    from extract.checks import check

    answers = {answer.field: answer for answer in reading.answers}
    for key, value in corrected.items():
        if form.has(key):
            answers[key] = _corrected(form.field(key), answers.get(key), value.strip())
    return check(replace(reading, answers=tuple(answers.values()), findings=()), form, library, today)


def _corrected(definition: FieldDefinition, before: Answer | None, value: str) -> Answer:
    places = before.places if before is not None else ()
    if not value:
        return Answer(definition.key, None, "", FieldStatus.BLANK, places=places)
    chosen = tuple(value.split()) if definition.kind is FieldKind.CHOICE else value
    return Answer(definition.key, chosen, value, FieldStatus.ANSWERED, places=places)
