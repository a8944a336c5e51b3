"""The sender's own Word file with comments at the weak answers, where it holds nothing that could act or fetch."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from lxml import etree

from casework.archive import Member, check_no_overlap, inflate, is_archive, list_members
from casework.errors import RefusedError, UnreadableError
from casework.mend import Remark
from outputs.word import one_line, repack
from outputs.word_places import find_paragraph, paragraphs_by_path

AUTHOR, INITIALS = "ESR Development Team", "ESR"
LARGEST = 8 << 20
"""Bytes: what still passes most mail servers after it is encoded."""

_MOST_PARTS = 2_000
_MOST_XML = 24 << 20
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# What a plain document is made of. Anything else is code, another file inside it, or something nobody has thought of.
_RELATIONS = frozenset(
    (
        *("officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles"),
        *("stylesWithEffects", "settings", "webSettings", "fontTable", "font", "theme", "numbering", "footnotes"),
        *("endnotes", "header", "footer", "comments", "commentsExtended", "commentsIds", "commentsExtensible"),
        *("people", "image", "hyperlink", "customXml", "customXmlProps", "glossaryDocument"),
    )
)
_WEB_ADDRESS = re.compile(r"(https?://|mailto:)", re.I)
_ACTIVE_FIELD = re.compile(r"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON|RD)\b", re.I)
_NOT_PLAIN_XML = re.compile(rb"<!(DOCTYPE|ENTITY)")

NOT_WORD = "Your form is not a Word document (.docx), so we cannot write into it."
HOLDS_MORE = (
    "Your file holds macros, other files or links to things outside it, which we never send back, so our comments are"
    " in this letter."
)
TOO_LARGE = "Your file is too large to send back, so our comments are in this letter."
NOT_SAFE = "Your file could not be written into safely, so our comments are in this letter."


def annotate(data: bytes, remarks: Sequence[Remark], *, when: date) -> bytes:
    """The same document with one comment for each remark, at its answer; its own words and look stay as they are.

    RefusedError, in words for the sender, where the file is no plain Word document or what would come of it is too
    large. Parses what a stranger sent: to be run in a disposable child.
    """
    _check_plain(data)
    try:
        document = Document(io.BytesIO(data))
        _add_comments(document, remarks, datetime.combine(when, time(9), UTC))
        stream = io.BytesIO()
        document.save(stream)
    except (KeyError, ValueError, AttributeError, etree.LxmlError) as problem:
        # The library's ways of saying that a package is not what it should be.
        raise RefusedError(NOT_SAFE) from problem
    made = repack(stream.getvalue(), pressed=True)
    if len(made) > LARGEST:
        raise RefusedError(TOO_LARGE)
    return made


def _check_plain(data: bytes) -> None:
    """RefusedError unless the package is a .docx whose every part and link is of a kind that cannot act."""
    if not is_archive(data):
        raise RefusedError(NOT_WORD)
    if len(data) > LARGEST:
        raise RefusedError(TOO_LARGE)
    parts = xml_parts(data)
    types = parts.get("[content_types].xml")
    if types is None:
        raise RefusedError(NOT_WORD)
    stated = {entry.get("ContentType", "") for entry in types}
    if _MAIN not in stated:
        active = any("macro" in kind.lower() for kind in stated)
        raise RefusedError(HOLDS_MORE if active else NOT_WORD)
    if any("macro" in kind.lower() or "vba" in kind.lower() or "activex" in kind.lower() for kind in stated):
        raise RefusedError(HOLDS_MORE)
    for name, root in parts.items():
        if name.endswith(".rels"):
            _check_links(root)
        elif _has_active_field(root):
            raise RefusedError(HOLDS_MORE)


def xml_parts(data: bytes) -> dict[str, Any]:
    """Every XML part's root by its lower-case name; RefusedError where the package is damaged, hostile or too large."""
    try:
        members = list_members(data, most=_MOST_PARTS)
        check_no_overlap(members, len(data))
        contents = _contents(data, members)
    except UnreadableError as problem:
        raise RefusedError(NOT_SAFE) from problem
    if any(_NOT_PLAIN_XML.search(content) or b"\0" in content[:64] for content in contents.values()):
        raise RefusedError(NOT_SAFE)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return {name: etree.fromstring(content, parser) for name, content in contents.items() if content.strip()}
    except (etree.LxmlError, ValueError, LookupError) as problem:
        raise RefusedError(NOT_SAFE) from problem


def _contents(data: bytes, members: list[Member]) -> dict[str, bytes]:
    names = [member.name.replace("\\", "/").lstrip("/").lower() for member in members]
    if len(set(names)) != len(names):
        raise RefusedError(NOT_SAFE)
    wanted = {name: member for name, member in zip(names, members, strict=True) if name.endswith((".xml", ".rels"))}
    if sum(member.size for member in wanted.values()) > _MOST_XML:
        raise RefusedError(TOO_LARGE)
    return {name: inflate(data, member, most=_MOST_XML) for name, member in wanted.items()}


def _check_links(root: Any) -> None:
    for link in root.iter("{*}Relationship"):
        kind = link.get("Type", "").rpartition("/")[2]
        is_outside = link.get("TargetMode", "").lower() == "external"
        if kind not in _RELATIONS or (
            is_outside and not (kind == "hyperlink" and _WEB_ADDRESS.match(link.get("Target", "")))
        ):
            raise RefusedError(HOLDS_MORE)


def _has_active_field(root: Any) -> bool:
    codes = "".join(part.text or "" for part in root.iter(qn("w:instrText"), qn("w:delInstrText")))
    simple = " ".join(part.get(qn("w:instr"), "") for part in root.iter(qn("w:fldSimple")))
    return bool(_ACTIVE_FIELD.search(_without_quotes(f"{codes} {simple}")))


def _without_quotes(code: str) -> str:
    """Field code without what stands in quotes: an address there may hold any word."""
    return re.sub(r'"[^"]*"', '""', code)


def _add_comments(document: WordDocument, remarks: Sequence[Remark], when: datetime) -> None:
    paragraphs = paragraphs_by_path(document.element.body)
    top = next(iter(paragraphs.values()), None)
    if top is None:
        raise RefusedError(NOT_SAFE)
    for remark in remarks:
        found = find_paragraph(remark.place, paragraphs)
        lead = "" if remark.is_needed else "You may leave this as it is. "
        name = f"{remark.label}: " if found is None else ""
        words = [one_line(line) for line in remark.words]
        text = "\n".join([f"{name}{lead}{words[0]}", *words[1:]])
        comment = document.comments.add_comment(text, author=AUTHOR, initials=INITIALS)
        comment._comment_elm.date = when
        _mark(found if found is not None else top, comment.comment_id)


def _mark(paragraph: Any, number: int) -> None:
    """Put the comment round all that the paragraph holds; an empty one still gets its mark."""
    start, end = OxmlElement("w:commentRangeStart"), OxmlElement("w:commentRangeEnd")
    for tag in (start, end):
        tag.set(qn("w:id"), str(number))
    properties = paragraph.find(qn("w:pPr"))
    paragraph.insert(0 if properties is None else list(paragraph).index(properties) + 1, start)
    paragraph.append(end)
    paragraph.append(
        parse_xml(
            '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f'<w:commentReference w:id="{number}"/></w:r>'
        )
    )
