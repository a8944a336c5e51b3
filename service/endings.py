"""How each stage's work ends: what a worker handed back is checked and committed, or why there is nothing is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlite_utils import Database

from casework.events import SYSTEM, Event, EventKind, Fact
from casework.model import ErrorCode, FileKind
from casework.reading_json import reading_from_record, reading_to_record
from intake.receive import READ, ReceiptText, settle_round
from service.made import MakeEnding
from service.pipeline import RENDER
from store.cases import FileRole, commit_reading, load_submission, record
from store.commissions import MAKE
from store.drafts import keep_draft_problem, keep_draft_reading
from store.pages import keep_pages, pages_from_record, pages_to_record
from store.work import Work, owe

LONGEST_FAILURE = 500

Judge = Callable[[str, Database, datetime], str]
"""({"readings": [...]} as JSON, database, now) → the same with the findings of the rules that count here."""

_WRONG_SHAPE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker handed back: a record as JSON text, or why there can be none, in words for a person."""

    record: str = ""
    failure: str = ""


class Ending(Protocol):
    """How the work of one stage ends. Everything runs inside the transaction that ends the work."""

    def check(self, found: dict[str, Any]) -> str:
        """The record, written anew so that nothing is stored but what it has; an exception where it has no shape."""

    def commit(self, db: Database, work: Work, attempt: str, record_text: str, *, now: datetime) -> None:
        """Store the record and what follows from it."""

    def fail(self, db: Database, work: Work, problem: str, *, now: datetime) -> None:
        """The work ends without a result."""

    def settle(self, db: Database, work: Work, *, now: datetime) -> None:
        """The work is over, with or without a result."""


@dataclass(frozen=True, slots=True)
class ReadEnding:
    """A reading goes to its submission or draft; the last one of a round says what each of its files is for."""

    receipt_text: ReceiptText
    judge: Judge

    def check(self, found: dict[str, Any]) -> str:
        """{"readings": [...]}, at least one."""
        readings = [reading_to_record(reading_from_record(entry)) for entry in found["readings"]]
        if not readings:
            raise ValueError("a file has at least one reading")
        return json.dumps({"readings": readings}, ensure_ascii=False)

    def commit(self, db: Database, work: Work, attempt: str, record_text: str, *, now: datetime) -> None:
        """A submission that was read owes the pictures of its pages next.

        The rules that an administrator changed are put to it here, so that workers need not know them.
        """
        record_text = self.judge(record_text, db, now)
        if work.draft_id is not None:
            keep_draft_reading(db, work.draft_id, record_text)
            return
        if work.submission_id is not None:
            one = _only_its_form(record_text, work.form_index)
            commit_reading(db, submission_id=work.submission_id, attempt=attempt, record_text=one, now=now)
            owe_pictures(db, work.submission_id, one, now=now)

    def fail(self, db: Database, work: Work, problem: str, *, now: datetime) -> None:
        """A draft says why; a case becomes one that a person looks at."""
        if work.draft_id is not None:
            keep_draft_problem(db, work.draft_id, problem)
            return
        facts: dict[str, Fact] = {"submission": work.submission_id, "work": work.id}
        is_unsorted = load_submission(db, work.submission_id or 0).role == FileRole.UNSORTED
        kind = EventKind.FILE_READ if is_unsorted else EventKind.READING_FAILED
        record(db, Event(kind, now, SYSTEM, work.case_id, facts=facts))

    def settle(self, db: Database, work: Work, *, now: datetime) -> None:
        """Once the work is over, whichever way."""
        if work.submission_id is not None:
            settle_round(db, work.submission_id, now=now, receipt_text=self.receipt_text)


@dataclass(frozen=True, slots=True)
class RenderEnding:
    """Pictures are there to be looked at: without them a page shows the words alone, and nothing else changes."""

    def check(self, found: dict[str, Any]) -> str:
        """{"pages": [...], "forms": [...]}."""
        return json.dumps(pages_to_record(pages_from_record(found)), ensure_ascii=False)

    def commit(self, db: Database, work: Work, attempt: str, record_text: str, *, now: datetime) -> None:
        """Kept beside the reading."""
        if work.submission_id is not None:
            keep_pages(db, submission_id=work.submission_id, attempt=attempt, record_text=record_text, now=now)

    def fail(self, db: Database, work: Work, problem: str, *, now: datetime) -> None:
        """Nothing to tell: the work's own row says why."""

    def settle(self, db: Database, work: Work, *, now: datetime) -> None:
        """Nothing waits for pictures."""


def owe_pictures(db: Database, submission_id: int, record_text: str, *, now: datetime) -> None:
    """Write that the pictures of its pages are owed to a submission that was read, where it has any."""
    if _can_be_drawn(record_text):
        owe(db, stage=RENDER, submission_id=submission_id, now=now)


def endings(
    receipt_text: ReceiptText,
    originals: str,
    judge: Judge = lambda record_text, db, now: record_text,
    *,
    financial: bool = False,
) -> dict[str, Ending]:
    """The ending of each stage. `judge` puts the rules that count here to what was read; `financial` is how quarters
    are called."""
    return {READ: ReadEnding(receipt_text, judge), MAKE: MakeEnding(originals, financial), RENDER: RenderEnding()}


def checked_result(ending: Ending, result: bytes) -> Result | None:
    """The result where it has the whole shape that its stage's has, else None: workers are not trusted with more."""
    try:
        found = json.loads(result)
        if set(found) == {"failed"}:
            return Result(failure=str(found["failed"])[:LONGEST_FAILURE])
        return Result(record=ending.check(found))
    except _WRONG_SHAPE:
        return None


_DRAWN = frozenset(FileKind) - {FileKind.UNKNOWN, FileKind.EML, FileKind.MSG, FileKind.IMAGE}
_SHOWN_ALL_THE_SAME = frozenset({None, ErrorCode.NO_FORM.value, ErrorCode.NEEDS_OCR.value})


def _can_be_drawn(record_text: str) -> bool:
    first = json.loads(record_text)["readings"][0]
    return first["kind"] in _DRAWN and (first["problem"] or {}).get("code") in _SHOWN_ALL_THE_SAME


def _only_its_form(record_text: str, form_index: int | None) -> str:
    """The reading of the one form that a submission stands for; all of them where it stands for the file."""
    if form_index is None:
        return record_text
    readings = json.loads(record_text)["readings"]
    chosen = [reading for reading in readings if reading.get("form_index") == form_index] or readings[:1]
    return json.dumps({"readings": chosen}, ensure_ascii=False)
