"""Everything on one machine: a private Redis, and processes that come back whatever ends them."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from casework.errors import RefusedError, SettingError, UnavailableError
from service.embedded import (
    ROOT,
    Command,
    Keeper,
    check_port_is_free,
    embedded_redis,
    find_redis_server,
    redis_address,
    service_commands,
    wait_until_served,
)
from service.queue import Standing, connect
from service.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"FORMWRIGHT_DATA": str(tmp_path / "data")})


def wait_for(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def kept(*commands: Command) -> Iterator[Keeper]:
    keeper = Keeper(list(commands))
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()


def test_redis_listens_on_a_private_socket_only_and_keeps_nothing(settings: Settings) -> None:
    with embedded_redis(settings) as address:
        socket_path = Path(address.removeprefix("unix://"))
        assert stat.S_IMODE(socket_path.parent.stat().st_mode) == 0o700
        connection = connect(address).connection
        values = {
            name: connection.config_get(name)[name] for name in ("port", "save", "appendonly", "maxmemory-policy")
        }
        assert values == {"port": "0", "save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
        assert redis_address(settings) == address
        connection.close()
    assert not socket_path.parent.exists()
    with pytest.raises(UnavailableError, match="There is no Redis"):
        redis_address(settings)


def test_a_deep_data_folder_is_no_trouble_for_the_socket(tmp_path: Path) -> None:
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path / ("d" * 100) / ("e" * 100))})
    with embedded_redis(settings) as address:
        assert len(address) < 108


def test_redis_comes_back_after_a_kill(settings: Settings) -> None:
    with embedded_redis(settings) as address:
        doorbell = connect(address)
        first = doorbell.connection.info("server")["process_id"]
        os.kill(first, signal.SIGKILL)
        assert wait_for(lambda: doorbell.is_up() and doorbell.connection.info("server")["process_id"] != first)
        doorbell.connection.close()


def test_a_redis_that_hangs_counts_as_away_and_costs_intake_nothing(settings: Settings) -> None:
    with embedded_redis(settings) as address:
        process = connect(address).connection.info("server")["process_id"]
        doorbell = connect(address, timeout=0.3)
        os.kill(process, signal.SIGSTOP)
        try:
            assert not doorbell.is_up()
            assert doorbell.standing("formwright-read", "w1-a1") is Standing.UNKNOWN
        finally:
            os.kill(process, signal.SIGCONT)
        assert wait_for(doorbell.is_up)
        doorbell.connection.close()


def test_a_data_folder_has_one_embedded_redis(settings: Settings) -> None:
    with embedded_redis(settings), pytest.raises(RefusedError, match="already running"), embedded_redis(settings):
        pass


def test_without_any_redis_server_one_sentence_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SettingError, match=r"install the package redis-server \(Debian\)"):
        find_redis_server()


def test_a_redis_server_of_the_system_does_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "valkey-server").touch(mode=0o755)
    assert find_redis_server() == tmp_path / "valkey-server"


def test_a_process_that_ends_is_started_again_and_all_end_together(tmp_path: Path) -> None:
    with kept(Command("one", ["sleep", "60"]), Command("two", ["sleep", "60"])) as keeper:
        assert wait_for(lambda: len(keeper.process_ids()) == 2)
        first = keeper.process_ids()
        os.kill(first["one"], signal.SIGKILL)
        assert wait_for(lambda: keeper.process_ids().get("one", first["one"]) != first["one"])
        assert keeper.process_ids()["two"] == first["two"]
        last = keeper.process_ids()
    assert keeper.process_ids() == {}
    for process in last.values():
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_process_that_will_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.embedded._STOP_SECONDS", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
    with kept(Command("deaf", [sys.executable, "-c", deaf])) as keeper:
        assert wait_for(lambda: "deaf" in keeper.process_ids())
        time.sleep(0.3)
        deaf_process = keeper.process_ids()["deaf"]
    with pytest.raises(ProcessLookupError):
        os.kill(deaf_process, 0)


def test_processes_end_with_their_supervisor_even_when_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import time; from service.embedded import Command, Keeper\n"
        f"keeper = Keeper([Command('one', ['sh', '-c', 'echo $$ > {tmp_path}/pid; exec sleep 60'])])\n"
        "keeper.start(); time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    assert wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip() != "")
    process = int((tmp_path / "pid").read_text())
    supervisor.kill()
    supervisor.wait()
    assert wait_for(lambda: not _lives(process))


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_every_process_of_the_procfile_is_kept_with_the_same_settings(tmp_path: Path) -> None:
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path), "FORMWRIGHT_WORKERS": "2"})
    commands = service_commands(settings, "unix:///redis.sock")
    assert [(command.name, command.arguments[-1]) for command in commands] == [
        ("web", "web"), ("worker-1", "work"), ("worker-2", "work"), ("dispatch", "dispatch"),
        ("post", "post"),
    ]  # fmt: skip
    for command in commands:
        assert command.environment is not None
        assert command.environment["FORMWRIGHT_DATA"] == str(tmp_path)
        assert command.environment["REDIS_URL"] == "unix:///redis.sock"


def test_a_port_that_is_taken_is_said_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = load_settings({"FORMWRIGHT_PORT": str(port)})
        with pytest.raises(SettingError, match=rf"127\.0\.0\.1:{port} \(Address already in use\): set FORMWRIGHT_PORT"):
            check_port_is_free(settings)
    check_port_is_free(settings)


def test_pages_are_served_when_they_answer_and_not_before() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        settings = load_settings({"FORMWRIGHT_PORT": str(server.server_port)})
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert wait_until_served(settings, 5)
        thread.join()
    assert not wait_until_served(settings, 0.2)
