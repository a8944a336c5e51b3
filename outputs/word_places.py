"""Finds the paragraph of a Word file that a Locator names: the counting of `casework.transcript`, on the file's XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from casework.transcript import Locator

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_SDT, _CONTENT, _T = qn("w:sdt"), qn("w:sdtContent"), qn("w:t")
_GONE = frozenset({qn("w:del"), qn("w:moveFrom")})
_PROPERTIES = frozenset(
    qn(f"w:{name}")
    for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "customXmlPr")
) | {qn("w:sectPr")}
_LOOSE = frozenset(qn(f"w:{name}") for name in ("r", "hyperlink", "fldSimple", "t", "tab", "br", "ruby", "bdo", "dir"))


@dataclass(slots=True)
class _Counter:
    """How many blocks a container has had, and the words outside any paragraph that still wait for theirs to end."""

    path: str = ""
    in_cell: bool = False
    paragraphs: int = 0
    tables: int = 0
    has_loose: bool = False

    def next_paragraph(self) -> str:
        self.paragraphs += 1
        return self.path if self.in_cell and self.paragraphs == 1 else self._step("paragraph", self.paragraphs)

    def next_table(self) -> str:
        self.tables += 1
        return self._step("table", self.tables)

    def end_loose(self) -> None:
        self.paragraphs += self.has_loose
        self.has_loose = False

    def _step(self, name: str, number: int) -> str:
        return f"{self.path}, {name} {number}" if self.path else f"{name} {number}"


def paragraphs_by_path(body: Element) -> dict[str, Element]:
    """Every `w:p` of a document's body by the path that names it, as Word shows it with its changes accepted."""
    found: dict[str, Element] = {}
    _walk(body, _Counter(), found)
    return found


def find_paragraph(place: Locator | None, paragraphs: dict[str, Element]) -> Element | None:
    """The paragraph at a place, or the one that its text box hangs on; None for headers, notes and unknown places."""
    if place is None or place.part not in ("body", "textbox"):
        return None
    path = place.path
    while path and path not in paragraphs:
        path = path.rpartition(", ")[0]
    return paragraphs.get(path)


def _walk(container: Element, counter: _Counter, found: dict[str, Element]) -> None:
    _into(container, counter, found)
    counter.end_loose()


def _into(container: Element, counter: _Counter, found: dict[str, Element]) -> None:
    for child in container:
        tag = child.tag
        if tag == _P:
            counter.end_loose()
            # Where the mark of a paragraph was deleted, its words run on into the next one.
            if not _mark_is_gone(child):
                found[counter.next_paragraph()] = child
        elif tag == _TBL:
            counter.end_loose()
            _table(child, counter.next_table(), found)
        elif tag == _SDT:
            for content in child.iterchildren(_CONTENT):
                _into(content, counter, found)
        elif tag == f"{_MC}AlternateContent":
            _into(_branch(child), counter, found)
        elif tag in _LOOSE:
            counter.has_loose = True
        elif isinstance(tag, str) and tag not in _GONE and tag not in _PROPERTIES:
            _into(child, counter, found)


def _table(table: Element, path: str, found: dict[str, Element]) -> None:
    number = 0
    for row in _members(table, _TR):
        properties = row.find(qn("w:trPr"))
        if properties is not None and properties.find(qn("w:del")) is not None:
            continue
        number += 1
        cells = [cell for cell in _members(row, _TC) if cell.find(f"{qn('w:tcPr')}/{qn('w:cellDel')}") is None]
        for place, cell in enumerate(cells, start=1):
            _walk(cell, _Counter(f"{path}, row {number}, cell {place}", in_cell=True), found)


def _members(container: Element, wanted: str) -> Iterator[Element]:
    for child in container:
        tag = child.tag
        if tag == wanted:
            yield child
        elif tag == _SDT:
            for content in child.iterchildren(_CONTENT):
                yield from _members(content, wanted)
        elif tag == f"{_MC}AlternateContent":
            yield from _members(_branch(child), wanted)
        elif isinstance(tag, str) and tag not in _GONE and tag not in _PROPERTIES:
            yield from _members(child, wanted)


def _branch(alternate: Element) -> Any:
    branches = [child for child in alternate if child.tag in (f"{_MC}Choice", f"{_MC}Fallback")]
    with_words = (branch for branch in branches if next(branch.iter(_T, _A_TEXT), None) is not None)
    return next(with_words, branches[0] if branches else ())


def _mark_is_gone(paragraph: Element) -> bool:
    mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
    return mark is not None and any(child.tag in _GONE for child in mark)
