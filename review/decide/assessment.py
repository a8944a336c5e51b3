"""Assessing the impact of a business justification, and saying how soon it should come."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import EventKind, Fact
from casework.impact import Impact, Priority
from casework.lifecycle import Status
from review.decide.act import Act, checked_words, claimed_state, keep
from store.database import transaction

MOST_RANK = 999


def record_assessment(db: Database, act: Act, *, impact: Impact) -> None:
    """Keep what the change would cost and bring; a second assessment takes the place of the first.

    Whoever writes one cannot approve the request. RefusedError where the request is not being assessed.
    """
    with transaction(db):
        state = claimed_state(db, act)
        if state.stage not in (Status.ASSESSMENT, Status.PRIORITISATION):
            raise RefusedError("This request is not in impact assessment. Read it again to see where it stands.")
        words = {"notes": checked_words(impact.notes, "what the assessment rests on")}
        keep(db, act, EventKind.IMPACT_ASSESSED, facts=impact.facts(), words=words, fresh=True)


def prioritise(db: Database, act: Act, *, priority: Priority, rank: int | None, reason: str) -> None:
    """Keep how soon a request should come, with a reason; `rank` is its place among those that wait, 1 the first."""
    with transaction(db):
        if claimed_state(db, act).stage is not Status.PRIORITISATION:
            raise RefusedError("Assess the impact of this request first.")
        if rank is not None and not 1 <= rank <= MOST_RANK:
            raise RefusedError(f"Enter a place between 1 and {MOST_RANK}, or leave it empty.")
        facts: dict[str, Fact] = {"priority": priority.value, "rank": rank}
        keep(db, act, EventKind.PRIORITISED, facts=facts, words={"reason": checked_words(reason)}, fresh=True)
