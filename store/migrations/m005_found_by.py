"""The ledger, the files and the letters are looked up by these."""

from __future__ import annotations

from sqlite_utils import Database


def m005_found_by(db: Database) -> None:
    """The ledger, the files and the letters are looked up by these."""
    db.execute("CREATE INDEX ledger_by_original ON ledger (sha256)")
    db.execute("CREATE INDEX submissions_by_line ON submissions (ledger_id)")
    db.execute("CREATE INDEX deliveries_by_case ON deliveries (case_id, id)")
