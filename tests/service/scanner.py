"""A scripted ClamAV daemon: what it was sent, and the answers that a test gives it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Scanner:
    """`answer` is sent for whatever comes; None hangs up without a word."""

    address: str
    answer: bytes | None = b"stream: OK\0"
    scanned: list[bytes] = field(default_factory=list)


@contextmanager
def a_scanner(folder: Path) -> Iterator[Scanner]:
    """A scanner on a socket in this folder, until the test is over."""
    path = folder / "clamd.ctl"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()
        scanner = Scanner(f"unix://{path}")
        thread = threading.Thread(target=_serve, args=(server, scanner), daemon=True)
        thread.start()
        try:
            yield scanner
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, scanner: Scanner) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as asked:
            command = b""
            while not command.endswith(b"\0"):
                command += asked.read(1)
            if command == b"zINSTREAM\0":
                scanner.scanned.append(_chunks(asked))
            if scanner.answer is not None:
                connection.sendall(b"PONG\0" if command == b"zPING\0" else scanner.answer)


def _chunks(asked: object) -> bytes:
    read = asked.read  # type: ignore[attr-defined]
    data = b""
    while size := struct.unpack("!L", read(4))[0]:
        data += read(size)
    return data
