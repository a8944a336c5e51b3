"""Answers that a sender typed on the page beside the file: they stand before what was read, and are checked like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.model import Answer, ErrorCode, FieldStatus, Passage, Reading, Role, Value
from casework.transcript import Locator

FORM = "form"
"""The key under which a sender says which form a file is meant to be, where that was not recognised."""

_WITHOUT_ANSWERS = (ErrorCode.NO_FORM, ErrorCode.NEEDS_OCR)

TYPED = Locator("page", "typed when the form was sent")


def add_typed(reading: Reading, typed: Mapping[str, str], *, library: FormLibrary, today: date) -> Reading:
    """The reading with the sender's typed answers in it, checked again; keys that the form does not have are ignored.

    A file in which no form was recognised, or no words, becomes the form that its sender chose, with nothing but typed
    answers. A file that could not be opened at all stays as it is.
    """
    form = _form(reading, typed, library)
    if form is None:
        return reading
    answers = {answer.field: answer for answer in reading.answers}
    passages = list(reading.passages)
    for definition in form.fields:
        answer = answers.get(definition.key) or Answer(definition.key, None, "", FieldStatus.MISSING)
        words = typed.get(definition.key, "").strip()
        if words:
            answer = Answer(definition.key, _value(words, definition), words, FieldStatus.ANSWERED, places=(TYPED,))
            passages.append(Passage(words, TYPED, Role.ANSWER, definition.key))
        answers[definition.key] = answer
    known = replace(
        reading,
        form=form.key,
        form_version=reading.form_version or form.version,
        answers=tuple(answers.values()),
        findings=(),
        passages=tuple(passages),
        problem=None,
    )
    from extract.checks import check

    return check(known, form, library, today)


def _form(reading: Reading, typed: Mapping[str, str], library: FormLibrary) -> FormDefinition | None:
    key = reading.form
    if key is None and reading.problem is not None and reading.problem.code in _WITHOUT_ANSWERS:
        key = typed.get(FORM)
    return library.form(key) if key in {form.key for form in library.forms} and key is not None else None


def _value(words: str, definition: FieldDefinition) -> Value:
    return tuple(words.split()) if definition.kind is FieldKind.CHOICE else words
