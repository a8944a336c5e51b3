"""The `winmail.dat` of Outlook and Exchange taken apart ([MS-OXTNEF]): the files that it hides from other programs."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from casework.errors import UnreadableError
from intake import mapi
from intake.internet_mail import NOT_WHOLE, TRUNCATED
from intake.mapi import Properties
from intake.raw_message import Bounds, Part, RawMessage
from intake.safe_text import decode_bytes

DAMAGED = (
    "The winmail.dat file is damaged. Please send the form again, from Outlook with the message format set to HTML."
)

_SIGNATURE = b"\x78\x9f\x3e\x22"
_HEAD = struct.Struct("<BHHL")
_RENDERING, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MESSAGE_PROPERTIES, _BODY, _SUBJECT, _CODEPAGE = 0x9003, 0x800C, 0x8004, 0x9007
_EMBEDDED = 5
_MOST_LEVELS = 6
# The interface id of IMessage, which stands before an embedded message ([MS-OXTNEF] 2.1.3.4).
_IMESSAGE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_FIXED = {0x02: 4, 0x0B: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x01: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = (mapi.STRING8, mapi.UNICODE, mapi.BINARY, mapi.OBJECT)
_MULTIPLE = 0x1000


def is_tnef(data: bytes) -> bool:
    """Whether the bytes are a TNEF file, by their signature."""
    return data.startswith(_SIGNATURE)


def split_tnef(data: bytes, bounds: Bounds, *, level: int = 0) -> RawMessage:
    """Take a TNEF file apart. UnreadableError `corrupt` where nothing in it can be read."""
    raw = RawMessage()
    message = Properties()
    files: list[_Attachment] = []
    attributes = 0
    for name, value, true in _attributes(data, raw):
        attributes += 1
        if name == _CODEPAGE and len(value) >= 4:
            message.codepage = int.from_bytes(value[:4], "little")
        elif name == _MESSAGE_PROPERTIES:
            read_properties(value, message)
        elif name == _BODY:
            message.values.setdefault(mapi.BODY, (mapi.STRING8, value))
        elif name == _SUBJECT:
            message.values.setdefault(mapi.SUBJECT, (mapi.STRING8, value))
        elif name == _RENDERING:
            files.append(_Attachment(message.codepage))
        elif name in (_TITLE, _DATA, _PROPERTIES):
            if not files:
                files.append(_Attachment(message.codepage))
            files[-1].take(name, value, true)
    if not attributes:
        raise UnreadableError("corrupt", DAMAGED)
    mapi.fill_message(raw, message, bounds)
    for file in files:
        file.hand_on(raw, bounds, level)
    return raw


class _Attachment:
    """One attachment, whose name, bytes and properties come as separate attributes."""

    def __init__(self, codepage: int) -> None:
        self.properties = Properties(codepage=codepage)
        self.title, self.data, self.whole = b"", b"", True

    def take(self, name: int, value: bytes, true: bool) -> None:
        if name == _TITLE:
            self.title = value.rstrip(b"\x00")
        elif name == _DATA:
            self.data, self.whole = value, true
        else:
            read_properties(value, self.properties)

    def hand_on(self, raw: RawMessage, bounds: Bounds, level: int) -> None:
        properties = self.properties
        name = properties.text(mapi.ATTACH_LONG_NAME, mapi.DISPLAY_NAME, mapi.ATTACH_SHORT_NAME)
        name = name or decode_bytes(self.title, f"cp{properties.codepage}")[0]
        inner = properties.data(mapi.ATTACH_DATA)
        if inner.startswith(_IMESSAGE) and is_tnef(inner[16:]) and level < _MOST_LEVELS:
            raw.enclosed.append((name, split_tnef(inner[16:], bounds, level=level + 1)))
            return
        data = self.data or inner
        if bounds.take(len(data)):
            content_type = properties.text(mapi.ATTACH_MIME).lower()
            content_id = properties.text(mapi.ATTACH_CONTENT_ID).strip("<> ")
            problem = None if self.whole else NOT_WHOLE
            raw.parts.append(Part(name, data, content_type, "", content_id, bool(content_id), problem))


def _attributes(data: bytes, raw: RawMessage) -> Iterator[tuple[int, bytes, bool]]:
    """(name, value, whether its checksum is right) of each attribute; a cut-off one is said and left out."""
    at = 6
    while at + _HEAD.size <= len(data):
        _, name, _, length = _HEAD.unpack_from(data, at)
        start, end = at + _HEAD.size, at + _HEAD.size + length
        if end + 2 > len(data):
            raw.note(TRUNCATED)
            return
        value = data[start:end]
        stated = int.from_bytes(data[end : end + 2], "little")
        yield name, value, name != _DATA or stated in (0, sum(value) & 0xFFFF)
        at = end + 2


def read_properties(data: bytes, into: Properties) -> None:
    """Add the property list of [MS-OXTNEF] 2.1.3.4 to `into`; stops where it is damaged, keeping what came before."""
    try:
        _read_properties(data, into)
    except (struct.error, _OutOfStepError):
        return


class _OutOfStepError(Exception):
    """A property of unknown type or impossible size: where the next one starts cannot be told."""


def _read_properties(data: bytes, into: Properties) -> None:
    (count,) = struct.unpack_from("<L", data, 0)
    at = 4
    for _ in range(count):
        kind, each = struct.unpack_from("<HH", data, at)
        at += 4
        if each >= 0x8000:
            at = _after_name(data, at)
        several = bool(kind & _MULTIPLE)
        kind &= ~_MULTIPLE
        if kind in _FIXED:
            values = 1
            if several:
                (values,) = struct.unpack_from("<L", data, at)
                at += 4
            value, at = data[at : at + _FIXED[kind]], at + _FIXED[kind] * values
        elif kind in _VARIABLE:
            value, at = _variable(data, at)
        else:
            raise _OutOfStepError
        if at > len(data):
            raise _OutOfStepError
        if not several and each < 0x8000:
            into.values.setdefault(each, (kind, value))


def _after_name(data: bytes, at: int) -> int:
    """Past the GUID and the number or name of a named property."""
    (kind,) = struct.unpack_from("<L", data, at + 16)
    if kind == 0:
        return at + 24
    length = int(struct.unpack_from("<L", data, at + 20)[0])
    return at + 24 + length + -length % 4


def _variable(data: bytes, at: int) -> tuple[bytes, int]:
    """(the last of the values, where they end)."""
    (values,) = struct.unpack_from("<L", data, at)
    at += 4
    value = b""
    for _ in range(values):
        (length,) = struct.unpack_from("<L", data, at)
        at += 4
        value = data[at : at + length]
        at += length + -length % 4
    return value, at
