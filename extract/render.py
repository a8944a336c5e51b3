"""Original bytes in, pages out: their pictures, and the boxes in which words stand once a Word file is laid out."""

from __future__ import annotations

import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from casework.errors import UnreadableError
from casework.model import Answer, ErrorCode, FileKind, Reading, Role
from casework.transcript import Box, Locator, joined_box
from extract.pdf_reader.grid import Grid, find_grids, tile_rules

MOST_PAGES = 100
MOST_WORDS = 20_000
WIDEST = 2_000
"""Pixels across a picture."""
_MOST_PIXELS = 6_000_000
_LARGEST = 500_000
"""Bytes of a picture without loss."""
_TALLEST = 16_000
"""Pixels; a WebP picture may have 16,383 a side."""
_MOST_ALIGNED = 8_000
_ENOUGH_MATCHED = 0.6
_SAME_LINE = 0.5
_WIDEST_GAP = 3.0
"""Between two words that stand in one box, as a multiple of their height."""


@dataclass(frozen=True, slots=True)
class Page:
    """Size of one page as displayed, in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """One word on its 1-based page; `box` in points from the page's top left."""

    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file as pages: the PDF that is shown, each page's size, all words in the order in which they are drawn.

    `grids` are the tables of each page by their lines.
    """

    pdf: bytes
    pages: tuple[Page, ...]
    words: tuple[PrintedWord, ...]
    grids: tuple[tuple[Grid, ...], ...] = ()


def render(data: bytes, kind: FileKind, name: str) -> Rendered:
    """The pages of a PDF, or of a Word file as LibreOffice lays it out; `name` is only used in messages.

    Raises UnreadableError: `unsupported` for other kinds or where LibreOffice is not installed, `encrypted`, `corrupt`,
    `timeout`, or `too-complex` for more than MOST_PAGES pages.
    """
    from extract.convert import DRAWN, convert_to_pdf

    if kind is FileKind.PDF:
        return _laid_out(data, name)
    if kind in DRAWN:
        return _laid_out(convert_to_pdf(data, kind, name), name)
    raise UnreadableError(
        ErrorCode.UNSUPPORTED, f"{name} has no pages to show: it is neither a PDF nor a Word document."
    )


def _laid_out(pdf: bytes, name: str) -> Rendered:
    from pypdfium2 import PdfDocument, PdfiumError

    from extract.pdf_reader.page import read_sheet

    try:
        document = PdfDocument(pdf)
    except PdfiumError as problem:
        raise UnreadableError(ErrorCode.CORRUPT, f"{name} cannot be shown as pages: it does not open.") from problem
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableError(ErrorCode.TOO_COMPLEX, f"{name} has {len(document)} pages; we show {MOST_PAGES}.")
        sheets = [read_sheet(document.raw, index)[0] for index in range(len(document))]
    finally:
        document.close()
    words = tuple(
        PrintedWord(word.text, sheet.number, word.box)
        for sheet in sheets
        for word in sheet.words
        if not word.look.unseen
    )
    grids = tuple(
        tuple(
            find_grids(
                sheet.rules + tile_rules(sheet.fills), [(word.centre, word.middle) for word in sheet.words]
            ).grids
        )
        for sheet in sheets
    )
    return Rendered(pdf, tuple(Page(sheet.width, sheet.height) for sheet in sheets), words[:MOST_WORDS], grids)


def draw_page(rendered: Rendered, page: int, width: int) -> bytes:
    """The 1-based page as a WebP picture, without loss unless that were large, with fields and notes.

    It is `width` pixels across, no wider than WIDEST, and narrower where a long page would need too many pixels.
    LookupError where there is no such page.
    """
    if not 1 <= page <= len(rendered.pages):
        raise LookupError(f"there is no page {page}")
    from pypdfium2 import PdfDocument

    size = rendered.pages[page - 1]
    scale = max(1, min(width, WIDEST)) / size.width
    scale = min(scale, (_MOST_PIXELS / (size.width * size.height)) ** 0.5, _TALLEST / size.height)
    document = PdfDocument(rendered.pdf)
    try:
        document.init_forms()
        picture = document[page - 1].render(scale=scale, may_draw_forms=True).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    # A quarter of the size of PNG for forms, which are mostly white.
    picture.save(out, "WEBP", lossless=True, quality=20, method=2)
    if out.tell() <= _LARGEST:
        return out.getvalue()
    # A photograph or a scan: some loss is not seen there, and makes it many times smaller.
    out = io.BytesIO()
    picture.convert("RGB").save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


# Where words stand.


def find_boxes(rendered: Rendered, text: str, near: int = 0) -> tuple[Locator, ...]:
    """Page and box of each line of `text`, at that of its occurrences which is nearest to word number `near`.

    Only letters and digits are compared, so that it does not matter where programs part words. Empty where the text
    stands nowhere, or has no letters.
    """
    return _Letters(rendered).find(text, near)


class _Letters:
    """All letters of the pages run together, and which word each belongs to."""

    def __init__(self, rendered: Rendered) -> None:
        self.words = rendered.words
        self.plain = [letters_of(word.text) for word in rendered.words]
        self._starts = [0, *accumulate(map(len, self.plain))]
        self._all = "".join(self.plain)

    def find(self, text: str, near: int) -> tuple[Locator, ...]:
        wanted = letters_of(text)
        if not wanted:
            return ()
        here = self._starts[max(0, min(near, len(self.plain)))]
        found = [
            at for at in (self._all.rfind(wanted, 0, here + len(wanted) - 1), self._all.find(wanted, here)) if at >= 0
        ]
        if not found:
            return ()
        at = min(found, key=lambda at: abs(at - here))
        first, last = (bisect_right(self._starts, edge) - 1 for edge in (at, at + len(wanted) - 1))
        return self.lines(range(first, last + 1))

    def lines(self, numbers: Iterable[int]) -> tuple[Locator, ...]:
        return tuple(_lines(self.words[number] for number in numbers if self.plain[number]))


def with_boxes(reading: Reading, rendered: Rendered) -> Reading:
    """The same reading, with page and box added to the places of answers that had only a path.

    Words are matched in their order, so that of a text that stands several times each occurrence gets its own place.
    A line of an answer that wraps has a box of its own. What cannot be found keeps its place as it was.
    """
    boxes = boxes_of_passages(reading, rendered)
    answers = tuple(_placed(answer, reading, boxes) for answer in reading.answers)
    return replace(reading, answers=answers)


def _placed(answer: Answer, reading: Reading, boxes: Sequence[tuple[Locator, ...]]) -> Answer:
    places: dict[Locator, None] = {}
    for place in answer.places:
        own = [
            spot
            for passage, spots in zip(reading.passages, boxes, strict=True)
            if passage.role is Role.ANSWER and passage.field == answer.field and passage.place == place
            for spot in spots
        ]
        if place.page is not None or not own:
            places[place] = None
        for spot in own if place.page is None else ():
            places[replace(place, page=spot.page, box=spot.box)] = None
    return replace(answer, places=tuple(places))


def boxes_of_passages(reading: Reading, rendered: Rendered) -> list[tuple[Locator, ...]]:
    """Page and box of each line of each passage; none for a passage whose words are not found."""
    said = [[letters_of(word) for word in passage.text.split()] for passage in reading.passages]
    letters = _Letters(rendered)
    printed = letters.plain
    flat = [(number, word) for number, words in enumerate(said) for word in words if word]
    matched: dict[int, int] = {}
    if len(flat) + len(printed) <= _MOST_ALIGNED:
        matcher = SequenceMatcher(None, [word for _, word in flat], printed, autojunk=False)
        for block in matcher.get_matching_blocks():
            matched |= {block.a + step: block.b + step for step in range(block.size)}
    found: list[tuple[Locator, ...]] = []
    at, expected = 0, 0
    for passage, words in zip(reading.passages, said, strict=True):
        size = sum(1 for word in words if word)
        hits = [matched[index] for index in range(at, at + size) if index in matched]
        at += size
        spots: tuple[Locator, ...] = ()
        if size and len(hits) < size:
            spots = letters.find(passage.text, hits[0] if hits else expected)
        if not spots and hits and len(hits) >= _ENOUGH_MATCHED * size:
            spots = letters.lines(hits)
        found.append(spots)
        expected = hits[-1] + 1 if hits else expected
    return found


def _lines(words: Iterable[PrintedWord]) -> Iterator[Locator]:
    """One box for each stretch of words beside each other on one line."""
    line: list[PrintedWord] = []
    for before, word in pairwise([None, *words]):
        assert word is not None
        if before is not None and not _runs_on(before, word):
            yield _joined(line)
            line = []
        line.append(word)
    if line:
        yield _joined(line)


def _runs_on(before: PrintedWord, word: PrintedWord) -> bool:
    _, top, right, bottom = before.box
    left, next_top, _, next_bottom = word.box
    shared = min(bottom, next_bottom) - max(top, next_top)
    height = max(bottom - top, next_bottom - next_top, 1.0)
    is_beside = -height < left - right < _WIDEST_GAP * height
    return before.page == word.page and shared > _SAME_LINE * min(bottom - top, next_bottom - next_top) and is_beside


def _joined(line: list[PrintedWord]) -> Locator:
    return Locator(page=line[0].page, box=joined_box([word.box for word in line]))


def letters_of(text: str) -> str:
    """The letters and digits of a text alone, small: what two programs agree on."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
