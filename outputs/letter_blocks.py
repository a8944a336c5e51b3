"""What a letter's plain text is made of: headings, paragraphs and lists, for every format that it goes out in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

HEADINGS = frozenset(
    {"What happens next", "Reason", "What we need", "What to change", "You may also want to", "How to send it back"}
    | {"With this letter"}
)
"""Lines of our letters that are headings where more lines follow them in the same paragraph."""

# How a line of a list begins, by the element that it becomes.
_MARKERS = {"ol": re.compile(r"\d{1,2}\. +(?=\S)"), "ul": re.compile(r"[-*\u2022] +(?=\S)")}


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is `heading`, `p`, `ol` or `ul`; the lines of a list stand without their markers."""

    kind: str
    lines: tuple[str, ...]


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a letter in order; paragraphs are parted by empty lines."""
    found: list[Block] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines = paragraph.splitlines()
        if len(lines) > 1 and lines[0].strip() in HEADINGS:
            found.append(Block("heading", (lines[0].strip(),)))
            lines = lines[1:]
        for kind, run in groupby(lines, key=_kind):
            found.append(Block(kind, tuple(_MARKERS[kind].sub("", line) if kind in _MARKERS else line for line in run)))
    return tuple(found)


def _kind(line: str) -> str:
    return next((kind for kind, marker in _MARKERS.items() if marker.match(line)), "p")
