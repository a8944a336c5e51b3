"""Whether the sender can be written to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.model import FieldStatus, Finding, Severity
from extract.checks.material import Material

VERSION = 1
_LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ENDING = re.compile(r"[A-Za-z]{2,24}")


def check_email(material: Material) -> Iterator[Finding]:
    """`contact.email`: an address was given and none of those in the field is one that mail can reach."""
    written = material.texts.get("email", "").strip()
    if not written or material.statuses.get("email") is not FieldStatus.ANSWERED:
        return
    parts = [
        part.strip("<>()[]").removeprefix("mailto:") for part in re.split(r"[\s;,]+(?:or|and)?[\s;,]*", written[:2_000])
    ]
    candidates = [part for part in parts if "@" in part] or [written]
    if all(_is_address(part) for part in candidates):
        return
    yield Finding(
        "contact.email",
        Severity.QUERY,
        "email",
        f"“{written[:80]}” is not a valid e-mail address.",
        material.quote_all("email"),
        VERSION,
        f"We could not write to “{written[:80]}”. Check the address, so that our answer reaches you.",
    )


def _is_address(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= _LONGEST
        and _LOCAL.fullmatch(name) is not None
        and len(labels) >= 2
        and all(_LABEL.fullmatch(label) for label in labels)
        and _ENDING.fullmatch(labels[-1]) is not None
    )
