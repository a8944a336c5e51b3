"""The web process under slow senders: two hundred of them, and everybody else is answered all the same."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "review" / "static" / "nhsuk" / "VERSION"
_SLOW_HEAD = b"GET /help HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
_SLOW_BODY = (
    b"POST /track HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: %d\r\n\r\na="
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where `formwright web` answers."""
    if not STYLES.exists():
        pytest.skip("the page styles are not installed: run make setup")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FORMWRIGHT_")}
    environment |= {"FORMWRIGHT_DATA": str(tmp_path_factory.mktemp("web") / "var"), "FORMWRIGHT_PORT": str(number)}
    process = subprocess.Popen([sys.executable, "-m", "service", "web"], cwd=ROOT, env=environment)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", number)).close()
                break
            except ConnectionError:
                assert process.poll() is None, "the web process ended"
                time.sleep(0.2)
        yield number
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize(
    "beginning",
    [_SLOW_HEAD, _SLOW_BODY % 1000, _SLOW_BODY % 900_000, b""],
    ids=["head", "small body", "large body", "silent"],
)
def test_two_hundred_slow_senders_keep_nobody_waiting(port: int, beginning: bytes) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        for sender in slow:
            sender.sendall(beginning)
        for _ in range(10):
            assert _get(port, "/help")[0] == 200
    finally:
        for sender in slow:
            sender.close()


def test_a_request_that_comes_in_pieces_is_answered_when_it_is_whole(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as sender:
        for piece in (b"GET /he", b"lp HTTP/1.1\r\nHost: local", b"host\r\nConnection: close\r\n", b"\r\n"):
            sender.sendall(piece)
            time.sleep(0.1)
        assert sender.recv(15) == b"HTTP/1.1 200 OK"


def test_a_large_upload_and_a_second_request_on_the_same_connection_are_answered(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", "/start")
        answer = connection.getresponse()
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
        assert found is not None
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        body = (
            (
                f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{found[1]}\r\n'
                f'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nann@example.nhs.uk\r\n'
                f'--b\r\nContent-Disposition: form-data; name="form"; filename="a.pdf"\r\n\r\n'
            ).encode()
            + b"%PDF-1.7 "
            + b"x" * 300_000
            + b"\r\n--b--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Cookie": cookie}
        connection.request("POST", "/start", body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303


def test_a_host_that_sends_two_lengths_gets_no_answer_of_ours(port: int) -> None:
    """Two readers of one request must not see two requests in it."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as sender:
        sender.sendall(
            b"POST /track HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 30\r\n\r\na=b&"
            b"GET /help HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(12) == b"HTTP/1.1 400"


def _get(port: int, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
