"""The bytes of an e-mail taken apart within bounds: headers, texts and parts, whatever state they arrived in.

The standard library divides messages by recursion, without bounds, and raises on some headers. So the division into
parts (RFC 2046 §5.1.1) is done here, by offsets and in time linear in the size; the library decodes single values.
"""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass
from email.utils import unquote
from urllib.parse import unquote_to_bytes

from intake.raw_message import MOST_LEVELS, Bounds, Part, RawMessage, Report
from intake.safe_text import decode_bytes

MOST_HEADER_BYTES = 256_000
MOST_HEADER_VALUE = 100_000
MOST_TEXT = 2_000_000
"""Characters of a text or HTML body that are kept."""

DAMAGED_HEADER = "damaged header"
TRUNCATED = "cut off before its end"
BROKEN_BASE64 = "broken base64"
NOT_WHOLE = "The attachment was damaged on its way. Please ask for it again."
TOO_DEEP = "This part lies too deep inside other parts to be opened."

_HEADER_LINE = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_EMPTY_LINE = re.compile(rb"\n\r?\n|\r\r")
_SMUGGLED = re.compile(rb"(?<!\r)\n\.\r?\n|\r\n\.\n|\r\.\r")
_MEDIA_TYPE = re.compile(r"[!-.0-~]+/[!-.0-~]+")
_NOT_BASE64 = bytes(byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/]", bytes([byte])))
_LETTERS_AFTER = re.compile(rb"=*[A-Za-z0-9+/]+")
_CHARSET_TAG = re.compile(r"([A-Za-z0-9_.:+-]{0,40})'[A-Za-z0-9-]*'(.*)", re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*)\?=")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)

_Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of the message by its place in the bytes: its headers, and where its body starts and ends."""

    headers: _Headers
    start: int
    end: int

    def first(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree a part stands, and what its parent makes of it."""

    level: int = 0
    related: bool = False
    default_type: str = "text/plain"


def split_mail(data: bytes, bounds: Bounds) -> RawMessage:
    """Take one RFC 5322 message apart. Never raises; what was odd or left out stands in `oddities`."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if data.startswith((b"From ", b">From ")):
        # The separator line of an mbox file, or of a message saved out of one.
        data = data.partition(b"\n")[2]
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return _Splitter(data, bounds).split()


def split_head(data: bytes, start: int, end: int) -> tuple[_Headers, int, bool]:
    """(headers, where the body starts, whether a line was no header or the headers were too long).

    Names are lower-case; values are unfolded, their 8-bit bytes read as UTF-8 or Windows-1252. A stray line among
    headers is passed over; where no empty line ends them, the first run of other text does.
    """
    headers: list[tuple[str, list[str]]] = []
    at, damaged, strays = start, False, 0
    while at < end:
        if at - start > MOST_HEADER_BYTES:
            empty = _EMPTY_LINE.search(data, at - 1, end)
            return _joined(headers), empty.end() if empty else end, True
        found = _LINE.match(data, at, end)
        line = found[0] if found else b""
        stripped = line.strip(b"\r\n")
        if not stripped:
            return _joined(headers), at + len(line), damaged
        text = decode_bytes(stripped, None)[0]
        header = _HEADER_LINE.match(text)
        if text[0] in " \t" and headers:
            headers[-1][1].append(text)
        elif header is not None:
            headers.append((header[1].lower(), [header[2]]))
            strays = 0
        else:
            damaged, strays = True, strays + 1
            if strays > 2 or not headers:
                return _joined(headers), at, damaged
        at += len(line)
    return _joined(headers), end, damaged


def _joined(headers: list[tuple[str, list[str]]]) -> _Headers:
    return [(name, "".join(lines).strip()[:MOST_HEADER_VALUE]) for name, lines in headers]


def parameters(value: str | None) -> tuple[str, dict[str, str]]:
    """(main value in lower case, parameters by lower-case name) of a Content-Type or Content-Disposition.

    RFC 2231 continuations and character sets are put together, and win over a plain parameter of the same name;
    RFC 2047 words, which do not belong here and yet stand in most mail, are decoded. Never raises.
    """
    main, *rest = _split_parameters((value or "")[:20_000])
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for item in rest[:500]:
        name, equals, text = item.partition("=")
        name, text = name.strip().lower(), _unquoted(text.strip())
        if not equals or not name:
            continue
        stem, star, order = name.partition("*")
        digits = order.rstrip("*") or "0"
        if not star:
            plain.setdefault(name, text)
        elif digits.isdecimal() and len(digits) < 5:
            pieces.setdefault(stem, {}).setdefault(int(digits), (text, order.endswith("*") or not order))
    found = {name: decode_words(text) for name, text in plain.items()}
    return main.strip().lower(), found | {name: _rfc2231(parts) for name, parts in pieces.items()}


def _split_parameters(value: str) -> list[str]:
    """Divide at semicolons that stand outside quotes; an unclosed quote ends with the value."""
    items, start, quoted, at = [], 0, False, 0
    while at < len(value):
        char = value[at]
        if char == "\\" and quoted:
            at += 1
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            items.append(value[start:at])
            start = at + 1
        at += 1
    return [*items, value[start:]]


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    closed = text if text.endswith('"') and len(text) > 1 else f'{text}"'
    # A Windows path's backslashes are no quoting: "C:\forms\a.docx" is a name that older programs write.
    return closed[1:-1] if re.search(r"\\[^\\\"]", closed) else unquote(closed)


def _rfc2231(parts: dict[int, tuple[str, bool]]) -> str:
    charset, octets = "utf-8", b""
    for order in sorted(parts):
        text, encoded = parts[order]
        if encoded and order == 0 and (tag := _CHARSET_TAG.fullmatch(text)):
            charset, text = tag[1] or charset, tag[2]
        octets += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode_bytes(octets, charset)[0]


def decode_words(value: str) -> str:
    """A header's text with its RFC 2047 encoded words decoded; a broken word stays as it stands.

    Neighbours of one character set are decoded together: programs cut long names in the middle of a letter.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    octets, charset, at = b"", "", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[at : word.start()]
        same = bool(octets) and not between.strip() and word[1].lower() == charset
        if not same:
            out.append(decode_bytes(octets, charset)[0] if octets else "")
            out.append(between if between.strip() or not octets else "")
            octets, charset = b"", word[1].lower()
        octets += _word_bytes(word[2], word[3])
        at = word.end()
    out.append(decode_bytes(octets, charset)[0] if octets else "")
    return "".join([*out, value[at:]])


def _word_bytes(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "replace")
    if encoding in "Bb":
        return _from_base64(octets)[0]
    return quopri.decodestring(octets.replace(b"_", b" "))


class _Splitter:
    """One message under way: what has been found, and what may still be taken."""

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        self.data, self.bounds, self.raw = data, bounds, RawMessage()

    def split(self) -> RawMessage:
        headers, start, damaged = split_head(self.data, 0, len(self.data))
        raw = self.raw
        raw.headers = headers
        if damaged:
            raw.note(DAMAGED_HEADER)
        if _is_smuggling(self.data):
            raw.note("line ends as used to smuggle a second message")
        texts = self.take(_Span(headers, start, len(self.data)), _Place())
        plain = [text.strip("\n") for kind, text in texts if kind == "text/plain" and text.strip()]
        html = [text for kind, text in texts if kind == "text/html" and text.strip()]
        raw.text = "\n\n".join(plain)
        raw.html = "\n".join(html) if html else None
        return raw

    def take(self, span: _Span, place: _Place) -> list[tuple[str, str]]:
        """Put one part where it belongs and give back the message's texts in it, as (content type, text)."""
        content_type, typed = parameters(span.first("content-type"))
        if not _MEDIA_TYPE.fullmatch(content_type):
            content_type = place.default_type
        if content_type.startswith("multipart/"):
            boundary = typed.get("boundary", "").rstrip()
            if boundary and place.level < MOST_LEVELS:
                return self._take_multipart(content_type, typed, boundary, span, place)
            if boundary:
                self._add(Part("", self.data[span.start : span.end], content_type, problem=TOO_DEEP))
                return []
            self.raw.note("a part's boundary is missing")
            content_type = "text/plain"
        return self._take_leaf(content_type, typed, span, place)

    def _take_multipart(
        self, content_type: str, typed: dict[str, str], boundary: str, span: _Span, place: _Place
    ) -> list[tuple[str, str]]:
        pieces, closed, left_out = _divide(self.data, span.start, span.end, boundary, most=max(self.bounds.parts, 1))
        self.bounds.left_out += left_out
        if not closed:
            self.raw.note(TRUNCATED)
        if not pieces:
            # The boundary that the header names never comes: all of it is text, whatever it is.
            return [("text/plain", self._text(self.data[span.start : span.end], None))]
        if content_type == "multipart/encrypted":
            self.raw.note("encrypted (PGP)")
        spans = []
        for start, end in pieces:
            headers, body, _ = split_head(self.data, start, end)
            spans.append(_Span(headers, body, end))
        if content_type == "multipart/report" and place.level == 0:
            spans = self._take_report(spans, typed.get("report-type", ""))
        inner = _Place(
            place.level + 1,
            related=content_type == "multipart/related" or place.related,
            default_type="message/rfc822" if content_type == "multipart/digest" else "text/plain",
        )
        texts = [text for part in spans for text in self.take(part, inner)]
        return _chosen(texts) if content_type == "multipart/alternative" else texts

    def _take_report(self, spans: list[_Span], report_type: str) -> list[_Span]:
        """Keep a report's machine-readable part and the message it gives back; hand on what a person is to read.

        What comes back is our own letter: its attachments are no new forms.
        """
        fields, returned, rest = b"", b"", []
        for span in spans:
            kind, _ = parameters(span.first("content-type"))
            if kind in _REPORTS:
                fields, report_type = self._body(span)[0], report_type or _REPORTS[kind]
            elif kind in _RETURNED:
                returned = self._body(span)[0]
            else:
                rest.append(span)
        if not fields:
            return spans
        self.raw.report = Report(report_type.lower(), fields, returned)
        return rest

    def _take_leaf(self, content_type: str, typed: dict[str, str], span: _Span, place: _Place) -> list[tuple[str, str]]:
        disposition, placed = parameters(span.first("content-disposition"))
        name = placed.get("filename") or placed.get("name") or typed.get("name") or typed.get("filename") or ""
        data, whole = self._body(span)
        if content_type in ("text/plain", "text/html") and not name and disposition != "attachment":
            # A text is counted as a part too: ten thousand of them are no message.
            if not self.bounds.take(len(data)):
                return []
            if content_type == "text/plain":
                data = self._take_uuencoded(data)
            return [(content_type, self._text(data, typed.get("charset")))]
        content_id = span.first("content-id").strip().strip("<>")[:500]
        problem = None if whole else NOT_WHOLE
        self._add(Part(name, data, content_type, disposition, content_id, place.related, problem))
        if content_type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            signed = typed.get("smime-type", "").lower() == "signed-data"
            self.raw.note("signed so that only a mail program opens it (S/MIME)" if signed else "encrypted (S/MIME)")
        return []

    def _take_uuencoded(self, data: bytes) -> bytes:
        """Take out the files that older programs wrote into the text itself ("begin 644 form.doc")."""
        kept, at = [], 0
        while (begin := _UU_BEGIN.search(data, at)) and (end := _UU_END.search(data, begin.end())):
            name = decode_bytes(begin[1], None)[0]
            if not self._add(Part(name, _from_uu(data[begin.end() : end.start()]), "application/octet-stream")):
                break
            kept.append(data[at : begin.start()])
            at = end.end()
        return b"".join([*kept, data[at:]]) if at else data

    def _body(self, span: _Span) -> tuple[bytes, bool]:
        """(the body without its transfer encoding, whether it was whole)."""
        body = self.data[span.start : span.end]
        encoding = span.first("content-transfer-encoding").partition(";")[0].strip(" \t\"'").lower()
        if encoding == "base64":
            data, whole = _from_base64(body)
            if not whole:
                self.raw.note(BROKEN_BASE64)
            return data, whole
        if encoding == "quoted-printable":
            return quopri.decodestring(body), True
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            begin = _UU_BEGIN.search(body)
            return _from_uu(body[begin.end() if begin else 0 :]), True
        if encoding not in ("", "7bit", "8bit", "binary"):
            self.raw.note("unknown transfer encoding")
        return body, True

    def _add(self, part: Part) -> bool:
        allowed = self.bounds.take(len(part.data))
        if allowed:
            self.raw.parts.append(part)
        return allowed

    def _text(self, data: bytes, charset: str | None) -> str:
        text, true = decode_bytes(data[: 4 * MOST_TEXT], charset)
        if not true:
            self.raw.note("unknown or wrong character set")
        if len(text) > MOST_TEXT or len(data) > 4 * MOST_TEXT:
            self.raw.note("its text was cut to two million characters")
        return text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")
_REPORTS = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}


def _is_smuggling(data: bytes) -> bool:
    """Whether a lone dot stands between line ends that servers disagree on: all but "CR LF . CR LF"."""
    # The plain searches are ten times as fast as the expression, and nearly always enough.
    likely = b"\r\n" in data and (b"\n.\n" in data or b"\n.\r\n" in data or b"\r.\r" in data)
    return likely and _SMUGGLED.search(data) is not None


def _chosen(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of an alternative's texts, the last plain one and the last HTML one: they say the same."""
    latest = dict(texts)
    return [(kind, latest[kind]) for kind in ("text/plain", "text/html") if kind in latest]


def _divide(data: bytes, start: int, end: int, boundary: str, most: int) -> tuple[list[tuple[int, int]], bool, int]:
    """(places of the pieces between delimiter lines, whether the closing line came, how many are over `most`)."""
    needle = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    delimiter = re.compile(re.escape(needle) + rb"(--)?[ \t]*(?=\r?\n|\r?\Z)")
    pieces: list[tuple[int, int]] = []
    piece = -1
    # A delimiter may open the body, with the head's line end before it.
    for found in delimiter.finditer(data, max(start - 1, 0), end):
        at = found.start()
        if piece >= 0:
            # The line end before a delimiter belongs to the delimiter.
            pieces.append((piece, max(at - (data[at - 1 : at] == b"\r"), piece)))
        if found[1]:
            return pieces, True, 0
        if len(pieces) == most:
            return pieces, True, max(data.count(needle, at, end) - 1, 1)
        line_end = data.find(b"\n", found.end(), end)
        piece = line_end + 1 if line_end >= 0 else end
    if piece >= 0:
        pieces.append((piece, end))
    return pieces, False, 0


def _from_base64(body: bytes) -> tuple[bytes, bool]:
    """What can be decoded, and whether that was all of it: foreign characters and a missing end both say no.

    Lines that a list or a gateway added after the padding are no damage; a second encoded run there would be.
    """
    main, padding, after = body.translate(None, b" \t\r\n").partition(b"=")
    clean = main.translate(None, _NOT_BASE64)
    whole = len(clean) == len(main)
    extra = len(clean) % 4
    if extra == 1:
        clean, whole = clean[:-1], False
    elif extra and not padding:
        whole = False
    # Sixty characters: no line of ordinary words is that long without a space or a stop.
    if again := _LETTERS_AFTER.match(after):
        whole = whole and len(again[0]) < 60
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)), whole
    except binascii.Error:
        return b"", False


def _from_uu(lines: bytes) -> bytes:
    data = []
    for line in lines.splitlines():
        if line.strip() in (b"", b"`", b"end"):
            continue
        # Some encoders leave rubbish at a line's end; its first character says how long the line is.
        size = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            data.append(binascii.a2b_uu(line[: max(size, 1)]))
        except binascii.Error:
            break
    return b"".join(data)
