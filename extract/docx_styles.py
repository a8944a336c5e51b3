"""What Word's styles and numbering say about a paragraph or run: marks, heading level, list marker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from casework.transcript import Mark
from extract.docx_symbols import is_symbol_font, read_in_font

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
ILVL, NUM_ID, FILL = f"{W}ilvl", f"{W}numId", f"{W}fill"
_OFF = frozenset(("0", "false", "off", "none"))
_DEEPEST_CHAIN = 20
_COLOURFUL = 60
_NEARLY_WHITE = 0xF2

# Marks are bits while they are added up, since that happens for every run; `marks_of` turns them into a set.
_ORDER = tuple(Mark)
BIT = {mark: 1 << number for number, mark in enumerate(_ORDER)}
HIDDEN, INSERTED, SHADING, BOXED = BIT[Mark.HIDDEN], BIT[Mark.INSERTED], BIT[Mark.SHADING], BIT[Mark.BOXED]
WHITE = 1 << len(_ORDER)
"""White letters: no mark of their own, but on white paper a way to hide words."""
# Set in a paragraph's style and again in a run's, these cancel out (ECMA-376 part 1, 17.7.3).
_TOGGLES = BIT[Mark.BOLD] | BIT[Mark.ITALIC] | BIT[Mark.STRIKE] | HIDDEN


@cache
def marks_of(bits: int) -> frozenset[Mark]:
    """The marks that the bits stand for; equal bits give the same set object."""
    return frozenset(mark for mark in _ORDER if bits & BIT[mark])


@cache
def _is_clear_colour(value: str) -> bool:
    """Whether six hexadecimal digits are a colour and neither black, white nor a grey."""
    parts = _channels(value)
    return parts is not None and max(parts) - min(parts) >= _COLOURFUL


@cache
def _is_clear_fill(value: str) -> bool:
    """Whether six hexadecimal digits differ visibly from white paper."""
    parts = _channels(value)
    return parts is not None and min(parts) < _NEARLY_WHITE


def _read_colour(value: str) -> tuple[int, int]:
    on = BIT[Mark.COLOUR] if _is_clear_colour(value) else WHITE if value.lower() == "ffffff" else 0
    return on, (BIT[Mark.COLOUR] | WHITE) & ~on


def _channels(value: str) -> tuple[int, int, int] | None:
    try:
        return (int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16)) if len(value) == 6 else None
    except ValueError:
        return None


def is_shaded(shading: Element | None) -> bool:
    """Whether a `w:shd` fills with anything that shows on white paper."""
    if shading is None:
        return False
    pattern = shading.get(VAL) or "clear"
    if pattern not in ("clear", "nil"):
        colour = shading.get(f"{W}color") or "auto"
        return colour == "auto" or _is_clear_fill(colour)
    return _is_clear_fill(shading.get(FILL) or "")


def _switch(bit: int) -> Callable[[Element], tuple[int, int]]:
    def read(child: Element) -> tuple[int, int]:
        return (0, bit) if child.get(VAL) in _OFF else (bit, 0)

    return read


def _judged(bit: int, judge: Callable[[Element], bool]) -> Callable[[Element], tuple[int, int]]:
    def read(child: Element) -> tuple[int, int]:
        return (bit, 0) if judge(child) else (0, bit)

    return read


_READERS: dict[str, Callable[[Element], tuple[int, int]]] = {
    f"{W}b": _switch(BIT[Mark.BOLD]),
    f"{W}i": _switch(BIT[Mark.ITALIC]),
    f"{W}strike": _switch(BIT[Mark.STRIKE]),
    f"{W}dstrike": _switch(BIT[Mark.STRIKE]),
    f"{W}vanish": _switch(HIDDEN),
    f"{W}u": _judged(BIT[Mark.UNDERLINE], lambda child: child.get(VAL) not in (None, "none")),
    f"{W}highlight": _judged(BIT[Mark.HIGHLIGHT], lambda child: child.get(VAL) not in (None, "none", "white")),
    f"{W}shd": _judged(SHADING, is_shaded),
    f"{W}color": lambda child: _read_colour(child.get(VAL) or ""),
    f"{W}bdr": _judged(BOXED, lambda child: child.get(VAL) not in (None, "none", "nil")),
}
_FONTS, _STYLE, _INSERTED = f"{W}rFonts", f"{W}rStyle", f"{W}ins"
_ASCII, _HANSI = f"{W}ascii", f"{W}hAnsi"


@dataclass(slots=True)
class RunProperties:
    """One `w:rPr`: bits switched on, bits switched off, the character style, and the font where it is of pictures."""

    on: int = 0
    off: int = 0
    style: str = ""
    font: str = ""

    def over(self, bits: int) -> int:
        """The bits that stand when these properties are laid over `bits`."""
        return bits & ~self.off | self.on


def read_properties(properties: Element) -> RunProperties:
    """What a `w:rPr` says itself, its character style not looked up."""
    found = RunProperties()
    for child in properties:
        tag = child.tag
        reader = _READERS.get(tag)
        if reader is not None:
            on, off = reader(child)
            found.on |= on
            found.off |= off
        elif tag == _FONTS:
            name = child.get(_ASCII) or child.get(_HANSI) or ""
            if is_symbol_font(name):
                found.font = name
        elif tag == _STYLE:
            found.style = child.get(VAL) or ""
        elif tag == _INSERTED:
            found.on |= INSERTED
    # Both kinds of strike-through share a bit: one that is on wins over the other that is off.
    found.off &= ~found.on
    return found


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph style gives: bits for its runs, heading level (0 for none), `w:numPr` (numId, level) or None."""

    bits: int = 0
    level: int = 0
    list_id: str = ""
    list_level: int | None = None


@dataclass
class Styles:
    """The document's styles, looked up on request. `load` gives the root of the styles part, or None."""

    load: Callable[[], Element | None]
    _characters: dict[str, RunProperties] = field(default_factory=dict)
    _paragraphs: dict[str, ParagraphStyle] = field(default_factory=dict)

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        root = self.load()
        styles = root.iterchildren(f"{W}style") if root is not None else ()
        return {style.get(f"{W}styleId") or "": style for style in styles}

    @cached_property
    def _default(self) -> str:
        """The id of the style of paragraphs that name none."""
        for name, style in self._by_id.items():
            if style.get(f"{W}default") in ("1", "true", "on") and style.get(f"{W}type") == "paragraph":
                return name
        return ""

    def laid_over(self, bits: int, properties: RunProperties) -> int:
        """The bits of a run: its paragraph's, its character style's, its own."""
        if properties.style:
            style = self.character(properties.style)
            bits = (bits & ~(style.off & ~_TOGGLES)) ^ (style.on & _TOGGLES) | (style.on & ~_TOGGLES)
        return properties.over(bits)

    def character(self, style_id: str) -> RunProperties:
        """What a style and those it is based on switch on or off in runs."""
        known = self._characters.get(style_id)
        if known is None:
            known = self._characters[style_id] = RunProperties()
            for style in reversed(list(self._chain(style_id))):
                properties = style.find(f"{W}rPr")
                if properties is not None:
                    own = read_properties(properties)
                    known.on, known.off = own.over(known.on), known.off & ~own.on | own.off
        return known

    def paragraph(self, style_id: str) -> ParagraphStyle:
        """What a paragraph style gives; an empty or unknown id means the default style."""
        known = self._paragraphs.get(style_id)
        if known is None:
            found = style_id if style_id in self._by_id else self._default
            known = self._paragraphs[style_id] = self._read_paragraph(found)
        return known

    def _read_paragraph(self, style_id: str) -> ParagraphStyle:
        level: int | None = None
        list_id = ""
        list_level: int | None = None
        for style in self._chain(style_id):
            if level is None:
                level = _heading_level(style)
            numbering = style.find(f"{W}pPr/{W}numPr")
            if numbering is not None and not list_id:
                list_id = _value(numbering, "numId")
                depth = _value(numbering, "ilvl")
                list_level = _int(depth) if depth else None
        return ParagraphStyle(self.character(style_id).on, level or 0, list_id, list_level)

    def _chain(self, style_id: str) -> Iterator[Element]:
        """The style and those it is based on; broken files make loops of them."""
        for _ in range(_DEEPEST_CHAIN):
            style = self._by_id.get(style_id)
            if style is None:
                return
            yield style
            style_id = _value(style, "basedOn")


def _heading_level(style: Element) -> int | None:
    name = _value(style, "name").lower()
    if name.startswith("heading ") and name[8:].isdigit():
        return min(max(int(name[8:]), 1), 9)
    if name == "title":
        return 1
    return outline_level(style.find(f"{W}pPr/{W}outlineLvl"))


def outline_level(outline: Element | None) -> int | None:
    """1 to 9, 0 for body text, or None where a `w:outlineLvl` says nothing."""
    text = (outline.get(VAL) if outline is not None else None) or ""
    if not text.isdigit():
        return None
    return int(text) + 1 if int(text) < 9 else 0


@dataclass(slots=True)
class _Level:
    """One level of a list: how its number is written, what stands round it, where it starts."""

    form: str = "decimal"
    text: str = ""
    start: int = 0
    restarts: bool = True
    legal: bool = False
    style: str = ""
    font: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    """A `w:num`: the definition whose counters it shares, its levels, and those that it starts anew."""

    shared: str
    levels: dict[int, _Level]
    starts: dict[int, int]


@dataclass
class Numbering:
    """The list markers that Word works out: call `marker` for each numbered paragraph, in order."""

    load: Callable[[], Element | None]
    _lists: dict[str, _List] = field(default_factory=dict)
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[str] = field(default_factory=set)

    @cached_property
    def _definitions(self) -> tuple[dict[str, Element], dict[str, Element]]:
        """(`w:abstractNum` by id, `w:num` by id)"""
        root = self.load()
        if root is None:
            return {}, {}
        return (
            {entry.get(f"{W}abstractNumId") or "": entry for entry in root.iterchildren(f"{W}abstractNum")},
            {entry.get(NUM_ID) or "": entry for entry in root.iterchildren(f"{W}num")},
        )

    @cached_property
    def _by_style(self) -> dict[str, str]:
        """The id of the definition that a list style stands for."""
        return {_value(entry, "styleLink"): name for name, entry in self._definitions[0].items()}

    def _list(self, list_id: str) -> _List | None:
        known = self._lists.get(list_id)
        if known is None:
            number = self._definitions[1].get(list_id)
            if number is None:
                return None
            known = self._lists[list_id] = self._read_list(number)
        return known

    def _read_list(self, number: Element) -> _List:
        shared = _value(number, "abstractNumId")
        definition = self._definitions[0].get(shared)
        style = _value(definition, "numStyleLink") if definition is not None else ""
        if style:
            # The definition stands elsewhere, under the name of a list style.
            shared = self._by_style.get(style, shared)
            definition = self._definitions[0][shared]
        levels = {} if definition is None else _read_levels(definition)
        starts: dict[int, int] = {}
        for override in number.iterchildren(f"{W}lvlOverride"):
            at = _int(override.get(ILVL))
            levels.update(_read_levels(override))
            if override.find(f"{W}startOverride") is not None:
                starts[at] = _int(_value(override, "startOverride"))
        return _List(shared, levels, starts)

    def marker(self, list_id: str, depth: int | None, style: str = "") -> str:
        """The marker that a paragraph of list `list_id` shows, empty for none.

        `depth` is the 0-based level; None where only the paragraph's style, by its id, says which.
        """
        found = self._list(list_id) if list_id not in ("", "0") else None
        if found is None:
            return ""
        levels, starts = found.levels, found.starts
        if depth is None:
            depth = next((at for at, level in levels.items() if style and level.style == style), 0)
        level = levels.get(depth)
        if level is None or not 0 <= depth <= 8 or level.form in ("bullet", "none"):
            return level.text if level is not None and level.form == "bullet" else ""
        counters = self._counters.setdefault(found.shared, [None] * 9)
        if starts and list_id not in self._started:
            for at in starts:
                if 0 <= at <= 8:
                    counters[at:] = [None] * (9 - at)
        self._started.add(list_id)
        current = counters[depth]
        counters[depth] = starts.get(depth, level.start) if current is None else current + 1
        for deeper in range(depth + 1, 9):
            if deeper not in levels or levels[deeper].restarts:
                counters[deeper] = None
        return _filled(level, depth, levels, counters)


def _filled(level: _Level, depth: int, levels: dict[int, _Level], counters: list[int | None]) -> str:
    text = level.text
    for at in range(depth + 1):
        sign = f"%{at + 1}"
        if sign in text:
            outer = levels.get(at, level)
            value = counters[at]
            form = "decimal" if level.legal else outer.form
            text = text.replace(sign, _written(outer.start if value is None else value, form))
    return text


def _read_levels(parent: Element) -> dict[int, _Level]:
    return {_int(level.get(ILVL)): _read_level(level) for level in parent.iterchildren(f"{W}lvl")}


def _read_level(element: Element) -> _Level:
    level = _Level()
    for child in element:
        match child.tag.rpartition("}")[2]:
            case "start":
                level.start = _int(child.get(VAL))
            case "numFmt":
                level.form = child.get(VAL) or "decimal"
            case "lvlText":
                level.text = child.get(VAL) or ""
            case "lvlRestart":
                level.restarts = child.get(VAL) != "0"
            case "isLgl":
                level.legal = True
            case "pStyle":
                level.style = child.get(VAL) or ""
            case "rPr":
                level.font = read_properties(child).font
    if level.form == "bullet":
        is_ring = level.text == "o" and not level.font
        level.text = "○" if is_ring else read_in_font(level.text, level.font).strip() or "•"
    return level


def _value(parent: Element, name: str) -> str:
    child = next(parent.iterchildren(W + name), None)
    return (child.get(VAL) if child is not None else None) or ""


def _int(text: str | None) -> int:
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _written(value: int, form: str) -> str:
    match form:
        case "lowerLetter" | "upperLetter":
            letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if 0 < value < 500 else str(value)
            return letter.upper() if form == "upperLetter" else letter
        case "lowerRoman" | "upperRoman":
            roman = _roman(value)
            return roman.upper() if form == "upperRoman" else roman
        case "decimalZero":
            return f"{value:02d}"
        case "ordinal":
            ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
            return f"{value}{ending}"
        case "none":
            return ""
        case _:
            return str(value)


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    out = ""
    for size, letters in (
        *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
        *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
    ):
        out += letters * (value // size)
        value %= size
    return out
