"""The ledger: one line for everything that ever arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import transaction
from store.ledger import LedgerLine, Outcome, add_line, count_by_outcome, find_by_key, load_lines


def a_line(db: Database, now: datetime, outcome: Outcome = Outcome.REFUSED, key: str | None = None) -> int:
    with transaction(db):
        return add_line(
            db, channel="upload", name="form.docx", sender="ann.lee@example.nhs.uk", size=3, sha256=None,
            outcome=outcome, case_id=None, note="Too large", hand_in_key=key, now=now,
        )  # fmt: skip


def test_a_line_comes_back_as_it_was_written(db: Database, now: datetime) -> None:
    number = a_line(db, now, key="k1")
    assert find_by_key(db, "k1") == LedgerLine(
        number, now, "upload", "form.docx", "ann.lee@example.nhs.uk", 3, None, Outcome.REFUSED, None, "Too large"
    )
    assert find_by_key(db, "k2") is None


def test_the_newest_arrivals_come_first_page_by_page(db: Database, now: datetime) -> None:
    for minute in range(5):
        a_line(db, now + timedelta(minutes=minute))
    assert [line.id for line in load_lines(db, limit=2)] == [5, 4]
    assert [line.id for line in load_lines(db, limit=2, offset=2)] == [3, 2]


def test_every_outcome_is_counted(db: Database, now: datetime) -> None:
    a_line(db, now)
    a_line(db, now)
    a_line(db, now, Outcome.DUPLICATE)
    expected = dict.fromkeys(Outcome, 0) | {Outcome.DUPLICATE: 1, Outcome.REFUSED: 2}
    assert count_by_outcome(db) == expected
