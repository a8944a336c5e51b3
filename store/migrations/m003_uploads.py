"""An upload from a case's own page knows the case that it is a new version of; quotas count the day's arrivals."""

from __future__ import annotations

from sqlite_utils import Database


def m003_uploads(db: Database) -> None:
    """An upload from a case's own page knows the case that it is a new version of; quotas count the day's arrivals."""
    db.execute("ALTER TABLE drafts ADD COLUMN follows_id INTEGER REFERENCES cases(id)")
    db.execute("CREATE INDEX ledger_by_time ON ledger (channel, arrived_at)")
