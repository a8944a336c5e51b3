"""Every issue there is, made again on another day, in another zone and language: the same bytes, whatever it held."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlite_utils import Database

from casework.events import Event, EventKind, user_actor
from casework.form import FormLibrary
from casework.schedule import Editing
from extract.programs import find_program
from outputs.issue import LayOut, Press, publish_quarter
from outputs.schedule import load_template
from service.schedules import lay_out
from service.settings import load_settings
from store.cases import record
from store.database import open_database, transaction
from store.people import add_person
from store.releases import add_release
from store.schedules import load_issues
from tests.builders import a_case
from tests.issued import Issued

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
from click.testing import CliRunner
from service.cli import main
from service.clock import read_clock
if __name__ == "__main__":
    print(read_clock().date())
    for number in range(1, int(sys.argv[1]) + 1):
        said = CliRunner().invoke(main, ["schedule", "rebuild", str(number)])
        print(number, said.exit_code, " | ".join(said.output.splitlines()))
"""


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
        role = a_case(
            db, {"role_name": f"Café & <R&D> {number}", "sr_number": "SR-1"}, form="supplementary-role", now=NOW
        )
        with transaction(db):
            for kind, facts in (
                (EventKind.DECIDED, {"decision": "approve"}),
                (EventKind.ALLOCATED, {"release": release}),
            ):
                record(db, Event(kind, NOW, user_actor(person), role, facts=facts, words={"reason": "Ein gu\u0308ter"}))
    a_case(db, {"title": "Payslips \u202e\x0b {{ 7*7 }}", "date_raised": "2026-10-01"}, now=NOW)
    publish("2026-Q4", shipped, laid_out=lay_out if find_program("soffice", "libreoffice") else lambda word: None)
    publish("2026-Q4", own, introduction="Hello\nagain", note="A note", change_note="A word added.", with_roles=True)
    competence = {"competence_name": "NHS|MAND|Tier 2|", "date_raised": "2026-11-02"}
    a_case(db, competence, form="national-competency", now=NOW)
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


def test_issues_of_every_kind_are_published(library: FormLibrary, tmp_path: Path, issued: Issued) -> None:
    before = issued.count()
    db = open_database(tmp_path / "formwright.sqlite3")
    publish_many(db, library, load_settings({"FORMWRIGHT_DATA": str(tmp_path)}).originals)
    assert issued.count() - before == len(load_issues(db)) == 5


@pytest.mark.last
def test_every_issue_of_this_run_is_the_same_bytes_in_another_process_on_another_day(
    library: FormLibrary, tmp_path: Path, issued: Issued
) -> None:
    """Whatever any test published, in this process or in a service that it ran."""
    publish_quarter(
        open_database(":memory:"),
        library=library,
        quarter="2026-Q1",
        editing=Editing(),
        press=Press(load_template(), lambda word: None, str(tmp_path)),
        now=NOW,
    )
    issued.gather()
    environment = {
        "TZ": "America/St_Johns",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "4711",
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "FORMWRIGHT_DATA": str(issued.folder),
    }
    script = tmp_path / "again.py"
    script.write_text(_ON_ANOTHER_DAY)
    result = subprocess.run(
        [sys.executable, str(script), str(issued.count())], env=environment, capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    day, *made = result.stdout.splitlines()
    assert (date.fromisoformat(day) - datetime.now(UTC).date()).days in (399, 400, 401)
    assert len(made) == issued.count()
    assert [line for line in made if "docx, html, csv made again, the same bytes as went out." not in line] == []
    assert [line for line in made if line.split()[1] != "0"] == []
