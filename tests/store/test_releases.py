"""Releases: stored by name, shown by planned date."""

from __future__ import annotations

from datetime import date

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError
from store.database import transaction
from store.releases import add_release, load_release, load_releases


def test_releases_stand_in_order_of_their_dates(db: Database) -> None:
    with transaction(db):
        add_release(db, "Release 73", None)
        second = add_release(db, "Release 72", date(2027, 6, 30))
        add_release(db, "Release 71", date(2027, 3, 31))
        assert add_release(db, " Release  72 ", date(2027, 7, 31)) == second
    assert [(r.name, r.planned) for r in load_releases(db)] == [
        ("Release 71", date(2027, 3, 31)), ("Release 72", date(2027, 7, 31)), ("Release 73", None),
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="Choose one from the list"):
        load_release(db, 99)
    with pytest.raises(RefusedError, match="Enter the name"):
        add_release(db, "  ", None)
