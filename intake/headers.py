"""A message's headers as values: addresses, ids, moments, one guarded reading for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeVar

from intake.internet_mail import DAMAGED_HEADER, decode_words
from intake.raw_message import RawMessage
from intake.safe_text import safe_line

MOST_ADDRESSES = 500
MOST_REFERENCES = 100
SUBJECT_LIMIT = 200
DISPLAY_NAME_LIMIT = 120

_FAULTS = (ValueError, TypeError, LookupError, AttributeError, AssertionError, OverflowError, RecursionError)
"""What the standard library's address and date parsers are known to raise on malformed input."""

_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_BARE_ID = re.compile(r"[^<>\s,;]{1,400}@[^<>\s,;]{1,400}")
_EMAIL = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:\"@]{1,64}@[^\s\x00-\x1f\x7f<>()\\,;:\"@]{1,255}")
_QUOTED_LOCAL = re.compile(r'"[^"\x00-\x1f\x7f]{1,62}"@[^\s\x00-\x1f\x7f<>()\\,;:"@]{1,255}')

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox as given: `email` is empty where none could be made out; `name` is what the writer claims to be."""

    email: str
    name: str = ""


class Headers:
    """Reads the headers of one message; what cannot be read is left out, and noted as an oddity of the message."""

    def __init__(self, raw: RawMessage) -> None:
        self._raw = raw

    def all(self, *names: str) -> list[str]:
        """Values as sent, of the headers with these lower-case names, in their order."""
        return [value for name, value in self._raw.headers if name in names]

    def subject(self) -> str:
        """The subject decoded, safe to show and to send back in a header (no line ends), at most 200 characters."""
        return self.decoded("subject", SUBJECT_LIMIT)

    def decoded(self, name: str, limit: int) -> str:
        """One header's text on one safe line; empty where there is none."""
        return safe_line(decode_words((self._raw.first(name) or "")[:4_000]), limit)

    def addresses(self, *names: str) -> tuple[Address, ...]:
        """Every address in the headers with these names."""
        values = self.all(*names)
        nobody: list[Address] = []
        return tuple(self._guarded(lambda: _read_addresses(values), nobody))[:MOST_ADDRESSES]

    def return_path(self) -> str | None:
        """The envelope's sender: None where no header says it, empty for the null path of machine mail."""
        value = self._raw.first("return-path")
        if value is None:
            return None
        found = re.search(r"<\s*([^<>\s]*)\s*>", value)
        return safe_line(found[1] if found else value, 320)

    def ids(self, name: str) -> tuple[str, ...]:
        """Message ids without their angle brackets, without repeats; the last hundred where a header names more."""
        text = " ".join(self.all(name))
        found = _ID.findall(text) or _BARE_ID.findall(text)
        return tuple(dict.fromkeys(safe_line(each, 1_000) for each in found))[-MOST_REFERENCES:]

    def date(self) -> datetime | None:
        """The moment that the sender's machine stated, with its zone; None where it is missing or no possible one."""
        value = self._raw.first("date")
        if value is None:
            return None
        moment = self._guarded(lambda: parsedate_to_datetime(value[:200]), None)
        if moment is None:
            return None
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        # Also keeps away from the ends of the calendar, where a change of zone overflows.
        if not 1980 <= aware.year <= 2200:
            self._raw.note("impossible date")
            return None
        return aware

    def _guarded(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except _FAULTS:
            self._raw.note(DAMAGED_HEADER)
            return otherwise


def _read_addresses(values: list[str]) -> list[Address]:
    # Split first, decoded after: an encoded word may decode to commas and angle brackets of its own.
    pairs = getaddresses([value[:50_000] for value in values if "@" in value])
    # What has no address at all is a name, which the library would take for half an address.
    pairs += [(value.strip(" \"'<>(),"), "") for value in values if "@" not in value and not value.endswith(":;")]
    return [address for name, email in pairs if (address := read_address(email, name)) is not None]


def read_address(email: str, name: str = "") -> Address | None:
    """An address and a display name made safe; None where neither holds anything."""
    plain = safe_line(email.strip().strip("<>'"), 400)
    if not (_EMAIL.fullmatch(plain) or _QUOTED_LOCAL.fullmatch(plain)):
        name, plain = name or plain, ""
    shown = safe_line(decode_words(name[:2_000]), DISPLAY_NAME_LIMIT)
    return Address(plain, shown) if plain or shown else None
