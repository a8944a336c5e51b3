"""One message to one recipient over SMTP, and what the server said to it; decides and stores nothing."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

from casework.errors import UnavailableError
from outputs.relay_address import Protection, RelayAddress

TIMEOUT = 60.0
_LONGEST_ANSWER = 300
# The first digit of an SMTP answer (RFC 5321, 4.2.1): done, and not done for good.
_DONE, _NEVER = 2, 5


class Fate(StrEnum):
    """What became of a message: taken by the server, to be tried again, or refused for good."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sending:
    """A message's fate and the server's own words for it."""

    fate: Fate
    words: str = ""


class RelayRefusedError(UnavailableError):
    """The server answered, and would not let us in with this password or token."""


@contextmanager
def open_relay(
    address: RelayAddress,
    *,
    password: str = "",
    token: str = "",
    tls: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
) -> Iterator[OpenRelay]:
    """The server, ready to take messages for the time of the block; with an OAuth `token` or else a `password`.

    UnavailableError where it cannot be reached, RelayRefusedError where it will not let us in; neither password nor
    token is part of any message. `timeout` seconds count for each answer.
    """
    tls = tls or ssl.create_default_context()
    try:
        client = _connect(address, tls, timeout)
    except ssl.SSLCertVerificationError as problem:
        raise UnavailableError(
            f"The certificate of {address.host} cannot be trusted ({problem.verify_message})."
        ) from problem
    except (OSError, smtplib.SMTPException, EOFError) as problem:
        raise UnavailableError(f"The mail server {address.host} is away ({_said(problem)}).") from problem
    try:
        _log_in(client, address, password=password, token=token)
        yield OpenRelay(address, client)
    finally:
        # Nothing hangs on a polite end: every message has been answered or has not.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


class OpenRelay:
    """A server that takes messages. `is_broken` once the line was lost: open it anew for the next message."""

    def __init__(self, address: RelayAddress, client: smtplib.SMTP) -> None:
        """`client` is connected and logged in."""
        self._address, self._client = address, client
        self.is_broken = False

    def send(self, mail: EmailMessage, *, sender: str, recipient: str) -> Sending:
        """Hand over one message. SENT only after the server has taken responsibility for it (250).

        Where the line is lost half-way the server may have taken it all the same: the message is to be tried again,
        with the same Message-ID. UnavailableError where the server refuses our own address: no message would pass.
        """
        try:
            code, words = self._client.mail(sender)
            if code // 100 != _DONE:
                self._client.rset()
                raise UnavailableError(f"The mail server refuses the sender {sender} ({code} {_readable(words)}).")
            code, words = self._client.rcpt(recipient)
            if code // 100 == _DONE:
                code, words = self._client.data(mail.as_bytes())
            else:
                self._client.rset()
        except smtplib.SMTPDataError as problem:
            code, words = problem.smtp_code, _bytes(problem.smtp_error)
            self._reset()
        except (OSError, smtplib.SMTPException, EOFError) as problem:
            self.is_broken = True
            return Sending(Fate.LATER, f"The line to {self._address.host} was lost ({_said(problem)}).")
        if code in (-1, 421):
            self.is_broken = True
        answer = f"{code} {_readable(words)}".strip()
        if code // 100 == _DONE:
            return Sending(Fate.SENT, answer)
        return Sending(Fate.REFUSED if code // 100 == _NEVER else Fate.LATER, answer)

    def _reset(self) -> None:
        try:
            self._client.rset()
        except (OSError, smtplib.SMTPException):
            self.is_broken = True


def _connect(address: RelayAddress, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    if address.protection is Protection.TLS:
        return smtplib.SMTP_SSL(address.host, address.port, timeout=timeout, context=tls)
    client = smtplib.SMTP(address.host, address.port, timeout=timeout)
    try:
        if address.protection is Protection.STARTTLS:
            client.starttls(context=tls)
        client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def _log_in(client: smtplib.SMTP, address: RelayAddress, *, password: str, token: str) -> None:
    try:
        client.ehlo_or_helo_if_needed()
        if token:
            answer = f"user={address.user}\1auth=Bearer {token}\1\1"
            # A refusal comes as a question; the answer to that is empty, and only then does the server say no.
            client.auth("XOAUTH2", lambda question=None: "" if question else answer)
        elif password:
            client.login(address.user, password)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, UnicodeError):
        # What the server said is not repeated: some servers say back what they were sent.
        way = "token" if token else "password"
        raise RelayRefusedError(f"The mail server {address.host} refused the {way} of {address.user}.") from None
    except (OSError, smtplib.SMTPException, EOFError) as problem:
        raise UnavailableError(f"The mail server {address.host} is away ({_said(problem)}).") from problem


def _said(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {_readable(_bytes(problem.smtp_error))}"
    return _readable(str(problem).encode()) or type(problem).__name__


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")


def _readable(words: bytes) -> str:
    text = words.decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_LONGEST_ANSWER].rstrip(".")
