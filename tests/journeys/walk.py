"""Walks over every page in a real browser at several widths, and notes what is wrong with each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cache

from playwright.async_api import Browser, CDPSession, Error, Page, StorageState, async_playwright

from tests.journeys.every_page import LEADS_ELSEWHERE, Stop
from tests.journeys.running import CHROMIUM_ARGUMENTS, ROOT, Ear, find_chromium

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# `best-practice` besides the law: it finds doubled headings and landmarks that the criteria let pass.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# The component joins its label, a comma that is hidden and the file's name into one name; the words seen are in it.
_ALLOWED = {("label-content-name-mismatch", "nhsuk-file-upload__drop-button")}
_WIDTHS = {1440: 960, 390: 844}
_MOST_TABS = 200
# One press of a key, and the sign of Shift held down, as Chromium's protocol has them.
_STROKE = ("keyDown", "keyUp")
_SHIFT = 8
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


async def walk(address: str, todo: list[Stop], state: StorageState) -> Found:
    """Go to every stop at every width, each width in a window of its own beside the other; all that was found."""
    found = Found()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_ARGUMENTS))
        await asyncio.gather(*(_walk_at(browser, address, todo, state, width, found) for width in _WIDTHS))
        await browser.close()
    return found


async def _walk_at(
    browser: Browser, address: str, todo: list[Stop], state: StorageState, width: int, found: Found
) -> None:
    tabbed: set[str] = set()
    for who in (False, True):
        context = await browser.new_context(
            viewport={"width": width, "height": _WIDTHS[width]}, storage_state=state if who else None
        )
        page, ear = await context.new_page(), Ear(address)
        ear.listen(page)
        await page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
        )
        window = _Window(page, await context.new_cdp_session(page), ear, width)
        for stop in (stop for stop in todo if stop.signed_in is who):
            await _look_at(window, stop, found, tabbed)
        await context.close()


@dataclass(frozen=True, slots=True)
class _Window:
    page: Page
    wire: CDPSession
    ear: Ear
    width: int


async def _look_at(window: _Window, stop: Stop, found: Found, tabbed: set[str]) -> None:
    where = f"{stop.address} at {window.width}"
    page = window.page
    try:
        answer = await page.goto(f"{window.ear.base}{stop.address}")
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
    await page.evaluate("scrollTo(0, 0)")
    await page.evaluate(_axe())
    found.axe += [
        f"{where}: {rule}: {html}"
        for rule, html in await page.evaluate(_AXE, _TAGS)
        if not any(rule == known and part in html for known, part in _ALLOWED)
    ]
    if stop.endpoint not in _TABBED_ONCE or stop.endpoint not in tabbed:
        tabbed.add(stop.endpoint)
        found.focus += [f"{where}: {trouble}" for trouble in await _tab_through(window)]
    if window.width == min(_WIDTHS):
        await page.set_viewport_size({"width": 320, "height": 640})
        await page.evaluate("scrollTo(0, 0)")
        if (reached := await page.evaluate(_REACH)) > 320:
            found.wide.append(f"{stop.address}: {reached} pixels")
        await page.set_viewport_size({"width": window.width, "height": _WIDTHS[window.width]})
    found.noise += [f"{where}: {line}" for line in window.ear.complaints if _EXPECTED_NOTE not in line]
    window.ear.complaints.clear()


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


async def _tab_through(window: _Window) -> list[str]:
    """What a person sees who goes through the page with Tab and back with Shift and Tab."""
    page = window.page
    await page.evaluate(_NOTE_FOCUS)
    # What is chosen in a list brings a bar that stays in sight: it may cover nothing either.
    await page.evaluate("document.querySelector('[name=case]')?.click()")
    troubles: list[str] = []
    # Forward as far as the page goes; back the same way, which meets what sticks to the top, where anything does.
    for shift in (False, True) if await page.evaluate(_STICKS) else (False,):
        presses = 0
        while presses < _MOST_TABS:
            await _press_tab(window.wire, 20, shift=shift)
            presses += 20
            if any(entry[0] == "end" for entry in await page.evaluate("window.__seen")):
                break
        seen = await page.evaluate("window.__seen.splice(0)")
        troubles += [
            f"{'Shift+' * shift}Tab: {entry[0]}: {entry[1]}" for entry in seen if entry[0] not in ("ok", "end")
        ]
    return sorted(set(troubles))


async def _press_tab(wire: CDPSession, times: int, *, shift: bool) -> None:
    """Press the key so often, each press sent before the last is answered: waiting for each costs most of a walk."""
    key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9, "modifiers": _SHIFT if shift else 0}
    sent = [wire.send("Input.dispatchKeyEvent", {"type": kind, **key}) for _ in range(times) for kind in _STROKE]
    await asyncio.gather(*sent)
