"""An Outlook `.msg` file taken apart ([MS-OXMSG]): headers, texts, attachments, messages within."""

from __future__ import annotations

import io
import struct
from email.errors import HeaderParseError

import olefile

from casework.errors import UnreadableError
from intake import mapi
from intake.internet_mail import split_head
from intake.mapi import Properties, mailbox
from intake.raw_message import Bounds, Part, RawMessage

DAMAGED = (
    "The Outlook message is damaged or did not arrive whole. Please save it again, or forward it as an ordinary e-mail."
)
LINK_ONLY = "Only a link to the file was sent. Please attach the file itself."

_PROPERTIES = "__properties_version1.0"
# Properties start after a head that is longer in the outermost message ([MS-OXMSG] 2.4.1).
_TOP_HEAD, _INNER_HEAD, _OTHER_HEAD = 32, 24, 8
_ENTRY = struct.Struct("<HHL8s")
_MOST_LEVELS = 6
_MOST_ENTRIES = 20_000
_RECIPIENTS = {1: "to", 2: "cc"}
_BY_VALUE, _EMBEDDED = (0, 1), 5
_FAULTS = (OSError, ValueError, TypeError, LookupError, AttributeError, struct.error, RecursionError, HeaderParseError)
"""What olefile raises on damaged files; OleFileError is an OSError."""

_Storage = tuple[str, ...]


def split_msg(data: bytes, bounds: Bounds) -> RawMessage:
    """Take one `.msg` file apart. UnreadableError `corrupt` where it cannot be opened."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            entries = file.listdir(streams=True, storages=True)
            if len(entries) > _MOST_ENTRIES:
                raise UnreadableError("too-complex", DAMAGED)
            return _Outlook(file, entries, bounds).message((), level=0)
    except _FAULTS as problem:
        raise UnreadableError("corrupt", DAMAGED) from problem


class _Outlook:
    """One open file: its streams by the storage that they stand in."""

    def __init__(self, file: olefile.OleFileIO, entries: list[list[str]], bounds: Bounds) -> None:
        self._file, self._bounds = file, bounds
        self._within: dict[_Storage, list[str]] = {}
        for entry in entries:
            self._within.setdefault(tuple(entry[:-1]), []).append(entry[-1])

    def message(self, storage: _Storage, *, level: int) -> RawMessage:
        raw = RawMessage()
        properties = self._properties(storage, _INNER_HEAD if storage else _TOP_HEAD)
        travelled = properties.text(mapi.TRANSPORT_HEADERS).strip().encode("utf-8", "replace")
        raw.headers = split_head(travelled, 0, len(travelled))[0]
        children = sorted(self._within.get(storage, ()))
        if not raw.first("to"):
            raw.headers += self._recipients(storage, children, properties.codepage)
        mapi.fill_message(raw, properties, self._bounds)
        for child in children:
            if child.lower().startswith("__attach_version1.0_"):
                self._attachment((*storage, child), raw, properties.codepage, level)
        return raw

    def _recipients(self, storage: _Storage, children: list[str], codepage: int) -> list[tuple[str, str]]:
        found: dict[str, list[str]] = {}
        for child in children:
            if not child.lower().startswith("__recip_version1.0_"):
                continue
            recipient = self._properties((*storage, child), _OTHER_HEAD, codepage)
            header = _RECIPIENTS.get(recipient.number(mapi.RECIPIENT_KIND))
            email = recipient.text(mapi.SMTP_ADDRESS) or recipient.text(mapi.EMAIL)
            if header and (written := mailbox(recipient.text(mapi.DISPLAY_NAME), email)):
                found.setdefault(header, []).append(written)
        return [(header, ", ".join(written)) for header, written in found.items()]

    def _attachment(self, storage: _Storage, raw: RawMessage, codepage: int, level: int) -> None:
        properties = self._properties(storage, _OTHER_HEAD, codepage)
        name = properties.text(mapi.ATTACH_LONG_NAME, mapi.ATTACH_SHORT_NAME, mapi.DISPLAY_NAME)
        method = properties.number(mapi.ATTACH_METHOD)
        embedded = f"__substg1.0_{mapi.ATTACH_DATA:04X}{mapi.OBJECT:04X}"
        content_id = properties.text(mapi.ATTACH_CONTENT_ID).strip("<> ")
        content_type = properties.text(mapi.ATTACH_MIME).lower()
        if method == _EMBEDDED and embedded in self._within.get(storage, ()):
            if level < _MOST_LEVELS:
                self._embedded((*storage, embedded), name, raw, level)
            else:
                raw.note("a message lies too deep inside other messages to be opened")
            return
        data = properties.data(mapi.ATTACH_DATA)
        problem = None if data or method in _BY_VALUE else LINK_ONLY
        if self._bounds.take(len(data)):
            raw.parts.append(Part(name, data, content_type, "", content_id, bool(content_id), problem))

    def _embedded(self, storage: _Storage, name: str, raw: RawMessage, level: int) -> None:
        """A message within the message has no bytes of its own: its parts are handed on with its name before theirs."""
        inner = self.message(storage, level=level + 1)
        raw.enclosed.append((name, inner))

    def _properties(self, storage: _Storage, head: int, codepage: int = 1252) -> Properties:
        """Fixed properties from the properties stream, the others from streams of their own."""
        properties = Properties(codepage=codepage)
        names = set(self._within.get(storage, ()))
        if _PROPERTIES in names:
            table = self._read(storage, _PROPERTIES)[head:]
            for kind, each, _, value in _ENTRY.iter_unpack(table[: len(table) // 16 * 16]):
                properties.values[each] = (kind, value)
        for name in names:
            if len(name) == 20 and name.lower().startswith("__substg1.0_"):
                each, kind = int(name[12:16], 16), int(name[16:20], 16)
                if kind in (mapi.STRING8, mapi.UNICODE, mapi.BINARY) and each in _READ:
                    properties.values[each] = (kind, self._read(storage, name))
        return properties

    def _read(self, storage: _Storage, name: str) -> bytes:
        with self._file.openstream([*storage, name]) as stream:
            data: bytes = stream.read()
        return data


_READ = frozenset(
    {
        mapi.SUBJECT,
        mapi.THREAD_TOPIC,
        mapi.THREAD_INDEX,
        mapi.TRANSPORT_HEADERS,
        mapi.SENDER_NAME,
        mapi.SENDER_EMAIL,
        mapi.SENDER_SMTP,
        mapi.REPRESENTING_SMTP,
        mapi.REPRESENTING_NAME,
        mapi.REPRESENTING_EMAIL,
        mapi.BODY,
        mapi.RTF_COMPRESSED,
        mapi.HTML,
        mapi.MESSAGE_ID,
        mapi.REFERENCES,
        mapi.IN_REPLY_TO,
        mapi.DISPLAY_NAME,
        mapi.EMAIL,
        mapi.SMTP_ADDRESS,
        mapi.ATTACH_DATA,
        mapi.ATTACH_SHORT_NAME,
        mapi.ATTACH_LONG_NAME,
        mapi.ATTACH_MIME,
        mapi.ATTACH_CONTENT_ID,
    }
)
