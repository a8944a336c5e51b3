"""Word bytes in, a Transcript out. Opens no files and knows no form."""

from __future__ import annotations

import re
from typing import Any

from casework.archive import is_archive
from casework.errors import UnreadableError
from casework.transcript import Block, Locator, Paragraph, Span, Transcript, blocks_text
from extract.docx_drafts import Where
from extract.docx_inserted import read_lines
from extract.docx_package import TOO_LONG, Package, open_package
from extract.docx_styles import Numbering, Styles, W
from extract.docx_walk import LINKED_OBJECT, Surroundings, Walk

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

MOST_INSERTIONS = 10

_KIND, _ID, _LINK = f"{W}type", f"{W}id", "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OUTSIDE = {
    "attachedTemplate": "takes its template from another place; it was not fetched",
    "oleObject": LINKED_OBJECT,
    "image": "shows a picture from another place, which was not fetched",
    "subDocument": "includes another document, which was not fetched",
    "mailMergeSource": "is linked to a mailing list, which was not fetched",
    "mailMergeHeaderSource": "is linked to a mailing list, which was not fetched",
    "frame": "shows another page, which was not fetched",
    "aFChunk": "includes another file, which was not fetched",
}
_REMOTE = re.compile(r"^(https?:|ftp:|file:/*\\\\|file://[^/]|\\\\|//)", re.I)
_MOST_TRACKED = 5
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


def read_docx(data: bytes) -> Transcript:
    """Everything a .docx, .docm or .dotx says, in reading order, with tracked changes read as accepted.

    Raises UnreadableError with `empty`, `unsupported`, `encrypted`, `corrupt`, `too-large`, `too-complex` or
    `dangerous`, and a message that says what the sender can do.
    """
    package = open_package(data)
    try:
        return _Document(package).transcript()
    except RecursionError as problem:
        raise UnreadableError("too-complex", TOO_LONG) from problem


class _Document(Surroundings):
    """One package and what is read from its parts."""

    def __init__(self, package: Package, *, is_inserted: bool = False) -> None:
        super().__init__(Styles(lambda: self._part("styles")), Numbering(lambda: self._part("numbering")))
        self.package = package
        self.is_inserted = is_inserted
        self.insertions = 0
        self.links = package.relationships(package.main)
        self.folder = package.main.rpartition("/")[0]

    def transcript(self) -> Transcript:
        package = self.package
        blocks = self.body("body", "")
        headers, footers = self._margins("header"), self._margins("footer")
        blocks = [*headers, *blocks, *footers, *self._numbered("footnote"), *self._numbered("endnote")]
        blocks += self._numbered("comment")
        properties = self._properties()
        self._note_macros_and_links()
        if self.has_changes:
            by = "; ".join(list(self.authors)[:_MOST_TRACKED])
            self.note(f"has tracked changes, read as accepted{f' ({by})' if by else ''}")
        return Transcript(package.kind.value, tuple(blocks), tuple(self.unread), tuple(self.notes), properties)

    def body(self, part: str, prefix: str) -> list[Block]:
        """The main part's blocks."""
        root = self.package.xml(self.package.main)
        body = root.find(f"{W}body") if root is not None else None
        return Walk(self, self.links, part, prefix).part(root if body is None else body)

    def inserted(self, name: str, place: Locator) -> list[Block] | None:
        """As promised; files that stand in the inserted one in turn are not opened."""
        self.insertions += 1
        if self.is_inserted or self.insertions > MOST_INSERTIONS:
            return None
        try:
            content = self.package.unpack(name)
            if content is None:
                return None
            if is_archive(content):
                inner = _Document(open_package(content), is_inserted=True)
                inner.unread, inner.notes, inner.authors = self.unread, self.notes, self.authors
                blocks = inner.body(place.part, place.path)
                self.has_changes |= inner.has_changes
                return blocks
        except UnreadableError:
            return None
        lines = read_lines(content, self.package.content_type(name))
        where = Where(place.part, place.path)
        return None if lines is None else [Paragraph((Span(line),), where.next_paragraph()) for line in lines]

    def _margins(self, part: str) -> list[Block]:
        """Headers or footers of every section and kind, each text once; sections mostly repeat the same words."""
        targets: dict[str, None] = {}
        for section in self.sections:
            for reference in section.iterchildren(f"{W}{part}Reference"):
                link = self.links.get(reference.get(_LINK) or "")
                if link is not None and not link.external:
                    targets[link.target] = None
        found: list[Block] = []
        seen: set[str] = set()
        for name in targets:
            root = self.part_beside(name, part)
            if root is None:
                continue
            prefix = f"{part} {len(seen) + 1}" if seen else ""
            blocks = Walk(self, self.package.relationships(name), part, prefix).part(root)
            text = blocks_text(tuple(blocks)).strip()
            if text and text not in seen:
                seen.add(text)
                found += blocks
        return found

    def _numbered(self, part: str) -> list[Block]:
        """Footnotes and endnotes in the order in which they are referred to, or all comments."""
        root = self._part(f"{part}s")
        if root is None:
            return []
        links = self.package.relationships(self._part_name(f"{part}s"))
        notes = {note.get(_ID) or "": note for note in root if note.get(_KIND) not in _SEPARATORS}
        wanted = [name for name in self.noted.get(part, notes) if name in notes]
        found: list[Block] = []
        for number, name in enumerate(wanted, start=1):
            found += Walk(self, links, part, f"{part} {number}").part(notes[name])
        for separator in (note for note in root if note.get(_KIND) in _SEPARATORS):
            # Mostly a mere line, but a form may say "continued overleaf" there.
            blocks = Walk(self, links, part, f"{part} separator").part(separator)
            found += blocks if blocks_text(tuple(blocks)).strip() else []
        if found and part == "comment":
            self.note("has comments")
        return found

    def _part_name(self, kind: str) -> str:
        found = (link.target for link in self.links.values() if link.kind == kind and not link.external)
        return next(found, f"{self.folder}/{kind}.xml")

    def _part(self, kind: str) -> Element | None:
        return self.part_beside(self._part_name(kind), kind)

    def part_beside(self, name: str, what: str) -> Element | None:
        """A part beside the main one: where it is damaged, the rest is still worth reading."""
        try:
            return self.package.xml(name)
        except UnreadableError as problem:
            if problem.code != "corrupt":
                raise
            self.could_not_read(f"damaged part ({what})", Locator(what))
            return None

    def _properties(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        core, custom = (
            self.part_beside("docprops/core.xml", "properties"),
            self.part_beside("docprops/custom.xml", "properties"),
        )
        app = self.part_beside("docprops/app.xml", "properties")
        for entry in core if core is not None else ():
            found.append((str(entry.tag).rpartition("}")[2].lower(), (entry.text or "").strip()))
        for entry in custom if custom is not None else ():
            found.append(((entry.get("name") or "").lower(), "".join(entry.itertext()).strip()))
        for entry in app if app is not None else ():
            name = str(entry.tag).rpartition("}")[2].lower()
            if name in ("template", "company", "application"):
                found.append((name, (entry.text or "").strip()))
        return tuple((name, value) for name, value in found if name and value)

    def _note_macros_and_links(self) -> None:
        if any(name.endswith("vbaproject.bin") for name in self.package.names):
            self.note("contains macros, which are never run")
        self.package.relationships(self._part_name("settings"))
        for link in self.package.outside:
            said = _OUTSIDE.get(link.kind)
            if said is not None and (link.kind != "attachedTemplate" or _REMOTE.match(link.target)):
                self.note(said)
