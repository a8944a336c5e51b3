"""MAPI properties, the words in which Outlook files state a message: names, strings, code pages, rich text.

Property ids are those of [MS-OXPROPS]; `.msg` files and winmail.dat store the same ones in two different ways.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr

from intake.raw_message import Bounds, Part, RawMessage
from intake.safe_text import decode_bytes, safe_line

SUBJECT, THREAD_TOPIC, THREAD_INDEX = 0x0037, 0x0070, 0x0071
SENT_AT, DELIVERED_AT = 0x0039, 0x0E06
TRANSPORT_HEADERS = 0x007D
SENDER_NAME, SENDER_EMAIL, SENDER_SMTP, REPRESENTING_SMTP = 0x0C1A, 0x0C1F, 0x5D01, 0x5D02
REPRESENTING_NAME, REPRESENTING_EMAIL = 0x0042, 0x0065
BODY, RTF_COMPRESSED, HTML = 0x1000, 0x1009, 0x1013
MESSAGE_ID, REFERENCES, IN_REPLY_TO = 0x1035, 0x1039, 0x1042
RECIPIENT_KIND, DISPLAY_NAME, EMAIL, SMTP_ADDRESS = 0x0C15, 0x3001, 0x3003, 0x39FE
ATTACH_DATA, ATTACH_SHORT_NAME, ATTACH_METHOD, ATTACH_LONG_NAME = 0x3701, 0x3704, 0x3705, 0x3707
ATTACH_MIME, ATTACH_CONTENT_ID = 0x370E, 0x3712
BODY_CODEPAGE, MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD

STRING8, UNICODE, BINARY, OBJECT, TIME = 0x001E, 0x001F, 0x0102, 0x000D, 0x0040

RICH_TEXT_ONLY = "its text came as rich text only, and is kept as a file"

_CODEPAGES = {
    65001: "utf-8",
    20127: "us-ascii",
    28591: "cp1252",
    28605: "iso-8859-15",
    20866: "koi8-r",
    1200: "utf-16-le",
}
# The dictionary that every compressed RTF starts from ([MS-OXRTFCP] 2.1.2.1).
_RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_MOST_RTF = 5_000_000


@dataclass(slots=True)
class Properties:
    """The properties of one message, recipient or attachment, by id: (type, bytes). `codepage` is for 8-bit strings."""

    values: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    codepage: int = 1252

    def text(self, *ids: int) -> str:
        """The first of these properties that is there and not empty, as text."""
        for each in ids:
            kind, value = self.values.get(each, (0, b""))
            if kind == UNICODE:
                text = value[: len(value) & ~1].decode("utf-16-le", "replace")
            elif kind in (STRING8, BINARY):
                text = decode_bytes(value, self._charset(each))[0]
            else:
                continue
            if text := text.rstrip("\x00"):
                return text
        return ""

    def data(self, each: int) -> bytes:
        """A property's bytes; empty where it is missing."""
        return self.values.get(each, (0, b""))[1]

    def number(self, each: int) -> int:
        """A property as an unsigned 32-bit number; 0 where it is missing."""
        return int.from_bytes(self.data(each)[:4], "little")

    def moment(self, each: int) -> datetime | None:
        """A property as a moment; None where it is missing or no possible one."""
        value = self.data(each)
        if len(value) < 8:
            return None
        try:
            # [MS-DTYP] 2.3.3: steps of 100 nanoseconds since 1601.
            return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=int.from_bytes(value[:8], "little") // 10)
        except OverflowError:
            return None

    def _charset(self, each: int) -> str:
        number = (self.number(BODY_CODEPAGE) if each in (BODY, HTML) else 0) or self.number(MESSAGE_CODEPAGE)
        number = number or self.codepage
        return _CODEPAGES.get(number, f"cp{number}")


def fill_message(raw: RawMessage, properties: Properties, bounds: Bounds) -> None:
    """Take texts and, where the message never travelled and has no transport headers, its headers from properties."""
    raw.text = properties.text(BODY).replace("\r\n", "\n").replace("\x00", "").strip("\n")
    raw.html = properties.text(HTML) or None
    if not raw.text and not raw.html and (packed := properties.data(RTF_COMPRESSED)):
        raw.note(RICH_TEXT_ONLY)
        rtf = decompress_rtf(packed)
        if rtf and bounds.take(len(rtf)):
            raw.parts.append(Part("message.rtf", rtf, "application/rtf"))
    stated = {name for name, _ in raw.headers}
    raw.headers += [(name, value) for name, value in _headers_of(properties) if value and name not in stated]


def _headers_of(properties: Properties) -> list[tuple[str, str]]:
    name = properties.text(REPRESENTING_NAME, SENDER_NAME)
    # An Exchange address ("/O=NHS/OU=…") is no mailbox that anybody outside could write to.
    addresses = (REPRESENTING_SMTP, SENDER_SMTP, REPRESENTING_EMAIL, SENDER_EMAIL)
    email = next((text for each in addresses if "@" in (text := properties.text(each))), "")
    moment = properties.moment(SENT_AT) or properties.moment(DELIVERED_AT)
    return [
        ("from", mailbox(name, email)),
        ("subject", properties.text(SUBJECT)),
        ("date", format_datetime(moment) if moment else ""),
        ("message-id", properties.text(MESSAGE_ID)),
        ("in-reply-to", properties.text(IN_REPLY_TO)),
        ("references", properties.text(REFERENCES)),
        ("thread-topic", properties.text(THREAD_TOPIC)),
        ("thread-index", thread_index(properties.data(THREAD_INDEX))),
    ]


def mailbox(name: str, email: str) -> str:
    """A name and an address as a header writes them; the name alone where there is no address."""
    email = email if "@" in email else ""
    # Backslashes and quotes would need quoting, and say nothing in a name.
    shown = safe_line(name, 200).replace("\\", "").replace('"', "")
    return formataddr((shown, email), charset="utf-8") if email else f'"{shown}"' if shown else ""


def thread_index(data: bytes) -> str:
    """PidTagConversationIndex as the Thread-Index header writes it."""
    return base64.b64encode(data).decode("ascii")


def decompress_rtf(packed: bytes) -> bytes:
    """Rich text out of PidTagRtfCompressed ([MS-OXRTFCP]): as much as there is where it is cut."""
    size, kind = int.from_bytes(packed[4:8], "little"), packed[8:12]
    most = min(size, _MOST_RTF)
    if kind == b"MELA":
        return packed[16 : 16 + most]
    if kind != b"LZFu":
        return b""
    window = bytearray(_RTF_START.ljust(4096))
    end, at, out = len(_RTF_START), 16, bytearray()
    while at < len(packed) and len(out) < most:
        control = packed[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(packed):
                    return bytes(out[:most])
                token = packed[at] << 8 | packed[at + 1]
                at += 2
                start, length = token >> 4, (token & 15) + 2
                if start == end:
                    return bytes(out[:most])
                run = (window[(start + step) % 4096] for step in range(length))
            elif at < len(packed):
                run = (byte for byte in packed[at : at + 1])
                at += 1
            else:
                return bytes(out[:most])
            for byte in run:
                out.append(byte)
                window[end] = byte
                end = (end + 1) % 4096
    return bytes(out[:most])
