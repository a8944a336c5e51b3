"""One answer alone: how far it persuades, and which rules it breaks."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from casework.model import Adequacy
from extract.checks import AnswerItem, check_answer, check_item

pytestmark = pytest.mark.pure

BUSINESS, ROLE, COMPETENCE = "business-justification", "supplementary-role", "national-competency"


def adequacy(library: FormLibrary, form: str, field: str, title: str, text: str, **other: str) -> Adequacy:
    return check_answer(AnswerItem("1", form, field, title, text, other), library).adequacy


def rules(library: FormLibrary, form: str, field: str, title: str, text: str, **other: str) -> tuple[str, ...]:
    return check_answer(AnswerItem("1", form, field, title, text, other), library).rules


@pytest.mark.parametrize(
    ("field", "title", "text", "level"),
    [
        ("justification", "Visa expiry alert", "", "absent"),
        ("justification", "Visa expiry alert", "Please describe the reason for the change.", "absent"),
        ("justification", "Visa expiry alert", "Owen is writing this up and will send it on Monday.", "placeholder"),
        ("justification", "Visa expiry alert", "An alert for visa expiry is needed.", "restated"),
        ("justification", "Visa expiry alert", "So that visa expiry alerts can be recorded in ESR.", "restated"),
        ("justification", "Visa expiry alert", "Nobody notices until the nurse is sent home.", "asserted"),
        ("justification", "Visa expiry alert", "Last year 14 nurses worked on after their visa ended.", "evidenced"),
        ("justification", "Visa expiry alert", "N/A as such: the Immigration Act 2016 leaves no choice.", "evidenced"),
        ("benefits", "Visa expiry alert", "There would be a visa expiry alert.", "restated"),
        ("benefits", "Visa expiry alert", "Ward managers can plan cover sooner.", "asserted"),
        ("benefits", "Visa expiry alert", "Saves the visa team 9 hours a week.", "evidenced"),
        ("impact_of_not_changing", "Visa expiry alert", "None", "placeholder"),
        ("impact_of_not_changing", "Visa expiry alert", "We would not have a visa expiry alert.", "restated"),
        ("impact_of_not_changing", "Visa expiry alert", "People go on being suspended without pay.", "asserted"),
    ],
)  # fmt: skip
def test_a_business_answer_is_as_adequate_as_what_it_offers(
    library: FormLibrary, field: str, title: str, text: str, level: str
) -> None:
    assert adequacy(library, BUSINESS, field, title, text) == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("It is national because it is a national competence.", "restated"),
        ("There is no national programme behind this, only our own wish.", "placeholder"),
        ("National guidance says that everyone ought to do it.", "asserted"),
        ("NHS England are keen on it.", "asserted"),
        ("NHS England published a framework for it in the spring.", "evidenced"),
        ("CSTF", "evidenced"),
        ("Our ward had 40 injuries last year and nurses were off sick.", "asserted"),
        ("It is not linked to CSTF, but the Care Act 2014 requires it.", "evidenced"),
    ],
)
def test_only_something_national_and_named_backs_a_national_link(library: FormLibrary, text: str, level: str) -> None:
    assert adequacy(library, COMPETENCE, "national_link", "NHS|MAND|Falls Care - 2 Years|", text) == level


def test_a_claimed_link_without_a_name_is_reported(library: FormLibrary) -> None:
    assert rules(
        library, COMPETENCE, "national_link", "NHS|MAND|Falls Care - 2 Years|", "National guidance says all must do it."
    ) == ("national-link.unnamed",)


def test_praise_that_names_nobody_is_weak_and_unmeasured(library: FormLibrary) -> None:
    assert rules(library, BUSINESS, "benefits", "Visa expiry alert", "Improved efficiency and quality.") == (
        "benefits.weak",
        "benefits.unmeasured",
    )


def test_a_copy_of_the_requirement_is_reported_on_the_justification(library: FormLibrary) -> None:
    text = "Send the line manager a message when a visa is about to end."
    found = rules(library, BUSINESS, "justification", "Visa expiry alert", text, requirement=text.upper())
    assert found == ("justification.weak", "justification.copied")


def test_employee_input_needs_a_tie_to_the_wellbeing_of_staff(library: FormLibrary) -> None:
    text = "Somebody has to check the bins."
    assert "input-level.not-wellbeing" in rules(
        library, ROLE, "justification", "Bin Checker", text, input_level="employee"
    )
    assert "input-level.not-wellbeing" not in rules(library, ROLE, "justification", "Bin Checker", text)
    assert "input-level.not-wellbeing" not in rules(
        library, ROLE, "justification", "Grief Buddy", "Colleagues can talk to a peer.", input_level="employee"
    )  # fmt: skip


def test_a_job_role_is_sent_to_the_workforce_data_set(library: FormLibrary) -> None:
    text = "We need a new job role for sonographers because they cannot be counted."
    assert "redirect.workforce-dataset" in rules(library, ROLE, "justification", "Sonographer", text)
    assert "redirect.workforce-dataset" not in rules(
        library,
        BUSINESS,
        "justification",
        "Turnover report",
        "Turnover by staff group takes the analyst 3 days a month.",
    )


def test_a_line_of_json_gives_a_line_of_json(library: FormLibrary) -> None:
    item = {
        "id": "a",
        "form": BUSINESS,
        "field": "benefits",
        "title": "Alert",
        "text": "Saves 9 hours a week.",
        "label": 1,
    }
    assert check_item(item, library) == {
        "id": "a",
        "adequacy": "evidenced",
        "evidence": [{"start": 0, "end": 21, "text": "Saves 9 hours a week."}],
        "rules": [],
    }


def test_a_very_long_answer_is_judged_in_bounded_time_and_quoted_truly(library: FormLibrary) -> None:
    text = "Nobody is told and people are paid late. " * 200
    result = check_answer(AnswerItem("1", BUSINESS, "justification", "Alert", text), library)
    assert result.adequacy is Adequacy.ASSERTED
    assert all(text[piece.start : piece.end] == piece.text for piece in result.evidence)
