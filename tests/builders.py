"""Readings built in code, for tests of what happens after a form was read."""

from __future__ import annotations

from casework.model import Answer, ErrorCode, FieldStatus, FileKind, Passage, Reading, ReadingProblem, Role
from casework.transcript import Locator


def a_reading(
    form: str | None = "business-justification", *, index: int | None = None, words: str = "", **answers: str
) -> Reading:
    """A reading of this form with these answers; without a form, one that found none."""
    problem = None if form else ReadingProblem(ErrorCode.NO_FORM, "It is not one of the forms that we know.")
    return Reading(
        sha256="0" * 64,
        kind=FileKind.DOCX,
        form=form,
        form_version="1.0" if form else None,
        form_index=index,
        answers=tuple(Answer(key, value, value, FieldStatus.ANSWERED) for key, value in answers.items()),
        passages=(Passage(words, Locator(), Role.UNPLACED),) if words else (),
        problem=problem,
    )


def an_unreadable_reading() -> Reading:
    """A file that could not be opened."""
    return Reading("0" * 64, FileKind.PDF, problem=ReadingProblem(ErrorCode.ENCRYPTED, "It needs a password."))
