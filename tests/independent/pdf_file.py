"""A second, plain opinion on what a PDF says: poppler for what is printed, pypdf for what is filled in or noted."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pdfplumber
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

_TIME_LIMIT = 60
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)"')
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>')
_NOT_SAID = ("/Widget", "/Link", "/Popup", "/FileAttachment", None)


@dataclass(frozen=True, slots=True)
class Printed:
    """One word as poppler sees it, in points from the top left of its 1-based page."""

    text: str
    page: int
    box: tuple[float, float, float, float]


def printed(data: bytes, pdftotext: str) -> list[Printed]:
    """The words on the pages themselves; fields and annotations are taken off first, since poppler reads theirs too.

    Words beyond the edge of their page are left out, since nobody sees them, and so are those without a width: poppler
    gives the picture letters of ZapfDingbats none, and they are ticks and not words.
    """
    command = [pdftotext, "-q", "-enc", "UTF-8", "-bbox", "-", "-"]
    bare = _without_annotations(data)
    done = subprocess.run(command, input=bare, capture_output=True, check=True, timeout=_TIME_LIMIT)
    found = []
    turned = [page.rotation % 180 == 90 for page in _open(data).pages]
    number, width, height = 0, 0.0, 0.0
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if (page := _PAGE.search(line)) is not None:
            sides = (float(page[1]), float(page[2]))
            width, height = sides[::-1] if turned[number] else sides
            number += 1
        elif (word := _WORD.search(line)) is not None:
            x0, top, x1, bottom = map(float, word.groups()[:4])
            if x1 > x0 and 0 <= (x0 + x1) / 2 <= width and 0 <= (top + bottom) / 2 <= height:
                found.append(Printed(unescape(word[5]), number, (x0, top, x1, bottom)))
    return found


def _without_annotations(data: bytes) -> bytes:
    writer = PdfWriter(clone_from=_open(data))
    for page in writer.pages:
        if "/Annots" in page:
            del page[NameObject("/Annots")]
    root: Any = writer.root_object
    if "/AcroForm" in root:
        del root[NameObject("/AcroForm")]
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _open(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    return reader


@dataclass(frozen=True, slots=True)
class Filled:
    """The value of a text or choice field: as `shown`, as `stored` (a choice may differ), and how often it is shown."""

    shown: str
    stored: str
    times: int


def filled(data: bytes) -> dict[str, Filled]:
    """Text and choice fields by their full names (ISO 32000-1, 12.7.3)."""
    found: dict[str, Filled] = {}
    root: Any = _open(data).trailer["/Root"]
    form = root.get("/AcroForm")
    form = form.get_object() if form is not None else None
    for entry in (form.get("/Fields") or []) if isinstance(form, dict) else []:
        for name, shown, stored in _values(entry.get_object(), "", {}, 0):
            times = found[name].times if name in found else 0
            found[name] = Filled(shown, stored, times + 1)
    return found


def _values(entry: Any, prefix: str, above: dict[str, Any], depth: int) -> Iterator[tuple[str, str, str]]:
    if not isinstance(entry, dict) or depth > 20:
        return
    title = entry.get("/T")
    name = ".".join(part for part in (prefix, str(title) if title is not None else "") if part)
    known = {**above, **{key: entry[key] for key in ("/FT", "/V", "/Ff", "/Opt") if key in entry}}
    kids = [kid.get_object() for kid in entry.get("/Kids") or []]
    if kids:
        for kid in kids:
            yield from _values(kid, name, known, depth + 1)
        return
    if known.get("/FT") in ("/Tx", "/Ch") and not int(entry.get("/F", 0)) & (_HIDDEN | _NO_VIEW):
        value = known.get("/V")
        chosen = value if isinstance(value, list) else [value]
        options = {}
        for option in known.get("/Opt") or []:
            option = option.get_object()
            if isinstance(option, list) and len(option) == 2:
                options[str(option[0])] = str(option[1])
        texts = [_text(part) for part in chosen if part is not None]
        yield name, "\n".join(options.get(text, text) for text in texts), "\n".join(texts)


def _text(value: Any) -> str:
    value = value.get_object() if hasattr(value, "get_object") else value
    return value.get_data().decode("latin-1") if hasattr(value, "get_data") else str(value)


def noted(data: bytes) -> list[str]:
    """What people wrote on or beside the page: free text, notes, and comments on marks."""
    texts = []
    for page in _open(data).pages:
        for annotation in page.get("/Annots") or []:
            about = annotation.get_object()
            if isinstance(about, dict) and about.get("/Subtype") not in _NOT_SAID:
                texts.append(str(about.get("/Contents") or ""))
    return texts


@dataclass(frozen=True, slots=True)
class Letter:
    """One character as pdfminer sees it; `box` in points from the top left of its 1-based page as displayed."""

    text: str
    page: int
    box: tuple[float, float, float, float]
    is_seen: bool


def letters_of(data: bytes) -> list[Letter]:
    """Every character of every page, those beyond the page's edge too."""
    found = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            x0, top, x1, bottom = page.bbox
            for char in page.chars:
                x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
                box = (char["x0"] - x0, char["top"] - top, char["x1"] - x0, char["bottom"] - top)
                found.append(Letter(char["text"], page.page_number, box, x0 <= x <= x1 and top <= y <= bottom))
            page.close()
    return found
