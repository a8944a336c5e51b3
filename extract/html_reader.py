"""The HTML of a message in, a Transcript out, with the marks, tick boxes and tables that a reader of the mail sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from lxml import etree

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
)
from extract.asides import HIDDEN, QUOTED, Run, in_part, set_aside
from extract.docx_drafts import Where
from extract.docx_symbols import is_symbol_font, read_in_font
from extract.text_reader import TOO_LONG

Element = Any  # an lxml element; its stubs do not say what a tag is

MOST_BYTES = 10_000_000
MOST_ELEMENTS = 60_000
_MOST_COLUMNS, _MOST_ROWS = 63, 1000

_UNSEEN = re.compile(
    "head|script|style|noscript|template|object|applet|iframe|svg|math|canvas|audio|video|map|datalist|button|img"
    "|meta|link|title|base|param|col|colgroup"
)
_BLOCK = re.compile(
    "html|body|p|div|h[1-6]|[uod]l|li|d[dt]|blockquote|pre|section|article|header|footer|main|nav|aside|center|form"
    "|fieldset|legend|address|figure|figcaption|hr|caption|table|thead|tbody|tfoot|t[rdh]|details|summary"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MARKS = {
    **dict.fromkeys(("b", "strong", "th"), Mark.BOLD),
    **dict.fromkeys(("i", "em", "cite", "dfn"), Mark.ITALIC),
    **dict.fromkeys(("u", "ins"), Mark.UNDERLINE),
    **dict.fromkeys(("s", "strike", "del"), Mark.STRIKE),
    "mark": Mark.HIGHLIGHT,
}
_GREY = re.compile(
    "black|white|(?:dim|dark|light|slate)?gr[ae]y|silver|gainsboro|whitesmoke|snow|window|windowtext|text|inherit"
    "|initial|unset|transparent|currentcolor|auto|none"
)
_COLOURFUL, _NEARLY_WHITE = 60, 248
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*((?:[^;\"(]|\([^)]*\)|\"[^\"]*\")*)")
_CHANNELS = re.compile(r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})")
_NO_BORDER = re.compile(r"^(?:0\S*\s*)*(?:none|0\S*|hidden|initial|medium none.*)?$")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\xad]")
_MOST_STYLE = 2000


def read_html(data: bytes | str) -> Transcript:
    """What a reader of this HTML sees, in order; scripts, styles and comments are no text, hidden words stand apart.

    Quoted mail, mail headers, banners, signatures and disclaimers stand in parts of their own. Nothing is fetched.
    UnreadableError `too-complex` where it is larger or deeper than the text of any message.
    """
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if len(raw) > MOST_BYTES:
        raise UnreadableError("too-complex", TOO_LONG)
    if not raw.strip():
        return Transcript("html", ())
    parser = etree.HTMLParser(
        encoding="utf-8" if isinstance(data, str) or _is_utf8(raw) else None,
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        # Without it the parser drops what lies deeper than 255 elements without a word; here the walk refuses it.
        huge_tree=True,
    )
    parser.feed(raw.replace(b"\0", b""))
    try:
        root = parser.close()
        runs = _Page(root).runs() if root is not None else []
    except etree.XMLSyntaxError:
        runs = []
    except RecursionError as problem:
        raise UnreadableError("too-complex", TOO_LONG) from problem
    return Transcript("html", set_aside(runs))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# -- how words look ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element and those round it say of the words in it."""

    marks: frozenset[Mark] = frozenset()
    font: str = ""
    hidden: bool = False
    kept: bool = False
    """White space stands as it was written."""
    quoted: bool = False
    marker: bool = False
    """A list marker that Word writes as text."""


def _styled(look: _Look, element: Element, tag: str) -> _Look:
    """The look inside an element, from its name, its attributes and its own style."""
    on: set[Mark] = {_MARKS[tag]} if tag in _MARKS else set()
    off: set[Mark] = set()
    style = _declarations((element.get("style") or "")[:_MOST_STYLE].lower())
    weight = style.get("font-weight", "")
    if weight:
        (on if weight in ("bold", "bolder") or (weight[:1] in "6789" and len(weight) == 3) else off).add(Mark.BOLD)
    slant = style.get("font-style", "")
    if slant:
        (on if slant in ("italic", "oblique") else off).add(Mark.ITALIC)
    drawn = f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}"
    if "underline" in drawn:
        on.add(Mark.UNDERLINE)
    if "line-through" in drawn:
        on.add(Mark.STRIKE)
    back = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    if not _BLOCK.fullmatch(tag) and _is_fill(style.get("mso-highlight") or back):
        on.add(Mark.HIGHLIGHT)
    ink = style.get("color") or (element.get("color") if tag == "font" else None) or ""
    if ink:
        (on if _is_colourful(ink) else off).add(Mark.COLOUR)
    if not _BLOCK.fullmatch(tag) and not _NO_BORDER.match(style.get("border", "")):
        on.add(Mark.BOXED)
    font = (style.get("font-family") or (element.get("face") if tag == "font" else None) or "").split(",")[0]
    font = font.strip(" '\"")
    hidden = (
        style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("mso-hide") == "all"
        or element.get("hidden") is not None
    )
    kind = f"{element.get('class') or ''} {element.get('type') or ''}"
    return _Look(
        (look.marks - off) | on,
        font or look.font,
        look.hidden or hidden,
        look.kept or tag == "pre" or style.get("white-space", "").startswith("pre"),
        look.quoted or (tag == "blockquote" and ("cite" in kind or "quote" in kind)),
        look.marker or "ignore" in style.get("mso-list", ""),
    )


@lru_cache(maxsize=4096)
def _declarations(style: str) -> dict[str, str]:
    return {name: value.replace("!important", "").strip(" '\"") for name, value in _DECLARATION.findall(style)}


@lru_cache(maxsize=4096)
def _rgb(value: str) -> tuple[int, int, int] | None:
    value = value.strip().lower()
    if value.startswith("#"):
        digits = value[1:7]
        digits = "".join(digit * 2 for digit in digits[:3]) if len(digits) < 6 else digits
        try:
            return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
        except ValueError:
            return None
    found = _CHANNELS.match(value)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _is_colourful(value: str) -> bool:
    """Whether a colour is neither black, white nor a grey."""
    channels = _rgb(value)
    if channels is not None:
        return max(channels) - min(channels) >= _COLOURFUL
    return value.strip().isalpha() and not _GREY.fullmatch(value.strip().lower())


def _is_fill(value: str) -> bool:
    """Whether a background stands out from white paper as a highlighter does."""
    words = value.split()
    return any(_is_colourful(word) for word in ([value] if "(" in value else words))


def _is_shade(value: str) -> bool:
    """Whether a cell's background differs visibly from white paper."""
    channels = _rgb(value.split()[0] if value and "(" not in value else value)
    return _is_fill(value) if channels is None else min(channels) < _NEARLY_WHITE


# -- the walk ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """A line while it is being read: its spans, and how it will stand in the page."""

    spans: list[Span] = field(default_factory=list)
    level: int = 0
    marker: str = ""
    quoted: bool = False


class _Page:
    """One walk over the tree: blocks of lines in the order of the page."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._elements = 0

    def runs(self) -> list[Run]:
        return _Container(self, Where("body")).read(self._root, _Look())

    def count(self) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise UnreadableError("too-complex", TOO_LONG)


class _Container:
    """A page's body or one cell: the runs in it, each with its place."""

    def __init__(self, page: _Page, where: Where) -> None:
        self._page = page
        self._where = where
        self._runs: list[Run] = []
        self._lines: list[_Line] = [_Line()]
        self._unseen: list[Span] = []
        self._level = 0
        self._marker = ""

    def read(self, element: Element, look: _Look) -> list[Run]:
        self._inside(element, _styled(look, element, _tag(element)), 0)
        self._end_run()
        return self._runs

    def _inside(self, element: Element, look: _Look, number: int) -> None:
        """An element's words and children; `number` counts the items of the list that it is."""
        self._text(element.text, look)
        for child in element:
            tag = _tag(child)
            if tag and not _UNSEEN.fullmatch(tag):
                self._page.count()
                if tag == "li":
                    number += 1
                self._child(child, tag, look, number)
            self._text(child.tail, look)

    def _child(self, child: Element, tag: str, outer: _Look, number: int) -> None:
        look = _styled(outer, child, tag)
        if tag == "br":
            self._lines.append(_Line(quoted=look.quoted))
        elif tag == "table":
            self._end_run()
            self._table(child, look)
        elif tag in ("input", "select", "textarea"):
            self._control(child, tag, look)
        elif _BLOCK.fullmatch(tag):
            self._end_run()
            self._level = _HEADINGS.get(tag, self._level if tag not in ("p", "td", "li") else 0)
            if tag == "li":
                ordered = _tag(child.getparent()) == "ol"
                self._marker = f"{number}." if ordered else "•"
            self._inside(child, look, _first_number(child) if tag == "ol" else 0)
            self._end_run()
            self._level = 0
        else:
            tabs = _declarations((child.get("style") or "")[:_MOST_STYLE].lower()).get("mso-tab-count")
            if tabs:
                self._add(Span("\t"), look)
            else:
                self._inside(child, look, 0)

    def _text(self, text: str | None, look: _Look) -> None:
        if not text:
            return
        if is_symbol_font(look.font):
            text = read_in_font(text, look.font)
        lines = text.replace("\r\n", "\n").split("\n") if look.kept else [_SPACES.sub(" ", text)]
        for at, line in enumerate(lines):
            if at:
                self._lines.append(_Line(quoted=look.quoted))
            words = _ZERO_WIDTH.sub("", line.replace("\xa0", " "))
            if words:
                self._add(Span(words, look.marks), look)

    def _add(self, span: Span, look: _Look) -> None:
        line = self._lines[-1]
        if look.hidden:
            self._unseen.append(span)
        elif look.marker:
            self._marker = (self._marker + span.text).strip()
        elif span.text.strip() or line.spans or span.control:
            line.quoted = line.quoted or look.quoted
            if line.spans and not span.control and line.spans[-1].marks == span.marks and not line.spans[-1].control:
                joined = line.spans[-1].text + span.text
                # White space that a tag divides is still one space.
                line.spans[-1] = replace(span, text=re.sub(r" (?= \S)", "", joined) if not look.kept else joined)
            else:
                line.spans.append(span)

    def _control(self, element: Element, tag: str, look: _Look) -> None:
        kind = (element.get("type") or "text").lower()
        name = element.get("name") or element.get("id") or ""
        label = element.get("aria-label") or element.get("title") or ""
        if tag == "select":
            options = [" ".join("".join(option.itertext()).split()) for option in element.iter("option")]
            chosen = [option for option in element.iter("option") if option.get("selected") is not None]
            shown = " ".join("".join(chosen[0].itertext()).split()) if chosen else ""
            held = Control(ControlKind.CHOICE, name, name, label, options=tuple(options))
            self._add(Span(shown, look.marks, held), look)
        elif kind in ("checkbox", "radio") and tag == "input":
            ticked = element.get("checked") is not None
            held = Control(ControlKind.TICK, name, name, label, checked=ticked)
            self._add(Span("☒" if ticked else "☐", look.marks, held), look)
        elif tag == "textarea" or kind in ("text", "email", "tel", "date", "number", "search", "url"):
            text = "".join(element.itertext()) if tag == "textarea" else element.get("value") or ""
            held = Control(ControlKind.TEXT, name, name, label)
            self._add(Span(text.strip(), look.marks, held), look)

    def _end_run(self) -> None:
        run: list[Paragraph] = []
        for line in self._lines:
            spans = _trimmed(line.spans)
            if spans:
                made = Paragraph(spans, self._where.next_paragraph(), self._level, self._marker)
                self._marker = ""
                run.append(in_part(made, QUOTED) if line.quoted else made)
        if self._unseen:
            spans = _trimmed(self._unseen)
            if spans:
                run.append(in_part(Paragraph(spans, self._where.next_paragraph()), HIDDEN))
            self._unseen = []
        if run:
            self._runs.append(run)
        self._lines = [_Line()]

    # -- tables -------------------------------------------------------------------------------------------------

    def _table(self, element: Element, look: _Look) -> None:
        path = self._where.next_table()
        rows: list[Row] = []
        below: dict[int, int] = {}
        for element_row in _rows_of(element):
            row_look = _styled(look, element_row, _tag(element_row))
            if element_row.tag == "caption" or len(rows) == _MOST_ROWS:
                self._inside(element_row, row_look, 0)
                self._end_run()
                continue
            cells: list[Cell] = []
            column = 0
            reaching: dict[int, int] = {}
            for td in (cell for cell in element_row if _tag(cell) in ("td", "th")):
                while column in below:
                    column += 1
                self._page.count()
                made = self._cell(td, row_look, f"{path}, row {len(rows) + 1}, cell {len(cells) + 1}", column)
                cells.append(made)
                reaching.update(dict.fromkeys(range(column, column + made.colspan), made.rowspan - 1))
                column += made.colspan
            below = {at: left - 1 for at, left in below.items() if left > 1}
            below.update({at: left for at, left in reaching.items() if left > 0})
            if cells:
                rows.append(Row(tuple(cells), header=_tag(element_row.getparent()) == "thead"))
        if not rows:
            return
        if all(len(row.cells) == 1 for row in rows) and any(_holds_table(row.cells[0]) for row in rows):
            # A table that only places other blocks on the page is no table to a reader.
            for row in rows:
                self._runs += [block if isinstance(block, Table) else [block] for block in row.cells[0].blocks]
            return
        self._runs.append(Table(tuple(rows), Locator(self._where.part, path)))

    def _cell(self, td: Element, look: _Look, path: str, column: int) -> Cell:
        inside = Where("body", path, in_cell=True)
        blocks: list[Block] = []
        for run in _Container(self._page, inside).read(td, look):
            blocks += [run] if isinstance(run, Table) else run
        place = Locator("body", path)
        style = _declarations((td.get("style") or "")[:_MOST_STYLE].lower())
        fill = style.get("background-color") or style.get("background") or td.get("bgcolor") or ""
        return Cell(
            tuple(blocks) or (Paragraph((), place),),
            place,
            column,
            min(max(_number(td.get("colspan")), 1), _MOST_COLUMNS),
            min(max(_number(td.get("rowspan")), 1), _MOST_ROWS),
            _is_shade(fill),
        )


def _tag(element: Element) -> str:
    """The element's name in lower case; empty for what is no element. `o:p` and other unknown names are inline."""
    return element.tag.lower() if element is not None and isinstance(element.tag, str) else ""


def _rows_of(table: Element) -> list[Element]:
    """The captions and rows of a table, whether or not it groups them."""
    found: list[Element] = []
    for child in table:
        tag = _tag(child)
        if tag in ("tr", "caption"):
            found.append(child)
        elif tag in ("thead", "tbody", "tfoot"):
            found += [row for row in child if _tag(row) == "tr"]
    return found


def _holds_table(cell: Cell) -> bool:
    return any(isinstance(block, Table) for block in cell.blocks)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.strip().isdigit() and len(text) < 6 else 1


def _first_number(element: Element) -> int:
    return _number(element.get("start")) - 1


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    """A line's spans without white space at its ends; nothing where it shows nothing."""
    kept = list(spans)
    while kept and not kept[0].control and not kept[0].text.strip():
        del kept[0]
    while kept and not kept[-1].control and not kept[-1].text.strip():
        del kept[-1]
    if kept and not kept[0].control:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
    if kept and not kept[-1].control:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return tuple(kept)
