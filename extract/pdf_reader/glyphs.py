"""Turns character codes of symbol fonts into the signs people see, and tells ticks and bullets from letters."""

from __future__ import annotations

import unicodedata

TICKED = frozenset("☑☒✓✔✗✘✕✖🗹🗷🗸🗴⮽⌧")
UNTICKED = frozenset("☐❏❑❐❒□▢⬜◻🞎")

_WINGDINGS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "☐", 0x70: "☐", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "◆",
    0x78: "☒", 0x9F: "•", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0xE0: "→",
    0xDF: "←", 0xA1: "○", 0xA4: "◉",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x56: "☒", 0x97: "●", 0x98: "●", 0xA3: "☐",
    0x2A: "☐", 0x30: "☐",
}  # fmt: skip
_DINGBATS = {
    0x33: "✓", 0x34: "✔", 0x35: "✕", 0x36: "✖", 0x37: "✗", 0x38: "✘", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "❏",
    0x70: "❐", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0xD4: "➔", 0xE4: "➤",
}  # fmt: skip
_SYMBOL = {0xB7: "•", 0xA8: "♦", 0xAE: "→", 0xAC: "←", 0xD6: "✓", 0xA7: "♣", 0xB4: "×", 0xB1: "±", 0xB3: "≥", 0xA3: "≤"}
_WEBDINGS = {0x61: "✓", 0x63: "☐", 0x72: "✗", 0x67: "■", 0x3D: "●"}

SymbolTable = dict[int, str]

_BY_FONT: tuple[tuple[str, SymbolTable], ...] = (
    ("wingdings2", _WINGDINGS_2),
    ("wingdings3", {}),
    ("wingdings", _WINGDINGS),
    ("webdings", _WEBDINGS),
    ("dingbats", _DINGBATS),
    ("symbol", _SYMBOL),
)
_PRIVATE = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0FB: "✗", 0xF0FE: "☑", 0xF0FD: "☒", 0xF0A8: "☐",
    0xF06F: "☐", 0xF071: "❑", 0xF078: "☒", 0xF076: "❖", 0xF0E0: "→", 0xF0A3: "☐", 0xF052: "☑", 0xF053: "☒",
}  # fmt: skip


def symbol_table(font_name: str) -> SymbolTable | None:
    """The code table of a symbol font by its PDF name, or None for a font of letters."""
    name = font_name.lower().replace(" ", "").replace("-", "").replace("_", "")
    if "symbola" in name or "segoeuisymbol" in name or "notosanssymbol" in name:
        return None
    return next((table for part, table in _BY_FONT if part in name), None)


def sign_of(code: int, table: SymbolTable | None) -> str:
    """The sign for a character code, from a symbol font's table where one is given; "" for what shows nothing."""
    if table is not None:
        sign = table.get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code)
        if sign:
            return sign
    if code in _PRIVATE:
        return _PRIVATE[code]
    if code < 0x20 or code in (0xFFFE, 0xFFFF, 0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060) or 0x7F <= code < 0xA0:
        return ""
    return chr(code)


def is_private(code: int) -> bool:
    """Whether the code stands for nothing that can be read: private use, or no mapping at all."""
    return 0xE000 <= code <= 0xF8FF or 0xF0000 <= code <= 0x10FFFD or code == 0xFFFD


def plain(text: str) -> str:
    """The text with ligatures and presentation forms spelt out, everything else as it stands."""
    if text.isascii():
        return text
    out = []
    for sign in text:
        code = ord(sign)
        if 0xFB00 <= code <= 0xFB4F or 0xFE70 <= code <= 0xFEFC or 0x01C4 <= code <= 0x01CC or 0x2F00 <= code <= 0x2FDF:
            out.append(unicodedata.normalize("NFKC", sign))
        elif code != 0xAD:
            out.append(sign)
    joined = "".join(out)
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


def tick_state(text: str) -> bool | None:
    """True for a ticked sign, False for an empty box, None for anything else."""
    if len(text) != 1:
        return None
    if text in TICKED:
        return True
    return False if text in UNTICKED else None
