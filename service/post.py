"""The post room: fetches mail, sorts it, sends the outbox, does the daily duties; one process for each store."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlite_utils import Database

from casework.errors import CaseworkError, DamagedError
from casework.thread_token import body_line, loop_token, message_id_for, plus_address
from casework.wording import counted
from intake.mailbox import FetchedMessage, LoginRefusedError, open_mailbox
from intake.mailbox_address import MailboxAddress
from intake.receive import receive_message
from outputs.delivery import OpenRelay, RelayRefusedError, open_relay
from outputs.issue import Letterhead, deliver_due
from outputs.relay_address import RelayAddress
from service.digest import send_digest
from service.embedded import hold_lock
from service.mail_login import Keychain, Login
from service.poll import look_into
from service.settings import Settings
from service.watches import Subject, note_state
from store.cases import load_case
from store.deliveries import Delivery, DeliveryState, count_deliveries
from store.originals import load_original
from store.people import load_secret

SWEEP_SECONDS = 2.0
LONGEST_PAUSE = timedelta(minutes=5)
"""How far trouble with a server stretches the time between two tries."""

POST = Subject("post", "The post room", "Start `formwright post` again.")
OUTBOX = Subject("outbox", "Sending mail", "See “Mail does not leave” in the runbook.", can_be_mailed=False)
SORTING = Subject("sorting", "Sorting messages", "See “Messages are not sorted” in the runbook.")
DIGEST = Subject("digest", "The daily digest", "The log of the post room says where it stopped.")
READING = Subject("reading", "Reading forms", "See “Reading is slow” in the runbook.")
REMINDERS = Subject("reminders", "Reminding reviewers", "The log of the post room says where it stopped.")
DRAFTS = Subject("drafts", "Clearing uploads that nobody sent", "The log of the post room says where it stopped.")
_NOTED_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class State:
    """How an errand went. `again` is whether there is more of the same to be done at once."""

    is_well: bool = True
    note: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that the post room does every so often, less often while it fails, up to every `longest`."""

    subject: Subject
    every: timedelta
    run: Callable[[], State]
    longest: timedelta = timedelta(minutes=1)


@dataclass
class _Plan:
    """When an errand is due again, how often it has failed in a row, and what was last written about it and when."""

    due: datetime
    failures: int = 0
    noted: tuple[bool, datetime] | None = None


@dataclass
class PostRoom:
    """What the errands need. `sort` makes cases of messages; `duties` are errands of other parts of the house.

    `tls` is for servers whose certificate this machine would not trust by itself.
    """

    settings: Settings
    db: Database
    now: Callable[[], datetime]
    keychain: Keychain
    sort: Callable[[], int]
    duties: tuple[Errand, ...] = ()
    tls: ssl.SSLContext | None = None
    _plans: dict[str, _Plan] = field(default_factory=dict)

    def errands(self) -> tuple[Errand, ...]:
        """Everything that is done, in its order: what comes in is sorted before what goes out is sent."""
        often, mail = timedelta(seconds=SWEEP_SECONDS), timedelta(seconds=self.settings.mail.every_seconds)
        return (
            *(
                Errand(mailbox_subject(address), mail, partial(self._collect, address), LONGEST_PAUSE)
                for address in self.settings.mail.mailboxes
            ),
            Errand(SORTING, often, self._sort),
            *self.duties,
            Errand(DIGEST, _NOTED_EVERY, self._digest),
            Errand(OUTBOX, often, self._deliver, LONGEST_PAUSE),
            Errand(POST, _NOTED_EVERY, State),
        )

    def sweep(self) -> None:
        """Do every errand that is due. Trouble with one is logged, watched, and stops no other.

        Safe to die anywhere in it: every errand may be repeated.
        """
        for errand in self.errands():
            plan = self._plans.setdefault(errand.subject.key, _Plan(self.now()))
            if plan.due > self.now():
                continue
            state = self._attempt(errand)
            plan.failures = 0 if state.is_well else plan.failures + 1
            pause = min(errand.every * 2 ** min(plan.failures, 16), max(errand.longest, errand.every))
            plan.due = self.now() + (timedelta() if state.again else pause)
            self._note(errand.subject, state, plan)

    def _attempt(self, errand: Errand) -> State:
        try:
            return errand.run()
        except DamagedError:
            raise
        except CaseworkError as problem:
            log.warning("errand failed", errand=errand.subject.key, problem=problem.public_message)
            return State(False, problem.public_message)
        except Exception as problem:
            # One errand's fault must not stop the others.
            log.error("fault", errand=errand.subject.key, exc_info=problem)
            return State(False, f"It stopped with a fault ({type(problem).__name__}); the log says where.")

    def _note(self, subject: Subject, state: State, plan: _Plan) -> None:
        """Write the state down when it changes, and once a minute: each time costs a write to disk."""
        now = self.now()
        if plan.noted and plan.noted[0] == state.is_well and now - plan.noted[1] < _NOTED_EVERY:
            return
        try:
            note_state(self.db, subject, is_well=state.is_well, note=state.note, now=now, mailed=self._can_mail)
            plan.noted = (state.is_well, now)
        except CaseworkError as problem:
            log.warning("state not noted", subject=subject.key, problem=problem.public_message)

    @property
    def _can_mail(self) -> bool:
        return self.settings.mail.relay is not None

    def _collect(self, address: MailboxAddress) -> State:
        login = self.keychain.login(address.user)
        try:
            with open_mailbox(address, password=login.password, token=login.token, tls=self.tls) as mailbox:
                look = look_into(
                    mailbox,
                    address.name,
                    db=self.db,
                    receive=partial(self._receive, address.name),
                    limit_bytes=self.settings.message_limit,
                    now=self.now,
                )
        except LoginRefusedError:
            self.keychain.forget_token(address.user)
            raise
        if look.fetched:
            log.info("mail fetched", mailbox=address.name, messages=look.fetched)
        return State(look.is_well, look.note, again=look.is_well and look.still_to_fetch > 0)

    def _receive(self, mailbox: str, message: FetchedMessage) -> int:
        return receive_message(
            message.data,
            mailbox=mailbox,
            db=self.db,
            originals=self.settings.originals,
            now=self.now(),
            limit_bytes=self.settings.message_limit,
            real_size=message.full_size,
        ).ledger_id

    def _sort(self) -> State:
        done = self.sort()
        return State(again=done > 0)

    def _digest(self) -> State:
        if self._can_mail:
            subjects = [errand.subject for errand in self.errands()]
            send_digest(self.db, self.settings, subjects, now=self.now())
        return State()

    def _deliver(self) -> State:
        relay = self.settings.mail.relay
        done = deliver_due(
            self.db,
            letterhead=letterhead(self.settings, self.db),
            open_relay=partial(self._open_relay, relay) if relay else None,
            now=self.now,
            load_file=partial(load_original, self.settings.originals),
        )
        if done.sent or done.later:
            log.info("mail sent", sent=done.sent, later=done.later, ended=done.ended)
        waiting = counted(count_deliveries(self.db)[DeliveryState.WAITING], "message")
        if relay is None:
            return State(note="No outgoing mail is set up; letters are there to be copied.")
        if done.away:
            return State(False, f"{done.away} {waiting} wait.")
        if done.held:
            return State(False, f"{done.held:,} automatic messages are held back: too many in one hour.")
        return State(note=f"{waiting} waiting")

    @contextmanager
    def _open_relay(self, address: RelayAddress) -> Iterator[OpenRelay]:
        login = self.keychain.login(address.user) if address.user else Login()
        try:
            with open_relay(address, password=login.password, token=login.token, tls=self.tls) as relay:
                yield relay
        except RelayRefusedError:
            self.keychain.forget_token(address.user)
            raise


def mailbox_subject(address: MailboxAddress) -> Subject:
    """The watch over one mailbox."""
    title = f"Fetching mail from {address.name}"
    return Subject(
        f"mailbox:{address.name}", title, "Messages wait in the mailbox. See “Mail has stopped” in the runbook."
    )


def letterhead(settings: Settings, db: Database) -> Letterhead:
    """How this installation writes, with the marks that lead an answer back to its case."""
    key = load_secret(db, "threads").encode()
    own = settings.mail.sender_address

    def reference(delivery: Delivery) -> str:
        return load_case(db, delivery.case_id).reference if delivery.case_id is not None else ""

    def reply_to(delivery: Delivery) -> str:
        found = reference(delivery)
        return plus_address(own, found, key) if found and settings.mail.plus else ""

    def mark(delivery: Delivery) -> str:
        found = reference(delivery)
        return body_line(found, key) if found else ""

    return Letterhead(
        sender=settings.mail.sender,
        sender_address=own,
        address=settings.address,
        loop_token=loop_token(key),
        message_id=lambda delivery: message_id_for(
            delivery.id, own.rpartition("@")[2], key, reference=reference(delivery)
        ),
        reply_to=reply_to,
        mark=mark,
    )


def the_only_post_room(data: Path) -> AbstractContextManager[None]:
    """Hold the store's post room lock; RefusedError where another process holds it."""
    return hold_lock(data / "post.lock", "A post room is already running for this data folder.")


def run(room: PostRoom, keep_going: Callable[[], bool], sleep: Callable[[float], None] = time.sleep) -> None:
    """Sweep until told to stop."""
    while keep_going():
        room.sweep()
        sleep(SWEEP_SECONDS)
