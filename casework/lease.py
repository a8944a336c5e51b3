"""A claim is a lease: it ends when its holder has done nothing for five working days, and never while we wait."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from casework.events import Event, user_actor
from casework.lifecycle import DECIDED, CaseState
from casework.promise import pauses_of
from casework.working_days import add_working_days, london_day, working_days_between

LEASE_DAYS = 5
"""Working days without an act of the holder after which a claim has run out."""
REMIND_AFTER = 3


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a case, the day they did something last, and the last day of their claim (None while it rests)."""

    holder: int
    last_act: date
    ends_on: date | None

    def has_run_out(self, today: date) -> bool:
        """Whether anybody may take the case over."""
        return self.ends_on is not None and today > self.ends_on


def lease_of(events: Iterable[Event], state: CaseState, holidays: AbstractSet[date]) -> Lease | None:
    """The claim of a case as a lease; None where nobody has claimed it.

    It rests while the requester owes an answer, as the holder can do nothing then, and once the case is decided. What
    the requester answers starts it anew.
    """
    if state.claimed_by is None or state.claimed_at is None:
        return None
    known = list(events)
    actor = user_actor(state.claimed_by)
    acts = [event.at for event in known if event.actor == actor and event.at >= state.claimed_at]
    last_act = london_day(max(acts, default=state.claimed_at))
    pauses = pauses_of(known)
    if state.status in DECIDED or any(pause.last is None for pause in pauses):
        return Lease(state.claimed_by, last_act, None)
    answered = [pause.last for pause in pauses if pause.last is not None]
    return Lease(state.claimed_by, last_act, add_working_days(max([last_act, *answered]), LEASE_DAYS, holidays))


def is_to_be_reminded(lease: Lease, today: date, holidays: AbstractSet[date]) -> bool:
    """Whether the holder has been silent so long that they are told: it counts for the same silence only once."""
    if lease.ends_on is None or lease.has_run_out(today):
        return False
    return working_days_between(today, lease.ends_on, holidays) <= LEASE_DAYS - REMIND_AFTER
