"""The functions that RQ may run: stateless, given ids, handing results back through the originals' store."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from casework.reading_json import reading_to_record
from casework.sniff import sniff

from casework.errors import CaseworkError
from casework.model import ErrorCode, FileKind, Reading, ReadingProblem
from service.isolate import READ_LIMITS, ChildFailedError, Limits, run_isolated
from service.library import load_library
from service.settings import load_settings
from store.originals import keep_result, load_original, mark_started

_WHY = {
    "time": (
        ErrorCode.TIMEOUT,
        "The file took too long to read. Ask the sender for it as a PDF, or as a new Word document.",
    ),
    "memory": (
        ErrorCode.TOO_COMPLEX,
        "The file needs too much memory to read. Ask the sender for it as a PDF, or as a new Word document.",
    ),
    "crash": (
        ErrorCode.CORRUPT,
        "The file could not be read safely. Ask the sender to open it, save it again and send the new copy.",
    ),
}


def read_original(attempt: str, sha256: str, received_on: str) -> str:
    """Read one original for one attempt and keep what was found; returns the attempt's id.

    Safe to run any number of times: an attempt's result is written whole, and committed by the dispatcher once.
    """
    originals = load_settings().originals
    mark_started(originals, attempt)
    data = load_original(originals, sha256)
    keep_result(originals, attempt, read_safely(data, sha256, date.fromisoformat(received_on)))
    return attempt


def read_safely(data: bytes, sha256: str, today: date, limits: Limits = READ_LIMITS) -> bytes:
    """The record of a file's readings as JSON bytes, read in a disposable child; a broken limit becomes a problem."""
    try:
        return run_isolated(_reader(data, today), limits)
    except ChildFailedError as failure:
        code, message = _WHY[failure.why]
        kind = _kind(data)
        return _record([Reading(sha256=sha256, kind=kind, problem=ReadingProblem(code, message))])


def warm_up() -> None:
    """Load what every reading needs, so that each child starts with it already in memory."""
    _reader(b"", date(2026, 1, 1))()
    from extract.checks import warm_up as warm_up_checks

    warm_up_checks()


def _reader(data: bytes, today: date) -> Callable[[], bytes]:
    from extract.read import read

    library = load_library()
    return lambda: _record(read(data, "", library=library, today=today))


def _record(readings: list[Reading]) -> bytes:
    return json.dumps({"readings": [reading_to_record(reading) for reading in readings]}, ensure_ascii=False).encode()


def _kind(data: bytes) -> FileKind:
    try:
        return sniff(data)
    except CaseworkError:
        return FileKind.UNKNOWN
