"""Finds tables on a page from its ruling lines: which lines meet, and which cells they enclose."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.transcript import Box
from extract.pdf_reader.ink import Fill, Rule, box_area, contains, inside, overlap_area

JOIN = 2.0
"""Lines whose ends come this near (points) touch."""
SNAP = 1.6
"""Parallel lines this near are one line drawn twice."""
MIN_CELL = 4.0
GUTTER = 12.0
"""The empty strip beside a nested table is no wider than this."""
OPEN_SIDE = 10.0
"""Cross lines that run on by less than this past the last upright overshoot it; by more, they carry a column."""
MAX_RULES = 6_000
MAX_SQUARES = 10_000
TICK_SIZES = (5.0, 18.0)


@dataclass(slots=True)
class GridCell:
    """One cell: its box, its place among the grid's columns and rows, and the grids drawn inside it."""

    box: Box
    column: int
    row: int
    colspan: int
    rowspan: int
    grids: list[Grid] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A table as drawn. `columns` and `rows` are the positions of its lines, in points.

    `open_top` and `open_bottom` say that the side lines run on past the last cross line, as they do where a page
    break cuts a box in two. `regular` is False where some cells were not rectangles and had to be guessed.
    """

    box: Box
    columns: list[float]
    rows: list[float]
    cells: list[GridCell]
    open_top: bool = False
    open_bottom: bool = False
    regular: bool = True


@dataclass(slots=True)
class Drawn:
    """What the lines of a page make: outermost grids in reading order, small tick squares, and lines left over."""

    grids: list[Grid]
    squares: list[Box]
    loose: list[Rule]


def cell_at(grid: Grid, x: float, y: float) -> GridCell | None:
    """The cell that holds this point; the first of those that share it as an edge."""
    for cell in grid.cells:
        left, top, right, bottom = cell.box
        if left <= x <= right and top <= y <= bottom:
            return cell
    return None


def find_grids(rules: Sequence[Rule], centres: Sequence[tuple[float, float]] = ()) -> Drawn:
    """The tables, tick squares and leftover lines that these rules draw. `centres` are those of the page's words."""
    if len(rules) > MAX_RULES:
        rules = sorted(rules, key=lambda rule: -rule.length)[:MAX_RULES]
    flat = _merged([rule for rule in rules if not rule.upright])
    upright = _merged([rule for rule in rules if rule.upright])
    grids: list[Grid] = []
    squares: list[Box] = []
    loose: list[Rule] = []
    for across, down in _families(flat, upright):
        found = _grid_of(across, down, centres)
        if found is None:
            loose += across + down
        elif _is_square(found):
            squares.append(found.box)
        else:
            grids.append(found)
    squares = [square for index, square in enumerate(squares) if square not in squares[:index]]
    outer = _nested(grids)
    return Drawn(sorted(outer, key=lambda grid: (grid.box[1], grid.box[0])), squares, loose)


def tile_rules(fills: Sequence[Fill]) -> list[Rule]:
    """Lines between the cells of a table that is drawn with backgrounds alone: fills that tile, two by two at least."""
    tiles = [
        fill.box
        for fill in fills
        if fill.box[3] - fill.box[1] >= 8
        and fill.box[2] - fill.box[0] >= 12
        and max(fill.colour) - min(fill.colour) < 90
    ]
    rows: dict[tuple[int, int], list[Box]] = {}
    for tile in tiles[:2_000]:
        rows.setdefault((round(tile[1] / 2), round(tile[3] / 2)), []).append(tile)
    bands: dict[tuple[int, ...], list[list[Box]]] = {}
    for row in rows.values():
        row.sort()
        touching = all(abs(right[0] - left[2]) < JOIN + 1 for left, right in itertools.pairwise(row))
        if len(row) >= 2 and touching:
            bands.setdefault(tuple(round(tile[0] / 2) for tile in row), []).append(row)
    out: list[Rule] = []
    for band in bands.values():
        band.sort(key=lambda row: row[0][1])
        stacked = any(abs(below[0][1] - above[0][3]) < JOIN + 1 for above, below in itertools.pairwise(band))
        for x0, y0, x1, y1 in (tile for row in band for tile in row) if stacked else ():
            out += [Rule(False, y0, x0, x1), Rule(False, y1, x0, x1), Rule(True, x0, y0, y1), Rule(True, x1, y0, y1)]
    return out


def _is_square(grid: Grid) -> bool:
    width, height = grid.box[2] - grid.box[0], grid.box[3] - grid.box[1]
    low, high = TICK_SIZES
    return len(grid.cells) == 1 and low <= width <= high and low <= height <= high and 0.7 <= width / height <= 1.43


def _merged(rules: list[Rule]) -> list[Rule]:
    """Lines drawn in pieces or twice, as one line each."""
    out: list[Rule] = []
    tracks: list[tuple[float, list[Rule]]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if tracks and rule.at - tracks[-1][0] <= SNAP:
            tracks[-1][1].append(rule)
        else:
            tracks.append((rule.at, [rule]))
    for _, track in tracks:
        track.sort(key=lambda rule: rule.start)
        group: list[Rule] = []
        end = 0.0
        for rule in track:
            if group and rule.start > end + JOIN:
                out.append(_one(group))
                group = []
            end = max(end, rule.end) if group else rule.end
            group.append(rule)
        if group:
            out.append(_one(group))
    return out


def _one(group: list[Rule]) -> Rule:
    weight = sum(max(rule.length, 0.1) for rule in group)
    at = sum(rule.at * max(rule.length, 0.1) for rule in group) / weight
    return Rule(group[0].upright, at, min(rule.start for rule in group), max(rule.end for rule in group))


def _families(flat: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that touch one another, directly or through others, kept together."""
    parent = list(range(len(flat) + len(upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    heights = [rule.at for rule in flat]
    for number, post in enumerate(upright):
        first, last = bisect_left(heights, post.start - JOIN), bisect_right(heights, post.end + JOIN)
        for index in range(first, last):
            bar = flat[index]
            if bar.start - JOIN <= post.at <= bar.end + JOIN:
                one, other = root(index), root(len(flat) + number)
                if one != other:
                    parent[one] = other
    families: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index, rule in enumerate(flat + upright):
        family = families.setdefault(root(index), ([], []))
        family[1 if rule.upright else 0].append(rule)
    return list(families.values())


def _distinct(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def _grid_of(across: list[Rule], down: list[Rule], centres: Sequence[tuple[float, float]]) -> Grid | None:
    if not down or not across:
        return None
    down = down + _open_sides(across, down, centres)
    if len(down) < 2:
        return None
    xs, ys = _distinct([rule.at for rule in down]), _distinct([rule.at for rule in across])
    if len(xs) < 2:
        return None
    # A box cut by a page break keeps its sides and loses its top or bottom line.
    sides = [rule for rule in down if abs(rule.at - xs[0]) <= SNAP or abs(rule.at - xs[-1]) <= SNAP]
    low, high = min(rule.start for rule in sides), max(rule.end for rule in sides)
    both = len({round(rule.at) for rule in sides if rule.end >= high - JOIN}) >= 2
    open_bottom = both and high > ys[-1] + MIN_CELL
    both = len({round(rule.at) for rule in sides if rule.start <= low + JOIN}) >= 2
    open_top = both and low < ys[0] - MIN_CELL
    across = list(across)
    if open_bottom:
        across.append(Rule(False, high, xs[0], xs[-1]))
        ys.append(high)
    if open_top:
        across.append(Rule(False, low, xs[0], xs[-1]))
        ys.insert(0, low)
    if len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > MAX_SQUARES:
        return None
    cells, regular = _cells_of(xs, ys, across, down)
    cells = _between_gutters(cells, xs, centres)
    if not cells:
        return None
    cells, xs, ys = _without_slivers(cells, xs, ys)
    box = (xs[0], ys[0], xs[-1], ys[-1])
    return Grid(box, xs, ys, cells, open_top, open_bottom, regular)


def _open_sides(across: list[Rule], down: list[Rule], centres: Sequence[tuple[float, float]]) -> list[Rule]:
    """The outer uprights that a table leaves out where its cross lines run on past the last drawn upright."""
    first, last = min(rule.at for rule in down), max(rule.at for rule in down)
    out = []
    for at, ends in (
        (first, [(bar.start, bar) for bar in across if bar.start <= first + JOIN and bar.end > first]),
        (last, [(bar.end, bar) for bar in across if bar.end >= last - JOIN and bar.start < last]),
    ):
        edges = sorted(end for end, _ in ends)
        if not edges:
            continue
        edge = edges[len(edges) // 2]
        bars = [bar for end, bar in ends if abs(end - edge) <= JOIN]
        if abs(edge - at) < OPEN_SIDE or len(bars) < 2 or len(bars) < 0.6 * len(ends):
            continue
        top, bottom = min(bar.at for bar in bars), max(bar.at for bar in bars)
        strip = (min(at, edge), top, max(at, edge), bottom)
        if any(contains(strip, x, y) for x, y in centres):
            out.append(Rule(True, edge, top, bottom))
    return out


def _cells_of(xs: list[float], ys: list[float], across: list[Rule], down: list[Rule]) -> tuple[list[GridCell], bool]:
    """Join neighbouring squares of the lattice where no line parts them; what the outside reaches is no cell."""
    wide, tall = len(xs) - 1, len(ys) - 1
    bars = [[False] * wide for _ in range(tall + 1)]
    posts = [[False] * (wide + 1) for _ in range(tall)]
    for rule in across:
        line = _nearest(ys, rule.at)
        for column in range(wide):
            if _covers(rule, xs[column], xs[column + 1]):
                bars[line][column] = True
    for rule in down:
        line = _nearest(xs, rule.at)
        for row in range(tall):
            if _covers(rule, ys[row], ys[row + 1]):
                posts[row][line] = True
    outside = wide * tall
    parent = list(range(outside + 1))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(one: int, other: int) -> None:
        parent[root(one)] = root(other)

    for row in range(tall):
        for column in range(wide):
            here = row * wide + column
            if not bars[row][column]:
                join(here, here - wide if row else outside)
            if row == tall - 1 and not bars[tall][column]:
                join(here, outside)
            if not posts[row][column]:
                join(here, here - 1 if column else outside)
            if column == wide - 1 and not posts[row][wide]:
                join(here, outside)
    groups: dict[int, list[int]] = {}
    for index in range(outside):
        group = root(index)
        if group != root(outside):
            groups.setdefault(group, []).append(index)
    cells, rings, regular = [], [], True
    for group_cells in groups.values():
        rows, columns = [index // wide for index in group_cells], [index % wide for index in group_cells]
        top, bottom, left, right = min(rows), max(rows), min(columns), max(columns)
        box = (xs[left], ys[top], xs[right + 1], ys[bottom + 1])
        cell = GridCell(box, left, top, right - left + 1, bottom - top + 1)
        if (bottom - top + 1) * (right - left + 1) != len(group_cells):
            rings.append(cell)
        cells.append(cell)
    for ring in rings:
        regular = _enclose(cells, ring) and regular
    return sorted(cells, key=lambda cell: (cell.row, cell.column)), regular


def _enclose(cells: list[GridCell], ring: GridCell) -> bool:
    """Make the cells that stand inside a ring-shaped cell a table of their own in it. False for any other odd shape."""
    held = [cell for cell in cells if cell is not ring and inside(cell.box, ring.box, 0.1)]
    gone = {id(cell) for cell in held}
    others = [cell for cell in cells if cell is not ring and id(cell) not in gone]
    if not held or any(overlap_area(cell.box, ring.box) > 1 for cell in others):
        return False
    cells[:] = [*others, ring]
    ring.grids.append(_regridded(held))
    return True


def _between_gutters(cells: list[GridCell], xs: list[float], centres: Sequence[tuple[float, float]]) -> list[GridCell]:
    """A table nested in a cell leaves an empty strip on each side of it, touching the outer lines above and below."""
    strips = [
        cell
        for cell in cells
        if cell.column in (0, len(xs) - 2)
        and cell.colspan == 1
        and cell.box[2] - cell.box[0] <= GUTTER
        and not any(contains(cell.box, x, y) for x, y in centres)
    ]
    for left in [cell for cell in strips if cell.column == 0]:
        right = next(
            (
                cell
                for cell in strips
                if cell is not left
                and (cell.row, cell.rowspan) == (left.row, left.rowspan)
                and cell.column == len(xs) - 2
            ),
            None,
        )
        if right is None:
            continue
        outer = GridCell((left.box[0], left.box[1], right.box[2], left.box[3]), 0, left.row, len(xs) - 1, left.rowspan)
        within = [cell for cell in cells if inside(cell.box, outer.box, 0.1)]
        held = [cell for cell in within if cell is not left and cell is not right]
        if held:
            gone = {id(cell) for cell in within}
            cells = [cell for cell in cells if id(cell) not in gone] + [outer]
            outer.grids.append(_regridded(held))
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _regridded(cells: list[GridCell]) -> Grid:
    xs = _distinct([edge for cell in cells for edge in (cell.box[0], cell.box[2])])
    ys = _distinct([edge for cell in cells for edge in (cell.box[1], cell.box[3])])
    for cell in cells:
        _place(cell, xs, ys)
    cells = sorted(cells, key=lambda cell: (cell.row, cell.column))
    return Grid((xs[0], ys[0], xs[-1], ys[-1]), xs, ys, cells)


def _place(cell: GridCell, xs: list[float], ys: list[float]) -> None:
    left, right = _nearest(xs, cell.box[0]), _nearest(xs, cell.box[2])
    top, bottom = _nearest(ys, cell.box[1]), _nearest(ys, cell.box[3])
    cell.column, cell.colspan = left, max(1, right - left)
    cell.row, cell.rowspan = top, max(1, bottom - top)


def _covers(rule: Rule, start: float, end: float) -> bool:
    shared = min(rule.end, end) - max(rule.start, start)
    return shared >= 0.6 * (end - start)


def _nearest(values: list[float], value: float) -> int:
    index = bisect_left(values, value)
    if index == len(values) or (index and value - values[index - 1] <= values[index] - value):
        return index - 1
    return index


def _without_slivers(
    cells: list[GridCell], xs: list[float], ys: list[float]
) -> tuple[list[GridCell], list[float], list[float]]:
    """Leave out the narrow strips between double lines, and close the columns and rows up."""
    kept = [cell for cell in cells if cell.box[2] - cell.box[0] >= MIN_CELL and cell.box[3] - cell.box[1] >= MIN_CELL]
    if not kept:
        return cells, xs, ys
    new_xs = _distinct([edge for cell in kept for edge in (cell.box[0], cell.box[2])])
    new_ys = _distinct([edge for cell in kept for edge in (cell.box[1], cell.box[3])])
    new_xs, new_ys = _apart(new_xs), _apart(new_ys)
    for cell in kept:
        _place(cell, new_xs, new_ys)
    return sorted(kept, key=lambda cell: (cell.row, cell.column)), new_xs, new_ys


def _apart(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in values:
        if not out or value - out[-1] >= MIN_CELL:
            out.append(value)
    return out


def _nested(grids: list[Grid]) -> list[Grid]:
    """Put each grid into the smallest cell of another grid that holds it; give back those that stand alone."""
    outer: list[Grid] = []
    by_size = sorted(grids, key=lambda grid: -box_area(grid.box))
    for index, grid in enumerate(by_size):
        home: GridCell | None = None
        for other in by_size[:index]:
            if other is grid or not inside(grid.box, other.box):
                continue
            for cell in other.cells:
                if inside(grid.box, cell.box) and (home is None or box_area(cell.box) < box_area(home.box)):
                    home = cell
        if home is None:
            outer.append(grid)
        elif box_area(grid.box) < 0.97 * box_area(home.box) or len(grid.cells) > 1:
            home.grids.append(grid)
    for grid in grids:
        for cell in grid.cells:
            cell.grids.sort(key=lambda inner: (inner.box[1], inner.box[0]))
    return outer
