"""What a hand drew over a page in a viewer: lines through and under words, rings round them, ticks beside them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from casework.transcript import Box, Control, ControlKind, Mark
from extract.pdf_reader.ink import Look, Notice, Point, Rule, Sheet, Word, contains

FLAT = 0.35
"""A stroke less tall than this share of the type it crosses is a line."""
CORE = 0.25
"""How much of a word's height at its top and bottom a ring may cut and be no line through it."""
TICKS = (4.0, 24.0)
"""How wide and tall a tick drawn by hand is, in points."""
REACH = 16.0
"""How far from its choice a tick stands, in points."""


def place_strokes(sheet: Sheet) -> None:
    """Give the words what is drawn on them by hand; a tick drawn beside a choice becomes a word before it."""
    for notice in sheet.notices:
        if notice.kind not in ("Ink", "Line") or not notice.strokes:
            continue
        box = _box([point for stroke in notice.strokes for point in stroke])
        held = [word for word in sheet.words if word.text.strip() and not word.apart and _touches(word, notice)]
        if not held:
            if notice.kind == "Ink":
                sheet.shapes.append(box)
                _tick_beside(sheet, box)
            continue
        height = max(word.height for word in held)
        for stroke in notice.strokes:
            x0, top, x1, bottom = _box(stroke)
            if bottom - top < FLAT * height and x1 - x0 > 0.5 * height:
                sheet.strikes.append(Rule(False, (top + bottom) / 2, x0, x1))
        if len(held) <= 8 and box[3] - box[1] >= FLAT * height:
            for word in held:
                word.marks.add(Mark.STRIKE if _is_through(word, notice) else Mark.BOXED)


def _touches(word: Word, notice: Notice) -> bool:
    box = _box([point for stroke in notice.strokes for point in stroke])
    flat = box[3] - box[1] < FLAT * word.height
    if flat:
        shared = min(word.x1, box[2]) - max(word.x0, box[0])
        return shared > 0.5 * (word.x1 - word.x0) and word.top <= box[3] and box[1] <= word.bottom + 0.12 * word.height
    return contains(box, word.centre, word.middle, 0.5) and box[3] - box[1] < 3.5 * word.height


def _is_through(word: Word, notice: Notice) -> bool:
    """Whether the drawing runs over the word rather than round it."""
    core = (word.x0, word.top + CORE * word.height, word.x1, word.bottom - CORE * word.height)
    points = [point for stroke in notice.strokes for point in _along(stroke)]
    return sum(contains(core, x, y) for x, y in points) > 0.3 * len(points)


def _along(stroke: Sequence[Point]) -> list[Point]:
    """Points at even steps along a stroke, however few corners it has."""
    out = []
    for (ax, ay), (bx, by) in itertools.pairwise(stroke):
        steps = max(1, min(100, round(max(abs(bx - ax), abs(by - ay)))))
        out += [(ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps) for step in range(steps)]
    return [*out, *stroke[-1:]]


def _tick_beside(sheet: Sheet, box: Box) -> None:
    low, high = TICKS
    middle = (box[1] + box[3]) / 2
    if not (low <= box[2] - box[0] <= high and low <= box[3] - box[1] <= high):
        return
    near = [
        word
        for word in sheet.words
        if abs(word.middle - middle) < word.height and (-3 < word.x0 - box[2] < REACH or -3 < box[0] - word.x1 < REACH)
    ]
    if near and not any(word.control is not None for word in near):
        line = min(near, key=lambda word: abs(word.middle - middle))
        tick = Control(ControlKind.TICK, checked=True)
        sheet.words.append(
            Word("✓", box[0], line.top, box[2], line.bottom, Look(line.look.size), sheet.number, control=tick)
        )


def _box(points: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys))
