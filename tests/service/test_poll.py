"""A real Dovecot behind a line that is cut at every command: each message is in the ledger once, whatever happens."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError, UnavailableError
from intake.mailbox import FetchedMessage, OpenMailbox, open_mailbox
from intake.mailbox_address import MailboxAddress
from service.poll import MOST_AT_ONCE, Look, look_into
from store.database import open_database, transaction
from store.ledger import Outcome, add_line
from store.messages import add_message, find_raw_message
from store.originals import keep_original
from tests.mail_servers import PASSWORD, CuttingProxy, Dovecot, cutting_proxy, running_dovecot

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIMIT = 1_000_000


def a_message(number: int) -> bytes:
    return f"From: ann.lee@example.nhs.uk\r\nMessage-ID: <{number}@example>\r\n\r\nForm {number}\r\n".encode()


@dataclass
class Ledger:
    """The store's part of receiving a message, as the door does it; `refusing` holds bytes that it refuses."""

    db: Database
    originals: str
    refusing: dict[bytes, Exception] = field(default_factory=dict)

    def receive(self, message: FetchedMessage) -> int:
        if message.data in self.refusing:
            raise self.refusing[message.data]
        sha256 = keep_original(self.originals, message.data)
        with transaction(self.db):
            if known := find_raw_message(self.db, "forms", sha256):
                return known.ledger_id
            self.db.execute("INSERT OR IGNORE INTO originals VALUES (?, 1, 'eml', '')", (sha256,))
            line = add_line(
                self.db, channel="mail", name="message", sender="", size=len(message.data), sha256=sha256,
                outcome=Outcome.WAITING, case_id=None, note="", hand_in_key=None, now=NOW,
            )  # fmt: skip
            add_message(self.db, ledger_id=line, mailbox="forms", sha256=sha256, now=NOW)
            return line

    def look(self, mailbox: OpenMailbox) -> Look:
        return look_into(mailbox, "forms", db=self.db, receive=self.receive, limit_bytes=LIMIT, now=lambda: NOW)

    @property
    def count(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM messages").fetchone()[0])


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


def new_ledger(folder: Path) -> Ledger:
    return Ledger(open_database(":memory:"), str(folder / "store"))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return new_ledger(tmp_path)


@pytest.fixture
def address(dovecot: Dovecot, request: pytest.FixtureRequest) -> MailboxAddress:
    return MailboxAddress(f"test-{zlib.crc32(request.node.name.encode())}", "127.0.0.1", dovecot.tls)


def look(dovecot: Dovecot, address: MailboxAddress, ledger: Ledger) -> Look:
    with open_mailbox(address, password=PASSWORD, tls=dovecot.certificate.client(), timeout=10) as mailbox:
        return ledger.look(mailbox)


def test_what_is_new_goes_into_the_ledger_and_is_counted(
    dovecot: Dovecot, address: MailboxAddress, ledger: Ledger
) -> None:
    for number in range(3):
        dovecot.deliver(address.user, a_message(number), str(number))
    first = look(dovecot, address, ledger)
    second = look(dovecot, address, ledger)
    assert (first.fetched, second.fetched, ledger.count) == (3, 0, 3)
    assert first.note == second.note == "3 messages, all in the ledger"
    assert all(path.name.endswith(":2,S") for path in dovecot.stored(address.user))


def test_a_message_that_is_refused_stops_no_other_and_is_left_unmarked(
    dovecot: Dovecot, address: MailboxAddress, ledger: Ledger
) -> None:
    for number in range(3):
        dovecot.deliver(address.user, a_message(number), str(number))
    ledger.refusing = {a_message(1): RefusedError("Message 2 is not to be had.")}
    found = look(dovecot, address, ledger)
    assert (found.is_well, ledger.count) == (False, 2)
    assert found.note == "3 messages, 1 could not be fetched: Message 2 is not to be had."
    assert sorted(path.name.endswith("S") for path in dovecot.stored(address.user)) == [False, True, True]
    ledger.refusing = {}
    assert look(dovecot, address, ledger).note == "3 messages, all in the ledger"


def test_nothing_is_marked_while_nothing_can_be_stored(
    dovecot: Dovecot, address: MailboxAddress, ledger: Ledger
) -> None:
    dovecot.deliver(address.user, a_message(1), "1")
    ledger.refusing = {a_message(1): UnavailableError("The disk is full.")}
    with pytest.raises(UnavailableError):
        look(dovecot, address, ledger)
    assert [path.parent.name for path in dovecot.stored(address.user)] in (["new"], ["cur"])
    assert not any(path.name.endswith("S") for path in dovecot.stored(address.user))


def test_a_mailbox_that_is_rebuilt_with_new_numbers_brings_nothing_twice(
    dovecot: Dovecot, address: MailboxAddress, ledger: Ledger
) -> None:
    for number in range(3):
        dovecot.deliver(address.user, a_message(number), str(number))
    look(dovecot, address, ledger)
    dovecot.rebuild(address.user)
    dovecot.deliver(address.user, a_message(3), "3")
    again = look(dovecot, address, ledger)
    assert (again.fetched, ledger.count) == (4, 4)
    validities = ledger.db.execute("SELECT count(DISTINCT uidvalidity) FROM mail_fetches").fetchone()[0]
    assert validities == 2


def test_a_full_mailbox_is_taken_in_by_and_by(dovecot: Dovecot, address: MailboxAddress, ledger: Ledger) -> None:
    for number in range(MOST_AT_ONCE + 5):
        dovecot.deliver(address.user, a_message(number), str(number))
    assert look(dovecot, address, ledger).note == f"{MOST_AT_ONCE + 5} messages, 5 still to be fetched"
    assert look(dovecot, address, ledger).note == f"{MOST_AT_ONCE + 5} messages, all in the ledger"
    assert ledger.count == MOST_AT_ONCE + 5


@pytest.mark.parametrize("done", ["", "Done"], ids=["marked", "moved"])
@pytest.mark.parametrize("when", ["before", "unanswered", "half-answered"])
def test_a_line_cut_at_any_command_loses_nothing_and_brings_nothing_twice(
    dovecot: Dovecot, tmp_path: Path, when: str, done: str
) -> None:
    """F20: the line is cut at the first command, at the second, ... until a whole look needs fewer commands."""
    for cut_at in range(1, 60):
        user = f"cut-{when}-{done}-{cut_at}".lower()
        ledger = new_ledger(tmp_path / user)
        address = MailboxAddress(user, "127.0.0.1", dovecot.tls, done=done)
        for number in range(2):
            dovecot.deliver(user, a_message(number), str(number))
        whole = _look_through_a_cut(dovecot, address, ledger, cut_at, when)
        assert look(dovecot, address, ledger).is_well
        assert ledger.count == 2
        assert len(dovecot.stored(user, done)) == 2
        assert ledger.db.execute("SELECT count(*) FROM mail_fetches WHERE filed_at IS NULL").fetchone()[0] == 0
        if whole:
            break
    assert 8 < cut_at < 40


def _look_through_a_cut(dovecot: Dovecot, address: MailboxAddress, ledger: Ledger, cut_at: int, when: str) -> bool:
    """Whether the look ended before the line was cut."""
    with cutting_proxy(dovecot.certificate, dovecot.plain) as proxy:
        proxy.cut_at, proxy.when = cut_at, when
        near = replace(address, port=proxy.port)
        try:
            with open_mailbox(near, password=PASSWORD, tls=dovecot.certificate.client(), timeout=10) as mailbox:
                ledger.look(mailbox)
        except UnavailableError:
            assert len(proxy.commands) == cut_at
            return False
        return _was_whole(proxy)


def _was_whole(proxy: CuttingProxy) -> bool:
    return len(proxy.commands) < proxy.cut_at or b"LOGOUT" in proxy.commands[-1]
