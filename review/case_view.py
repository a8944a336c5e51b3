"""One case as its page shows it: the document in order, the checks, the answers and what may be done next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.events import Event, EventKind
from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.lifecycle import CaseState
from casework.model import Answer, FieldStatus, Finding, Reading, Role, Severity
from casework.transcript import Locator
from casework.wording import long_date

_SEVERITIES = {
    Severity.BLOCKER: ("Fix", "red"),
    Severity.QUERY: ("Check", "yellow"),
    Severity.ADVICE: ("Advice", "blue"),
}
_NOTES = {
    FieldStatus.BLANK: "Not answered",
    FieldStatus.PROMPT: "Only the form’s own guidance is there",
    FieldStatus.PLACEHOLDER: "The form has no real answer here",
    FieldStatus.MISSING: "Not found in the document",
}
_UNSURE = 0.7


@dataclass(frozen=True, slots=True)
class PassageView:
    """A piece of the document: `number` and `label` where it is an answer, `anchor` at its first passage."""

    text: str
    role: str
    number: int | None
    label: str
    anchor: str
    place: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """A finding: what is wrong, the sender's words as evidence, and where to look."""

    rule: str
    title: str
    message: str
    tag: str
    colour: str
    quotes: tuple[str, ...]
    field: str
    shown_at: str
    place: str
    is_question: bool
    reason: str = ""


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


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything read, as the page shows it."""

    passages: tuple[PassageView, ...] = ()
    to_fix: tuple[CheckView, ...] = ()
    to_check: tuple[CheckView, ...] = ()
    advice: tuple[CheckView, ...] = ()
    accepted: tuple[CheckView, ...] = ()
    settled: tuple[CheckView, ...] = ()
    passed: tuple[str, ...] = ()
    answers: tuple[AnswerView, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def open_checks(self) -> int:
        """How many findings still need somebody."""
        return len(self.to_fix) + len(self.to_check)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(bool(answer.text) for answer in self.answers)


def case_view(readings: list[Reading], events: list[Event], state: CaseState, library: FormLibrary) -> CaseView:
    """The first reading of the newest submission, with people's corrections and acceptances over it."""
    if not readings:
        return CaseView()
    reading = readings[0]
    form = _form(reading, library)
    values = {event.number: event.words.get("value", "") for event in events}
    corrections = {name: values.get(change.event_number, "") for name, change in state.corrections.items()}
    reasons = {
        event.fact("finding"): event.words.get("reason", "")
        for event in events
        if event.kind is EventKind.FINDING_ACCEPTED
    }
    numbers = _numbers(reading, form)
    passages = _passages(reading, numbers, form)
    anchors = {passage.anchor.removeprefix("doc-"): passage.anchor for passage in passages if passage.anchor}
    answers = _answers(reading, form, library, numbers, corrections, anchors)
    open_findings = [
        finding
        for finding in reading.findings
        if finding.rule not in state.accepted_findings and finding.field not in corrections
    ]
    accepted = [finding for finding in reading.findings if finding.rule in state.accepted_findings]
    settled = [
        finding
        for finding in reading.findings
        if finding.field in corrections and finding.rule not in state.accepted_findings
    ]

    def views(findings: list[Finding], severity: Severity | None = None) -> tuple[CheckView, ...]:
        return tuple(
            _check(finding, reading, form, anchors, reasons.get(finding.rule, ""))
            for finding in findings
            if severity is None or finding.severity is severity
        )

    return CaseView(
        passages=passages,
        to_fix=views(open_findings, Severity.BLOCKER),
        to_check=views(open_findings, Severity.QUERY),
        advice=views(open_findings, Severity.ADVICE),
        accepted=views(accepted),
        settled=views(settled),
        passed=_passed(reading, form),
        answers=answers,
        unread=tuple(f"{part.what} ({place_in_words(part.place)})" for part in reading.unread),
        notes=reading.notes,
        others=tuple(_other(other, library) for other in readings[1:]),
    )


def labels_of(form: str | None, library: FormLibrary) -> dict[str, str]:
    """Question labels by field key."""
    found = next((entry for entry in library.forms if entry.key == form), None)
    return {definition.key: definition.label for definition in found.fields} if found else {}


def read_values(reading: Reading | None, library: FormLibrary) -> dict[str, str]:
    """Each answer as it was read, in words."""
    if reading is None:
        return {}
    form = _form(reading, library)
    return {answer.field: _shown(answer, _definition(form, answer.field), library) for answer in reading.answers}


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


def place_in_words(place: Locator) -> str:
    """`Page 2`, or the path in a Word file."""
    if place.page is not None:
        return f"Page {place.page}"
    path = place.path[:1].upper() + place.path[1:]
    return path or place.part.capitalize()


def draft_question(view: CaseView, asked: set[str]) -> str:
    """A message that asks for what is missing: every blocker, and the other findings in `asked`."""
    wanted = [*view.to_fix, *(check for check in (*view.to_check, *view.advice) if check.rule in asked)]
    return "\n\n".join(f"{check.title}: {check.message}" for check in wanted)


def _form(reading: Reading, library: FormLibrary) -> FormDefinition | None:
    return next((form for form in library.forms if form.key == reading.form), None)


def _definition(form: FormDefinition | None, key: str) -> FieldDefinition | None:
    return next((definition for definition in form.fields if definition.key == key), None) if form else None


def _numbers(reading: Reading, form: FormDefinition | None) -> dict[str, int]:
    """Answers that stand in the document, numbered in the form's order."""
    placed = {passage.field for passage in reading.passages if passage.role is Role.ANSWER and passage.field}
    order = [definition.key for definition in form.fields] if form else [answer.field for answer in reading.answers]
    return {key: number for number, key in enumerate((key for key in order if key in placed), 1)}


def _passages(reading: Reading, numbers: Mapping[str, int], form: FormDefinition | None) -> tuple[PassageView, ...]:
    views, seen = [], set()
    for passage in reading.passages:
        if not passage.text.strip():
            continue
        key = passage.field or ""
        is_answer = passage.role is Role.ANSWER
        is_first = is_answer and key not in seen
        seen.add(key if is_answer else "")
        definition = _definition(form, key)
        views.append(
            PassageView(
                text=passage.text,
                role=passage.role.value,
                number=numbers.get(key) if is_first else None,
                label=definition.label if definition and is_answer else "",
                anchor=f"doc-{key}" if is_first else "",
                place=place_in_words(passage.place),
            )
        )
    return tuple(views)


def _answers(
    reading: Reading,
    form: FormDefinition | None,
    library: FormLibrary,
    numbers: Mapping[str, int],
    corrections: Mapping[str, str],
    anchors: Mapping[str, str],
) -> tuple[AnswerView, ...]:
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
    return f"The form says “{written}”." if is_reworded and written and written != read_text else ""


def _check(
    finding: Finding, reading: Reading, form: FormDefinition | None, anchors: Mapping[str, str], reason: str
) -> CheckView:
    key = finding.field or (finding.evidence[0].field if finding.evidence else "")
    definition = _definition(form, key)
    answer = reading.answer(key) if key else None
    tag, colour = _SEVERITIES[finding.severity]
    return CheckView(
        rule=finding.rule,
        title=definition.label if definition else "The whole form",
        message=finding.message,
        tag=tag,
        colour=colour,
        quotes=tuple(quote.text for quote in finding.evidence if quote.text.strip()),
        field=key,
        shown_at=anchors.get(key, ""),
        place=place_in_words(answer.places[0]) if answer and answer.places else "",
        is_question=finding.severity is not Severity.BLOCKER,
        reason=reason,
    )


def _passed(reading: Reading, form: FormDefinition | None) -> tuple[str, ...]:
    """The required questions that have an answer and no finding."""
    troubled = {finding.field for finding in reading.findings} | {
        quote.field for finding in reading.findings for quote in finding.evidence
    }
    answered = {answer.field for answer in reading.answers if answer.status is FieldStatus.ANSWERED}
    return tuple(
        f"{definition.label} is answered"
        for definition in (form.fields if form else ())
        if definition.required is not None and definition.key in answered and definition.key not in troubled
    )


def _other(reading: Reading, library: FormLibrary) -> str:
    form = _form(reading, library)
    title = next((words for key in ("title", "role_name", "competence_name") if (words := reading.words(key))), "")
    name = form.title if form else "A form that we do not know"
    return f"{name}: {title}" if title else name
