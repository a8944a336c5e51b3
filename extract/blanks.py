"""Where an answer would stand that nobody gave: the empty cell beside or below its question, on the page."""

from __future__ import annotations

from casework.form import FormDefinition
from casework.model import FieldStatus, Reading, Role
from casework.transcript import Box, Locator
from extract.pdf_reader.grid import Grid, GridCell, cell_at
from extract.render import Rendered, boxes_of_passages, letters_of

_INSET = 2.0
_LEAST = 8.0
"""Points; a cell that is narrower or lower has no room for an answer."""
_EMPTY = frozenset({FieldStatus.BLANK, FieldStatus.PROMPT})


def find_blanks(reading: Reading, rendered: Rendered, form: FormDefinition) -> dict[str, Locator]:
    """Page and box by field, for questions of a form in tables that have no answer; others are not in it."""
    wanted = {
        letters_of(label): definition.key
        for definition in form.fields
        if (answer := reading.answer(definition.key)) is not None and answer.status in _EMPTY
        for label in (definition.label, *definition.labels)
    }
    found: dict[str, Locator] = {}
    for passage, spots in zip(reading.passages, boxes_of_passages(reading, rendered), strict=True):
        key = wanted.get(letters_of(passage.text)) if passage.role is Role.FORM and spots else None
        if key is None or key in found:
            continue
        spot = spots[0]
        if spot.page is not None and spot.box is not None:
            box = _beside(rendered.grids[spot.page - 1], spot.box)
            if box is not None:
                found[key] = Locator(page=spot.page, box=box)
    return found


def _beside(grids: tuple[Grid, ...], label: Box) -> Box | None:
    """The cell to the right of the label's, or the one below it, a little inside its lines."""
    x, y = (label[0] + label[2]) / 2, (label[1] + label[3]) / 2
    for grid in grids:
        cell = cell_at(grid, x, y)
        if cell is None:
            continue
        inner = next((box for part in cell.grids if (box := _beside((part,), label)) is not None), None)
        if inner is not None:
            return inner
        right = _at(grid, cell.row, cell.column + cell.colspan)
        return _inside(right or _at(grid, cell.row + cell.rowspan, cell.column))
    return None


def _at(grid: Grid, row: int, column: int) -> GridCell | None:
    return next((cell for cell in grid.cells if (cell.row, cell.column) == (row, column)), None)


def _inside(cell: GridCell | None) -> Box | None:
    if cell is None:
        return None
    left, top, right, bottom = cell.box
    if right - left < _LEAST or bottom - top < _LEAST:
        return None
    return left + _INSET, top + _INSET, right - _INSET, bottom - _INSET
