"""A case's files by round: which is the form, which support it, and which could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlite_utils import Database

from casework.events import Event, EventKind
from casework.model import ErrorCode, Reading
from casework.reading_json import reading_from_record
from review.presenters import kind_name, size_in_words
from store.cases import FileRole, Submission, find_reading_record, load_forms
from store.ledger import is_held
from store.queries import find_original
from store.work import find_failed_work


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One file of a round: what it is for, why it could not be read, and whether it may be downloaded."""

    id: int
    name: str
    kind: str
    size: str
    role: str
    problem: str
    is_requirement: bool
    is_held: bool

    @property
    def may_be_requirement(self) -> bool:
        """Whether somebody can say that this is the full requirement: a document beside the form."""
        return self.role == FileRole.SUPPORTING and not self.is_requirement


@dataclass(frozen=True, slots=True)
class Version:
    """The files that came together. `number` is the round; `has_form` is False where only documents came."""

    number: int
    received_at: datetime
    channel: str
    sender: str
    has_form: bool
    files: tuple[CaseFile, ...]


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A round's form together with how it was read."""

    round: int
    reading: Reading


def versions_of(db: Database, files: Sequence[Submission], events: Sequence[Event]) -> tuple[Version, ...]:
    """The rounds of a case with their files, newest first; `files` in the order in which they came."""
    noted = {event.fact("submission") for event in events if event.kind is EventKind.REQUIREMENT_NOTED}
    found = []
    for number, group in groupby(files, key=lambda file: file.round):
        together = list(group)
        found.append(
            Version(
                number=number,
                received_at=together[0].received_at,
                channel=together[0].channel,
                sender=together[0].sender,
                has_form=any(file.role == FileRole.FORM for file in together),
                files=tuple(_case_file(db, file, str(file.id) in noted) for file in together),
            )
        )
    return tuple(reversed(found))


def trouble_with(db: Database, submission: Submission) -> str:
    """Why a file could not be read, in plain words; empty where it was, or where it only is no form."""
    readings = find_reading_record(db, submission.id)
    if readings is None:
        failed = find_failed_work(db, submission.id)
        return failed.problem or "It could not be read." if failed else ""
    problem = readings[0].get("problem") or {}
    return "" if problem.get("code") == ErrorCode.NO_FORM else str(problem.get("message") or "")


def read_count(db: Database, files: Sequence[Submission]) -> tuple[int, int] | None:
    """Of the files whose part in the case is not known yet, how many are read, and of how many; None without such."""
    newest = max((file.round for file in files), default=0)
    together = [file for file in files if file.round == newest]
    if not any(file.role == FileRole.UNSORTED for file in together):
        return None
    read = sum(find_reading_record(db, file.id) is not None or bool(trouble_with(db, file)) for file in together)
    return read, len(together)


def read_forms(db: Database, case_id: int) -> list[ReadForm]:
    """The form of each round that was read as one, first round first."""
    found = []
    for form in load_forms(db, case_id):
        records = find_reading_record(db, form.id) or []
        if records and records[0].get("form"):
            found.append(ReadForm(form.round, reading_from_record(records[0])))
    return found


def _case_file(db: Database, file: Submission, is_requirement: bool) -> CaseFile:
    stored = find_original(db, file.sha256)
    return CaseFile(
        id=file.id,
        name=file.name,
        kind=kind_name(stored.kind) if stored else "File",
        size=size_in_words(stored.size) if stored else "",
        role=file.role,
        problem=trouble_with(db, file),
        is_requirement=is_requirement,
        is_held=is_held(db, file.sha256),
    )
