"""Raw messages out of a mailbox over IMAP, and marks on those that are in the ledger; decides and stores nothing."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from casework.errors import RefusedError, UnavailableError
from intake.mailbox_address import MailboxAddress

TIMEOUT = 60.0
_LONGEST_TROUBLE = 300
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class LoginRefusedError(UnavailableError):
    """The server answered, and would not let us in with this password or token."""


@dataclass(frozen=True, slots=True)
class FetchedMessage:
    """A raw message as the server holds it. Where it is too large, only its head, and `full_size` says how large."""

    data: bytes
    full_size: int | None = None


@contextmanager
def open_mailbox(
    address: MailboxAddress,
    *,
    password: str = "",
    token: str = "",
    tls: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
) -> Iterator[OpenMailbox]:
    """The folder, open for the time of the block; with an OAuth `token` (XOAUTH2) or else with a `password`.

    UnavailableError where the server cannot be reached or breaks off, then and later; LoginRefusedError where it will
    not let us in. `timeout` seconds count for each answer. Neither password nor token is part of any message.
    """
    # Without a context of ours the library would take any certificate.
    tls = tls or ssl.create_default_context()
    mailbox = MailBoxStartTls if address.starttls else MailBox
    with _broken_off(address):
        connection = mailbox(address.host, port=address.port, timeout=timeout, ssl_context=tls)
    try:
        _log_in(connection, address, password=password, token=token)
        yield OpenMailbox(address, connection)
    finally:
        # Nothing hangs on a polite end: what was done is done, and the connection may be gone.
        with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            connection.logout()
        with contextlib.suppress(OSError):
            connection.client.shutdown()


class OpenMailbox:
    """One folder of a mailbox as it stands now. `uidvalidity` is what its message numbers (UIDs) are valid with."""

    def __init__(self, address: MailboxAddress, connection: BaseMailBox) -> None:
        """Open the folder; UnavailableError where it is not there or may only be read."""
        self._address, self._connection, self._client = address, connection, connection.client
        with _broken_off(address):
            connection.folder.set(address.folder)
            found = self._client.response("UIDVALIDITY")[1]
            # What a server can do, it says anew after login (RFC 3501, 6.2.2).
            self._abilities = b" ".join(self._client.capability()[1]).upper().split()
        if not found or not found[-1]:
            raise UnavailableError(f"{address.name}: the server does not say how long its message numbers are valid.")
        self.uidvalidity = int(found[-1])

    def list_uids(self) -> list[int]:
        """The numbers of all messages in the folder that are ours to fetch, oldest first."""
        since = self._address.since
        criteria = f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since else "ALL"
        with _broken_off(self._address):
            return sorted(int(uid) for uid in self._connection.uids(criteria, charset=None))

    def fetch(self, uid: int, limit_bytes: int) -> FetchedMessage | None:
        """The message, unmarked; None where it has gone. RefusedError where the server will not hand over this one."""
        size = self._fetch_size(uid)
        if size is None:
            return None
        if size > limit_bytes:
            head = self._fetch_literal(uid, "BODY.PEEK[HEADER]")
            return None if head is None else FetchedMessage(head, size)
        data = self._fetch_literal(uid, "BODY.PEEK[]")
        return None if data is None else FetchedMessage(data)

    def file(self, uid: int) -> None:
        """Mark the message as read, or move it to the folder for what is done; a message that has gone is no trouble.

        Never expunges by the folder: that would remove what somebody else has marked as deleted.
        """
        with _broken_off(self._address):
            if not self._address.done:
                self._must(self._client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))
            elif b"MOVE" in self._abilities:
                self._to_done("MOVE", uid)
            else:
                self._to_done("COPY", uid)
                self._must(self._client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen \Deleted)"))
                if b"UIDPLUS" in self._abilities:
                    self._must(self._client.uid("EXPUNGE", str(uid)))

    def _to_done(self, command: str, uid: int) -> None:
        done = encode_folder(self._address.done)
        answer = self._client.uid(command, str(uid), done)  # type: ignore[arg-type]
        if answer[0] != "OK" and b"TRYCREATE" in b" ".join(item for item in answer[1] if isinstance(item, bytes)):
            self._must(self._client.create(done))  # type: ignore[arg-type]
            answer = self._client.uid(command, str(uid), done)  # type: ignore[arg-type]
        self._must(answer)

    def _must(self, answer: tuple[str, list[Any]]) -> None:
        if answer[0] != "OK":
            raise UnavailableError(f"{self._address.name}: the mail server said {_readable(answer[1])}.")

    def _fetch_size(self, uid: int) -> int | None:
        for text, _ in self._fetch(uid, "RFC822.SIZE"):
            if size := re.search(rb"RFC822\.SIZE (\d+)", text):
                return int(size[1])
        return None

    def _fetch_literal(self, uid: int, item: str) -> bytes | None:
        for text, literal in self._fetch(uid, item):
            if literal is not None:
                return literal
            # A server may write a message of no bytes as a string or as nothing.
            if re.search(rb'BODY\[\w*\] (?:""|NIL)', text, re.IGNORECASE):
                return b""
        return None

    def _fetch(self, uid: int, item: str) -> list[tuple[bytes, bytes | None]]:
        """What the server said about this message: the text of each answer, and the literal in it."""
        with _broken_off(self._address):
            try:
                status, data = self._client.uid("FETCH", str(uid), f"(UID {item})")
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as problem:
                raise self._not_handed_over(uid, [str(problem).encode()]) from problem
        if status != "OK":
            raise self._not_handed_over(uid, data)
        answers: list[tuple[bytes, bytes | None]] = []
        for part in data:
            if isinstance(part, tuple):
                answers.append((part[0], part[1]))
            elif isinstance(part, bytes) and answers and not re.match(rb"\d+ \(", part):
                # The rest of the answer that the literal stood in: its UID may come only here.
                answers[-1] = (answers[-1][0] + part, answers[-1][1])
            elif isinstance(part, bytes):
                answers.append((part, None))
        return [answer for answer in answers if re.search(rb"\bUID %d\b" % uid, answer[0], re.IGNORECASE)]

    def _not_handed_over(self, uid: int, data: list[Any]) -> RefusedError:
        return RefusedError(f"{self._address.name}: message {uid} cannot be fetched: {_readable(data)}.")


def _log_in(connection: BaseMailBox, address: MailboxAddress, *, password: str, token: str) -> None:
    with _broken_off(address):
        try:
            if token:
                answer = f"user={address.user}\1auth=Bearer {token}\1\1".encode()
                # A refusal comes as a question; the answer to that is empty, and only then does the server say no.
                connection.client.authenticate("XOAUTH2", lambda question: b"" if question else answer)
            elif address.user.isascii() and password.isascii():
                connection.login(address.user, password, initial_folder=None)
            else:
                connection.login_utf8(address.user, password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, ImapToolsError):
            # What the server said is not repeated: some servers say back what they were sent.
            way = "token" if token else "password"
            raise LoginRefusedError(f"{address.name}: the mail server refused the {way}.") from None


@contextmanager
def _broken_off(address: MailboxAddress) -> Iterator[None]:
    """Every way in which a connection fails, as UnavailableError."""
    try:
        yield
    except ssl.SSLCertVerificationError as problem:
        raise UnavailableError(
            f"{address.name}: the certificate of {address.host} cannot be trusted ({problem.verify_message})."
        ) from problem
    except (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError) as problem:
        # Also UnicodeError and the like from a garbled answer would be the server's; those end the poll at its edge.
        words = _readable([str(problem).encode()]) or type(problem).__name__
        raise UnavailableError(f"{address.name}: the mail server is away ({words}).") from problem


def _readable(data: list[Any]) -> str:
    said = b" ".join(item for item in data if isinstance(item, bytes)).decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in said).split())[:_LONGEST_TROUBLE].rstrip(
        "."
    )
