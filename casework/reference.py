"""Speakable reference numbers such as ESR-2026-0418."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"\bESR[-\s]?(\d{4})[-\s]?(\d{4,6})\b", re.IGNORECASE)


def make_reference(year: int, number: int) -> str:
    """The reference of the `number`-th case of `year`, counted from 1."""
    return f"ESR-{year}-{number:04d}"


def parse_reference(text: str) -> str | None:
    """The first reference in `text` in its usual shape, or None; spaces and case do not matter."""
    found = _SHAPE.search(text)
    return make_reference(int(found[1]), int(found[2])) if found else None
