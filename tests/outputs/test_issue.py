"""Gathering and publishing a schedule: nobody is dropped, each change is a version, each issue can be made again."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import Event, EventKind, user_actor
from casework.form import FormLibrary
from casework.lifecycle import state_of
from casework.schedule import Editing, Tally
from casework.schedule_json import schedule_from_json
from outputs.issue import Press, gather_quarter, publish_quarter, rebuild_issue
from outputs.schedule import load_template
from store.cases import load_case, record
from store.database import open_database, to_text, transaction
from store.events import load_events, verify_events
from store.originals import keep_original
from store.people import add_person
from store.releases import add_release
from store.schedules import IssueRow, load_issues
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Database:
    return open_database(":memory:")


def a_case(db: Database, answers: dict[str, Any], *, form: str = "business-justification") -> int:
    """A case that has been read, with these answers."""
    return builders.a_case(db, answers, form=form, now=NOW)


def happened(db: Database, case_id: int, kind: EventKind, person: int, **facts: Any) -> None:
    with transaction(db):
        words = {"reason": "Because R&D <needs> it"} if kind is EventKind.DECIDED else {}
        record(db, Event(kind, NOW, user_actor(person), case_id, facts=facts, words=words))


def test_undecided_justifications_are_listed_as_pending(db: Database, library: FormLibrary) -> None:
    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})
    schedule = gather_quarter(db, library, "2026-Q4").schedule
    assert [(line.title, line.status) for line in schedule.justifications] == [
        ("Payslips", "Decision pending: in triage")
    ]
    assert schedule.issued == date(2026, 12, 31)


def test_a_justification_raised_before_the_window_is_left_out_but_an_impossible_date_is_not(
    db: Database, library: FormLibrary
) -> None:
    a_case(db, {"title": "Old", "date_raised": "2026-06-30"})
    a_case(db, {"title": "First day", "date_raised": "2026-07-01"})
    a_case(db, {"title": "Impossible", "date_raised": "31/02/2026"})
    titles = [line.title for line in gather_quarter(db, library, "2026-Q4").schedule.justifications]
    assert titles == ["First day", "Impossible"]


def test_an_allocated_change_stands_under_its_release_whatever_its_form(db: Database, library: FormLibrary) -> None:
    case_id = a_case(db, {"role_name": "Menopause Advocate"}, form="supplementary-role")
    with transaction(db):
        person = add_person(db, email="a@b.example", name="A", password_hash="", roles=[])
        release = add_release(db, "Release 71", date(2026, 12, 18))
    happened(db, case_id, EventKind.DECIDED, person, decision="approve")
    happened(db, case_id, EventKind.ALLOCATED, person, release=release)
    schedule = gather_quarter(db, library, "2026-Q4").schedule
    assert [(r.name, [line.title for line in lines]) for r, lines in schedule.releases] == [
        ("Release 71", ["Menopause Advocate"])
    ]
    assert schedule.justifications == ()


def publish(db: Database, library: FormLibrary, folder: Path, quarter: str = "2026-Q4", **editing: Any) -> IssueRow:
    return publish_quarter(
        db,
        library=library,
        quarter=quarter,
        editing=Editing(**editing),
        press=Press(load_template(), lambda word: None, str(folder)),
        now=NOW,
    )


def test_the_same_record_is_published_once_and_a_changed_one_is_the_next_version(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})
    first = publish(db, library, tmp_path)
    assert publish(db, library, tmp_path) == first
    a_case(db, {"title": "Fit notes", "date_raised": "2026-10-02"})
    with pytest.raises(RefusedError, match=r"Enter what changed since version 1\.0"):
        publish(db, library, tmp_path)
    second = publish(db, library, tmp_path, change_note="Fit notes were missing.")
    assert [first.version, second.version] == ["1.0", "2.0"]
    record = schedule_from_json(second.record)
    assert [(issue.version, issue.change_note) for issue in record.previous_issues] == [("1.0", "")]
    assert record.change_note == "Fit notes were missing."
    kinds = [row["kind"] for row in db.query("SELECT kind FROM events WHERE case_id IS NULL ORDER BY number")]
    assert kinds == ["schedule-issued", "schedule-issued"]
    assert verify_events(db).broken_at is None


def test_a_coming_change_has_in_its_record_which_issue_lists_it(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    coming, left_out, undecided = (
        a_case(db, {"role_name": name, "date_raised": "2026-10-01"}, form="supplementary-role")
        for name in ("Menopause Advocate", "Wellbeing Guardian", "Freedom to Speak Up Lead")
    )
    with transaction(db):
        person = add_person(db, email="a@b.example", name="A", password_hash="", roles=[])
    for case_id in (coming, left_out):
        happened(db, case_id, EventKind.DECIDED, person, decision="approve")
    hidden = load_case(db, left_out).reference
    publish(db, library, tmp_path, left_out=(hidden,))
    publish(db, library, tmp_path, left_out=(hidden,), change_note="A note added", note="Look here")
    told = [
        (event.case_id, event.facts)
        for case_id in (coming, left_out, undecided)
        for event in load_events(db, case_id)
        if event.kind is EventKind.SCHEDULED
    ]
    assert told == [
        (coming, {"quarter": "2026-Q4", "version": version, "label": "Q4 2026"}) for version in ("1.0", "2.0")
    ]
    state = state_of(load_events(db, coming))
    assert (state.scheduled_in, state.is_published) == ("Q4 2026, version 2.0", True)
    assert load_case(db, coming).version == state.version
    assert verify_events(db).broken_at is None


def test_an_issue_holds_the_seal_of_the_record_that_it_was_made_from(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})
    before = verify_events(db)
    issue = publish(db, library, tmp_path)
    record = schedule_from_json(issue.record)
    assert (record.events, record.head) == (before.events, before.head)
    row = next(db.query("SELECT previous_hash, facts FROM events ORDER BY number DESC LIMIT 1"))
    assert row["previous_hash"] == record.head
    assert json.loads(row["facts"])["sha256"] == issue.sha256


def test_every_issue_is_made_again_byte_for_byte_until_something_differs(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    a_case(db, {"title": "Payslips & R<D", "date_raised": "2026-10-01"})
    issue = publish(db, library, tmp_path, introduction="Hello")
    made = rebuild_issue(db, issue.id, str(tmp_path))
    assert (made.same, made.kept, made.differences) == (("docx", "html", "csv"), (), ())
    with transaction(db):
        db.execute("UPDATE schedules SET record = replace(record, 'Hello', 'Goodbye')")
    changed = rebuild_issue(db, issue.id, str(tmp_path))
    assert changed.same == ("csv",)
    assert "was “About this issue. Hello” and is “About this issue. Goodbye”" in changed.differences[0]


def test_a_file_that_was_lost_or_changed_is_named(db: Database, library: FormLibrary, tmp_path: Path) -> None:
    issue = publish(db, library, tmp_path)
    kept = next(path for path in tmp_path.rglob(issue.csv_sha256))
    kept.write_bytes(b"something else")
    made = rebuild_issue(db, issue.id, str(tmp_path))
    assert made.same == ("docx", "html")
    assert made.differences[0].startswith("csv: The original")


def test_an_issue_from_before_its_making_was_kept_is_checked_against_its_hash(db: Database, tmp_path: Path) -> None:
    digest = keep_original(str(tmp_path), b"an old document")
    with transaction(db):
        db.execute(
            "INSERT INTO schedules (quarter, issued, version, content_hash, sha256, built_at, note)"
            " VALUES ('2026-Q3', '2026-09-30', '1.0', 'x', ?, ?, 'Words at the top')",
            (digest, to_text(NOW)),
        )
    made = rebuild_issue(db, load_issues(db)[0].id, str(tmp_path))
    assert (made.same, made.kept, made.differences) == ((), ("docx",), ())


def test_the_issue_after_one_whose_lists_were_not_kept_says_so(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    test_an_issue_from_before_its_making_was_kept_is_checked_against_its_hash(db, tmp_path)
    told = gather_quarter(db, library, "2026-Q4").schedule.compared_with
    assert told == (
        "The issue before this one (Q3 2026, version 1.0, of 30 September 2026) was published before lists were kept to"
        " compare with."
    )


def test_what_changed_since_the_quarter_before_is_told(db: Database, library: FormLibrary, tmp_path: Path) -> None:
    case_id = a_case(db, {"title": "Payslips", "date_raised": "2026-08-01"})
    publish(db, library, tmp_path, "2026-Q3")
    with transaction(db):
        person = add_person(db, email="a@b.example", name="A", password_hash="", roles=[])
        release = add_release(db, "Release 71", date(2026, 12, 18))
    happened(db, case_id, EventKind.DECIDED, person, decision="accept")
    happened(db, case_id, EventKind.DECIDED, person, decision="approve")
    happened(db, case_id, EventKind.ALLOCATED, person, release=release)
    schedule = gather_quarter(db, library, "2026-Q4").schedule
    assert schedule.compared_with == "Compared with the schedule for Q3 2026, version 1.0, of 30 September 2026."
    assert [(c.kind.value, c.before, c.after) for c in schedule.changes] == [
        ("Added", "Not listed", "Release 71"),
        ("Decided", "Decision pending: in triage", "Approved, allocated to Release 71"),
    ]


def test_the_editor_orders_and_leaves_out_and_the_count_says_so(
    db: Database, library: FormLibrary, tmp_path: Path
) -> None:
    with transaction(db):
        person = add_person(db, email="a@b.example", name="A", password_hash="", roles=[])
    for title in ("One", "Two", "Three"):
        case_id = a_case(db, {"role_name": title}, form="supplementary-role")
        happened(db, case_id, EventKind.DECIDED, person, decision="approve")
    editing = Editing(order=("ESR-2026-0003", "ESR-2026-0001"), left_out=("ESR-2026-0001",), with_roles=True)
    gathered = gather_quarter(db, library, "2026-Q4", editing)
    titles = [line.title for _, lines in gathered.schedule.releases for line in lines]
    assert titles == ["Three", "Two"]
    assert [line.title for _, lines in gathered.placed for line in lines] == ["Three", "One", "Two"]
    assert [(t.what, t.came_in, t.listed, t.left_out) for t in gathered.schedule.tallies] == [
        ("Business justifications raised in the six months", 0, 0, 0),
        ("Requests for a supplementary role raised in the six months", 3, 3, 0),
        ("Approved changes, with and without a release", 3, 2, 1),
    ]
    assert len(gathered.schedule.roles or ()) == 3


def test_a_list_that_lost_a_request_is_not_published(db: Database, library: FormLibrary, tmp_path: Path) -> None:
    a_case(db, {"title": "Payslips", "date_raised": "2026-10-01"})
    document = docx.Document(io.BytesIO(load_template()))
    for table in document.tables:
        found = table._tbl.tblPr.find(qn("w:tblCaption"))
        if found is not None and found.get(qn("w:val")) == "Business justifications":
            table._tbl.getparent().remove(table._tbl)
    stream = io.BytesIO()
    document.save(stream)
    press = Press(stream.getvalue(), lambda word: None, str(tmp_path))
    with pytest.raises(RefusedError, match="ESR-2026-0001 would not be listed in the document"):
        publish_quarter(db, library=library, quarter="2026-Q4", editing=Editing(), press=press, now=NOW)
    assert load_issues(db) == []


def test_what_came_in_is_counted_apart_from_what_is_listed(db: Database, library: FormLibrary) -> None:
    a_case(db, {"title": "Old", "date_raised": "2026-06-30"})
    a_case(db, {"title": "In time", "date_raised": "2026-07-01"})
    a_case(db, {}, form="")
    tallies = gather_quarter(db, library, "2026-Q4").schedule.tallies
    assert tallies[0] == Tally(
        "Business justifications raised in the six months", 1, 1, 0, "2 in all: 1 raised before 1 July 2026."
    )
    assert tallies[-1] == Tally(
        "Forms that could not be read yet", 1, 0, 1, "Listed as soon as we know what they ask for."
    )


def test_quarters_are_called_by_the_financial_year_where_that_is_set(db: Database, library: FormLibrary) -> None:
    schedule = gather_quarter(db, library, "Q3 2026/27", financial=True).schedule
    assert (schedule.quarter, schedule.label, schedule.reference) == ("2026-Q4", "Q3 2026/27", "ESR-DS-2026-27-Q3")
