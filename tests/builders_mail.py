"""E-mails, Outlook messages, winmail.dat and zip files built in code, well-formed or not."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from itertools import pairwise

SENDER = "Ann Lee <ann.lee@example.nhs.uk>"
MAILBOX = "esr.forms@example.nhs.uk"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

Attachment = tuple[str, bytes] | tuple[str, bytes, str]


def a_mail(
    text: str = "Please find my form attached.",
    *,
    html: str | None = None,
    files: Sequence[Attachment] = (),
    sender: str | None = SENDER,
    to: str = MAILBOX,
    subject: str = "Our form",
    message_id: str | None = "<one@example.nhs.uk>",
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A well-formed message with files as (name, bytes[, content type]); `headers` come first, as a server's do."""
    message = EmailMessage()
    for name, value in headers:
        message[name] = value
    if sender is not None:
        message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:15:00 +0000"
    if message_id is not None:
        message["Message-ID"] = message_id
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, data, *claimed in files:
        main, _, sub = (claimed[0] if claimed else "application/octet-stream").partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def raw_mail(*lines: str | bytes, sender: str = SENDER) -> bytes:
    """A message line by line, as it stands: a From header, then `lines` (headers, an empty one, the body)."""
    first = f"From: {sender}"
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in (first, *lines)) + b"\r\n"


def with_part(
    part_headers: Sequence[str | bytes], body: bytes | str, *, kind: str = "mixed", before: str = ""
) -> bytes:
    """A multipart with a short text, then one part with exactly these headers and this encoded body."""
    octets = body if isinstance(body, bytes) else body.encode()
    return raw_mail(
        "Subject: Our form",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/{kind}; boundary="=b="',
        "",
        "--=b=",
        "Content-Type: text/html" if before else "Content-Type: text/plain",
        "",
        before or "Please find my form attached.",
        "--=b=",
        *part_headers,
        "",
        octets,
        "--=b=--",
    )


def encoded(data: bytes) -> str:
    """Base64 in lines, as a part's body."""
    return base64.encodebytes(data).decode("ascii").strip().replace("\n", "\r\n")


def a_zip(members: Mapping[str, bytes], *, packed: bool = True) -> bytes:
    """A zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return stream.getvalue()


def with_password(archive: bytes) -> bytes:
    """A zip file whose entries all say that they are encrypted."""
    data = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def a_bounce(
    *,
    status: str = "5.1.1",
    action: str = "failed",
    recipient: str = "ann.lee@example.nhs.uk",
    original_id: str = "<ours@formwright.example>",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
) -> bytes:
    """A delivery status notification (RFC 3464) about one letter of ours, which had a file."""
    return raw_mail(
        "Return-Path: <>",
        f"To: {MAILBOX}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=r="',
        "",
        "--=r=",
        "Content-Type: text/plain",
        "",
        "I'm sorry to have to inform you that your message could not be delivered.",
        "--=r=",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.nhs.uk",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: {diagnostic}",
        "",
        "--=r=",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: {original_id}",
        "Subject: About ESR-2026-0418",
        'Content-Type: application/pdf; name="letter.pdf"',
        "",
        PDF,
        "--=r=--",
        sender="MAILER-DAEMON@mx.example.nhs.uk",
    )


def a_read_receipt(original_id: str = "<ours@formwright.example>") -> bytes:
    """A message disposition notification (RFC 8098)."""
    return raw_mail(
        f"To: {MAILBOX}",
        "Subject: Read: About ESR-2026-0418",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="=r="',
        "",
        "--=r=",
        "",
        "Your message was read.",
        "--=r=",
        "Content-Type: message/disposition-notification",
        "",
        "Final-Recipient: rfc822;ann.lee@example.nhs.uk",
        f"Original-Message-ID: {original_id}",
        "Disposition: manual-action/MDN-sent-manually; displayed",
        "--=r=--",
    )


def a_winmail(files: Mapping[str, bytes], *, body: str = "", inner: bytes | None = None) -> bytes:
    """A TNEF file with these files; long names as properties, as Outlook writes them. `inner` is a TNEF within."""

    def attribute(level: int, name: int, kind: int, value: bytes) -> bytes:
        return struct.pack("<BHHL", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    def text_property(number: int, text: str) -> bytes:
        value = (text + "\0").encode("utf-16-le")
        return struct.pack("<HHLL", 0x1F, number, 1, len(value)) + value + bytes(-len(value) % 4)

    def named_property() -> bytes:
        name = "Keywords\0".encode("utf-16-le")
        head = struct.pack("<HH", 0x03, 0x8001) + bytes(16) + struct.pack("<LL", 1, len(name))
        return head + name + bytes(-len(name) % 4) + struct.pack("<L", 7)

    data = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x9006, 8, b"\x00\x00\x01\x00")
    data += attribute(1, 0x9007, 6, struct.pack("<LL", 1252, 0))
    if body:
        data += attribute(1, 0x9003, 6, struct.pack("<L", 2) + named_property() + text_property(0x1000, body))
    for number, (name, content) in enumerate(files.items()):
        data += attribute(2, 0x9002, 6, bytes(14))
        data += attribute(2, 0x8010, 1, f"FORM~{number}.DOC\0".encode("ascii"))
        data += attribute(2, 0x800F, 6, content)
        data += attribute(2, 0x9005, 6, struct.pack("<L", 2) + named_property() + text_property(0x3707, name))
    if inner is not None:
        value = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46" + inner
        embedded = struct.pack("<HHLL", 0x0D, 0x3701, 1, len(value)) + value + bytes(-len(value) % 4)
        data += attribute(2, 0x9002, 6, bytes(14)) + attribute(2, 0x9005, 6, struct.pack("<L", 1) + embedded)
    return data


class Msg:
    """What goes into one Outlook message; `properties` by id, text as str and binary as bytes."""

    def __init__(
        self,
        properties: Mapping[int, str | bytes],
        *,
        files: Mapping[str, bytes] | None = None,
        inner: Msg | None = None,
        codepage: int = 0,
    ) -> None:
        self.properties, self.files, self.inner, self.codepage = properties, files or {}, inner, codepage

    def tree(self, *, top: bool = True) -> Tree:
        tree: Tree = _streams(self.properties, 32 if top else 24, self.codepage)
        for number, (name, data) in enumerate(self.files.items()):
            tree[f"__attach_version1.0_#{number:08X}"] = _streams({0x3707: name, 0x3701: data}, 8, 0, method=1)
        if self.inner is not None:
            storage = _streams({0x3001: "Forwarded"}, 8, 0, method=5)
            storage["__substg1.0_3701000D"] = self.inner.tree(top=False)
            tree["__attach_version1.0_#000000FF"] = storage
        return tree


Tree = dict[str, "bytes | Tree"]


def a_msg(
    properties: Mapping[int, str | bytes] | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    inner: Msg | None = None,
    codepage: int = 0,
) -> bytes:
    """An Outlook `.msg` file; without properties, a short message from Ann Lee. With a `codepage`, 8-bit strings."""
    usual: dict[int, str | bytes] = {
        0x0037: "Our form",
        0x0C1A: "Ann Lee",
        0x5D01: "ann.lee@example.nhs.uk",
        0x1000: "Please find my form attached.",
        0x1035: "<one@example.nhs.uk>",
    }
    return a_compound_tree(Msg(properties or usual, files=files, inner=inner, codepage=codepage).tree())


def _streams(properties: Mapping[int, str | bytes], head: int, codepage: int, method: int | None = None) -> Tree:
    table, tree = bytes(head), Tree()
    for number, value in properties.items():
        if isinstance(value, bytes):
            kind, data = 0x0102, value
        elif codepage:
            kind, data = 0x001E, value.encode(f"cp{codepage}")
        else:
            kind, data = 0x001F, value.encode("utf-16-le")
        table += struct.pack("<HHLLL", kind, number, 6, len(data), 0)
        tree[f"__substg1.0_{number:04X}{kind:04X}"] = data
    if codepage:
        table += struct.pack("<HHLLL", 3, 0x3FFD, 6, codepage, 0)
    if method is not None:
        table += struct.pack("<HHLLL", 3, 0x3705, 6, method, 0)
    tree["__properties_version1.0"] = table
    return tree


_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def a_compound_tree(tree: Tree) -> bytes:
    """A compound file ([MS-CFB]) with storages in storages; short streams stand in the mini stream, as they must."""
    entries: list[tuple[str, int, bytes]] = [("Root Entry", 5, b"")]
    children: list[list[int]] = [[]]

    def lay_out(level: Tree, parent: int) -> None:
        for name, content in level.items():
            number = len(entries)
            children[parent].append(number)
            entries.append((name, 2, content) if isinstance(content, bytes) else (name, 1, b""))
            children.append([])
            if not isinstance(content, bytes):
                lay_out(content, number)

    lay_out(tree, 0)
    mini, mini_table, starts = b"", list[int](), dict[int, int]()
    for number, (_, kind, content) in enumerate(entries):
        if kind == 2 and 0 < len(content) < 4096:
            count = -(-len(content) // 64)
            starts[number] = len(mini_table)
            mini_table += [*range(len(mini_table) + 1, len(mini_table) + count), _END]
            mini += content.ljust(count * 64, b"\0")
    body, table = b"", list[int]()
    table_sectors = 1 + (sum(len(content) for _, _, content in entries) + len(entries) * 128) // (512 * 100)
    table += [_TABLE] * table_sectors

    def put(content: bytes) -> int:
        nonlocal body
        count = -(-len(content) // 512)
        if not count:
            return _END
        start = len(table)
        table.extend([*range(start + 1, start + count), _END])
        body += content.ljust(count * 512, b"\0")
        return start

    for number, (_, kind, content) in enumerate(entries):
        if kind == 2 and len(content) >= 4096:
            starts[number] = put(content)
    mini_start = put(mini)
    mini_table_start = put(
        struct.pack(f"<{len(mini_table)}L", *mini_table).ljust(-(-len(mini_table) // 128) * 512, b"\xff")
    )
    following = {one: two for level in children for one, two in pairwise(level)}
    directory = b""
    for number, (name, kind, content) in enumerate(entries):
        utf16 = name.encode("utf-16-le")
        child = children[number][0] if children[number] else _FREE
        start, size = starts.get(number, _END if kind == 2 else 0), len(content)
        if number == 0:
            start, size = mini_start, len(mini)
        directory += utf16.ljust(64, b"\0") + struct.pack("<HBB", len(utf16) + 2, kind, 1)
        directory += struct.pack("<LLL", _FREE, following.get(number, _FREE), child) + bytes(36)
        directory += struct.pack("<LQ", start, size)
    directory_start = put(directory)
    assert len(table) <= 128 * table_sectors
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    mini_sectors = -(-len(mini_table) // 128)
    header += struct.pack(
        "<LLLLLLLLL", 0, table_sectors, directory_start, 0, 4096, mini_table_start, mini_sectors, _END, 0
    )
    header += struct.pack(f"<{table_sectors}L", *range(table_sectors))
    return (
        header.ljust(512, b"\xff") + struct.pack(f"<{len(table)}L", *table).ljust(table_sectors * 512, b"\xff") + body
    )
