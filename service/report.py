"""One reading as a page that a person reads in a terminal: what is to be put right, checked or considered, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from casework.form import FormDefinition, FormLibrary
from casework.model import Adequacy, FieldStatus, Finding, Reading, Severity

_HEADINGS = {
    Severity.BLOCKER: "To be put right before it can go on",
    Severity.QUERY: "To be checked",
    Severity.ADVICE: "Advice",
}
_MEANS = {
    Adequacy.ABSENT: "no answer",
    Adequacy.PLACEHOLDER: "something typed that does not answer",
    Adequacy.RESTATED: "only repeats the request",
    Adequacy.ASSERTED: "claims a reason or a benefit, with nothing to back it",
    Adequacy.EVIDENCED: "backed by a fact",
}
_WIDTH = 100
_LONGEST_QUOTE = 240


def report(reading: Reading, library: FormLibrary, name: str) -> str:
    """The whole report, without a line break at its end."""
    return "\n".join(_lines(reading, library, name))


def _lines(reading: Reading, library: FormLibrary, name: str) -> Iterator[str]:
    if reading.problem is not None:
        yield name
        yield from _wrapped(reading.problem.message, "  ")
        return
    if reading.form is None:
        yield f"{name}: a message; what came with it follows."
        return
    form = library.form(reading.form)
    answered = sum(answer.status is FieldStatus.ANSWERED for answer in reading.answers)
    yield name
    yield f"  {form.title}, {answered} of {len(reading.answers)} questions answered"
    for severity, heading in _HEADINGS.items():
        findings = [finding for finding in reading.findings if finding.severity is severity]
        if findings:
            yield ""
            yield f"{heading} ({len(findings)})"
            for finding in findings:
                yield from _finding_lines(finding, form)
    if not reading.findings:
        yield ""
        yield "Nothing was found that needs putting right or checking."
    judged = [answer for answer in reading.answers if answer.adequacy is not None]
    if judged:
        yield ""
        yield "How far the answers persuade"
        for answer in judged:
            if answer.adequacy is not None:
                yield f"  {_label(form, answer.field)}: {answer.adequacy.value}, {_MEANS[answer.adequacy]}"


def _finding_lines(finding: Finding, form: FormDefinition) -> Iterator[str]:
    where = (
        f"{_label(form, finding.field)}. "
        if finding.field and _label(form, finding.field) not in finding.message
        else ""
    )
    yield from _wrapped(f"{where}{finding.message}  [{finding.rule}]", "    ", "  - ")
    for quote in finding.evidence:
        words = " ".join(quote.text.split())
        yield from _wrapped(f"“{textwrap.shorten(words, _LONGEST_QUOTE, placeholder=' …')}”", "      ")
    if finding.advice:
        yield from _wrapped(f"To the sender: {finding.advice}", "    ")


def _label(form: FormDefinition, key: str) -> str:
    return form.field(key).label if form.has(key) else key


def _wrapped(text: str, indent: str, first: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first or indent, subsequent_indent=indent, break_long_words=False)
