"""Rows to CSV bytes that a spreadsheet opens as they are meant: every cell quoted, and none taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

Cell = str | int | float | date | None

MEDIA_TYPE = "text/csv; charset=utf-8"
# Excel takes a file without this mark for the computer's old code page, and shows "£" as "Â£".
_MARK = "\ufeff"
# What starts a formula or a command in one spreadsheet or another; the wide forms are folded to these by some.
_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One line of headings and the rows under it, as UTF-8 that Excel recognises. Days are ISO text, None is empty."""
    text = io.StringIO()
    # Quoted throughout: a semicolon or a tab inside a cell must not become a border between two.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_safe(name) for name in header])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return (_MARK + text.getvalue()).encode("utf-8", "replace")


def _safe(cell: Cell) -> str:
    """The cell as text. What people wrote is never run: an apostrophe before it makes a spreadsheet show it."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return str(cell)
    words = cell.replace("\0", "")
    return f"'{words}" if words.startswith(_STARTS) or words.lstrip().startswith(_STARTS) else words
