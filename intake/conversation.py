"""Does this message continue a case? The clues that it carries, from proof to mere claim."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from casework.reference import parse_reference
from casework.thread_token import find_marked_reference
from intake.message import IncomingMessage

MOST_TEXT = 200_000
"""Characters of the body that are searched for our line; a letter of ours is quoted whole or not at all."""

KnownThread = Callable[[tuple[str, ...], str], str | None]
"""(Message-IDs, Outlook thread root) -> reference of the case that a stored message with one of them belongs to."""

_SR_NUMBER = re.compile(
    r"(?i)\b(?:SR|service request)(?:\s*(?:no|number|ref)\b\.?)?[\s#:.-]{0,3}(\d(?:[\d-]{2,14})\d)\b"
)


class Clue(StrEnum):
    """What led to the case, strongest first."""

    HEADER_TOKEN = "header-token"  # noqa: S105 - the name of a clue
    ADDRESS_TOKEN = "address-token"  # noqa: S105
    BODY_TOKEN = "body-token"  # noqa: S105
    KNOWN_MESSAGE = "known-message"
    OUTLOOK_THREAD = "outlook-thread"
    SUBJECT = "subject"


_PROOFS = (Clue.HEADER_TOKEN, Clue.ADDRESS_TOKEN, Clue.BODY_TOKEN)


@dataclass(frozen=True, slots=True)
class ThreadClue:
    """`reference` is the case's, or empty where only an SR number was named, which several cases may share.

    A proof shows that the writer has had our letter about this case. A claim can be made by anybody who has seen a
    message of the thread or guessed a number. Neither says who the writer is: see `same_person`.
    """

    clue: Clue
    reference: str
    sr_number: str = ""

    @property
    def is_proof(self) -> bool:
        return self.clue in _PROOFS

    @property
    def explanation(self) -> str:
        """How the case was found, in words for a reviewer."""
        return _EXPLANATIONS[self.clue]


_EXPLANATIONS = {
    Clue.HEADER_TOKEN: "It answers a letter of ours about this case.",
    Clue.ADDRESS_TOKEN: "It was sent to this case's own address.",
    Clue.BODY_TOKEN: "It quotes the line of our letter that belongs to this case.",
    Clue.KNOWN_MESSAGE: "It answers an earlier message of this case.",
    Clue.OUTLOOK_THREAD: "Outlook counts it to the same conversation as an earlier message of this case.",
    Clue.SUBJECT: "Only its subject names the case; anybody could have written that.",
}


def find_thread(message: IncomingMessage, *, key: bytes, known: KnownThread) -> ThreadClue | None:
    """The best clue to the case that `message` continues, or None where it starts something new.

    A token that is forged, cut or of another case leads nowhere; the next clue is tried.
    """
    ids = answered_ids(message)
    envelope = (*message.to, *message.cc, *message.delivered_to)
    if reference := find_marked_reference(" ".join(ids), key):
        return ThreadClue(Clue.HEADER_TOKEN, reference)
    if reference := find_marked_reference(" ".join(address.email for address in envelope), key):
        return ThreadClue(Clue.ADDRESS_TOKEN, reference)
    if reference := _find_in_body(message, key):
        return ThreadClue(Clue.BODY_TOKEN, reference)
    if ids and (reference := known(ids, "")):
        return ThreadClue(Clue.KNOWN_MESSAGE, reference)
    if (root := thread_root(message.thread_index)) and (reference := known((), root)):
        return ThreadClue(Clue.OUTLOOK_THREAD, reference)
    reference, number = parse_reference(message.subject) or "", find_sr_number(message.subject)
    return ThreadClue(Clue.SUBJECT, reference, number) if reference or number else None


def answered_ids(message: IncomingMessage) -> tuple[str, ...]:
    """The Message-IDs that `message` says it follows, nearest first, without angle brackets."""
    nearest = (message.in_reply_to,) if message.in_reply_to else ()
    return tuple(dict.fromkeys((*nearest, *reversed(message.references))))


def thread_root(thread_index: str) -> str:
    """The part of a Thread-Index header that every message of an Outlook conversation shares, in hex; empty if none.

    [MS-OXOMSG] 2.2.1.3: a reserved byte, five bytes of time, a GUID of sixteen, then five bytes for each answer.
    Exchange rewrites the time for some clients, so only the GUID is compared.
    """
    try:
        data = base64.b64decode(thread_index, validate=False)
    except (binascii.Error, ValueError):
        return ""
    guid = data[6:22]
    return guid.hex() if len(guid) == 16 and any(guid) else ""


def find_sr_number(subject: str) -> str:
    """The service-request number that a subject names, as written; empty where it names none."""
    found = _SR_NUMBER.search(subject)
    return found[1] if found else ""


def same_person(one: str, other: str) -> bool:
    """Whether two addresses are one mailbox: capitals and a plus tag do not matter, everything else does."""
    first, second = _mailbox(one), _mailbox(other)
    return bool(first) and first == second


def _mailbox(address: str) -> tuple[str, str] | None:
    local, at, domain = address.strip().strip("<>").casefold().rpartition("@")
    local = local.partition("+")[0] or local
    return (local, domain.rstrip(".")) if at and local and domain else None


def _find_in_body(message: IncomingMessage, key: bytes) -> str | None:
    return find_marked_reference(message.text[:MOST_TEXT], key) or find_marked_reference(
        (message.html or "")[:MOST_TEXT], key
    )
