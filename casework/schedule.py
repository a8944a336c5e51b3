"""The Development Schedule as a value: all that the document says, and what its editor decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.state_words import PENDING

TO_BE_CONFIRMED = "Release to be confirmed"
WITHDRAWN = "Withdrawn"


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One row of the Development Schedule; never a requester's name.

    `status` is the outcome with its particulars ("Approved, allocated to Release 71"), `outcome` without ("Approved").
    """

    reference: str
    sr_number: str
    title: str
    organisation: str
    region: str
    functional_area: str
    description: str
    driver: str
    date_raised: date
    status: str
    outcome: str
    decided_on: date | None = None
    release: str | None = None
    reason: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether nobody has decided yet."""
        return self.outcome == PENDING


@dataclass(frozen=True, slots=True)
class Release:
    """A planned release of ESR; stored, never computed from dates."""

    name: str
    planned: date | None = None


Section = tuple[Release, tuple[ScheduleLine, ...]]
"""A release with its changes in the editor's order."""


@dataclass(frozen=True, slots=True)
class PastIssue:
    """An issue that went out before this one, as the change record lists it."""

    issued: date
    version: str
    change_note: str


class ChangeKind(StrEnum):
    """What may happen to a line between two issues, in the words of the document."""

    ADDED = "Added"
    MOVED = "Moved"
    RELEASE_DATE = "Release date"
    REMOVED = "Removed"
    DECIDED = "Decided"
    WITHDRAWN = "Withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference from the issue before; `reference` is empty where it is about a whole release."""

    kind: ChangeKind
    reference: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one kind came in, how many of them are listed, and how many are not for the reason in `note`."""

    what: str
    came_in: int
    listed: int
    left_out: int = 0
    note: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nobody's request fell out on the way."""
        return self.came_in == self.listed + self.left_out


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that the quarterly document says: the same value gives the same bytes.

    `roles` and `competences` are None where the editor left the annex out. `compared_with` names the issue that
    `changes` are counted from, or says why there is none. `events` and `head` are the length of the record and its
    last hash when the schedule was gathered.
    """

    quarter: str
    label: str
    reference: str
    issued: date
    version: str
    window_start: date
    window_end: date
    releases: tuple[Section, ...] = ()
    justifications: tuple[ScheduleLine, ...] = ()
    roles: tuple[ScheduleLine, ...] | None = None
    competences: tuple[ScheduleLine, ...] | None = None
    previous_issues: tuple[PastIssue, ...] = ()
    introduction: str = ""
    note: str = ""
    change_note: str = ""
    compared_with: str = ""
    changes: tuple[Change, ...] = ()
    tallies: tuple[Tally, ...] = ()
    events: int = 0
    head: str = ""

    def lines(self) -> tuple[ScheduleLine, ...]:
        """Every line in the order of the document; a request may stand under its release and among the raised."""
        changes = tuple(line for _, lines in self.releases for line in lines)
        return (*changes, *self.justifications, *(self.roles or ()), *(self.competences or ()))


@dataclass(frozen=True, slots=True)
class Editing:
    """What an editor decides about an issue; the record decides all else.

    `order` holds references in the order wanted within their releases; those it does not name follow by reference.
    `left_out` holds the references of changes that are not to be listed under a release.
    """

    issued: date | None = None
    introduction: str = ""
    note: str = ""
    change_note: str = ""
    order: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    with_roles: bool = False
    with_competences: bool = False
