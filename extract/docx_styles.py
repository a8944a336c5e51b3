"""What Word's styles and numbering say about a paragraph or run: marks, heading level, list marker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from casework.transcript import Mark

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_OFF = ("0", "false", "off", "none")
_PLAIN_FILLS = ("", "auto", "ffffff", "none")
_DEEPEST_CHAIN = 20
_GREY = 48
_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "o": "○", "\uf06f": "○", "\uf0e0": "→"}

Element = Any  # an lxml element; its stubs take comments for elements

_TOGGLES = {
    f"{W}b": Mark.BOLD,
    f"{W}i": Mark.ITALIC,
    f"{W}strike": Mark.STRIKE,
    f"{W}dstrike": Mark.STRIKE,
    f"{W}vanish": Mark.HIDDEN,
    f"{W}u": Mark.UNDERLINE,
    f"{W}highlight": Mark.HIGHLIGHT,
    f"{W}shd": Mark.SHADING,
    f"{W}color": Mark.COLOUR,
    f"{W}bdr": Mark.BOXED,
}


def marks_in(properties: Element | None) -> dict[Mark, bool]:
    """What one `w:rPr` switches on or off; marks that it does not mention are absent."""
    found: dict[Mark, bool] = {}
    for child in properties if properties is not None else ():
        mark = _TOGGLES.get(child.tag)
        if mark is None:
            continue
        value = (child.get(VAL) or "").lower()
        if mark is Mark.SHADING:
            found[mark] = (child.get(f"{W}fill") or "").lower() not in _PLAIN_FILLS
        elif mark is Mark.COLOUR:
            found[mark] = _is_coloured(value)
        elif mark is Mark.HIGHLIGHT:
            found[mark] = value not in ("", "none", "white")
        else:
            found[mark] = value not in _OFF
    return found


def is_shaded(shading: Element | None) -> bool:
    """Whether a `w:shd` fills with anything but white."""
    return shading is not None and (shading.get(f"{W}fill") or "").lower() not in _PLAIN_FILLS


def _is_coloured(value: str) -> bool:
    if len(value) != 6:
        return False
    try:
        parts = [int(value[at : at + 2], 16) for at in (0, 2, 4)]
    except ValueError:
        return False
    return max(parts) - min(parts) > _GREY


@dataclass
class Styles:
    """The document's styles, looked up on request. `load` gives the root of the styles part, or None."""

    load: Callable[[], Element | None]
    _marks: dict[str, dict[Mark, bool]] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Element]:
        """The style elements by id."""
        root = self.load()
        found = root.iterfind(f"{W}style") if root is not None else ()
        return {style.get(f"{W}styleId") or "": style for style in found}

    @cached_property
    def default_paragraph(self) -> str:
        """The id of the style of paragraphs that name none."""
        for name, style in self.by_id.items():
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                return name
        return ""

    def marks(self, style_id: str) -> dict[Mark, bool]:
        """What a style, with those it is based on, switches on or off in runs."""
        if style_id not in self._marks:
            found: dict[Mark, bool] = {}
            for style in reversed(list(self._chain(style_id))):
                found.update(marks_in(style.find(f"{W}rPr")))
            self._marks[style_id] = found
        return self._marks[style_id]

    def name(self, style_id: str) -> str:
        """The style's own name in lower case, or its id."""
        style = self.by_id.get(style_id)
        name = style.find(f"{W}name") if style is not None else None
        return ((name.get(VAL) if name is not None else None) or style_id).lower()

    def level(self, style_id: str) -> int:
        """1 to 9 for a heading style (a title is 1), 0 for any other."""
        for style in self._chain(style_id):
            name = self.name(style.get(f"{W}styleId") or "")
            if name.startswith("heading ") and name[8:9].isdigit():
                return min(int(name[8:9]) or 1, 9)
            if name == "title":
                return 1
            outline = style.find(f"{W}pPr/{W}outlineLvl")
            if outline is not None and (outline.get(VAL) or "").isdigit():
                level = int(outline.get(VAL) or 9)
                return level + 1 if level < 9 else 0
        return 0

    def numbering(self, style_id: str) -> Element | None:
        """The `w:numPr` that a paragraph style brings along, or None."""
        for style in self._chain(style_id):
            found = style.find(f"{W}pPr/{W}numPr")
            if found is not None:
                return found
        return None

    def _chain(self, style_id: str) -> Iterator[Element]:
        for _ in range(_DEEPEST_CHAIN):
            style = self.by_id.get(style_id)
            if style is None:
                return
            yield style
            based_on = style.find(f"{W}basedOn")
            style_id = (based_on.get(VAL) if based_on is not None else "") or ""


@dataclass
class Numbering:
    """The list markers that Word works out: call `marker` for each numbered paragraph, in order."""

    load: Callable[[], Element | None]
    _counters: dict[str, list[int | None]] = field(default_factory=dict)

    @cached_property
    def _levels(self) -> dict[str, dict[int, tuple[str, str, int]]]:
        """By numId: level -> (format, text, start)."""
        root = self.load()
        if root is None:
            return {}
        abstract = {
            entry.get(f"{W}abstractNumId"): {
                _int(level.get(f"{W}ilvl")): _level(level) for level in entry.iterfind(f"{W}lvl")
            }
            for entry in root.iterfind(f"{W}abstractNum")
        }
        found: dict[str, dict[int, tuple[str, str, int]]] = {}
        for number in root.iterfind(f"{W}num"):
            link = number.find(f"{W}abstractNumId")
            levels = dict(abstract.get(link.get(VAL), {})) if link is not None else {}
            for override in number.iterfind(f"{W}lvlOverride"):
                at = _int(override.get(f"{W}ilvl"))
                own, start = override.find(f"{W}lvl"), override.find(f"{W}startOverride")
                if own is not None:
                    levels[at] = _level(own)
                elif start is not None and at in levels:
                    levels[at] = (*levels[at][:2], _int(start.get(VAL)))
            found[number.get(f"{W}numId") or ""] = levels
        return found

    def marker(self, properties: Element | None) -> str:
        """The marker that a paragraph with this `w:numPr` shows, empty for none."""
        if properties is None:
            return ""
        number, depth = properties.find(f"{W}numId"), properties.find(f"{W}ilvl")
        number_id = (number.get(VAL) if number is not None else "") or ""
        at = min(max(_int(depth.get(VAL)) if depth is not None else 0, 0), 8)
        levels = self._levels.get(number_id, {})
        if at not in levels:
            return ""
        kind, text, start = levels[at]
        if kind in ("bullet", "none"):
            return (
                _BULLETS.get(text, text if kind == "bullet" and text.isprintable() else "•") if kind == "bullet" else ""
            )
        counters = self._counters.setdefault(number_id, [None] * 9)
        current = counters[at]
        counters[at] = start if current is None else current + 1
        counters[at + 1 :] = [None] * (8 - at)
        for index in range(9):
            if f"%{index + 1}" in text:
                form, _, first = levels.get(index, (kind, text, start))
                value = counters[index]
                text = text.replace(f"%{index + 1}", _written(first if value is None else value, form))
        return text


def _level(level: Element) -> tuple[str, str, int]:
    def value(name: str, default: str) -> str:
        child = level.find(f"{W}{name}")
        return (child.get(VAL) if child is not None else None) or default

    return value("numFmt", "decimal"), value("lvlText", ""), _int(value("start", "1"))


def _int(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0


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
