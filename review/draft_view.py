"""An upload as its sender checks it: what we found, what is missing, and what keeps it from being sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.lifecycle import CaseState
from casework.model import Answer, ErrorCode, FieldStatus, Reading
from review.answer_view import AnswerView
from review.case_view import case_view

FORM = "form"
"""The key under which a sender says which form a file is meant to be."""

TITLES = ("title", "role_name", "competence_name")
"""The question of each form that gives a request its name."""

_SEVERAL = frozenset({"functional-areas"})
"""Lists of which more than one may be chosen."""

_CAN_BE_TYPED = (ErrorCode.NO_FORM, ErrorCode.NEEDS_OCR)


@dataclass(frozen=True, slots=True)
class Row:
    """One question: its answer in words, what is remarkable about it, and what could be better.

    `note` says where the answer comes from, `advice` what our checks would ask about it.
    """

    key: str
    label: str
    text: str
    kind: FieldKind
    note: str
    advice: tuple[str, ...]
    is_missing: bool
    needs_a_look: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The questions under one heading of the form."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """What the check page shows. `blocks` are the questions without which it cannot be sent, each with what to do."""

    form: FormDefinition
    sections: tuple[Section, ...]
    others: tuple[str, ...]
    unread: tuple[str, ...]
    blocks: tuple[tuple[str, str], ...]

    @property
    def missing(self) -> tuple[Row, ...]:
        """Questions that the form asks everybody and that have no answer."""
        return tuple(row for section in self.sections for row in section.rows if row.is_missing)

    @property
    def to_look_at(self) -> tuple[Row, ...]:
        """Answers of which we are not sure that we read them rightly."""
        return tuple(row for section in self.sections for row in section.rows if row.needs_a_look)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an upload gives no answers to check, in its sender's words: what is the matter, and what they can do.

    `may_type` where they can say which form it is and type the answers, `may_send` where a person opens the file.
    """

    title: str
    advice: str
    may_type: bool = False
    may_send: bool = False


def trouble_of(readings: list[Reading], problem: str) -> Trouble | None:
    """What keeps an upload from being checked; None where there are answers to look at."""
    if not readings:
        return _NOT_OPENED if problem else None
    if readings[0].form is not None or readings[0].problem is None:
        return None
    found = readings[0].problem
    return _TROUBLES.get(found.code) or Trouble("We cannot use this file", found.message)


def form_of(reading: Reading, library: FormLibrary) -> FormDefinition | None:
    """The form that a reading is of."""
    return next((form for form in library.forms if form.key == reading.form), None)


def draft_view(
    readings: list[Reading], typed: Mapping[str, str], *, sender: str, is_read: bool, library: FormLibrary
) -> DraftView | None:
    """The first form of an upload with what was typed over it; None where there is no form.

    Where what was typed has not been checked yet (`is_read` is False), the checks of those answers are left out.
    """
    form = form_of(readings[0], library) if readings else None
    if form is None:
        return None
    reading = _with_typed(readings[0], form, typed)
    shown = case_view([reading], [], CaseState(), library)
    answers = {answer.key: answer for answer in shown.answers}
    rows = [
        _row(definition, answers[definition.key], reading, form, typed, is_read=is_read) for definition in form.fields
    ]
    sections = list(dict.fromkeys(definition.section for definition in form.fields))
    return DraftView(
        form=form,
        sections=tuple(
            Section(name, tuple(row for row in rows if form.field(row.key).section == name)) for name in sections
        ),
        others=case_view(readings, [], CaseState(), library).others,
        unread=shown.unread,
        blocks=_blocks(rows, sender),
    )


def answer_of(
    reading: Reading, key: str, typed: Mapping[str, str], form: FormDefinition, library: FormLibrary
) -> AnswerView:
    """One question with its answer, as the page that asks it shows it; KeyError where the form has none such."""
    shown = case_view([_with_typed(reading, form, typed)], [], CaseState(), library)
    return next(answer for answer in shown.answers if answer.key == form.field(key).key)


def takes_several(definition: FieldDefinition) -> bool:
    """Whether more than one value of a choice may be chosen."""
    return definition.vocabulary in _SEVERAL


def advice_on(reading: Reading, key: str) -> tuple[str, ...]:
    """What the checks ask the sender to mend about one answer."""
    return tuple(finding.advice or finding.message for finding in reading.findings if finding.field == key)


def _with_typed(reading: Reading, form: FormDefinition, typed: Mapping[str, str]) -> Reading:
    """Typed answers stand before what was read, before they have been checked with it too."""
    answers = {answer.field: answer for answer in reading.answers}
    for definition in form.fields:
        if words := typed.get(definition.key, ""):
            value = tuple(words.split()) if definition.kind is FieldKind.CHOICE else words
            answers[definition.key] = Answer(definition.key, value, words, FieldStatus.ANSWERED)
    return replace(reading, answers=tuple(answers.values()))


def _row(
    definition: FieldDefinition,
    answer: AnswerView,
    reading: Reading,
    form: FormDefinition,
    typed: Mapping[str, str],
    *,
    is_read: bool,
) -> Row:
    key = definition.key
    is_typed = bool(typed.get(key))
    required = f"required.{key}"
    says_nothing = any(finding.rule == required for finding in reading.findings) and (is_read or not is_typed)
    is_missing = _is_asked(definition, form, reading) and (not answer.text or says_nothing)
    advice = (
        ()
        if is_typed and not is_read
        else tuple(
            finding.advice or finding.message
            for finding in reading.findings
            if finding.field == key and finding.rule != required
        )
    )
    if is_typed:
        note = "You typed this answer."
    else:
        # A blank says enough by itself; what stands there instead of an answer is worth a word.
        read = reading.answer(key)
        stands_in = read is not None and read.status is FieldStatus.PLACEHOLDER
        note = answer.note if answer.text or stands_in else ""
    return Row(
        key=key,
        label=definition.label,
        text=answer.text,
        kind=definition.kind,
        note=note,
        advice=advice,
        is_missing=is_missing,
        needs_a_look=bool(answer.text) and answer.needs_attention and not is_typed,
    )


def _is_asked(definition: FieldDefinition, form: FormDefinition, reading: Reading) -> bool:
    """Whether everybody is to answer the question, or everybody who made the choice that it hangs on."""
    if definition.required is None and not definition.persuades:
        return False
    if definition.only_if is None:
        return True
    key, choice = definition.only_if
    answer = reading.answer(key) if form.has(key) else None
    return answer is not None and isinstance(answer.value, tuple) and choice in answer.value


def _blocks(rows: list[Row], sender: str) -> tuple[tuple[str, str], ...]:
    answered = {row.key for row in rows if row.text}
    blocks = [
        (row.key, f"Add an answer to “{row.label}”, so that your request has a name")
        for row in rows
        if row.key in TITLES and row.key not in answered
    ]
    if not sender and "email" not in answered:
        blocks.append(("email", "Add an email address, so that we can answer you"))
    return tuple(blocks)


_NOT_OPENED = Trouble(
    "We could not read your form",
    "We tried several times. Open it in Word, save it as a new document and upload that. Or send it as it is: a person"
    " in the team opens it and writes to you if anything is missing.",
    may_send=True,
)
_TROUBLES = {
    ErrorCode.NO_FORM: Trouble(
        "We do not know this form",
        "It does not look like one of the three forms that we take. If it is one of them, say which, and we show you"
        " its questions so that you can type the answers. Your file goes with them.",
        may_type=True,
    ),
    ErrorCode.NEEDS_OCR: Trouble(
        "We could not read any words in this file",
        "It is a picture, such as a scan or a photograph. Upload the Word file if you have it. Or say which form it is,"
        " and type the answers. Your file goes with them.",
        may_type=True,
    ),
    ErrorCode.EMPTY: Trouble("The file is empty", "Check that it opens on your computer. Then upload it again."),
    ErrorCode.ENCRYPTED: Trouble(
        "The file needs a password",
        "Open it, save a copy without the password, and upload that.",
    ),
    ErrorCode.CORRUPT: Trouble(
        "The file is damaged",
        "Open it on your computer, save it under a new name and upload that. Or send it as it is: a person in the team"
        " tries to open it and writes to you.",
        may_send=True,
    ),
    ErrorCode.TOO_COMPLEX: _NOT_OPENED,
    ErrorCode.TIMEOUT: _NOT_OPENED,
    ErrorCode.DANGEROUS: Trouble(
        "We cannot open this file safely",
        "It holds something that a form does not need and that could do harm. Copy your answers into a new copy of the"
        " form, and upload that.",
    ),
}
