"""One case as its page shows it: the document in order, the checks, and the answers with people's changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casework.events import Event, EventKind
from casework.form import FormLibrary
from casework.lifecycle import CaseState, finding_of
from casework.model import Finding, Reading, Severity, is_among
from review.answer_view import AnswerView, answers_of
from review.check_view import CheckView, check_view, passed_of
from review.passage_view import PassageView, form_of, number_answers, passages_of, place_in_words


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
    rules_version: int = 0

    @property
    def undecided(self) -> tuple[CheckView, ...]:
        """The findings that nobody has settled, the ones to fix first."""
        return (*self.to_fix, *self.to_check, *self.advice)

    @property
    def open_checks(self) -> int:
        """How many findings still need somebody."""
        return len(self.to_fix) + len(self.to_check)

    @property
    def has_advice(self) -> bool:
        """Whether an open finding says something to the sender."""
        return any(check.ask != check.message for check in self.undecided)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(bool(answer.text) for answer in self.answers)


def case_view(
    readings: list[Reading],
    events: list[Event],
    state: CaseState,
    library: FormLibrary,
    checked: Reading | None = None,
) -> CaseView:
    """The first reading of the newest submission, with people's corrections and acceptances over it.

    `checked` is the same reading with what the checks found after the newest correction; without it, the findings
    about corrected answers count as settled.
    """
    if not readings:
        return CaseView()
    reading = readings[0]
    form = form_of(reading, library)
    values = {event.number: event.words.get("value", "") for event in events}
    corrections = {name: values.get(change.event_number, "") for name, change in state.corrections.items()}
    reasons = {
        finding_of(event): event.words.get("reason", "") for event in events if event.kind is EventKind.FINDING_ACCEPTED
    }
    numbers = number_answers(reading, form)
    passages = passages_of(reading, numbers, form)
    anchors = {passage.anchor.removeprefix("doc-"): passage.anchor for passage in passages if passage.anchor}
    answers = answers_of(reading, form, library, numbers, corrections, anchors)
    before = {(finding.rule, finding.field) for finding in reading.findings}
    found = checked.findings if checked is not None else reading.findings
    still = {(finding.rule, finding.field) for finding in found}

    def is_accepted(finding: Finding) -> bool:
        return is_among(state.accepted_findings, finding.rule, finding.field)

    open_findings = [
        finding
        for finding in found
        if not is_accepted(finding) and (checked is not None or finding.field not in corrections)
    ]
    accepted = [finding for finding in found if is_accepted(finding)]
    settled = [
        finding
        for finding in reading.findings
        if not is_accepted(finding)
        and ((finding.rule, finding.field) not in still if checked is not None else finding.field in corrections)
    ]

    def views(findings: list[Finding], severity: Severity | None = None) -> tuple[CheckView, ...]:
        return tuple(
            replace(
                check_view(finding, reading, form, anchors, reasons.get(finding.key) or reasons.get(finding.rule, "")),
                is_new=(finding.rule, finding.field) not in before,
            )
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
        passed=passed_of(checked or reading, form),
        answers=answers,
        unread=tuple(f"{part.what} ({place_in_words(part.place)})" for part in reading.unread),
        notes=reading.notes,
        others=tuple(_other(other, library) for other in readings[1:]),
        rules_version=reading.rules_version,
    )


def draft_question(view: CaseView, asked: set[str]) -> str:
    """A message that asks for what is missing, in words for senders: blockers, and the other findings in `asked`."""
    wanted = [*view.to_fix, *(check for check in (*view.to_check, *view.advice) if check.key in asked)]
    return "\n\n".join(dict.fromkeys(check.ask for check in wanted))


def _other(reading: Reading, library: FormLibrary) -> str:
    form = form_of(reading, library)
    title = next((words for key in ("title", "role_name", "competence_name") if (words := reading.words(key))), "")
    name = form.title if form else "A form that we do not know"
    return f"{name}: {title}" if title else name
