"""A letter in, an e-mail out: plain and HTML parts that say the same, headers that no stranger's text can bend."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from casework.errors import RefusedError
from casework.thread_token import LOOP_HEADER
from outputs.letter_blocks import Block, blocks_of

# Everything but NDR: out-of-office answers and notes of reading help nobody, but that a message could not be delivered
# must come back ([MS-OXCMAIL] names the values; "All" would suppress that too).
_SUPPRESSED = "DR, RN, NRN, OOF, AutoReply"
_LONGEST_SUBJECT = 300
_SUBTYPES = {"docx": "vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "pdf"}
_MESSAGE_ID = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,900}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one recipient. `mark` is a last line that lets a reply be recognised by its text.

    Ids stand without angle brackets. `is_automatic` is whether no person wrote or released it. `files` are what goes
    with it, by name; the names are our own.
    """

    recipient: str
    subject: str
    body: str
    message_id: str
    html: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    mark: str = ""
    is_automatic: bool = False
    files: tuple[tuple[str, bytes], ...] = ()


def build_mail(letter: Letter, *, sender: str, address: str, loop_token: str, now: datetime) -> EmailMessage:
    """The message, from `sender` ("Name <address>"); `address` is the service's own, the only one made a link.

    `loop_token` is what we know our own mail by when it comes back.
    RefusedError where the recipient is no single address that can be written to.
    """
    name, own = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(_one_line(name), addr_spec=own)
    mail["To"] = _recipient(letter.recipient)
    mail["Subject"] = _one_line(letter.subject)[:_LONGEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message_id}>"
    if letter.reply_to:
        mail["Reply-To"] = Address(_one_line(name), addr_spec=letter.reply_to)
    answered = letter.in_reply_to.strip().strip("<>")
    if _MESSAGE_ID.fullmatch(answered):
        mail["In-Reply-To"] = f"<{answered}>"
        mail["References"] = f"<{answered}>"
    if letter.is_automatic:
        # RFC 3834, 5: an answer to a message, or a message that nobody's message caused.
        mail["Auto-Submitted"] = "auto-replied" if answered else "auto-generated"
    mail["X-Auto-Response-Suppress"] = _SUPPRESSED
    mail[LOOP_HEADER] = loop_token
    body = f"{letter.body.rstrip()}\n\n{letter.mark}\n" if letter.mark else f"{letter.body.rstrip()}\n"
    mail.set_content(_printable(body), cte="quoted-printable")
    html = letter.html or build_html(letter.subject, body, address)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, data in letter.files:
        mail.add_attachment(data, maintype="application", subtype=_subtype(name), filename=_one_line(name))
    mail["Content-Language"] = "en-GB"
    return mail


def _subtype(name: str) -> str:
    return _SUBTYPES.get(name.rpartition(".")[2].lower(), "octet-stream")


def build_html(subject: str, body: str, address: str) -> str:
    """The letter's plain text as a page: the same words, with headings and lists where the text has them.

    No pictures, no style sheets from elsewhere, nothing that tells us whether it was read. Only addresses below
    `address` become links: the text may quote a stranger.
    """
    title = escape(_one_line(subject))
    blocks = [_block(block, address) for block in blocks_of(_printable(body))]
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n'
        '<body style="margin: 0; background-color: #ffffff; color: #212b32;">\n'
        '<div role="main" style="max-width: 40em; padding: 1em; font-family: Arial, sans-serif; font-size: 1.2em;'
        f' line-height: 1.5;">\n<h1 style="font-size: 1.5em;">{title}</h1>\n'
        + "\n".join(blocks)
        + "\n</div>\n</body>\n</html>\n"
    )


def _block(block: Block, address: str) -> str:
    items = [_linked(line, address) for line in block.lines]
    match block.kind:
        case "heading":
            return f'<h2 style="font-size: 1.2em;">{items[0]}</h2>'
        case "p":
            return f"<p>{'<br>'.join(items)}</p>"
        case _:
            return f"<{block.kind}>{''.join(f'<li>{item}</li>' for item in items)}</{block.kind}>"


def _linked(line: str, address: str) -> str:
    """The line with the addresses below `address` made links."""
    if not address:
        return escape(line)
    pattern = re.compile(rf"({re.escape(address.rstrip('/'))}(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)])?)(?=[.,;:!?)]*(?:\s|$))")
    parts = pattern.split(line)
    return "".join(
        f'<a href="{escape(part)}">{escape(part)}</a>' if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _recipient(text: str) -> Address:
    """One address and nothing else: no list, no group, no name, no line end."""
    wrong = RefusedError(f"“{_one_line(text)[:200]}” is no address that can be written to.")
    if not text.isascii() or not re.fullmatch(r"[^\s<>,;:()\[\]\"\\@]+@[A-Za-z0-9.-]+", text):
        raise wrong
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError) as problem:
        raise wrong from problem


def _one_line(text: str) -> str:
    return " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in text).split())


def _printable(text: str) -> str:
    """Without control and direction marks, which could make a text say something else; line ends stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char)[0] != "C")
