"""The report of a form in a terminal."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from casework.form import FormLibrary
from casework.model import (
    Adequacy,
    Answer,
    ErrorCode,
    Evidence,
    FieldStatus,
    FileKind,
    Finding,
    Reading,
    ReadingProblem,
    Severity,
)
from service.cli import main
from service.report import report


def a_reading(*findings: Finding) -> Reading:
    text = "TBC"
    return Reading(
        "0" * 64,
        FileKind.DOCX,
        form="supplementary-role",
        answers=(Answer("benefits", text, text, FieldStatus.ANSWERED, adequacy=Adequacy.PLACEHOLDER),),
        findings=findings,
    )


def test_a_finding_is_told_with_the_senders_words_and_what_to_mend(library: FormLibrary) -> None:
    finding = Finding(
        "required.benefits",
        Severity.BLOCKER,
        "benefits",
        "Nothing is said.",
        (Evidence("benefits", 0, 3, "TBC"),),
        advice="Say who gains.",
    )
    assert report(a_reading(finding), library, "a.docx").splitlines() == [
        "a.docx",
        "  Request for a New Supplementary Role, 1 of 1 questions answered",
        "",
        "To be put right before it can go on (1)",
        "  - Benefits. Nothing is said.  [required.benefits]",
        "      “TBC”",
        "    To the sender: Say who gains.",
        "",
        "How far the answers persuade",
        "  Benefits: placeholder, something typed that does not answer",
    ]


def test_a_sound_form_is_said_to_be_so(library: FormLibrary) -> None:
    assert "Nothing was found that needs putting right or checking." in report(a_reading(), library, "a.docx")


def test_a_file_that_cannot_be_read_is_told_in_its_own_words(library: FormLibrary) -> None:
    problem = ReadingProblem(ErrorCode.ENCRYPTED, "It has a password.")
    assert report(Reading("0" * 64, FileKind.PDF, problem=problem), library, "a.pdf") == "a.pdf\n  It has a password."


def test_the_command_prints_the_report_of_a_form() -> None:
    sample = next(Path(__file__).resolve().parents[1].glob("samples/supplementary-role/*.docx"))
    result = CliRunner().invoke(main, ["check", "--today", "2026-11-23", str(sample)])
    assert result.exit_code == 0, result.output
    assert "How far the answers persuade" in result.output


def test_the_command_asks_for_a_form_or_answers() -> None:
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 2
