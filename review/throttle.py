"""Counts wrong guesses by name in memory, so that guessing is slow even where there is no account to lock."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

TRIES = 5
WAIT = timedelta(minutes=15)
_MOST_NAMES = 10_000


class Throttle:
    """Wrong tries by name: after `tries` in a row the name has to wait. Old names are forgotten first."""

    def __init__(self, tries: int = TRIES, wait: timedelta = WAIT) -> None:
        self._tries, self._wait = tries, wait
        self._wrong: OrderedDict[str, tuple[int, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def waits_until(self, name: str, now: datetime) -> datetime | None:
        """Until when this name has to wait, or None."""
        with self._lock:
            count, last = self._wrong.get(name, (0, now))
        until = last + self._wait
        return until if count >= self._tries and until > now else None

    def note_wrong(self, name: str, now: datetime) -> None:
        """Count a wrong try."""
        with self._lock:
            count, last = self._wrong.pop(name, (0, now))
            self._wrong[name] = (1 if now - last > self._wait else count + 1, now)
            while len(self._wrong) > _MOST_NAMES:
                self._wrong.popitem(last=False)

    def forget(self, name: str) -> None:
        """A right try clears the count."""
        with self._lock:
            self._wrong.pop(name, None)
