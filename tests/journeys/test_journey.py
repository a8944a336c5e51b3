"""A completed form in, a Development Schedule out, in a real browser; and every page as everybody meets it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from casework.period import quarter_of
from tests.journeys.conftest import APPROVER, REVIEWER, ROOT, Visit, Watched

SAMPLES = ROOT / "tests" / "samples" / "business-justification"
_READ_MILLISECONDS = 60_000


def _own_copy(sample: Path) -> bytes:
    """The sample in other bytes than any before: what came before, byte for byte, is not taken in again."""
    document = Document(str(sample))
    document.core_properties.comments = uuid.uuid4().hex
    copy = BytesIO()
    document.save(copy)
    return copy.getvalue()


def upload(window: Watched, sample: Path) -> Page:
    """Upload a form as a requester and wait until it is read."""
    page = window.open("/")
    page.get_by_role("button", name="Start").or_(page.get_by_role("link", name="Start", exact=True)).first.click()
    page.locator("input[type=file]").set_input_files(
        {"name": sample.name, "mimeType": "application/octet-stream", "buffer": _own_copy(sample)}
    )
    page.get_by_label("Your email address").fill("priya.nair@northmoor.example.nhs.uk")
    page.get_by_role("button", name="Upload and continue").click()
    page.wait_for_url("**/upload/*")
    expect(page.get_by_role("heading", name="Reading your form")).to_have_count(0, timeout=_READ_MILLISECONDS)
    return page


def send(window: Watched, sample: Path) -> str:
    """Upload a form as a requester, send it, and return its reference."""
    page = upload(window, sample)
    page.get_by_role("button", name=re.compile("Send request|Send it as it is")).click()
    page.wait_for_url("**/sent/*")
    expect(page.get_by_role("heading", name="Request received")).to_be_visible()
    found = re.search(r"ESR-\d{4}-\d{4}", page.locator(".nhsuk-panel").inner_text())
    assert found is not None
    return found[0]


def wait_until_read(window: Watched, reference: str) -> None:
    """Look at the request until its form has been read."""
    for _ in range(_READ_MILLISECONDS // 500):
        page = window.open(f"/requests/{reference}")
        if page.locator(".app-answer").count() or page.get_by_text("There are no answers to check.").count():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{reference} was not read in time")


def decide(page: Page, label: str, reason: str) -> None:
    """Take a decision: choose it, say why, check the message, save."""
    page.get_by_role("radio", name=label, exact=True).check()
    page.get_by_label("Reason", exact=True).fill(reason)
    if label == "Accept for impact assessment":
        page.get_by_label("Where the full requirement is").fill("Held in the service request")
    if page.locator("#override").is_visible():
        page.locator("#override").fill("The service request says it.")
    page.get_by_role("button", name="Check and send").click()
    expect(page.get_by_role("heading", name="Check before you send")).to_be_visible()
    expect(page.locator(".app-letter")).to_contain_text(reason)
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text(f"Decision saved: {label}.")).to_be_visible()


def assess(page: Page) -> None:
    """Record what the change would cost and bring, and how soon it should come."""
    page.get_by_role("link", name="Record the impact assessment").first.click()
    page.get_by_label("Estimated cost").fill("12,000")
    page.get_by_label("Effort").fill("15")
    page.get_by_label("Benefit").fill("42000")
    page.get_by_role("radio", name="Good value for money").check()
    page.get_by_label("What it rests on").fill("The team's estimate, and the hours that the form gives.")
    page.get_by_role("button", name="Save assessment").click()
    expect(page.locator("#impact")).to_contain_text("so it pays for itself in 4 months")
    page.get_by_label("Priority", exact=True).select_option(label="High")
    page.locator("#priority-reason").fill("Every organisation has asked for it.")
    page.get_by_role("button", name="Save priority").click()
    expect(page.get_by_text("The priority is saved: high.")).to_be_visible()


def walk(visit: Visit, sample: Path, *, javascript: bool, width: int) -> None:
    """From a form on somebody's disk to its decision in the Word document."""
    requester = visit(width, 900, javascript=javascript)
    reference = send(requester, sample)
    expect(requester.page.get_by_role("status")).to_contain_text("We have read your form")

    reviewer = visit(width, 900, javascript=javascript)
    reviewer.sign_in(REVIEWER)
    wait_until_read(reviewer, reference)
    page = reviewer.open(f"/queue?search={reference}")
    page.get_by_role("button", name=f"Claim {reference}").click()
    page = reviewer.open(f"/requests/{reference}")
    expect(page.locator("#checks")).to_contain_text("passed")
    expect(page.locator("#answers")).to_contain_text("Organisation")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text(f"{reference} is acknowledged.")).to_be_visible()
    decide(page, "Accept for impact assessment", "The need is clear and the benefits are measured.")
    assess(page)
    page.get_by_role("button", name="Release", exact=True).click()

    approver = visit(width, 900, javascript=javascript)
    approver.sign_in(APPROVER)
    page = approver.open("/releases")
    page.get_by_label("Name").fill("Release 71")
    page.get_by_label("Planned date (optional)").fill("31 March 2027")
    page.get_by_role("button", name="Save release").click()
    expect(page.get_by_role("link", name="Release 71")).to_be_visible()
    page = approver.open(f"/requests/{reference}")
    page.get_by_role("button", name="Claim this request").click()
    reason = f"Worth its cost for every organisation ({reference})."
    decide(page, "Approve", reason)
    page.get_by_label("Put it into").select_option(label="Release 71, planned 31 March 2027")
    page.get_by_role("button", name="Save release").click()
    expect(page.get_by_text("The request is in Release 71.")).to_be_visible()

    page = approver.open(f"/schedule?quarter={quarter_of(datetime.now(UTC).date())}")
    page.get_by_label("Introduction (optional)").fill("What Release 71 brings.")
    if page.get_by_label("What changed").count():
        page.get_by_label("What changed").fill(f"{reference} is approved.")
    if javascript:
        expect(page.locator("[data-preview-status]")).to_have_text("Preview updated")
        expect(page.get_by_label("Preview of the schedule")).to_contain_text("What Release 71 brings.")
    page.get_by_role("button", name="Check and publish").click()
    if page.get_by_label("I have looked at each of these").count():
        page.get_by_label("I have looked at each of these").check()
    page.get_by_role("button", name="Publish version").click()
    # LibreOffice lays the pages out twice, and the machine may be busy.
    expect(page.get_by_text("is published. It is kept as it is from now on.")).to_be_visible(timeout=150_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the Word document").click()
    words = all_words(Path(download.value.path()).read_bytes())
    assert reference in words
    assert "Release 71" in words
    assert reason in words

    page = requester.open("/track")
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Email address").fill("priya.nair@northmoor.example.nhs.uk")
    page.get_by_role("button", name="Show my request").click()
    expect(page.get_by_text("Your request is approved and planned for Release 71.")).to_be_visible()


def all_words(data: bytes) -> str:
    """Every word of a Word document, tables included."""
    document = Document(BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_form_goes_from_upload_to_the_schedule(visit: Visit) -> None:
    walk(visit, SAMPLES / "payslip-in-large-print.docx", javascript=True, width=1440)


def test_the_same_journey_works_on_a_phone(visit: Visit) -> None:
    walk(visit, SAMPLES / "study-leave-balance.docx", javascript=True, width=390)


def test_the_same_journey_works_without_javascript(visit: Visit) -> None:
    walk(visit, SAMPLES / "sickness-trigger-alert.docx", javascript=False, width=1440)


@pytest.fixture(scope="module")
def case_page(service: str, browser: Browser) -> str:
    """The page of a request that has findings and is claimed by the reviewer."""
    context = browser.new_context()
    requester, reviewer = (Watched(context.new_page(), service) for _ in range(2))
    reference = send(requester, SAMPLES / "leavers-dashboard-thin.docx")
    reviewer.sign_in(REVIEWER)
    wait_until_read(reviewer, reference)
    reviewer.open(f"/requests/{reference}").get_by_role("button", name="Claim this request").click()
    context.close()
    return f"/requests/{reference}"


def test_on_a_phone_a_check_shows_its_passage_and_a_link_leads_back(visit: Visit, case_page: str) -> None:
    window = visit(390, 844)
    window.sign_in(REVIEWER)
    page = window.open(f"{case_page}?show=words")
    expect(page.locator("#document")).to_be_hidden()
    page.locator(".app-finding").filter(has_text="Business justification").get_by_role("link", name="Show in").click()
    expect(page.locator("#doc-justification")).to_be_in_viewport()
    expect(page.locator("#doc-justification")).to_be_focused()
    expect(page.locator("#work")).to_be_hidden()
    window.open(f"{case_page}#decide")
    expect(page.get_by_role("radio", name="Accept for impact assessment")).to_be_visible()


def test_a_check_shows_its_passage_without_moving_away(visit: Visit, case_page: str) -> None:
    window = visit()
    window.sign_in(REVIEWER)
    page = window.open(f"{case_page}?show=words")
    check = page.locator(".app-finding").filter(has_text="Business justification")
    check.get_by_role("link", name="Show in").click()
    expect(page.locator("#doc-justification")).to_be_in_viewport()
    expect(check).to_be_in_viewport()


def test_a_mistake_moves_to_the_summary_and_links_to_the_field(visit: Visit) -> None:
    window = visit()
    page = window.open("/start")
    page.get_by_label("Your email address").fill("priya")
    page.get_by_role("button", name="Upload and continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter an email address in the correct format").click()
    expect(page.get_by_label("Your email address")).to_be_focused()
    # A browser logs the 400 itself; it is the answer that the page was asked for.
    window.complaints = [line for line in window.complaints if "400 (BAD REQUEST)" not in line]
