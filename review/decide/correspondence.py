"""What a person writes to the sender before anything is decided: the acknowledgement, a question, a second try."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import EventKind
from casework.lifecycle import ASKABLE
from casework.promise import Calendar
from review.decide.act import (
    Act,
    Letter,
    checked_words,
    claimed_state,
    keep,
    must_review,
    send_letter,
    state_now,
    verdict_facts,
)
from store.commissions import CommissionKind, commission_again
from store.database import transaction
from store.decision_drafts import drop_decision_draft
from store.deliveries import DeliveryState, find_delivery
from store.deliveries import send_again as owe_delivery_again


def acknowledge(db: Database, act: Act, *, letter: Letter, calendar: Calendar, fresh: bool = False) -> None:
    """Acknowledge the request as a person, which keeps the five-working-day promise; once for a case.

    How the promise ended is kept with the calendar that it was counted on. `fresh` refuses with StaleError where the
    case has changed since it was seen.
    """
    with transaction(db):
        state = state_now(db, act)
        must_review(act.person)
        if state.acknowledged_at is not None:
            raise RefusedError("This request has been acknowledged already.")
        number = keep(db, act, EventKind.ACKNOWLEDGED, facts=verdict_facts(db, act, state, calendar), fresh=fresh)
        send_letter(db, act, "acknowledgement", letter, number)


def ask_for_information(
    db: Database,
    act: Act,
    *,
    message: str,
    letter: Letter,
    order: str = "",
    at_once: bool = False,
) -> None:
    """Ask the sender for more, with the files of `order` that help them; the case waits for them until they answer."""
    with transaction(db):
        state = claimed_state(db, act)
        if state.status not in ASKABLE:
            raise RefusedError("You can ask for information only before the request is decided.")
        words = {"message": checked_words(message, "what you need")}
        number = keep(db, act, EventKind.INFORMATION_REQUESTED, words=words, fresh=True)
        send_letter(db, act, "information-request", letter, number, order, at_once=at_once)
        drop_decision_draft(db, act.case_id, act.person.id)


def send_again(db: Database, act: Act, *, delivery_id: int) -> None:
    """Try a message once more that could not be delivered."""
    with transaction(db):
        must_review(act.person)
        delivery = find_delivery(db, delivery_id)
        if delivery is None or delivery.case_id != act.case_id:
            raise RefusedError("There is no such message.")
        if delivery.state not in (DeliveryState.FAILED, DeliveryState.BOUNCED):
            raise RefusedError("Only a message that could not be delivered can be sent again.")
        owe_delivery_again(db, delivery.id)
        if delivery.is_enclosing:
            commission_again(db, CommissionKind.ENCLOSURES, str(delivery.id), person_id=act.person.id, now=act.now)
        keep(db, act, EventKind.NOTED, facts={"what": "sent-again", "delivery": delivery.id})
