"""What goes back to a sender with a question: their form with our comments, or a list, and a form filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.lifecycle import state_of
from casework.mend import COMMENTS, FILLED_IN, Enclosure, Remark, ReturnPlan, what_to_mend
from casework.model import FieldStatus, Reading
from casework.reading_json import reading_from_record
from outputs.blank import fill_blank
from outputs.cover import build_cover_letter
from outputs.letter import Letter
from store.cases import (
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
_HELD = "We cannot send your own file back, so our comments are in this letter."


@dataclass(frozen=True, slots=True)
class ReturnTools:
    """How the files are made: `annotate` in a disposable child, `word_letter` in the template of this installation.

    `annotate` raises RefusedError, in words for the sender, where it cannot write into the file.
    """

    load: Callable[[str], bytes]
    annotate: Callable[[bytes, Sequence[Remark], date], bytes]
    word_letter: Callable[[Letter, str, date], bytes]


def plan_return(db: Database, case_id: int, *, question: str, library: FormLibrary) -> ReturnPlan:
    """What helps the sender to mend their form: nothing that was written for reviewers, and no reviewer's name.

    `question` is what a person asks, empty where nobody has yet. Where no form was read there is nothing in it.
    """
    case = load_case(db, case_id)
    form_file = _form_file(db, case_id)
    if form_file is None:
        return ReturnPlan(case.reference, case.title)
    events = load_events(db, case_id)
    state = state_of(events)
    readings = [reading_from_record(record) for record in load_newest_readings(db, case_id)]
    reading = readings[0] if readings and readings[0].form else None
    if reading is None or not reading.form:
        return ReturnPlan(case.reference, case.title)
    form = library.form(reading.form)
    corrected = corrected_values(state, events)
    held = is_held(db, form_file.sha256)
    return ReturnPlan(
        reference=case.reference,
        title=case.title,
        file="" if held else form_file.sha256,
        why=_HELD if held else "",
        asked=tuple(line for line in question.splitlines() if line.strip()),
        remarks=what_to_mend(reading, form, accepted=state.accepted_findings, corrected=corrected),
        form=form.key,
        answers=answers_to_fill(reading, form, corrected),
    )


def make_return(plan: ReturnPlan, *, library: FormLibrary, tools: ReturnTools, today: date) -> tuple[Enclosure, ...]:
    """The files of a plan; it looks at no record, so that it can be done anywhere and any number of times.

    A file that holds active parts or that is no Word document is not sent back; the list of what to change takes its
    place and says why.
    """
    found = [_marked_or_listed(plan, tools, today)] if plan.remarks else []
    if plan.form:
        form = library.form(plan.form)
        name = f"{plan.reference} {form.title}.docx"
        found.append(Enclosure(FILLED, name, FILLED_IN, fill_blank(form, library, plan.answers)))
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


def _marked_or_listed(plan: ReturnPlan, tools: ReturnTools, today: date) -> Enclosure:
    question = [Remark(_OUR_QUESTION, plan.asked, True)] if plan.asked else []
    try:
        if not plan.file:
            raise RefusedError(plan.why)
        data = tools.annotate(tools.load(plan.file), [*question, *plan.remarks], today)
    except RefusedError as refused:
        letter = build_cover_letter(
            reference=plan.reference, title=plan.title, remarks=plan.remarks, why=refused.public_message
        )
        made = tools.word_letter(letter, plan.reference, today)
        return Enclosure(CHANGES, f"{plan.reference} what to change.docx", COMMENTS, made)
    return Enclosure(CHANGES, f"{plan.reference} your form with comments.docx", COMMENTS, data)


def _form_file(db: Database, case_id: int) -> Submission | None:
    """The newest form that was read."""
    return next((form for form in reversed(load_forms(db, case_id)) if find_reading_record(db, form.id)), None)
