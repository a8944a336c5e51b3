"""Uploads from the pages: within the disk's room and the day's quota, past the virus scanner, then to the doors."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from casework.errors import UnavailableError
from casework.model import Arrival, Receipt
from intake.receive import (
    Quota,
    answer_draft,
    appeal,
    open_draft,
    receive_reply,
    send_draft,
    wish_to_progress,
    withdraw_case,
)
from outputs.letter import build_appeal_receipt, build_progress_receipt
from review.doors import UploadDoors
from service.doors import receipt_wording
from service.endings import owe_pictures
from service.settings import Settings
from service.virus import find_virus
from store.cases import load_case
from store.drafts import Draft

FLOOR = 0.05
"""The share of the disk that stays free, so that what was taken in can still be worked on."""

_FILES_EACH = 200
_FILES = 5000


def upload_doors(settings: Settings) -> UploadDoors:
    """The doors of the upload page and of a request's own page, with these settings."""

    def open_upload(
        db: Database, arrival: Arrival, *, hand_in_key: str, now: datetime, follows: int | None = None
    ) -> tuple[Draft | None, Receipt]:
        usage = shutil.disk_usage(settings.data)
        keep_the_floor(usage.free, usage.total)
        return open_draft(
            arrival,
            db=db,
            originals=settings.originals,
            now=now,
            limit_bytes=settings.upload_limit,
            hand_in_key=hand_in_key,
            quota=quota_of(settings),
            find_virus=lambda data: find_virus(data, settings.clamd),
            follows=follows,
        )

    def answer(db: Database, token: str, given: Mapping[str, str], *, now: datetime) -> Draft:
        return answer_draft(db, token, given, originals=settings.originals, now=now)

    def send(db: Database, token: str, *, now: datetime) -> tuple[int, str]:
        return send_draft(
            db,
            token,
            now=now,
            originals=settings.originals,
            receipt_text=receipt_wording(settings, db),
            owe_next=owe_pictures,
        )

    def progress(db: Database, case_id: int, *, now: datetime) -> None:
        case = load_case(db, case_id)
        letter = build_progress_receipt(reference=case.reference, title=case.title)
        wish_to_progress(db, case_id, letter=letter, now=now)

    def ask_again(db: Database, case_id: int, *, reason: str, now: datetime) -> None:
        case = load_case(db, case_id)
        letter = build_appeal_receipt(reference=case.reference, title=case.title)
        appeal(db, case_id, reason=reason, letter=letter, now=now)

    return UploadDoors(
        open=open_upload,
        answer=answer,
        send=send,
        reply=receive_reply,
        withdraw=withdraw_case,
        progress=progress,
        appeal=ask_again,
        has_scanner=bool(settings.clamd),
    )


def quota_of(settings: Settings) -> Quota:
    """What may be uploaded in a day on this installation."""
    return Quota(files_each=_FILES_EACH, bytes_each=settings.sender_day, files=_FILES, bytes=settings.uploads_day)


def keep_the_floor(free: int, total: int) -> None:
    """UnavailableError where so little of a disk is free that no more is taken in."""
    if free < total * FLOOR:
        raise UnavailableError("We cannot take in files at the moment. Nothing was sent. Try again in an hour.")
