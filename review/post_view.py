"""The post in words: what became of an arrival, how a message of ours stands, who wrote, and whether mail runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from casework.wording import clock_time, counted, long_date
from review.admit import LINK_LETTER
from review.presenters import Tag, moment_in_words
from store.attachments import Attachment
from store.cases import FileRole, Submission
from store.deliveries import Delivery, DeliveryState
from store.ledger import LedgerLine, Outcome
from store.mailboxes import Watch
from store.messages import MessageState, StoredMessage

OUTCOMES: Mapping[Outcome, Tag] = {
    Outcome.WAITING: Tag("Waiting to be opened", "blue"),
    Outcome.SORTED: Tag("Opened", "white"),
    Outcome.CASE: Tag("Became a request", "green"),
    Outcome.ROUND: Tag("New version of a request", "green"),
    Outcome.SUPPORTING: Tag("Supporting document", "aqua-green"),
    Outcome.REPLY: Tag("Reply", "aqua-green"),
    Outcome.DRAFT: Tag("Not sent yet", "white"),
    Outcome.DUPLICATE: Tag("Came before", "grey"),
    Outcome.IGNORED: Tag("Nothing to do", "grey"),
    Outcome.BOUNCE: Tag("Message of ours came back", "orange"),
    Outcome.REFUSED: Tag("Refused", "red"),
    Outcome.QUARANTINED: Tag("Held: it may have a virus", "red"),
    Outcome.NO_FORM: Tag("No form in it", "yellow"),
    Outcome.TO_CONFIRM: Tag("Sender to be confirmed", "yellow"),
    Outcome.FAILED: Tag("Could not be opened", "red"),
}
_UNREAD = Tag("Not read yet", "white")
_WAITS_FOR = {
    Outcome.NO_FORM: "We found no form in this message. Open a request from it, or set it aside.",
    Outcome.TO_CONFIRM: "It names a request, but came from an address that we do not know. Say where it belongs.",
    Outcome.FAILED: "We could not open this message safely. Try again, or set it aside and ask the sender for another.",
    Outcome.QUARANTINED: "The virus scanner stopped what came in this message. Nobody can open it here. Tell the sender"
    " in another way, then set it aside. Try again only when the scanner was wrong.",
}
_VERDICTS = {
    "verified": Tag("Sender verified", "green"),
    "unverified": Tag("Sender not verified", "yellow"),
    "failed": Tag("Sender may be false", "red"),
}
_LOOKED_AT_LATELY = timedelta(minutes=10)
_POST_ROOM = "post"
_MAILBOX = "mailbox:"
_STOPPED = {
    _POST_ROOM: "The post room has stopped",
    "outbox": "Sending mail has stopped",
    "sorting": "Sorting messages has stopped",
    "digest": "The daily digest has stopped",
    "reading": "Reading forms is slow",
}


@dataclass(frozen=True, slots=True)
class LetterView:
    """A message of ours to one recipient, and how it stands.

    `undo` is the act that may be taken back now; `advice` what to do about trouble; `is_to_copy` whether its words
    have to go into the service request by hand.
    """

    id: int
    subject: str
    body: str
    recipient: str
    written_at: datetime
    tag: Tag
    state: str
    advice: str = ""
    undo: int | None = None
    can_send_again: bool = False
    is_to_copy: bool = False
    is_trouble: bool = False
    is_automatic: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class FileView:
    """One file that came with a message: its name, what became of it, and the submission that can be downloaded."""

    name: str
    tag: Tag
    note: str
    submission_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A message that came for a request: who wrote, the sender's own words, and the files."""

    ledger_id: int
    subject: str
    sender: str
    written_at: datetime
    words: str
    verdict: Tag | None
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class WatchView:
    """Whether the post runs, in sentences: what has stopped, and what is well."""

    trouble: tuple[str, ...] = ()
    well: tuple[str, ...] = ()


_HIDDEN_BODY = "This message holds a private link, so its words are not shown."


def letter_view(
    letter: Delivery,
    zone: tzinfo,
    now: datetime,
    *,
    undoable: int | None,
    may_send: bool,
    files: Sequence[Attachment] = (),
) -> LetterView:
    """A message of ours with its files; `undoable` is the act that the person who looks may take back now."""
    tag, state, advice = _stands(letter, zone, now)
    has_failed = letter.state in (DeliveryState.FAILED, DeliveryState.BOUNCED)
    return LetterView(
        id=letter.id,
        subject=letter.subject,
        body=_HIDDEN_BODY if letter.kind == LINK_LETTER else letter.body,
        recipient=letter.recipient,
        written_at=letter.created_at,
        tag=tag,
        state=state,
        advice=advice,
        undo=undoable if letter.event_number == undoable else None,
        can_send_again=has_failed and may_send,
        is_to_copy=has_failed or letter.state == DeliveryState.NOT_SENT,
        is_trouble=has_failed,
        is_automatic=letter.is_automatic,
        files=tuple(files),
    )


def _stands(letter: Delivery, zone: tzinfo, now: datetime) -> tuple[Tag, str, str]:
    """Tag, sentence, and what to do."""
    problem = _sentence(letter.problem)
    ended = moment_in_words(letter.ended_at, zone) if letter.ended_at else ""
    match letter.state:
        case DeliveryState.SENT:
            return Tag("Sent", "green"), f"Sent on {ended}." if ended else "", ""
        case DeliveryState.FAILED:
            advice = (
                "Check the address with the requester, or copy the words into the service request. Send it again when"
                " the cause is gone."
            )
            return Tag("Could not be delivered", "red"), problem, advice
        case DeliveryState.BOUNCED:
            advice = (
                "It reached nobody. Find out the right address, and copy the words into the service request. Send it"
                " again only when the address works."
            )
            return Tag("Could not be delivered", "red"), f"It came back on {ended}. {problem}".strip(), advice
        case DeliveryState.TAKEN_BACK:
            return Tag("Taken back", "grey"), "It did not leave.", ""
        case DeliveryState.NOT_SENT:
            return Tag("Not sent by email", "yellow"), problem, "Copy the words into the service request."
        case _ if letter.not_before is not None and letter.not_before > now:
            return Tag("Waiting", "blue"), f"It leaves at {clock_time(letter.not_before.astimezone(zone))}.", ""
        case _ if letter.attempts and letter.next_try_at is not None:
            again = clock_time(letter.next_try_at.astimezone(zone))
            tries = counted(letter.attempts, "try has", "tries have")
            return Tag("Waiting", "blue"), f"{tries} failed. The next is at {again}. {problem}".strip(), ""
        case _:
            return Tag("Waiting", "blue"), "It leaves in the next few minutes.", ""


def verdict_tag(message: StoredMessage) -> Tag | None:
    """Whether the sender is who the message says; None before it was opened."""
    return _VERDICTS.get(message.verdict) if message.state is MessageState.SORTED else None


def what_to_do(outcome: Outcome) -> str:
    """Why a message waits for a person and what they can do; empty where it does not."""
    return _WAITS_FOR.get(outcome, "")


def file_view(
    line: LedgerLine, submission: Submission | None = None, *, is_held: bool = False, problem: str = ""
) -> FileView:
    """A file as its message's page lists it, with the file of a case that it became and why that could not be read."""
    is_sorted = submission is None or submission.role != FileRole.UNSORTED
    tag = OUTCOMES[line.outcome] if is_sorted else _UNREAD
    return FileView(line.name, tag, problem or line.note, submission.id if submission and not is_held else None)


def watch_view(watches: Sequence[Watch], zone: tzinfo, now: datetime) -> WatchView:
    """Whether mail is fetched, sorted and sent, as the post room last wrote it down."""
    known = {watch.name: watch for watch in watches if watch.name in _STOPPED or watch.name.startswith(_MAILBOX)}
    post = known.get(_POST_ROOM)
    if post is not None and (not post.is_well or now - post.checked_at > _LOOKED_AT_LATELY):
        since = _since(post.since if not post.is_well else post.checked_at, zone, now)
        return WatchView(trouble=(f"{_STOPPED[_POST_ROOM]} since {since}: no mail is fetched or sent.",))
    trouble, well = [], []
    for name, watch in known.items():
        what = _STOPPED.get(name) or f"Mail fetch from {name.removeprefix(_MAILBOX)} stopped"
        if not watch.is_well:
            trouble.append(f"{what} since {_since(watch.since, zone, now)}: {_sentence(watch.note)}")
        elif now - watch.checked_at > _LOOKED_AT_LATELY:
            trouble.append(f"{what} since {_since(watch.checked_at, zone, now)}.")
        elif name.startswith(_MAILBOX):
            well.append(f"Mailbox {name.removeprefix(_MAILBOX)}: {watch.note}, checked {_ago(watch.checked_at, now)}.")
    return WatchView(tuple(trouble), tuple(well))


def _since(moment: datetime, zone: tzinfo, now: datetime) -> str:
    here = moment.astimezone(zone)
    is_today = here.date() == now.astimezone(zone).date()
    return clock_time(here) if is_today else f"{clock_time(here)} on {long_date(here.date())}"


def _ago(moment: datetime, now: datetime) -> str:
    minutes = int((now - moment).total_seconds() // 60)
    return f"{counted(minutes, 'minute')} ago" if minutes > 0 else "just now"


def _sentence(words: str) -> str:
    cleaned = " ".join(words.split())
    return cleaned if not cleaned or cleaned[-1] in ".!?" else f"{cleaned}."
