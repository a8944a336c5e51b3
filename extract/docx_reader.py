"""Word bytes in, a Transcript out. Opens no files and knows no form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from casework.archive import is_archive
from casework.errors import UnreadableError
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
from extract.docx_controls import read_content_control, read_form_field
from extract.docx_inserted import read_lines
from extract.docx_package import TOO_LONG, Package, Relationship, open_package
from extract.docx_styles import (
    BIT,
    BOXED,
    FILL,
    HIDDEN,
    ILVL,
    INSERTED,
    NUM_ID,
    SHADING,
    VAL,
    WHITE,
    Numbering,
    ParagraphStyle,
    Styles,
    W,
    is_shaded,
    marks_of,
    outline_level,
    read_properties,
)
from extract.docx_symbols import BOXES, read_in_font, read_symbol

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

MOST_PARAGRAPHS = 50_000
MOST_CELLS = 50_000
MOST_COLUMNS = 63
MOST_INSERTIONS = 10
MOST_NESTED_FIELDS = 100
TOO_WIDE = (
    "A table in the document claims more columns than Word allows, so it cannot be read automatically. "
    "Please copy the answers into a new, empty form and send that."
)

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

_P, _RUN, _T, _TBL, _TR, _TC = f"{W}p", f"{W}r", f"{W}t", f"{W}tbl", f"{W}tr", f"{W}tc"
_PPR, _RPR, _TRPR, _TCPR = f"{W}pPr", f"{W}rPr", f"{W}trPr", f"{W}tcPr"
_SDT, _SDT_CONTENT, _SECTION = f"{W}sdt", f"{W}sdtContent", f"{W}sectPr"
_INS, _MOVE_TO, _DEL, _MOVE_FROM = f"{W}ins", f"{W}moveTo", f"{W}del", f"{W}moveFrom"
_ALTERNATE, _FALLBACK = f"{_MC}AlternateContent", f"{_MC}Fallback"
_ALT_CHUNK, _SUB_DOCUMENT = f"{W}altChunk", f"{W}subDoc"
_OUTLINE, _P_STYLE, _NUM_PR = f"{W}outlineLvl", f"{W}pStyle", f"{W}numPr"
_AUTHOR, _KIND, _ID, _LINK = f"{W}author", f"{W}type", f"{W}id", f"{_R}id"

# Properties: they say how things look, and hold no words. Everything unknown is walked into instead.
_PROPERTIES = frozenset(
    f"{W}{name}"
    for name in (
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "customXmlPr"),
        *("smartTagPr", "rubyPr", "ffData", "fldData", "delText", "delInstrText", "proofErr", "sectPr"),
    )
) | {_FALLBACK}
# Where paragraphs should stand, these mean words without a paragraph round them.
_INLINE = frozenset(
    (
        *(f"{W}{name}" for name in ("r", "hyperlink", "fldSimple", "t", "tab", "br", "ruby", "bdo", "dir")),
        *(f"{_M}{name}" for name in ("oMath", "oMathPara")),
    )
)
_ACTIVE_FIELD = re.compile(r"^\s*(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON)\b", re.I)
_SIDES = tuple(f"{W}{side}" for side in ("top", "left", "bottom", "right"))
_OBJECTS = (
    ("excel", "embedded spreadsheet"),
    ("word", "embedded Word document"),
    ("powerpoint", "embedded presentation"),
    ("equation", "equation in an old format"),
    ("acro", "embedded PDF"),
    ("package", "embedded file"),
    ("visio", "embedded drawing"),
    ("outlook", "embedded message"),
)
_OUTSIDE = {
    "attachedTemplate": "takes its template from another place; it was not fetched",
    "oleObject": "is linked to an object in another file, which was not fetched",
    "image": "shows a picture from another place, which was not fetched",
    "subDocument": "includes another document, which was not fetched",
    "mailMergeSource": "is linked to a mailing list, which was not fetched",
    "mailMergeHeaderSource": "is linked to a mailing list, which was not fetched",
    "frame": "shows another page, which was not fetched",
    "aFChunk": "includes another file, which was not fetched",
}
_REMOTE = re.compile(r"^(https?:|ftp:|file:/*\\\\|file://[^/]|\\\\|//)", re.I)
_WHITE_OR_BACKED = WHITE | SHADING | BIT[Mark.HIGHLIGHT]
_MOST_TRACKED = 5
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


def read_docx(data: bytes) -> Transcript:
    """Everything a .docx, .docm or .dotx says, in reading order, with tracked changes read as accepted.

    Raises UnreadableError with `empty`, `unsupported`, `encrypted`, `corrupt`, `too-large`, `too-complex` or
    `dangerous`, and a message that says what the sender can do.
    """
    package = open_package(data)
    try:
        return _Document(package).transcript()
    except RecursionError as problem:
        raise UnreadableError("too-complex", TOO_LONG) from problem


@dataclass(slots=True)
class _Line:
    """A paragraph under construction; `after` are the blocks of text boxes anchored in it."""

    spans: list[Span] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    bits: int = 0
    control: Control | None = None
    is_loose: bool = False
    """Its words stand outside any paragraph, and so do not run on into the next one."""
    turns_page: bool = False

    def add(self, text: str, bits: int, control: Control | None) -> None:
        if self.turns_page:
            self.turns_page = False
            text = text if self.is_empty else "\n" + text
        if bits != self.bits or control is not self.control:
            self.close()
            self.bits, self.control = bits, control
        self.words.append(text)

    def add_empty(self, control: Control, bits: int) -> None:
        """A control that holds nothing is still there to be seen."""
        self.close()
        self.spans.append(Span("", marks_of(bits), control))

    def close(self) -> None:
        if self.words:
            self.spans.append(Span("".join(self.words), marks_of(self.bits), self.control))
            self.words.clear()

    @property
    def is_empty(self) -> bool:
        return not self.spans and not self.words


@dataclass(slots=True)
class _Where:
    """A container of blocks: which part and path, and how many blocks it has had."""

    part: str
    path: str = ""
    in_cell: bool = False
    paragraphs: int = 0
    tables: int = 0
    boxes: int = 0
    insertions: int = 0
    open_line: _Line | None = None
    """Words that still wait for their paragraph's end: its mark was deleted, or they stand outside any paragraph."""

    def next_paragraph(self) -> Locator:
        self.paragraphs += 1
        if self.in_cell and self.paragraphs == 1:
            return Locator(self.part, self.path)
        return Locator(self.part, self._step("paragraph", self.paragraphs))

    def this_paragraph(self) -> str:
        return self._step("paragraph", self.paragraphs + 1) if not self.in_cell or self.paragraphs else self.path

    def next_table(self) -> str:
        self.tables += 1
        return self._step("table", self.tables)

    def next_insertion(self) -> Locator:
        self.insertions += 1
        return Locator(self.part, self._step("inserted file", self.insertions))

    def _step(self, name: str, number: int) -> str:
        return f"{self.path}, {name} {number}" if self.path else f"{name} {number}"


@dataclass(slots=True)
class _Field:
    """A complex field that has begun: its code up to `separate`, then its result."""

    control: Control | None = None
    outer: Control | None = None
    code: list[str] = field(default_factory=list)
    in_result: bool = False
    is_muted: bool = True
    has_words: bool = False


@dataclass(slots=True)
class _OpenCell:
    """A cell that may still grow downwards."""

    place: Locator
    blocks: list[Block]
    column: int
    colspan: int
    shaded: bool
    rowspan: int = 1

    def close(self) -> Cell:
        return Cell(tuple(self.blocks), self.place, self.column, self.colspan, self.rowspan, self.shaded)


class _Document:
    """What all parts of one document share: styles, list counters, what was noticed on the way."""

    def __init__(self, package: Package, *, is_inserted: bool = False) -> None:
        self.package = package
        self.is_inserted = is_inserted
        self.links = package.relationships(package.main)
        self.folder = package.main.rpartition("/")[0]
        self.styles = Styles(lambda: self._part("styles"))
        self.numbering = Numbering(lambda: self._part("numbering"))
        self.unread: dict[Unread, None] = {}
        self.notes: dict[str, None] = {}
        self.authors: dict[str, None] = {}
        self.has_changes = False
        self.sections: list[Element] = []
        self.noted: dict[str, dict[str, None]] = {"footnote": {}, "endnote": {}}
        self.paragraphs = 0
        self.cells = 0
        self.insertions = 0

    def transcript(self) -> Transcript:
        package = self.package
        blocks = self.body("body", "")
        headers, footers = self._margins("header"), self._margins("footer")
        blocks = [*headers, *blocks, *footers, *self._numbered("footnote"), *self._numbered("endnote")]
        blocks += self._numbered("comment")
        properties = self._properties()
        self._note_macros_and_links()
        if self.has_changes:
            by = "; ".join(list(self.authors)[:_MOST_TRACKED])
            self.note(f"has tracked changes, read as accepted{f' ({by})' if by else ''}")
        return Transcript(package.kind.value, tuple(blocks), tuple(self.unread), tuple(self.notes), properties)

    def body(self, part: str, prefix: str) -> list[Block]:
        """The main part's blocks."""
        root = self.package.xml(self.package.main)
        body = root.find(f"{W}body") if root is not None else None
        return _Walk(self, self.links, part, prefix).part(root if body is None else body)

    def inserted(self, name: str, place: Locator) -> list[Block] | None:
        """The blocks of a file inside this one, or None where they cannot be had; files in it are not opened."""
        self.insertions += 1
        if self.is_inserted or self.insertions > MOST_INSERTIONS:
            return None
        try:
            content = self.package.unpack(name)
            if content is None:
                return None
            if is_archive(content):
                inner = _Document(open_package(content), is_inserted=True)
                inner.unread, inner.notes, inner.authors = self.unread, self.notes, self.authors
                blocks = inner.body(place.part, place.path)
                self.has_changes |= inner.has_changes
                return blocks
        except UnreadableError:
            return None
        lines = read_lines(content, self.package.content_type(name))
        where = _Where(place.part, place.path)
        return None if lines is None else [Paragraph((Span(line),), where.next_paragraph()) for line in lines]

    def note(self, text: str) -> None:
        self.notes[text] = None

    def note_change(self, change: Element) -> None:
        self.has_changes = True
        author = (change.get(_AUTHOR) or "").strip()
        if author:
            self.authors[author] = None

    def note_code(self, code: str) -> None:
        active = _ACTIVE_FIELD.match(code)
        if active is not None:
            self.note(f"has an active field ({active[1].upper()}), which was not run")

    def could_not_read(self, what: str, place: Locator) -> None:
        self.unread[Unread(what, place)] = None

    def count_paragraph(self) -> None:
        self.paragraphs += 1
        if self.paragraphs > MOST_PARAGRAPHS:
            raise UnreadableError("too-complex", TOO_LONG)

    def count_cell(self) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise UnreadableError("too-complex", TOO_LONG)

    def _margins(self, part: str) -> list[Block]:
        """Headers or footers of every section and kind, each text once; sections mostly repeat the same words."""
        targets: dict[str, None] = {}
        for section in self.sections:
            for reference in section.iterchildren(f"{W}{part}Reference"):
                link = self.links.get(reference.get(_LINK) or "")
                if link is not None and not link.external:
                    targets[link.target] = None
        found: list[Block] = []
        seen: set[str] = set()
        for name in targets:
            root = self._optional(name, part)
            if root is None:
                continue
            prefix = f"{part} {len(seen) + 1}" if seen else ""
            blocks = _Walk(self, self.package.relationships(name), part, prefix).part(root)
            text = blocks_text(tuple(blocks)).strip()
            if text and text not in seen:
                seen.add(text)
                found += blocks
        return found

    def _numbered(self, part: str) -> list[Block]:
        """Footnotes and endnotes in the order in which they are referred to, or all comments."""
        root = self._part(f"{part}s")
        if root is None:
            return []
        links = self.package.relationships(self._part_name(f"{part}s"))
        notes = {note.get(_ID) or "": note for note in root if note.get(_KIND) not in _SEPARATORS}
        wanted = [name for name in self.noted.get(part, notes) if name in notes]
        found: list[Block] = []
        for number, name in enumerate(wanted, start=1):
            found += _Walk(self, links, part, f"{part} {number}").part(notes[name])
        for separator in (note for note in root if note.get(_KIND) in _SEPARATORS):
            # Mostly a mere line, but a form may say "continued overleaf" there.
            blocks = _Walk(self, links, part, f"{part} separator").part(separator)
            found += blocks if blocks_text(tuple(blocks)).strip() else []
        if found and part == "comment":
            self.note("has comments")
        return found

    def _part_name(self, kind: str) -> str:
        found = (link.target for link in self.links.values() if link.kind == kind and not link.external)
        return next(found, f"{self.folder}/{kind}.xml")

    def _part(self, kind: str) -> Element | None:
        return self._optional(self._part_name(kind), kind)

    def _optional(self, name: str, what: str) -> Element | None:
        """A part beside the main one: where it is damaged, the rest is still worth reading."""
        try:
            return self.package.xml(name)
        except UnreadableError as problem:
            if problem.code != "corrupt":
                raise
            self.could_not_read(f"damaged part ({what})", Locator(what))
            return None

    def _properties(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        core, custom = (
            self._optional("docprops/core.xml", "properties"),
            self._optional("docprops/custom.xml", "properties"),
        )
        app = self._optional("docprops/app.xml", "properties")
        for entry in core if core is not None else ():
            found.append((str(entry.tag).rpartition("}")[2].lower(), (entry.text or "").strip()))
        for entry in custom if custom is not None else ():
            found.append(((entry.get("name") or "").lower(), "".join(entry.itertext()).strip()))
        for entry in app if app is not None else ():
            name = str(entry.tag).rpartition("}")[2].lower()
            if name in ("template", "company", "application"):
                found.append((name, (entry.text or "").strip()))
        return tuple((name, value) for name, value in found if name and value)

    def _note_macros_and_links(self) -> None:
        if any(name.endswith("vbaproject.bin") for name in self.package.names):
            self.note("contains macros, which are never run")
        settings = self.package.relationships(self._part_name("settings"))
        for link in (*self.links.values(), *settings.values()):
            said = _OUTSIDE.get(link.kind)
            if link.external and said is not None and (link.kind != "attachedTemplate" or _REMOTE.match(link.target)):
                self.note(said)


class _Walk:
    """One pass over one part of the document, down through every wrapper that is not known to hide its words."""

    def __init__(self, document: _Document, links: dict[str, Relationship], part: str, prefix: str = "") -> None:
        self.document = document
        self.links = links
        self.name = part
        self.where = _Where(part, prefix)
        self.line = _Line()
        self.style = ParagraphStyle()
        self.base = 0
        """What every run of the paragraph looks like before its own properties: style, shading, insertion."""
        self.bits = 0
        self.added = 0
        """INSERTED and HIDDEN as given by what stands round the run."""
        self.font = ""
        self.control: Control | None = None
        self.waiting_tick: Control | None = None
        self.skips_box = False
        self.fields: list[_Field] = []
        self.is_muted = False
        self.is_backed = False
        """Whether there may be a colour behind the words: a filled cell, a table's style, a text box."""

    def part(self, root: Element) -> list[Block]:
        return self.blocks(root, self.where)

    # Blocks: paragraphs and tables.

    def blocks(self, container: Element, where: _Where) -> list[Block]:
        """The blocks below `container`. Fields that are still open when it ends are taken to end there."""
        outer, depth = self.where, len(self.fields)
        self.where = where
        found: list[Block] = []
        self._into_blocks(container, found)
        self._end_open_line(found)
        self.where = outer
        if len(self.fields) > depth:
            del self.fields[depth:]
            self._listen()
        return found

    def _into_blocks(self, container: Element, found: list[Block]) -> None:
        for child in container:
            tag = child.tag
            if tag == _P:
                self._paragraph(child, found)
            elif tag == _TBL:
                self._end_open_line(found)
                self._table(child, found)
            elif tag == _SDT:
                self._control_round_blocks(child, found)
            elif tag == _ALTERNATE:
                self._into_blocks(_branch(child), found)
            elif tag in (_INS, _MOVE_TO):
                self.document.note_change(child)
                outer, self.added = self.added, self.added | INSERTED
                self._into_blocks(child, found)
                self.added = outer
            elif tag in (_DEL, _MOVE_FROM):
                self.document.note_change(child)
            elif tag == _SECTION:
                self.document.sections.append(child)
            elif tag in _INLINE:
                self._loose(child)
            elif tag in (_ALT_CHUNK, _SUB_DOCUMENT):
                self._end_open_line(found)
                self._foreign(child, found)
            elif tag not in _PROPERTIES:
                self._into_blocks(child, found)

    def _control_round_blocks(self, sdt: Element, found: list[Block]) -> None:
        content = sdt.find(_SDT_CONTENT)
        if content is None:
            return
        control = _control(sdt, content)
        if control is not None and not control.prompting and content.find(_TBL) is not None:
            # Round a whole table it holds labels as well as answers, and so says nothing about any one of them.
            control = None
        with self._within(control):
            self._into_blocks(content, found)

    @contextmanager
    def _within(self, control: Control | None) -> Iterator[None]:
        """What is walked meanwhile stands in a control round paragraphs, a row or a cell."""
        outer = self.control
        if control is not None and control.kind is ControlKind.TICK:
            self.waiting_tick = control
        elif control is not None:
            self.control = control
        yield
        self.control = outer
        self.waiting_tick, self.skips_box = None, False

    def _paragraph(self, element: Element, found: list[Block]) -> None:
        self.document.count_paragraph()
        where = self.where
        if where.open_line is not None and where.open_line.is_loose:
            self._end_open_line(found)
        line = where.open_line or _Line()
        where.open_line = None
        properties = element.find(_PPR)
        style_id, level, list_id, list_level, bits, mark_is_gone = "", None, "", None, 0, False
        for child in properties if properties is not None else ():
            tag = child.tag
            if tag == _P_STYLE:
                style_id = child.get(VAL) or ""
            elif tag == _NUM_PR:
                list_id, list_level = _list_of(child)
            elif tag == _OUTLINE:
                level = outline_level(child)
            elif tag == f"{W}shd":
                bits |= SHADING if is_shaded(child) else 0
            elif tag == f"{W}pBdr":
                bits |= BOXED if _is_box(child) else 0
            elif tag == _RPR:
                mark_is_gone = self._mark_is_deleted(child)
            elif tag == _SECTION:
                self.document.sections.append(child)
        style = self.document.styles.paragraph(style_id)
        state = (self.line, self.base, self.bits)
        self.line, self.base = line, style.bits | bits
        self.bits = self.base | self.added
        if self.waiting_tick is not None:
            self._tick(self.waiting_tick)
            self.waiting_tick, self.skips_box = None, True
        self._into(element)
        if self.fields:
            self._carry_fields_over()
        line.close()
        if self.control is not None and not line.spans:
            line.add_empty(self.control, self.bits)
        self.line, self.base, self.bits = state
        if mark_is_gone:
            where.open_line = line
            return
        marker = ""
        if list_id or style.list_id:
            numbering = self.document.numbering
            own_level = list_level if list_level is not None else style.list_level
            if list_id:
                marker = numbering.marker(list_id, own_level or 0)
            else:
                marker = numbering.marker(style.list_id, own_level, style_id)
        place = where.next_paragraph()
        found.append(Paragraph(tuple(line.spans), place, style.level if level is None else level, marker))
        if line.after:
            found += line.after

    def _mark_is_deleted(self, properties: Element) -> bool:
        for child in properties:
            if child.tag in (_DEL, _MOVE_FROM):
                self.document.note_change(child)
                return True
            if child.tag in (_INS, _MOVE_TO):
                self.document.note_change(child)
        return False

    def _loose(self, element: Element) -> None:
        """Words where only paragraphs should be: some programs write them, and Word shows them."""
        if self.where.open_line is None:
            self.where.open_line = _Line(is_loose=True)
        outer, self.line = self.line, self.where.open_line
        self.bits = self.base | self.added
        self._into((element,))
        self.line.close()
        self.line = outer

    def _end_open_line(self, found: list[Block]) -> None:
        line, self.where.open_line = self.where.open_line, None
        if line is None:
            return
        line.close()
        if line.spans:
            found.append(Paragraph(tuple(line.spans), self.where.next_paragraph()))
        found += line.after

    # Tables.

    def _table(self, element: Element, found: list[Block]) -> None:
        path = self.where.next_table()
        outer_control = self.control
        if outer_control is not None and not outer_control.prompting:
            self.control = None
        outer_backed = self.is_backed
        self.is_backed |= element.find(f"{W}tblPr/{W}tblStyle") is not None
        rows: list[tuple[list[_OpenCell], bool]] = []
        growing: dict[int, _OpenCell] = {}
        for row, control, added in self._members(element, _TR):
            properties = row.find(_TRPR)
            before, is_header = 0, False
            for child in properties if properties is not None else ():
                tag = child.tag
                if tag == f"{W}gridBefore":
                    before = _count(child)
                elif tag == f"{W}tblHeader":
                    is_header = child.get(VAL) not in ("0", "false", "off")
                elif tag == f"{W}hidden" and child.get(VAL) not in ("0", "false", "off"):
                    added |= HIDDEN
                elif tag == _INS:
                    self.document.note_change(child)
                    added |= INSERTED
                elif tag == _DEL:
                    self.document.note_change(child)
                    break
            else:
                # A control round a row holds its labels too: only its being unfilled is true of all that it holds.
                row_control = control if control is not None and control.prompting else None
                path_of_row = f"{path}, row {len(rows) + 1}"
                cells: list[_OpenCell] = []
                outer, self.added = self.added, added
                with self._within(row_control):
                    self._row(row, cells, path_of_row, before, growing)
                self.added = outer
                rows.append((cells, is_header))
        self.control, self.is_backed = outer_control, outer_backed
        if rows:
            closed = tuple(Row(tuple(cell.close() for cell in cells), is_header) for cells, is_header in rows)
            found.append(Table(closed, Locator(self.where.part, path)))

    def _row(self, row: Element, cells: list[_OpenCell], path: str, column: int, growing: dict[int, _OpenCell]) -> None:
        """`growing` are the cells above, by column, that this row's cells may continue."""
        still_growing: dict[int, _OpenCell] = {}
        number = 0
        for cell, control, added in self._members(row, _TC):
            self.document.count_cell()
            colspan, merge_down, merge_right, shaded, is_deleted = 1, "", "", False, False
            properties = cell.find(_TCPR)
            for child in properties if properties is not None else ():
                tag = child.tag
                if tag == f"{W}gridSpan":
                    colspan = max(_count(child), 1)
                elif tag == f"{W}vMerge":
                    merge_down = child.get(VAL) or "continue"
                elif tag == f"{W}hMerge":
                    merge_right = child.get(VAL) or "continue"
                elif tag == f"{W}shd":
                    shaded = _is_filled(child)
                elif tag == f"{W}cellDel":
                    self.document.note_change(child)
                    is_deleted = True
                elif tag == f"{W}cellIns":
                    self.document.note_change(child)
                    added |= INSERTED
            if is_deleted:
                continue
            number += 1
            place = Locator(self.where.part, f"{path}, cell {number}")
            above = growing.get(column) if merge_down == "continue" else None
            left = cells[-1] if cells and merge_right == "continue" else None
            hidden = HIDDEN if above is not None or left is not None else 0
            outer_backed = self.is_backed
            self.is_backed |= shaded
            blocks = self._cell(cell, place, control, added | hidden)
            self.is_backed = outer_backed
            if above is not None or left is not None:
                # Word shows nothing of a cell that continues another, but words in it are still in the file.
                origin = above or left
                assert origin is not None
                origin.blocks += [block for block in blocks if blocks_text((block,)).strip()]
                if above is not None:
                    above.rowspan += 1
                    still_growing[column] = above
                elif left is not None:
                    left.colspan += colspan
            else:
                opened = _OpenCell(place, blocks, column, colspan, shaded)
                cells.append(opened)
                if merge_down:
                    still_growing[column] = opened
            column += colspan
        growing.clear()
        growing.update(still_growing)

    def _cell(self, cell: Element, place: Locator, control: Control | None, added: int) -> list[Block]:
        outer, self.added = self.added, added
        with self._within(control):
            blocks = self.blocks(cell, _Where(self.where.part, place.path, in_cell=True))
        self.added = outer
        return blocks

    def _members(
        self, container: Element, wanted: str, control: Control | None = None, added: int | None = None
    ) -> Iterator[tuple[Element, Control | None, int]]:
        """Rows of a table or cells of a row, through every wrapper, with the control round them and INSERTED."""
        added = self.added if added is None else added
        for child in container:
            tag = child.tag
            if tag == wanted:
                yield child, control, added
            elif tag == _SDT:
                content = child.find(_SDT_CONTENT)
                if content is not None:
                    yield from self._members(content, wanted, _control(child, content) or control, added)
            elif tag == _ALTERNATE:
                yield from self._members(_branch(child), wanted, control, added)
            elif tag in (_DEL, _MOVE_FROM):
                self.document.note_change(child)
            elif tag in (_INS, _MOVE_TO):
                self.document.note_change(child)
                yield from self._members(child, wanted, control, added | INSERTED)
            elif tag not in _PROPERTIES:
                yield from self._members(child, wanted, control, added)

    # Words.

    def _into(self, container: Any) -> None:
        for child in container:
            tag = child.tag
            if tag == _RUN:
                self._run(child)
            elif tag in _PROPERTIES:
                continue
            else:
                handler = _HANDLERS.get(tag)
                if handler is None:
                    self._into(child)
                else:
                    handler(self, child)

    def _run(self, run: Element) -> None:
        bits, font = self.base, ""
        state = (self.bits, self.font)
        for child in run:
            tag = child.tag
            if tag == _T:
                self._words(child.text, bits | self.added, font)
            elif tag == _RPR:
                properties = read_properties(child)
                bits, font = self.document.styles.laid_over(self.base, properties), properties.font
            else:
                self.bits, self.font = bits | self.added, font
                handler = _HANDLERS.get(tag)
                if handler is not None:
                    handler(self, child)
                elif tag not in _PROPERTIES:
                    self._into(child)
        self.bits, self.font = state

    def _words(self, text: str | None, bits: int, font: str = "") -> None:
        if not text or self.is_muted:
            return
        if "\n" in text:
            # A line feed in the XML is layout of the file; Word shows a space.
            text = " ".join(line.strip() for line in text.split("\n"))
        if font or not text.isascii():
            text = read_in_font(text, font)
        if self.skips_box:
            text = self._without_box(text)
        control = self.control
        if self.fields and self.fields[-1].control is not None:
            field_ = self.fields[-1]
            if not text.strip("\u2002"):
                # An empty legacy field shows five en spaces.
                return
            field_.has_words = True
        if text:
            if bits & HIDDEN:
                self.document.note("has hidden text")
            if bits & _WHITE_OR_BACKED == WHITE and not self.is_backed and not text.isspace():
                self.document.note("has white text, which cannot be seen on white paper")
            self.line.add(text, bits, control)

    def _without_box(self, text: str) -> str:
        """The words of a tick-box control without the picture of the box, which the state has replaced."""
        start = text.lstrip()
        if not start:
            return text
        self.skips_box = False
        if start[0] in BOXES or len(start) == 1 or not start[0].isalnum():
            return start[1:]
        return text

    def _text(self, element: Element) -> None:
        self._words(element.text, self.bits, self.font)

    def _put(self, text: str) -> None:
        if not self.is_muted:
            self.line.add(text, self.bits, self.control)

    def _tab(self, _element: Element) -> None:
        self._put("\t")

    def _break(self, element: Element) -> None:
        if element.get(_KIND) in ("page", "column"):
            # Between words it parts them; before or behind them it is no line of its own.
            self.line.turns_page = True
        else:
            self._put("\n")

    def _hyphen(self, _element: Element) -> None:
        self._put("-")

    def _symbol(self, element: Element) -> None:
        self._words(read_symbol(element.get(f"{W}font") or "", element.get(f"{W}char") or ""), self.bits)

    def _inserted(self, element: Element) -> None:
        self.document.note_change(element)
        outer = (self.added, self.bits)
        self.added |= INSERTED
        self.bits |= INSERTED
        self._into(element)
        self.added, self.bits = outer

    def _deleted(self, element: Element) -> None:
        self.document.note_change(element)

    def _alternate(self, element: Element) -> None:
        self._into(_branch(element))

    def _reference(self, element: Element) -> None:
        part = "footnote" if element.tag == f"{W}footnoteReference" else "endnote"
        self.document.noted[part][element.get(_ID) or ""] = None

    def _stray_paragraph(self, element: Element) -> None:
        """A paragraph where only words should be, as some programs write inside a run-level control."""
        self.line.close()
        if self.line.spans:
            self._put("\n")
        self._into(element)

    def _ruby(self, element: Element) -> None:
        """The words before the reading that stands small above them."""
        for name in (f"{W}rubyBase", f"{W}rt"):
            self._into(element.iterchildren(name))

    # Controls and fields.

    def _content_control(self, sdt: Element) -> None:
        content = sdt.find(_SDT_CONTENT)
        if content is None:
            return
        control = _control(sdt, content)
        if control is None:
            self._into(content)
        elif control.kind is ControlKind.TICK:
            self._tick(control)
            outer, self.skips_box = self.skips_box, True
            self._into(content)
            self.skips_box = outer
        else:
            line, before = self.line, len(self.line.spans)
            line.close()
            outer_control, self.control = self.control, control
            before = len(line.spans)
            self._into(content)
            line.close()
            if len(line.spans) == before and not self.is_muted:
                line.add_empty(control, self.bits)
            self.control = outer_control

    def _tick(self, control: Control) -> None:
        if not self.is_muted:
            self.line.add("☒" if control.checked else "☐", self.bits, control)
            self.line.close()

    def _field_character(self, element: Element) -> None:
        match element.get(f"{W}fldCharType"):
            case "begin":
                self._begin_field(element.find(f"{W}ffData"))
            case "separate" if self.fields:
                field_ = self.fields[-1]
                field_.in_result = True
                # What a tick box or a list of choices shows is in its data; a result beside it would be a repeat.
                field_.is_muted = field_.control is not None and field_.control.kind is not ControlKind.TEXT
            case "end" if self.fields:
                self._end_field()
        self._listen()

    def _begin_field(self, data: Element | None) -> None:
        begun = _Field(outer=self.control)
        if data is not None:
            control = begun.control = read_form_field(data)
            if control.kind is ControlKind.TICK:
                self._tick(control)
            elif control.kind is ControlKind.CHOICE:
                shown, control = control.value or "", replace(control, value=None)
                if self.is_muted:
                    pass
                elif shown:
                    self.line.add(shown, self.bits, control)
                    self.line.close()
                else:
                    self.line.add_empty(control, self.bits)
            else:
                # Words may follow without a `separate`; the code itself never stands in w:t.
                begun.is_muted = False
                self.line.close()
                self.control = replace(control, value=None)
        if len(self.fields) >= MOST_NESTED_FIELDS:
            raise UnreadableError("too-complex", TOO_LONG)
        self.fields.append(begun)

    def _end_field(self) -> None:
        ended = self.fields.pop()
        self.document.note_code("".join(ended.code))
        control = ended.control
        if control is not None and control.kind is ControlKind.TEXT:
            if not ended.has_words and self.control is not None:
                self.line.add_empty(self.control, self.bits)
            self.line.close()
            self.control = ended.outer

    def _listen(self) -> None:
        self.is_muted = any(field_.is_muted for field_ in self.fields)

    def _carry_fields_over(self) -> None:
        """At a paragraph's end, a field without a result must not swallow the rest: its end may be missing."""
        for field_ in self.fields:
            field_.is_muted = False
        self._listen()

    def _code(self, element: Element) -> None:
        if self.fields:
            self.fields[-1].code.append(element.text or "")

    def _simple_field(self, element: Element) -> None:
        self.document.note_code(element.get(f"{W}instr") or "")
        self._into(element)

    # Drawings and foreign parts.

    def _here(self) -> Locator:
        return Locator(self.where.part, self.where.this_paragraph())

    def _text_box(self, content: Element) -> None:
        self._aside(lambda where: self.blocks(content, where))

    def _aside(self, walk: Callable[[_Where], list[Block]], what: str = "text box") -> None:
        """Blocks that stand beside the paragraph they are anchored in: read now, placed right behind it."""
        if self.is_muted:
            return
        where = self.where
        where.boxes += 1
        anchor = where.path if where.part == "textbox" else where.this_paragraph()
        if where.part not in ("body", "textbox"):
            anchor = f"{where.part}, {anchor}"
        state = (self.line, self.base, self.bits, self.font, self.control, self.waiting_tick, self.skips_box)
        fields, self.fields = self.fields, []
        self.control, self.waiting_tick, self.skips_box, self.base = None, None, False, 0
        outer_backed, self.is_backed = self.is_backed, True
        blocks = walk(_Where("textbox", f"{anchor}, {what} {where.boxes}"))
        self.line, self.base, self.bits, self.font, self.control, self.waiting_tick, self.skips_box = state
        self.fields, self.is_backed = fields, outer_backed
        self._listen()
        self.line.after += blocks

    def _text_path(self, element: Element) -> None:
        """Words drawn along a line, such as a watermark."""
        words = element.get("string")
        if words:
            self._aside(lambda where: [Paragraph((Span(words),), where.next_paragraph())], "word art")

    def _drawn_paragraph(self, element: Element) -> None:
        """A paragraph of drawing text, found in locked drawings and old charts."""
        words = "".join(node.text or "" for node in element.iter(f"{_A}t"))
        if words.strip():
            self._aside(lambda where: [Paragraph((Span(words),), where.next_paragraph())])

    def _diagram(self, element: Element) -> None:
        link = self.links.get(element.get(f"{_R}dm") or "")
        root = self.document._optional(link.target, "diagram") if link is not None and not link.external else None
        lines = [
            "".join(node.text or "" for node in paragraph.iter(f"{_A}t"))
            for paragraph in (root.iter(f"{_A}p") if root is not None else ())
        ]
        lines = [line for line in lines if line.strip()]
        if not lines:
            self.document.could_not_read("diagram", self._here())
            return
        self._aside(lambda where: [Paragraph((Span(line),), where.next_paragraph()) for line in lines], "diagram")

    def _object(self, element: Element) -> None:
        """An embedded or linked object; the picture of it that Word keeps beside it is not a second thing."""
        found = element.find(f".//{_O}OLEObject")
        if found is None:
            self._into(element)
            return
        program = (found.get("ProgID") or "").lower()
        what = next((said for name, said in _OBJECTS if program.startswith(name)), "embedded object")
        if found.get("Type") == "Link":
            self.document.note(_OUTSIDE["oleObject"])
        self.document.could_not_read(what, self._here())

    def _unread(self, what: str) -> None:
        if not self.is_muted:
            self.document.could_not_read(what, self._here())

    def _picture(self, _element: Element) -> None:
        self._unread("picture")

    def _chart(self, _element: Element) -> None:
        self._unread("chart")

    def _active_x(self, _element: Element) -> None:
        self._unread("ActiveX form control")

    def _ink(self, _element: Element) -> None:
        self._unread("ink drawing")

    def _foreign(self, element: Element, found: list[Block]) -> None:
        """A file that Word was told to show here: another Word file, a web page or plain text can be read."""
        if element.tag == _SUB_DOCUMENT:
            self.document.could_not_read("linked document", self._here())
            return
        link = self.links.get(element.get(_LINK) or "")
        place = self.where.next_insertion()
        blocks = self.document.inserted(link.target, place) if link is not None and not link.external else None
        if blocks is None:
            self.document.could_not_read("inserted file", place)
        else:
            self.document.note("shows an inserted file")
            found += blocks


_HANDLERS: dict[str, Callable[[_Walk, Element], None]] = {
    _T: _Walk._text,
    f"{_M}t": _Walk._text,
    f"{W}tab": _Walk._tab,
    f"{W}ptab": _Walk._tab,
    f"{W}br": _Walk._break,
    f"{W}cr": _Walk._break,
    f"{W}noBreakHyphen": _Walk._hyphen,
    f"{W}sym": _Walk._symbol,
    f"{W}fldChar": _Walk._field_character,
    f"{W}instrText": _Walk._code,
    f"{W}fldSimple": _Walk._simple_field,
    _SDT: _Walk._content_control,
    _ALTERNATE: _Walk._alternate,
    _INS: _Walk._inserted,
    _MOVE_TO: _Walk._inserted,
    _DEL: _Walk._deleted,
    _MOVE_FROM: _Walk._deleted,
    f"{W}footnoteReference": _Walk._reference,
    f"{W}endnoteReference": _Walk._reference,
    f"{W}ruby": _Walk._ruby,
    _P: _Walk._stray_paragraph,
    f"{W}txbxContent": _Walk._text_box,
    f"{_V}textpath": _Walk._text_path,
    f"{_A}p": _Walk._drawn_paragraph,
    f"{_DIAGRAM}relIds": _Walk._diagram,
    f"{_PIC}pic": _Walk._picture,
    f"{_V}imagedata": _Walk._picture,
    f"{_CHART}chart": _Walk._chart,
    f"{W}object": _Walk._object,
    f"{W}control": _Walk._active_x,
    f"{W}contentPart": _Walk._ink,
}


def _control(sdt: Element, content: Element) -> Control | None:
    return read_content_control(sdt, lambda: "".join(node.text or "" for node in content.iter(_T)))


def _branch(alternate: Element) -> Element:
    """Exactly one branch of alternative content: the first choice with words, else the fallback with words."""
    branches = [child for child in alternate if child.tag in (f"{_MC}Choice", _FALLBACK)]
    with_words = (branch for branch in branches if next(branch.iter(_T, f"{_A}t"), None) is not None)
    return next(with_words, branches[0] if branches else ())


def _list_of(numbering: Element) -> tuple[str, int | None]:
    list_id, level = "", None
    for child in numbering:
        if child.tag == NUM_ID:
            list_id = child.get(VAL) or ""
        elif child.tag == ILVL:
            text = child.get(VAL) or ""
            level = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
    return list_id, level


def _is_box(borders: Element) -> bool:
    drawn = {child.tag for child in borders if child.get(VAL) not in (None, "none", "nil")}
    return drawn.issuperset(_SIDES)


def _is_filled(shading: Element) -> bool:
    """Whether a cell is filled with anything but white: forms set labels apart with the palest greys."""
    fill = (shading.get(FILL) or "auto").lower()
    return fill not in ("auto", "ffffff", "none") or (shading.get(VAL) or "clear") not in ("clear", "nil")


def _count(element: Element) -> int:
    """A number of columns; nonsense counts as none, more than Word allows is refused before it costs memory."""
    text = (element.get(VAL) or "").strip()
    if not text.isascii() or not text.isdigit():
        return 0
    if len(text) > 9 or int(text) > MOST_COLUMNS:
        raise UnreadableError("too-complex", TOO_WIDE)
    return int(text)
