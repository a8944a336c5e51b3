"""The words that stand for a picture, put into a tagged PDF whose maker lost them; nothing else in it changes."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject, TextStringObject

_FIGURE, _ALT = "/Figure", NameObject("/Alt")


def tell_figure(pdf: bytes, words: str) -> bytes:
    """The PDF with `words` for its one figure that has none, added behind the bytes there are.

    LibreOffice forgets what a chart says when it opens a Word file, and writes a page's order of tabs as words where a
    name must stand; both are put right. A PDF without such a figure, or with several, comes back as it was: better no
    words than those of another picture.
    """
    try:
        writer = PdfWriter(io.BytesIO(pdf), incremental=True)
        silent = [figure for figure in _figures(writer.root_object.get("/StructTreeRoot")) if "/Alt" not in figure]
        if len(silent) != 1:
            return pdf
        silent[0][_ALT] = TextStringObject(words)
        for page in writer.pages:
            if "/Tabs" in page:
                page[NameObject("/Tabs")] = NameObject("/S")
        told = io.BytesIO()
        writer.write(told)
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError):
        return pdf
    return told.getvalue()


def _figures(tree: Any) -> list[Any]:
    """The figures among the structure's elements; its leaves are numbers and references."""
    found, todo = [], [tree]
    while todo:
        element = todo.pop()
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            todo.extend(element)
        elif hasattr(element, "get"):
            if element.get("/S") == _FIGURE:
                found.append(element)
            if "/K" in element:
                todo.append(element["/K"])
    return found
