"""A post room without a mailbox: messages as they are judged, forms as they are read, and what becomes of both."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from casework.model import FileKind
from casework.reading_json import reading_to_record
from intake.conversation import same_person
from intake.receive import Enclosure, PostRules, Sorted, receive_message, settle_round, sort_message
from store.cases import CaseRow, commit_reading, load_case, load_case_by_reference, load_submissions
from store.database import transaction
from store.ledger import load_parts
from store.work import WorkState, end_work, load_work
from tests.builders import a_reading

LIMIT = 1_000_000
SENDER = "priya.nair@northmoor.example.nhs.uk"


def rules() -> PostRules:
    """Answers that name what they answer."""
    return PostRules(
        receipt=lambda reference, names, _: (f"receipt {reference}", names),
        short_receipt=lambda reference, _: (f"short {reference}", "something came"),
        no_form=lambda subject, trouble: (f"no form: {subject}", trouble),
        too_large=lambda subject: (f"too large: {subject}", ""),
        known_before=lambda reference, name: (f"known {reference}", name),
        same_person=same_person,
    )


def a_file(name: str, data: bytes = b"", kind: FileKind = FileKind.DOCX, **said: Any) -> Enclosure:
    """A file of a message; its bytes are its name unless others are given."""
    return Enclosure(name=name, data=data or name.encode(), kind=kind, **said)


@dataclass
class PostRoom:
    """The doors for messages with a clock, and a worker who reads what the test says."""

    db: Database
    originals: str
    now: datetime
    came: int = 0

    def arrive(self, raw: bytes = b"", mailbox: str = "forms", size: int | None = None) -> int:
        """A raw message is kept; its ledger line."""
        self.came += 1
        kept = receive_message(
            raw or f"message {self.came}".encode(),
            mailbox=mailbox,
            db=self.db,
            originals=self.originals,
            now=self.now,
            limit_bytes=LIMIT,
            real_size=size,
        )
        return kept.ledger_id

    def sort(self, found: Sorted, *, ledger_id: int | None = None, is_too_large: bool = False) -> int:
        """A message arrives and is sorted; its ledger line."""
        ledger_id = ledger_id or self.arrive()
        row = next(self.db.query("SELECT id FROM messages WHERE ledger_id = ?", (ledger_id,)))
        sort_message(
            self.db,
            row["id"],
            found,
            originals=self.originals,
            rules=rules(),
            now=self.now,
            is_too_large=is_too_large,
        )
        return ledger_id

    def mail(self, *files: Enclosure, **said: Any) -> int:
        """A person's message with these files."""
        found = Sorted(sender=SENDER, subject="Our request", words="Please find attached.", files=files)
        return self.sort(replace(found, **said))

    def read(self, **readings: list[Any]) -> None:
        """Read every file that is owed a reading: as the test says by the stem of its name, else as no form."""
        for work in load_work(self.db, WorkState.OWED):
            if work.submission_id is None:
                continue
            name, case_id = next(
                (file.name, file.case_id)
                for file in load_submissions(self.db, work.case_id or 0)
                if file.id == work.submission_id
            )
            stem = name.partition(".")[0]
            found = readings.get(stem) or [a_reading(None)]
            text = json.dumps({"readings": [reading_to_record(reading) for reading in found]})
            assert case_id
            with transaction(self.db):
                commit_reading(self.db, submission_id=work.submission_id, attempt="a", record_text=text, now=self.now)
                end_work(self.db, work.id, WorkState.DONE, problem="", now=self.now)
                settle_round(
                    self.db,
                    work.submission_id,
                    now=self.now,
                    receipt_text=lambda reference, names, _: (f"receipt {reference}", names),
                )

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def case(self, number: int = 1) -> CaseRow:
        """The case with this number of the year."""
        return load_case_by_reference(self.db, f"ESR-2026-{number:04}")

    def cases(self) -> list[tuple[str, str, str | None]]:
        """Reference, status and form of every case."""
        return [
            (case.reference, case.status, case.form)
            for row in self.db.query("SELECT id FROM cases ORDER BY id")
            for case in [load_case(self.db, row["id"])]
        ]

    def files(self, number: int = 1) -> list[tuple[int, str, str]]:
        """Round, name and role of every file of a case."""
        return [(file.round, file.name, file.role) for file in load_submissions(self.db, self.case(number).id)]

    def outcomes(self, ledger_id: int) -> list[str]:
        """The outcome of a message and then of each thing in it."""
        line = next(self.db.query("SELECT outcome FROM ledger WHERE id = ?", (ledger_id,)))
        return [line["outcome"], *(part.outcome.value for part in load_parts(self.db, ledger_id))]

    def letters(self) -> list[tuple[str, str, str]]:
        """Recipient, subject and state of everything in the outbox, oldest first."""
        rows = self.db.query("SELECT recipient, subject, state FROM deliveries ORDER BY id")
        return [(row["recipient"], row["subject"], row["state"]) for row in rows]
