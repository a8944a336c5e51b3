"""A real redis-server, a store on disk, and a clock that the test moves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.form import FormLibrary
from casework.model import Arrival, Receipt
from intake.receive import receive
from outputs.blank import build_blank
from service.dispatch import Dispatcher
from service.embedded import ROOT, embedded_redis
from service.endings import endings
from service.queue import Doorbell, connect
from service.settings import Settings, load_settings
from store.database import open_database


@dataclass
class Clock:
    """Stands still until it is moved."""

    moment: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


@dataclass
class Service:
    """One data folder with its database, doorbell and dispatcher, and the means to hand something in."""

    settings: Settings
    db: Database
    doorbell: Doorbell
    dispatcher: Dispatcher
    clock: Clock

    def hand_in(self, data: bytes, name: str = "form.docx") -> Receipt:
        return receive(
            Arrival(data, name, "upload", "ann.lee@example.nhs.uk"),
            db=self.db,
            originals=self.settings.originals,
            now=self.clock(),
            limit_bytes=self.settings.upload_limit,
            receipt_text=lambda reference, name, moment: (reference, name),
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return list(self.db.execute(query).fetchall())


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a redis-server of our own."""
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path_factory.mktemp("redis"))})
    with embedded_redis(settings) as address:
        yield address


@pytest.fixture
def doorbell(redis_url: str) -> Iterator[Doorbell]:
    """A doorbell on an empty Redis."""
    doorbell = connect(redis_url)
    doorbell.connection.flushall()
    yield doorbell
    doorbell.connection.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(tmp_path: Path, doorbell: Doorbell, redis_url: str, clock: Clock) -> Service:
    """A service without running processes: the test sweeps and works itself."""
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path / "data"), "REDIS_URL": redis_url})
    settings.data.mkdir()
    db = open_database(settings.database)
    dispatcher = Dispatcher(
        db=db,
        doorbell=doorbell,
        originals=settings.originals,
        window=4,
        now=clock,
        endings=endings(lambda reference, name, _: (f"{reference}: received", f"We have {name}."), settings.originals),
    )
    return Service(settings, db, doorbell, dispatcher, clock)


@pytest.fixture(scope="session")
def blank(library: FormLibrary) -> bytes:
    """An unfilled Word form, which can be read."""
    return build_blank(library.forms[0], library)


def run_worker(service: Service) -> subprocess.CompletedProcess[str]:
    """Work in another process until the queue is empty."""
    program = (
        "import sys; from service.queue import connect;"
        " connect(sys.argv[1], timeout=None).work('formwright-read', name='test', until_empty=True)"
    )
    environment = {**os.environ, "FORMWRIGHT_DATA": str(service.settings.data)}
    return subprocess.run(
        [sys.executable, "-c", program, str(service.settings.redis_url)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def work_until_empty(service: Service) -> Callable[[], subprocess.CompletedProcess[str]]:
    """A call that lets a worker work until the queue is empty."""
    return lambda: run_worker(service)
