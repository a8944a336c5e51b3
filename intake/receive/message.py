"""Messages: kept raw first, sorted second, so that whatever a message does to us it is in the ledger already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import SENDER, Event, EventKind, Fact, user_actor
from casework.lifecycle import Status
from casework.model import FileKind
from intake.receive.arrival import Piece, add_files, issue_receipt, note_original, open_with, shown_name
from store.cases import (
    CaseRow,
    FileRole,
    LinkKind,
    find_case_with_original,
    link_cases,
    load_case,
    load_submissions,
    next_round,
    open_case,
    record,
)
from store.database import transaction
from store.deliveries import (
    Delivery,
    DeliveryState,
    add_delivery,
    end_delivery,
    find_delivery_by_message_id,
)
from store.events import record_event
from store.ledger import NEEDS_A_PERSON, LedgerLine, Outcome, add_line, load_line, load_parts, set_outcome
from store.messages import (
    MessageState,
    StoredMessage,
    add_message,
    find_message_of_line,
    find_raw_message,
    find_same_content,
    load_message,
    set_message,
)
from store.originals import keep_original

MAIL = "mail"
_READABLE = frozenset(FileKind) - {FileKind.UNKNOWN, FileKind.EML, FileKind.MSG}
_LONGEST_WORDS = 20_000

Letter = tuple[str, str]
"""(subject, body)."""


@dataclass(frozen=True, slots=True)
class MessageReceipt:
    """What is certain once a raw message is kept: its ledger line, and whether it had come before."""

    ledger_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file that a message brought. `problem` says why its bytes are not the whole file; `is_infected` and all."""

    name: str
    data: bytes
    kind: FileKind
    is_dress: bool = False
    problem: str = ""
    is_infected: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery status notification about a message of ours: which one, and why, in plain words."""

    message_ids: tuple[str, ...]
    why: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Sorted:
    """What was found out about a message before anything is decided.

    `kind` is empty for a person's message, else what sort of automatic mail it is; `is_record_only` mail goes into the
    ledger and starts nothing, whatever came with it. `may_answer` is False where no
    automatic answer may go out (RFC 3834). `claimed_case` is the case whose thread the message is in; `is_proof` where
    that cannot be forged. `verdict` is `verified`, `unverified` or `failed`. `words` are the sender's own.
    """

    message_id: str = ""
    thread_root: str = ""
    sender: str = ""
    subject: str = ""
    words: str = ""
    kind: str = ""
    is_record_only: bool = False
    may_answer: bool = True
    verdict: str = "unverified"
    explanation: str = ""
    claimed_case: int | None = None
    is_proof: bool = False
    bounce: Bounce | None = None
    files: tuple[Enclosure, ...] = ()
    holds_form: bool = False
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostRules:
    """What sorting needs besides the message: the wording of answers, and whether two addresses are one person's."""

    receipt: Callable[[str, str, datetime], Letter]
    short_receipt: Callable[[str, datetime], Letter]
    no_form: Callable[[str, str], Letter]
    too_large: Callable[[str], Letter]
    known_before: Callable[[str, str], Letter]
    same_person: Callable[[str, str], bool]
    own_addresses: frozenset[str] = field(default_factory=frozenset)


def receive_message(
    raw: bytes,
    *,
    mailbox: str,
    db: Database,
    originals: str,
    now: datetime,
    limit_bytes: int,
    real_size: int | None = None,
) -> MessageReceipt:
    """Keep a raw message with its ledger line; on disk when this returns, and nothing has been made of it yet.

    The same bytes in the same mailbox are the same message. `real_size` is given where only the head of a message
    over `limit_bytes` was fetched: that head is kept, and the sender is told when it is sorted.
    """
    sha256 = keep_original(originals, raw)
    with transaction(db):
        if (before := find_raw_message(db, mailbox, sha256)) is not None:
            return MessageReceipt(before.ledger_id, is_new=False)
        note_original(db, sha256, raw, now)
        size = real_size if real_size is not None else len(raw)
        ledger_id = add_line(
            db,
            channel=MAIL,
            name="Message",
            sender="",
            size=size,
            sha256=sha256,
            outcome=Outcome.WAITING,
            case_id=None,
            note=f"Larger than {limit_bytes // 1_000_000} MB" if size > limit_bytes else "",
            hand_in_key=None,
            now=now,
        )
        add_message(db, ledger_id=ledger_id, mailbox=mailbox, sha256=sha256, now=now)
    return MessageReceipt(ledger_id, is_new=True)


def sort_message(
    db: Database,
    message_id: int,
    found: Sorted,
    *,
    originals: str,
    rules: PostRules,
    now: datetime,
    is_too_large: bool = False,
) -> None:
    """Make of a message what it is: cases, a new version, a reply, a bounce, or a line that a person looks at.

    All of it is one transaction; sorting a message that was sorted before changes nothing.
    """
    for file in found.files:
        if not file.is_dress:
            keep_original(originals, file.data)
    with transaction(db):
        message = load_message(db, message_id)
        if message.state is not MessageState.ARRIVED:
            return
        key = _content_key(message, found)
        twin = find_same_content(db, key) if key else None
        if twin is not None and twin.id != message.id:
            set_message(db, message.id, state=MessageState.SORTED.value)
            note = f"Same message as line {twin.ledger_id}"
            set_outcome(db, message.ledger_id, Outcome.DUPLICATE, case_id=twin.case_id, note=note)
            return
        _keep_found(db, message, found, key)
        _Sorting(db, load_message(db, message.id), found, rules, now).run(is_too_large=is_too_large)
        set_message(db, message.id, state=MessageState.SORTED.value)


def fail_message(db: Database, message_id: int, why: str, *, now: datetime) -> None:
    """A message that could not be opened waits for a person, with the reason; its raw bytes are kept."""
    with transaction(db):
        message = load_message(db, message_id)
        if message.state is MessageState.ARRIVED:
            set_message(db, message.id, state=MessageState.FAILED.value)
            set_outcome(db, message.ledger_id, Outcome.FAILED, case_id=None, note=why)


def sort_message_again(db: Database, ledger_id: int, *, person_id: int, now: datetime) -> None:
    """A person asks for another try of a message that could not be opened, or was held."""
    with transaction(db):
        line, message = _waiting(db, ledger_id)
        if line.outcome not in (Outcome.FAILED, Outcome.QUARANTINED) or message.case_id is not None:
            raise RefusedError("This message was opened. There is nothing to try again.")
        set_message(db, message.id, state=MessageState.ARRIVED.value, starts=0)
        for part in load_parts(db, ledger_id):
            set_outcome(db, part.id, Outcome.IGNORED, case_id=None, note="Looked at once more: see the next line")
        set_outcome(db, ledger_id, Outcome.WAITING, case_id=None, note="A person asked for another try")
        _note_act(db, ledger_id, "tried-again", person_id, now)


def open_case_of_message(
    db: Database, ledger_id: int, *, rules: PostRules, person_id: int, now: datetime
) -> tuple[int, str]:
    """A person says that a message is a request although no form was found in it: (case id, reference)."""
    with transaction(db):
        line, message = _waiting(db, ledger_id)
        if line.outcome not in (Outcome.NO_FORM, Outcome.TO_CONFIRM):
            raise RefusedError("This message was never opened safely, so nobody may open it here. Try it again first.")
        case_id, reference = open_case(db, now)
        piece = Piece(ledger_id, message.sha256, f"{message.subject or 'Message'}.eml", MAIL, message.sender)
        (submission_id, *_) = open_with(db, case_id, [piece], role=FileRole.FORM, now=now)
        set_outcome(db, line.id, Outcome.CASE, case_id=case_id, note="A person made a request of it")
        set_message(db, message.id, case_id=case_id, suggested_case_id=None)
        if message.may_answer:
            letter = rules.receipt(reference, message.subject or "your message", now)
            issue_receipt(db, case_id, submission_id, recipient=message.sender, letter=letter, now=now)
        _note_act(db, ledger_id, "made-request", person_id, now)
        return case_id, reference


def confirm_message(db: Database, ledger_id: int, *, person_id: int, now: datetime) -> int:
    """A person says that a message does belong to the case that it names; returns the case."""
    with transaction(db):
        line, message = _waiting(db, ledger_id)
        if message.suggested_case_id is None:
            raise RefusedError("This message names no request. Open one from it, or set it aside.")
        case_id = message.suggested_case_id
        facts: dict[str, Fact] = {"message": message.id, "ledger": line.id}
        words = {"words": message.words} if message.words else {}
        record(db, Event(EventKind.REPLIED, now, SENDER, case_id, facts=facts, words=words))
        set_message(db, message.id, case_id=case_id, suggested_case_id=None)
        set_outcome(db, line.id, Outcome.REPLY, case_id=case_id, note="A person confirmed the sender")
        _note_act(db, ledger_id, "confirmed", person_id, now)
        return case_id


def set_aside_message(db: Database, ledger_id: int, *, person_id: int, now: datetime) -> None:
    """A person says that there is nothing to do for a message; it stays in the ledger."""
    with transaction(db):
        line, message = _waiting(db, ledger_id)
        set_message(db, message.id, suggested_case_id=None)
        set_outcome(db, line.id, Outcome.IGNORED, case_id=None, note="A person set it aside")
        _note_act(db, ledger_id, "set-aside", person_id, now)


class _Sorting:
    """Sorting one message, inside its transaction."""

    def __init__(self, db: Database, message: StoredMessage, found: Sorted, rules: PostRules, now: datetime) -> None:
        self.db = db
        self.message = message
        self.found = found
        self.rules = rules
        self.now = now

    def run(self, *, is_too_large: bool) -> None:
        found = self.found
        if is_too_large:
            self._end(Outcome.REFUSED, note=load_line(self.db, self.message.ledger_id).note)
            self._answer("too-large", self.rules.too_large(found.subject))
        elif found.bounce is not None:
            self._note_bounce(found.bounce)
        elif found.is_record_only or (found.kind and not self._candidates() and not found.holds_form):
            self._end(Outcome.IGNORED, note=found.explanation, case=self._proven_case())
        else:
            self._sort_of_a_person()

    def _sort_of_a_person(self) -> None:
        case = self._proven_case()
        is_known = case is not None and self._is_known_sender(case)
        pieces = self._keep_files()
        new = [piece for piece in pieces if not self._came_before(piece)]
        if case is not None and is_known and not self.found.kind:
            self._add_to(case, new)
        elif new or self._is_pasted():
            named = self.found.claimed_case
            self._open(new, claims=load_case(self.db, named) if named is not None else None)
        elif case is not None and not pieces:
            self._end(Outcome.TO_CONFIRM, note=f"It names {case.reference}, but the sender is another", suggested=case)
        elif pieces:
            self._end(Outcome.SORTED)
        else:
            held = any(part.outcome is Outcome.QUARANTINED for part in load_parts(self.db, self.message.ledger_id))
            outcome = Outcome.QUARANTINED if held else Outcome.NO_FORM
            self._end(outcome, note="; ".join(self.found.oddities)[:500])
            if not held:
                self._answer("no-form", self.rules.no_form(self.found.subject, "; ".join(self._problems())))

    def _candidates(self) -> list[Enclosure]:
        return [file for file in self.found.files if not file.is_dress]

    def _problems(self) -> list[str]:
        return [f"{file.name}: {file.problem}" for file in self._candidates() if file.problem]

    def _is_pasted(self) -> bool:
        return self.found.holds_form

    def _keep_files(self) -> list[Piece]:
        """A ledger line for each file; the pieces are those that may be forms or may support one."""
        pieces = []
        for file in self.found.files:
            sha256 = hashlib.sha256(file.data).hexdigest() if not file.is_dress else None
            outcome, note = Outcome.SUPPORTING, file.problem
            if file.is_dress:
                outcome, note = Outcome.IGNORED, "A picture or card of the message, not a file that was sent"
            elif file.is_infected:
                outcome, note = Outcome.QUARANTINED, "The virus scanner stopped this file. Nobody can open it here."
            elif file.kind not in _READABLE and not file.data:
                outcome, note = Outcome.REFUSED, file.problem or "The file is empty."
            name = shown_name(file.name)
            line = add_line(
                self.db,
                channel=MAIL,
                name=name,
                sender=self.found.sender,
                size=len(file.data),
                sha256=sha256,
                outcome=outcome,
                case_id=None,
                note=note,
                hand_in_key=None,
                now=self.now,
                parent_id=self.message.ledger_id,
            )
            if sha256 is not None:
                note_original(self.db, sha256, file.data, self.now)
                if outcome is Outcome.SUPPORTING:
                    pieces.append(Piece(line, sha256, name, MAIL, self.found.sender))
        return pieces

    def _came_before(self, piece: Piece) -> bool:
        """Whether a case holds exactly this file already; its line says which."""
        before = find_case_with_original(self.db, piece.sha256)
        if before is None or before.status == Status.WITHDRAWN:
            return False
        note = f"Exactly the same file as {before.reference}"
        set_outcome(self.db, piece.ledger_id, Outcome.DUPLICATE, case_id=before.id, note=note)
        if self._is_known_sender(before):
            self._answer("known-before", self.rules.known_before(before.reference, piece.name), case=before)
        return True

    def _open(self, pieces: list[Piece], *, claims: CaseRow | None) -> None:
        """A case for the files of the message, or for the form in its text."""
        case_id, reference = open_case(self.db, self.now)
        if not pieces:
            name = f"{shown_name(self.found.subject) if self.found.subject else 'Message'}.eml"
            pieces = [self._piece_of_text(name)]
        role = FileRole.FORM if len(pieces) == 1 else FileRole.UNSORTED
        submissions = open_with(self.db, case_id, pieces, role=role, now=self.now)
        set_outcome(self.db, pieces[0].ledger_id, Outcome.CASE, case_id=case_id)
        if claims is not None:
            link_cases(self.db, case_id, claims.id, LinkKind.CLAIMS, self.now)
            facts: dict[str, Fact] = {"other": claims.reference, "how": LinkKind.CLAIMS.value}
            record(self.db, Event(EventKind.LINKED, self.now, SENDER, case_id, facts=facts))
        self._end(Outcome.SORTED, case=load_case(self.db, case_id))
        if self.found.may_answer:
            self._issue_receipt(case_id, submissions[0], reference, pieces)

    def _issue_receipt(self, case_id: int, submission_id: int, reference: str, pieces: list[Piece]) -> None:
        """Whoever could not be shown to be the sender learns nothing from it but that something came."""
        if self.found.verdict == "failed":
            letter = self.rules.short_receipt(reference, self.now)
        else:
            letter = self.rules.receipt(reference, ", ".join(piece.name for piece in pieces), self.now)
        issue_receipt(
            self.db,
            case_id,
            submission_id,
            recipient=self.found.sender,
            letter=letter,
            in_reply_to=self.found.message_id,
            now=self.now,
        )

    def _piece_of_text(self, name: str) -> Piece:
        """The message itself, as the file that holds the form in its text; it has a line of its own."""
        line = add_line(
            self.db,
            channel=MAIL,
            name=name,
            sender=self.found.sender,
            size=len(self.found.words),
            sha256=self.message.sha256,
            outcome=Outcome.SUPPORTING,
            case_id=None,
            note="The form stands in the text of the message",
            hand_in_key=None,
            now=self.now,
            parent_id=self.message.ledger_id,
        )
        return Piece(line, self.message.sha256, name, MAIL, self.found.sender)

    def _add_to(self, case: CaseRow, pieces: list[Piece]) -> None:
        """A reply, with files that may hold a new version of the form: what they are is known when they are read."""
        if not pieces and self._is_pasted():
            pieces = [self._piece_of_text(f"{self.found.subject or 'Message'}.eml")]
        facts: dict[str, Fact] = {"message": self.message.id, "ledger": self.message.ledger_id}
        words = {"words": self.found.words[:_LONGEST_WORDS]} if self.found.words.strip() else {}
        record(self.db, Event(EventKind.REPLIED, self.now, SENDER, case.id, facts=facts, words=words))
        if pieces:
            add_files(
                self.db,
                case.id,
                pieces,
                role=FileRole.UNSORTED,
                round_number=next_round(self.db, case.id),
                now=self.now,
            )
            for piece in pieces:
                set_outcome(self.db, piece.ledger_id, Outcome.SUPPORTING, case_id=case.id)
        self._end(Outcome.REPLY, case=case)
        if pieces and self.found.may_answer:
            names = ", ".join(piece.name for piece in pieces)
            self._answer("receipt", self.rules.receipt(case.reference, names, self.now), case=case)

    def _proven_case(self) -> CaseRow | None:
        """The case that the message belongs to by something that cannot be guessed, or that its known sender names."""
        if self.found.claimed_case is None or self.found.verdict == "failed":
            return None
        case = load_case(self.db, self.found.claimed_case)
        return case if self.found.is_proof or self._is_known_sender(case) else None

    def _is_known_sender(self, case: CaseRow) -> bool:
        if not self.found.sender or self.found.verdict == "failed":
            return False
        senders = {file.sender for file in load_submissions(self.db, case.id) if file.sender}
        return any(self.rules.same_person(sender, self.found.sender) for sender in senders)

    def _note_bounce(self, bounce: Bounce) -> None:
        """Show on the case that a message of ours did not arrive; nothing is sent for it."""
        delivery = self._bounced(bounce)
        if delivery is None:
            self._end(Outcome.BOUNCE, note=f"It is not about a message of ours. {bounce.why}")
            return
        case = load_case(self.db, delivery.case_id) if delivery.case_id is not None else None
        if bounce.is_final and delivery.state in (DeliveryState.SENT, DeliveryState.WAITING):
            end_delivery(self.db, delivery.id, DeliveryState.BOUNCED, problem=bounce.why, now=self.now)
            if case is not None:
                facts: dict[str, Fact] = {"delivery": delivery.id, "ledger": self.message.ledger_id}
                words = {"why": bounce.why}
                record(self.db, Event(EventKind.BOUNCED, self.now, SENDER, case.id, facts=facts, words=words))
        self._end(Outcome.BOUNCE, note=bounce.why, case=case)

    def _bounced(self, bounce: Bounce) -> Delivery | None:
        return next(
            (found for known in bounce.message_ids if (found := find_delivery_by_message_id(self.db, known))), None
        )

    def _answer(self, kind: str, letter: Letter, *, case: CaseRow | None = None) -> None:
        """One automatic answer of a kind to one message, where one may go out at all."""
        if not self.found.may_answer or not self.found.sender or self.found.verdict == "failed":
            return
        if self.found.sender.casefold() in self.rules.own_addresses:
            return
        subject, body = letter
        add_delivery(
            self.db,
            delivery_key=f"{kind}-m{self.message.id}",
            case_id=case.id if case else None,
            kind=kind,
            recipient=self.found.sender,
            subject=subject,
            body=body,
            in_reply_to=self.found.message_id,
            is_automatic=True,
            now=self.now,
        )

    def _end(
        self, outcome: Outcome, *, note: str = "", case: CaseRow | None = None, suggested: CaseRow | None = None
    ) -> None:
        note = note or "; ".join(self.found.oddities)[:500]
        set_outcome(self.db, self.message.ledger_id, outcome, case_id=case.id if case else None, note=note)
        set_message(
            self.db,
            self.message.id,
            case_id=case.id if case else None,
            suggested_case_id=suggested.id if suggested else None,
        )


def _keep_found(db: Database, message: StoredMessage, found: Sorted, key: str | None) -> None:
    set_message(
        db,
        message.id,
        content_key=key,
        message_id=found.message_id,
        thread_root=found.thread_root,
        sender=found.sender,
        subject=found.subject,
        words=found.words[:_LONGEST_WORDS],
        kind=found.kind,
        verdict=found.verdict,
        explanation=found.explanation,
        may_answer=int(found.may_answer),
    )
    db.execute(
        "UPDATE ledger SET name = ?, sender = ? WHERE id = ?",
        (found.subject or "Message without a subject", found.sender, message.ledger_id),
    )


def _content_key(message: StoredMessage, found: Sorted) -> str | None:
    """Message-ID, mailbox and content in one hash; None for a message without an id, which nothing is the same as.

    A server that delivers a message twice adds other headers, so that its bytes differ; a program that uses an id
    again for something else has other content.
    """
    if not found.message_id:
        return None
    digest = hashlib.sha256()
    for part in (found.message_id, message.mailbox, found.sender, found.subject, found.words):
        digest.update(hashlib.sha256(part.encode("utf-8", "replace")).digest())
    for file in found.files:
        digest.update(hashlib.sha256(file.data).digest())
    return digest.hexdigest()


def _waiting(db: Database, ledger_id: int) -> tuple[LedgerLine, StoredMessage]:
    """A message that still needs a person; RefusedError where somebody was first."""
    line = load_line(db, ledger_id)
    message = find_message_of_line(db, ledger_id)
    if message is None or line.outcome not in NEEDS_A_PERSON:
        raise RefusedError("Somebody has dealt with this message already.")
    return line, message


def _note_act(db: Database, ledger_id: int, what: str, person_id: int, now: datetime) -> None:
    facts: dict[str, Fact] = {"ledger": ledger_id, "what": what}
    record_event(db, Event(EventKind.NOTED, now, user_actor(person_id), None, facts=facts))
