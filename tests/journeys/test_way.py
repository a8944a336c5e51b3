"""A business justification the whole way to delivered, and a role the short way to closed, in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.journeys.conftest import APPROVER, REVIEWER, ROOT, Visit
from tests.journeys.test_journey import assess, decide, send, wait_until_read

SAMPLES = ROOT / "tests" / "samples"


def status(page: Page) -> str:
    """What the head of the request says of where it stands."""
    return page.locator(".app-facts .app-tag").first.inner_text().strip()


def claim(page: Page) -> None:
    page.get_by_role("button", name="Claim this request").click()
    expect(page.get_by_role("button", name="Release", exact=True)).to_be_visible()


def test_a_business_justification_goes_the_whole_way_to_delivered(visit: Visit) -> None:
    requester, reviewer, approver = visit(), visit(), visit()
    reference = send(requester, SAMPLES / "business-justification" / "study-leave-balance.docx")
    reviewer.sign_in(REVIEWER)
    approver.sign_in(APPROVER)
    wait_until_read(reviewer, reference)
    page = reviewer.open(f"/requests/{reference}")
    claim(page)
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Other decisions").click()
    decide(page, "Ask if they wish to progress", "It is an enhancement that no other request covers.")
    assert status(page) == "Asked to progress"

    asked = requester.open("/track")
    asked.get_by_label("Reference").fill(reference)
    asked.get_by_label("Email address").fill("priya.nair@northmoor.example.nhs.uk")
    asked.get_by_role("button", name="Show my request").click()
    track = asked.url
    asked.get_by_role("button", name="Yes, progress my request").click()
    expect(asked.get_by_text("We have your answer: you wish to progress this request.")).to_be_visible()

    page = reviewer.open(f"/requests/{reference}")
    assert status(page) == "Waiting for documents"
    decide(page, "Accept for impact assessment", "Both documents are here.")
    assert status(page) == "Impact assessment"
    assess(page)
    assert status(page) == "Ready to decide"
    expect(page.get_by_text("Only an approver can approve this request")).to_be_visible()
    page.get_by_role("button", name="Release", exact=True).click()

    plans = approver.open("/releases")
    plans.get_by_label("Name").fill("Release 90")
    plans.get_by_role("button", name="Save release").click()
    page = approver.open(f"/requests/{reference}")
    claim(page)
    decide(page, "Approve", "Worth its cost for every organisation.")
    assert status(page) == "Accepted"
    page.get_by_label("Put it into").select_option(label="Release 90")
    page.get_by_role("button", name="Save release").click()
    expect(page.get_by_text("The request is in Release 90.")).to_be_visible()
    assert status(page) == "In a release"
    decide(page, "Record as delivered", "It is live.")
    assert status(page) == "Delivered"
    requester.page.goto(track)
    expect(requester.page.get_by_text("The change was delivered in Release 90.")).to_be_visible()


def test_a_role_goes_the_short_way_without_javascript(visit: Visit) -> None:
    requester, reviewer = visit(390, 844, javascript=False), visit(390, 844, javascript=False)
    reference = send(requester, SAMPLES / "supplementary-role" / "menopause-advocate.docx")
    reviewer.sign_in(REVIEWER)
    wait_until_read(reviewer, reference)
    page = reviewer.open(f"/requests/{reference}")
    claim(page)
    decide(page, "Approve", "Wanted by every organisation.")
    assert status(page) == "Accepted"
    page.get_by_role("radio", name="Record that the value is added").check()
    today = datetime.now(UTC).date()
    page.get_by_label("When was the value added?").fill(f"{today.day}/{today.month}/{today.year}")
    decide(page, "Record that the value is added", "It can be chosen in ESR.")
    assert status(page) == "Value added"
    decide(page, "Close the request", "Nothing is left to do.")
    assert status(page) == "Closed"
