"""A whole reading: findings with severity, message and the sender's words."""

from __future__ import annotations

from datetime import date

import pytest

from casework.form import FormLibrary
from casework.model import Adequacy, Answer, Evidence, FieldStatus, FileKind, Finding, Reading, Severity
from extract.checks import check

pytestmark = pytest.mark.pure

TODAY = date(2026, 11, 23)
GOOD_ROLE: dict[str, str] = {
    "sr_number": "SR 4459123",
    "date_raised": "2026-11-02",
    "requester_name": "Robin Vale",
    "job_title": "Systems Lead",
    "organisation": "Oakmere NHS Trust",
    "email": "robin.vale@oakmere.nhs.uk",
    "role_name": "Sepsis Lead",
    "role_description": "Leads on sepsis for a ward.",
    "justification": "In March 3 patients were treated late because nobody knew who leads on sepsis at night.",
    "benefits": "Saves the site team 4 hours a week.",
    "scope": "All acute trusts.",
}


def a_role(level: tuple[str, ...] = ("manager",), **answers: str | FieldStatus) -> Reading:
    given: dict[str, str | FieldStatus] = {**GOOD_ROLE, **answers}
    listed = [
        Answer(key, None, "", value)
        if isinstance(value, FieldStatus)
        else Answer(key, value, value, FieldStatus.ANSWERED)
        for key, value in given.items()
    ]
    marked = FieldStatus.ANSWERED if level else FieldStatus.BLANK
    return Reading(
        "0" * 64, FileKind.DOCX, answers=(*listed, Answer("input_level", level or None, " ".join(level), marked))
    )


def checked(library: FormLibrary, reading: Reading, form: str = "supplementary-role") -> Reading:
    return check(reading, library.form(form), library, TODAY)


def fired(library: FormLibrary, reading: Reading, form: str = "supplementary-role") -> list[str]:
    return [finding.rule for finding in checked(library, reading, form).findings]


def test_a_reading_names_the_rules_that_had_something_to_look_at(library: FormLibrary) -> None:
    ran = set(checked(library, a_role()).rules)
    assert {"required.justification", "required.input_level", "justification.weak", "role-name.known"} <= ran
    assert not {"national-link.unnamed", "competence-name.format", "input-level.not-wellbeing"} & ran
    assert "contact.email" not in checked(library, a_role(email=FieldStatus.BLANK)).rules
    assert "input-level.not-wellbeing" in checked(library, a_role(("employee",))).rules


def test_every_rule_that_finds_something_is_among_those_that_ran(library: FormLibrary) -> None:
    reading = checked(
        library,
        a_role(
            ("employee", "manager"),
            email="nobody",
            sr_number="soon",
            date_raised="2031-01-01",
            role_description="A new job role with an occupation code.",
            justification=FieldStatus.BLANK,
            benefits="Improved efficiency.",
        ),
    )
    found = {finding.rule for finding in reading.findings}
    assert len(found) >= 6
    assert found <= set(reading.rules)


def test_a_sound_request_has_no_findings_and_its_answers_are_graded(library: FormLibrary) -> None:
    reading = checked(library, a_role())
    assert reading.findings == ()
    assert {answer.field: answer.adequacy for answer in reading.answers if answer.adequacy} == {
        "justification": Adequacy.EVIDENCED,
        "benefits": Adequacy.EVIDENCED,
    }


def test_a_blank_justification_blocks(library: FormLibrary) -> None:
    (finding,) = checked(library, a_role(justification=FieldStatus.BLANK)).findings
    assert (finding.rule, finding.severity, finding.evidence) == ("required.justification", Severity.BLOCKER, ())


def test_a_stand_in_is_quoted(library: FormLibrary) -> None:
    (finding,) = checked(library, a_role(benefits="TBC")).findings
    assert (finding.rule, finding.evidence) == ("required.benefits", (Evidence("benefits", 0, 3, "TBC"),))


def test_an_impossible_future_or_old_date_is_unlikely(library: FormLibrary) -> None:
    for day in ("31/02/2026", "2026-11-24", "2025-10-01"):
        assert fired(library, a_role(date_raised=day)) == ["date.unlikely"], day
    assert fired(library, a_role(date_raised="2026-11-23")) == []


@pytest.mark.parametrize(
    "address", ["robin.vale@@oakmere.nhs.uk", "robin.vale", "robin vale@oakmere", "r@oakmere,nhs.uk"]
)
def test_an_address_that_cannot_be_written_to_is_queried(library: FormLibrary, address: str) -> None:
    assert fired(library, a_role(email=address)) == ["contact.email"]


def test_two_levels_are_ambiguous_and_none_blocks(library: FormLibrary) -> None:
    assert fired(library, a_role(("manager", "professional"))) == ["input-level.ambiguous"]
    assert fired(library, a_role(())) == ["required.input_level"]


def test_the_wellbeing_link_is_asked_for_with_employee_input_only(library: FormLibrary) -> None:
    reading = a_role(
        ("employee",),
        role_name="Ladder Checker",
        role_description="Looks at steps.",
        justification="In May a step broke and 3 porters fell.",
    )
    assert fired(library, reading) == ["required.wellbeing_link", "input-level.not-wellbeing"]


def test_a_known_role_is_pointed_out(library: FormLibrary) -> None:
    assert fired(library, a_role(role_name="fire marshal")) == ["role-name.known"]


def test_a_name_in_another_form_is_advice(library: FormLibrary) -> None:
    requester = ("sr_number", "date_raised", "requester_name", "job_title", "organisation", "email")
    answers = tuple(Answer(key, text, text, FieldStatus.ANSWERED) for key, text in {
        **{key: GOOD_ROLE[key] for key in requester},
        "competence_name": "Sepsis every year",
        "renewal_period": "1 year",
        "competence_description": "How to recognise sepsis.",
        "target_audience": "Nurses",
        "justification": "In March 3 patients were treated late because bank nurses had no record of training.",
        "national_link": "NICE NG253 asks that staff are trained.",
        "learning_reference": "An e-learning course",
        "benefits": "Saves 400 hours a year of repeated training.",
        "sponsor": "The royal colleges",
    }.items())  # fmt: skip
    reading = Reading("0" * 64, FileKind.DOCX, answers=answers)
    (finding,) = checked(library, reading, "national-competency").findings
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.severity) == ("competence-name.format", Severity.ADVICE)
    assert finding.evidence == (Evidence("competence_name", 0, 17, "Sepsis every year"),)


def test_every_quoted_piece_stands_where_it_says(library: FormLibrary) -> None:
    reading = checked(library, a_role(justification="Sepsis Lead is needed.", benefits="Better outcomes."))
    for finding in reading.findings:
        for piece in finding.evidence:
            assert reading.words(piece.field)[piece.start : piece.end] == piece.text
