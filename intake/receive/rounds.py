"""When all files of a round are read: which is the form, which only support it, and which are requests of their own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.events import SYSTEM, Event, EventKind, Fact
from casework.lifecycle import BUSINESS_JUSTIFICATION, DECIDED, Status
from casework.model import ErrorCode
from intake.receive.arrival import ReceiptText, issue_receipt
from store.cases import (
    CaseRow,
    FileRole,
    LinkKind,
    Submission,
    add_submission,
    find_reading_record,
    keep_reading,
    link_cases,
    load_case,
    load_forms,
    load_submissions,
    move_submission,
    open_case,
    record,
    set_form_index,
    set_role,
)
from store.ledger import Outcome, add_line, load_line, set_outcome
from store.messages import find_message_of_line
from store.rounds import join_cases, note_form_read, note_received
from store.work import owes_reading

_SR_NUMBER = re.compile(r"(?i)\b(?:SR|INC|REQ|RITM|CHG|CR)[\s:#.no-]{0,6}(\d{5,12})\b")
_DIGITS = re.compile(r"\d{5,12}")


@dataclass(frozen=True, slots=True)
class _Form:
    """One form that was found in a file of the round."""

    submission: Submission
    index: int
    reading: dict[str, Any]


def settle_round(db: Database, submission_id: int, *, now: datetime, receipt_text: ReceiptText) -> None:
    """Say what each file of a submission's round is for, once all of them are read; inside the open transaction.

    The first form keeps the case. Each further one, in the same file or another, becomes a case of its own that knows
    the first. Files that hold no form support the case. Safe to call any number of times.
    """
    submission = next((found for found in _all(db, submission_id) if found.id == submission_id), None)
    if submission is None or owes_reading(db, submission.case_id, submission.round):
        return
    files = [found for found in _all(db, submission_id) if found.round == submission.round]
    forms = [form for file in files for form in _forms_in(db, file)]
    is_first_round = submission.round == 1
    if any(file.role == FileRole.UNSORTED for file in files):
        further = _sort(db, files, forms, is_first_round=is_first_round, now=now)
    else:
        further = forms[1:]
    for form in further:
        _open_for(db, form, beside=load_case(db, submission.case_id), now=now, receipt_text=receipt_text)
    if is_first_round:
        _join_by_service_request(db, load_case(db, submission.case_id), now)


def _all(db: Database, submission_id: int) -> list[Submission]:
    found = db.execute("SELECT case_id FROM submissions WHERE id = ?", (submission_id,)).fetchone()
    return load_submissions(db, int(found[0])) if found else []


def _forms_in(db: Database, file: Submission) -> list[_Form]:
    """The forms of one file; a file of which one form was taken out before has only that."""
    if file.role == FileRole.SUPPORTING:
        return []
    readings = [reading for reading in find_reading_record(db, file.id) or [] if reading.get("form")]
    if file.form_index is not None:
        readings = readings[:1]
    return [_Form(file, index, reading) for index, reading in enumerate(readings, start=1)]


def _sort(
    db: Database, files: list[Submission], forms: list[_Form], *, is_first_round: bool, now: datetime
) -> list[_Form]:
    """Give each file of the round its role; returns the forms that are not this case's."""
    case = load_case(db, files[0].case_id)
    # A new version is of the same kind as the form before it, and a decided case takes none; any other form is a
    # request of its own.
    mine = [form for form in forms if is_first_round or case.form in (None, form.reading["form"])]
    chosen = mine[0] if mine and (is_first_round or Status(case.status) not in DECIDED) else None
    main = chosen.submission if chosen else None
    if not forms and is_first_round:
        # Nothing was recognised: a person looks at the likeliest file.
        main = min(files, key=lambda file: (_rank(db, file), file.part))
    for file in files:
        if main is not None and file.id == main.id:
            set_role(db, file.id, FileRole.FORM)
            outcome, note = (Outcome.CASE, "") if is_first_round else (Outcome.ROUND, f"Version {file.round}")
            set_outcome(db, file.ledger_id, outcome, case_id=case.id, note=note)
            if not is_first_round:
                note_received(db, file, now)
            note_form_read(db, file, now)
        elif not any(form.submission.id == file.id for form in forms):
            set_role(db, file.id, FileRole.SUPPORTING)
            set_outcome(db, file.ledger_id, Outcome.SUPPORTING, case_id=case.id)
    return [form for form in forms if form is not chosen]


def _rank(db: Database, file: Submission) -> int:
    """Which file a person looks at where no form was recognised: unreadable ones first, other documents last."""
    readings = find_reading_record(db, file.id)
    problem = (readings[0].get("problem") or {}) if readings else {}
    return 1 if problem.get("code") == ErrorCode.NO_FORM else 0


def _open_for(db: Database, form: _Form, *, beside: CaseRow, now: datetime, receipt_text: ReceiptText) -> None:
    """A case of its own for a further form, which knows the case that it came with, and is told of in a receipt."""
    file = form.submission
    case_id, reference = open_case(db, now)
    if form.index > 1:
        submission_id = _copy_out(db, form, case_id, now)
    else:
        submission_id = file.id
        move_submission(db, file.id, case_id=case_id, round_number=1, role=FileRole.FORM)
        set_outcome(db, file.ledger_id, Outcome.CASE, case_id=case_id)
    moved = next(found for found in load_submissions(db, case_id) if found.id == submission_id)
    note_received(db, moved, now)
    note_form_read(db, moved, now)
    kind = LinkKind.FOLLOWS if Status(beside.status) in DECIDED else LinkKind.CAME_WITH
    link_cases(db, case_id, beside.id, kind, now)
    link_cases(db, beside.id, case_id, LinkKind.CAME_WITH, now)
    for here, other in ((case_id, beside.reference), (beside.id, reference)):
        facts: dict[str, Fact] = {"other": other, "how": kind.value if here == case_id else LinkKind.CAME_WITH.value}
        record(db, Event(EventKind.LINKED, now, SYSTEM, here, facts=facts))
    if may_write_to(db, file.ledger_id):
        letter = receipt_text(reference, f"{moved.name} (came with {beside.reference})", now)
        issue_receipt(db, case_id, submission_id, recipient=file.sender, letter=letter, now=now)


def may_write_to(db: Database, ledger_id: int) -> bool:
    """Whether the sender of an arrival may be written to by itself: not where its message forbids it."""
    line = load_line(db, ledger_id)
    while line.parent_id is not None:
        line = load_line(db, line.parent_id)
    message = find_message_of_line(db, line.id)
    return message is None or message.may_answer


def _copy_out(db: Database, form: _Form, case_id: int, now: datetime) -> int:
    """One form of several in a file: a line and a submission of its own with the same bytes and only its reading."""
    file = form.submission
    set_form_index(db, file.id, 1)
    index = form.reading.get("form_index") or form.index
    line = load_line(db, file.ledger_id)
    name = f"{file.name}, form {index}"
    ledger_id = add_line(
        db,
        channel=file.channel,
        name=name,
        sender=file.sender,
        size=line.size,
        sha256=file.sha256,
        outcome=Outcome.CASE,
        case_id=case_id,
        note=f"One of several forms in line {line.id}",
        hand_in_key=None,
        now=now,
        parent_id=line.id,
    )
    submission_id = add_submission(
        db,
        case_id=case_id,
        ledger_id=ledger_id,
        sha256=file.sha256,
        name=name,
        channel=file.channel,
        sender=file.sender,
        now=now,
        round_number=1,
        form_index=index,
    )
    first = find_reading_record(db, file.id) or []
    keep_reading(db, file.id, "split", json.dumps({"readings": first[:1]}, ensure_ascii=False), now)
    keep_reading(db, submission_id, "split", json.dumps({"readings": [form.reading]}, ensure_ascii=False), now)
    return submission_id


def _join_by_service_request(db: Database, case: CaseRow, now: datetime) -> None:
    """Put a requirement definition and a business justification with one SR number together, whichever came first.

    Only what the same sender sent is joined, and only a message without a form of its own.
    """
    forms = load_forms(db, case.id)
    if not forms or not forms[0].sender:
        return
    if case.form == BUSINESS_JUSTIFICATION and (number := _DIGITS.search(case.sr_number)):
        for other in _without_form(db, forms[0].sender, case.id):
            if number[0] in _numbers_of(db, other):
                join_cases(db, load_case(db, other), case, actor=SYSTEM, reason=_same_request(case), now=now)
    elif case.form is None and (numbers := _numbers_of(db, case.id)):
        rows = db.query(
            "SELECT DISTINCT cases.id, cases.sr_number FROM cases JOIN submissions ON submissions.case_id = cases.id"
            " WHERE cases.form = ? AND submissions.sender = ? COLLATE NOCASE AND cases.id <> ? ORDER BY cases.id DESC",
            (BUSINESS_JUSTIFICATION, forms[0].sender, case.id),
        )
        for row in rows:
            found = _DIGITS.search(row["sr_number"])
            other_case = load_case(db, row["id"])
            if found and found[0] in numbers and Status(other_case.status) not in DECIDED:
                join_cases(db, case, other_case, actor=SYSTEM, reason=_same_request(other_case), now=now)
                return


def _without_form(db: Database, sender: str, case_id: int) -> list[int]:
    rows = db.query(
        "SELECT DISTINCT cases.id FROM cases JOIN submissions ON submissions.case_id = cases.id"
        " WHERE cases.form IS NULL AND cases.status = ? AND submissions.sender = ? COLLATE NOCASE AND cases.id <> ?"
        " ORDER BY cases.id",
        (Status.UNREADABLE.value, sender, case_id),
    )
    return [int(row["id"]) for row in rows]


def _numbers_of(db: Database, case_id: int) -> frozenset[str]:
    """The SR numbers that a case names, where every file of it is a document and no form."""
    found: set[str] = set()
    for file in load_submissions(db, case_id):
        readings = find_reading_record(db, file.id)
        problem = (readings[0].get("problem") or {}) if readings else {}
        if problem.get("code") != ErrorCode.NO_FORM:
            return frozenset()
        line = load_line(db, file.ledger_id)
        message = find_message_of_line(db, line.parent_id) if line.parent_id is not None else None
        words = [file.name, message.subject if message else "", message.words if message else ""]
        words += [passage["text"] for passage in (readings[0].get("passages") or [])[:200]] if readings else []
        found.update(number for text in words for number in _SR_NUMBER.findall(text[:2000]))
    return frozenset(found)


def _same_request(case: CaseRow) -> str:
    return f"The same service request as {case.reference}"
