"""Every issue there is, made again on another day, in another zone and language: the same bytes, whatever it held."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from casework.form import FormLibrary
from casework.schedule import Editing
from extract.programs import find_program
from outputs.issue import LayOut, Press, publish_quarter
from outputs.schedule import load_template
from service.schedules import lay_out
from service.settings import load_settings
from store.cases import add_submission, commit_reading, open_case, record
from store.database import open_database, to_text, transaction
from store.ledger import Outcome, add_line
from store.people import add_person
from store.releases import add_release

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

# Another day: whatever asks for the time, in Python or below it, is told one of more than a year later.
_ON_ANOTHER_DAY = """
import datetime, sys, time
later, told = 400 * 86_400, time.time
time.time = lambda: told() + later
time.time_ns = lambda: int(time.time() * 1_000_000_000)
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.now(datetime.UTC).replace(tzinfo=None)
datetime.datetime = Later
from service.clock import read_clock
from service.schedules import schedule_doors
from service.settings import load_settings
from store.database import open_database
from store.schedules import load_issues
settings = load_settings()
db = open_database(settings.database)
if __name__ == "__main__":
    print(read_clock().date())
    for issue in load_issues(db):
        made = schedule_doors(settings).rebuild(db, issue.id)
        print(issue.quarter, issue.version, *made.same, *made.differences)
"""


def a_case(db: Database, form: str, answers: dict[str, Any]) -> int:
    """A case that has been read, with these answers."""
    number = db.execute("SELECT count(*) FROM cases").fetchone()[0]
    digest = f"{number:064x}"
    with transaction(db):
        case_id, _ = open_case(db, NOW)
        line = add_line(
            db, channel="upload", name="f.docx", sender="", size=1, sha256=digest, outcome=Outcome.CASE,
            case_id=case_id, note="", hand_in_key=None, now=NOW,
        )  # fmt: skip
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", (digest, to_text(NOW)))
        submission = add_submission(
            db, case_id=case_id, ledger_id=line, sha256=digest, name="f.docx", channel="upload", sender="", now=NOW
        )
        record(db, Event(EventKind.RECEIVED, NOW, SENDER, case_id))
        made = [{"field": key, "value": value} for key, value in answers.items()]
        text = json.dumps({"readings": [{"form": form, "kind": "docx", "answers": made, "findings": []}]})
        assert commit_reading(db, submission_id=submission, attempt="w1-a1", record_text=text, now=NOW)
    return case_id


def an_own_template() -> bytes:
    """The shipped template with other words in front."""
    document = docx.Document(io.BytesIO(load_template()))
    document.paragraphs[0].runs[0].text = "OUR OWN SCHEDULE"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def publish_many(db: Database, library: FormLibrary, originals: str) -> None:
    """Quarters, corrections, annexes, an own template, an own order, words of every kind, with pages and without."""

    def publish(
        quarter: str,
        template: bytes,
        *,
        financial: bool = False,
        laid_out: LayOut = lambda word: None,
        **editing: Any,
    ) -> None:
        press = Press(template, laid_out, originals)
        publish_quarter(
            db, library=library, quarter=quarter, editing=Editing(**editing), press=press, now=NOW, financial=financial
        )

    shipped, own = load_template(), an_own_template()
    publish("2026-Q3", shipped)
    with transaction(db):
        person = add_person(db, email="a@b.example", name="A", password_hash="", roles=[])
        release = add_release(db, "Release 71", date(2026, 12, 18))
    for number in range(3):
        role = a_case(db, "supplementary-role", {"role_name": f"Café & <R&D> {number}", "sr_number": "SR-1"})
        with transaction(db):
            for kind, facts in (
                (EventKind.DECIDED, {"decision": "approve"}),
                (EventKind.ALLOCATED, {"release": release}),
            ):
                record(db, Event(kind, NOW, user_actor(person), role, facts=facts, words={"reason": "Ein gu\u0308ter"}))
    a_case(db, "business-justification", {"title": "Payslips \u202e\x0b {{ 7*7 }}", "date_raised": "2026-10-01"})
    publish("2026-Q4", shipped, laid_out=lay_out if find_program("soffice", "libreoffice") else lambda word: None)
    publish("2026-Q4", own, introduction="Hello\nagain", note="A note", change_note="A word added.", with_roles=True)
    a_case(db, "national-competency", {"competence_name": "NHS|MAND|Tier 2|", "date_raised": "2026-11-02"})
    publish(
        "2026-Q4",
        own,
        change_note="The annexes.",
        with_roles=True,
        with_competences=True,
        order=("ESR-2026-0003", "ESR-2026-0001"),
        left_out=("ESR-2026-0002",),
    )
    publish("2027-Q1", shipped, financial=True, issued=date(2027, 2, 28), with_competences=True)


@pytest.mark.parametrize(
    ("zone", "language", "seed"), [("America/St_Johns", "C", "0"), ("Pacific/Auckland", "C.UTF-8", "4711")]
)
def test_every_issue_is_the_same_bytes_in_another_process_on_another_day(
    library: FormLibrary, tmp_path: Path, zone: str, language: str, seed: str
) -> None:
    db = open_database(tmp_path / "formwright.sqlite3")
    publish_many(db, library, load_settings({"FORMWRIGHT_DATA": str(tmp_path)}).originals)
    script = tmp_path / "again.py"
    script.write_text(_ON_ANOTHER_DAY)
    environment = {
        "TZ": zone,
        "LC_ALL": language,
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "FORMWRIGHT_DATA": str(tmp_path),
    }
    result = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False)
    assert result.stderr == ""
    day, *made = result.stdout.splitlines()
    assert (date.fromisoformat(day) - datetime.now(UTC).date()).days in (399, 400, 401)
    assert made == [
        "2026-Q3 1.0 docx html csv",
        "2026-Q4 1.0 docx html csv",
        "2026-Q4 2.0 docx html csv",
        "2026-Q4 3.0 docx html csv",
        "2027-Q1 1.0 docx html csv",
    ]
