"""Takes a picture of every page at a wide and a narrow window into docs/screenshots, from a service with the samples.

The service runs on a data folder that is thrown away afterwards. Pages show the day on which they were taken: the
service reads one clock, and nothing here stands in for it. `make screenshots` runs this.
"""

from __future__ import annotations

import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from service.settings import load_settings
from service.web import create_app
from tests.journeys.every_page import EVERYBODY, NO_PAGES, ROLES, Stop, prepare, stops
from tests.journeys.running import ROOT, Watched, chromium, running_service

FOLDER = ROOT / "docs" / "screenshots"
_SIZES = ((1440, 960), (390, 844))
_COLOURS = 64
_MOST_BYTES = 150_000
_MOST_STATES = 5
# A picture is for looking at the page's upper part; a long list says nothing more further down.
_LONGEST = {1440: 1440, 390: 1500}


def main() -> None:
    """Take them all and say how large they are."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        if browser is None:
            sys.exit("There is no Chromium on this machine. Install it, then run this again.")
        people = [(*EVERYBODY, list(ROLES))]
        with running_service(Path(folder), people, with_samples=True) as running:
            filler = prepare(running, browser)
            app = create_app(load_settings({"FORMWRIGHT_DATA": str(Path(folder) / "map")}))
            todo, _ = stops(app, filler)
            for old in FOLDER.glob("*.png"):
                old.unlink()
            FOLDER.mkdir(parents=True, exist_ok=True)
            total = sum(_take(browser, running.address, _named(todo), width, height) for width, height in _SIZES)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures, {total / 1_000_000:.1f} MB, in {FOLDER.relative_to(ROOT)}")


def _named(todo: list[Stop]) -> dict[str, Stop]:
    """Every page by the name of its picture: its route, and a number where a route has several states."""
    found: dict[str, Stop] = {}
    for stop in todo:
        if stop.endpoint in NO_PAGES:
            continue
        name = re.sub(r"[^a-z]+", "-", stop.endpoint.lower()).strip("-").removesuffix("-show")
        number = 1 + sum(known == name or re.fullmatch(rf"{name}-\d+", known) is not None for known in found)
        if number > _MOST_STATES:
            continue
        found[name if number == 1 else f"{name}-{number}"] = stop
    return found


def _take(browser: Browser, address: str, todo: dict[str, Stop], width: int, height: int) -> int:
    """Take every page in a window of this size, but none that leads elsewhere; returns the bytes of all of them."""
    total = 0
    for signed_in in (False, True):
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        window = Watched(context.new_page(), address)
        if signed_in:
            window.sign_in(EVERYBODY[0])
        for name, stop in todo.items():
            if stop.signed_in is not signed_in:
                continue
            page = window.open(stop.address)
            if page.url.endswith(stop.address):
                total += _save(page, FOLDER / f"{name}-{width}.png", width)
        context.close()
    return total


def _save(page: Page, path: Path, width: int) -> int:
    """One picture in few colours, which is enough for pages and a quarter of the size."""
    if page.locator("img").count():
        page.wait_for_load_state("networkidle")
    # Where an address leads into the page, what stays in sight stands where the window is: the window is the picture.
    taken = Image.open(BytesIO(page.screenshot(full_page="#" not in page.url))).convert("RGB")
    taken = taken.crop((0, 0, taken.width, min(taken.height, _LONGEST[width])))
    colours = _COLOURS
    while True:
        packed = BytesIO()
        # Without dithering: it would cost twice the bytes and speckle the plain grounds.
        taken.quantize(palette=_most_used(taken, colours), dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if len(packed.getvalue()) <= _MOST_BYTES or colours <= 8:
            break
        colours //= 2
    path.write_bytes(packed.getvalue())
    return len(packed.getvalue())


def _most_used(taken: Image.Image, number: int) -> Image.Image:
    """A palette of the colours that fill most of the picture, exactly: a page is made of plain grounds."""
    counted = taken.getcolors(taken.width * taken.height) or []
    shades = [shade for _, shade in sorted(counted, reverse=True)[:number]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for shade in shades for part in shade])  # type: ignore[union-attr]
    return palette


if __name__ == "__main__":
    main()
