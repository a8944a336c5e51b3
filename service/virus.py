"""Asks a ClamAV daemon whether a file holds a virus; where one is set up and does not answer, nothing passes."""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit

import structlog

from casework.errors import UnavailableError

_CHUNK = 1 << 16
_SECONDS = 30.0
_LONGEST_ANSWER = 4096

log = structlog.get_logger()


def find_virus(data: bytes, clamd: str) -> str | None:
    """The name of what the scanner found in the bytes, None where it found nothing.

    `clamd` is `unix:///path/to/socket` or `tcp://host:port`, or empty where no scanner is set up. UnavailableError
    where it cannot be asked or does not give a plain answer: could not scan is never clean.
    """
    if not clamd:
        return None
    try:
        with _connect(clamd) as connection:
            # clamd(8): INSTREAM takes chunks, each after its length in four bytes, network order; a zero ends them.
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK):
                chunk = data[start : start + _CHUNK]
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except OSError as problem:
        raise UnavailableError("The virus scanner cannot be reached. Try again in a few minutes.") from problem
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    log.warning("the virus scanner gave no plain answer", answer=answer[:200])
    raise UnavailableError("The virus scanner could not check the file. Try again in a few minutes.")


def is_scanner_well(clamd: str) -> bool:
    """Whether the scanner answers."""
    try:
        with _connect(clamd) as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == "PONG"
    except OSError:
        return False


def _connect(clamd: str) -> socket.socket:
    address = urlsplit(clamd)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=_SECONDS)


def _answer(connection: socket.socket) -> str:
    received = bytearray()
    while len(received) < _LONGEST_ANSWER and not received.endswith(b"\0"):
        part = connection.recv(_LONGEST_ANSWER)
        if not part:
            break
        received += part
    # An answer to a command that began with z ends with a zero; without it, it was broken off and says nothing.
    return received[:-1].decode("ascii", "replace") if received.endswith(b"\0") else ""
