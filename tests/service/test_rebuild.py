"""Issues of every kind, published so that the end of the run can make each again: see tests/issued.py."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
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

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


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


def test_an_issue_that_cannot_be_made_again_is_named(library: FormLibrary, tmp_path: Path) -> None:
    found = Issued(tmp_path / "again")
    press = Press(load_template(), lambda word: None, found.originals)
    issue = publish_quarter(
        open_database(":memory:"), library=library, quarter="2026-Q1", editing=Editing(), press=press, now=NOW
    )
    found.note(issue)
    assert found.make_again() == []
    found.note(replace(issue, csv_sha256=issue.html_sha256))
    (line,) = found.make_again()
    assert line.startswith("2 1 ")
    assert "csv" in line
