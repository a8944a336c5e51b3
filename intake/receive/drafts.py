"""Uploads before they are sent: kept and read, changed by their sender, and only then acknowledged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind, Fact
from casework.lifecycle import DECIDED, Status
from casework.model import Arrival, Receipt
from intake.receive.arrival import (
    READ,
    Piece,
    ReceiptText,
    add_files,
    issue_receipt,
    note_original,
    note_received,
    open_with,
    shown_name,
)
from store.cases import (
    FileRole,
    LinkKind,
    commit_reading,
    find_case_with_original,
    link_cases,
    load_case,
    next_round,
    open_case,
    record,
)
from store.database import transaction
from store.drafts import (
    Draft,
    DraftState,
    add_draft,
    end_draft,
    load_draft_by_token,
    load_draft_of_line,
    load_old_drafts,
    set_given,
)
from store.drafts import load_draft as load_draft_by_id
from store.ledger import Outcome, add_line, find_by_key, set_outcome
from store.originals import keep_original
from store.work import end_draft_work, owe_to_draft

KEPT_FOR = timedelta(days=7)
"""How long an upload waits for its sender."""


def open_draft(
    arrival: Arrival,
    *,
    db: Database,
    originals: str,
    now: datetime,
    limit_bytes: int,
    hand_in_key: str,
) -> tuple[Draft | None, Receipt]:
    """Keep an upload and owe its reading, without asking anybody for anything yet.

    The draft is None where the file was refused or came before: then the receipt says why.
    """
    arrival = replace(arrival, name=shown_name(arrival.name))
    sha256 = hashlib.sha256(arrival.data).hexdigest()
    key = f"{hand_in_key}:{sha256}"
    is_too_large = len(arrival.data) > limit_bytes
    if not is_too_large:
        keep_original(originals, arrival.data)
    with transaction(db):
        if (line := find_by_key(db, key)) is not None and line.outcome is Outcome.DRAFT:
            return load_draft_of_line(db, line.id), Receipt(line.id, line.outcome, None, "")
        before = None if is_too_large else find_case_with_original(db, sha256)
        outcome, note, case_id, reference = Outcome.DRAFT, "", None, None
        if is_too_large:
            outcome, note = Outcome.REFUSED, _too_large(limit_bytes)
        elif before is not None and before.status != Status.WITHDRAWN:
            outcome, case_id, reference = Outcome.DUPLICATE, before.id, before.reference
            note = f"We already have this exact file. Its reference is {reference}, and nothing more is needed."
        if not is_too_large:
            note_original(db, sha256, arrival.data, now)
        ledger_id = add_line(
            db,
            channel=arrival.channel,
            name=arrival.name,
            sender=arrival.sender,
            size=len(arrival.data),
            sha256=sha256,
            outcome=outcome,
            case_id=case_id,
            note=note,
            hand_in_key=key if line is None else None,
            now=now,
        )
        if outcome is not Outcome.DRAFT:
            return None, Receipt(ledger_id, outcome, reference, note)
        draft_id = add_draft(db, ledger_id=ledger_id, sha256=sha256, name=arrival.name, sender=arrival.sender, now=now)
        owe_to_draft(db, stage=READ, draft_id=draft_id, now=now)
        return load_draft_by_id(db, draft_id), Receipt(ledger_id, outcome, None, "")


def answer_draft(db: Database, token: str, given: Mapping[str, str], *, originals: str, now: datetime) -> Draft:
    """Keep what the sender typed beside the file, whole and in place of what was typed before, and read it again."""
    data = json.dumps(dict(sorted(given.items())), ensure_ascii=False, sort_keys=True).encode()
    sha256 = keep_original(originals, data)
    with transaction(db):
        draft = _open_draft(db, token)
        if draft.given_sha256 != sha256:
            note_original(db, sha256, data, now)
            set_given(db, draft.id, sha256)
            owe_to_draft(db, stage=READ, draft_id=draft.id, now=now)
        return load_draft_by_id(db, draft.id)


def send_draft(
    db: Database,
    token: str,
    *,
    now: datetime,
    receipt_text: ReceiptText,
    given: Mapping[str, str] | None = None,
    follows: int | None = None,
) -> tuple[int, str]:
    """The sender sends it: (case id, reference). Sending twice gives the same case.

    With `follows` it is a new version of that case, whose private link the sender had; of a decided case it is a new
    case that follows it.
    """
    with transaction(db):
        draft = load_draft_by_token(db, token)
        if draft.state is DraftState.SENT and draft.case_id is not None:
            return draft.case_id, load_case(db, draft.case_id).reference
        if draft.state is not DraftState.OPEN:
            raise RefusedError("This upload was not sent within 7 days, so it is gone. Upload the form again.")
        before = load_case(db, follows) if follows is not None else None
        piece = Piece(draft.ledger_id, draft.sha256, draft.name, "upload", draft.sender)
        if before is not None and Status(before.status) not in DECIDED:
            case_id, reference, outcome = before.id, before.reference, Outcome.ROUND
            round_number = next_round(db, case_id)
            (submission_id,) = add_files(
                db,
                case_id,
                [piece],
                role=FileRole.FORM,
                round_number=round_number,
                now=now,
                given_sha256=draft.given_sha256,
            )
            note_received(db, case_id, submission_id, piece, now)
        else:
            case_id, reference = open_case(db, now)
            outcome = Outcome.CASE
            (submission_id,) = open_with(
                db, case_id, [piece], role=FileRole.FORM, now=now, given_sha256=draft.given_sha256
            )
            if before is not None:
                link_cases(db, case_id, before.id, LinkKind.FOLLOWS, now)
                facts: dict[str, Fact] = {"other": before.reference, "how": LinkKind.FOLLOWS.value}
                record(db, Event(EventKind.LINKED, now, SENDER, case_id, facts=facts))
        set_outcome(db, draft.ledger_id, outcome, case_id=case_id)
        for field, value in sorted((given or {}).items()):
            facts = {"field": field, "submission": submission_id}
            record(db, Event(EventKind.ANSWER_GIVEN, now, SENDER, case_id, facts=facts, words={"value": value}))
        end_draft_work(db, draft.id, now)
        end_draft(db, draft.id, DraftState.SENT, case_id)
        if draft.readings:
            # It was read while its sender looked at it: that reading is the case's, and nothing is owed.
            text = json.dumps({"readings": draft.readings}, ensure_ascii=False)
            commit_reading(db, submission_id=submission_id, attempt=f"d{draft.id}", record_text=text, now=now)
            db.execute(
                "UPDATE work SET state = 'done', problem = 'read as a draft' WHERE submission_id = ?", (submission_id,)
            )
        letter = receipt_text(reference, draft.name, now)
        issue_receipt(db, case_id, submission_id, recipient=draft.sender, letter=letter, now=now)
        return case_id, reference


def drop_old_drafts(db: Database, now: datetime) -> int:
    """Give up uploads that nobody sent within seven days; the ledger keeps their line. Returns how many."""
    with transaction(db):
        old = load_old_drafts(db, now - KEPT_FOR)
        for draft in old:
            end_draft_work(db, draft.id, now)
            end_draft(db, draft.id, DraftState.GONE)
            set_outcome(db, draft.ledger_id, Outcome.IGNORED, case_id=None, note="Not sent within 7 days")
        return len(old)


def _open_draft(db: Database, token: str) -> Draft:
    draft = load_draft_by_token(db, token)
    if draft.state is not DraftState.OPEN:
        raise RefusedError("This upload has been sent already. Use the link in your receipt.")
    return draft


def _too_large(limit_bytes: int) -> str:
    return (
        f"The file must be smaller than {limit_bytes // 1_000_000} MB."
        " Take pictures out of it, or save it as a PDF, and send it again."
    )
