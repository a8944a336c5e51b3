"""Where a laid-out document's headings stand: the pages that its PDF's outline names."""

from __future__ import annotations

import pypdfium2

_DEEPEST = 2


def heading_pages(pdf: bytes) -> tuple[int, ...]:
    """The page, from 1, of each first- and second-level heading in order; empty where the PDF has no outline."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = [(mark.get_dest(), mark.level) for mark in document.get_toc(max_depth=_DEEPEST)]
        return tuple(
            index + 1
            for destination, level in found
            if level < _DEEPEST and destination is not None and (index := destination.get_index()) is not None
        )
    finally:
        document.close()
