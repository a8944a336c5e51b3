"""A list of addresses from a CSV file, row by row: which can be added, and what is wrong with the others."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass

from casework.errors import RefusedError

MOST_ROWS = 2_000
MOST_BYTES = 300_000
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|")
_HEADS = frozenset({"email", "e-mail", "address", "email address", "e-mail address", "mail"})
_NAMES = frozenset({"name", "full name", "contact", "person"})


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """One row of the file: its number from 1, the address and name as they would be kept, and what is wrong with it."""

    row: int
    address: str
    name: str = ""
    problem: str = ""


def is_mail_address(text: str) -> bool:
    """Whether the text is one address that can be written to."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and ".." not in text


def parse_addresses(data: bytes, *, known: Collection[str], left: Collection[str]) -> list[ListedAddress]:
    """The rows of a CSV file: an address each, and a name beside it where there is one; a heading row may come first.

    `known` are addresses on the list already, `left` those that asked not to be written to, in lower case. RefusedError
    where the file is no list of this kind or is too long.
    """
    if len(data) > MOST_BYTES:
        raise RefusedError(f"The file is larger than {MOST_BYTES // 1000} KB. Import it in parts.")
    rows = [
        row for row in csv.reader(io.StringIO(_decoded(data)), delimiter=_delimiter(data)) if any(map(str.strip, row))
    ]
    if not rows:
        raise RefusedError("The file holds no addresses. Put one address in each row.")
    if len(rows) > MOST_ROWS:
        raise RefusedError(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.")
    heads = [cell.strip().casefold() for cell in rows[0]]
    has_heads = any(head in _HEADS for head in heads)
    at = next((place for place, head in enumerate(heads) if head in _HEADS), 0)
    beside = next((place for place, head in enumerate(heads) if head in _NAMES), 1 if at == 0 else 0)
    seen: set[str] = set()
    found = []
    for number, row in enumerate(rows, start=1):
        if number == 1 and has_heads:
            continue
        found.append(_judged(number, _cell(row, at), _cell(row, beside) if beside != at else "", known, left, seen))
    return found


def _judged(
    row: int, address: str, name: str, known: Collection[str], left: Collection[str], seen: set[str]
) -> ListedAddress:
    problem = ""
    key = address.casefold()
    if address.startswith(_FORMULA) or name.startswith(_FORMULA):
        problem = "A cell begins like a formula"
    elif not is_mail_address(address):
        problem = "This is not an email address"
    elif key in seen:
        problem = "It stands in the file twice"
    elif key in left:
        problem = "They asked not to be written to"
    elif key in known:
        problem = "It is on the list already"
    seen.add(key)
    return ListedAddress(row, address[:254], " ".join(name.split())[:120], problem)


def _cell(row: list[str], at: int) -> str:
    return "".join(char for char in row[at].strip() if char.isprintable()) if at < len(row) else ""


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise RefusedError("This is not a CSV file. Save the sheet as CSV and import that.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _delimiter(data: bytes) -> str:
    first = data.split(b"\n", 1)[0]
    return max(",;\t", key=lambda sign: first.count(sign.encode()))
