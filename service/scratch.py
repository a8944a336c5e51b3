"""Scratch folders for what is converted: each goes with its owner, at the latest when the next one is made."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.errors import UnavailableError

_PREFIX = "formwright-scratch-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of one's own for the time of the block; UnavailableError where there is no room for one.

    A process that is killed leaves its folder, with a sender's document in it, but not the lock on it: whoever makes
    the next one removes every folder that nobody holds.
    """
    _clear_up()
    folder, lock = _make()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make() -> tuple[Path, int]:
    """A new folder and the lock on it, which ends with this process, however it ends."""
    while True:
        try:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        except OSError as problem:
            raise UnavailableError("There is no room to convert a file. Try again in a few minutes.") from problem
        # Somebody who clears up may come between making it and locking it.
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _clear_up() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
