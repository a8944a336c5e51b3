"""A page's words and grids into blocks in reading order: columns, tables, cells and paragraphs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from casework.transcript import Block, Box, Cell, Locator, Paragraph, Row, Table, joined_box
from extract.pdf_reader.flow import Line, Setting, level_in_cell, lines_of, paragraphs_of_lines
from extract.pdf_reader.grid import Grid, GridCell, cell_at
from extract.pdf_reader.ink import WHITE, Fill, Word, box_area, contains, overlap_area
from extract.pdf_reader.unruled import PADDING, Columns, Unruled, find_unruled

GUTTER = 11.0
"""Two columns of text stand at least this far apart, in points."""
FRAME_SHARE = 0.45
"""A single box over more of the page than this is a page frame, not a table."""


class PageLayout:
    """Reads one page. `right_edge` is where full lines of running text end.

    `known` are the columns of tables without lines that may go on here; those that this page holds are added to it.
    `columns` has those of each such table, by the table's id().
    """

    def __init__(
        self, number: int, fills: Sequence[Fill], setting: Setting, right_edge: float, known: Sequence[Columns] = ()
    ) -> None:
        self._number, self._setting, self._right_edge = number, setting, right_edge
        self._fills = fills
        self._known = list(known)
        self.columns: dict[int, Columns] = {}

    def blocks(self, words: Sequence[Word], grids: Sequence[Grid], page_area: float) -> list[Block]:
        """Everything in the page's body, in reading order."""
        framed: list[Grid] = []
        for grid in grids:
            if len(grid.cells) == 1 and box_area(grid.box) > FRAME_SHARE * page_area:
                framed += grid.cells[0].grids
            else:
                framed.append(grid)
        return self._region(list(words), framed, self._right_edge)

    def lines(self, words: list[Word]) -> list[Paragraph]:
        """Words that stand in no order worth keeping, as paragraphs from top to bottom."""
        return paragraphs_of_lines(lines_of(words), self._right_edge, self._setting, "body")

    def _region(
        self, words: list[Word], grids: Sequence[Grid], right_edge: float, *, in_cell: bool = False, ruled: bool = False
    ) -> list[Block]:
        """`in_cell` holds no headings; in one that is `ruled` off from others nothing else is a table without lines."""
        blocks: list[Block] = []
        left = words
        for grid in sorted(grids, key=lambda grid: (round(grid.box[1]), grid.box[0])):
            owned: dict[int, list[Word]] = {}
            rest: list[Word] = []
            for word in left:
                home = _home(grid, word)
                if home is None:
                    rest.append(word)
                else:
                    owned.setdefault(id(home), []).append(word)
            before = [word for word in rest if _comes_first(word, grid)]
            first = {id(word) for word in before}
            left = [word for word in rest if id(word) not in first]
            blocks += self._running(before, right_edge, in_cell=in_cell, ruled=ruled)
            table = self._table(grid, owned)
            within = table.rows[0].cells[0].blocks if len(grid.cells) == 1 else ()
            # A line drawn round the whole of a table without lines makes no cell of it.
            blocks += within if any(id(block) in self.columns for block in within) else [table]
        return blocks + self._running(left, right_edge, in_cell=in_cell, ruled=ruled)

    def _table(self, grid: Grid, owned: dict[int, list[Word]]) -> Table:
        rows: dict[int, list[Cell]] = {}
        for cell in grid.cells:
            words = owned.get(id(cell), [])
            padding = min((word.x0 for word in words), default=cell.box[0]) - cell.box[0]
            right = cell.box[2] - max(0.5, min(padding, 7.0))
            blocks = self._region(words, cell.grids, right, in_cell=True, ruled=len(grid.cells) > 1)
            place = Locator(page=self._number, box=_rounded(cell.box))
            rows.setdefault(cell.row, []).append(
                Cell(tuple(blocks), place, cell.column, cell.colspan, cell.rowspan, self._shaded(cell))
            )
        return Table(
            tuple(Row(tuple(rows[number])) for number in sorted(rows)),
            Locator(page=self._number, box=_rounded(grid.box)),
        )

    def _shaded(self, cell: GridCell) -> bool:
        shade = WHITE
        for fill in self._fills:
            if overlap_area(fill.box, cell.box) >= 0.6 * box_area(cell.box):
                shade = fill.colour
        return min(shade) < 250

    def _running(self, words: list[Word], right_edge: float, *, in_cell: bool, ruled: bool) -> list[Block]:
        if not words:
            return []
        lines = lines_of(words)
        blocks: list[Block] = []
        done = 0
        for table in () if ruled else self._unruled(lines, right_edge):
            blocks += self._newspaper(lines[done : table.start], right_edge, in_cell=in_cell, ruled=ruled)
            blocks.append(self._unruled_table(table, lines, right_edge))
            done = table.end
        return blocks + self._newspaper(lines[done:], right_edge, in_cell=in_cell, ruled=ruled)

    def _newspaper(self, lines: list[Line], right_edge: float, *, in_cell: bool, ruled: bool) -> list[Block]:
        columns = _columns(lines, right_edge)
        if len(columns) == 1:
            return self._paragraphs(lines, right_edge, in_cell=in_cell)
        blocks: list[Block] = []
        for column, edge in columns:
            words = [word for line in column for word in line.words]
            blocks += self._running(words, edge, in_cell=in_cell, ruled=ruled)
        return blocks

    def _paragraphs(self, lines: list[Line], right_edge: float, *, in_cell: bool) -> list[Block]:
        found = paragraphs_of_lines(lines, right_edge, self._setting, "body")
        return [level_in_cell(paragraph) if in_cell else paragraph for paragraph in found]

    def _unruled(self, lines: list[Line], right_edge: float) -> list[Unruled]:
        found = find_unruled(lines, right_edge, self._setting, self._known)
        self._known += [table.columns for table in found]
        return found

    def _unruled_table(self, table: Unruled, lines: list[Line], right_edge: float) -> Table:
        left = min(line.x0 for line in lines[table.start : table.end])
        starts = [left, *table.columns, right_edge]
        rows = []
        for words in table.rows:
            everything = [word.box for cell in words for word in cell]
            top, bottom = min(box[1] for box in everything), max(box[3] for box in everything)
            cells = []
            for column, cell in enumerate(words):
                edge = starts[column + 1] - (PADDING if column < len(table.columns) else 0)
                blocks = self._paragraphs(lines_of(cell), edge, in_cell=True) if cell else []
                place = Locator(page=self._number, box=_rounded((starts[column], top, starts[column + 1], bottom)))
                cells.append(Cell(tuple(blocks), place, column))
            rows.append(Row(tuple(cells)))
        boxes = [cell.place.box for row in rows for cell in row.cells if cell.place.box is not None]
        made = Table(tuple(rows), Locator(page=self._number, box=joined_box(boxes)))
        self.columns[id(made)] = table.columns
        return made


def _home(grid: Grid, word: Word) -> GridCell | None:
    x, y = word.centre, word.middle
    return cell_at(grid, x, y) if contains(grid.box, x, y) else None


def _comes_first(word: Word, grid: Grid) -> bool:
    if word.middle < grid.box[1]:
        return True
    return word.centre < grid.box[0] and word.middle < grid.box[3]


def _columns(lines: list[Line], right_edge: float) -> list[tuple[list[Line], float]]:
    """Lines split into columns where a clear gutter runs down many of them, in reading order."""
    if len(lines) < 6:
        return [(lines, right_edge)]
    found = _gutter(lines)
    if found is None:
        return [(lines, right_edge)]
    x, start, end = found
    out: list[tuple[list[Line], float]] = []
    if start:
        out.append((lines[:start], right_edge))
    inner = [word for line in lines[start:end] for word in line.words]
    for side in ([word for word in inner if word.centre < x], [word for word in inner if word.centre >= x]):
        column = lines_of(side)
        out += _columns(column, max(line.x1 for line in column))
    if end < len(lines):
        out += _columns(lines[end:], right_edge)
    return out


def _gutter(lines: list[Line]) -> tuple[float, int, int] | None:
    """Where a gutter stands (x) and the lines (first, past the last) along which nothing crosses it."""
    candidates: list[float] = []
    for line in lines:
        groups = line.groups()
        for one, other in itertools.pairwise(groups):
            if other[0].x0 - one[-1].x1 >= GUTTER:
                middle = other[0].x0 - GUTTER / 2
                if not any(abs(middle - known) < 4 for known in candidates):
                    candidates.append(middle)
    best: tuple[int, float, int, int] | None = None
    for x in candidates[:40]:
        start = 0
        for index in range(len(lines) + 1):
            if index < len(lines) and not any(word.x0 < x + 3 and word.x1 > x - 3 for word in lines[index].words):
                continue
            if index - start >= 5 and (best is None or index - start > best[0]) and _two_columns(lines[start:index], x):
                best = (index - start, x, start, index)
            start = index + 1
    return None if best is None else (best[1], best[2], best[3])


def _two_columns(lines: Sequence[Line], x: float) -> bool:
    """Whether text left and right of `x` runs down in its own lines, rather than as labels with their values."""
    words = [word for line in lines for word in line.words]
    left = lines_of([word for word in words if word.centre < x])
    right = lines_of([word for word in words if word.centre >= x])
    if len(left) < 4 or len(right) < 4:
        return False
    span = max(line.x1 for line in right) - min(line.x0 for line in left)
    widths = [max(line.x1 for line in side) - min(line.x0 for line in side) for side in (left, right)]
    if min(widths) < 0.2 * span:
        return False
    if max(_aligned(left, right), _aligned(right, left)) < 0.8:
        return True
    return len(left) >= 6 and len(right) >= 6 and _full(left) >= 0.55 and _full(right) >= 0.55


def _aligned(side: Sequence[Line], other: Sequence[Line]) -> float:
    return sum(any(abs(line.middle - known.middle) < 1.6 for known in other) for line in side) / len(side)


def _full(side: Sequence[Line]) -> float:
    edge = max(line.x1 for line in side)
    return sum(line.x1 >= edge - 2 * line.size for line in side) / len(side)


def _rounded(box: Box) -> Box:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))
