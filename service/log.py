"""Log lines as JSON, with control characters escaped and long values cut, so that no input can forge a line."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_LONGEST = 4000


def set_up_log() -> None:
    """Send our own log, and warnings of libraries, to standard error as one JSON object a line."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _cut,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _cut(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in event.items()}
