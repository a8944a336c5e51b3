"""What a person says about the reading: an answer put right, a document named, a note."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import EventKind, Fact
from casework.lifecycle import Status
from casework.model import Reading
from casework.reading_json import findings_to_record
from review.decide.act import Act, checked_words, claimed_state, keep, must_be_open, must_review, state_now
from store.cases import load_forms, load_submissions, refresh_case
from store.database import transaction
from store.rechecks import keep_recheck
from store.work import owe

READ = "read"


def correct_answer(
    db: Database, act: Act, *, field: str, value: str, reason: str, checked: Reading | None = None
) -> None:
    """Put a value of our own before what was read, with a reason; the reading keeps the sender's.

    `checked` is the reading with this and every earlier correction in it, checked again: its findings count from now.
    """
    with transaction(db):
        must_be_open(claimed_state(db, act))
        words = {"value": value.strip(), "reason": checked_words(reason)}
        number = keep(db, act, EventKind.ANSWER_CORRECTED, facts={"field": field}, words=words, fresh=True)
        if checked is not None:
            keep_recheck(db, number, findings_to_record(checked.findings), list(checked.rules))
            refresh_case(db, act.case_id)


def note_requirement(db: Database, act: Act, *, submission_id: int | None, where: str) -> None:
    """Say that the full requirement is here: a document of this request, or held elsewhere in words of one's own."""
    with transaction(db):
        claimed_state(db, act)
        facts: dict[str, Fact] = {}
        words: dict[str, str] = {}
        if submission_id is not None:
            if submission_id not in {submission.id for submission in load_submissions(db, act.case_id)}:
                raise RefusedError("This document does not belong to the request.")
            facts = {"submission": submission_id}
        else:
            words = {"reason": checked_words(where, "where the full requirement is")}
        keep(db, act, EventKind.REQUIREMENT_NOTED, facts=facts, words=words, fresh=True)


def add_note(db: Database, act: Act, *, note: str, is_rescued: bool = False) -> None:
    """Keep a note for colleagues; the sender never sees it.

    `is_rescued` marks words that could not be saved where they belong: they say nothing about the sender's messages.
    """
    with transaction(db):
        must_review(act.person)
        facts: dict[str, Fact] = {"what": "rescued"} if is_rescued else {}
        keep(db, act, EventKind.NOTED, facts=facts, words={"note": checked_words(note, "a note")})


def read_again(db: Database, act: Act) -> None:
    """Owe the reading of a form that could not be read once more."""
    with transaction(db):
        must_review(act.person)
        if state_now(db, act).status is not Status.UNREADABLE:
            raise RefusedError("This form has been read. There is nothing to run again.")
        submission = load_forms(db, act.case_id)[-1]
        owe(db, stage=READ, submission_id=submission.id, now=act.now)
        keep(db, act, EventKind.READING_ASKED, facts={"submission": submission.id}, fresh=True)
