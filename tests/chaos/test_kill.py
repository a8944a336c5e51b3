"""Kill -9 whatever runs, empty Redis, and count: every form that was acknowledged is read exactly once."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.form import FormLibrary
from outputs.blank import fill_blank
from service.embedded import ROOT, Keeper, embedded_redis, service_commands
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
LONGEST = 75.0

# Hands in every file it is given, and says so only when the door has returned.
INTAKE = """
import sys, time
from pathlib import Path
from casework.model import Arrival
from service.doors import receive_arrival, shared_database
from service.settings import load_settings
settings = load_settings()
db = shared_database(settings)
for path in map(Path, sys.argv[1:]):
    receipt = receive_arrival(settings, db, Arrival(path.read_bytes(), path.name, "upload"), hand_in_key=path.name)
    print(path.name, receipt.reference, flush=True)
    time.sleep(0.25)
"""


class Intake:
    """A process that hands in, started again after each death with the files that it had not acknowledged."""

    def __init__(self, settings: Settings, files: list[Path]) -> None:
        self.files = files
        self.acknowledged: dict[str, str] = {}
        self.environment = {**os.environ, "FORMWRIGHT_DATA": str(settings.data)}
        self._start()

    def _start(self) -> None:
        left = [str(path) for path in self.files if path.name not in self.acknowledged]
        self.process = subprocess.Popen(
            [sys.executable, "-c", INTAKE, *left],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        os.set_blocking(self.process.stdout.fileno(), False)  # type: ignore[union-attr]

    def collect(self) -> bool:
        """Note what was acknowledged; whether everything is. A process that died is started again."""
        ended = self.process.poll() is not None
        with contextlib.suppress(TypeError):
            for line in self.process.stdout.readlines():  # type: ignore[union-attr]
                name, _, reference = line.strip().partition(" ")
                assert self.acknowledged.setdefault(name, reference) == reference
        if len(self.acknowledged) == len(self.files):
            return True
        if ended:
            self.process.stdout.close()  # type: ignore[union-attr]
            self._start()
        return False

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"FORMWRIGHT_DATA": str(tmp_path / "data"), "FORMWRIGHT_WORKERS": "2"})


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
    counts = count_by_state(db)
    return counts[WorkState.OWED] + counts[WorkState.LEASED]


def test_thirty_forms_are_read_once_each_while_everything_is_killed(settings: Settings, files: list[Path]) -> None:
    chance = random.Random(SEED)
    killed: list[str] = []
    with embedded_redis(settings) as address:
        keeper = Keeper(service_commands(settings, address, web=False))
        db = open_database(settings.database)
        redis = connect(address).connection
        keeper.start()
        intake = Intake(settings, files)

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
            "intake": lambda: kill(intake.process.pid),
        }
        # Each process twice at least, in an order that the seed decides, and Redis emptied in both ways.
        order = list(faults) * 3
        chance.shuffle(order)
        order.insert(4, "flush")
        order.insert(9, "redis")
        faults |= {"flush": empty_redis, "redis": kill_redis}
        try:
            began = time.monotonic()
            next_fault = began + 2.5
            while not (intake.collect() and not order and left_to_do(db) == 0):
                assert time.monotonic() - began < LONGEST, f"not all read: {count_by_state(db)}, killed {killed}"
                if order and time.monotonic() > next_fault:
                    killed.append(order.pop(0))
                    faults[killed[-1]]()
                    next_fault += KILL_EVERY * (0.5 + chance.random())
                time.sleep(0.05)
        finally:
            intake.end()
            keeper.stop()
            redis.close()

    assert len(set(intake.acknowledged.values())) == FORMS
    references = {reference for (reference,) in db.execute("SELECT reference FROM cases").fetchall()}
    assert references == set(intake.acknowledged.values())
    assert count_by_outcome(db)[Outcome.CASE] == FORMS
    assert count_by_state(db) == {
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
