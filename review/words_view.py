"""The words of a form laid out as their sender did: headings, lists, and tables whose headers name their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from casework.model import Role
from review.passage_view import PassageView

_IN_TABLE = re.compile(r"(?P<table>(?:[^,]+, )*?table \d+), row (?P<row>\d+), cell (?P<cell>\d+)")
_MOST_CELLS = 12
"""Cells of a row that are shown side by side; a table with more is read line by line."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of a table; `scope` is "row" or "col" where it heads others, else empty."""

    passages: tuple[PassageView, ...]
    scope: str = ""


@dataclass(frozen=True, slots=True)
class WordsBlock:
    """What stands together. `kind` is "heading", "list", "words" or "table"; only a table has `rows`."""

    kind: str
    passages: tuple[PassageView, ...] = ()
    rows: tuple[tuple[CellView, ...], ...] = ()


def words_blocks(passages: Iterable[PassageView]) -> tuple[WordsBlock, ...]:
    """The passages in their order, each in one block."""
    blocks = []
    for (table, kind), group in groupby(passages, key=lambda passage: (_table(passage), _kind(passage))):
        together = tuple(group)
        rows = _rows(together) if table else None
        blocks.append(WordsBlock("table", rows=rows) if rows else WordsBlock("words" if table else kind, together))
    return tuple(blocks)


def _table(passage: PassageView) -> str:
    found = _IN_TABLE.match(passage.path)
    return found["table"] if found else ""


def _kind(passage: PassageView) -> str:
    if _table(passage):
        return "table"
    if passage.level and passage.role == Role.FORM:
        return "heading"
    return "list" if passage.marker else "words"


def _rows(passages: Sequence[PassageView]) -> tuple[tuple[CellView, ...], ...] | None:
    """The table's rows with the headers told from the rest; None where it is too wide to be shown as one."""
    found: dict[int, dict[int, list[PassageView]]] = {}
    for passage in passages:
        spot = _IN_TABLE.match(passage.path)
        if spot is not None:
            found.setdefault(int(spot["row"]), {}).setdefault(int(spot["cell"]), []).append(passage)
    width = max(cell for row in found.values() for cell in row)
    if width > _MOST_CELLS:
        return None
    numbers = sorted(found)
    heads_columns = width > 2 and len(numbers) > 1 and len(found[numbers[0]]) > 1 and _is_forms(found[numbers[0]])
    rows = []
    for number in numbers:
        row = found[number]
        is_head = heads_columns and number == numbers[0]
        # A row with one cell alone runs across the table and heads nothing in particular.
        names_row = not is_head and 1 in row and width > 1 and _is_forms({1: row[1]})
        rows.append(
            tuple(
                CellView(tuple(row.get(cell, ())), "col" if is_head else "row" if names_row and cell == 1 else "")
                for cell in range(1, width + 1)
            )
        )
    return tuple(rows)


def _is_forms(cells: dict[int, list[PassageView]]) -> bool:
    return all(passage.role == Role.FORM for cell in cells.values() for passage in cell)
