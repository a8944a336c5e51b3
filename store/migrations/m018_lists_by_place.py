"""Indexes that hold the region, the area and the due day of each request, so that lists narrowed by these are quick."""

from __future__ import annotations

from sqlite_utils import Database

_HELD = "id, status, form, claimed_by, region, functional_area, due_on"
_ORDERS = {
    "due": "due_on, created_at",
    "title": "title COLLATE NOCASE",
    "form": "coalesce(form, '')",
    "checks": "blockers, queries",
    "status": "status",
    "reviewer": "(reviewer = ''), reviewer",
    "received": "created_at",
    "decided": "coalesce(decided_at, '')",
}


def m018_lists_by_place(db: Database) -> None:
    """Make the indexes anew that lists are found and ordered by, with all that most lists are narrowed down by."""
    for name, order in _ORDERS.items():
        db.execute(f"DROP INDEX cases_by_{name}")
        db.execute(f"CREATE INDEX cases_by_{name} ON cases ({order}, {_HELD})")
    for name, narrowed in (("area", "functional_area, region"), ("region", "region, functional_area")):
        db.execute(f"DROP INDEX cases_by_{name}")
        db.execute(f"CREATE INDEX cases_by_{name} ON cases ({narrowed}, status, form, claimed_by, due_on)")
