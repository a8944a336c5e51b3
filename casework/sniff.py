"""What kind of file some bytes are, whatever their name says."""

from __future__ import annotations

import re
import struct

from casework.archive import Member, inflate, is_archive, list_members
from casework.errors import UnreadableError
from casework.model import FileKind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_2 = (b"\xdb\xa5", b"\x9b\xa5", b"1\xbe\x00\x00")
_WORD_SIGNATURES = (0xA5EC, 0xA5DC)
_ODT = b"application/vnd.oasis.opendocument.text"
_MOST_MEMBERS = 10_000
_MOST_BYTES = 1 << 20
_MOST_SECTORS = 4_096

_NOT_KNOWN = "a kind of file that we do not know"
_PACKAGES = (("xl/", "a spreadsheet"), ("ppt/", "a presentation"), ("visio/", "a drawing"))
_OLD_OFFICE = (
    ("Workbook", "a spreadsheet"),
    ("Book", "a spreadsheet"),
    ("PowerPoint Document", "a presentation"),
    ("VisioDocument", "a drawing"),
)
_WORD_MAIN_PARTS = (
    ("wordprocessingml.document.main+xml", FileKind.DOCX),
    ("wordprocessingml.template.main+xml", FileKind.DOTX),
    ("ms-word.document.macroenabled.main+xml", FileKind.DOCM),
    # There is no kind of its own for a macro-enabled template; what matters to a reader is the macros.
    ("ms-word.template.macroenabledtemplate.main+xml", FileKind.DOCM),
)
_IMAGES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
)
_PHONE_IMAGES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
_HEADER = re.compile(rb"([!-9;-~]+):")
_MAIL_HEADERS = frozenset(
    b"from to cc subject date message-id received return-path mime-version content-type delivered-to reply-to sender "
    b"x-mailer references in-reply-to".split()
)
_TELLING_HEADERS = frozenset(b"from to subject date message-id received return-path delivered-to".split())


def sniff(data: bytes) -> FileKind:
    """The kind of file `data` is; `unknown` where it is none that we know. Never raises."""
    if data.startswith(_OLE):
        return _sniff_ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _sniff_archive(data)
    if _is_image(data):
        return FileKind.IMAGE
    start = data[:1024]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return FileKind.RTF
    if b"%PDF-" in start:
        return FileKind.PDF
    if data.startswith(_WORD_2):
        return FileKind.DOC
    if is_archive(data):
        return _sniff_archive(data)
    return _sniff_text(data)


def name_of_unknown(data: bytes) -> str:
    """What to call a file of unknown kind in a message: "a spreadsheet", or that it is none that we know."""
    if is_archive(data):
        names = _members(data)
        return next(
            (said for start, said in _PACKAGES if any(name.startswith(start) for name in names)),
            "a zip file, which may hold the form but is not the form itself",
        )
    if data.startswith(_OLE):
        names_inside = _ole_root_entries(data)
        return next((said for name, said in _OLD_OFFICE if name in names_inside), _NOT_KNOWN)
    if data.startswith((b"MZ", b"\x7fELF", b"#!")):
        return "a program"
    start = _as_text(data[:1024]).lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html")):
        return "a web page"
    return "plain text" if _is_plain(data[:4096]) else _NOT_KNOWN


def _is_plain(start: bytes) -> bool:
    """Whether bytes read as several words of text; the last letter may be cut in two."""
    try:
        text = start[:-4].decode("utf-8") if len(start) == 4096 else start.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(text.split()) > 1 and all(char.isprintable() or char.isspace() for char in text)


def is_encrypted_office(data: bytes) -> bool:
    """Whether `data` is a Word (new or old) or OpenDocument file that needs a password."""
    if data.startswith(_OLE):
        entries = _ole_root_entries(data)
        if "EncryptedPackage" in entries:
            return True
        if "WordDocument" in entries:
            start, sector_size = entries["WordDocument"], _sector_size(data)
            at = (start + 1) * sector_size
            # [MS-DOC] 2.5.2: bit 8 of the flags at offset 10 of the file information block says "encrypted".
            return _u16(data, at) in _WORD_SIGNATURES and bool(_u16(data, at + 10) & 0x0100)
        return False
    if not is_archive(data):
        return False
    members = _members(data)
    if any(member.encrypted for member in members.values()):
        return True
    manifest = _read(data, members.get("meta-inf/manifest.xml"))
    return "mimetype" in members and b"encryption-data" in manifest


def _is_image(data: bytes) -> bool:
    if data.startswith(_IMAGES):
        return True
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return True
    if data[4:8] == b"ftyp" and data[8:12] in _PHONE_IMAGES:
        return True
    return data[:2] == b"BM" and len(data) > 30 and data[6:10] == b"\0\0\0\0"


def _sniff_archive(data: bytes) -> FileKind:
    members = _members(data)
    if not members:
        # A cut-off Word file still shows its first parts' names, and deserves to be called a damaged Word file.
        head = data[:65536]
        looks_like_word = b"[Content_Types].xml" in head or b"word/document.xml" in head
        if _ODT in head[:200]:
            return FileKind.ODT
        return FileKind.DOCX if looks_like_word else FileKind.UNKNOWN
    if _read(data, members.get("mimetype")).strip().startswith(_ODT):
        return FileKind.ODT
    types = _as_text(_read(data, members.get("[content_types].xml"))).lower()
    for main_part, kind in _WORD_MAIN_PARTS:
        if main_part in types:
            return kind
    return FileKind.DOCX if "word/document.xml" in members else FileKind.UNKNOWN


def _members(data: bytes) -> dict[str, Member]:
    """Members by lower-case name (part names do not mind their case), or nothing where the directory is damaged."""
    try:
        return {member.name.lower(): member for member in list_members(data, most=_MOST_MEMBERS)}
    except UnreadableError:
        return {}


def _read(data: bytes, member: Member | None) -> bytes:
    if member is None:
        return b""
    try:
        return inflate(data, member, most=_MOST_BYTES)
    except UnreadableError:
        return b""


def _sniff_ole(data: bytes) -> FileKind:
    names = _ole_root_entries(data)
    if "EncryptedPackage" in names:
        return FileKind.DOCX
    if any(name.startswith(("__properties_version1.0", "__substg1.0_")) for name in names):
        return FileKind.MSG
    if "WordDocument" in names:
        return FileKind.DOC
    return FileKind.UNKNOWN


def _ole_root_entries(data: bytes) -> dict[str, int]:
    """First sector by name of what stands in the root of a compound file ([MS-CFB]); broken chains just end."""
    sector_size = _sector_size(data)
    if sector_size < 512:
        return {}
    table: list[int] = []
    for number in (_u32(data, 76 + 4 * index) for index in range(109)):
        if number >= 0xFFFFFFFA or len(table) > 4 * _MOST_SECTORS * (sector_size // 512):
            break
        at = (number + 1) * sector_size
        table += [_u32(data, at + 4 * index) for index in range(sector_size // 4)]
    directory, sector, seen = b"", _u32(data, 48), set[int]()
    while sector < 0xFFFFFFFA and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        directory += data[(sector + 1) * sector_size : (sector + 2) * sector_size]
        sector = table[sector] if sector < len(table) else 0xFFFFFFFE
    entries: dict[str, int] = {}
    waiting, visited = [_u32(directory, 76)], set[int]()
    while waiting:
        number = waiting.pop()
        at = number * 128
        if number in visited or at + 128 > len(directory):
            continue
        visited.add(number)
        size = min(max(_u16(directory, at + 64) - 2, 0), 62)
        name = directory[at : at + size].decode("utf-16-le", "replace")
        entries[name] = _u32(directory, at + 116)
        waiting += [_u32(directory, at + 68), _u32(directory, at + 72)]
    return entries


def _sector_size(data: bytes) -> int:
    return 1 << min(_u16(data, 30), 16)


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0]) if at + 2 <= len(data) else 0


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<L", data, at)[0]) if at + 4 <= len(data) else 0xFFFFFFFF


def _sniff_text(data: bytes) -> FileKind:
    text = _as_text(data[:4096])
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        if "http://schemas.microsoft.com/office/2006/xmlPackage" in text:
            return FileKind.DOCX
        if "http://schemas.microsoft.com/office/word/2003/wordml" in text:
            return FileKind.DOC
        return FileKind.UNKNOWN
    return FileKind.EML if _is_mail(data[:65536]) else FileKind.UNKNOWN


def _as_text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _is_mail(head: bytes) -> bool:
    """Whether the text opens with mail headers, one of them telling: prose and settings files have colons too."""
    lines = head.lstrip(b"\xef\xbb\xbf\r\n").splitlines()
    if lines and lines[0].startswith((b"From ", b">From ")):
        lines = lines[1:]
    known: set[bytes] = set()
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            continue
        header = _HEADER.match(line)
        if header is None:
            break
        known.add(header[1].lower())
    return len(known & _MAIL_HEADERS) >= 2 and bool(known & _TELLING_HEADERS)
