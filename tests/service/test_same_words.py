"""One source of words: the terminal, the request's page, the letter and the Word file say what the checks say."""

from __future__ import annotations

import dataclasses
import io
from datetime import date
from pathlib import Path

import docx
import pytest

from casework.case_state import state_of
from casework.form import FormLibrary
from casework.mend import what_to_mend
from casework.model import Reading, Severity
from casework.rulebook import RuleBook
from extract.read import read
from outputs.annotated import annotate
from review.case_view import case_view, draft_question
from service.report import report
from service.rules import judged, shipped_rules

pytestmark = pytest.mark.pure
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
TODAY = date(2026, 11, 23)
DATA = (SAMPLES / "business-justification" / "leavers-dashboard-thin.docx").read_bytes()


def a_judged_form(library: FormLibrary, book: RuleBook) -> Reading:
    (reading,) = read(DATA, "form.docx", library=library, today=TODAY)
    return dataclasses.replace(reading, findings=judged(reading, book, library, TODAY))


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def places_that_tell(reading: Reading, library: FormLibrary) -> tuple[str, str, str, str]:
    """The terminal's report, the words on the request's page, the letter and the comments in the sender's file."""
    view = case_view([reading], [], state_of([]), library)
    letter = draft_question(view, {check.key for check in view.undecided})
    remarks = what_to_mend(reading, library.form(reading.form or ""), accepted=(), corrected=())
    document = docx.Document(io.BytesIO(annotate(DATA, remarks, when=TODAY)))
    comments = "\n".join(comment.text for comment in document.comments)
    page = "\n".join(check.message for check in view.undecided)
    told = (report(reading, library, "form.docx"), page, letter, comments)
    return (in_one_line(told[0]), in_one_line(told[1]), in_one_line(told[2]), in_one_line(told[3]))


def test_every_finding_is_told_in_the_same_words_wherever_it_is_told(library: FormLibrary) -> None:
    reading = a_judged_form(library, shipped_rules())
    terminal, page, letter, comments = places_that_tell(reading, library)
    assert {finding.severity for finding in reading.findings} >= {Severity.QUERY, Severity.ADVICE}
    for finding in reading.findings:
        assert in_one_line(finding.message) in terminal, finding.rule
        assert in_one_line(finding.message) in page, finding.rule
        for told in (terminal, letter, comments):
            assert in_one_line(finding.advice) in told, finding.rule


def test_words_that_an_administrator_changed_stand_in_all_four(library: FormLibrary) -> None:
    shipped = shipped_rules()
    rule = next(found.rule for found in a_judged_form(library, shipped).findings if shipped.find(found.rule))
    entry = shipped.find(rule)
    assert entry is not None
    book = shipped.with_setting(
        dataclasses.replace(entry, message="Our own words for the desk.", advice="Our own words for the sender.")
    )
    terminal, page, letter, comments = places_that_tell(a_judged_form(library, book), library)
    assert "Our own words for the desk." in terminal
    assert "Our own words for the desk." in page
    for told in (terminal, letter, comments):
        assert "Our own words for the sender." in told
