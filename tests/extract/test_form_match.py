"""A form is known by its title and its questions, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from casework.transcript import Block, Span
from extract.form_match import find_form
from tests.extract.sheets import entry, heading, para, sheet, table

pytestmark = pytest.mark.pure


def matched(library: FormLibrary, *blocks: Block | str) -> str | None:
    match = find_form(sheet(*blocks), library)
    return match.form.key if match else None


REQUESTER = ["SR number", "SR 1"], ["Date", "12/06/2026"], ["Name", "A. Person"], ["Organisation", "A trust"]


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("Business Case Justification Form", "business-justification"),
        ("BUSINESS JUSTIFICATION FORM – BENEFITS CASE", "business-justification"),
        ("ESR Business Case Justification Form v1.2", "business-justification"),
        ("Appendix 3: Request for New Supplementary Role", "supplementary-role"),
        ("Suplementary Role Request Form", "supplementary-role"),
        ("National Competence Request Form", "national-competency"),
        ("Request for a new NHS MAND competency", "national-competency"),
    ],
)
def test_a_title_over_shared_questions_says_which_form(library: FormLibrary, title: str, form: str) -> None:
    assert matched(library, title, table(*REQUESTER)) == form


@pytest.mark.parametrize(
    ("questions", "form"),
    [
        (["Current process", "Workaround", "Do nothing", "Functional area", "Required by"], "business-justification"),
        (["Input level", "Link to wellbeing agenda", "Role outline", "Supplementary role"], "supplementary-role"),
        (["Renewal period", "Learning outcomes", "Target audience", "National initiative"], "national-competency"),
    ],
)
def test_questions_that_only_one_form_asks_say_which_it_is(
    library: FormLibrary, questions: list[str], form: str
) -> None:
    assert matched(library, table(*REQUESTER, *([question, "Words."] for question in questions))) == form


def test_an_unfilled_form_is_still_that_form(library: FormLibrary) -> None:
    blocks = (
        para("Request for New Supplementary Role", level=1),
        table(["Name", ""], ["Role outline", ""]),
        heading("Scope"),
        heading("Input level"),
        heading("Justification"),
    )
    assert matched(library, *blocks) == "supplementary-role"


def test_our_own_tags_say_which_form_without_any_label(library: FormLibrary) -> None:
    tags = ("role_name", "role_description", "wellbeing_link", "justification")
    assert matched(library, *(para((entry("Words", tag=tag), Span(" "))) for tag in tags)) == "supplementary-role"


@pytest.mark.parametrize(
    "blocks",
    [
        (
            "Application for annual leave",
            table(
                ["Name", "A"],
                ["Job title", "B"],
                ["Organisation", "C"],
                ["Date from", "1"],
                ["Reason", "D"],
                ["Approved by", "E"],
            ),
        ),
        (
            "Study leave application",
            table(["Name", "A"], ["Course", "B"], ["Justification", "C"], ["Benefits", "D"], ["Cost", "£450"]),
        ),
        (
            "Notes of the regional meeting",
            "Business justification forms were discussed: members must set out the benefits case in full.",
            "Any other business: none.",
        ),
        ("Business Justification Form",),
        ("Dear team, please find our business case attached. Name: A. Person", "Email: a@b.nhs.uk"),
        (
            "Expense claim",
            table(
                ["Name", "A"], ["Date", "B"], ["Email", "C"], ["Telephone", "D"], ["Description", "E"], ["Cost", "F"]
            ),
        ),
        (),
    ],
)
def test_other_papers_are_no_form_of_ours(library: FormLibrary, blocks: tuple[Block | str, ...]) -> None:
    assert matched(library, *blocks) is None


def test_a_title_and_its_questions_make_us_surer_than_questions_alone(library: FormLibrary) -> None:
    questions = table(
        *REQUESTER, ["Input level", ""], ["Link to wellbeing agenda", ""], ["Role outline", ""], ["Scope", ""]
    )
    named = find_form(sheet("Request for New Supplementary Role", questions), library)
    unnamed = find_form(sheet(questions, heading("Supplementary role")), library)
    assert named is not None
    assert unnamed is not None
    assert 0.5 < unnamed.confidence < named.confidence <= 0.99
