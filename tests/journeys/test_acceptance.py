"""Every page as everybody meets it: accessible, quiet, on our own origin, in a narrow window, and by keyboard alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, expect

from service.settings import load_settings
from service.web import create_app
from tests.issued import Issued
from tests.journeys.every_page import EVERYBODY, NO_PAGES, ROLES, Filler, prepare, stops
from tests.journeys.running import PASSWORD, STYLES, Running, Watched, running_service
from tests.journeys.walk import AXE, Found, walk


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, issued: Issued) -> Iterator[Running]:
    """The service with the samples in it, and one person with every role."""
    if not STYLES.exists() or not AXE.exists():
        pytest.skip("the page styles or axe-core are not installed: run make setup")
    with running_service(
        tmp_path_factory.mktemp("acceptance"), [(*EVERYBODY, list(ROLES))], with_samples=True
    ) as running:
        issued.services.append(running.data)
        yield running


@pytest.fixture(scope="module")
def filler(running: Running, browser: Browser) -> Filler:
    """What addresses are filled with."""
    return prepare(running, browser)


@pytest.fixture(scope="module")
def found(running: Running, filler: Filler, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """One walk over every page at both widths, side by side."""
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path_factory.mktemp("map"))})
    todo, unknown = stops(create_app(settings), filler)
    todo = [stop for stop in todo if stop.endpoint not in NO_PAGES]
    signed_in = browser.new_context()
    Watched(signed_in.new_page(), running.address).sign_in(EVERYBODY[0])
    state = signed_in.storage_state()
    signed_in.close()
    # A thread of its own, because the browser of the other tests has this thread's event loop.
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(asyncio.run, walk(running.address, todo, state)).result()
    found.unknown = [rule for endpoint, rule in unknown if endpoint not in NO_PAGES]
    return found


def test_every_page_is_visited(found: Found) -> None:
    assert found.unknown == [], "say in every_page.py what the arguments of these routes may be"
    assert found.broken == []


def test_no_page_breaks_a_rule_of_accessibility(found: Found) -> None:
    assert found.axe == [], "\n".join(found.axe)


def test_no_page_complains_in_the_console_or_asks_anybody_else(found: Found) -> None:
    assert found.noise == []


def test_no_page_scrolls_sideways_at_320_pixels(found: Found) -> None:
    assert found.wide == []


def test_what_has_the_focus_is_in_sight_on_the_way_there_and_back(found: Found) -> None:
    assert found.focus == [], "\n".join(found.focus)


def test_the_queue_filters_and_a_request_is_changed_and_decided_without_javascript(
    running: Running, filler: Filler, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    window = Watched(context.new_page(), running.address)
    window.watch()
    window.sign_in(EVERYBODY[0])
    page = window.open("/queue")
    if not (choice := page.get_by_role("checkbox", name="Supplementary role")).is_visible():
        page.locator("summary").filter(has_text="Filters").click()
    choice.check()
    page.get_by_role("button", name="Apply").first.click()
    assert "form=supplementary-role" in page.url
    reference = filler.one(
        "SELECT reference FROM cases WHERE status = 'new' AND form = 'supplementary-role' ORDER BY id DESC"
    )
    page = window.open(f"/requests/{reference}")
    page.get_by_role("button", name="Claim this request").first.click()
    expect(page.locator("#document")).to_be_visible()
    expect(page.locator("#answers")).to_be_visible()
    page = window.open(f"/requests/{reference}?change=role_name#answer-role_name")
    page.locator("#answer-role_name").get_by_role("textbox").first.fill("Menopause advocate")
    page.get_by_label("Why are you changing it?").fill("The form has it in the description.")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#answer-role_name")).to_contain_text("Menopause advocate")
    page.get_by_role("radio", name="Do not progress").check()
    page.get_by_label("Reason", exact=True).fill("The role is on the list already under another name.")
    page.get_by_role("button", name="Check and send").click()
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Decision saved")).to_be_visible()
    assert window.complaints == []
    context.close()


def test_a_password_is_never_in_an_address(running: Running, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    Watched(page, running.address).sign_in(EVERYBODY[0])
    assert [url for url in asked if PASSWORD.split()[0] in url] == []
    context.close()
