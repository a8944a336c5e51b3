"""One thing done to several requests: which of them it can be done to, and why not to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum

from casework.lifecycle import CLOSED, Status
from casework.wording import clock_time, counted, table_date
from review.access import Permission
from store.queries import QueueRow

MOST = 25
"""As many as one page of a list holds."""


class Deed(StrEnum):
    """What may be done to several requests at once."""

    CLAIM = "claim"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    RELEASE = "release"


PERMISSIONS = {
    Deed.CLAIM: Permission.CLAIM,
    Deed.ASSIGN: Permission.ASSIGN,
    Deed.ACKNOWLEDGE: Permission.CLAIM,
    Deed.RELEASE: Permission.ALLOCATE,
}
TITLES = {
    Deed.CLAIM: "Claim requests",
    Deed.ASSIGN: "Assign requests",
    Deed.ACKNOWLEDGE: "Send acknowledgements",
    Deed.RELEASE: "Add requests to a release",
}
_CAN = {
    Deed.CLAIM: "can be claimed",
    Deed.ASSIGN: "can be assigned",
    Deed.ACKNOWLEDGE: "can be acknowledged",
    Deed.RELEASE: "can be put into a release",
}
_DONE = {
    Deed.CLAIM: "claimed",
    Deed.ASSIGN: "assigned",
    Deed.ACKNOWLEDGE: "acknowledged",
    Deed.RELEASE: "put into the release",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One request that was selected; `why_not` is empty where it can be done to it, and else a sentence's end."""

    pick: str
    reference: str
    title: str
    note: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will change and what will not."""

    deed: Deed
    will: tuple[Line, ...]
    will_not: tuple[Line, ...]

    @property
    def summary(self) -> str:
        """`2 of 3 can be claimed.`"""
        number = len(self.will) + len(self.will_not)
        if number == 1:
            return f"The request {_CAN[self.deed] if self.will else _CAN[self.deed].replace('can', 'cannot', 1)}."
        return f"{len(self.will) or 'None'} of {number} {_CAN[self.deed]}."


def read_picks(picks: Sequence[str]) -> dict[int, int]:
    """The requests that were ticked: the version that was seen, by id; what is not understood is left out."""
    found: dict[int, int] = {}
    for pick in picks[:MOST]:
        case_id, _, version = pick.partition("-")
        if all(part.isascii() and part.isdigit() and len(part) < 12 for part in (case_id, version)):
            found[int(case_id)] = int(version)
    return found


def plan(
    deed: Deed, rows: Sequence[QueueRow], *, person_id: int, today: date, zone: tzinfo, is_lead: bool = False
) -> Plan:
    """What would become of each of these requests; `is_lead` says that colleagues' requests may be assigned anew."""
    lines = [
        Line(
            f"{row.id}-{row.version}",
            row.reference,
            row.title or "Title not given",
            f"Moves from {row.release}" if deed is Deed.RELEASE and row.release else "",
            _why_not(deed, row, person_id, today, zone, is_lead),
        )
        for row in rows
    ]
    return Plan(deed, tuple(line for line in lines if not line.why_not), tuple(line for line in lines if line.why_not))


def done_in_words(deed: Deed, number: int) -> str:
    """`3 requests claimed.`"""
    return f"{counted(number, 'request')} {_DONE[deed]}."


def _why_not(deed: Deed, row: QueueRow, person_id: int, today: date, zone: tzinfo, is_lead: bool) -> str:
    if row.status is Status.READING:
        return "is still being read. Try again in a minute."
    if row.status in CLOSED:
        return "is closed."
    match deed:
        case Deed.CLAIM if row.claimed_by == person_id:
            return "is yours already."
        case Deed.CLAIM if row.claimed_by is not None:
            return f"was claimed by {row.claimed_name}{_when(row, today, zone)}."
        case Deed.ASSIGN if row.claimed_by not in (None, person_id) and not is_lead:
            return f"was claimed by {row.claimed_name}{_when(row, today, zone)}."
        case Deed.ACKNOWLEDGE if row.acknowledged_at is not None:
            return f"was acknowledged on {table_date(row.acknowledged_at.astimezone(zone).date())}."
        case Deed.RELEASE if row.status not in (Status.APPROVED, Status.ALLOCATED):
            return "is not approved. Only an approved request can be put into a release."
        case _:
            return ""


def _when(row: QueueRow, today: date, zone: tzinfo) -> str:
    if row.claimed_at is None:
        return ""
    here = row.claimed_at.astimezone(zone)
    return f" at {clock_time(here)}" if here.date() == today else f" on {table_date(here.date())}"
