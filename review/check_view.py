"""What the checks say about a form, as its reviewer reads it: what is wrong, the sender's words, where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.form import FormDefinition
from casework.model import FieldStatus, Finding, Reading, Severity
from casework.state_words import SEVERITIES
from review.check_words import passed_checks, why_it_matters
from review.passage_view import definition_of, place_in_words


@dataclass(frozen=True, slots=True)
class CheckView:
    """A finding: what is wrong, why it matters, the sender's words as evidence, where to look, what to ask for.

    `is_new` says that it was found after a reviewer changed an answer.
    """

    rule: str
    key: str
    title: str
    message: str
    tag: str
    colour: str
    quotes: tuple[str, ...]
    field: str
    shown_at: str
    place: str
    is_question: bool
    why: str = ""
    reason: str = ""
    ask: str = ""
    is_new: bool = False

    @property
    def found_in(self) -> str:
        """The field that the finding itself names, empty where it is about the whole form."""
        return self.key.partition(":")[2]


def check_view(
    finding: Finding, reading: Reading, form: FormDefinition | None, anchors: Mapping[str, str], reason: str
) -> CheckView:
    """A finding with its question, its quotes and its place; `reason` is why somebody let it stand."""
    key = finding.field or (finding.evidence[0].field if finding.evidence else "")
    definition = definition_of(form, key)
    answer = reading.answer(key) if key else None
    title = definition.label if definition else "The whole form"
    words = SEVERITIES[finding.severity]
    return CheckView(
        rule=finding.rule,
        key=finding.key,
        title=title,
        message=finding.message,
        tag=words.label,
        colour=words.colour,
        quotes=tuple(quote.text for quote in finding.evidence if quote.text.strip()),
        field=key,
        shown_at=anchors.get(key, ""),
        place=place_in_words(answer.places[0]) if answer and answer.places else "",
        is_question=finding.severity is not Severity.BLOCKER,
        why="" if finding.message.count(". ") else why_it_matters(finding.rule),
        reason=reason,
        ask=f"{title}: {finding.advice or finding.message}",
    )


def passed_of(reading: Reading, form: FormDefinition | None) -> tuple[str, ...]:
    """What the checks looked at and found well. Of a reading from before they told: the questions without a finding."""
    labels = {definition.key: definition.label for definition in form.fields} if form else {}
    if reading.rules:
        return passed_checks(reading, labels)
    troubled = {finding.field for finding in reading.findings} | {
        quote.field for finding in reading.findings for quote in finding.evidence
    }
    answered = {answer.field for answer in reading.answers if answer.status is FieldStatus.ANSWERED}
    return tuple(
        f"“{definition.label}” is answered"
        for definition in (form.fields if form else ())
        if definition.required is not None and definition.key in answered and definition.key not in troubled
    )
