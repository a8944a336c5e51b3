"""The door for bytes: one transaction, one case, one receipt, and nothing taken for something else."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.errors import UnavailableError
from casework.events import SYSTEM, Event, EventKind, user_actor
from casework.model import Arrival, Receipt
from intake.receive import receive, shown_name
from store.cases import record
from store.database import open_database, transaction
from store.events import verify_events
from store.originals import load_original

LIMIT = 1_000_000


class Door:
    """`receive` with everything handed in but the file."""

    def __init__(self, db: Database, originals: str, now: datetime) -> None:
        self.db, self.originals, self.now = db, originals, now

    def __call__(self, data: bytes, name: str = "form.docx", sender: str = "", key: str | None = None) -> Receipt:
        return receive(
            Arrival(data, name, "upload", sender),
            db=self.db,
            originals=self.originals,
            now=self.now,
            limit_bytes=LIMIT,
            receipt_text=lambda reference, name, moment: (f"About {reference}", f"{name}, {moment:%d %B %Y}"),
            hand_in_key=key,
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return list(self.db.execute(query).fetchall())


@pytest.fixture
def door(db: Database, originals: str, now: datetime) -> Door:
    return Door(db, originals, now)


def test_a_form_becomes_a_case_with_all_that_its_receipt_promises(door: Door) -> None:
    digest = hashlib.sha256(b"the form").hexdigest()

    receipt = door(b"the form", sender="ann.lee@example.nhs.uk")

    assert receipt == Receipt(1, "case", "ESR-2026-0001", "We have received your form. Its reference is ESR-2026-0001.")
    assert load_original(door.originals, digest) == b"the form"
    assert door.rows("SELECT sha256, size, kind FROM originals") == [(digest, 8, "unknown")]
    assert door.rows("SELECT channel, name, sender, size, sha256, outcome, case_id FROM ledger") == [
        ("upload", "form.docx", "ann.lee@example.nhs.uk", 8, digest, "case", 1)
    ]
    assert door.rows("SELECT reference, status, title FROM cases") == [("ESR-2026-0001", "reading", "form.docx")]
    assert door.rows("SELECT case_id, ledger_id, round, sha256 FROM submissions") == [(1, 1, 1, digest)]
    assert door.rows("SELECT stage, submission_id, state FROM work") == [("read", 1, "owed")]
    assert door.rows("SELECT kind, recipient, subject, body FROM deliveries") == [
        ("receipt", "ann.lee@example.nhs.uk", "About ESR-2026-0001", "form.docx, 23 November 2026")
    ]
    assert door.rows("SELECT kind, actor FROM events") == [("received", "sender"), ("receipt-issued", "system")]


def test_no_event_of_a_receipt_holds_a_name_or_address(door: Door) -> None:
    door(b"the form", name="Ann Lee.docx", sender="ann.lee@example.nhs.uk")
    facts = " ".join(str(row) for row in door.rows("SELECT facts FROM events"))
    assert "Ann" not in facts
    assert "ann.lee" not in facts


def test_references_count_within_the_year(door: Door) -> None:
    door(b"one")
    door(b"two")
    door.now = door.now.replace(year=2027)
    references = [door(b"three").reference]
    assert door.rows("SELECT reference FROM cases") == [("ESR-2026-0001",), ("ESR-2026-0002",), ("ESR-2027-0001",)]
    assert references == ["ESR-2027-0001"]


def test_the_same_bytes_again_make_no_second_case_and_name_the_first(door: Door) -> None:
    door(b"the form")
    again = door(b"the form", name="other name.docx", sender="someone.else@example.nhs.uk")
    assert (again.outcome, again.reference) == ("duplicate", "ESR-2026-0001")
    assert "ESR-2026-0001" in again.message
    assert door.rows("SELECT count(*) FROM cases") == [(1,)]
    assert door.rows("SELECT count(*) FROM deliveries") == [(1,)]
    assert door.rows("SELECT outcome, case_id, note FROM ledger WHERE id = 2") == [
        ("duplicate", 1, "Exactly the same file as ESR-2026-0001")
    ]


def test_the_same_bytes_after_a_withdrawal_are_a_new_case(door: Door) -> None:
    door(b"the form")
    with transaction(door.db):
        record(door.db, Event(EventKind.FORM_READ, door.now, SYSTEM, 1, facts={"form": "national-competency"}))
        record(door.db, Event(EventKind.DECIDED, door.now, user_actor(1), 1, facts={"decision": "withdraw"}))
    assert door(b"the form").reference == "ESR-2026-0002"


def test_the_same_hand_in_repeated_gives_the_same_receipt_and_no_second_line(door: Door) -> None:
    first = door(b"the form", key="k1")
    assert door(b"the form", key="k1") == first
    assert door.rows("SELECT count(*) FROM ledger") == [(1,)]


def test_another_form_under_the_same_key_is_never_taken_for_the_first(door: Door) -> None:
    """A page that was open since the last upload sends its key again."""
    door(b"the form", key="k1")
    assert door(b"another form", key="k1").reference == "ESR-2026-0002"
    assert door(b"another form", key="k1").reference == "ESR-2026-0002"
    assert door.rows("SELECT count(*) FROM ledger") == [(2,)]


def test_a_repeated_duplicate_or_refusal_gives_the_same_receipt(door: Door) -> None:
    door(b"the form")
    assert door(b"the form", key="k1") == door(b"the form", key="k1")
    large = bytes(LIMIT + 1)
    assert door(large, key="k2") == door(large, key="k2")
    assert door.rows("SELECT outcome FROM ledger ORDER BY id") == [("case",), ("duplicate",), ("refused",)]


def test_a_file_over_the_limit_is_refused_before_it_is_stored_and_has_its_line(door: Door) -> None:
    receipt = door(bytes(LIMIT + 1), name="huge.docx")
    assert (receipt.outcome, receipt.reference) == ("refused", None)
    assert receipt.message.startswith("The file must be smaller than 1 MB.")
    assert door.rows("SELECT name, size, outcome, case_id FROM ledger") == [("huge.docx", LIMIT + 1, "refused", None)]
    assert not Path(door.originals).exists()
    assert door.rows("SELECT count(*) FROM cases") == [(0,)]


def test_a_file_of_exactly_the_limit_is_taken(door: Door) -> None:
    assert door(bytes(LIMIT)).outcome == "case"


def test_an_empty_file_is_still_a_visible_case(door: Door) -> None:
    assert door(b"").reference == "ESR-2026-0001"
    assert door.rows("SELECT state FROM work") == [("owed",)]


def test_nothing_is_half_kept_where_the_receipt_cannot_be_written(db: Database, originals: str, now: datetime) -> None:
    def broken(reference: str, name: str, moment: datetime) -> tuple[str, str]:
        raise RuntimeError("no words")

    with pytest.raises(RuntimeError):
        receive(
            Arrival(b"the form", "form.docx", "upload"), db=db, originals=originals, now=now, limit_bytes=LIMIT,
            receipt_text=broken,
        )  # fmt: skip
    for table in ("ledger", "originals", "cases", "submissions", "work", "events", "deliveries"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_store_that_cannot_be_written_is_said_plainly_and_nothing_is_acknowledged(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="could not be stored and was not sent"):
        Door(db, str(tmp_path / "store"), now)(b"the form")
    assert db.execute("SELECT count(*) FROM ledger").fetchone() == (0,)


def test_the_same_hand_in_at_the_same_moment_makes_one_case(tmp_path: Path, originals: str, now: datetime) -> None:
    open_database(tmp_path / "db").close()
    receipts: list[Receipt] = []

    def hand_in() -> None:
        db = open_database(tmp_path / "db")
        receipts.append(Door(db, originals, now)(b"the form", key="k1"))
        db.close()

    threads = [threading.Thread(target=hand_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {receipt.reference for receipt in receipts} == {"ESR-2026-0001"}
    assert len(receipts) == 8
    db = open_database(tmp_path / "db")
    assert db.execute("SELECT count(*) FROM ledger").fetchone() == (1,)
    assert verify_events(db).broken_at is None
    db.close()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("form.docx", "form.docx"),
        ("C:\\Users\\ann\\form.docx", "form.docx"),
        ("../../etc/passwd", "passwd"),
        ("folder/", "folder"),
        ("", "unnamed file"),
        ("...", "unnamed file"),
        ("a\x00b\r\nc\u2028d\x1b[31m.docx", "ab c d[31m.docx"),
        ("form\u202excod.exe", "formxcod.exe"),
        ("for\u200bm.docx", "form.docx"),
        ("cafe\u0301.docx", "caf\u00e9.docx"),
        (f"{'x' * 200}.docx", f"{'x' * 115}.docx"[:120]),
        ("y" * 200, "y" * 119),
        (f"a.{'z' * 200}", f"a.{'z' * 10}"),
    ],
)
def test_a_name_is_shown_without_folders_controls_or_direction_marks(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
    assert len(shown_name(sent)) <= 120
