"""The disposable child: it gives its result back, or it costs a bounded amount and says why."""

from __future__ import annotations

import contextlib
import mmap
import os
import resource
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service.isolate import READ_LIMITS, ChildFailedError, Limits, run_isolated

# Newer Pythons warn about any fork beside threads; the child uses none of the parent's.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

MEBIBYTE = 1024 * 1024
SMALL = Limits(resident=64 * MEBIBYTE, address_space=256 * MEBIBYTE, cpu_seconds=1, wall_seconds=30)
IMPATIENT = replace(SMALL, wall_seconds=2)


def test_the_result_comes_back_whole() -> None:
    data = os.urandom(3 * MEBIBYTE)
    assert run_isolated(lambda: data, READ_LIMITS) == data


def test_an_empty_result_is_a_result() -> None:
    assert run_isolated(lambda: b"", SMALL) == b""


def failure(work: object, limits: Limits = SMALL) -> tuple[str, str]:
    with pytest.raises(ChildFailedError) as failed:
        run_isolated(work, limits)  # type: ignore[arg-type]
    return failed.value.why, failed.value.where


def test_an_exception_is_a_crash_that_names_the_line_and_not_the_senders_words() -> None:
    def work() -> bytes:
        raise KeyError("Ann Lee")

    why, where = failure(work)
    assert why == "crash"
    assert where.startswith("KeyError in test_isolate.py, line ")


def test_a_sleeper_is_ended_at_the_wall_limit() -> None:
    assert failure(lambda: time.sleep(600) or b"", IMPATIENT) == ("time", "")


def test_a_loop_that_swallows_everything_is_ended_at_the_processor_limit() -> None:
    def work() -> bytes:
        while True:
            with contextlib.suppress(BaseException):
                sum(range(1000))

    assert failure(work, Limits(64 * MEBIBYTE, 256 * MEBIBYTE, 1, 20)) == ("time", "")


def test_memory_has_an_end_by_address_space() -> None:
    assert failure(lambda: b"x" * (512 * MEBIBYTE)) == ("memory", "")


def test_memory_has_an_end_by_what_is_really_used() -> None:
    def work() -> bytes:
        # Not from the heap, where this process may have room that it holds already.
        kept = mmap.mmap(-1, 128 * MEBIBYTE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        kept.write(b"x" * (128 * MEBIBYTE // 2))
        kept.write(b"x" * (128 * MEBIBYTE // 2))
        time.sleep(60)
        return b""

    assert failure(work) == ("memory", "")


def test_a_result_has_an_end() -> None:
    assert failure(lambda: bytes(40 * MEBIBYTE), READ_LIMITS) == ("memory", "")


def test_a_child_that_is_killed_is_a_crash() -> None:
    assert failure(lambda: os.kill(os.getpid(), signal.SIGKILL) or b"") == ("crash", "")


def test_a_child_that_closes_its_pipe_and_lives_on_is_ended_at_once() -> None:
    def work() -> bytes:
        os.closerange(3, 4096)
        time.sleep(600)
        return b""

    # Not "time": it is not waited for until the wall limit.
    assert failure(work) == ("crash", "")


def test_what_the_child_starts_ends_with_it() -> None:
    def work() -> bytes:
        if os.fork() == 0:
            os.closerange(3, 4096)
            time.sleep(60)
        return str(os.getpgrp()).encode()

    group = int(run_isolated(work, replace(SMALL, programs=True)))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _group_lives(group):
        time.sleep(0.02)
    assert not _group_lives(group)


def test_what_left_the_childs_group_ends_with_it_too() -> None:
    with contextlib.suppress(ChildFailedError):
        run_isolated(_start_a_sleeper_and_wait, replace(IMPATIENT, programs=True, file_size=100))
    assert not any(b"formwright-sleeper" in line for line in _command_lines())


def _start_a_sleeper_and_wait() -> bytes:
    subprocess.Popen(["/bin/sh", "-c", "sleep 50; : formwright-sleeper"], start_new_session=True)
    time.sleep(60)
    return b""


def _command_lines() -> Iterator[bytes]:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield entry.read_bytes()


def test_what_the_programs_of_a_child_hold_counts_as_its_own() -> None:
    def work() -> bytes:
        # It looks for the end of the last line, and keeps all that it has seen.
        subprocess.run(["tail", "/dev/zero"], check=False, env={"PATH": "/usr/bin:/bin"})
        return b""

    assert failure(work, replace(SMALL, address_space=1024 * MEBIBYTE, programs=True)) == ("memory", "")


def test_the_scratch_folder_goes_even_when_the_child_was_killed() -> None:
    def work() -> bytes:
        Path(tempfile.mkdtemp(prefix="left-behind-")).joinpath("x").touch()
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    assert failure(work, replace(SMALL, programs=True)) == ("crash", "")
    assert not list(Path(tempfile.gettempdir()).glob("formwright-*/left-behind-*"))


def _group_lives(group: int) -> bool:
    return any(int(fields[2]) == group and fields[0] != "Z" for fields in _processes())


def _processes() -> Iterator[list[str]]:
    """State, parent, group and so on of every process."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            yield entry.read_text().rpartition(")")[2].split()


def test_the_child_cannot_write_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def work() -> bytes:
        try:
            target.write_bytes(b"x")
        except OSError:
            return b"refused"
        return b"written"

    assert run_isolated(work, SMALL) == b"refused"


def test_the_child_has_no_environment_no_other_handles_and_no_core() -> None:
    with socket.create_server(("127.0.0.1", 0)):

        def work() -> bytes:
            handles = [handle for handle in range(3, 4096) if _is_open(handle)]
            return repr((dict(os.environb), len(handles), resource.getrlimit(resource.RLIMIT_CORE))).encode()

        # The pipe.
        assert run_isolated(work, SMALL) == b"({}, 1, (0, 0))"


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


def test_no_child_is_left_behind() -> None:
    for limits in (SMALL, Limits(64 * MEBIBYTE, 256 * MEBIBYTE, 1, 0)):
        with contextlib.suppress(ChildFailedError):
            run_isolated(lambda: b"x", limits)
    assert [fields for fields in _processes() if fields[:2] == ["Z", str(os.getpid())]] == []
