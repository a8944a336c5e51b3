"""What makes words stand out on a page: type, colour, fills behind them, lines through and boxes round them."""

from __future__ import annotations

from casework.transcript import Box, Mark
from extract.pdf_reader.grid import Drawn, Grid
from extract.pdf_reader.ink import WHITE, Colour, Fill, Rule, Sheet, Word, box_area, contains, overlap_area

PICTURE = 0.5
"""A picture over more of the page than this is the page."""
_NOTICE_MARKS = {"Highlight": Mark.HIGHLIGHT, "Underline": Mark.UNDERLINE, "StrikeOut": Mark.STRIKE}


def mark_words(sheet: Sheet, found: Drawn) -> None:
    """Give each word its marks, and take tight boxes round words out of `found.grids`."""
    covers = [fill for fill in sheet.fills if fill.opaque and _saturation(fill.colour) < 90]
    for word in sheet.words:
        if word.look.bold:
            word.marks.add(Mark.BOLD)
        if word.look.italic:
            word.marks.add(Mark.ITALIC)
        if _saturation(word.look.colour) > 60 and max(word.look.colour) > 90:
            word.marks.add(Mark.COLOUR)
        if _is_hidden(sheet, word, covers):
            word.marks.add(Mark.HIDDEN)
    _mark_notices(sheet)
    _mark_fills(sheet, found)
    _mark_lines(sheet, found.loose + sheet.strikes)
    _mark_boxed(sheet, found)


def _is_hidden(sheet: Sheet, word: Word, covers: list[Fill]) -> bool:
    """Whether nobody sees the word: off the page, drawn without ink, white on white, or painted over."""
    if not contains((0, 0, sheet.width, sheet.height), word.centre, word.middle, 2):
        return True
    if word.control is not None:
        return False
    if word.look.unseen:
        # Under a picture of the page, letters without ink are what a scanner's program read in the picture.
        return sheet.image_share < PICTURE
    if min(word.look.colour) > 245 and _behind(sheet, word) == WHITE:
        return True
    x, y = word.centre, word.middle
    return any(
        fill.order > word.order > 0
        and contains(fill.box, x, y)
        and overlap_area(fill.box, word.box) > 0.9 * box_area(word.box)
        for fill in covers
    )


def _saturation(colour: Colour) -> int:
    return max(colour) - min(colour)


def _behind(sheet: Sheet, word: Word) -> Colour:
    colour = WHITE
    if sheet.image_share > 0.05:
        return (0, 0, 0)
    for fill in sheet.fills:
        if contains(fill.box, word.centre, word.middle) and min(fill.colour) < 235:
            colour = fill.colour
    if any(contains(shape, word.centre, word.middle) for shape in sheet.shapes):
        return (0, 0, 0)
    return colour


def _words_over(sheet: Sheet, box: Box) -> list[Word]:
    return [
        word
        for word in sheet.words
        if word.text.strip() and contains(box, word.centre, word.middle, 0.5) and not word.apart
    ]


def _mark_notices(sheet: Sheet) -> None:
    for notice in sheet.notices:
        mark = _NOTICE_MARKS.get(notice.kind)
        for box in notice.boxes:
            if mark is not None:
                for word in sheet.words:
                    if overlap_area(word.box, box) > 0.4 * max(0.1, box_area(word.box)):
                        word.marks.add(mark)
            elif notice.kind in ("Square", "Circle") or (notice.kind == "Ink" and not notice.strokes):
                held = _words_over(sheet, box)
                if held and box[3] - box[1] < 3.5 * max(word.height for word in held) and len(held) <= 8:
                    for word in held:
                        word.marks.add(Mark.BOXED)


def _mark_fills(sheet: Sheet, found: Drawn) -> None:
    cells = [cell.box for grid in _all_grids(found.grids) for cell in grid.cells]
    for fill in sheet.fills:
        if min(fill.colour) > 245 or max(fill.colour) < 60:
            continue
        held = _words_over(sheet, fill.box)
        if not held or _fills_cell(fill, cells):
            continue
        tallest = max(word.height for word in held)
        if fill.box[3] - fill.box[1] > 1.9 * tallest:
            continue
        if _saturation(fill.colour) >= 90:
            mark = Mark.HIGHLIGHT
        else:
            covered = max(word.x1 for word in held) - min(word.x0 for word in held)
            if covered < 0.6 * (fill.box[2] - fill.box[0]):
                continue
            mark = Mark.SHADING
        for word in held:
            if min(word.x1, fill.box[2]) - max(word.x0, fill.box[0]) > 0.5 * (word.x1 - word.x0):
                word.marks.add(mark)


def _fills_cell(fill: Fill, cells: list[Box]) -> bool:
    return any(overlap_area(fill.box, cell) >= 0.75 * box_area(cell) and box_area(cell) > 0 for cell in cells)


def _all_grids(grids: list[Grid]) -> list[Grid]:
    out = []
    for grid in grids:
        out.append(grid)
        for cell in grid.cells:
            out += _all_grids(cell.grids)
    return out


def _mark_lines(sheet: Sheet, loose: list[Rule]) -> None:
    for rule in loose:
        if rule.upright:
            continue
        held = [
            word
            for word in sheet.words
            if word.height > 0
            and word.top <= rule.at <= word.bottom + 0.12 * word.height
            and min(word.x1, rule.end) - max(word.x0, rule.start) > 0.7 * (word.x1 - word.x0)
            and word.control is None
        ]
        if not held:
            continue
        size = max(word.look.size for word in held)
        if rule.start < min(word.x0 for word in held) - size or rule.end > max(word.x1 for word in held) + size:
            continue
        for word in held:
            share = (rule.at - word.top) / word.height
            if 0.3 <= share <= 0.74:
                word.marks.add(Mark.STRIKE)
            elif share > 0.74:
                word.marks.add(Mark.UNDERLINE)


def _mark_boxed(sheet: Sheet, found: Drawn) -> None:
    kept = []
    for grid in found.grids:
        held = _words_over(sheet, grid.box) if len(grid.cells) == 1 and not grid.cells[0].grids else []
        if held and _tight(grid.box, held) and _has_neighbour(sheet, grid.box, held):
            for word in held:
                word.marks.add(Mark.BOXED)
        else:
            kept.append(grid)
    found.grids[:] = kept


def _tight(box: Box, held: list[Word]) -> bool:
    size = max(word.look.size for word in held)
    height = max(word.height for word in held)
    return (
        box[3] - box[1] <= 1.8 * height
        and min(word.x0 for word in held) - box[0] <= 0.9 * size
        and box[2] - max(word.x1 for word in held) <= 0.9 * size
    )


def _has_neighbour(sheet: Sheet, box: Box, held: list[Word]) -> bool:
    middle = held[0].middle
    return any(
        abs(word.middle - middle) < 0.5 * word.height
        and (0 <= word.x0 - box[2] + 1 <= 4 * word.look.size or 0 <= box[0] - word.x1 + 1 <= 4 * word.look.size)
        for word in sheet.words
        if word not in held
    )
