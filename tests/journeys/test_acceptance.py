"""Every page as everybody meets it: accessible, quiet, on our own origin, in a narrow window, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Error, Page, StorageState, expect

from service.settings import load_settings
from service.web import create_app
from tests.journeys.every_page import EVERYBODY, LEADS_ELSEWHERE, NO_PAGES, ROLES, Filler, Stop, prepare, stops
from tests.journeys.running import PASSWORD, ROOT, STYLES, Running, Watched, chromium, running_service

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# `best-practice` besides the law: it finds doubled headings and landmarks that the criteria let pass.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# The component joins its label, a comma that is hidden and the file's name into one name; the words seen are in it.
_ALLOWED = {("label-content-name-mismatch", "nhsuk-file-upload__drop-button")}
_WIDTHS = {1440: 960, 390: 844}
_MOST_TABS = 200
# Pages with many states of the same frame: the first one is walked through by keyboard.
_TABBED_ONCE = frozenset({"track.follow", "draft.ask", "draft.show", "error", "queue.everything", "reports.show"})
# A browser notes every answer of 400 and above by itself; the page is the answer that was asked for.
_EXPECTED_NOTE = "Failed to load resource: the server responded with a status of 4"

_AXE = """async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}))
  .violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html.slice(0, 160)]))"""

# Heard on the release of the Tab key: by then the browser has moved the focus and scrolled to it.
_NOTE_FOCUS = """() => {
  window.__seen = []
  addEventListener('keyup', event => {
    if (event.key !== 'Tab') return
    const at = document.activeElement
    if (!at || at === document.body) { window.__seen.push(['end']); return }
    const name = at.outerHTML.slice(0, 110)
    const boxes = [...at.getClientRects()].filter(box => box.width > 0 && box.height > 0)
    // The part of each box that lies in the window: an area that scrolls may be taller than the window itself.
    const inside = boxes.flatMap(box => {
      const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)]
      const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]
      return right > left && bottom > top
        ? [0.5, 0.1, 0.9].map(part => [left + (right - left) * part, (top + bottom) / 2]) : []
    })
    const label = at.labels && at.labels[0]
    const hits = inside.some(([x, y]) => {
      const top = document.elementFromPoint(x, y)
      return top && (at.contains(top) || top.contains(at) || (label && label.contains(top)))
    })
    const trouble = boxes.length === 0 ? 'no size' : inside.length ? 'covered' : 'out of sight'
    window.__seen.push([hits ? 'ok' : trouble, name])
  })
}"""


# The header's menu folds up a moment after the window has changed its size.
_REACH = """async () => {
  const reached = () => document.documentElement.scrollWidth
  for (let turn = 0; turn < 20 && reached() > 320; turn++) await new Promise(done => setTimeout(done, 50))
  return reached()
}"""

_STICKS = """() => [...document.querySelectorAll('body *')].some(each => {
  const {position} = getComputedStyle(each)
  return (position === 'sticky' || position === 'fixed') && each.getClientRects().length > 0
})"""


@dataclass
class Found:
    """All that is wrong with the pages, each with its address."""

    axe: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    focus: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    tabbed: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service with the samples in it, and one person with every role."""
    if not STYLES.exists() or not AXE.exists():
        pytest.skip("the page styles or axe-core are not installed: run make setup")
    with running_service(
        tmp_path_factory.mktemp("acceptance"), [(*EVERYBODY, list(ROLES))], with_samples=True
    ) as running:
        yield running


@pytest.fixture(scope="module")
def filler(running: Running, browser: Browser) -> Filler:
    """What addresses are filled with."""
    return prepare(running, browser)


@pytest.fixture(scope="module")
def found(running: Running, filler: Filler, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """One walk over every page at both widths, at the same time: each has a browser and a thread of its own."""
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path_factory.mktemp("map"))})
    todo, unknown = stops(create_app(settings), filler)
    todo = [stop for stop in todo if stop.endpoint not in NO_PAGES]
    signed_in = browser.new_context()
    Watched(signed_in.new_page(), running.address).sign_in(EVERYBODY[0])
    state = signed_in.storage_state()
    signed_in.close()
    with ThreadPoolExecutor() as threads:
        walks = list(threads.map(lambda width: _walk(running.address, todo, state, width), _WIDTHS))
    found = Found(unknown=[rule for endpoint, rule in unknown if endpoint not in NO_PAGES])
    for kind in ("axe", "noise", "wide", "focus", "broken"):
        setattr(found, kind, [line for walk in walks for line in getattr(walk, kind)])
    return found


def _walk(address: str, todo: list[Stop], state: StorageState, width: int) -> Found:
    found = Found()
    axe = AXE.read_text(encoding="utf-8")
    with chromium() as browser:
        assert browser is not None
        for who in (False, True):
            context = browser.new_context(
                viewport={"width": width, "height": _WIDTHS[width]}, storage_state=state if who else None
            )
            window = Watched(context.new_page(), address)
            window.watch()
            window.page.add_init_script(
                "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
            )
            for stop in (stop for stop in todo if stop.signed_in is who):
                _look_at(window, stop, width, axe, found)
            context.close()
    return found


def _look_at(window: Watched, stop: Stop, width: int, axe: str, found: Found) -> None:
    where = f"{stop.address} at {width}"
    page = window.page
    try:
        answer = page.goto(f"{window.base}{stop.address}")
    except Error as problem:
        found.broken.append(f"{where}: no page; say in NO_PAGES what it is: {problem.message.splitlines()[0]}")
        return
    assert answer is not None
    if "text/html" not in answer.headers.get("content-type", ""):
        found.broken.append(f"{where}: no page; say in NO_PAGES what it is")
        return
    is_moved = answer.request.redirected_from is not None
    if answer.status >= 500 or ((is_moved or answer.status >= 300) and stop.endpoint not in LEADS_ELSEWHERE):
        found.broken.append(f"{where}: {'moved to ' + page.url if is_moved else answer.status}")
    # From the top: a link that happens to lie under the bar that stays would count as too small.
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(axe)
    found.axe += [
        f"{where}: {rule}: {html}"
        for rule, html in page.evaluate(_AXE, _TAGS)
        if not any(rule == known and part in html for known, part in _ALLOWED)
    ]
    if stop.endpoint not in _TABBED_ONCE or stop.endpoint not in found.tabbed:
        found.tabbed.add(stop.endpoint)
        found.focus += [f"{where}: {trouble}" for trouble in _tab_through(page)]
    if width == min(_WIDTHS):
        page.set_viewport_size({"width": 320, "height": 640})
        page.evaluate("scrollTo(0, 0)")
        if (reached := page.evaluate(_REACH)) > 320:
            found.wide.append(f"{stop.address}: {reached} pixels")
        page.set_viewport_size({"width": width, "height": _WIDTHS[width]})
    found.noise += [f"{where}: {line}" for line in window.complaints if _EXPECTED_NOTE not in line]
    window.complaints.clear()


def _tab_through(page: Page) -> list[str]:
    """What a person sees who goes through the page with Tab and back with Shift and Tab."""
    page.evaluate(_NOTE_FOCUS)
    # What is chosen in a list brings a bar that stays in sight: it may cover nothing either.
    page.evaluate("document.querySelector('[name=case]')?.click()")
    troubles: list[str] = []
    # Forward as far as the page goes; back the same way, which meets what sticks to the top, where anything does.
    for key in ("Tab", "Shift+Tab") if page.evaluate(_STICKS) else ("Tab",):
        presses = 0
        while presses < _MOST_TABS:
            for _ in range(20):
                page.keyboard.press(key)
            presses += 20
            if any(entry[0] == "end" for entry in page.evaluate("window.__seen")):
                break
        seen = page.evaluate("window.__seen.splice(0)")
        troubles += [f"{key}: {entry[0]}: {entry[1]}" for entry in seen if entry[0] not in ("ok", "end")]
    return sorted(set(troubles))


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
