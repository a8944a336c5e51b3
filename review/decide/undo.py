"""Taking back what one did a moment ago, while its message has not left."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import Event, EventKind, taken_back, user_actor
from review.decide.act import GRACE, Act, keep, must_review
from store.database import transaction
from store.deliveries import Delivery, DeliveryState, end_delivery, load_deliveries_of_event
from store.events import load_events

_CAN_BE_TAKEN_BACK = frozenset(
    {
        EventKind.ACKNOWLEDGED,
        EventKind.INFORMATION_REQUESTED,
        EventKind.DECIDED,
        EventKind.ALLOCATED,
        EventKind.APPEALED,
    }
)


def take_back(db: Database, act: Act, *, event_number: int) -> None:
    """Undo an acknowledgement, a question or a decision of one's own while its message has not left.

    The act and its undoing both stay in the record; the case is where it was before.
    """
    with transaction(db):
        must_review(act.person)
        events = load_events(db, act.case_id)
        done = next((event for event in events if event.number == event_number), None)
        if done is None or done.kind not in _CAN_BE_TAKEN_BACK or done.actor != user_actor(act.person.id):
            raise RefusedError("This cannot be taken back. You can take back only what you did yourself.")
        if event_number in taken_back(events):
            raise RefusedError("This was taken back already.")
        letters = load_deliveries_of_event(db, event_number)
        if not _can_stop(letters, act.now):
            raise RefusedError("The message has left, so this cannot be taken back any more. Write to the requester.")
        if _newest_act(events) != done:
            raise RefusedError("Something was done after this. Take that back first.")
        for letter in letters:
            end_delivery(db, letter.id, DeliveryState.TAKEN_BACK, problem="", now=act.now)
        released = next((event for event in events if event.number == event_number + 1), None)
        keep(db, act, EventKind.TAKEN_BACK, facts={"event": event_number, "what": done.kind.value})
        if released is not None and released.kind is EventKind.RELEASED and released.at == done.at:
            keep(db, act, EventKind.CLAIMED)


def find_undoable(db: Database, case_id: int, person_id: int, now: datetime) -> tuple[int, datetime] | None:
    """The act that `take_back` would let this person undo now, and until when; None where there is none."""
    done = _newest_act(load_events(db, case_id))
    if done is None or done.actor != user_actor(person_id):
        return None
    letters = load_deliveries_of_event(db, done.number)
    return (done.number, done.at + GRACE) if _can_stop(letters, now) else None


def _newest_act(events: list[Event]) -> Event | None:
    """The newest act that may be taken back and was not."""
    undone = taken_back(events)
    acts = (event for event in reversed(events) if event.kind in _CAN_BE_TAKEN_BACK and event.number not in undone)
    return next(acts, None)


def _can_stop(letters: list[Delivery], now: datetime) -> bool:
    """Whether the messages of an act are all still here."""
    still_here = (DeliveryState.WAITING, DeliveryState.NOT_SENT)
    return bool(letters) and all(
        letter.state in still_here and letter.not_before is not None and letter.not_before > now for letter in letters
    )
