"""What a sender can mend: advice only, one remark for each question, where the answer or its label stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.form import FormLibrary
from casework.mend import WHOLE_FORM, Remark, what_to_mend
from casework.model import Answer, FieldStatus, FileKind, Finding, Passage, Reading, Role, Severity
from casework.transcript import Locator

pytestmark = pytest.mark.pure
HERE, LABEL = Locator(path="table 1, row 2, cell 2"), Locator(path="table 1, row 3, cell 1")


def a_reading(*findings: Finding) -> Reading:
    answers = (
        Answer("justification", "We want it.", "We want it.", FieldStatus.ANSWERED, places=(HERE,)),
        Answer("benefits", None, "", FieldStatus.BLANK),
    )
    passages = (Passage("Benefits", LABEL, Role.FORM),)
    return Reading("0" * 64, FileKind.DOCX, answers=answers, findings=findings, passages=passages)


def finding(rule: str, field: str | None, advice: str, severity: Severity = Severity.QUERY) -> Finding:
    return Finding(rule, severity, field, "For the reviewer alone.", advice=advice)


def test_remarks_stand_in_the_forms_order_with_the_place_of_the_answer_or_of_its_label(library: FormLibrary) -> None:
    form = library.form("business-justification")
    benefits = form.field("benefits")
    reading = a_reading(
        finding("whole", None, "Send one form for each request."),
        finding("b1", "benefits", "Say who gains.", Severity.BLOCKER),
        finding("b2", "benefits", "Give a number.", Severity.ADVICE),
        finding("j1", "justification", "Say why.", Severity.ADVICE),
    )
    reading = replace(reading, passages=(Passage(f"{benefits.label}:", LABEL, Role.FORM),))
    assert what_to_mend(reading, form, accepted=(), corrected=()) == (
        Remark(form.field("justification").label, ("Say why.",), False, HERE),
        Remark(benefits.label, ("Say who gains.", "Give a number."), True, LABEL),
        Remark(WHOLE_FORM, ("Send one form for each request.",), True, None),
    )


def test_what_a_person_settled_and_what_is_for_the_reviewer_alone_is_not_told(library: FormLibrary) -> None:
    form = library.form("business-justification")
    reading = a_reading(
        finding("b1", "benefits", "Say who gains."),
        finding("j1", "justification", "Say why."),
        finding("x", "title", ""),
    )
    assert what_to_mend(reading, form, accepted={"b1"}, corrected={"justification"}) == ()
