"""Where a request stands, in the words and steps that its sender sees: no reviewer's name, no finding."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, tzinfo

from casework.lifecycle import DECIDED, CaseState, Status
from casework.period import quarter_in_words, quarter_of
from casework.promise import Pause, due_day
from casework.state_words import sentence_of
from casework.wording import counted, day_and_date, long_date
from casework.working_days import ACKNOWLEDGE_WITHIN
from review.presenters import moment_in_words


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: `state` is done, now or later."""

    title: str
    text: str
    state: str


def status_sentence(state: CaseState, release: str) -> str:
    """Where the request stands, in one sentence."""
    review_on = long_date(state.review_on) if state.review_on else ""
    sentence = sentence_of(state.shown_status, release=release, review_on=review_on)
    if state.status is Status.WAITING and state.acknowledged_at is None:
        return f"{sentence} Our {counted(ACKNOWLEDGE_WITHIN, 'working day')} stand still until you answer."
    return sentence


def steps_of(
    state: CaseState,
    *,
    title_of_decision: str,
    release: str,
    today: date,
    holidays: AbstractSet[date],
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
) -> tuple[Step, ...]:
    """The five steps from receipt to publication."""
    received_at = state.received_at
    if received_at is None:
        return ()
    due = due_day(received_at.astimezone(zone).date(), pauses, holidays)
    is_decided = state.status in DECIDED
    # A decision is a person's word too: nobody waits for the acknowledgement of a request that has one.
    is_acknowledged = state.acknowledged_at is not None or is_decided
    is_assessed = state.stage in (Status.ASSESSMENT, Status.PRIORITISATION)
    is_reviewed = is_decided or is_assessed
    if state.acknowledged_at is not None:
        acknowledged = moment_in_words(state.acknowledged_at, zone)
    elif is_decided:
        acknowledged = "Not needed any more" if state.status is Status.WITHDRAWN else "With the decision"
    elif due is None:
        acknowledged = "When you have answered our question"
    else:
        acknowledged = f"By {day_and_date(due)}, within {counted(ACKNOWLEDGE_WITHIN, 'working day')}"
    decided = "We tell you the decision and the reason"
    if is_decided and state.decided_at is not None:
        decided = f"{title_of_decision}, {long_date(state.decided_at.astimezone(zone).date())}"
    published = f"The outcome goes in the Development Schedule for {quarter_in_words(quarter_of(today))}"
    if release:
        published = f"Planned for {release}. {published}"
    plan = (
        ("Received", moment_in_words(received_at, zone), True),
        ("Acknowledged by a person", acknowledged, is_acknowledged),
        ("Reviewed", "Under impact assessment" if is_reviewed and not is_decided else _reviewed(state), is_reviewed),
        ("Decided", decided, is_decided),
        ("Published", published, False),
    )
    first_open = next((number for number, (_, _, done) in enumerate(plan) if not done), len(plan))
    return tuple(
        Step(title, text, "done" if done else "now" if number == first_open else "later")
        for number, (title, text, done) in enumerate(plan)
    )


def _reviewed(state: CaseState) -> str:
    if state.status is Status.WAITING:
        return "We have asked you for more information"
    return "Done" if state.status in DECIDED else "We may ask you for more information"
