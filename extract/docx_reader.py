"""Word bytes in, a Transcript out. Opens no files and knows no form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from casework.model import FileKind
from casework.transcript import (
    Block,
    Cell,
    Control,
    ControlKind,
    Locator,
    Mark,
    Paragraph,
    Row,
    Span,
    Table,
    Transcript,
    Unread,
    blocks_text,
)
from extract.docx_package import Package, open_package
from extract.docx_styles import VAL, Numbering, Styles, W, is_shaded, marks_in

Element = Any  # an lxml element; its stubs take comments for elements

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

# What is not there in the final view, and properties that hold no words. Everything else is walked into.
_DROPPED = frozenset(
    f"{W}{name}"
    for name in (
        *("del", "moveFrom", "delText", "delInstrText", "instrText", "rPr", "pPr", "sdtPr", "sdtEndPr", "tblPr"),
        *("tblGrid", "trPr", "tcPr", "sectPr", "ffData", "customXmlPr", "smartTagPr", "fldData", "rubyPr", "tblPrEx"),
    )
)
_TICKS = {
    ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFB): "✗",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xFD): "☒",
    ("wingdings", 0xA8): "☐",
    ("wingdings", 0x6F): "☐",
    ("wingdings", 0x71): "☐",
    ("wingdings", 0x72): "☐",
    ("wingdings", 0x78): "☒",
    ("wingdings", 0xE0): "→",
    ("wingdings", 0xE8): "→",
    ("wingdings", 0xA7): "▪",
    ("wingdings", 0x6E): "■",
    ("wingdings", 0x4A): "☺",
    ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0x4F): "✗",
    ("wingdings 2", 0x51): "☒",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x53): "☒",
    ("wingdings 2", 0x54): "☒",
    ("wingdings 2", 0xA3): "☐",
    ("wingdings 2", 0x2A): "☐",
    ("symbol", 0xB7): "•",
    ("webdings", 0x61): "✓",
    ("webdings", 0x72): "✗",
    ("webdings", 0x63): "☐",
}
_ACTIVE_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK)\b")
_ON = ("1", "true", "on", "")
_MOST_NESTED = 60
_BLANKS = "\u2002\u00a0 \t"


def read_docx(data: bytes) -> Transcript:
    """Everything a .docx, .docm or .dotx says, tracked changes read as accepted.

    UnreadableError says why a file cannot be read and what the sender can do next.
    """
    package = open_package(data)
    root = package.xml(package.main)
    return _Reader(package, root).transcript(package.kind)


@dataclass(frozen=True, slots=True)
class _Where:
    """The part and the path of the container being walked."""

    part: str
    path: str = ""

    def at(self, name: str, number: int) -> Locator:
        step = f"{name} {number}"
        return Locator(self.part, f"{self.path}, {step}" if self.path else step)

    def into(self, place: Locator) -> _Where:
        return _Where(self.part, place.path)


@dataclass
class _Count:
    """How many paragraphs and tables the container has had so far, counted through every wrapper."""

    paragraphs: int = 0
    tables: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """What a run inherits: the paragraph's marks, the control it stands in, whether it was inserted."""

    marks: dict[Mark, bool] = field(default_factory=dict)
    control: Control | None = None
    inserted: bool = False


@dataclass
class _Field:
    """A complex field being walked: its code until `separate`, then its result."""

    code: str = ""
    in_result: bool = False
    control: Control | None = None


class _Reader:
    """One walk over one package."""

    def __init__(self, package: Package, root: Element) -> None:
        self.package = package
        self.root = root
        folder = package.main.rpartition("/")[0]
        self.links = package.relationships(package.main)
        self.styles = Styles(lambda: self._related("styles", f"{folder}/styles.xml"))
        self.numbering = Numbering(lambda: self._related("numbering", f"{folder}/numbering.xml"))
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        if any(name.endswith("vbaproject.bin") for name in package.names):
            self.notes.append("contains macros, which were not run")
        self.authors: set[str] = set()
        self.fields: list[_Field] = []
        self.anchored: list[Element] = []
        self.boxes = 0
        self.depth = 0

    def transcript(self, kind: FileKind) -> Transcript:
        body = self.root.find(f"{W}body")
        blocks = self._blocks(body if body is not None else self.root, _Where("body"))
        before, after = self._headers_and_footers()
        blocks = [*before, *blocks, *after]
        for name, part, tag in (
            ("footnotes", "footnote", "footnote"),
            ("endnotes", "endnote", "endnote"),
            ("comments", "comment", "comment"),
        ):
            blocks += self._notes_part(name, part, tag)
        self._note_changes()
        self._note_links()
        return Transcript(
            kind=kind.value,
            blocks=tuple(blocks),
            unread=tuple(dict.fromkeys(self.unread)),
            notes=tuple(dict.fromkeys(self.notes)),
            properties=tuple(self._properties()),
        )

    # -- blocks -----------------------------------------------------------------------------------------------------

    def _blocks(self, container: Element, where: _Where, control: Control | None = None) -> list[Block]:
        blocks: list[Block] = []
        self._walk_blocks(container, where, _Count(), blocks, _Look(control=control), [])
        return blocks

    def _walk_blocks(
        self, container: Element, where: _Where, count: _Count, blocks: list[Block], look: _Look, carried: list[Span]
    ) -> None:
        """`carried` holds the words of paragraphs whose mark was deleted: they run on into the next paragraph."""
        for child in container:
            tag = child.tag
            if tag == f"{W}p":
                self._paragraph(child, where, count, blocks, look, carried)
            elif tag == f"{W}tbl":
                count.tables += 1
                table = self._table(child, where.at("table", count.tables))
                if table.rows:
                    blocks.append(table)
            elif tag == f"{W}sdt":
                content = child.find(f"{W}sdtContent")
                inner = replace(look, control=_content_control(child) or look.control)
                if content is not None:
                    if content.find(f".//{W}tbl") is not None:
                        inner = look
                    self._walk_blocks(content, where, count, blocks, inner, carried)
            elif tag == f"{_MC}AlternateContent":
                self._walk_blocks(_one_branch(child), where, count, blocks, look, carried)
            elif tag in (f"{W}altChunk", f"{W}subDoc"):
                self._foreign_part(child, where)
            elif tag in (f"{W}r", f"{W}hyperlink"):
                # A run where only paragraphs should be: some programs write it, and Word shows it.
                self._loose_run(child, where, count, blocks, look)
            elif isinstance(tag, str) and tag not in _DROPPED:
                inserted = look.inserted or tag in (f"{W}ins", f"{W}moveTo")
                self._walk_blocks(child, where, count, blocks, replace(look, inserted=inserted), carried)

    def _loose_run(self, run: Element, where: _Where, count: _Count, blocks: list[Block], look: _Look) -> None:
        spans: list[Span] = []
        self._walk_runs([run], look, spans)
        if any(span.text for span in spans):
            count.paragraphs += 1
            blocks.append(Paragraph(tuple(spans), where.at("paragraph", count.paragraphs)))
        self._anchored_boxes(where, blocks)

    def _paragraph(
        self, element: Element, where: _Where, count: _Count, blocks: list[Block], look: _Look, carried: list[Span]
    ) -> None:
        count.paragraphs += 1
        properties = element.find(f"{W}pPr")
        style = _value(properties, "pStyle") or self.styles.default_paragraph
        marks = dict(self.styles.marks(style))
        if properties is not None and is_shaded(properties.find(f"{W}shd")):
            marks[Mark.SHADING] = True
        spans = list(carried)
        carried.clear()
        own: list[Span] = []
        self._walk_runs(element, replace(look, marks=marks), own)
        if look.control is not None and not own:
            own.append(Span("", control=look.control))
        spans += own
        if _mark_is_deleted(properties):
            carried += spans
            self.notes.append("has tracked changes")
            self._anchored_boxes(where, blocks)
            return
        numbering = properties.find(f"{W}numPr") if properties is not None else None
        has_words = any(span.text.strip() for span in spans)
        marker = self.numbering.marker(numbering if numbering is not None else self.styles.numbering(style))
        level = self._level(properties, style)
        blocks.append(
            Paragraph(
                tuple(_joined(spans)),
                where.at("paragraph", count.paragraphs),
                level=level,
                marker=marker if has_words else "",
            )
        )
        self._anchored_boxes(where, blocks)

    def _level(self, properties: Element | None, style: str) -> int:
        outline = _value(properties, "outlineLvl")
        if outline.isdigit():
            return int(outline) + 1 if int(outline) < 9 else 0
        return self.styles.level(style)

    def _anchored_boxes(self, where: _Where, blocks: list[Block]) -> None:
        """Text boxes stand where they are anchored: right behind that paragraph, once."""
        waiting, self.anchored = self.anchored, []
        for content in waiting:
            self.boxes += 1
            blocks += self._blocks(content, _Where("textbox", f"text box {self.boxes}"))

    def _table(self, element: Element, place: Locator) -> Table:
        self.depth += 1
        rows: list[Row] = []
        open_cells: dict[int, tuple[int, int]] = {}
        if self.depth <= _MOST_NESTED:
            where = _Where(place.part, place.path)
            for number, (row, inserted) in enumerate(self._kept_rows(element), start=1):
                rows.append(self._row(row, number, where, rows, open_cells, inserted))
        else:
            self.unread.append(Unread("tables nested too deep", place))
        self.depth -= 1
        return Table(tuple(row for row in rows if row.cells), place)

    def _kept_rows(self, container: Element) -> Iterator[tuple[Element, bool]]:
        for child in container:
            if child.tag == f"{W}tr":
                properties = child.find(f"{W}trPr")
                if properties is not None and properties.find(f"{W}del") is not None:
                    self.notes.append("has tracked changes")
                    continue
                yield child, properties is not None and properties.find(f"{W}ins") is not None
            elif child.tag == f"{_MC}AlternateContent":
                yield from self._kept_rows(_one_branch(child))
            elif isinstance(child.tag, str) and child.tag not in _DROPPED:
                yield from self._kept_rows(child)

    def _row(
        self,
        element: Element,
        number: int,
        where: _Where,
        rows: list[Row],
        open_cells: dict[int, tuple[int, int]],
        inserted: bool,
    ) -> Row:
        properties = element.find(f"{W}trPr")
        column = _number(_value(properties, "gridBefore"))
        cells: list[Cell] = []
        shown = 0
        for cell, control in self._kept_cells(element, None):
            about = cell.find(f"{W}tcPr")
            span = max(1, _number(_value(about, "gridSpan")) or 1)
            shown += 1
            merge = about.find(f"{W}vMerge") if about is not None else None
            if merge is not None and merge.get(VAL) != "restart":
                self._grow(rows, open_cells, column)
                column += span
                continue
            base = _Where(where.part, where.path)
            place = Locator(base.part, f"{base.path}, row {number}, cell {shown}")
            look = _Look(control=control, inserted=inserted)
            blocks: list[Block] = []
            self._walk_blocks(cell, _Where(place.part, place.path), _Count(), blocks, look, [])
            if merge is not None:
                open_cells[column] = (number - 1, len(cells))
            else:
                open_cells.pop(column, None)
            shading = about.find(f"{W}shd") if about is not None else None
            cells.append(Cell(tuple(blocks), place, column, span, 1, is_shaded(shading)))
            column += span
        header = properties is not None and properties.find(f"{W}tblHeader") is not None
        return Row(tuple(cells), header)

    def _grow(self, rows: list[Row], open_cells: dict[int, tuple[int, int]], column: int) -> None:
        """A cell that continues the one above it: the one above reaches one row further."""
        origin = open_cells.get(column)
        if origin is None or origin[0] >= len(rows):
            return
        row_at, cell_at = origin
        cells = list(rows[row_at].cells)
        cells[cell_at] = replace(cells[cell_at], rowspan=len(rows) - row_at + 1)
        rows[row_at] = replace(rows[row_at], cells=tuple(cells))

    def _kept_cells(self, container: Element, control: Control | None) -> Iterator[tuple[Element, Control | None]]:
        for child in container:
            if child.tag == f"{W}tc":
                properties = child.find(f"{W}tcPr")
                if properties is not None and properties.find(f"{W}cellDel") is not None:
                    self.notes.append("has tracked changes")
                    continue
                merge = properties.find(f"{W}hMerge") if properties is not None else None
                if merge is not None and merge.get(VAL) != "restart":
                    continue
                yield child, control
            elif child.tag == f"{W}sdt":
                content = child.find(f"{W}sdtContent")
                if content is not None:
                    cells = content.findall(f"{W}tc")
                    inner = _content_control(child) if len(cells) == 1 else None
                    yield from self._kept_cells(content, inner or control)
            elif child.tag == f"{_MC}AlternateContent":
                yield from self._kept_cells(_one_branch(child), control)
            elif isinstance(child.tag, str) and child.tag not in _DROPPED:
                yield from self._kept_cells(child, control)

    # -- runs -------------------------------------------------------------------------------------------------------

    def _walk_runs(self, container: Any, look: _Look, spans: list[Span]) -> None:
        for child in container:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, look, spans)
            elif tag == f"{W}sdt":
                self._run_control(child, look, spans)
            elif tag == f"{_MC}AlternateContent":
                self._walk_runs(_one_branch(child), look, spans)
            elif tag == f"{W}fldSimple":
                self._simple_field(child, look, spans)
            elif tag == f"{W}txbxContent":
                self.anchored.append(child)
            elif tag == f"{_M}t":
                self._add(child.text or "", look, {}, spans)
            elif tag in (f"{W}p", f"{W}tbl"):
                # A block where only runs should be: keep its words.
                self._add("\n" if spans else "", look, {}, spans)
                self._walk_runs(child, look, spans)
            elif tag in _DROPPED:
                if tag in (f"{W}del", f"{W}moveFrom"):
                    self._note_change(child)
            elif isinstance(tag, str):
                inserted = tag in (f"{W}ins", f"{W}moveTo")
                if inserted:
                    self._note_change(child)
                self._walk_runs(child, replace(look, inserted=True) if inserted else look, spans)

    def _run(self, run: Element, look: _Look, spans: list[Span]) -> None:
        properties = run.find(f"{W}rPr")
        marks: dict[Mark, bool] = {}
        if properties is not None:
            style = _value(properties, "rStyle")
            if style:
                marks.update(self.styles.marks(style))
                if self.styles.name(style) == "placeholder text" and look.control is not None:
                    look = replace(look, control=replace(look.control, prompting=True))
            marks.update(marks_in(properties))
            if properties.find(f"{W}ins") is not None:
                look = replace(look, inserted=True)
        font = _font(properties)
        for child in run:
            self._run_child(child, look, marks, font, spans)

    def _run_child(self, child: Element, look: _Look, marks: dict[Mark, bool], font: str, spans: list[Span]) -> None:
        tag = child.tag
        if tag == f"{W}t":
            self._add(_in_font(child.text or "", font), look, marks, spans)
        elif tag in (f"{W}tab", f"{W}ptab"):
            self._add("\t", look, marks, spans)
        elif tag in (f"{W}br", f"{W}cr"):
            self._add("\n", look, marks, spans)
        elif tag == f"{W}noBreakHyphen":
            self._add("-", look, marks, spans)
        elif tag == f"{W}sym":
            self._add(_symbol(child.get(f"{W}font") or "", child.get(f"{W}char") or ""), look, marks, spans)
        elif tag == f"{W}fldChar":
            self._field_mark(child, look, marks, spans)
        elif tag == f"{W}instrText":
            self._field_code(child.text or "")
        elif tag == f"{_MC}AlternateContent":
            for inner in _one_branch(child):
                self._run_child(inner, look, marks, font, spans)
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            self._drawing(child, look, spans)
        elif tag == f"{W}ruby" or (isinstance(tag, str) and tag not in _DROPPED and len(child)):
            self._walk_runs(child, look, spans)

    def _add(self, text: str, look: _Look, marks: dict[Mark, bool], spans: list[Span]) -> None:
        if not text or (self.fields and not self.fields[-1].in_result):
            return
        merged = {**look.marks, **marks}
        shown = {mark for mark, on in merged.items() if on}
        if look.inserted:
            shown.add(Mark.INSERTED)
        if Mark.HIDDEN in shown:
            self.notes.append("has hidden text")
        control = look.control
        for field_ in reversed(self.fields):
            if field_.control is not None:
                control = field_.control
                break
        spans.append(Span(text, frozenset(shown), control))

    def _run_control(self, element: Element, look: _Look, spans: list[Span]) -> None:
        control = _content_control(element) or look.control
        content = element.find(f"{W}sdtContent")
        if control is not None and control.kind is ControlKind.TICK:
            self._add("☒" if control.checked else "☐", replace(look, control=control), {}, spans)
            return
        before = len(spans)
        if content is not None:
            self._walk_runs(content, replace(look, control=control), spans)
        if len(spans) == before and control is not None:
            spans.append(Span("", control=control))

    # -- fields -----------------------------------------------------------------------------------------------------

    def _field_mark(self, element: Element, look: _Look, marks: dict[Mark, bool], spans: list[Span]) -> None:
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            control = _form_field(element.find(f"{W}ffData"))
            if control is not None and control.kind is not ControlKind.TEXT:
                text = ("☒" if control.checked else "☐") if control.kind is ControlKind.TICK else control.value or ""
                self._add(text, replace(look, control=control), marks, spans)
                if not text:
                    spans.append(Span("", control=control))
            elif control is not None:
                spans.append(Span("", control=control))
            self.fields.append(_Field(control=control))
        elif kind == "separate" and self.fields:
            # What a tick box or list shows as its result is not what it holds: the state is in its data.
            field_ = self.fields[-1]
            field_.in_result = field_.control is None or field_.control.kind is ControlKind.TEXT
        elif kind == "end" and self.fields:
            self._check_code(self.fields.pop().code)

    def _field_code(self, code: str) -> None:
        if self.fields:
            self.fields[-1].code += code

    def _check_code(self, code: str) -> None:
        if _ACTIVE_FIELD.search(code.upper()):
            self.notes.append("contains a field that would fetch something, which was not run")

    def _simple_field(self, element: Element, look: _Look, spans: list[Span]) -> None:
        self._check_code(element.get(f"{W}instr") or "")
        control = _form_field(element.find(f"{W}ffData"))
        if control is not None and control.kind is ControlKind.TICK:
            self._add("☒" if control.checked else "☐", replace(look, control=control), {}, spans)
            return
        self._walk_runs(element, replace(look, control=control or look.control), spans)

    # -- drawings and foreign parts ---------------------------------------------------------------------------------

    def _drawing(self, element: Element, look: _Look, spans: list[Span]) -> None:
        """Words in shapes are walked; pictures, charts and objects are declared."""
        for node in element.iter():
            tag = node.tag
            if tag == f"{_PIC}pic" or tag == f"{_V}imagedata":
                self.unread.append(Unread("picture"))
            elif tag == f"{_O}OLEObject":
                self.unread.append(Unread(f"embedded object ({node.get('ProgID') or 'unknown program'})"))
                self.notes.append("contains an embedded object, which was not opened")
            elif tag == f"{_CHART}chart":
                self.unread.append(Unread("chart"))
            elif tag == f"{_DIAGRAM}relIds":
                self._diagram(node.get(f"{_R}dm") or "", look, spans)
        self._walk_runs(_without_words(element), look, spans)

    def _diagram(self, link: str, look: _Look, spans: list[Span]) -> None:
        target = self.links.get(link)
        root = self.package.xml(target.target) if target is not None and not target.external else None
        if root is None:
            self.unread.append(Unread("diagram"))
            return
        words = [node.text for node in root.iter(f"{_A}t") if node.text]
        self._add("\n".join(words), look, {}, spans)

    def _foreign_part(self, element: Element, where: _Where) -> None:
        self.unread.append(Unread("part inserted from another file", Locator(where.part, where.path)))
        self.notes.append("contains a part from another file, which was not read")

    # -- other parts ------------------------------------------------------------------------------------------------

    def _headers_and_footers(self) -> tuple[list[Block], list[Block]]:
        before: list[Block] = []
        after: list[Block] = []
        seen: set[tuple[str, str]] = set()
        for section in self.root.iter(f"{W}sectPr"):
            for reference in section:
                if reference.tag == f"{W}headerReference":
                    part, blocks = "header", before
                elif reference.tag == f"{W}footerReference":
                    part, blocks = "footer", after
                else:
                    continue
                target = self.links.get(reference.get(f"{_R}id") or "")
                if target is None or target.external or target.target not in self.package.names:
                    continue
                found = self._part_blocks(target.target, part)
                key = (part, blocks_text(tuple(found)).strip())
                if key[1] and key not in seen:
                    seen.add(key)
                    blocks += found
        return before, after

    def _part_blocks(self, name: str, part: str) -> list[Block]:
        root = self.package.xml(name)
        if root is None:
            return []
        outer, self.links = self.links, self.package.relationships(name)
        found = self._blocks(root, _Where(part))
        self.links = outer
        self.fields.clear()
        return found

    def _notes_part(self, kind: str, part: str, tag: str) -> list[Block]:
        root = self._related(kind, f"{self.package.main.rpartition('/')[0]}/{kind}.xml")
        found: list[Block] = []
        number = 0
        for note in root if root is not None else ():
            if note.tag != f"{W}{tag}" or note.get(f"{W}type") in ("separator", "continuationSeparator"):
                continue
            number += 1
            blocks = self._blocks(note, _Where(part, f"{part} {number}"))
            found += [block for block in blocks if blocks_text((block,)).strip()]
            self.fields.clear()
        if found and part == "comment":
            self.notes.append("has comments")
        return found

    def _related(self, kind: str, usual: str) -> Element | None:
        for link in self.links.values():
            if link.kind == kind and not link.external and link.target in self.package.names:
                return self.package.xml(link.target)
        return self.package.xml(usual)

    def _note_change(self, element: Element) -> None:
        self.notes.append("has tracked changes")
        author = element.get(f"{W}author")
        if author:
            self.authors.add(author)

    def _note_changes(self) -> None:
        if self.authors:
            self.notes.append(f"changes tracked by {', '.join(sorted(self.authors))}")

    def _note_links(self) -> None:
        for link in self.links.values():
            if link.external and link.kind != "hyperlink":
                self.notes.append("points at something outside the file, which was not fetched")
        settings = self.package.main.rpartition("/")[0] + "/settings.xml"
        if any(link.external for link in self.package.relationships(settings).values()):
            self.notes.append("points at a template outside the file, which was not fetched")

    def _properties(self) -> Iterator[tuple[str, str]]:
        for name in ("docprops/core.xml", "docprops/app.xml", "docprops/custom.xml"):
            root = self.package.xml(name)
            for child in root if root is not None else ():
                key = (child.get("name") or str(child.tag).rpartition("}")[2]).lower()
                text = " ".join("".join(child.itertext()).split())
                if text:
                    yield key, text


def _one_branch(alternate: Element) -> Element:
    """Exactly one branch of alternative content: the first choice, else the fallback."""
    choice = alternate.find(f"{_MC}Choice")
    if choice is not None:
        return choice
    fallback = alternate.find(f"{_MC}Fallback")
    return fallback if fallback is not None else ()


def _without_words(element: Element) -> Iterator[Element]:
    """The text boxes and shape texts below a drawing, alternative content read once."""
    for child in element:
        if child.tag == f"{_MC}AlternateContent":
            yield from _without_words(_one_branch(child))
        elif child.tag in (f"{W}txbxContent", f"{_A}txBody"):
            yield child
        elif isinstance(child.tag, str):
            yield from _without_words(child)


def _content_control(element: Element) -> Control | None:
    """What a `w:sdt` is; None for one that only groups (a table of contents, a cover page, a repeated section)."""
    properties = element.find(f"{W}sdtPr")
    if properties is None:
        return None
    kind = ControlKind.TEXT
    checked: bool | None = None
    value: str | None = None
    options: tuple[str, ...] = ()
    for child in properties:
        tag = child.tag
        if tag in (f"{W}docPartObj", f"{W}group", f"{W}citation", f"{W}bibliography"):
            return None
        if tag == f"{_W14}checkbox":
            state = child.find(f"{_W14}checked")
            kind = ControlKind.TICK
            checked = state is not None and (state.get(f"{_W14}val") or "").lower() in _ON
        elif tag in (f"{W}dropDownList", f"{W}comboBox"):
            kind = ControlKind.CHOICE
            items = child.findall(f"{W}listItem")
            options = tuple(item.get(f"{W}displayText") or item.get(f"{W}value") or "" for item in items)
        elif tag == f"{W}date":
            kind = ControlKind.DATE
            value = (child.get(f"{W}fullDate") or "")[:10] or None
    placeholder = properties.find(f"{W}showingPlcHdr")
    prompting = placeholder is not None and (placeholder.get(VAL) or "").lower() in _ON
    return Control(
        kind=kind,
        identity=_value(properties, "id"),
        tag=_value(properties, "tag"),
        label=_value(properties, "alias"),
        checked=checked,
        prompting=prompting,
        value=None if prompting else value,
        options=options,
    )


def _form_field(data: Element | None) -> Control | None:
    """A legacy form field's state, which stands in its data and not in the text (ECMA-376 part 1, 17.16.17)."""
    if data is None:
        return None
    name = _value(data, "name")
    label = next((text for tag in ("statusText", "helpText") if (text := _value(data, tag))), "")
    box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        state = box.find(f"{W}checked")
        if state is None:
            state = box.find(f"{W}default")
        checked = state is not None and (state.get(VAL) or "").lower() in _ON
        return Control(ControlKind.TICK, name, name, label, checked=checked)
    if choices is not None:
        options = tuple(entry.get(VAL) or "" for entry in choices.iterfind(f"{W}listEntry"))
        chosen = _value(choices, "result") or _value(choices, "default") or "0"
        index = _number(chosen)
        value = options[index] if index < len(options) else ""
        return Control(ControlKind.CHOICE, name, name, label, value=value, options=options)
    return Control(ControlKind.TEXT, name, name, label)


def _mark_is_deleted(properties: Element | None) -> bool:
    return properties is not None and properties.find(f"{W}rPr/{W}del") is not None


def _value(parent: Element | None, name: str) -> str:
    child = parent.find(f"{W}{name}") if parent is not None else None
    return (child.get(VAL) if child is not None else None) or ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _font(properties: Element | None) -> str:
    fonts = properties.find(f"{W}rFonts") if properties is not None else None
    return (fonts.get(f"{W}ascii") or "").lower() if fonts is not None else ""


def _in_font(text: str, font: str) -> str:
    """Letters typed in a symbol font are the pictures they show."""
    if not font.startswith(("wingdings", "webdings")):
        return text
    return "".join(
        _TICKS.get((font, ord(char) & 0xFF), char) if ord(char) < 0x100 or ord(char) >= 0xF000 else char
        for char in text
    )


def _symbol(font: str, code: str) -> str:
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    known = _TICKS.get((font.lower(), number & 0xFF))
    if known is not None:
        return known
    return chr(number) if number < 0xF000 else chr(number & 0xFF)


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Neighbours with the same look become one; the blanks that an empty form field shows are nothing."""
    waiting: Span | None = None
    for span in spans:
        control = span.control
        if control is not None and control.kind is ControlKind.TEXT and span.text and not span.text.strip("\u2002"):
            span = replace(span, text="")
        if waiting is None:
            waiting = span
        elif (waiting.marks == span.marks or not waiting.text or not span.text) and waiting.control == span.control:
            waiting = replace(
                waiting, text=waiting.text + span.text, marks=waiting.marks if waiting.text else span.marks
            )
        else:
            yield waiting
            waiting = span
    if waiting is not None:
        yield waiting
