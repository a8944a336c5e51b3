"""The outbox: what is due leaves, one recipient at a time, and its fate is recorded as soon as it is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.errors import DamagedError, RefusedError, UnavailableError
from outputs.delivery import Fate, OpenRelay, Sending
from outputs.issue.circulate import KIND
from outputs.mail import Letter, build_mail
from store.attachments import load_attachments
from store.database import transaction
from store.deliveries import (
    Delivery,
    DeliveryState,
    count_automatic_before,
    count_automatic_sent,
    end_delivery,
    find_delivery,
    load_due,
    note_try,
    set_message_id,
)

MOST_TO_ONE = 5
"""Automatic messages to one address in an hour; more are written down and not sent, which ends any loop."""

MOST_TO_ALL = 500
"""Automatic messages to all addresses in an hour; more wait, so that no flood of forms becomes a flood of mail."""

MOST_AT_ONCE = 100
"""Messages tried in one round, so that a full outbox keeps nothing else waiting."""

MOST_TRIES = 24
NO_RELAY = "No outgoing mail is set up."
# To our own people, about the service itself: nobody's message causes them, so they cannot be part of a loop.
_UNCAPPED = frozenset({"alarm", "digest", "reminder", "claim-reminder", "claim-ended"})
_HOUR = timedelta(hours=1)
_MOST_IN_VIEW = 2000
_LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How this installation writes. `sender` is "Name <address>", `address` the service's own on the web.

    The three functions give what lets an answer find its case: the Message-ID (without angle brackets, always the same
    for the same message), the address that answers go to, and a last line.
    """

    sender: str
    sender_address: str
    address: str
    loop_token: str
    message_id: Callable[[Delivery], str]
    reply_to: Callable[[Delivery], str]
    mark: Callable[[Delivery], str]


@dataclass(frozen=True, slots=True)
class Round:
    """What became of the messages that were due; `away` says why the mail server took none, empty where it did."""

    sent: int = 0
    later: int = 0
    ended: int = 0
    held: int = 0
    away: str = ""


def deliver_due(
    db: Database,
    *,
    letterhead: Letterhead,
    open_relay: Callable[[], AbstractContextManager[OpenRelay]] | None,
    now: Callable[[], datetime],
    load_file: Callable[[str], bytes],
) -> Round:
    """Send what is due, each message to its one recipient, and record each fate as soon as it is known.

    `load_file` gives the bytes of an attached file by its SHA-256.

    A process that dies between the server's word and our record sends that one message again, with the same
    Message-ID. A message that is refused for good, or over the cap, ends where a person sees it. Without a mail server
    every message ends as one to be copied.
    """
    sent = later = ended = held = 0
    with ExitStack() as stack:
        relay: OpenRelay | None = None
        for due in load_due(db, now(), limit=_MOST_IN_VIEW):
            if open_relay is None or (reason := _over_the_cap(db, due, now())):
                _end(db, due, DeliveryState.NOT_SENT, NO_RELAY if open_relay is None else reason, now())
                ended += 1
                continue
            if (
                due.is_automatic
                and due.kind not in _UNCAPPED
                and count_automatic_sent(db, now() - _HOUR, to_lists=due.kind == KIND) >= MOST_TO_ALL
            ):
                held += 1
                continue
            try:
                relay = relay or stack.enter_context(open_relay())
                sending = _send(db, due, relay, letterhead, load_file, now())
            except UnavailableError as problem:
                return Round(sent, later, ended, held, problem.public_message)
            fate = sending.fate if sending else None
            sent, later, ended = (
                sent + (fate is Fate.SENT),
                later + (fate is Fate.LATER),
                ended + (fate is Fate.REFUSED),
            )
            if relay.is_broken or sent + later + ended >= MOST_AT_ONCE:
                break
    return Round(sent, later, ended, held)


def _send(
    db: Database,
    due: Delivery,
    relay: OpenRelay,
    letterhead: Letterhead,
    load_file: Callable[[str], bytes],
    now: datetime,
) -> Sending | None:
    """One try; None where the message was taken back meanwhile."""
    with transaction(db):
        set_message_id(db, due.id, letterhead.message_id(due))
    current = find_delivery(db, due.id)
    if current is None or current.state != DeliveryState.WAITING:
        return None
    try:
        files = tuple(
            (file.name, load_file(file.sha256)) for file in load_attachments(db, [current.id]).get(current.id, [])
        )
    except DamagedError as problem:
        _end(db, current, DeliveryState.FAILED, problem.public_message, now)
        return Sending(Fate.REFUSED, problem.public_message)
    letter = Letter(
        recipient=current.recipient,
        subject=current.subject,
        body=current.body,
        html=current.html,
        message_id=current.message_id,
        reply_to=letterhead.reply_to(current),
        in_reply_to=current.in_reply_to,
        mark=letterhead.mark(current),
        is_automatic=current.is_automatic,
        files=files,
    )
    try:
        mail = build_mail(
            letter,
            sender=letterhead.sender,
            address=letterhead.address,
            loop_token=letterhead.loop_token,
            now=now,
        )
        sending = relay.send(mail, sender=letterhead.sender_address, recipient=current.recipient)
    except RefusedError as problem:
        sending = Sending(Fate.REFUSED, problem.public_message)
    if sending.fate is Fate.SENT:
        _end(db, current, DeliveryState.SENT, "", now)
    elif sending.fate is Fate.REFUSED:
        _end(db, current, DeliveryState.FAILED, sending.words, now)
    elif current.attempts + 1 >= MOST_TRIES:
        _end(db, current, DeliveryState.FAILED, f"Given up after {MOST_TRIES} tries: {sending.words}", now)
    else:
        pause = min(timedelta(minutes=2**current.attempts), _LONGEST_PAUSE)
        with transaction(db):
            note_try(db, current.id, problem=sending.words, next_try_at=now + pause)
    return sending


def _end(db: Database, delivery: Delivery, state: DeliveryState, problem: str, now: datetime) -> None:
    with transaction(db):
        end_delivery(db, delivery.id, state, problem=problem, now=now)


def _over_the_cap(db: Database, due: Delivery, now: datetime) -> str:
    """Why this message may not go out, empty where it may: an address has had its share of automatic messages."""
    # A person released what goes to lists, and nobody gets it twice.
    if not due.is_automatic or due.kind in _UNCAPPED | {KIND} or due.attempts:
        return ""
    before = count_automatic_before(db, due, due.created_at - _HOUR)
    return f"{due.recipient} had {before} automatic messages within an hour already." if before >= MOST_TO_ONE else ""
