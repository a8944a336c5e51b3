"""Wrong guesses by what they are counted against, in the database so that every web process counts them together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import to_moment, to_text

WAIT = timedelta(minutes=15)
_KEPT = timedelta(days=1)


def take_try(db: Database, limits: Mapping[str, int], now: datetime) -> datetime | None:
    """Count one more try against each bucket inside the open transaction, or say until when to wait.

    `limits` says how many wrong tries in a row each bucket may have. A try is counted before it is judged, so that a
    hundred at once are no more than the limit; `clear_tries` and `give_back_try` take a right one out again.
    """
    found = {bucket: _find(db, bucket, now) for bucket in limits}
    waits = [last + WAIT for bucket, (wrong, last) in found.items() if wrong >= limits[bucket]]
    if waits:
        return max(waits)
    db.execute("DELETE FROM sign_in_tries WHERE last_at < ?", (to_text(now - _KEPT),))
    for bucket, (wrong, _) in found.items():
        db.execute(
            "INSERT INTO sign_in_tries (bucket, wrong, last_at) VALUES (?, ?, ?)"
            " ON CONFLICT (bucket) DO UPDATE SET wrong = excluded.wrong, last_at = excluded.last_at",
            (bucket, wrong + 1, to_text(now)),
        )
    return None


def clear_tries(db: Database, bucket: str) -> None:
    """A right try: whatever was wrong before counts no more."""
    db.execute("DELETE FROM sign_in_tries WHERE bucket = ?", (bucket,))


def give_back_try(db: Database, bucket: str) -> None:
    """A right try where others share the bucket: only this one does not count."""
    db.execute("UPDATE sign_in_tries SET wrong = max(wrong - 1, 0) WHERE bucket = ?", (bucket,))


def _find(db: Database, bucket: str, now: datetime) -> tuple[int, datetime]:
    """How many tries count at present, and when the last one was: after the wait they start from none."""
    row = db.execute("SELECT wrong, last_at FROM sign_in_tries WHERE bucket = ?", (bucket,)).fetchone()
    if row is None or to_moment(row[1]) + WAIT <= now:
        return 0, now
    return int(row[0]), to_moment(row[1])
