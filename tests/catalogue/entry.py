"""What an entry of the catalogue is: a bad file, how it is made, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """It is read as the form that it is. `notes` and `unread` hold a piece of each thing that a person is told.

    `answer` is what must be found as the name of the role; `also` says that anything else told is as it should be.
    """

    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    answer: str = "Menopause Advocate"


@dataclass(frozen=True, slots=True)
class Refused:
    """It gives a problem of this kind, whose message holds these words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One bad file. `row` is its class in the catalogue of the reliability design, `name` also its file name."""

    row: int
    name: str
    how: str
    make: Callable[[], bytes]
    outcome: Accepted | Refused
