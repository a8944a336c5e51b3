"""Uploads before they are sent: kept and read, changed by their sender, and only then acknowledged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind, Fact
from casework.lifecycle import DECIDED, Status
from casework.model import Arrival, FileKind, Receipt
from casework.sniff import name_of_unknown, sniff
from intake.receive.arrival import (
    READ,
    Piece,
    ReceiptText,
    add_files,
    issue_receipt,
    note_original,
    open_with,
    shown_name,
    write_arrival,
)
from intake.receive.quota import Quota, check_quota
from intake.receive.rounds import settle_round
from store.cases import (
    CaseRow,
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
    find_draft_of_line,
    load_draft_by_token,
    load_old_drafts,
    set_given,
)
from store.drafts import load_draft as load_draft_by_id
from store.ledger import LedgerLine, Outcome, find_by_key, is_held, set_outcome
from store.originals import keep_original, load_original
from store.work import end_draft_work, hand_on_draft_work, owe_to_draft


class OweNext(Protocol):
    """Writes the work that is owed once a submission is read, inside the open transaction."""

    def __call__(self, db: Database, submission_id: int, record_text: str, *, now: datetime) -> None:
        """`record_text` is JSON: {"readings": [...]}."""


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
    quota: Quota | None = None,
    find_virus: Callable[[bytes], str | None] = lambda _: None,
    follows: int | None = None,
) -> tuple[Draft | None, Receipt]:
    """Keep an upload and owe its reading, without asking anybody for anything yet.

    The draft is None where the file was refused, came before or has a virus: then the receipt says why, and the bytes
    of a file with a virus are kept where nobody is ever given them. `find_virus` names what it finds in bytes.
    `follows` is the case whose sender uploads a new version. UnavailableError where the quota is used up or the scanner
    cannot be asked: then nothing was kept.
    """
    arrival = replace(arrival, name=shown_name(arrival.name))
    sha256 = hashlib.sha256(arrival.data).hexdigest()
    key = f"{hand_in_key}:{sha256}"
    size, is_new = len(arrival.data), find_by_key(db, key) is None
    if quota is not None and is_new:
        check_quota(db, quota, channel=arrival.channel, sender=arrival.sender, size=size, now=now)
    is_too_large = size > limit_bytes
    virus = find_virus(arrival.data) if is_new and not is_too_large else None
    refusal = _too_large(limit_bytes) if is_too_large else _why_not_a_form(arrival.data)
    if not is_too_large:
        keep_original(originals, arrival.data)
    with transaction(db):
        if (line := find_by_key(db, key)) is not None:
            return _what_came_of(db, line)
        before = None if refusal else _request_with(db, sha256)
        outcome, note, message, case_id, reference = Outcome.DRAFT, "", "", None, None
        if virus or is_held(db, sha256):
            outcome, message = Outcome.QUARANTINED, _STOPPED
            note = f"The virus scanner found {virus[:100]}. Nobody can open it here." if virus else _HELD_BEFORE
        elif refusal:
            outcome, note = Outcome.REFUSED, refusal
        elif before is not None:
            outcome, case_id, reference = Outcome.DUPLICATE, before.id, before.reference
            note = _came_before(before)
        if not is_too_large:
            note_original(db, sha256, arrival.data, now)
        ledger_id = write_arrival(
            db, arrival, outcome, sha256=sha256, case_id=case_id, note=note, hand_in_key=key, now=now
        )
        if outcome is not Outcome.DRAFT:
            return None, Receipt(ledger_id, outcome, reference, message or note)
        draft_id = add_draft(
            db,
            ledger_id=ledger_id,
            sha256=sha256,
            name=arrival.name,
            sender=arrival.sender,
            now=now,
            follows_id=follows,
        )
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
    originals: str,
    now: datetime,
    receipt_text: ReceiptText,
    owe_next: OweNext = lambda *_, **__: None,
) -> tuple[int, str]:
    """The sender sends it: (case id, reference). Sending twice gives the same case.

    A new version goes to the case that it follows; where that is decided, it is a new case that follows it. What was
    read while the sender looked at it is the case's reading, and `owe_next` writes what is owed after that; a reading
    that is owed or under way is the case's from now on.
    """
    with transaction(db):
        draft = load_draft_by_token(db, token)
        if draft.state is DraftState.SENT and draft.case_id is not None:
            return draft.case_id, load_case(db, draft.case_id).reference
        if draft.state is not DraftState.OPEN:
            raise RefusedError("This upload was not sent within 7 days, so it is gone. Upload the form again.")
        if (other := _request_with(db, draft.sha256)) is not None:
            raise RefusedError(_came_before(other))
        case_id, submission_id = _put_into_a_case(db, draft, now)
        reference = load_case(db, case_id).reference
        for field, value in _given(draft, originals).items():
            facts: dict[str, Fact] = {"field": field, "submission": submission_id}
            record(db, Event(EventKind.ANSWER_GIVEN, now, SENDER, case_id, facts=facts, words={"value": value}))
        if draft.is_read or draft.is_being_read:
            hand_on_draft_work(db, draft.id, submission_id)
        end_draft(db, draft.id, DraftState.SENT, case_id)
        letter = receipt_text(reference, draft.name, now)
        issue_receipt(db, case_id, submission_id, recipient=draft.sender, letter=letter, now=now)
        if draft.is_read:
            text = json.dumps({"readings": draft.readings}, ensure_ascii=False)
            commit_reading(db, submission_id=submission_id, attempt=f"d{draft.id}", record_text=text, now=now)
            owe_next(db, submission_id, text, now=now)
            settle_round(db, submission_id, now=now, receipt_text=receipt_text)
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


def _put_into_a_case(db: Database, draft: Draft, now: datetime) -> tuple[int, int]:
    """(case, submission): a version of the case that it follows, or a case of its own."""
    before = load_case(db, draft.follows_id) if draft.follows_id is not None else None
    piece = Piece(draft.ledger_id, draft.sha256, draft.name, "upload", draft.sender)
    if before is not None and Status(before.status) not in DECIDED:
        # Whether it is the same form as before, and so a version of this case, is settled when it is read.
        (submission_id,) = add_files(
            db,
            before.id,
            [piece],
            role=FileRole.UNSORTED,
            round_number=next_round(db, before.id),
            now=now,
            given_sha256=draft.given_sha256,
        )
        set_outcome(db, draft.ledger_id, Outcome.SUPPORTING, case_id=before.id)
        if not draft.is_read:
            facts: dict[str, Fact] = {"channel": "upload", "ledger": draft.ledger_id}
            record(db, Event(EventKind.REPLIED, now, SENDER, before.id, facts=facts))
        return before.id, submission_id
    case_id, _ = open_case(db, now)
    (submission_id,) = open_with(db, case_id, [piece], role=FileRole.FORM, now=now, given_sha256=draft.given_sha256)
    set_outcome(db, draft.ledger_id, Outcome.CASE, case_id=case_id)
    if before is not None:
        link_cases(db, case_id, before.id, LinkKind.FOLLOWS, now)
        facts = {"other": before.reference, "how": LinkKind.FOLLOWS.value}
        record(db, Event(EventKind.LINKED, now, SENDER, case_id, facts=facts))
    return case_id, submission_id


def _what_came_of(db: Database, line: LedgerLine) -> tuple[Draft | None, Receipt]:
    """The answer that the same page was given when it was sent first."""
    draft = find_draft_of_line(db, line.id)
    message = "" if draft else _STOPPED if line.outcome is Outcome.QUARANTINED else line.note
    reference = load_case(db, line.case_id).reference if line.case_id is not None else None
    return draft, Receipt(line.id, line.outcome, reference, message)


def _given(draft: Draft, originals: str) -> dict[str, str]:
    """What the sender typed beside the file, by question."""
    if draft.given_sha256 is None:
        return {}
    given: dict[str, str] = json.loads(load_original(originals, draft.given_sha256))
    return dict(sorted(given.items()))


def _request_with(db: Database, sha256: str) -> CaseRow | None:
    """The request that has exactly this file, unless it was withdrawn."""
    before = find_case_with_original(db, sha256)
    return None if before is None or before.status == Status.WITHDRAWN else before


def _came_before(before: CaseRow) -> str:
    return f"We already have this exact file. Its reference is {before.reference}, and nothing more is needed."


def _why_not_a_form(data: bytes) -> str:
    """Why these bytes cannot hold a form, empty where they may: told at once, with what the sender can do."""
    if not data:
        return "The file is empty. Check that it opens on your computer, and choose it again."
    kind = sniff(data)
    if kind in (FileKind.EML, FileKind.MSG):
        return "The file is an email. Save the form that came with it, and upload that."
    if kind is FileKind.UNKNOWN:
        return f"The file is {name_of_unknown(data)}. Upload the form as a Word document (.docx or .doc) or a PDF."
    return ""


_HELD_BEFORE = "The same file was stopped by the virus scanner before. Nobody can open it here."
_STOPPED = "We stopped the file: it may have a virus. Ask your IT team to look at it, and upload another copy."


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
