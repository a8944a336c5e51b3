"""One file by itself, from the page or from a folder: a ledger line, an original, a case and the work owed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from casework.lifecycle import Status
from casework.model import Arrival, Receipt
from intake.receive.arrival import (
    Piece,
    ReceiptText,
    issue_receipt,
    note_original,
    open_with,
    shown_name,
    write_arrival,
)
from store.cases import CaseRow, FileRole, find_case_with_original, load_case, open_case
from store.database import transaction
from store.ledger import LedgerLine, Outcome, find_by_key
from store.originals import keep_original


def receive(
    arrival: Arrival,
    *,
    db: Database,
    originals: str,
    now: datetime,
    limit_bytes: int,
    receipt_text: ReceiptText,
    hand_in_key: str | None = None,
) -> Receipt:
    """Take one file in; when this returns, everything that the receipt promises is on disk.

    The original is stored first, then one transaction writes the ledger line, the case (or the note that these very
    bytes came before), the work owed and the receipt. Handing in the same bytes again with the same `hand_in_key`
    gives the same receipt; other bytes are another hand-in, whatever their key, so that no form is taken for another.
    A file over `limit_bytes` is refused before it is stored, with a ledger line.
    """
    arrival = replace(arrival, name=shown_name(arrival.name))
    sha256 = hashlib.sha256(arrival.data).hexdigest()
    if hand_in_key is not None:
        hand_in_key = f"{hand_in_key}:{sha256}"
        if (line := find_by_key(db, hand_in_key)) is not None:
            return _receipt_again(db, line)
    if len(arrival.data) > limit_bytes:
        return _refuse(db, arrival, sha256, now=now, limit_bytes=limit_bytes, hand_in_key=hand_in_key)
    keep_original(originals, arrival.data)
    with transaction(db):
        # Asked again inside the transaction: the same hand-in may have come twice at the same moment.
        if hand_in_key is not None and (line := find_by_key(db, hand_in_key)) is not None:
            return _receipt_again(db, line)
        note_original(db, sha256, arrival.data, now)
        before = find_case_with_original(db, sha256)
        if before is not None and before.status != Status.WITHDRAWN:
            return _note_duplicate(db, arrival, sha256, before, now=now, hand_in_key=hand_in_key)
        return _open(db, arrival, sha256, now=now, hand_in_key=hand_in_key, receipt_text=receipt_text)


def _open(
    db: Database, arrival: Arrival, sha256: str, *, now: datetime, hand_in_key: str | None, receipt_text: ReceiptText
) -> Receipt:
    case_id, reference = open_case(db, now)
    ledger_id = write_arrival(
        db, arrival, Outcome.CASE, sha256=sha256, case_id=case_id, note="", hand_in_key=hand_in_key, now=now
    )
    piece = Piece(ledger_id, sha256, arrival.name, arrival.channel, arrival.sender)
    (submission_id,) = open_with(db, case_id, [piece], role=FileRole.FORM, now=now)
    letter = receipt_text(reference, arrival.name, now)
    issue_receipt(db, case_id, submission_id, recipient=arrival.sender, letter=letter, now=now)
    return Receipt(ledger_id, Outcome.CASE, reference, f"We have received your form. Its reference is {reference}.")


def _note_duplicate(
    db: Database, arrival: Arrival, sha256: str, before: CaseRow, *, now: datetime, hand_in_key: str | None
) -> Receipt:
    ledger_id = write_arrival(
        db,
        arrival,
        Outcome.DUPLICATE,
        sha256=sha256,
        case_id=before.id,
        note=f"Exactly the same file as {before.reference}",
        hand_in_key=hand_in_key,
        now=now,
    )
    return Receipt(ledger_id, Outcome.DUPLICATE, before.reference, _duplicate_message(before.reference))


def _refuse(
    db: Database, arrival: Arrival, sha256: str, *, now: datetime, limit_bytes: int, hand_in_key: str | None
) -> Receipt:
    message = (
        f"The file must be smaller than {limit_bytes // 1_000_000} MB."
        " Take pictures out of it, or save it as a PDF, and send it again."
    )
    with transaction(db):
        if hand_in_key is not None and (line := find_by_key(db, hand_in_key)) is not None:
            return _receipt_again(db, line)
        ledger_id = write_arrival(
            db, arrival, Outcome.REFUSED, sha256=sha256, case_id=None, note=message, hand_in_key=hand_in_key, now=now
        )
    return Receipt(ledger_id, Outcome.REFUSED, None, message)


def _receipt_again(db: Database, line: LedgerLine) -> Receipt:
    if line.case_id is None:
        return Receipt(line.id, line.outcome, None, line.note)
    reference = load_case(db, line.case_id).reference
    if line.outcome is Outcome.DUPLICATE:
        return Receipt(line.id, line.outcome, reference, _duplicate_message(reference))
    return Receipt(line.id, line.outcome, reference, f"We have received your form. Its reference is {reference}.")


def _duplicate_message(reference: str) -> str:
    return f"We already have this exact file. Its reference is {reference}, and nothing more is needed."
