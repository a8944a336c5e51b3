"""A real Dovecot: messages come out as they are and unmarked, and are marked or moved when we say so."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date

import pytest

from casework.errors import UnavailableError
from intake.mailbox import FetchedMessage, LoginRefusedError, OpenMailbox, open_mailbox
from intake.mailbox_address import MailboxAddress
from tests.mail_servers import PASSWORD, Dovecot, free_port, running_dovecot

RAW = b"From: Ann Lee <ann.lee@example.nhs.uk>\r\nSubject: Form\r\n\r\nCaf\xe9 and \xff\r\n"
ODD = b'From: "\r\nContent-Type: text/plain; a*\r\n\r\nx\r\n'
Opened = AbstractContextManager[OpenMailbox]


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def address(dovecot: Dovecot, request: pytest.FixtureRequest) -> MailboxAddress:
    """A mailbox of the test's own."""
    return MailboxAddress(f"test-{zlib.crc32(request.node.name.encode())}", "127.0.0.1", dovecot.tls)


@pytest.fixture
def enter(dovecot: Dovecot) -> Callable[[MailboxAddress], Opened]:
    return lambda address: open_mailbox(address, password=PASSWORD, tls=dovecot.certificate.client(), timeout=10)


def test_messages_come_out_byte_for_byte_and_unmarked(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    for name, raw in (("1.a", RAW), ("2.b", ODD), ("3.c", b"")):
        dovecot.deliver(address.user, raw, name)
    with enter(address) as mailbox:
        fetched = [mailbox.fetch(uid, 1000) for uid in mailbox.list_uids()]
    assert fetched == [FetchedMessage(RAW), FetchedMessage(ODD), FetchedMessage(b"")]
    assert all(path.name.endswith(":2,") or ":2," not in path.name for path in dovecot.stored(address.user))


def test_starttls_does_the_same(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    dovecot.deliver(address.user, RAW, "1.a")
    with enter(replace(address, port=dovecot.plain, starttls=True)) as mailbox:
        assert mailbox.fetch(mailbox.list_uids()[0], 1000) == FetchedMessage(RAW)


def test_of_a_message_over_the_limit_only_the_head_comes(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    dovecot.deliver(address.user, RAW + b"x" * 5000, "1.a")
    with enter(address) as mailbox:
        message = mailbox.fetch(mailbox.list_uids()[0], 1000)
    head = RAW.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert message == FetchedMessage(head, full_size=len(RAW) + 5000)


def test_a_message_that_has_gone_is_none_and_no_trouble_to_file(
    address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    with enter(address) as mailbox:
        assert mailbox.list_uids() == []
        assert mailbox.fetch(7, 1000) is None
        mailbox.file(7)
    with enter(replace(address, done="Done")) as mailbox:
        mailbox.file(7)


def test_filing_marks_as_read(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    dovecot.deliver(address.user, RAW, "1.a")
    with enter(address) as mailbox:
        mailbox.file(mailbox.list_uids()[0])
    assert [path.name.endswith(":2,S") for path in dovecot.stored(address.user)] == [True]


@pytest.mark.parametrize("ability", ["MOVE", "UIDPLUS", "neither"])
def test_filing_moves_to_the_folder_for_what_is_done_and_makes_it_first(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened], ability: str
) -> None:
    dovecot.deliver(address.user, RAW, "1.a")
    with enter(replace(address, done="Done & dusted")) as mailbox:
        if ability != "MOVE":
            mailbox._abilities = [ability.encode()]
        mailbox.file(mailbox.list_uids()[0])
    assert len(dovecot.stored(address.user, "Done &- dusted")) == 1
    left = [path.name.rpartition(",")[2] for path in dovecot.stored(address.user)]
    assert left == (["ST"] if ability == "neither" else [])


@pytest.mark.parametrize("done", ["", "Done"])
def test_filing_never_removes_what_somebody_else_marked_as_deleted(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened], done: str
) -> None:
    dovecot.deliver(address.user, RAW, "1.a")
    dovecot.deliver(address.user, ODD, "2.b")
    with enter(replace(address, done=done)) as mailbox:
        mailbox._abilities = [b"UIDPLUS"]
        first, second = mailbox.list_uids()
        mailbox._client.uid("STORE", str(first), "+FLAGS", r"(\Deleted)")
        mailbox.file(second)
        assert first in mailbox.list_uids()


def test_what_came_before_the_first_day_is_left_alone(
    dovecot: Dovecot, address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    dovecot.deliver(address.user, RAW, "1.a")
    with enter(replace(address, since=date(2000, 1, 1))) as mailbox:
        assert len(mailbox.list_uids()) == 1
    with enter(replace(address, since=date(2199, 12, 31))) as mailbox:
        assert mailbox.list_uids() == []


def test_a_wrong_password_is_said_and_not_shown(dovecot: Dovecot, address: MailboxAddress) -> None:
    with (
        pytest.raises(LoginRefusedError, match="the mail server refused the password") as refused,
        open_mailbox(address, password="wrong-Horse", tls=dovecot.certificate.client()),
    ):
        pass
    assert "wrong-Horse" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_certificate_that_is_not_trusted_ends_it_before_the_password_is_sent(address: MailboxAddress) -> None:
    with pytest.raises(UnavailableError, match="cannot be trusted"), open_mailbox(address, password=PASSWORD):
        pass


def test_a_folder_that_is_not_there_and_a_server_that_is_not_there_are_said(
    address: MailboxAddress, enter: Callable[[MailboxAddress], Opened]
) -> None:
    with pytest.raises(UnavailableError, match=r"away \(.*Mailbox doesn't exist: Nowhere"):
        enter(replace(address, folder="Nowhere")).__enter__()
    with pytest.raises(UnavailableError, match=r"away \(.*Connection refused"):
        enter(replace(address, port=free_port())).__enter__()
