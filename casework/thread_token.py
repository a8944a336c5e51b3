"""A mark in our letters that nobody else can make: it leads an answer back to its case, and proves it is an answer.

The token is a keyed hash (HMAC-SHA-256, RFC 2104) of the case's reference, 80 bits long, in letters and digits that
survive local parts, Message-IDs and servers that change capitals. Whoever shows it has had a letter of ours about that
case; it says nothing about who they are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from casework.reference import parse_reference

LOOP_HEADER = "X-Formwright-Loop"
"""The header of everything that we send, with `loop_token` in it: mail that carries ours has come back to us."""

BODY_WORDS = "Please keep this line in your answer:"

_LENGTH = 16
_MARKED = re.compile(r"(?<![0-9A-Za-z])(ESR-\d{4}-\d{4,6})\.([A-Za-z2-7]{16})(?![0-9A-Za-z])", re.IGNORECASE)
_MOST_MARKS = 200
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,255}")


def thread_token(reference: str, key: bytes) -> str:
    """The token of the case with this reference: sixteen lower-case letters and digits."""
    return _hash("thread", reference.upper(), key)


def loop_token(key: bytes) -> str:
    """What LOOP_HEADER holds in our own mail."""
    return _hash("loop", "", key)


def message_id_for(delivery_id: int, domain: str, key: bytes, *, reference: str = "") -> str:
    """The Message-ID of one delivery, without angle brackets: always the same, however often the delivery is tried.

    With a `reference` it carries the case's token. ValueError where `domain` is no domain.
    """
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("not a domain")
    delivery = f"{delivery_id}.{_hash('delivery', str(delivery_id), key)}"
    return f"{_marked(reference, key)}.{delivery}@{domain}" if reference else f"{delivery}@{domain}"


def is_own_message_id(message_id: str, key: bytes) -> bool:
    """Whether `message_id_for` made this Message-ID, with or without its angle brackets."""
    local = message_id.strip("<> ").rpartition("@")[0]
    found = re.search(r"(?:\A|\.)(\d{1,18})\.([a-z2-7]{16})\Z", local)
    return found is not None and hmac.compare_digest(_hash("delivery", found[1], key), found[2])


def plus_address(mailbox: str, reference: str, key: bytes) -> str:
    """`mailbox` with the case's mark, for Reply-To: esr.forms+esr-2026-0418.token@example.nhs.uk."""
    local, at, domain = mailbox.rpartition("@")
    if not at or not local:
        raise ValueError("not a mailbox")
    return f"{local}+{_marked(reference, key)}@{domain}"


def body_line(reference: str, key: bytes) -> str:
    """The line of a letter that keeps the thread where a mail program drops every header."""
    return f"{BODY_WORDS} {reference}.{thread_token(reference, key)}"


def find_marked_reference(text: str, key: bytes) -> str | None:
    """The reference of the first case whose mark in `text` is true; forged, cut or other cases' tokens are none."""
    for count, found in enumerate(_MARKED.finditer(text)):
        if count == _MOST_MARKS:
            break
        if hmac.compare_digest(thread_token(found[1], key), found[2].lower()):
            return parse_reference(found[1])
    return None


def _marked(reference: str, key: bytes) -> str:
    return f"{reference.lower()}.{thread_token(reference, key)}"


def _hash(purpose: str, text: str, key: bytes) -> str:
    if len(key) < 16:
        raise ValueError("the key of the thread tokens needs at least 16 bytes")
    digest = hmac.new(key, f"formwright {purpose} {text}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:_LENGTH].decode("ascii").lower()
