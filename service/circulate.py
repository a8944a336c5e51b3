"""Circulation with this installation's address and files, for its pages."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlite_utils import Database

from outputs.issue import ALONE, ask_to_send, body_for, confirm_sending, find_issue, send_test
from review.doors import CirculateDoors
from service.settings import Settings
from store.circulation import Circulation
from store.originals import load_original


def circulate_doors(settings: Settings) -> CirculateDoors:
    """The doors of the circulation pages."""
    address = settings.address.rstrip("/")

    def confirm(db: Database, circulation_id: int, *, person_id: int, now: datetime) -> int:
        return confirm_sending(
            db,
            circulation_id,
            person_id=person_id,
            now=now,
            address=address,
            size_of=lambda digest: len(load_original(settings.originals, digest)),
        )

    def test(db: Database, circulation: Circulation, *, recipient: str, now: datetime) -> None:
        send_test(db, circulation, recipient=recipient, now=now, address=address, key=secrets.token_hex(8))

    return CirculateDoors(
        alone=ALONE,
        preview=lambda db, circulation: body_for(circulation, find_issue(db, circulation), None, address),
        test=test,
        ask=ask_to_send,
        confirm=confirm,
    )
