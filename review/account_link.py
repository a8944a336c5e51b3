"""Hands a person the link with which they set a password: by email where mail is sent, or shown once to who made it."""

from __future__ import annotations

from datetime import datetime

from review import admit, visit
from store.database import transaction
from store.deliveries import add_delivery
from store.people import Person


def link_address(token: str) -> str:
    """The link as it is given away; a path alone where the service does not know its own address."""
    return f"{visit.doors().address}/invitation/{token}"


def send_link(person: Person, token: str, until: datetime, *, is_new: bool) -> bool:
    """Owe the message with the link; False where no mail is sent or no link can be made, so that it must be shown."""
    rooms = visit.doors()
    if not rooms.sends_mail or not rooms.address:
        return False
    day = visit.local(until).date()
    subject, body = rooms.account_letter(name=person.name, link=link_address(token), until=day, is_new=is_new)
    db = visit.database()
    with transaction(db):
        add_delivery(
            db,
            delivery_key=f"{admit.LINK_LETTER}-{person.id}-{until.isoformat()}",
            case_id=None,
            kind=admit.LINK_LETTER,
            recipient=person.email,
            subject=subject,
            body=body,
            is_automatic=True,
            now=visit.now(),
        )
    return True
