"""A Word package opened safely: its parts, relationships and content types, after everything hostile was refused."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from casework.archive import DAMAGED, TOO_MUCH, Member, check_no_overlap, inflate, is_archive, list_members
from casework.errors import UnreadableError
from casework.model import FileKind
from casework.sniff import is_encrypted_office, sniff

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

MOST_BYTES = 64 << 20
MOST_PARTS = 5_000
MOST_UNPACKED = 1 << 30
MOST_XML = 64 << 20
MOST_XML_PART = 32 << 20
MOST_ELEMENTS = 600_000
MOST_MARKUP = 2_000_000

TOO_LONG = (
    "The document is too long or too deeply nested to be read automatically. "
    "Please copy the answers into a new, empty form and send that."
)
FORBIDDEN_XML = (
    "The file contains a kind of instruction (a document type or entity) that Word never writes and that can do harm, "
    "so it was not opened. Please copy the answers into a new, empty form and send that."
)
TWO_VERSIONS = (
    "The file holds two versions of the same part, so it cannot be told which one is meant. "
    "Please open it in Word, save it under a new name and send that."
)
LOCKED = (
    "The file is protected with a password, so it cannot be read. "
    "Please open it in Word, take the password off (File, Info, Protect Document) and send it again."
)
EMPTY = "The file is empty: nothing arrived in it. Please check the file on your computer and send it again."
INCOMPLETE = (
    "The file is not a complete Word document: a part that every document has is missing. "
    "Please open it in Word, save it under a new name and send that."
)
NOT_WORD = "The file is not a Word document, although it may be called one. Please send the form as a Word or PDF file."
OLD_WORD = (
    "The file is in the old Word format (.doc). Please open it in Word, save it as a Word document (.docx) "
    "and send that."
)
OTHER_OFFICE = (
    "The file is a spreadsheet, a presentation or another kind of Office file, not a Word document. "
    "Please send the form as a Word or PDF file."
)

_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_TO_TRANSITIONAL = (
    (_STRICT + b"officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (_STRICT + b"wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (_STRICT + b"drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# Encodings in which "<!DOCTYPE" cannot be spelt so that the byte search below misses it.
_PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"windows-1252", b"utf-16", b"unicode")
_PLAIN_FAMILIES = (b"iso-8859-", b"windows-125")
_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_RELATIONSHIP_KIND = re.compile(r"[^/]*$")


@dataclass(frozen=True, slots=True)
class Relationship:
    """One link of a part. `kind` is the last word of its type ("header"); `target` a part's name, or an address."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of one Word file by lower-case name without the leading slash."""

    def __init__(
        self, contents: dict[str, bytes], names: frozenset[str], unpack: Callable[[str], bytes | None]
    ) -> None:
        self.names = names
        self.unpack = unpack
        """The bytes of any part by its lower-case name, or None; UnreadableError where it is damaged or too large."""
        self.outside: list[Relationship] = []
        """The links that lead out of the file, of every part whose links were asked for so far."""
        self._contents = contents
        self._types = self._read_types()
        self.main = self._find_main()
        self.kind = self._find_kind()

    def xml(self, name: str) -> Element | None:
        """A part's root element, or None where there is no such part; UnreadableError where it is damaged.

        A part can be asked for once: its bytes are given up as soon as they are parsed.
        """
        content = self._contents.pop(name.lower(), None)
        return None if content is None else parse_xml(content)

    def content_type(self, name: str) -> str:
        """The content type of a part in lower case, empty where none is stated."""
        name = name.lower()
        return self._types.get("/" + name) or self._types.get(name.rpartition(".")[2], "")

    def relationships(self, name: str) -> dict[str, Relationship]:
        """The links of a part by id; targets that lead nowhere are kept, since Word itself writes them."""
        folder, _, file = name.lower().rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", file + ".rels"))
        found: dict[str, Relationship] = {}
        if root is None:
            return found
        for link in root:
            target = link.get("Target", "")
            external = link.get("TargetMode") in ("External", "external")
            if not external:
                path = unquote(target.partition("#")[0])
                target = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/").lower()
            kind = _RELATIONSHIP_KIND.search(link.get("Type", ""))
            found[link.get("Id", "")] = Relationship(kind[0] if kind else "", target, external)
        self.outside += [link for link in found.values() if link.external]
        return found

    def _read_types(self) -> dict[str, str]:
        root = self.xml("[content_types].xml")
        if root is None:
            return {}
        return {
            (entry.get("PartName") or entry.get("Extension", "")).lower(): entry.get("ContentType", "").lower()
            for entry in root
        }

    def _find_main(self) -> str:
        links = self.relationships("").values()
        named = [link.target for link in links if link.kind == "officeDocument" and not link.external]
        typed = [name.lstrip("/") for name, kind in self._types.items() if kind.endswith(".main+xml") and "/" in name]
        for name in (*named, *typed, "word/document.xml"):
            if name in self._contents:
                return name
        raise UnreadableError("corrupt", INCOMPLETE)

    def _find_kind(self) -> FileKind:
        main_type = self.content_type(self.main)
        if "macroenabled" in main_type:
            return FileKind.DOCM
        if "wordprocessingml.template" in main_type:
            return FileKind.DOTX
        if main_type.endswith("main+xml") and "wordprocessingml" not in main_type and "ms-word" not in main_type:
            raise UnreadableError("unsupported", OTHER_OFFICE)
        return FileKind.DOCX


def open_package(data: bytes) -> Package:
    """The package in `data`, every XML part unpacked and looked through; UnreadableError says why it cannot be had."""
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError("empty", EMPTY)
    if len(data) > MOST_BYTES:
        raise UnreadableError("too-large", TOO_MUCH)
    if is_encrypted_office(data):
        raise UnreadableError("encrypted", LOCKED)
    if not is_archive(data):
        kind = sniff(data)
        if kind is FileKind.DOC:
            raise UnreadableError("unsupported", OLD_WORD)
        if kind is not FileKind.DOCX:
            raise UnreadableError("unsupported", NOT_WORD)
        return _open_flat(data)
    members = list_members(data, most=MOST_PARTS)
    check_no_overlap(members, len(data))
    _check_sizes(members)
    contents: dict[str, bytes] = {}
    by_name: dict[str, Member] = {}
    for member in members:
        name = member.name.replace("\\", "/").lstrip("/").lower()
        if _is_xml(name):
            if name in by_name:
                raise UnreadableError("dangerous", TWO_VERSIONS)
            contents[name] = _plain_xml(inflate(data, member, most=MOST_XML_PART))
        by_name[name] = member
    if not any(name.startswith("word/") for name in by_name) and "[content_types].xml" not in by_name:
        raise UnreadableError("unsupported", NOT_WORD)

    def unpack(name: str) -> bytes | None:
        return inflate(data, by_name[name], most=MOST_XML_PART) if name in by_name else None

    return Package(contents, frozenset(by_name), unpack)


def parse_xml(content: bytes) -> Element:
    """The root element of an XML part; nothing outside the bytes is ever looked at."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        reason = str(problem).lower()
        if "depth" in reason or "huge" in reason or "too long" in reason:
            raise UnreadableError("too-complex", TOO_LONG) from problem
        raise UnreadableError("corrupt", DAMAGED) from problem
    except (ValueError, LookupError) as problem:
        raise UnreadableError("corrupt", DAMAGED) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("dangerous", FORBIDDEN_XML)
    return root


def _open_flat(data: bytes) -> Package:
    """A package written as one XML file ("Word XML document"), taken apart into its parts."""
    root = parse_xml(_plain_xml(data))
    contents: dict[str, bytes] = {}
    names: set[str] = set()
    types = ['<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">']
    for part in root.iterchildren(_PKG + "part"):
        name = part.get(_PKG + "name", "")
        names.add(name.lstrip("/").lower())
        override = etree.Element("Override", PartName=name, ContentType=part.get(_PKG + "contentType", ""))
        types.append(etree.tostring(override, encoding="unicode"))
        body = part.find(_PKG + "xmlData")
        if body is not None and len(body):
            contents[name.lstrip("/").lower()] = etree.tostring(body[0], with_tail=False)
    contents["[content_types].xml"] = "".join([*types, "</Types>"]).encode()
    return Package(contents, frozenset(names), lambda _name: None)


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _check_sizes(members: list[Member]) -> None:
    if sum(member.size for member in members) > MOST_UNPACKED:
        raise UnreadableError("too-large", TOO_MUCH)
    if sum(member.size for member in members if _is_xml(member.name.lower())) > MOST_XML:
        raise UnreadableError("too-large", TOO_MUCH)


def _plain_xml(content: bytes) -> bytes:
    """The part in an encoding that can be searched, with Strict names made Transitional; hostile XML is refused."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        content = _from_utf16(content)
    declaration = _DECLARATION.match(content)
    if declaration is not None:
        encoding = _ENCODING.search(declaration[0])
        name = encoding[1].lower() if encoding else b"utf-8"
        if name not in _PLAIN_ENCODINGS and not name.startswith(_PLAIN_FAMILIES):
            raise UnreadableError("corrupt", DAMAGED)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableError("dangerous", FORBIDDEN_XML)
    elements = content.count(b"<")
    if elements > MOST_ELEMENTS or elements + content.count(b"=") > MOST_MARKUP:
        raise UnreadableError("too-complex", TOO_LONG)
    if _STRICT in content:
        for strict, transitional in _STRICT_TO_TRANSITIONAL:
            content = content.replace(strict, transitional)
    return content


def _from_utf16(content: bytes) -> bytes:
    codec = "utf-16"
    if content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        codec = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as problem:
        raise UnreadableError("corrupt", DAMAGED) from problem
    return _DECLARATION.sub(b"", text.encode("utf-8", "surrogatepass"))
