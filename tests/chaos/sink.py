"""An SMTP server that now and then puts off, loses or cuts off what it is given, and remembers all that it took."""

from __future__ import annotations

import contextlib
import email
import random
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Sink:
    """What was taken, in its order, as (Message-ID, recipient, bytes). `is_unkind` while it makes trouble.

    What it does to a message depends on the seed, the message and how often it was tried, and on nothing else.
    """

    seed: int
    refuses: str
    port: int = 0
    is_unkind: bool = False
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    _tries: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self, key: str, fates: dict[str, float]) -> str:
        """One of `fates` by its chance, or an empty word for all that is left: it goes well."""
        with self._lock:
            self._tries[key] += 1
            chance = random.Random(f"{self.seed}:{key}:{self._tries[key]}").random()
        for fate, share in fates.items():
            chance -= share
            if self.is_unkind and chance < 0:
                self.troubles[fate] += 1
                return fate
        return ""

    def take(self, message_id: str, recipient: str, raw: bytes) -> None:
        with self._lock:
            self.taken.append((message_id, recipient, raw))


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 20

    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        recipient = ""
        with contextlib.suppress(OSError):
            self._say("220 sink")
            while line := self.rfile.readline():
                words = line.decode("utf-8", "replace").strip()
                word = words.split(" ")[0].upper()
                if word == "RCPT":
                    recipient = words.partition("<")[2].partition(">")[0]
                    if recipient.startswith(sink.refuses):
                        self._say("550 5.1.1 nobody of that name here")
                    elif sink.fate(f"to {recipient}", {"put off": 0.04}):
                        self._say("450 4.2.0 try again later")
                    else:
                        self._say("250 ok")
                elif word == "DATA":
                    self._say("354 go on")
                    if not self._data(sink, recipient):
                        return
                elif word == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

    def _data(self, sink: Sink, recipient: str) -> bool:
        """Whether the line holds after this message."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        raw = b"".join(lines)
        message_id = str(email.message_from_bytes(raw)["Message-ID"]).strip()
        fate = sink.fate(message_id, {"put off": 0.03, "lost": 0.03, "taken and cut off": 0.04})
        if fate == "put off":
            self._say("451 4.3.0 try again later")
        elif fate != "lost":
            sink.take(message_id, recipient, raw)
            if not fate:
                self._say("250 taken")
        return fate in ("", "put off")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def running_sink(seed: int, refuses: str) -> Iterator[Sink]:
    """A sink on loopback for the time of the block; it refuses recipients that begin with `refuses` for good."""
    sink = Sink(seed, refuses)
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.sink = sink  # type: ignore[attr-defined]
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join(5)
