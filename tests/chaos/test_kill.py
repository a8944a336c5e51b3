"""Kill -9 whatever runs, empty Redis, and count: every form that was acknowledged is read exactly once."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.form import FormLibrary
from intake.receive import READ
from outputs.blank import fill_blank
from service.embedded import Keeper, embedded_redis, service_commands
from service.queue import connect
from service.settings import Settings, load_settings
from store.database import open_database
from store.events import verify_events
from store.ledger import Outcome, count_by_outcome
from store.work import WorkState, count_by_state

pytestmark = pytest.mark.chaos

FORMS = 30
SEED = 20261123
KILL_EVERY = 0.9
LONGEST = 150.0

_HIDDEN = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
_REFERENCE = re.compile(r"ESR-\d{4}-\d{4,}")


class Browser(threading.Thread):
    """Uploads and sends one file after another, each page again until it is answered, the last with a reference."""

    def __init__(self, address: str, files: list[Path]) -> None:
        super().__init__(daemon=True)
        self.address, self.files = address, files
        self.acknowledged: dict[str, str] = {}
        self.sent_again = 0
        self.stopped = threading.Event()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def run(self) -> None:
        for path in self.files:
            page = self._ask(lambda: self._get("/start"))
            fields = {**dict(_HIDDEN.findall(page)), "email": "ann.lee@example.nhs.uk"}
            uploaded = self._ask(lambda path=path, fields=fields: self._upload(fields, path))  # type: ignore[misc]
            answer = self._ask(lambda at=uploaded, fields=fields: self._send(fields, at))  # type: ignore[misc]
            self.acknowledged[path.name] = _REFERENCE.search(answer)[0]  # type: ignore[index]
            self.stopped.wait(0.2)

    def _ask(self, question: Callable[[], str]) -> str:
        while not self.stopped.is_set():
            try:
                return question()
            except (OSError, http.client.HTTPException):
                self.sent_again += 1
                self.stopped.wait(0.1)
        raise SystemExit

    def _get(self, path: str) -> str:
        with self.opener.open(f"{self.address}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def _send(self, fields: dict[str, str], uploaded: str) -> str:
        """Press Send without waiting until the form is read: its receipt."""
        data = urllib.parse.urlencode({"csrf_token": fields["csrf_token"]}).encode()
        with self.opener.open(f"{uploaded}/send", data=data, timeout=10) as answer:
            return str(answer.read().decode())

    def _upload(self, fields: dict[str, str], path: Path) -> str:
        """The address of the upload's page."""
        boundary = b"----form"
        parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
        parts.append((f'name="form"; filename="{path.name}"', path.read_bytes()))
        body = b"".join(
            b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (boundary, head.encode(), value)
            for head, value in parts
        )
        request = urllib.request.Request(f"{self.address}/start", data=body + b"--%s--\r\n" % boundary)
        request.add_header("Content-Type", "multipart/form-data; boundary=----form")
        with self.opener.open(request, timeout=10) as answer:
            return str(answer.url)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return load_settings(
        {"FORMWRIGHT_DATA": str(tmp_path / "data"), "FORMWRIGHT_WORKERS": "2", "FORMWRIGHT_PORT": str(port)}
    )


@pytest.fixture
def files(tmp_path: Path, library: FormLibrary) -> list[Path]:
    """Thirty different forms."""
    folder = tmp_path / "forms"
    folder.mkdir()
    paths = []
    for number in range(FORMS):
        form = library.forms[number % len(library.forms)]
        path = folder / f"{number:02}.docx"
        path.write_bytes(fill_blank(form, library, {"requester_name": f"Person {number}"}))
        paths.append(path)
    return paths


def kill(process: int | None, *, with_children: bool = False) -> None:
    if process is None:
        return
    for victim in [process, *(_children(process) if with_children else [])]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


def _children(process: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if entry.read_text().rpartition(")")[2].split()[1] == str(process):
                yield int(entry.parent.name)


def left_to_do(db: Database) -> int:
    counts = count_by_state(db, READ)
    return counts[WorkState.OWED] + counts[WorkState.LEASED]


def test_thirty_forms_are_read_once_each_while_everything_is_killed(settings: Settings, files: list[Path]) -> None:
    chance = random.Random(SEED)
    killed: list[str] = []
    with embedded_redis(settings) as address:
        keeper = Keeper(service_commands(settings, address))
        db = open_database(settings.database)
        redis = connect(address).connection
        keeper.start()
        browser = Browser(f"http://{settings.host}:{settings.port}", files)
        browser.start()

        def empty_redis() -> None:
            with contextlib.suppress(Exception):
                redis.flushall()

        def kill_redis() -> None:
            with contextlib.suppress(Exception):
                kill(int(redis.info("server")["process_id"]))

        def kill_named(name: str, *, with_children: bool = False) -> Callable[[], None]:
            return lambda: kill(keeper.process_ids().get(name), with_children=with_children)

        faults: dict[str, Callable[[], None]] = {
            "worker-1": kill_named("worker-1"),
            "worker-2 and its horse": kill_named("worker-2", with_children=True),
            "dispatcher": kill_named("dispatch"),
            "web": kill_named("web", with_children=True),
        }
        # Each process twice at least, in an order that the seed decides, and Redis emptied in both ways.
        order = list(faults) * 3
        chance.shuffle(order)
        order.insert(4, "flush")
        order.insert(9, "redis")
        faults |= {"flush": empty_redis, "redis": kill_redis}
        try:
            began = time.monotonic()
            next_fault = began + 4
            while browser.is_alive() or order or left_to_do(db):
                assert time.monotonic() - began < LONGEST, f"not all read: {count_by_state(db, READ)}, killed {killed}"
                if order and time.monotonic() > next_fault:
                    killed.append(order.pop(0))
                    faults[killed[-1]]()
                    next_fault += KILL_EVERY * (0.5 + chance.random())
                time.sleep(0.05)
        finally:
            browser.stopped.set()
            keeper.stop()
            browser.join()
            redis.close()

    assert browser.sent_again > 0
    assert len(set(browser.acknowledged.values())) == FORMS
    references = {reference for (reference,) in db.execute("SELECT reference FROM cases").fetchall()}
    assert references == set(browser.acknowledged.values())
    assert count_by_outcome(db)[Outcome.CASE] == FORMS
    assert count_by_state(db, READ) == {
        WorkState.OWED: 0, WorkState.LEASED: 0, WorkState.DONE: FORMS, WorkState.FAILED: 0,
    }  # fmt: skip
    read = db.execute("SELECT case_id, count(*) FROM events WHERE kind = 'form-read' GROUP BY case_id").fetchall()
    assert sorted(read) == [(number, 1) for number in range(1, FORMS + 1)]
    records = [json.loads(record) for (record,) in db.execute("SELECT record FROM readings").fetchall()]
    assert sorted(_requester(record) for record in records) == sorted(f"Person {number}" for number in range(FORMS))
    assert db.execute("SELECT count(*) FROM deliveries WHERE kind = 'receipt'").fetchone() == (FORMS,)
    assert verify_events(db).broken_at is None


def _requester(record: dict[str, list[dict[str, list[dict[str, str]]]]]) -> str:
    [reading] = record["readings"]
    return next(answer["value"] for answer in reading["answers"] if answer["field"] == "requester_name")
