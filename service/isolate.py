"""Runs a pure function in a disposable child with hard limits, so that a hostile file costs a bounded amount."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from service.log import place_of
from service.sandbox import Profile, confine
from service.scratch import scratch_folder

_MEBIBYTE = 1024 * 1024
_LOOK_EVERY = 0.1
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use, in bytes and seconds, and each program that it calls.

    Both memories are on top of what the parent has already: it holds the language pipeline, which every child shares
    with it and none can give back. With `programs` the child may call the system's programs and write to a scratch
    folder of its own, which is where `tempfile` leads; `resident` then counts what those programs hold too.
    """

    resident: int
    address_space: int
    cpu_seconds: int
    wall_seconds: int
    file_size: int = 0
    handles: int = 32
    programs: bool = False
    result: int = 32 * _MEBIBYTE


READ_LIMITS = Limits(resident=512 * _MEBIBYTE, address_space=1024 * _MEBIBYTE, cpu_seconds=20, wall_seconds=25)
# A hundred pages take a fifth of a second each, and their pictures come back together.
DRAW_LIMITS = Limits(
    resident=768 * _MEBIBYTE,
    address_space=1024 * _MEBIBYTE,
    cpu_seconds=60,
    wall_seconds=75,
    result=96 * _MEBIBYTE,
)
# A message hands over its files, which may unpack to more than came.
MESSAGE_LIMITS = Limits(
    resident=768 * _MEBIBYTE,
    address_space=1024 * _MEBIBYTE,
    cpu_seconds=20,
    wall_seconds=25,
    result=256 * _MEBIBYTE,
)
# Converting and recognising call another program, which inherits the limits and needs a scratch folder.
CONVERT_LIMITS = Limits(
    resident=512 * _MEBIBYTE,
    address_space=4096 * _MEBIBYTE,
    cpu_seconds=60,
    wall_seconds=75,
    file_size=200 * _MEBIBYTE,
    handles=1024,
    programs=True,
    result=96 * _MEBIBYTE,
)
OCR_LIMITS = Limits(
    resident=1024 * _MEBIBYTE,
    address_space=4096 * _MEBIBYTE,
    cpu_seconds=100,
    wall_seconds=110,
    handles=256,
    programs=True,
)
LONGEST_WALL = max(limits.wall_seconds for limits in (READ_LIMITS, DRAW_LIMITS, CONVERT_LIMITS, OCR_LIMITS))


class ChildFailedError(Exception):
    """The child ended without a result; `why` is `time`, `memory` or `crash`, `where` the line of code that crashed."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(why, where)
        self.why = why
        self.where = where


def run_isolated(function: Callable[[], bytes], limits: Limits) -> bytes:
    """What `function` returns, computed in a forked child; ChildFailedError where it broke a limit or died.

    The child has no environment, may write to nothing but its pipe, and is killed with whatever it started. Where the
    system can (see `service.sandbox`), it cannot open other files or reach the network either. UnavailableError where
    there is no room for its scratch folder.
    """
    if not limits.programs:
        return _run(function, limits, None)
    # Made and removed here and not in the child, which may be killed before it can clear up.
    with scratch_folder() as scratch:
        return _run(function, limits, scratch)


def _run(function: Callable[[], bytes], limits: Limits, scratch: Path | None) -> bytes:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_the_child(function, writer, limits, scratch)
    os.close(writer)
    with contextlib.suppress(OSError):
        # The child does this too: whichever of the two comes first, its group is there to be killed.
        os.setpgid(child, child)
    try:
        received, why = _receive(child, reader, limits)
    finally:
        os.close(reader)
        # Killed before it is waited for, so that its number cannot have become somebody else's.
        status = _end(child)
    if why:
        raise ChildFailedError(why)
    if received[-1:] == _DONE:
        return received[:-1]
    if received[-1:] == _OUT_OF_MEMORY:
        raise ChildFailedError("memory")
    if received[-1:] == _CRASHED:
        raise ChildFailedError("crash", received[:-1].decode("ascii", "replace"))
    raise ChildFailedError("time" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU else "crash")


# The last byte that a child sends says how it ended; a child that was killed sends none of them.
_DONE = b"\x00"
_OUT_OF_MEMORY = b"\x01"
_CRASHED = b"\x02"


def _receive(child: int, reader: int, limits: Limits) -> tuple[bytes, str]:
    """All that the child sends until it closes its pipe, and why it was given up (empty where it was not)."""
    deadline = time.monotonic() + limits.wall_seconds
    inherited = _resident(os.getpid())
    received = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return b"", "time"
        if _resident_with_programs(child, limits) > inherited + limits.resident:
            return b"", "memory"
        ready, _, _ = select.select([reader], [], [], min(left, _LOOK_EVERY))
        if not ready:
            continue
        part = os.read(reader, 1 << 16)
        if not part:
            return bytes(received), ""
        received += part
        if len(received) > limits.result:
            return b"", "memory"


def _end(child: int) -> int:
    """Kill the child with all that it started and return how it ended; one that ended by itself keeps its own end."""
    # Found while the child lives: a program with a session of its own is in no group that could be killed.
    started = _descendants(child)
    for kill, target in ((os.killpg, child), *((os.kill, process) for process in (child, *started))):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(target, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status


def _be_the_child(function: Callable[[], bytes], writer: int, limits: Limits, scratch: Path | None) -> None:
    """Never returns: limits first, then the work, then straight out without the parent's exit handlers."""
    try:
        os.setpgid(0, 0)
        _drop_everything(writer, limits)
        if scratch is not None:
            tempfile.tempdir = str(scratch)
        confine(Profile(programs=limits.programs, scratch=scratch))
        _send(writer, function() + _DONE)
    except MemoryError:
        _send(writer, _OUT_OF_MEMORY)
    except BaseException as problem:  # noqa: BLE001 - the edge of the child: whatever it was, the parent sees a crash
        _send(writer, place_of(problem).encode("ascii", "replace") + _CRASHED)
    finally:
        os._exit(0)


def _send(writer: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(writer, left) :]


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
    os.environb.clear()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        mapped = _mapped_here()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + limits.address_space,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.handles, limits.handles))


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


def _resident_with_programs(child: int, limits: Limits) -> int:
    others = _descendants(child) if limits.programs else []
    # Between its start and its program a process is a copy of the child, whose memory would count twice.
    return _resident(child) + sum(_resident(other) for other in others if _program(other) != _program(child))


def _program(process: int) -> str:
    try:
        return str(Path(f"/proc/{process}/exe").readlink())
    except OSError:
        return ""


def _descendants(process: int) -> list[int]:
    """The processes that `process` started and those that they started; none where the system does not say."""
    children: list[str] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            children += (thread / "children").read_text().split()
    return [found for child in children for found in (int(child), *_descendants(int(child)))]
