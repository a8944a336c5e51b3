"""Measures the pages' budgets in a real browser: weight, first and largest paint, on a slow line and a slow processor.

Usage: python -m benchmarks.pages. The service runs on a data folder of its own with the samples in it. "Slow" is what
browsers' own tools call slow 4G (1.6 Mbit/s down, 0.75 up, 150 ms) with the processor slowed down four times.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.journeys.every_page import EVERYBODY, ROLES, Filler, prepare
from tests.journeys.running import ROOT, Watched, chromium, running_service

_TIMES = 5
_SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
_MOST_OWN = 10
_DRAWN_SECONDS = 120
_BUDGETS = {"queue": (70, 1.5), "review": (200, 1.5)}
_PAINTS = """() => new Promise(done => {
  let largest = 0
  new PerformanceObserver(list => { for (const entry of list.getEntries()) largest = entry.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true})
  setTimeout(() => {
    const first = performance.getEntriesByName('first-contentful-paint')[0]
    done([first ? first.startTime : 0, largest])
  }, 400)
})"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: bytes over the line, bytes of our own scripts unpacked, seconds to the first and the largest paint."""

    size: int
    own: int
    first: float
    largest: float


def main() -> None:
    """Print a table of pages, and whether each keeps its budget."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        if browser is None:
            sys.exit("There is no Chromium on this machine. Install it, then run this again.")
        with running_service(Path(folder), [(*EVERYBODY, list(ROLES))], with_samples=True) as running:
            filler = prepare(running, browser)
            case = _with_pictures(filler)
            pages = {
                "queue": "/queue",
                "review": f"/requests/{case}",
                "upload": "/start",
                "reports": "/reports?first=2000-01-01",
                "schedule": "/schedule",
            }
            print("| page | cold KB | warm KB | own JS KB | first paint s | slow: first s | slow: largest s | budget |")
            print("|---|---|---|---|---|---|---|---|")
            for name, path in pages.items():
                print(_row(name, *(_measure(browser, running.address, path, slow=slow) for slow in (False, True))))


def _with_pictures(filler: Filler) -> str:
    """The reference of a request whose form's pages are drawn; a busy machine takes a while to draw the first."""
    for _ in range(_DRAWN_SECONDS):
        reference = filler.one(
            "SELECT reference FROM cases JOIN submissions ON submissions.case_id = cases.id"
            " JOIN pages ON pages.submission_id = submissions.id WHERE json_array_length(record, '$.pages') > 0"
            " ORDER BY cases.id"
        )
        if reference is not None:
            return reference
        time.sleep(1)
    sys.exit("No pages were drawn. Install LibreOffice, then run this again.")


def _row(name: str, quick: list[tuple[Visit, Visit]], slow: list[tuple[Visit, Visit]]) -> str:
    cold = statistics.median(visit.size for visit, _ in quick) / 1000
    warm = statistics.median(visit.size for _, visit in quick) / 1000
    own = max(visit.own for visit, _ in quick) / 1000
    first = statistics.median(visit.first for visit, _ in quick)
    slow_first = statistics.median(visit.first for visit, _ in slow)
    largest = statistics.median(visit.largest for visit, _ in slow)
    budget = ""
    if name in _BUDGETS:
        most, latest = _BUDGETS[name]
        kept = cold <= most and slow_first <= latest and own <= _MOST_OWN
        budget = f"{most} KB, {latest} s: {'kept' if kept else 'BROKEN'}"
    return (
        f"| {name} | {cold:.0f} | {warm:.0f} | {own:.1f} | {first:.2f} | {slow_first:.2f} | {largest:.2f} | {budget} |"
    )


def _own_scripts(page: Page) -> int:
    names = page.eval_on_selector_all("script[src]", "all => all.map(each => new URL(each.src).pathname)")
    files = (
        ROOT / "review" / "static" / f"{name.split('/')[2].split('.')[0]}.js" for name in names if "/nhsuk/" not in name
    )
    return sum(file.stat().st_size for file in files)


def _measure(browser: Browser, address: str, path: str, *, slow: bool) -> list[tuple[Visit, Visit]]:
    """Some visits, each with nothing kept and then again with what the first one left."""
    found = []
    signed_in = browser.new_context()
    Watched(signed_in.new_page(), address).sign_in(EVERYBODY[0])
    state = signed_in.storage_state()
    signed_in.close()
    for _ in range(_TIMES):
        context = browser.new_context(viewport={"width": 1440, "height": 960}, storage_state=state)
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        if slow:
            line.send("Network.emulateNetworkConditions", _SLOW)
            line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        sizes: list[int] = []
        line.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(int(event["encodedDataLength"])))
        visits = []
        for _ in range(2):
            sizes.clear()
            page.goto(f"{address}{path}", wait_until="load")
            first, largest = page.evaluate(_PAINTS)
            visits.append(Visit(sum(sizes), _own_scripts(page), first / 1000, largest / 1000))
        found.append((visits[0], visits[1]))
        context.close()
    return found


if __name__ == "__main__":
    main()
