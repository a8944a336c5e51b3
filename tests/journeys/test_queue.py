"""The queue in a real browser: arrivals are told and no row moves, keys for whoever wants them, many at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import APPROVER, REVIEWER, Visit, Watched
from tests.journeys.test_journey import SAMPLES, send

NEWEST_FIRST = "/queue?view=unclaimed&sort=received&order=down"


@pytest.fixture(scope="module")
def references(service: str, browser: Browser) -> tuple[str, str]:
    """Two requests that nobody has claimed, the newest first."""
    context = browser.new_context()
    requester = Watched(context.new_page(), service)
    older, newer = (send(requester, SAMPLES / name) for name in ("leavers-dashboard-thin.docx", "postcode-lookup.docx"))
    context.close()
    return newer, older


def titles(page: Page) -> list[str]:
    """What the rows are, in their order on the page."""
    return page.locator(".app-row__title").all_inner_texts()


def focused(page: Page) -> str:
    """The address of the link that has the focus, or the id of whatever else has it."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.id"))


def test_a_new_request_is_told_and_no_row_moves_until_the_reviewer_asks(
    visit: Visit, references: tuple[str, str]
) -> None:
    reviewer = visit()
    reviewer.sign_in(REVIEWER)
    page = reviewer.page
    # The page's own clock, so that nobody waits for the quarter of a minute after which it asks.
    page.clock.install()
    reviewer.open(NEWEST_FIRST)
    rows = titles(page)
    expect(page.locator("[data-arrivals]")).to_be_empty()
    arrived = send(visit(), SAMPLES / "payslip-in-large-print.docx")
    page.clock.fast_forward(16_000)
    expect(page.get_by_role("status").filter(has_text="1 new request.")).to_be_visible()
    assert titles(page) == rows
    assert references[0] in rows[0]
    page.get_by_role("link", name="Show them").click()
    expect(page.locator(".app-row__title").first).to_contain_text(arrived)
    assert titles(page)[1:] == rows[: len(titles(page)) - 1]


def test_keys_do_nothing_until_they_are_turned_on_and_never_in_a_field(
    visit: Visit, references: tuple[str, str]
) -> None:
    window = visit()
    window.sign_in(REVIEWER)
    page = window.open(NEWEST_FIRST)
    links = page.locator(".app-row__title a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    dialog, use = page.get_by_role("dialog"), page.get_by_label("Use single-key shortcuts on this device")
    page.keyboard.press("j")
    assert focused(page) == ""
    page.get_by_role("button", name="Keyboard shortcuts").click()
    use.check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == links[1]
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert focused(page) == links[0]
    expect(page.locator('[name="case"]').first).to_be_checked()
    expect(page.locator("[data-count]")).to_have_text("1 request selected")
    page.keyboard.press("/")
    page.keyboard.type("jkx?")
    expect(page.locator("#search")).to_have_value("jkx?")
    expect(dialog).to_be_hidden()
    page.reload()
    page.keyboard.press("j")
    assert focused(page) == links[0]
    page.keyboard.press("?")
    use.uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert focused(page) == links[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/ESR-*")


def test_many_are_claimed_at_once_after_a_look_at_what_will_and_will_not_change(
    visit: Visit, references: tuple[str, str]
) -> None:
    mine, theirs = visit(), visit()
    mine.sign_in(REVIEWER)
    theirs.sign_in(APPROVER)
    page = mine.open(NEWEST_FIRST)
    newer, older = references
    for reference in references:
        page.get_by_label(f"Select {reference}").check()
    expect(page.locator("[data-count]")).to_have_text("2 requests selected")
    theirs.open(f"/requests/{newer}").get_by_role("button", name="Claim this request").click()
    expect(theirs.page.get_by_text(f"You have claimed {newer}.")).to_be_visible()
    page.locator("#bulk").get_by_role("button", name="Claim").click()
    expect(page.get_by_text("1 of 2 can be claimed.")).to_be_visible()
    expect(page.locator(".app-together__list--not")).to_contain_text(f"{newer} was claimed by Tom Beckett")
    page.get_by_role("main").get_by_role("button", name="Claim").click()
    expect(page.get_by_text("1 request claimed.")).to_be_visible()
    expect(page.get_by_text(f"Not done: {newer} was claimed by Tom Beckett")).to_be_visible()
    mine.open("/queue?view=mine")
    expect(page.locator(".app-row__title").filter(has_text=older)).to_be_visible()
    expect(page.locator(".app-row__title").filter(has_text=newer)).to_have_count(0)
