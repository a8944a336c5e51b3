"""Templates as values: which there are, what they may use, and what was found wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where: "Table 1, row 2, cell 3" with the words that stand there."""

    place: str
    message: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class TemplateKind:
    """One template: its key in addresses, title, what it is used for, and what may stand in its braces, explained.

    Of the fields in `needs` a text has to use at least one; nothing there means that none is needed.
    """

    key: str
    title: str
    use: str
    fields: Mapping[str, str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedTemplate:
    """A Word template after its check: its faults, or the document that it made of example values and a picture.

    `picture` is a WebP of the first page, empty where pages cannot be drawn here.
    """

    faults: tuple[Fault, ...] = ()
    sample: bytes = b""
    picture: bytes = b""
