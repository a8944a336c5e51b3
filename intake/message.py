"""The bytes of an e-mail in, an IncomingMessage out: who wrote, in which thread, what was said and which files came.

Nothing here is trusted and nothing is fetched: the sender is only who the message says it is (see `intake.sender`),
and text is text. Bounded in time and memory by `intake.raw_message`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.errors import UnreadableError
from casework.model import FileKind
from casework.sniff import sniff
from intake.attached import AttachedFile, EnclosedMessage, unwrap
from intake.headers import Address, Headers
from intake.html_text import html_to_text
from intake.internet_mail import split_head, split_mail
from intake.outlook import split_msg
from intake.raw_message import Bounds, Report
from intake.safe_text import safe_line

__all__ = ["Address", "AttachedFile", "EnclosedMessage", "IncomingMessage", "Report", "read_message"]

EMPTY = "The message is empty. Please send it again."
NO_MESSAGE = "The file is no e-mail message. Please send it as an attachment of one."

_HEADER_LIMIT = 2_000
_KEPT_HEADERS = 2_000
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to")
_MAIL_HEADERS = {"from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "mime-version"}
_MAIL_HEADERS |= {"content-type", "delivered-to", "reply-to", "sender", "in-reply-to", "references", "auto-submitted"}


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message as it came, with every wrapper opened.

    `source` is `eml` for mail as a server keeps it and `msg` for a copy saved out of Outlook, whose transport headers
    prove nothing. Ids are without their angle brackets; `references` are all ids that the message says it follows,
    oldest first. `return_path` is None where unknown and empty for machine mail's null path. `text` is the plain body,
    or the HTML body as text where no plain one came; `html` is as sent and never to be rendered. `oddities` are plain
    words about what was damaged, hidden or left out. `headers` are all headers, names in lower case, values undecoded
    but on one safe line, in their order.
    """

    source: str
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    thread_index: str
    thread_topic: str
    subject: str
    sender: Address | None
    from_addresses: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    return_path: str | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    date: datetime | None
    text: str
    html: str | None
    files: tuple[AttachedFile, ...]
    enclosed: tuple[EnclosedMessage, ...]
    report: Report | None
    oddities: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        """The first header of this name (any case), as sent."""
        return next(iter(self.all_headers(name)), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every header of this name (any case), topmost first: later servers write above earlier ones."""
        return tuple(value for key, value in self.headers if key == name.lower())


def read_message(data: bytes) -> IncomingMessage:
    """Read one message: RFC 5322 bytes or an Outlook `.msg` file.

    Raises UnreadableError, and nothing else: `empty`, `unsupported` where the bytes are no message, `corrupt` where
    they are a `.msg` file too damaged to open.
    """
    if not data.strip():
        raise UnreadableError("empty", EMPTY)
    bounds = Bounds()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if sniff(data) is not FileKind.MSG:
            raise UnreadableError("unsupported", NO_MESSAGE)
        source, raw = "msg", split_msg(data, bounds)
    elif _is_mail(data):
        source, raw = "eml", split_mail(data, bounds)
    else:
        raise UnreadableError("unsupported", NO_MESSAGE)
    headers = Headers(raw)
    opened = unwrap(raw, bounds)
    senders = headers.addresses("from")
    if len(senders) > 1 or len(headers.all("from")) > 1:
        raw.note("more than one From address")
    if not any(address.email for address in senders):
        raw.note("no From address")
    if bounds.left_out:
        raw.note(f"{bounds.left_out:,} further parts were not opened")
    ids = headers.ids("message-id")
    answered = headers.ids("in-reply-to")
    return IncomingMessage(
        source=source,
        message_id=ids[0] if ids else None,
        in_reply_to=answered[0] if answered else None,
        references=tuple(dict.fromkeys((*headers.ids("references"), *answered))),
        thread_index="".join((raw.first("thread-index") or "").split())[:4_000],
        thread_topic=headers.decoded("thread-topic", 200),
        subject=headers.subject(),
        sender=senders[0] if senders else None,
        from_addresses=senders,
        reply_to=headers.addresses("reply-to"),
        return_path=headers.return_path(),
        to=headers.addresses("to"),
        cc=headers.addresses("cc"),
        delivered_to=headers.addresses(*_ENVELOPE),
        date=headers.date(),
        text=raw.text or html_to_text(raw.html or "") or opened.body,
        html=raw.html,
        files=tuple(opened.files),
        enclosed=tuple(opened.enclosed),
        report=raw.report,
        oddities=tuple(dict.fromkeys([*raw.oddities, *opened.oddities])),
        headers=tuple((name, safe_line(value, _HEADER_LIMIT)) for name, value in raw.headers[:_KEPT_HEADERS]),
    )


def _is_mail(data: bytes) -> bool:
    """Whether the bytes open as mail: one header that mail has is enough, since what a mailbox holds is mail."""
    if sniff(data) is FileKind.EML:
        return True
    headers, _, _ = split_head(data, 0, min(len(data), 100_000))
    return any(name in _MAIL_HEADERS for name, _ in headers)
