"""The files of a message, taken out of whatever they were wrapped in: forwarded mails, winmail.dat, zip files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from casework.archive import Member, check_no_overlap, inflate, is_archive, list_members
from casework.errors import UnreadableError
from casework.model import FileKind
from casework.sniff import sniff
from intake.headers import Address, Headers
from intake.html_text import html_to_text
from intake.internet_mail import TOO_DEEP, split_mail
from intake.outlook import split_msg
from intake.raw_message import Bounds, Part, RawMessage
from intake.safe_text import UNNAMED, safe_file_name
from intake.tnef import is_tnef, split_tnef

MOST_WRAPPERS = 6
"""Wrappers within wrappers that are opened."""

MOST_RATIO = 200
"""How many times its packed size a file in a zip may have; Word files and PDFs are packed already."""

LOGO_BYTES = 200_000
"""A picture that the text shows is dress up to this size; a larger one may be a photographed form."""

ORNAMENT_BYTES = 20_000
"""A picture in a multipart/related that nothing refers to is dress up to this size."""

EMPTY = "The file is empty. Please send it again."
ZIP_IN_ZIP = "A zip file inside a zip file is not opened. Please send the forms by themselves."
ZIP_PASSWORD = "The zip file needs a password. Please send the forms by themselves, without one."  # noqa: S105
ZIP_RATIO = "The file unpacks to far more than a form ever holds, so it was not taken out of its zip file."
OTHER_ARCHIVE = "This kind of archive is not opened. Please send the forms by themselves."
ENCRYPTED_MAIL = "This part is encrypted for a mail program. Please send the form without encryption."
ELSEWHERE = "Only a link to the file was sent. Please attach the file itself."

_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_CARDS = ("application/pgp-keys", "text/x-vcard", "text/vcard", "text/directory", "text/rfc822-headers")
_OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf'\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_JUNK_MEMBER = re.compile(r"(?i)(^|/)(__macosx|\.ds_store|thumbs\.db|desktop\.ini|\._)")
_PACKAGE_MARKS = ("[content_types].xml", "mimetype", "meta-inf/manifest.mf")
_CID = re.compile(r"(?i)cid:([^\"'\s>)]{1,500})")
_ENDINGS = {
    FileKind.DOCX: ".docx",
    FileKind.DOCM: ".docm",
    FileKind.DOTX: ".dotx",
    FileKind.DOC: ".doc",
    FileKind.RTF: ".rtf",
    FileKind.ODT: ".odt",
    FileKind.PDF: ".pdf",
    FileKind.EML: ".eml",
    FileKind.MSG: ".msg",
}


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file that came with a message.

    `name` is safe to show and to save under; `original_name` is what the sender's program wrote. `kind` is told from
    the bytes, `content_type` is only what was claimed. `inline` files are dress (logos, signatures, contact cards)
    and need no reading. `path` names the wrappers it was taken out of, outermost first. `problem` says in plain
    English why the bytes are not the whole file, or why a wrapper stands here unopened.
    """

    name: str
    original_name: str
    data: bytes = field(repr=False)
    content_type: str
    kind: FileKind
    inline: bool = False
    path: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class EnclosedMessage:
    """A message inside the message: forwarded as an attachment. Its files stand among the outer message's files."""

    path: tuple[str, ...]
    sender: Address | None
    subject: str
    date: datetime | None
    text: str
    html: str | None


@dataclass(slots=True)
class Unwrapped:
    """What came out of a message's parts, in their order."""

    files: list[AttachedFile] = field(default_factory=list)
    enclosed: list[EnclosedMessage] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)
    body: str = ""
    """The message's own text where it came in its winmail.dat."""


def unwrap(raw: RawMessage, bounds: Bounds) -> Unwrapped:
    """Every file of the message and of what is wrapped in it. Never raises; nothing is left out without a word."""
    opened = Unwrapped()
    _unwrap_parts(raw, opened, bounds, ())
    return opened


def _unwrap_parts(raw: RawMessage, opened: Unwrapped, bounds: Bounds, path: tuple[str, ...]) -> None:
    shown = frozenset(unquote(content_id) for content_id in _CID.findall(raw.html or ""))
    for part in raw.parts:
        _unwrap_part(part, opened, bounds, path, shown, in_zip=False)
    for name, inner in raw.enclosed:
        _unwrap_enclosed(inner, name, opened, bounds, path)


def _unwrap_part(
    part: Part, opened: Unwrapped, bounds: Bounds, path: tuple[str, ...], shown: frozenset[str], *, in_zip: bool
) -> None:
    kind = sniff(part.data)
    wrapped = _wrapped_as(part, kind)
    if wrapped is None or part.problem == TOO_DEEP:
        _add(opened, part, kind, path, inline=_is_dress(part, kind, shown), problem=part.problem)
    elif len(path) >= MOST_WRAPPERS:
        _add(opened, part, kind, path, problem=TOO_DEEP)
    elif wrapped == "zip":
        if in_zip:
            _add(opened, part, kind, path, problem=ZIP_IN_ZIP)
        else:
            _unzip(part, opened, bounds, path)
    else:
        _unwrap_message(part, wrapped, opened, bounds, path)


def _wrapped_as(part: Part, kind: FileKind) -> str | None:
    if is_tnef(part.data):
        return "tnef"
    if kind is FileKind.MSG:
        return "msg"
    if kind is FileKind.EML or (part.content_type in ("message/rfc822", "message/global") and part.data.strip()):
        return "eml"
    return "zip" if kind is FileKind.UNKNOWN and _is_plain_zip(part.data) else None


def _is_plain_zip(data: bytes) -> bool:
    """Whether it is a zip file of files, and no spreadsheet, program or other package that is a zip inside."""
    if not data.startswith(b"PK") or not is_archive(data):
        return False
    try:
        names = {member.name.lower() for member in list_members(data, most=10_000)}
    except UnreadableError:
        return True
    return not any(mark in names for mark in _PACKAGE_MARKS)


def _unwrap_message(part: Part, wrapped: str, opened: Unwrapped, bounds: Bounds, path: tuple[str, ...]) -> None:
    try:
        if wrapped == "msg":
            inner = split_msg(part.data, bounds)
        elif wrapped == "tnef":
            inner = split_tnef(part.data, bounds)
        else:
            inner = split_mail(part.data, bounds)
    except UnreadableError as problem:
        _add(opened, part, sniff(part.data), path, problem=problem.public_message)
        return
    if part.problem:
        inner.note(part.problem)
    if wrapped == "tnef" and not path:
        opened.body = opened.body or inner.text or html_to_text(inner.html or "")
        inner.text, inner.html = "", None
    _unwrap_enclosed(inner, part.name, opened, bounds, path)


def _unwrap_enclosed(inner: RawMessage, name: str, opened: Unwrapped, bounds: Bounds, path: tuple[str, ...]) -> None:
    headers = Headers(inner)
    subject, sender = headers.subject(), next(iter(headers.addresses("from")), None)
    moment = headers.date()
    label = safe_file_name(name or f"{subject or 'forwarded message'}.eml")
    opened.oddities += [f"{label}: {oddity}" for oddity in inner.oddities]
    within = (*path, label)
    if inner.text or inner.html or sender:
        text = inner.text or html_to_text(inner.html or "")
        opened.enclosed.append(EnclosedMessage(within, sender, subject, moment, text, inner.html))
    _unwrap_parts(inner, opened, bounds, within)


def _unzip(part: Part, opened: Unwrapped, bounds: Bounds, path: tuple[str, ...]) -> None:
    try:
        members = list_members(part.data, most=10_000)
        check_no_overlap(members, len(part.data))
    except UnreadableError as problem:
        _add(opened, part, FileKind.UNKNOWN, path, problem=problem.public_message)
        return
    members = [member for member in members if not member.name.endswith("/") and not _JUNK_MEMBER.search(member.name)]
    if any(member.encrypted for member in members):
        _add(opened, part, FileKind.UNKNOWN, path, problem=ZIP_PASSWORD)
        return
    if not members:
        _add(opened, part, FileKind.UNKNOWN, path, problem=EMPTY)
        return
    within = (*path, safe_file_name(part.name) if part.name else "unnamed file.zip")
    for member in members:
        _take_member(part.data, member, opened, bounds, within)


def _take_member(data: bytes, member: Member, opened: Unwrapped, bounds: Bounds, within: tuple[str, ...]) -> None:
    if not bounds.take(member.size):
        return
    packed = Part(member.name, b"", "application/octet-stream")
    if member.size > MOST_RATIO * member.packed + 100_000:
        _add(opened, packed, FileKind.UNKNOWN, within, problem=ZIP_RATIO)
        return
    try:
        content = inflate(data, member, most=member.size)
    except UnreadableError as problem:
        _add(opened, packed, FileKind.UNKNOWN, within, problem=problem.public_message)
        return
    inner = Part(member.name, content, "application/octet-stream")
    _unwrap_part(inner, opened, bounds, within, frozenset(), in_zip=True)


def _is_dress(part: Part, kind: FileKind, shown: frozenset[str]) -> bool:
    if part.content_type in _SIGNATURES + _CARDS:
        return True
    if kind is not FileKind.IMAGE and not part.content_type.startswith("image/"):
        return False
    if part.content_id and part.content_id in shown:
        return len(part.data) <= LOGO_BYTES
    return part.related and len(part.data) <= ORNAMENT_BYTES


def _add(
    opened: Unwrapped,
    part: Part,
    kind: FileKind,
    path: tuple[str, ...],
    *,
    inline: bool = False,
    problem: str | None = None,
) -> None:
    if problem is None:
        problem = _problem_of(part)
    name = safe_file_name(part.name)
    if name == UNNAMED:
        name += _ENDINGS.get(kind, "")
    opened.files.append(AttachedFile(name, part.name, part.data, part.content_type, kind, inline, path, problem))


def _problem_of(part: Part) -> str | None:
    if part.content_type == "message/external-body":
        return ELSEWHERE
    if part.content_type in ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"):
        return ENCRYPTED_MAIL
    if not part.data:
        return EMPTY
    return OTHER_ARCHIVE if part.data.startswith(_OTHER_ARCHIVES) else None
