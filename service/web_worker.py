"""A web worker that gives a thread only to requests that have come whole, so that slow senders keep nobody waiting."""

from __future__ import annotations

import re
import selectors
import socket
import struct
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

_LOOK_EVERY = 0.05
# Seconds that a request may take to come whole, and that a large one may pause in between.
_PATIENCE = 30.0
_PAUSE = struct.pack("ll", 20, 0)
# Bytes that are waited for before anything is begun: any form without a file. Less than a socket's buffer holds.
_SMALL = 48_000
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)


class PatientWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Threads of gunicorn with a waiting room before them.

    A request is looked at without being taken until its head and, where that is small, its body are here. Large bodies
    are read as they come, by half of the threads at most: pages are answered whatever uploads do.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: list[tuple[Any, float]] = []
        self.large: set[Any] = set()

    def enqueue_req(self, conn: Any) -> None:
        """Give the connection a thread where its request is here, else let it wait."""
        if conn.parser is not None and conn.parser.unreader.buf.getvalue():
            super().enqueue_req(conn)
        elif not self._give_thread(conn):
            conn.sock.setblocking(False)
            # Most requests come a moment after their connection: the poller says when. Silent ones end like idle ones.
            conn.timeout = time.monotonic() + self.cfg.keepalive
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for events, and look into the waiting room between them."""
        super().wait_for_and_dispatch_events(min(timeout, _LOOK_EVERY) if self.waiting else timeout)
        still = []
        for conn, until in self.waiting:
            if self._give_thread(conn):
                continue
            if until < time.monotonic() or not self.alive:
                self.nr_conns -= 1
                conn.close()
            else:
                still.append((conn, until))
        self.waiting = still

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Keep in mind that the thread is free again."""
        self.large.discard(conn)
        super().finish_request(conn, fs)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """The first bytes are here: look at them, and go on looking while they are not all."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if not self._give_thread(conn):
            self.waiting.append((conn, time.monotonic() + _PATIENCE))

    def _give_thread(self, conn: Any) -> bool:
        """Whether the connection has got a thread, or was found closed and left to one."""
        try:
            seen = conn.sock.recv(1 << 16, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            seen = b""
        head, end, body = seen.partition(b"\r\n\r\n")
        if seen and not end and len(seen) < _SMALL:
            return False
        found = _LENGTH.search(head + b"\r\n")
        expected = int(found[1]) if found else 0
        if expected > _SMALL or (end and _CHUNKED.search(head)):
            if len(self.large) >= max(self.cfg.threads // 2, 1):
                return False
            self.large.add(conn)
        elif len(body) < expected and len(seen) < 1 << 16:
            return False
        conn.sock.setblocking(True)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _PAUSE)
        conn.data_ready = True
        super().enqueue_req(conn)
        return True
