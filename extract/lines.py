"""A transcript as lines in which every character has exactly one owner, so that no word is lost or counted twice."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise, takewhile

from casework.model import Passage, Role
from casework.transcript import Block, Box, Locator, Mark, Paragraph, Span, Table, Transcript, joined_box
from extract.labels import tidy_label
from extract.tab_stops import is_tab_stop

BETWEEN_LINES = "\n"
BETWEEN_CELLS = " | "
WITHIN_LINE = " "
_OVERHANG = 0.7
"""Points by which a letter such as J begins left of where its line does."""
_ENOUGH_WORDS = 20
"""A label and enough of what follows it to know the line's spaces."""
_UNLIKE = 0.1
"""A gap that differs by more than this share from its line's spaces is none of them."""
_SAME_LINE = 0.5
"""Words whose boxes share this much of the lower one's height stand on one line."""


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
    _marks: frozenset[Mark] = field(init=False)
    _bare: str | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if len(self.spans) == 1:
            self.text, self._marks = self.spans[0].text, self.spans[0].marks
            self._starts = [0]
        else:
            self.text = "".join([span.text for span in self.spans])
            self._marks = frozenset[Mark]().union(*[span.marks for span in self.spans])
            self._starts = [0, *accumulate([len(span.text) for span in self.spans])][:-1]
        self.owners = [UNPLACED] * len(self.text)

    @property
    def bare(self) -> str:
        """The whole line as `tidy_label` gives it, worked out once."""
        if self._bare is None:
            self._bare = tidy_label(self.text)
        return self._bare

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

    def pieces(self, start: int = 0, end: int | None = None) -> list[tuple[int, int, Span]]:
        """The parts of spans between `start` and `end`, empty spans included, as (start, end, span)."""
        stop = len(self.text) if end is None else end
        found: list[tuple[int, int, Span]] = []
        for begin, span in zip(self._starts, self.spans, strict=True):
            finish = begin + len(span.text)
            if begin == finish:
                if start <= begin <= stop:
                    found.append((begin, finish, span))
            elif begin < stop and finish > start:
                found.append((begin if begin > start else start, finish if finish < stop else stop, span))
        return found

    def stops(self, start: int, end: int) -> list[int]:
        """Where words begin at a tab stop of a page, behind a gap unlike the spaces of their line.

        Looked for between `start` and `end`; stops are counted from the word at `start`.
        """
        if self.place.page is None:
            return []
        words = [(at, span.place) for at, _, span in self.pieces(start)[:_ENOUGH_WORDS] if span.control is None]
        placed = [(at, place.box) for at, place in words if place is not None and place.box is not None]
        first = list(takewhile(lambda word: word[1][1] < placed[0][1][3], placed))
        gaps = [box[0] - before[2] for (_, before), (_, box) in pairwise(first)]
        found = []
        for number, (at, box) in enumerate(first[1:]):
            if at <= end and is_tab_stop(box[0] - first[0][1][0], _OVERHANG):
                spaces = sorted(gaps[:number] + gaps[number + 1 :]) or [0.0]
                usual = spaces[len(spaces) // 2]
                if abs(gaps[number] - usual) > _UNLIKE * usual:
                    found.append(at)
        return found

    def marked(self, mark: Mark, start: int = 0, end: int | None = None) -> float:
        """The share of the letters and digits between `start` and `end` that carry `mark`, 0 to 1."""
        if mark not in self._marks:
            return 0.0
        total = carrying = 0
        for begin, finish, span in self.pieces(start, end):
            letters = sum(map(str.isalnum, self.text[begin:finish]))
            total += letters
            carrying += letters if mark in span.marks else 0
        return carrying / total if total else 0.0

    def place_of(self, start: int, end: int) -> Locator:
        """Where these characters stand: the box round their spans on a page, else the line's own place."""
        return self._round(self._placed(start, end))

    def places_of(self, start: int, end: int) -> tuple[Locator, ...]:
        """The same with a box for each line that they take up on a page: one box round all holds their neighbours."""
        rows: list[list[Span]] = []
        for span in self._placed(start, end):
            if rows and _follows(rows[-1][-1].place, span.place):
                rows[-1].append(span)
            else:
                rows.append([span])
        return tuple(self._round(row) for row in rows) or (self.place,)

    def _placed(self, start: int, end: int) -> list[Span]:
        spans = [span for begin, finish, span in self.pieces(start, end) if begin < finish or start == end]
        return [span for span in spans if span.place is not None and span.place.box is not None]

    def _round(self, spans: list[Span]) -> Locator:
        places = [span.place for span in spans if span.place is not None]
        boxes: list[Box] = [place.box for place in places if place.box is not None]
        if not boxes:
            return self.place
        controls = {span.control.identity for span in spans if span.control is not None and span.control.identity}
        control = controls.pop() if len(controls) == 1 else None
        return Locator(self.place.part, self.place.path, places[0].page, joined_box(boxes), control)


def _follows(before: Locator | None, place: Locator | None) -> bool:
    """Whether a box stands to the right of another, on the same line of the same page."""
    if before is None or place is None or before.box is None or place.box is None or before.page != place.page:
        return False
    left, top, _, bottom = place.box
    start, above, _, below = before.box
    shared = min(bottom, below) - max(top, above)
    return left >= start and shared >= _SAME_LINE * min(bottom - top, below - above)


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
    _bare: str | None = field(init=False, default=None)

    @property
    def bare(self) -> str:
        """The cell's words as `tidy_label` gives them, worked out once."""
        if self._bare is None:
            self._bare = tidy_label(self.words)
        return self._bare

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
    if not any("\n" in span.text for span in paragraph.spans):
        only = Line(paragraph.spans, paragraph.place, paragraph.level, paragraph.marker)
        return Para((only,), paragraph.level, paragraph.place.part)
    rows: list[list[Span]] = [[]]
    for span in paragraph.spans:
        for number, piece in enumerate(span.text.split("\n")):
            if number:
                rows.append([])
            if piece or not span.text:
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
        shows = any(map(str.isalnum, marker)) and not self.line.text[: self.start].strip()
        return f"{marker} {self.text}" if shows else self.text


def stretches_of(lines: list[Line]) -> list[Stretch]:
    """All lines cut where the owner changes, in reading order, bare white space left out."""
    found: list[Stretch] = []
    for line in lines:
        start = 0
        for owner, run in groupby(line.owners):
            end = start + sum(1 for _ in run)
            if not line.text[start:end].isspace():
                found.append(Stretch(line, start, end, owner))
            start = end
    return found


def passages_of(lines: list[Line]) -> tuple[Passage, ...]:
    """The whole document as passages: every visible word in exactly one of them."""
    return tuple(
        Passage(
            stretch.visible,
            stretch.line.place_of(stretch.start, stretch.end),
            stretch.owner.role,
            stretch.owner.field,
            level=stretch.line.level,
            marker=stretch.line.marker if stretch.start == 0 else "",
        )
        for stretch in stretches_of(lines)
    )
