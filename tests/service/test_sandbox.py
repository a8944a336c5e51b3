"""What a child that reads a file cannot do, tried by doing it: each attempt works outside, and fails inside."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.errors import SettingError
from service import sandbox
from service.cli import main
from service.isolate import CONVERT_LIMITS, OCR_LIMITS, READ_LIMITS, ChildFailedError, Limits, run_isolated
from service.sandbox import Profile, Protection, confine, protection

# Newer Pythons warn about any fork beside threads; the child uses none of the parent's.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

HELD = protection()


def inside(attempt: Callable[[], object], limits: Limits = READ_LIMITS) -> str:
    """What becomes of an attempt in a child: `refused`, `killed` or `done`."""

    def work() -> bytes:
        try:
            attempt()
        except OSError:
            return b"refused"
        return b"done"

    try:
        return run_isolated(work, limits).decode()
    except ChildFailedError:
        return "killed"


def needs_landlock() -> bool:
    """Whether the attempt can be judged here; where not, the health line must say so."""
    if HELD.landlock is None:
        assert "no Landlock" in HELD.words or "neither Landlock" in HELD.words
    return HELD.landlock is not None


def needs_seccomp() -> bool:
    if not HELD.seccomp:
        assert "no seccomp" in HELD.words or "nor seccomp" in HELD.words
    return HELD.seccomp


@pytest.fixture
def listener() -> Iterator[tuple[str, int]]:
    """An address on this machine where somebody listens, for TCP and for UDP."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(type=socket.SOCK_DGRAM) as post:
        post.bind(("127.0.0.1", server.getsockname()[1]))
        yield server.getsockname()


# Files.


def test_no_file_of_this_machine_can_be_read(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes(b"somebody else's form")
    for path in (Path("/etc/passwd"), original, Path(sandbox.__file__).parent.parent / "README.md"):
        assert path.read_bytes()
        if needs_landlock():
            assert inside(path.read_bytes) == "refused", path


def test_no_folder_can_be_listed(tmp_path: Path) -> None:
    for folder in ("/", "/etc", "/tmp", tmp_path, Path.home()):
        if needs_landlock():
            assert inside(lambda folder=folder: list(Path(folder).iterdir())) == "refused", folder


def test_nothing_can_be_written_or_removed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("x")
    if needs_landlock():
        assert inside((tmp_path / "new").touch) == "refused"
        assert inside((tmp_path / "folder").mkdir) == "refused"
        assert inside(kept.unlink) == "refused"
        assert inside(lambda: (tmp_path / "link").symlink_to(kept)) == "refused"
        assert inside(lambda: os.truncate(kept, 0)) == "refused" or HELD.landlock < 3  # type: ignore[operator]
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == "x" or (HELD.landlock or 0) < 3


def test_what_reading_loads_late_can_still_be_loaded() -> None:
    def work() -> bytes:
        import wave  # a module of Python's that nothing else here has loaded

        return b"loaded" if wave.__name__ in sys.modules else b""

    assert run_isolated(work, READ_LIMITS) == b"loaded"


# The network.


def test_no_address_can_be_reached(listener: tuple[str, int], tmp_path: Path) -> None:
    def by_tcp() -> None:
        socket.create_connection(listener, timeout=5).close()

    def by_udp() -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as post:
            post.sendto(b"x", listener)

    def by_listening() -> None:
        socket.create_server(("127.0.0.1", 0)).close()

    for attempt in (by_tcp, by_udp, by_listening):
        attempt()
        if needs_seccomp():
            assert [inside(attempt, limits) for limits in (READ_LIMITS, OCR_LIMITS, CONVERT_LIMITS)] == ["refused"] * 3


def test_no_program_on_this_machine_can_be_spoken_to(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "door"))
        server.listen()

        def attempt() -> None:
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(tmp_path / "door"))

        attempt()
        if needs_seccomp():
            assert inside(attempt) == "refused"


# Other programs and processes.


def test_no_program_can_be_started() -> None:
    def attempt() -> None:
        subprocess.run(["/bin/true"], check=True)

    attempt()
    if needs_seccomp():
        assert inside(attempt) == "refused"
        assert inside(lambda: os.execv("/bin/true", ["true"])) == "refused"


def test_no_process_can_be_started() -> None:
    def attempt() -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)

    attempt()
    if needs_seccomp():
        assert inside(attempt) == "refused"


def test_a_thread_can_be_started() -> None:
    def attempt() -> None:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()

    assert inside(attempt) == "done"


def test_no_other_process_can_be_ended() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        if needs_seccomp():
            for number in (0, signal.SIGKILL):
                assert inside(lambda number=number: os.kill(other.pid, number)) == "refused"
            assert other.poll() is None
        other.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read through system calls of Linux")
def test_the_memory_of_the_parent_cannot_be_read() -> None:
    parent = os.getpid()
    if needs_landlock():
        assert inside(Path(f"/proc/{parent}/mem").open) == "refused"
        assert inside(Path(f"/proc/{parent}/environ").read_bytes) == "refused"

    def by_call() -> None:
        there = ctypes.create_string_buffer(b"secret")
        here = ctypes.create_string_buffer(6)

        class Vector(ctypes.Structure):
            _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))

        vectors = [Vector(ctypes.addressof(buffer), 6) for buffer in (here, there)]
        libc = ctypes.CDLL(None, use_errno=True)
        got = libc.process_vm_readv(parent, ctypes.byref(vectors[0]), 1, ctypes.byref(vectors[1]), 1, 0)
        if got < 0:
            raise OSError(ctypes.get_errno(), "process_vm_readv")

    def by_tracing() -> None:
        if ctypes.CDLL(None).ptrace(16, parent, 0, 0) < 0:  # PTRACE_ATTACH
            raise PermissionError

    by_call()
    if needs_seccomp():
        assert inside(by_call) == "killed"
        assert inside(by_tracing) == "killed"


@pytest.mark.skipif(sys.platform != "linux", reason="limits are lifted through a system call of Linux")
def test_a_limit_cannot_be_lifted() -> None:
    import resource

    def attempt() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def work() -> bytes:
        try:
            attempt()
        except (OSError, ValueError):
            return b"refused"
        return b"done"

    assert run_isolated(work, READ_LIMITS) == run_isolated(work, CONVERT_LIMITS) == b"refused"


def test_calls_have_the_numbers_that_the_kernel_gives_them() -> None:
    """On machines with the kernel's headers; the second column is that of 64-bit ARM, which uses the generic ones."""
    named = sandbox._DEADLY | sandbox._REFUSED | sandbox._MISSING | sandbox._REFUSED_WITHOUT_PROGRAMS
    named |= {"socket": sandbox._SOCKET, "prlimit64": sandbox._PRLIMIT, "clone": sandbox._CLONE}
    named |= dict(zip(("kill", "tgkill"), sandbox._SIGNALS, strict=True))
    headers = (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm-generic/unistd.h"))
    for column, header in enumerate(headers):
        numbers = [pair[column] for pair in named.values() if pair[column] is not None]
        assert len(set(numbers)) == len(numbers)
        if header.exists():
            found = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text()))
            wrong = {
                name: pair[column] for name, pair in named.items() if str(pair[column] or "") != found.get(name, "")
            }
            assert wrong == {}


# Children that call programs.


def test_a_child_that_calls_programs_writes_to_its_scratch_folder_alone(tmp_path: Path) -> None:
    def work() -> bytes:
        import tempfile

        folder = Path(tempfile.mkdtemp())
        (folder / "made").write_text("x")
        done = subprocess.run(["/bin/ls", str(folder)], capture_output=True, check=True)
        return done.stdout + str(folder).encode()

    made, folder = run_isolated(work, CONVERT_LIMITS).decode().split()
    assert made == "made"
    assert not Path(folder).exists()
    assert not Path(folder).parent.name.startswith("formwright-") or not Path(folder).parent.exists()
    if needs_landlock():
        assert inside((tmp_path / "new").touch, CONVERT_LIMITS) == "refused"
        assert inside(Path("/etc/passwd").read_bytes, CONVERT_LIMITS) == "refused"
        assert inside(lambda: Path("/tmp/formwright-stray").touch(), CONVERT_LIMITS) == "refused"


# What is said about it.


def test_protection_is_what_was_really_tried() -> None:
    def work() -> bytes:
        return repr(confine(Profile())).encode()

    # A second time, inside: it says the same, since what holds a process can only be added to.
    assert run_isolated(work, READ_LIMITS).decode() == repr(HELD)


def test_a_health_line_says_plainly_what_holds_and_what_does_not() -> None:
    assert Protection(7, seccomp=True).words == (
        "Each file is read in a process shut off from other files, the network, other programs and other processes."
    )
    assert Protection(1, seccomp=False).words == (
        "Each file is read in a process shut off from other files, and from nothing else: there is no seccomp here."
    )
    assert Protection(None, seccomp=True).words.endswith("and from nothing else: there is no Landlock here.")
    assert "neither Landlock nor seccomp" in Protection(None, seccomp=False).words


def test_a_service_that_must_have_it_does_not_start_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for found, is_enough in ((Protection(3, seccomp=True), True), (Protection(None, seccomp=True), False)):
        monkeypatch.setattr(sandbox, "protection", lambda found=found: found)
        refused = pytest.raises(SettingError, match="FORMWRIGHT_REQUIRE_SANDBOX is yes, but this machine cannot")
        with contextlib.nullcontext() if is_enough else refused:
            sandbox.require_protection()


@pytest.mark.parametrize("process", ["work", "run"])
def test_what_reads_files_is_not_started_without_it(
    process: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "protection", lambda: Protection(None, seccomp=False))
    settings = {"FORMWRIGHT_DATA": str(tmp_path), "FORMWRIGHT_REQUIRE_SANDBOX": "yes"}
    result = CliRunner().invoke(main, [process], env=settings)
    assert result.exit_code == 2
    assert "FORMWRIGHT_REQUIRE_SANDBOX is yes, but this machine cannot do it." in result.output
    assert not list(tmp_path.iterdir())
