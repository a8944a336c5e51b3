"""All that was written about a case in both directions, newest first."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlite_utils import Database

from review.post_view import FileView, LetterView, ReplyView, file_view, letter_view, verdict_tag
from store.arrivals import load_inside, root_of
from store.attachments import load_attachments
from store.cases import Submission, load_submissions
from store.deliveries import load_deliveries
from store.ledger import LedgerLine, Outcome, is_held, load_line
from store.messages import StoredMessage, find_message_of_line, load_messages


def conversation(
    db: Database, case_id: int, *, zone: tzinfo, now: datetime, undoable: int | None, may_send: bool
) -> list[LetterView | ReplyView]:
    """The requester's messages and ours. `undoable` is the act that the person who looks may take back now."""
    deliveries = load_deliveries(db, case_id=case_id)
    attached = load_attachments(db, [letter.id for letter in deliveries])
    letters = [
        letter_view(letter, zone, now, undoable=undoable, may_send=may_send, files=attached.get(letter.id, ()))
        for letter in deliveries
    ]
    files = load_submissions(db, case_id)
    replies = [_reply(db, message, files) for message in _came(db, case_id, files)]
    found: list[LetterView | ReplyView] = [*letters, *replies]
    # What answers a message at the same moment stands above it.
    return sorted(found, key=lambda entry: (entry.written_at, isinstance(entry, LetterView)), reverse=True)


def undelivered(entries: list[LetterView | ReplyView]) -> list[LetterView]:
    """Messages of ours that reached nobody."""
    return [entry for entry in entries if isinstance(entry, LetterView) and entry.is_trouble]


def _came(db: Database, case_id: int, files: list[Submission]) -> list[StoredMessage]:
    """The messages of a case; one that brought several requests stands at each of them."""
    found = {message.id: message for message in load_messages(db, case_id)}
    for file in files:
        message = find_message_of_line(db, root_of(db, load_line(db, file.ledger_id)).id)
        if message is not None:
            found.setdefault(message.id, message)
    return list(found.values())


def _reply(db: Database, message: StoredMessage, files: list[Submission]) -> ReplyView:
    ours = {file.ledger_id: file for file in files}
    return ReplyView(
        ledger_id=message.ledger_id,
        subject=message.subject,
        sender=message.sender,
        written_at=message.arrived_at,
        words=message.words,
        verdict=verdict_tag(message),
        files=tuple(
            _file(db, part, ours.get(part.id))
            for _, part in load_inside(db, message.ledger_id)
            if part.outcome is not Outcome.IGNORED
        ),
    )


def _file(db: Database, part: LedgerLine, file: Submission | None) -> FileView:
    return file_view(part, file, is_held=file is not None and is_held(db, file.sha256))
