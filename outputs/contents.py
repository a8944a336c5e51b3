"""A document's contents list, filled in when it is made: right on opening, without a question to update it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length

from outputs.word import field_mark, field_start

_LEVELS = {"Heading 1": 1, "Heading 2": 2}


def add_contents_place(document: WordDocument) -> None:
    """Where `fill_contents` is to put the contents list; page numbers stand at the right edge of the text."""
    edge = _text_width(document.sections[-1])
    for level in _LEVELS.values():
        tabs = document.styles[f"toc {level}"].paragraph_format.tab_stops
        tabs.add_tab_stop(edge, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    paragraph = document.add_paragraph(style="toc 1")
    paragraph._p.extend(field_start('TOC \\o "1-2" \\h'))
    paragraph.add_run("The contents list stands here.")
    paragraph._p.append(field_mark("end"))


def fill_contents(document: WordDocument, pages: Sequence[int] = ()) -> None:
    """Fill the contents list with a link to each heading below it, and its page where `pages` says so.

    `pages` holds the page of every first- and second-level heading of the document in order; a list of another length
    belongs to another document and is not used: no number is better than a wrong one. Does nothing where the document
    has no contents list.
    """
    body = document.element.body
    place = next((p for p in body.iter(qn("w:p")) if _instruction(p).startswith("TOC")), None)
    if place is None:
        return
    paragraphs = document.paragraphs
    start = next((at for at, paragraph in enumerate(paragraphs) if paragraph._p is place), -1)
    headings = [(at, p, level) for at, p in enumerate(paragraphs) if (level := _level(p)) and p.text.strip()]
    known = dict(zip((at for at, _, _ in headings), pages, strict=True)) if len(pages) == len(headings) else {}
    used = [int(mark.get(qn("w:id"), 0)) for mark in body.iter(qn("w:bookmarkStart"))]
    numbers = count(max(used, default=0) + 1)
    entries = []
    for at, paragraph, level in headings:
        if at > start:
            number = next(numbers)
            _bookmark(paragraph, number)
            entries.append(_entry(level, paragraph.text, number, known.get(at)))
    if not entries:
        return
    first = entries[0].index(entries[0].pPr) + 1
    entries[0][first:first] = field_start('TOC \\o "1-2" \\h' if known else 'TOC \\o "1-2" \\n \\h')
    entries[-1].append(field_mark("end"))
    for entry in entries:
        place.addprevious(entry)
    _remove_field(place)


def _text_width(section: Any) -> Length:
    return Length(section.page_width - section.left_margin - section.right_margin)


def _level(paragraph: Any) -> int:
    return _LEVELS.get(paragraph.style.name or "" if paragraph.style else "", 0)


def _instruction(paragraph: Any) -> str:
    return "".join(part.text or "" for part in paragraph.iter(qn("w:instrText"))).strip()


def _remove_field(place: Any) -> None:
    """Take out the old list: the paragraph it starts in and those after it, as far as its field reaches."""
    depth = 0
    while place is not None:
        following = place.getnext()
        for mark in place.iter(qn("w:fldChar")):
            depth += {"begin": 1, "end": -1}.get(mark.get(qn("w:fldCharType")), 0)
        place.getparent().remove(place)
        if depth <= 0:
            return
        place = following if following is not None and following.tag == qn("w:p") else None


def _bookmark(paragraph: Any, number: int) -> None:
    start, end = (parse_xml(f'<w:{tag} {nsdecls("w")} w:id="{number}"/>') for tag in ("bookmarkStart", "bookmarkEnd"))
    start.set(qn("w:name"), _bookmark_name(number))
    paragraph._p.insert(0 if paragraph._p.pPr is None else 1, start)
    paragraph._p.append(end)


def _bookmark_name(number: int) -> str:
    return f"_Toc{number:09d}"


def _entry(level: int, text: str, number: int, page: int | None) -> Any:
    name = _bookmark_name(number)
    entry = parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr><w:hyperlink w:anchor="{name}"'
        ' w:history="1"><w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr><w:t xml:space="preserve"/></w:r>'
        "</w:hyperlink></w:p>"
    )
    next(entry.iter(qn("w:t"))).text = text
    if page is not None:
        link = next(entry.iter(qn("w:hyperlink")))
        link.append(parse_xml(f"<w:r {nsdecls('w')}><w:tab/></w:r>"))
        link.extend(field_start(f"PAGEREF {name} \\h"))
        link.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>{page}</w:t></w:r>"))
        link.append(field_mark("end"))
    return entry
