"""A message taken apart, before anybody has judged its parts: what mail, Outlook and TNEF readers all hand on."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_LEVELS = 30
"""Multiparts within multiparts that are followed; what lies deeper is handed on whole, with the reason."""

MOST_PARTS = 500
"""Parts and files that one message may give, those of the messages and zips within it included."""

MOST_BYTES = 100_000_000
"""Bytes that all parts and files may unpack to, together."""


@dataclass(slots=True)
class Bounds:
    """What may still be taken out of one message; shared by everything that is unwrapped from it."""

    parts: int = MOST_PARTS
    bytes: int = MOST_BYTES
    left_out: int = 0

    def take(self, size: int) -> bool:
        """Whether one more part of `size` bytes is allowed; counts it either way."""
        if self.parts < 1 or self.bytes < size:
            self.left_out += 1
            return False
        self.parts -= 1
        self.bytes -= size
        return True


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf that is not the message's text. `name` is as the sender gave it, decoded but not made safe."""

    name: str
    data: bytes
    content_type: str
    disposition: str = ""
    content_id: str = ""
    related: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The machine-readable half of a multipart/report (RFC 6522): `kind` is its report-type, in lower case."""

    kind: str
    fields: bytes
    returned: bytes = b""


@dataclass(slots=True)
class RawMessage:
    """Headers in their order with lower-case names and values as sent (unfolded, undecoded); texts; parts."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    html: str | None = None
    parts: list[Part] = field(default_factory=list)
    report: Report | None = None
    enclosed: list[tuple[str, RawMessage]] = field(default_factory=list)
    """Messages within that have no bytes of their own, as Outlook stores them: (name, message)."""
    oddities: list[str] = field(default_factory=list)

    def note(self, oddity: str) -> None:
        """Say an oddity once."""
        if oddity not in self.oddities:
            self.oddities.append(oddity)

    def first(self, name: str) -> str | None:
        """The first header of this lower-case name, as sent."""
        return next((value for key, value in self.headers if key == name), None)
