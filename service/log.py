"""Log lines as JSON, with control characters escaped and long values cut, so that no input can forge a line."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.types import Processor

_LONGEST = 4000


def set_up_log() -> None:
    """Send our own log, and warnings of libraries, to standard error as one JSON object a line."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    finish: list[Processor] = [_trace, _cut, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *finish],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


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


def _cut(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in event.items()}
