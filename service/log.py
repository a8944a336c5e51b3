"""Log lines as JSON without a person's words, with control characters escaped, so that no input can forge a line."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from structlog.types import Processor

_LONGEST = 4000
_QUERY = re.compile(r"\?\S+")


def set_up_log() -> None:
    """Send our own log, warnings of libraries, and what nobody caught to standard error as one JSON object a line."""
    shape_log()
    logging.basicConfig(level=logging.WARNING, handlers=[line_handler()], force=True)
    # What the web server says of a request goes the same way, not through a handler with whole traces.
    server = logging.getLogger("gunicorn.error")
    server.handlers.clear()
    server.propagate = True
    sys.excepthook = lambda _kind, problem, _trace: _tell_fault(problem)
    sys.unraisablehook = lambda unraisable: _tell_fault(unraisable.exc_value)
    threading.excepthook = lambda crash: _tell_fault(crash.exc_value)


def shape_log() -> None:
    """Give our own log its shape: whatever runs our code, a line shows no variable and no message of a fault."""
    structlog.configure(processors=[*_shared(), *_finish()], logger_factory=lambda *_: _Line())


def line_handler() -> logging.Handler:
    """What a library's logger is given so that its lines have our shape."""
    handler = _LineHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_shared(), structlog.stdlib.add_logger_name, _without_query],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_finish()],
        )
    )
    return handler


def place_of(problem: BaseException) -> str:
    """The kind of a fault and its innermost line of code, but not its message: that may quote a person."""
    frames = traceback.extract_tb(problem.__traceback__)
    last = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(problem).__name__}{last}"


class _Line:
    """Writes lines to standard error as it is at that moment; where that is closed, there is nobody to tell."""

    def msg(self, line: str) -> None:
        _write(line)

    log = debug = info = warn = warning = error = exception = critical = fatal = msg


class _LineHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - the usual answer prints what the line was to be made of
            line = json.dumps({"event": "a line could not be made", "logger": record.name, "level": "error"})
        _write(line)


def _write(line: str) -> None:
    with contextlib.suppress(ValueError, OSError, AttributeError):
        print(line, file=sys.stderr, flush=True)


def _shared() -> list[Processor]:
    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def _finish() -> list[Processor]:
    return [_trace, _cut, structlog.processors.JSONRenderer()]


def _tell_fault(problem: BaseException | None) -> None:
    if isinstance(problem, KeyboardInterrupt) or problem is None:
        return
    structlog.get_logger().error("fault", exc_info=problem)


def _trace(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where a fault was and of which kind, without its message: that may hold a person's words."""
    problem = event.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()[1]
    elif isinstance(problem, tuple):
        problem = problem[1]
    if isinstance(problem, BaseException):
        frames = traceback.extract_tb(problem.__traceback__)
        lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        event["exception"] = "\n".join([*lines, type(problem).__name__])
    return event


def _without_query(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What somebody searched for stands in the address of a page, which a web server quotes."""
    return {**event, "event": _QUERY.sub("?…", str(event["event"]))}


def _cut(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in event.items()}
