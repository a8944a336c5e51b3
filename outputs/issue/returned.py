"""What goes back to a sender with a question: their form with our comments, or a list, and a form filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from casework.errors import DamagedError, RefusedError
from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.lifecycle import state_of
from casework.mend import Enclosure, Remark, what_to_mend
from casework.model import FieldStatus, Reading
from casework.reading_json import reading_from_record
from outputs.blank import fill_blank
from outputs.cover import build_cover_letter
from outputs.letter import Letter
from store.cases import (
    CaseRow,
    Submission,
    corrected_values,
    find_reading_record,
    load_case,
    load_forms,
    load_newest_readings,
)
from store.events import load_events
from store.ledger import is_held

CHANGES, FILLED = "changes", "filled-in"
"""The kinds of enclosure: what to change, in the sender's own file or in a list; and a form with their answers."""

_OUR_QUESTION = "Our question"


@dataclass(frozen=True, slots=True)
class ReturnTools:
    """How the files are made: `annotate` in a disposable child, `word_letter` in the template of this installation.

    `annotate` raises RefusedError, in words for the sender, where it cannot write into the file.
    """

    load: Callable[[str], bytes]
    annotate: Callable[[bytes, Sequence[Remark], date], bytes]
    word_letter: Callable[[Letter, str, date], bytes]


def build_enclosures(
    db: Database, case_id: int, *, question: str, library: FormLibrary, tools: ReturnTools, today: date
) -> tuple[Enclosure, ...]:
    """What helps the sender to mend their form: nothing that was written for reviewers, and no reviewer's name.

    `question` is what a person asks, empty where nobody has yet. A file that is held, that holds active parts or that
    is no Word document is not sent back; the list of what to change takes its place and says why.
    """
    case = load_case(db, case_id)
    form_file = _form_file(db, case_id)
    if form_file is None:
        return ()
    events = load_events(db, case_id)
    state = state_of(events)
    readings = [reading_from_record(record) for record in load_newest_readings(db, case_id)]
    reading = readings[0] if readings and readings[0].form else None
    form = library.form(reading.form) if reading is not None and reading.form else None
    corrected = corrected_values(state, events)
    remarks: tuple[Remark, ...] = ()
    if reading is not None:
        remarks = what_to_mend(reading, form, accepted=state.accepted_findings, corrected=corrected)
    asked = [line for line in question.splitlines() if line.strip()]
    found = list(_marked_or_listed(db, case, form_file, asked, remarks, tools, today))
    if reading is not None and form is not None:
        found.append(
            Enclosure(
                FILLED,
                f"{case.reference} {form.title}.docx",
                "A form with the answers that you gave already",
                fill_blank(form, library, answers_to_fill(reading, form, corrected)),
            )
        )
    return tuple(found)


def answers_to_fill(
    reading: Reading, form: FormDefinition, corrected: dict[str, str] | None = None
) -> dict[str, str | list[str]]:
    """What `fill_blank` takes: each real answer as it was read, and what a person put right instead."""
    found: dict[str, str | list[str]] = {}
    for definition in form.fields:
        answer = reading.answer(definition.key)
        if corrected and definition.key in corrected:
            found[definition.key] = _as_given(definition, corrected[definition.key])
        elif answer is not None and answer.status is FieldStatus.ANSWERED and answer.value is not None:
            found[definition.key] = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    return {key: value for key, value in found.items() if value}


def _as_given(definition: FieldDefinition, value: str) -> str | list[str]:
    return value.split() if definition.kind is FieldKind.CHOICE else value


def _marked_or_listed(
    db: Database,
    case: CaseRow,
    file: Submission,
    asked: list[str],
    remarks: Sequence[Remark],
    tools: ReturnTools,
    today: date,
) -> Sequence[Enclosure]:
    if not remarks:
        return ()
    question = [Remark(_OUR_QUESTION, tuple(asked), True)] if asked else []
    try:
        if is_held(db, file.sha256):
            raise RefusedError("We cannot send your own file back, so our comments are in this letter.")
        data = tools.annotate(tools.load(file.sha256), [*question, *remarks], today)
    except DamagedError:
        raise
    except RefusedError as refused:
        letter = build_cover_letter(
            reference=case.reference, title=case.title, remarks=remarks, why=refused.public_message
        )
        name, words = f"{case.reference} what to change.docx", "A list of what to change in your form"
        return (Enclosure(CHANGES, name, words, tools.word_letter(letter, case.reference, today)),)
    return (
        Enclosure(CHANGES, f"{case.reference} your form with comments.docx", "Your form with our comments in it", data),
    )


def _form_file(db: Database, case_id: int) -> Submission | None:
    """The newest form that was read."""
    return next((form for form in reversed(load_forms(db, case_id)) if find_reading_record(db, form.id)), None)
