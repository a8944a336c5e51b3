"""One look into one mailbox: what is new goes into the ledger, and only then is anything marked there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlite_utils import Database

from casework.errors import CaseworkError
from casework.wording import counted
from intake.mailbox import FetchedMessage, OpenMailbox
from store.database import transaction
from store.mailboxes import fetched_uids, note_fetch, note_filed, unfiled_uids

MOST_AT_ONCE = 200
"""Messages fetched in one look, so that a full mailbox keeps nothing else waiting."""

Receive = Callable[[FetchedMessage], int]
"""Put a raw message into the ledger for good and return its line's number; the same message again, the same line."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: how many messages the folder holds, how many are not in the ledger, and why not."""

    held: int
    fetched: int
    still_to_fetch: int
    problems: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether every message that should be in the ledger is, or will be by going on."""
        return not self.problems

    @property
    def note(self) -> str:
        """The count, in one sentence: what is in the mailbox against what is in the ledger."""
        messages = counted(self.held, "message")
        if self.problems:
            return f"{messages}, {len(self.problems):,} could not be fetched: {self.problems[0]}"
        if self.still_to_fetch:
            return f"{messages}, {self.still_to_fetch:,} still to be fetched"
        return f"{messages}, all in the ledger"


def look_into(
    mailbox: OpenMailbox, name: str, *, db: Database, receive: Receive, limit_bytes: int, now: Callable[[], datetime]
) -> Look:
    """Fetch what is new, oldest first, then mark or move what is in the ledger.

    Safe to die anywhere in it: a message is fetched again until it is in the ledger, where it is known by its bytes
    and not by its number; marking is repeated until it was seen to succeed. A message that cannot be had does not
    stop the others. UnavailableError where the mailbox or the store breaks off.
    """
    listed = mailbox.list_uids()
    missing = sorted(set(listed) - fetched_uids(db, name, mailbox.uidvalidity))
    fetched, problems = 0, []
    for uid in missing[:MOST_AT_ONCE]:
        try:
            message = mailbox.fetch(uid, limit_bytes)
            if message is None:
                continue
            ledger_id = receive(message)
        except CaseworkError as problem:
            if problem.retryable:
                raise
            problems.append(problem.public_message)
            continue
        with transaction(db):
            note_fetch(db, mailbox=name, uidvalidity=mailbox.uidvalidity, uid=uid, ledger_id=ledger_id, now=now())
        fetched += 1
    _file(mailbox, name, frozenset(listed), db=db, now=now)
    return Look(len(listed), fetched, max(len(missing) - MOST_AT_ONCE, 0), tuple(problems))


def _file(
    mailbox: OpenMailbox, name: str, listed: frozenset[int], *, db: Database, now: Callable[[], datetime]
) -> None:
    for uid in unfiled_uids(db, name, mailbox.uidvalidity):
        if uid in listed:
            mailbox.file(uid)
        # One that is no longer there was moved, by us before we could note it or by somebody else.
        with transaction(db):
            note_filed(db, name, mailbox.uidvalidity, uid, now())
