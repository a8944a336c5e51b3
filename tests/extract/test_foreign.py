"""Documents of other systems and about our forms are not taken for them."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from casework.transcript import Block
from extract.form_match import find_form
from tests.extract.sheets import heading, para, sheet, table

pytestmark = pytest.mark.pure

PERSON = (
    ["Name", "A. Person"],
    ["Job title", "Clerk"],
    ["Organisation", "A trust"],
    ["Email", "a.person@example.nhs.uk"],
)


def filled(*questions: str) -> Block:
    return table(*PERSON, *([question, "Words."] for question in questions))


FOREIGN: dict[str, tuple[Block | str, ...]] = {
    "IT access": (
        para("IT Access Request Form", level=1),
        filled("Role required", "Name of role", "Role description", "Justification", "Access level", "Line manager"),
    ),
    "job role change": (
        para("HR Job Role Change Form", level=1),
        filled("Current role", "New role", "Justification", "Date required", "Cost", "Approved by"),
    ),
    "project initiation in general practice": (
        para("GP IT Project Initiation Form", level=1),
        filled("Project title", "Current situation", "Requirement", "Benefits", "Costs", "Risks", "Priority",
               "Required by"),
    ),
    "capital bid": (
        para("Capital Bid 2026/27", level=1),
        filled("Title", "Current situation", "Justification", "Impact of not proceeding", "Benefits", "Costs",
               "Priority"),
    ),
    "training booking": (
        para("Training Course Booking Form", level=1),
        filled("Course title", "Competence", "Target audience", "Renewal period", "Justification", "Date"),
    ),
    "course approval": (
        para("New Course Approval Form", level=1),
        filled("Course name", "Course description", "Learning outcomes", "Target audience", "Renewal period",
               "Justification", "Sponsor"),
    ),
    "competency sign-off": (
        para("Competency Assessment Sign-off", level=1),
        filled("Competency", "Competency description", "Assessor", "Date", "Renewal date"),
    ),
    "minutes that name all three": (
        para("Minutes of the ESR user group", level=1),
        para("Present: A. Person, B. Person. Apologies: C. Person."),
        heading("1. Business Case Justification Form"),
        para("The group asked for more on benefits and the impact of not changing."),
        heading("2. Request for New Supplementary Role"),
        para("Two were taken, with justification and benefits."),
        heading("3. National Competence Request Form"),
        para("One was returned for want of a national link."),
    ),
    "guide to filling in": (
        para("How to fill in our forms", level=1),
        para("The justification says why. Benefits say what comes of it. The national link names a programme."),
        para("Use the Business Case Justification Form for a change, and the supplementary role form for a role."),
    ),
    "starter form": (
        para("New Starter Form", level=1),
        filled("Start date", "Role", "Staff group", "Area of work", "Cost centre", "Phone"),
    ),
    "an additional role on a rota": (
        para("Request for Additional Role – Rota System", level=1),
        filled("Name of role", "Role description", "Input level", "Link to wellbeing", "Justification", "Benefits",
               "Scope"),
    ),
    "a computer department's business case": (
        para("IT Business Justification Form", level=1),
        filled("Title", "Current situation", "Workaround", "Requirement", "Justification", "Impact of not changing",
               "Benefits", "Costs", "Priority", "Required by"),
    ),
    "study leave": (
        para("Study Leave Application", level=1),
        filled("Course", "Benefits to the department", "Justification", "Costs", "Date", "Approved by", "Support"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_a_document_of_another_system_is_none_of_ours(library: FormLibrary, name: str) -> None:
    assert find_form(sheet(*FOREIGN[name]), library) is None
