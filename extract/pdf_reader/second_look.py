"""A second look, through pdfplumber, at the tables of pages whose lines do not add up to rectangles."""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Sequence

from extract.pdf_reader.grid import Drawn, find_grids
from extract.pdf_reader.ink import Rule, Sheet

MAX_PAGES = 4
MAX_RULES = 1_500
looks: Counter[str] = Counter()
"""How many pages were looked at twice ("pages") and how often that helped ("better"), for benchmarks."""


def look_again(data: bytes, sheets: Sequence[Sheet], drawn: list[Drawn]) -> None:
    """Replace the grids of odd pages by pdfplumber's where those are regular: slow, so for a few pages only."""
    odd = [index for index, found in enumerate(drawn) if not all(grid.regular for grid in found.grids)]
    odd = [index for index in odd if len(sheets[index].rules) <= MAX_RULES][:MAX_PAGES]
    if not odd:
        return
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[index + 1 for index in odd], password="") as document:
            for page, index in zip(document.pages, odd, strict=False):
                looks["pages"] += 1
                rules = [
                    rule
                    for table in page.find_tables()
                    for x0, top, x1, bottom in table.cells
                    for rule in (
                        Rule(False, top, x0, x1),
                        Rule(False, bottom, x0, x1),
                        Rule(True, x0, top, bottom),
                        Rule(True, x1, top, bottom),
                    )
                ]
                page.close()
                centres = [(word.centre, word.middle) for word in sheets[index].words]
                again = find_grids(rules, centres)
                if again.grids and all(grid.regular for grid in again.grids):
                    looks["better"] += 1
                    drawn[index] = Drawn(again.grids, drawn[index].squares, drawn[index].loose)
    except (PDFException, PdfminerException, MalformedPDFException, ValueError, TypeError, LookupError):
        # The lines found at first stand; they were odd, not unreadable.
        return
