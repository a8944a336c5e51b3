"""A transcript as lines in which every character has exactly one owner, so that no word is lost or counted twice."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, groupby

from casework.model import Passage, Role
from casework.transcript import Block, Box, Locator, Mark, Paragraph, Span, Table, Transcript, joined_box

BETWEEN_LINES = "\n"
BETWEEN_CELLS = " | "
WITHIN_LINE = " "


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose words some characters are."""

    role: Role
    field: str | None = None


FORM = Owner(Role.FORM)
UNPLACED = Owner(Role.UNPLACED)


@dataclass(eq=False, slots=True)
class Line:
    """One line of a paragraph, between soft breaks. `owners` holds one owner a character, at first nobody's.

    `join` is what stands between this line and the one before when both belong to the same answer.
    """

    spans: tuple[Span, ...]
    place: Locator
    level: int = 0
    marker: str = ""
    join: str = BETWEEN_LINES
    text: str = field(init=False)
    owners: list[Owner] = field(init=False)
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        if len(self.spans) == 1:
            self.text = self.spans[0].text
            self._starts = [0]
        else:
            self.text = "".join([span.text for span in self.spans])
            self._starts = [0, *accumulate([len(span.text) for span in self.spans])][:-1]
        self.owners = [UNPLACED] * len(self.text)

    def claim(self, start: int, end: int, owner: Owner) -> None:
        """Give the characters from `start` to `end` to `owner`; the last claim holds."""
        first, last = max(start, 0), min(end, len(self.owners))
        if first < last:
            self.owners[first:last] = [owner] * (last - first)

    def span_at(self, at: int) -> Span | None:
        """The span that holds character `at`."""
        if not self.text or not 0 <= at < len(self.text):
            return None
        return self.spans[bisect_right(self._starts, at) - 1]

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, Span]]:
        """The parts of spans between `start` and `end`, empty spans included, as (start, end, span)."""
        stop = len(self.text) if end is None else end
        for begin, span in zip(self._starts, self.spans, strict=True):
            finish = begin + len(span.text)
            if begin == finish:
                if start <= begin <= stop:
                    yield begin, finish, span
            elif begin < stop and finish > start:
                yield max(begin, start), min(finish, stop), span

    def marked(self, mark: Mark, start: int = 0, end: int | None = None) -> float:
        """The share of the letters and digits between `start` and `end` that carry `mark`, 0 to 1."""
        stop = len(self.text) if end is None else end
        if not any(mark in span.marks for span in self.spans):
            # Most lines carry no mark at all; there is nothing to count.
            return 0.0
        total = carrying = 0
        for begin, finish, span in self.pieces(start, stop):
            letters = sum(map(str.isalnum, self.text[begin:finish]))
            total += letters
            carrying += letters if mark in span.marks else 0
        return carrying / total if total else 0.0

    def place_of(self, start: int, end: int) -> Locator:
        """Where these characters stand: the box round their spans on a page, else the line's own place."""
        spans = [span for begin, finish, span in self.pieces(start, end) if begin < finish or start == end]
        places = [span.place for span in spans if span.place is not None]
        controls = {span.control.identity for span in spans if span.control is not None and span.control.identity}
        control = controls.pop() if len(controls) == 1 else None
        boxes: list[Box] = [place.box for place in places if place.box is not None]
        if not boxes:
            return self.place
        return Locator(self.place.part, self.place.path, places[0].page, joined_box(boxes), control)


@dataclass(eq=False, slots=True)
class Para:
    """A paragraph as its lines."""

    lines: tuple[Line, ...]
    level: int
    part: str


@dataclass(eq=False, slots=True)
class GridCell:
    """A table cell; `column` is its first grid column."""

    nodes: tuple[Node, ...]
    column: int
    colspan: int
    rowspan: int
    shaded: bool
    lines: tuple[Line, ...] = field(init=False)
    """Every line below this cell, in reading order."""
    words: str = field(init=False)
    """The cell's text on one line."""

    def __post_init__(self) -> None:
        # A walk asks for both again and again, and neither changes.
        self.lines = tuple(lines_of(self.nodes))
        self.words = " ".join(" ".join([line.text for line in self.lines]).split())


@dataclass(eq=False, slots=True)
class Grid:
    """A table as rows of cells."""

    rows: tuple[tuple[GridCell, ...], ...]


Node = Para | Grid


def lines_of(nodes: tuple[Node, ...]) -> list[Line]:
    """Every line below these nodes, in reading order."""
    found: list[Line] = []
    for node in nodes:
        if isinstance(node, Para):
            found += node.lines
        else:
            for row in node.rows:
                for cell in row:
                    found += lines_of(cell.nodes)
    return found


def lay_out(transcript: Transcript) -> tuple[Node, ...]:
    """The transcript's blocks as nodes over lines."""
    return _nodes(transcript.blocks)


def _nodes(blocks: tuple[Block, ...]) -> tuple[Node, ...]:
    return tuple(_para(block) if isinstance(block, Paragraph) else _grid(block) for block in blocks)


def _grid(table: Table) -> Grid:
    return Grid(
        tuple(
            tuple(
                GridCell(_nodes(cell.blocks), cell.column, max(cell.colspan, 1), max(cell.rowspan, 1), cell.shaded)
                for cell in row.cells
            )
            for row in table.rows
        )
    )


def _para(paragraph: Paragraph) -> Para:
    rows: list[list[Span]] = [[]]
    for span in paragraph.spans:
        if "\n" not in span.text:
            rows[-1].append(span)
            continue
        for number, piece in enumerate(span.text.split("\n")):
            if number:
                rows.append([])
            if piece:
                rows[-1].append(Span(piece, span.marks, span.control, span.place))
    lines = tuple(
        Line(tuple(spans), paragraph.place, paragraph.level, paragraph.marker if number == 0 else "")
        for number, spans in enumerate(rows)
    )
    return Para(lines, paragraph.level, paragraph.place.part)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive characters of one line with one owner."""

    line: Line
    start: int
    end: int
    owner: Owner

    @property
    def text(self) -> str:
        """The words, with tabs and runs of spaces made one space."""
        return " ".join(self.line.text[self.start : self.end].split())

    @property
    def visible(self) -> str:
        """The words with the list number that the page shows before them."""
        marker = self.line.marker
        first = not self.line.text[: self.start].strip()
        return f"{marker} {self.text}" if first and any(sign.isalnum() for sign in marker) else self.text


def stretches_of(lines: list[Line]) -> list[Stretch]:
    """All lines cut where the owner changes, in reading order, bare white space left out."""
    found: list[Stretch] = []
    for line in lines:
        start = 0
        for owner, run in groupby(line.owners):
            end = start + sum(1 for _ in run)
            stretch = Stretch(line, start, end, owner)
            if stretch.text:
                found.append(stretch)
            start = end
    return found


def passages_of(lines: list[Line]) -> tuple[Passage, ...]:
    """The whole document as passages: every visible word in exactly one of them."""
    return tuple(
        Passage(
            stretch.visible, stretch.line.place_of(stretch.start, stretch.end), stretch.owner.role, stretch.owner.field
        )
        for stretch in stretches_of(lines)
    )
