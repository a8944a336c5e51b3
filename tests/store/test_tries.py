"""Wrong tries: counted before they are judged, against every bucket, and forgotten after the wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import transaction
from store.tries import WAIT, clear_tries, give_back_try, take_try


def _take(db: Database, now: datetime, **limits: int) -> datetime | None:
    with transaction(db):
        return take_try(db, limits, now)


def test_after_the_limit_the_bucket_waits_and_then_starts_from_none(db: Database, now: datetime) -> None:
    assert [_take(db, now, a=3) for _ in range(5)] == [None, None, None, now + WAIT, now + WAIT]
    assert _take(db, now, b=3) is None
    later = now + WAIT
    assert [_take(db, later, a=3) for _ in range(4)] == [None, None, None, later + WAIT]


def test_a_refused_try_counts_against_nothing(db: Database, now: datetime) -> None:
    for _ in range(4):
        _take(db, now, full=1, other=2)
    assert [_take(db, now, other=2), _take(db, now, other=2)] == [None, now + WAIT]


def test_a_right_try_clears_its_own_bucket_and_gives_one_back_to_a_shared_one(db: Database, now: datetime) -> None:
    for _ in range(2):
        _take(db, now, own=3, shared=3)
    clear_tries(db, "own")
    give_back_try(db, "shared")
    assert [_take(db, now, own=3) for _ in range(4)] == [None, None, None, now + WAIT]
    assert [_take(db, now, shared=3) for _ in range(3)] == [None, None, now + WAIT]


def test_old_tries_are_not_kept(db: Database, now: datetime) -> None:
    _take(db, now, a=3)
    _take(db, now + timedelta(days=2), b=3)
    assert [row["bucket"] for row in db.query("SELECT bucket FROM sign_in_tries")] == ["b"]
