"""What letters show when they are set in one of Word's picture fonts: ticks, crosses, boxes and arrows."""

from __future__ import annotations

import re

BOXES = frozenset("☐☑☒□■◻◼⬜⬛✓✔✗✘⌧")
"""Characters that programs show for a tick box's state."""

_WINGDINGS = {
    0x22: "✂",
    0x28: "☎",
    0x2A: "✉",
    0x3F: "✍",
    0x41: "✌",
    0x43: "👍",
    0x44: "👎",
    0x46: "☞",
    0x4A: "☺",
    0x4B: "😐",
    0x4C: "☹",
    0x6C: "●",
    0x6D: "❍",
    0x6E: "■",
    0x6F: "☐",
    0x70: "☐",
    0x71: "☐",
    0x72: "☐",
    0x73: "⬧",
    0x74: "⧫",
    0x75: "◆",
    0x76: "❖",
    0x78: "☒",
    0x9E: "·",
    0x9F: "•",
    0xA1: "○",
    0xA4: "◉",
    0xA7: "▪",
    0xA8: "☐",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
_WINGDINGS_2 = {
    0x2A: "☐",
    0x30: "☐",
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x97: "●",
    0x98: "●",
    0x99: "○",
    0xA1: "■",
    0xA2: "■",
    0xA3: "☐",
    0xA4: "☐",
    0xA5: "☐",
}
_WEBDINGS = {0x61: "✓", 0x63: "☐", 0x67: "■", 0x72: "✗", 0x3C: "■", 0x6E: "●"}
_GREEK = dict(
    zip(
        (*range(0x41, 0x5B), *range(0x61, 0x7B)),
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SYMBOL = _GREEK | {
    0xA3: "≤",
    0xA5: "∞",
    0xAB: "↔",
    0xAC: "←",
    0xAD: "↑",
    0xAE: "→",
    0xAF: "↓",
    0xB0: "°",
    0xB1: "±",
    0xB2: "″",
    0xB3: "≥",
    0xB4: "×",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0xBB: "≈",
    0xBC: "…",
    0xD2: "®",
    0xD3: "©",
    0xD4: "™",
    0xD6: "√",
    0xDE: "⇒",
    0xE2: "®",
    0xE3: "©",
    0xE4: "™",
    0xF0: "•",
}
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
    "wingdings 3": {0x22: "↑", 0x23: "↓", 0x67: "→", 0x66: "←"},
    "zapf dingbats": {0x33: "✓", 0x34: "✔", 0x35: "✕", 0x36: "✖", 0x37: "✗", 0x38: "✘", 0x6E: "■", 0x6F: "☐"},
}
_PRIVATE = re.compile("[\uf020-\uf0ff]")


def is_symbol_font(name: str) -> bool:
    """Whether letters in this font are pictures."""
    return name.lower() in _FONTS


def read_symbol(font: str, code: str) -> str:
    """What a `w:sym` shows: `code` is hexadecimal, the private-use F000 added or not. Unknown pictures show as "•"."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    known = _FONTS.get(font.lower())
    if known is None:
        return chr(number) if 0x20 <= number < 0xD800 or 0xF900 <= number < 0xFFFE else "•"
    return _shown(known, number & 0xFF)


def read_in_font(text: str, font: str) -> str:
    """Text as it shows in `font`, empty for an ordinary one; private-use letters without a font are Wingdings."""
    known = _FONTS.get(font.lower())
    if known is None:
        return _PRIVATE.sub(_private, text)
    return "".join(_shown(known, ord(char) & 0xFF) if _is_code(char) else char for char in text)


def _is_code(char: str) -> bool:
    return "\x20" < char <= "\xff" or "\uf020" < char <= "\uf0ff"


def _private(found: re.Match[str]) -> str:
    code = ord(found[0]) & 0xFF
    return "•" if code == 0xB7 else _WINGDINGS.get(code, found[0])


def _shown(known: dict[int, str], code: int) -> str:
    if code in known:
        return known[code]
    # In the Symbol font digits and stops are themselves; in the others a letter never shows as itself.
    return chr(code) if known is _SYMBOL and code < 0x80 else "•"
