"""A requester uploads a form, adds what is missing, sends it, follows it, answers us and takes it back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from casework.form import FormLibrary
from outputs.blank import fill_blank
from tests.journeys.conftest import REVIEWER, Visit, Watched

READ_MILLISECONDS = 60_000
JUSTIFICATION = "In 2025 our 41 managers asked payroll 1,200 times for a balance that ESR holds already."
ANSWERS = {
    "sr_number": "4418207",
    "date_raised": "3 November 2026",
    "requester_name": "Priya Nair",
    "job_title": "Workforce Systems Manager",
    "organisation": "Northmoor Valley NHS Foundation Trust",
    "email": "priya.nair@northmoor.example.nhs.uk",
    "current_situation": "Managers ring payroll and wait for a day.",
    "requirement": "Show the balance on the manager's own page.",
    "benefits": "Saves each manager 18 hours a year.",
}


def a_form(path: Path, library: FormLibrary, **answers: str) -> Path:
    """A business justification whose justification and impact are left blank."""
    path.write_bytes(fill_blank(library.form("business-justification"), library, {**ANSWERS, **answers}))
    return path


def upload(window: Watched, file: Path, *, start: str = "/start") -> Page:
    """Upload a form and wait until we show what we found."""
    page = window.open(start)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Your email address").fill("priya.nair@northmoor.example.nhs.uk")
    page.get_by_role("button", name="Upload and continue").click()
    expect(page.get_by_role("heading", name="Check what we found")).to_be_visible(timeout=READ_MILLISECONDS)
    return page


@pytest.mark.parametrize(
    ("width", "javascript"), [(1440, True), (390, True), (1440, False)], ids=["desk", "phone", "without JavaScript"]
)
def test_a_missing_answer_is_added_and_the_request_is_sent_followed_and_withdrawn(
    visit: Visit, library: FormLibrary, tmp_path: Path, width: int, javascript: bool
) -> None:
    window = visit(width, 844, javascript=javascript)
    title = f"Show the study leave balance at {width} ({javascript})"
    page = upload(window, a_form(tmp_path / "form.docx", library, title=title))
    expect(page.get_by_text("2 answers are missing")).to_be_visible()

    page.get_by_role("link", name="Business justification", exact=True).click()
    expect(page.get_by_role("link", name="Add Business justification")).to_be_focused()
    page.get_by_role("link", name="Add Business justification").click()
    expect(page.get_by_role("heading", name="Business justification", level=1)).to_be_visible()
    page.get_by_role("button", name="Save and go back").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Business justification").fill(JUSTIFICATION)
    page.get_by_role("button", name="Save and go back").click()

    expect(page.get_by_text("1 answer is missing")).to_be_visible()
    expect(page.get_by_text(JUSTIFICATION)).to_be_visible()
    if javascript:
        expect(page.get_by_role("status")).to_have_text("We have checked your answers.", timeout=READ_MILLISECONDS)
    page.get_by_role("link", name="Change Date of request").click()
    page.get_by_label("Month").fill("10")
    page.get_by_role("button", name="Save and go back").click()
    expect(page.get_by_text("3 October 2026")).to_be_visible()

    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("heading", name="Request received")).to_be_visible()
    page.get_by_role("link", name="track this request").click()
    wait_for(page, "We have read your form. It is waiting for a reviewer.")
    expect(page.get_by_text(JUSTIFICATION)).to_be_visible()

    page.get_by_text("Send us a message about it").click()
    page.get_by_label("Your message").fill("We have a sponsor now.")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("We have your message.")).to_be_visible()
    page.get_by_role("link", name="Withdraw this request").click()
    page.get_by_role("button", name="Withdraw request").click()
    expect(page.get_by_text("Your request was withdrawn.")).to_be_visible()
    # A browser logs the 400 itself; it is the answer that the page was asked for.
    window.complaints = [line for line in window.complaints if "400 (BAD REQUEST)" not in line]


def test_our_question_is_answered_and_an_updated_form_becomes_the_next_version(
    visit: Visit, library: FormLibrary, tmp_path: Path
) -> None:
    window = visit()
    page = upload(window, a_form(tmp_path / "form.docx", library, title="Payslips by email"))
    page.get_by_role("button", name="Send request").click()
    reference = re.search(r"ESR-\d{4}-\d{4}", page.locator(".nhsuk-panel").inner_text())
    assert reference is not None
    page.get_by_role("link", name="track this request").click()
    wait_for(page, "It is waiting for a reviewer.")
    address = page.url.removeprefix(window.base)

    staff = visit()
    staff.sign_in(REVIEWER)
    desk = staff.open(f"/requests/{reference[0]}")
    desk.get_by_role("button", name="Claim this request").click()
    desk.get_by_role("radio", name="Ask for more information").check()
    desk.get_by_label("Message to the requester").fill("How many managers would use it?")
    desk.get_by_role("button", name="Check and send").click()
    desk.get_by_role("button", name=re.compile("Save|Send")).click()

    page = window.open(address)
    expect(page.get_by_text("5 working days stand still until you answer")).to_be_visible()
    page.get_by_label("Your answer").fill("All 41 of them.")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_text("All 41 of them.")).to_be_visible()

    page.get_by_role("link", name="Send an updated form").click()
    better = a_form(tmp_path / "better.docx", library, title="Payslips by email", justification=JUSTIFICATION)
    upload(window, better, start=page.url.removeprefix(window.base))
    page.get_by_role("button", name="Send new version").click()
    expect(page.get_by_role("heading", name="New version received")).to_be_visible()
    page.get_by_role("link", name="track this request").click()
    expect(page.get_by_text("Version 2,")).to_be_visible()
    wait_for(page, JUSTIFICATION)


def wait_for(page: Page, words: str) -> None:
    """Look at a page again until it says something."""
    for _ in range(READ_MILLISECONDS // 500):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail(f"{page.url} never said: {words}")
