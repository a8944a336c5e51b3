"""Runs a pure function in a disposable child with hard limits, so that a hostile file costs a bounded amount."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MEBIBYTE = 1024 * 1024
_RESULT_LIMIT = 32 * _MEBIBYTE
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use. `address_space` is counted on top of what the parent has mapped already."""

    resident: int
    address_space: int
    cpu_seconds: int
    wall_seconds: int


READ_LIMITS = Limits(resident=512 * _MEBIBYTE, address_space=1024 * _MEBIBYTE, cpu_seconds=20, wall_seconds=25)


class ChildFailedError(Exception):
    """The child ended without a result; `why` is `time`, `memory` or `crash`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def run_isolated(function: Callable[[], bytes], limits: Limits) -> bytes:
    """What `function` returns, computed in a forked child; ChildFailedError where it broke a limit or died.

    The child has no environment, may write to nothing but its pipe, and is killed with whatever it started.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_the_child(function, writer, limits)
    os.close(writer)
    try:
        return _wait_for(child, reader, limits)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _wait_for(child: int, reader: int, limits: Limits) -> bytes:
    deadline = time.monotonic() + limits.wall_seconds
    received = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ChildFailedError("time")
        if _resident(child) > limits.resident:
            raise ChildFailedError("memory")
        ready, _, _ = select.select([reader], [], [], min(left, 0.1))
        if not ready:
            continue
        part = os.read(reader, 1 << 16)
        if not part:
            break
        received += part
        if len(received) > _RESULT_LIMIT:
            raise ChildFailedError("memory")
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 and received:
        return bytes(received)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _OUT_OF_MEMORY:
        raise ChildFailedError("memory")
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        raise ChildFailedError("time")
    raise ChildFailedError("crash")


_OUT_OF_MEMORY = 3
_CRASHED = 4


def _be_the_child(function: Callable[[], bytes], writer: int, limits: Limits) -> None:
    """Never returns: limits first, then the work, then straight out without the parent's exit handlers."""
    code = _CRASHED
    try:
        os.setpgid(0, 0)
        _drop_everything(writer, limits)
        data = memoryview(function())
        while data:
            data = data[os.write(writer, data) :]
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 - the edge of the child: whatever it was, the parent sees a crash
        code = _CRASHED
    finally:
        os._exit(code)


def _drop_everything(writer: int, limits: Limits) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    for handle in _open_handles():
        if handle not in (0, 1, 2, writer):
            with contextlib.suppress(OSError):
                os.close(handle)
    os.environb.clear() if hasattr(os, "environb") else None
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        mapped = _mapped_here()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + limits.address_space,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _open_handles() -> list[int]:
    folder = Path("/proc/self/fd") if Path("/proc/self/fd").is_dir() else Path("/dev/fd")
    return [int(entry.name) for entry in list(folder.iterdir())]


def _mapped_here() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _resident(process: int) -> int:
    """Bytes of memory that the process holds for itself, 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * resource.getpagesize() if len(fields) > 2 else 0
