"""Charts as shapes and words in places, for a template to write as SVG: columns over time, and bars beside names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 600
_LEFT, _TOP, _BOTTOM = 44, 26, 230
_COLUMNS_HEIGHT = 282
_ROW, _BAR = 48, 18
_MOST_GRID_LINES = 4
_CROWDED = 9
_MOST_NAMES = 12
_LONGEST_NAME = 44
# Inside a lower piece the number would touch the edges.
_ROOM_FOR_A_NUMBER = 28


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle; `kind` is plain or late."""

    x: float
    y: float
    width: float
    height: float
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Words:
    """Words with their foot at (x, y); `kind` is name, minor (left out where there is little room), number or scale."""

    x: float
    y: float
    text: str
    kind: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart: its size, grid lines (heights), shapes and words."""

    width: int
    height: int
    grid: tuple[float, ...]
    shapes: tuple[Shape, ...]
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One step of time: its name, what stands under the name, how many there were, and how many of them late."""

    name: str
    under: str
    number: int
    late: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One named number."""

    name: str
    number: int
    kind: str = "plain"


def draw_columns(columns: Sequence[Column]) -> Drawing:
    """Columns over time, the late part of each at its foot."""
    step, top = scale_of(max((column.number for column in columns), default=0))
    height = (_BOTTOM - _TOP) / top
    slot = (WIDTH - _LEFT) / max(len(columns), 1)
    breadth = min(slot * 0.66, 64)
    # Of many names each second, third or fourth is written, so that none stands in another.
    every = math.ceil(len(columns) / _MOST_NAMES) or 1
    shapes: list[Shape] = []
    words = [Words(_LEFT - 8, _y(value, height) + 5, str(value), "scale", "end") for value in range(0, top + 1, step)]
    for place, column in enumerate(columns):
        middle = _LEFT + slot * (place + 0.5)
        left, tall, late = middle - breadth / 2, column.number * height, column.late * height
        shapes.append(Shape(round(left, 1), round(_BOTTOM - tall, 1), round(breadth, 1), round(tall, 1)))
        if column.late:
            # Inside by half of its outline, so that no line stands out below the foot.
            shapes.append(
                Shape(round(left + 1, 1), round(_BOTTOM - late, 1), round(breadth - 2, 1), round(late, 1), "late")
            )
        if late >= _ROOM_FOR_A_NUMBER and column.late < column.number:
            words.append(
                Words(round(middle, 1), round(_BOTTOM - late / 2 + 6, 1), str(column.late), "inside", "middle")
            )
        if column.number or every == 1:
            words.append(Words(round(middle, 1), round(_BOTTOM - tall - 8, 1), str(column.number), "number", "middle"))
        kind = "minor" if len(columns) > _CROWDED and place // every % 2 and not column.under else "name"
        if place % every == 0 or column.under:
            words.append(Words(round(middle, 1), _BOTTOM + 22, column.name, kind, "middle"))
        if column.under:
            words.append(Words(round(middle, 1), _BOTTOM + 44, column.under, "name", "middle"))
    grid = tuple(round(_y(value, height), 1) for value in range(0, top + 1, step))
    return Drawing(WIDTH, _COLUMNS_HEIGHT, grid, tuple(shapes), tuple(words))


def draw_bars(bars: Sequence[Bar]) -> Drawing:
    """A bar under each name, its number at its end."""
    most = max((bar.number for bar in bars), default=0) or 1
    shapes, words = [], []
    for place, bar in enumerate(bars):
        top = place * _ROW
        length = round(bar.number / most * (WIDTH - 90), 1)
        if bar.number:
            shapes.append(Shape(1, top + 26, max(length, 2), _BAR, bar.kind))
        words.append(Words(0, top + 19, _short(bar.name), "name"))
        words.append(Words(length + 9 if bar.number else 0, top + 26 + _BAR - 3, str(bar.number), "number"))
    return Drawing(WIDTH, _ROW * len(bars) + 4, (), tuple(shapes), tuple(words))


def scale_of(most: int) -> tuple[int, int]:
    """(step, top) of a scale of round numbers that holds `most`, with a few lines."""
    wanted = max(most, 1) / _MOST_GRID_LINES
    size = 10 ** max(math.floor(math.log10(wanted)), 0)
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= wanted)
    return step, step * math.ceil(max(most, 1) / step)


def _y(value: int, height: float) -> float:
    return _BOTTOM - value * height


def _short(name: str) -> str:
    """A name that fits the width on a phone too; the table under the chart has it whole."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
