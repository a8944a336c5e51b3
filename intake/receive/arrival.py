"""What every way in does alike: keep the bytes, write the line, open a case with its work and its receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from casework.events import SYSTEM, Event, EventKind
from casework.model import Arrival
from casework.sniff import sniff
from intake.safe_text import safe_file_name
from store.cases import FileRole, add_submission, load_submission, record
from store.database import to_text
from store.deliveries import add_delivery
from store.ledger import Outcome, add_line
from store.rounds import note_received
from store.work import owe

READ = "read"

ReceiptText = Callable[[str, str, datetime], tuple[str, str]]
"""(reference, file name, moment of receipt) -> (subject, body) of the automatic receipt."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that is to belong to a case: where its bytes are kept, and what its sender called it."""

    ledger_id: int
    sha256: str
    name: str
    channel: str
    sender: str


def shown_name(name: str) -> str:
    """A sender's file name made safe to show and to save under: see `safe_file_name`."""
    return safe_file_name(name)


def write_arrival(
    db: Database,
    arrival: Arrival,
    outcome: Outcome,
    *,
    sha256: str,
    case_id: int | None,
    note: str,
    hand_in_key: str | None,
    now: datetime,
) -> int:
    """Write the ledger's line of one upload inside the open transaction, and return its number."""
    return add_line(
        db,
        channel=arrival.channel,
        name=arrival.name,
        sender=arrival.sender,
        size=len(arrival.data),
        sha256=sha256,
        outcome=outcome,
        case_id=case_id,
        note=note,
        hand_in_key=hand_in_key,
        now=now,
    )


def note_original(db: Database, sha256: str, data: bytes, now: datetime) -> None:
    """Write that these bytes are in the originals' store, inside the open transaction."""
    db.execute(
        "INSERT OR IGNORE INTO originals (sha256, size, kind, first_seen) VALUES (?, ?, ?, ?)",
        (sha256, len(data), sniff(data).value, to_text(now)),
    )


def open_with(
    db: Database,
    case_id: int,
    pieces: list[Piece],
    *,
    role: FileRole,
    now: datetime,
    given_sha256: str | None = None,
) -> list[int]:
    """Begin round one of a case with these files, and owe their reading; returns the submissions."""
    submissions = add_files(db, case_id, pieces, role=role, round_number=1, now=now, given_sha256=given_sha256)
    for submission_id, piece in zip(submissions, pieces, strict=True):
        db.execute("UPDATE ledger SET case_id = ? WHERE id = ?", (case_id, piece.ledger_id))
        if submission_id == submissions[0]:
            note_received(db, load_submission(db, submission_id), now)
    return submissions


def add_files(
    db: Database,
    case_id: int,
    pieces: list[Piece],
    *,
    role: FileRole,
    round_number: int,
    now: datetime,
    given_sha256: str | None = None,
) -> list[int]:
    """Put files into a round of a case and owe their reading; returns the submissions."""
    found = []
    for piece in pieces:
        submission_id = add_submission(
            db,
            case_id=case_id,
            ledger_id=piece.ledger_id,
            sha256=piece.sha256,
            name=piece.name,
            channel=piece.channel,
            sender=piece.sender,
            now=now,
            round_number=round_number,
            role=role,
            given_sha256=given_sha256,
        )
        owe(db, stage=READ, submission_id=submission_id, now=now)
        found.append(submission_id)
    return found


def issue_receipt(
    db: Database,
    case_id: int,
    submission_id: int,
    *,
    recipient: str,
    letter: tuple[str, str],
    in_reply_to: str = "",
    now: datetime,
) -> None:
    """The automatic receipt, once for a submission."""
    subject, body = letter
    is_new = add_delivery(
        db,
        delivery_key=f"receipt-s{submission_id}",
        case_id=case_id,
        kind="receipt",
        recipient=recipient,
        subject=subject,
        body=body,
        in_reply_to=in_reply_to,
        is_automatic=True,
        now=now,
    )
    if is_new:
        record(db, Event(EventKind.RECEIPT_ISSUED, now, SYSTEM, case_id, facts={"submission": submission_id}))
