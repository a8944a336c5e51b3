"""The outbox: each message once, its exact words kept."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from store.cases import open_case
from store.database import transaction
from store.deliveries import Delivery, add_delivery, load_deliveries


def test_a_message_is_written_once_for_its_key(db: Database, now: datetime) -> None:
    written = []
    with transaction(db):
        case_id, _ = open_case(db, now)
        for key, subject in (("receipt-s1", "First"), ("receipt-s1", "Second"), ("letter-e2", "Third")):
            written.append(
                add_delivery(
                    db,
                    delivery_key=key,
                    case_id=case_id,
                    kind="receipt",
                    recipient="a@example.nhs.uk",
                    subject=subject,
                    body="R&D <b>",
                    now=now,
                )
            )
    assert written == [True, False, True]
    assert [delivery.subject for delivery in load_deliveries(db)] == ["Third", "First"]
    assert load_deliveries(db, case_id=case_id, limit=1) == [
        Delivery(2, case_id, "receipt", "a@example.nhs.uk", "Third", "R&D <b>", "waiting", now)
    ]
    assert load_deliveries(db, case_id=99) == []
