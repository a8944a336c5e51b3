"""What a file is, from its first bytes and its package's own list of parts, never from its name."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from casework.model import FileKind

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a", b"BM")
_MAIN_PARTS = (
    (b"wordprocessingml.document.main+xml", FileKind.DOCX),
    (b"ms-word.document.macroEnabled.main+xml", FileKind.DOCM),
    (b"wordprocessingml.template.main+xml", FileKind.DOTX),
    (b"ms-word.template.macroEnabledTemplate.main+xml", FileKind.DOCM),
)
_MAIL_HEADER = re.compile(rb"(?:From|To|Subject|Date|Received|Return-Path|MIME-Version|Message-ID|Delivered-To):", re.I)
_LONGEST_LIST = 1_000_000
_LOOK_AHEAD = 1024


def sniff(data: bytes) -> FileKind:
    """The kind of the file; `unknown` for anything we have no name for, an empty file included."""
    start = data[:_LOOK_AHEAD]
    if start.startswith(_OLE2):
        return _ole2_kind(data)
    if start.lstrip()[:5].lower().startswith(b"{\\rtf"):
        return FileKind.RTF
    if b"%PDF-" in start:
        return FileKind.PDF
    if start.startswith(_IMAGES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP") or start[4:12] == b"ftypheic":
        return FileKind.IMAGE
    if b"PK\x03\x04" in data[: _LOOK_AHEAD * 64]:
        return _package_kind(data)
    return FileKind.EML if _looks_like_mail(data[:8192]) else FileKind.UNKNOWN


def is_encrypted_office(data: bytes) -> bool:
    """Whether this is a password-protected Office file: an OLE2 container that holds the encrypted package."""
    return data.startswith(_OLE2) and "EncryptedPackage".encode("utf-16-le") in data


def _ole2_kind(data: bytes) -> FileKind:
    # Stream names stand in the container's directory in UTF-16; a full parse is not needed to tell these apart.
    if is_encrypted_office(data):
        return FileKind.DOCX
    if "__substg1.0_".encode("utf-16-le") in data or "__properties_version1.0".encode("utf-16-le") in data:
        return FileKind.MSG
    if "WordDocument".encode("utf-16-le") in data:
        return FileKind.DOC
    return FileKind.UNKNOWN


def _package_kind(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            if "mimetype" in names:
                with package.open("mimetype") as stream:
                    if stream.read(200).startswith(b"application/vnd.oasis.opendocument.text"):
                        return FileKind.ODT
            if "[Content_Types].xml" in names:
                with package.open("[Content_Types].xml") as stream:
                    types = stream.read(_LONGEST_LIST).replace(b"\x00", b"")
                for words, kind in _MAIN_PARTS:
                    if words in types:
                        return kind
            if "word/document.xml" in names:
                return FileKind.DOCX
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError, EOFError, KeyError):
        # A broken package that names Word's parts was a Word file; its reader says what is wrong with it.
        return FileKind.DOCX if b"word/" in data or b"[Content_Types].xml" in data else FileKind.UNKNOWN
    except zlib.error:
        return FileKind.DOCX
    return FileKind.UNKNOWN


def _looks_like_mail(start: bytes) -> bool:
    lines = start.splitlines()[:40]
    return sum(bool(_MAIL_HEADER.match(line)) for line in lines) >= 2
