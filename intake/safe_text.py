"""A stranger's words made safe to show and to send: one line without controls, a file name without folders."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 120
UNNAMED = "unnamed file"

_WINDOWS_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)")
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# UTF-8 read as Windows-1252 or Latin-1 always shows one of these where an accented letter or a curly quote stood.
_MOJIBAKE = re.compile(
    "[ÂÃÅÄâÐÑ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)


def safe_line(text: str, limit: int) -> str:
    """`text` on one line: no line ends, controls, direction marks or lone surrogates, at most `limit` characters."""
    # Twice the limit is room enough for what is taken out of honest text, and bounds the work on hostile text.
    short = unicodedata.normalize("NFC", text[: 2 * limit + 100])
    printed = "".join(char for char in short if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join(printed.split())[:limit].rstrip()


def safe_file_name(name: str) -> str:
    """A sender's file name made safe to show and to save under: `unnamed file` where nothing of it is left.

    No folders, controls, direction marks, characters or device names that Windows forbids, leading dot or dash;
    at most 120 characters, with the ending kept.
    """
    last = repair_mojibake(name[:4_000]).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    visible = safe_line(last, 2_000).translate(_FORBIDDEN_IN_NAMES).strip(" .")
    if visible.startswith("-") or _WINDOWS_DEVICE.match(visible):
        visible = f"_{visible}"
    if len(visible) > NAME_LIMIT:
        stem, dot, ending = visible.rpartition(".")
        ending = ending[:10] if dot else ""
        visible = f"{(stem or visible)[: NAME_LIMIT - len(ending) - 1].rstrip()}{dot}{ending}"
    return visible or UNNAMED


def repair_mojibake(text: str) -> str:
    """`text` as it was meant where UTF-8 was once read as Windows-1252 or Latin-1; otherwise as it is."""
    if not _MOJIBAKE.search(text):
        return text
    for charset in ("cp1252", "latin-1"):
        try:
            return text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return text


def decode_bytes(data: bytes, charset: str | None) -> tuple[str, bool]:
    """(text, whether `charset` was known and true to the bytes); never raises.

    What is wrong or missing is guessed: UTF-8 where the bytes are that, else Windows-1252, the old default of Office.
    """
    name = (charset or "us-ascii").strip().strip("\"'").lower()[:40]
    # Codecs that are no character sets: they decode escapes, or cost the square of the length.
    if name.replace("_", "-") not in ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"):
        try:
            return data.decode(_WIDER.get(name, name)), True
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        # A message that names no charset and is UTF-8 says nothing untrue.
        return data.decode("utf-8"), charset is None
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), False


# The W3C Encoding Standard reads these labels as their Windows supersets, as every mail program does.
_WIDER = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
}
