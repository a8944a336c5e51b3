"""Readings, and requests with them in a database, for tests of what happens after a form was read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind
from casework.model import Answer, ErrorCode, FieldStatus, FileKind, Passage, Reading, ReadingProblem, Role
from casework.transcript import Locator
from store.cases import add_submission, commit_reading, open_case, record
from store.database import to_text, transaction
from store.ledger import Outcome, add_line


def a_reading(
    form: str | None = "business-justification", *, index: int | None = None, words: str = "", **answers: str
) -> Reading:
    """A reading of this form with these answers; without a form, one that found none."""
    problem = None if form else ReadingProblem(ErrorCode.NO_FORM, "It is not one of the forms that we know.")
    return Reading(
        sha256="0" * 64,
        kind=FileKind.DOCX,
        form=form,
        form_version="1.0" if form else None,
        form_index=index,
        answers=tuple(Answer(key, value, value, FieldStatus.ANSWERED) for key, value in answers.items()),
        passages=(Passage(words, Locator(), Role.UNPLACED),) if words else (),
        problem=problem,
    )


def an_unreadable_reading() -> Reading:
    """A file that could not be opened."""
    return Reading("0" * 64, FileKind.PDF, problem=ReadingProblem(ErrorCode.ENCRYPTED, "It needs a password."))


def a_case(db: Database, answers: dict[str, Any], *, now: datetime, form: str = "business-justification") -> int:
    """A case that has been read, with these answers: its id."""
    number = db.execute("SELECT count(*) FROM cases").fetchone()[0]
    digest = f"{number:064x}"
    with transaction(db):
        case_id, _ = open_case(db, now)
        line = add_line(
            db, channel="upload", name="f.docx", sender="", size=1, sha256=digest, outcome=Outcome.CASE,
            case_id=case_id, note="", hand_in_key=None, now=now,
        )  # fmt: skip
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", (digest, to_text(now)))
        submission = add_submission(
            db, case_id=case_id, ledger_id=line, sha256=digest, name="f.docx", channel="upload", sender="", now=now
        )
        record(db, Event(EventKind.RECEIVED, now, SENDER, case_id))
        made = [{"field": key, "value": value} for key, value in answers.items()]
        text = json.dumps({"readings": [{"form": form, "kind": "docx", "answers": made, "findings": []}]})
        assert commit_reading(db, submission_id=submission, attempt="w1-a1", record_text=text, now=now)
    return case_id
