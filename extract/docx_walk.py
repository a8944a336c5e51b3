"""One pass down a part of a Word document, through every wrapper that is not known to hide its words."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from casework.errors import UnreadableError
from casework.transcript import (
    Block,
    Control,
    ControlKind,
    Locator,
    Mark,
    Paragraph,
    Row,
    Span,
    Table,
    Unread,
    blocks_text,
)
from extract.docx_controls import read_content_control, read_form_field
from extract.docx_drafts import Field, Line, OpenCell, Where
from extract.docx_package import TOO_LONG, Relationship
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
    Styles,
    W,
    is_shaded,
    outline_level,
    read_properties,
)
from extract.docx_symbols import BOXES, read_in_font, read_symbol

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

MOST_PARAGRAPHS = 50_000
MOST_CELLS = 50_000
MOST_COLUMNS = 63
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
LINKED_OBJECT = "is linked to an object in another file, which was not fetched"
_WHITE_OR_BACKED = WHITE | SHADING | BIT[Mark.HIGHLIGHT]


class Surroundings(ABC):
    """What all parts of one document share: styles, list counters, what was noticed on the way."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        self.unread: dict[Unread, None] = {}
        self.notes: dict[str, None] = {}
        self.authors: dict[str, None] = {}
        self.has_changes = False
        self.sections: list[Element] = []
        self.noted: dict[str, dict[str, None]] = {"footnote": {}, "endnote": {}}
        """Ids of the notes that the text refers to, in its order."""
        self._paragraphs = 0
        self._cells = 0

    @abstractmethod
    def part_beside(self, name: str, what: str) -> Element | None:
        """The root of a part beside the main one, or None where it is missing or damaged."""

    @abstractmethod
    def inserted(self, name: str, place: Locator) -> list[Block] | None:
        """The blocks of a file inside this one, or None where they cannot be had."""

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
        self._paragraphs += 1
        if self._paragraphs > MOST_PARAGRAPHS:
            raise UnreadableError("too-complex", TOO_LONG)

    def count_cell(self) -> None:
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise UnreadableError("too-complex", TOO_LONG)


class Walk:
    """One pass over one part of the document, down through every wrapper that is not known to hide its words."""

    def __init__(self, document: Surroundings, links: dict[str, Relationship], part: str, prefix: str = "") -> None:
        self.document = document
        self.links = links
        self.where = Where(part, prefix)
        self.line = Line()
        self.base = 0
        """What every run of the paragraph looks like before its own properties: style, shading, insertion."""
        self.bits = 0
        self.added = 0
        """INSERTED and HIDDEN as given by what stands round the run."""
        self.font = ""
        self.control: Control | None = None
        self.waiting_tick: Control | None = None
        self.skips_box = False
        self.fields: list[Field] = []
        self.is_muted = False
        self.is_backed = False
        """Whether there may be a colour behind the words: a filled cell, a table's style, a text box."""

    def part(self, root: Element) -> list[Block]:
        return self.blocks(root, self.where)

    # Blocks: paragraphs and tables.

    def blocks(self, container: Element, where: Where) -> list[Block]:
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
        content = _child(sdt, _SDT_CONTENT)
        if content is None:
            return
        control = _control(sdt, content)
        if control is not None and not control.prompting and content.find(_TBL) is not None:
            # Round a whole table it holds labels as well as answers, and so says nothing about any one of them.
            control = None
        outer = self._enter(control)
        self._into_blocks(content, found)
        self._leave(outer)

    def _enter(self, control: Control | None) -> Control | None:
        """What is walked until `_leave` stands in a control round paragraphs, a row or a cell; gives what to leave."""
        outer = self.control
        if control is not None and control.kind is ControlKind.TICK:
            self.waiting_tick = control
        elif control is not None:
            self.control = control
        return outer

    def _leave(self, outer: Control | None) -> None:
        self.control = outer
        self.waiting_tick, self.skips_box = None, False

    def _paragraph(self, element: Element, found: list[Block]) -> None:
        self.document.count_paragraph()
        where = self.where
        if where.open_line is not None and where.open_line.is_loose:
            self._end_open_line(found)
        line = where.open_line or Line()
        where.open_line = None
        properties = _child(element, _PPR)
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
            self.where.open_line = Line(is_loose=True)
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
        rows: list[tuple[list[OpenCell], bool]] = []
        growing: dict[int, OpenCell] = {}
        for row, control, added in self._members(element, _TR):
            properties = _child(row, _TRPR)
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
                cells: list[OpenCell] = []
                outer, self.added = self.added, added
                round_the_row = self._enter(row_control)
                self._row(row, cells, path_of_row, before, growing)
                self._leave(round_the_row)
                self.added = outer
                rows.append((cells, is_header))
        self.control, self.is_backed = outer_control, outer_backed
        if rows:
            closed = tuple(Row(tuple(cell.close() for cell in cells), is_header) for cells, is_header in rows)
            found.append(Table(closed, Locator(self.where.part, path)))

    def _row(self, row: Element, cells: list[OpenCell], path: str, column: int, growing: dict[int, OpenCell]) -> None:
        """`growing` are the cells above, by column, that this row's cells may continue."""
        still_growing: dict[int, OpenCell] = {}
        number = 0
        for cell, control, added in self._members(row, _TC):
            self.document.count_cell()
            colspan, merge_down, merge_right, shaded, is_deleted = 1, "", "", False, False
            properties = _child(cell, _TCPR)
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
                opened = OpenCell(place, blocks, column, colspan, shaded)
                cells.append(opened)
                if merge_down:
                    still_growing[column] = opened
            column += colspan
        growing.clear()
        growing.update(still_growing)

    def _cell(self, cell: Element, place: Locator, control: Control | None, added: int) -> list[Block]:
        outer, self.added = self.added, added
        round_the_cell = self._enter(control)
        blocks = self.blocks(cell, Where(self.where.part, place.path, in_cell=True))
        self._leave(round_the_cell)
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
                content = _child(child, _SDT_CONTENT)
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
        content = _child(sdt, _SDT_CONTENT)
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
        begun = Field(outer=self.control)
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

    def _aside(self, walk: Callable[[Where], list[Block]], what: str = "text box") -> None:
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
        blocks = walk(Where("textbox", f"{anchor}, {what} {where.boxes}"))
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
        root = self.document.part_beside(link.target, "diagram") if link is not None and not link.external else None
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
            self.document.note(LINKED_OBJECT)
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


_HANDLERS: dict[str, Callable[[Walk, Element], None]] = {
    _T: Walk._text,
    f"{_M}t": Walk._text,
    f"{W}tab": Walk._tab,
    f"{W}ptab": Walk._tab,
    f"{W}br": Walk._break,
    f"{W}cr": Walk._break,
    f"{W}noBreakHyphen": Walk._hyphen,
    f"{W}sym": Walk._symbol,
    f"{W}fldChar": Walk._field_character,
    f"{W}instrText": Walk._code,
    f"{W}fldSimple": Walk._simple_field,
    _SDT: Walk._content_control,
    _ALTERNATE: Walk._alternate,
    _INS: Walk._inserted,
    _MOVE_TO: Walk._inserted,
    _DEL: Walk._deleted,
    _MOVE_FROM: Walk._deleted,
    f"{W}footnoteReference": Walk._reference,
    f"{W}endnoteReference": Walk._reference,
    f"{W}ruby": Walk._ruby,
    _P: Walk._stray_paragraph,
    f"{W}txbxContent": Walk._text_box,
    f"{_V}textpath": Walk._text_path,
    f"{_A}p": Walk._drawn_paragraph,
    f"{_DIAGRAM}relIds": Walk._diagram,
    f"{_PIC}pic": Walk._picture,
    f"{_V}imagedata": Walk._picture,
    f"{_CHART}chart": Walk._chart,
    f"{W}object": Walk._object,
    f"{W}control": Walk._active_x,
    f"{W}contentPart": Walk._ink,
}


def _child(element: Element, tag: str) -> Element | None:
    """The first child with this tag; `find` would take it for a path first."""
    return next(element.iterchildren(tag), None)


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
