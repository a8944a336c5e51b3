"""Tables that nothing is drawn round: labels and answers held in columns only by where their lines start."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.pdf_reader.flow import Line, Setting, marker_length, wraps
from extract.pdf_reader.glyphs import tick_state
from extract.pdf_reader.ink import Word

ALIGNED = 1.6
"""Lines that start within this of one another (points) start at one edge."""
PADDING = 10.8
"""What Word leaves between the texts of neighbouring cells, in points."""
LONGEST_LABEL = 3
"""Lines of a label; a first column with more in most of its rows holds prose."""
_LEADER = re.compile(r"[.…_·]{3,}|[.…_]+")

Columns = tuple[float, ...]
"""Where each column after the first starts, in points from the left of the page."""


@dataclass(frozen=True, slots=True)
class Unruled:
    """One table among lines: those from `start` to before `end`. `rows` hold each cell's words."""

    start: int
    end: int
    columns: Columns
    rows: tuple[tuple[tuple[Word, ...], ...], ...]


def find_unruled(
    lines: Sequence[Line], right_edge: float, setting: Setting, known: Sequence[Columns] = ()
) -> list[Unruled]:
    """The tables among these lines, top to bottom.

    Three lines that hold words on both sides of an edge make a table; at the edges of a table that is already `known`,
    on this page or the one before, one line does.
    """
    found: list[Unruled] = []
    expected = list(known)
    start = 0
    while start < len(lines):
        table = _first_table(lines, start, right_edge, setting, expected)
        if table is None:
            break
        found.append(table)
        expected.append(table.columns)
        start = table.end
    return found


def _first_table(
    lines: Sequence[Line], start: int, right_edge: float, setting: Setting, known: Sequence[Columns]
) -> Unruled | None:
    best: Unruled | None = None
    tried: set[tuple[int, int, int]] = set()
    edges = _edges(lines[start:], known)
    starts = [edge for edge, _ in edges]
    for edge, needed in edges:
        for first, last in _runs(lines, start, edge):
            both = [line for line in lines[first:last] if _is_split(line, edge)]
            key = (first, last, round(edge))
            if len(both) < needed or key in tried:
                continue
            tried.add(key)
            if _returns(lines, first, last, edge, right_edge, setting) or _is_newspaper(lines[first:last], edge):
                continue
            first, last = _trimmed(lines, first, last, edge, needed == 1)
            if not _is_clean(lines[first:last], edge, starts):
                continue
            columns = _columns(lines[first:last], edge, len(both), starts)
            table = _table(lines, first, last, columns, right_edge, setting, needed)
            if table is not None and (best is None or (table.start, -table.end) < (best.start, -best.end)):
                best = table
    return best


def _edges(lines: Sequence[Line], known: Sequence[Columns]) -> list[tuple[float, int]]:
    """Where words start behind a gap on three lines or more, commonest first, each with how many lines it needs."""
    counts: dict[int, list[float]] = {}
    for line in lines:
        for before, word in itertools.pairwise(_solid(line)):
            if _is_gap(before, word):
                counts.setdefault(round(word.x0), []).append(word.x0)
    out = [(edge, 1) for columns in known for edge in columns[-1:]]
    for at, values in sorted(counts.items(), key=lambda item: -len(item[1])):
        near = values + counts.get(at + 1, []) + counts.get(at - 1, [])
        if len(near) >= 3 and not any(abs(at - edge) <= ALIGNED for edge, _ in out):
            out.append((sorted(near)[len(near) // 2], 3))
    return out[:12]


def _solid(line: Line) -> list[Word]:
    """The line's words without leaders, which fill the gap up to the next column."""
    return [word for word in line.words if not _LEADER.fullmatch(word.text)]


def _crosses(word: Word, edge: float) -> bool:
    return word.x0 < edge - ALIGNED and word.x1 > edge - 2


def _is_split(line: Line, edge: float) -> bool:
    """Whether words stand on both sides of the edge, the right ones starting at it."""
    return any(
        abs(word.x0 - edge) <= ALIGNED and _is_gap(before, word) for before, word in itertools.pairwise(_solid(line))
    )


def _is_gap(before: Word, word: Word) -> bool:
    return word.x0 - before.x1 >= max(4.0, 0.5 * word.look.size)


def _runs(lines: Sequence[Line], start: int, edge: float) -> list[tuple[int, int]]:
    """Stretches of lines in one size of type that nothing crosses at the edge and that hold no typed-in fields."""
    out = []
    first = start
    for index in range(start, len(lines) + 1):
        barred = index < len(lines) and _is_barred(lines[index], edge)
        if index == len(lines) or barred or (index > first and _changes_size(lines[index - 1], lines[index], edge)):
            if index > first:
                out.append((first, index))
            first = index + barred
    return out


def _is_barred(line: Line, edge: float) -> bool:
    return (
        line.words[0].apart
        or any(word.control is not None and word.control.tag for word in line.words)
        or any(_crosses(word, edge) for word in _solid(line))
    )


def _changes_size(above: Line, line: Line, edge: float) -> bool:
    return line.x0 < edge - ALIGNED and abs(line.size - above.size) > 0.6


def _trimmed(lines: Sequence[Line], first: int, last: int, edge: float, goes_on: bool) -> tuple[int, int]:
    """Without the lines before and behind that have nothing to the right. A table that goes on may start in a cell."""
    starts = [index for index in range(first, last) if _is_split(lines[index], edge)]
    ends = [index for index in range(first, last) if lines[index].x1 > edge]
    begin = starts[0]
    while goes_on and begin > first and abs(lines[begin - 1].x0 - edge) <= ALIGNED:
        begin -= 1
    return begin, max(ends[-1], starts[-1]) + 1


def _returns(lines: Sequence[Line], first: int, last: int, edge: float, right_edge: float, setting: Setting) -> bool:
    """Whether what stands to the right goes on at the left margin when its line is full, as behind a mere tab."""
    hanging = returning = 0
    for above, line in itertools.pairwise(lines[first : last + 1]):
        right = [word for word in above.words if word.x0 >= edge - ALIGNED]
        size = max(above.size, line.size)
        if not right or (line.bottom - above.bottom) / size > 1.2 * setting.pitch(size) + 0.04:
            continue
        if abs(line.x0 - edge) <= ALIGNED:
            hanging += 1
        elif not _is_split(line, edge) and right[-1].text[-1:] not in ".:;?!" and wraps(Line(right), line, right_edge):
            returning += 1
    return returning > hanging


def _is_newspaper(lines: Sequence[Line], edge: float) -> bool:
    """Whether the two sides are columns of running text, each with a course of its own."""
    left = [words for line in lines if (words := [word for word in line.words if word.x0 < edge - ALIGNED])]
    right = [words for line in lines if (words := [word for word in line.words if word.x0 >= edge - ALIGNED])]
    carried_on = sum(words[0].text[:1].islower() for words in left)
    if carried_on >= max(3, 0.35 * len(left)) and max(words[-1].x1 for words in left) < edge - 1.5 * PADDING:
        return True
    split = [line for line in lines if _is_split(line, edge)]
    uneven = sum(abs(line.words[0].bottom - line.words[-1].bottom) > 1.2 for line in split)
    if uneven > 0.4 * len(split):
        return True
    bold = [sum(words[0].look.bold for words in side) for side in (left, right)]
    return bold[0] >= 3 and len(left) - bold[0] >= 3 and 0 < bold[1] < len(right)


def _is_clean(lines: Sequence[Line], edge: float, starts: Sequence[float]) -> bool:
    """Whether what stands to the right starts at the edge, or at another one, line after line."""
    firsts = [next((word for word in line.words if word.x0 >= edge - ALIGNED), None) for line in lines]
    there = [word for word in firsts if word is not None]
    at_edge = sum(any(abs(word.x0 - start) <= ALIGNED for start in starts) for word in there)
    split = [line for line in lines if _is_split(line, edge)]
    marked = sum(_is_marker([word for word in _solid(line) if word.x0 < edge - ALIGNED]) for line in split)
    return at_edge >= 0.8 * len(there) and marked <= 0.5 * len(split)


def _is_marker(words: Sequence[Word]) -> bool:
    """Whether the words before an edge only number a list or tick it off."""
    return all(tick_state(word.text) is not None for word in words) or (
        len(words) == 1 and bool(marker_length([words[0], words[0]]))
    )


def _columns(lines: Sequence[Line], edge: float, count: int, starts: Sequence[float]) -> Columns:
    """Those of the edges that hold along these lines."""
    out = [edge]
    for other in starts:
        if any(abs(other - known) < 2 * PADDING for known in out):
            continue
        split = sum(_is_split(line, other) for line in lines)
        crossed = any(_crosses(word, other) for line in lines for word in _solid(line))
        if split >= max(2, 0.4 * count) and not crossed and _is_clean(lines, other, starts):
            out.append(other)
    return tuple(sorted(out))


def _table(
    lines: Sequence[Line], first: int, last: int, columns: Columns, right_edge: float, setting: Setting, needed: int
) -> Unruled | None:
    parts = [_parts(line, columns) for line in lines[first:last]]
    starts = _row_starts(lines[first:last], parts, columns, right_edge, setting)
    rows = []
    answered = long = 0
    for begin, end in itertools.pairwise([*starts, len(parts)]):
        cells = tuple(
            tuple(word for part in parts[begin:end] for word in part[column]) for column in range(len(columns) + 1)
        )
        rows.append(cells)
        answered += bool(parts[begin][0]) and any(parts[begin][1:])
        long += sum(bool(part[0]) for part in parts[begin:end]) > LONGEST_LABEL
    full_rows = len(rows) - (not rows[0][0])
    if answered < needed or answered < 0.6 * full_rows or long > 0.34 * len(rows):
        return None
    return Unruled(first, last, columns, tuple(rows))


def _parts(line: Line, columns: Columns) -> list[list[Word]]:
    parts: list[list[Word]] = [[] for _ in range(len(columns) + 1)]
    for word in line.words:
        parts[sum(word.x0 >= edge - ALIGNED for edge in columns)].append(word)
    return parts


def _row_starts(
    lines: Sequence[Line], parts: Sequence[list[list[Word]]], columns: Columns, right_edge: float, setting: Setting
) -> list[int]:
    """The lines at which a new row begins: a label starts, and what stood beside the one before has ended."""
    starts = [0]
    label = next((part[0][0].look for part in parts if part[0]), None)
    for index in range(1, len(lines)):
        here, before = parts[index], parts[index - 1]
        if not here[0]:
            continue
        line, above = lines[index], lines[index - 1]
        size = max(line.size, above.size)
        apart = (line.bottom - above.bottom) / size > 1.2 * setting.pitch(size) + 0.04
        answered = any(here[1:])
        alike = here[0][0].look == label
        if not before[0] or apart:
            fresh = answered or alike
        elif wraps(Line(before[0]), Line(here[0]), columns[0] - PADDING) or here[0][0].text[:1].islower():
            fresh = False
        elif answered:
            fresh = not _goes_on(before, here, columns, right_edge)
        else:
            fresh = alike
        if fresh:
            starts.append(index)
    return starts


def _goes_on(before: list[list[Word]], here: list[list[Word]], columns: Columns, right_edge: float) -> bool:
    """Whether an answer beside the label runs on in the middle of a sentence."""
    edges = [*(edge - PADDING for edge in columns[1:]), right_edge]
    for old, new, edge in zip(before[1:], here[1:], edges, strict=True):
        if old and new and old[-1].text[-1:] not in ".:;?!" and wraps(Line(old), Line(new), edge):
            return not new[0].text[:1].isupper()
    return False
