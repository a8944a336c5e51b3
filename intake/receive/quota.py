"""How much may be uploaded in a day, by one sender and by all, so that nobody fills the disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.errors import UnavailableError
from store.ledger import count_arrivals

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """The most files and bytes in 24 hours."""

    files_each: int
    bytes_each: int
    files: int
    bytes: int


def check_quota(db: Database, quota: Quota, *, channel: str, sender: str, size: int, now: datetime) -> None:
    """UnavailableError where a file of `size` bytes would be more than the sender, or all together, may send."""
    since = now - DAY
    files, total = count_arrivals(db, channel=channel, since=since)
    if files >= quota.files or total + size > quota.bytes:
        raise UnavailableError(
            "More forms have come today than we can take in. Nothing was sent. Keep your file, and try again tomorrow."
        )
    files, total = count_arrivals(db, channel=channel, since=since, sender=sender)
    if files >= quota.files_each or total + size > quota.bytes_each:
        raise UnavailableError(
            "You have uploaded as much as one person can in a day. This file was not taken in."
            " Keep it, and try again tomorrow."
        )
