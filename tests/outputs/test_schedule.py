"""The schedule as Word: real headings, repeated header rows, words put in as words, the same bytes everywhere."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from casework.errors import SettingError
from casework.model import Release, Schedule, ScheduleLine
from outputs.schedule import build_schedule, load_template

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.pure


def a_line(**changes: Any) -> ScheduleLine:
    values: dict[str, Any] = {
        "reference": "ESR-2026-0001",
        "sr_number": "SR 4418207",
        "title": "Payslips in large print",
        "organisation": "Northmoor Valley NHS Foundation Trust",
        "region": "North East and Yorkshire",
        "functional_area": "Self Service",
        "description": "Offer a large print view.",
        "driver": "Equality Act 2010",
        "date_raised": date(2026, 9, 14),
        "status": "Approved, allocated to Release 71",
        "decided_on": date(2026, 10, 2),
        "release": "Release 71",
        "reason": "It helps staff everywhere.",
    }
    return ScheduleLine(**(values | changes))


def a_schedule(*lines: ScheduleLine, **changes: Any) -> Schedule:
    values: dict[str, Any] = {
        "quarter": "2026-Q4",
        "issued": date(2026, 12, 31),
        "version": "1.0",
        "window_start": date(2026, 7, 1),
        "window_end": date(2026, 12, 31),
        "releases": ((Release("Release 71", date(2026, 12, 18)), lines),) if lines else (),
        "justifications": lines,
    }
    return Schedule(**(values | changes))


def opened(schedule: Schedule) -> Any:
    return docx.Document(io.BytesIO(build_schedule(schedule, load_template())))


def all_text(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_line_stands_with_its_outcome_and_its_reason() -> None:
    rows = [[cell.text for cell in row.cells] for row in opened(a_schedule(a_line())).tables[-2].rows]
    assert rows[1] == [
        "ESR-2026-0001",
        "SR 4418207",
        "Payslips in large print",
        "Northmoor Valley NHS Foundation Trust, North East and Yorkshire",
        "14 Sep 2026",
        "Self Service",
        "Approved",
        "2 Oct 2026",
        "Release 71",
        "It helps staff everywhere.",
    ]


@pytest.mark.parametrize(
    "words",
    ["R&D", "O'Brien & <Co>", "{{ 7*7 }}", "{% for x in y %}", "<w:p/>", '50 % & "quotes"', "x" * 500, "\u202egnirts"],
)
def test_senders_words_are_put_in_as_words_and_never_run(words: str) -> None:
    text = all_text(opened(a_schedule(a_line(title=words))))
    assert "".join(char for char in words if char.isprintable()) in text


def test_control_characters_do_not_break_the_document() -> None:
    assert "a b" in all_text(opened(a_schedule(a_line(title="a\x00\x0b\x1bb"))))


def test_an_empty_schedule_says_none_and_still_has_its_headings() -> None:
    document = opened(a_schedule())
    assert [p.text for p in document.paragraphs if p.text.startswith("None.")] == [
        "None. No change has been approved for a coming release yet.",
        "None. No business justification was raised between these dates.",
    ]
    assert {p.style.name for p in document.paragraphs} >= {"Title", "Heading 1"}


def test_every_table_repeats_its_header_row_and_says_what_it_is() -> None:
    tables = opened(a_schedule(a_line())).tables
    assert all(table._tbl.tblPr.find(qn("w:tblDescription")) is not None for table in tables)
    rows = [table.rows[0]._tr.trPr for table in tables]
    with_header = [
        table
        for table, row in zip(tables, rows, strict=True)
        if row is not None and row.find(qn("w:tblHeader")) is not None
    ]
    assert with_header == tables[1:]


def test_language_and_properties_are_set() -> None:
    document = opened(a_schedule(a_line()))
    assert document.core_properties.title == "ESR Development Schedule, October to December 2026"
    assert document.core_properties.language == "en-GB"
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "en-GB"


def test_the_contents_list_names_every_heading_in_order() -> None:
    document = opened(a_schedule(a_line()))
    headings = [p.text for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    contents = [p.text for p in document.paragraphs if p.style.name in ("toc 1", "toc 2")]
    assert contents == headings


def table_called(document: Any, caption: str) -> list[list[str]]:
    """The cells of the table with this alternative text, row by row."""
    for table in document.tables:
        found = table._tbl.tblPr.find(qn("w:tblCaption"))
        if found is not None and found.get(qn("w:val")) == caption:
            return [[cell.text for cell in row.cells] for row in table.rows]
    raise KeyError(caption)


def test_outcomes_add_up_to_the_justifications_that_are_listed() -> None:
    statuses = [
        "Approved, allocated to Release 71",
        "Approved, release to be confirmed",
        "Decision pending: in triage",
        "Decision pending: under impact assessment",
        "Declined",
        "Delivered in Release 70",
        "Something new",
    ]
    lines = [a_line(reference=f"ESR-2026-{n:04d}", status=status) for n, status in enumerate(statuses)]
    document = opened(a_schedule(*lines))
    assert table_called(document, "Business justifications by outcome")[1:] == [
        ["Approved", "2"],
        ["Delivered", "1"],
        ["Declined", "1"],
        ["Something new", "1"],
        ["Decision pending", "2"],
        ["All", "7"],
    ]
    assert len(table_called(document, "Business justifications")) == 1 + len(lines)


def test_an_undecided_request_says_so_in_every_column_that_waits_for_the_decision() -> None:
    line = a_line(status="Decision pending: in triage", decided_on=None, release=None, reason="", sr_number="")
    row = table_called(opened(a_schedule(line)), "Business justifications")[1]
    assert row[1] == "Not stated"
    assert row[6:] == ["Decision pending: in triage", "Not yet", "None", "Not decided yet"]


def test_an_approved_change_without_a_release_stands_last_and_is_to_be_confirmed() -> None:
    unplaced = a_line(reference="ESR-2026-0002", status="Approved, release to be confirmed", release=None)
    schedule = a_schedule(
        a_line(),
        unplaced,
        releases=(
            (Release("Release 71", date(2026, 12, 18)), (a_line(),)),
            (Release("Release to be confirmed"), (unplaced,)),
        ),
    )
    document = opened(schedule)
    assert table_called(document, "Forthcoming changes")[1:] == [
        ["Release 71", "18 December 2026", "1"],
        ["Release to be confirmed", "To be confirmed", "1"],
    ]
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 2"] == [
        "Release 71, planned for 18 December 2026",
        "Release to be confirmed",
    ]
    assert table_called(document, "Changes in Release 71")[1][-1] == "Planned"
    assert table_called(document, "Changes in Release to be confirmed")[1][-1] == "Approved"
    assert table_called(document, "Business justifications")[2][-2] == "To be confirmed"


def test_a_senders_lines_are_kept_and_empty_ones_are_not() -> None:
    row = table_called(
        opened(a_schedule(a_line(reason="First.\r\n\r\n  Second.\u2028Third."))), "Business justifications"
    )
    assert row[1][-1] == "First.\nSecond.\nThird."


def test_the_change_record_lists_every_issue_of_the_quarter_with_what_changed() -> None:
    schedule = a_schedule(version="2.0", note="Release 71 moved.", previous_issues=((date(2026, 12, 18), "1.0", ""),))
    assert table_called(opened(schedule), "Change record")[1:] == [
        ["18 December 2026", "ESR Development Team", "1.0", "Issued"],
        ["31 December 2026", "ESR Development Team", "2.0", "Release 71 moved."],
    ]


def test_the_first_page_says_what_the_document_is_and_that_plans_may_change() -> None:
    document = opened(a_schedule())
    words = [p.text for p in document.paragraphs]
    assert words[:3] == ["ELECTRONIC STAFF RECORD", "ESR Development Schedule", "October to December 2026 (2026-Q4)"]
    assert table_called(document, "About this document") == [
        ["Issue date", "31 December 2026"],
        ["Version", "1.0"],
        ["Information classification", "Public"],
        ["Owner", "Director of Operations"],
        ["Document reference", "ESR-DS-2026-Q4"],
    ]
    assert any("subject to successful testing and deployment" in text for text in words)
    assert any("Raised from 1 July 2026 to 31 December 2026, both days included" in text for text in words)


def test_every_entry_of_the_contents_list_leads_to_its_heading() -> None:
    body = opened(a_schedule(a_line())).element.body
    places = {mark.get(qn("w:name")): mark.getparent() for mark in body.iter(qn("w:bookmarkStart"))}
    links = list(body.iter(qn("w:hyperlink")))
    assert links
    for link in links:
        heading = places[link.get(qn("w:anchor"))]
        assert "".join(heading.itertext()) == "".join(link.itertext())


def test_wide_tables_lie_on_landscape_pages_and_no_cell_is_merged() -> None:
    document = opened(a_schedule(a_line()))
    assert [section.orientation for section in document.sections] == [0, 1, 0]
    body = document.element.body
    assert list(body.iter(qn("w:gridSpan"), qn("w:vMerge"), qn("w:hMerge"))) == []


def test_each_page_says_which_page_it_is_of_how_many_and_nothing_asks_to_update_on_opening() -> None:
    document = opened(a_schedule(a_line()))
    for section in document.sections:
        codes = [code.text.strip() for code in section.footer._element.iter(qn("w:instrText"))]
        assert codes == ["PAGE", "NUMPAGES"]
        assert section.footer.paragraphs[0].text.startswith("ESR Development Schedule 2026-Q4, version 1.0,")
    assert document.settings.element.find(qn("w:updateFields")) is None


def test_the_package_holds_no_time_of_making_and_is_not_pressed() -> None:
    with zipfile.ZipFile(io.BytesIO(build_schedule(a_schedule(), load_template()))) as package:
        members = package.infolist()
        assert package.read("docProps/core.xml").count(b"2026-12-31T09:00:00Z") == 2
    assert {(m.date_time, m.compress_type) for m in members} == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}
    assert members[0].filename == "[Content_Types].xml"
    assert not [m for m in members if "thumbnail" in m.filename or "custom" in m.filename]


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ quarter.format.__globals__ }}",
        "{{ releases.append(1) }}",
        "{{ range(10) }}",
        "{{ cycler }}",
        "{{ lipsum() }}",
        "{{ no_such_name }}",
        "{{ quarter",
        "{% include 'x' %}",
    ],
)
def test_a_template_that_asks_for_more_than_words_is_refused(code: str) -> None:
    document = docx.Document(io.BytesIO(load_template()))
    document.add_paragraph(code)
    stream = io.BytesIO()
    document.save(stream)
    with pytest.raises(SettingError, match="The Word template of the schedule is wrong"):
        build_schedule(a_schedule(), stream.getvalue())


_BUILD = """
import hashlib, sys
from tests_schedule import a_line, a_schedule, build_schedule, load_template
data = build_schedule(a_schedule(a_line(), a_line(reference="ESR-2026-0002")), load_template())
print(hashlib.sha256(data).hexdigest())
"""


def test_two_processes_with_other_zone_language_and_hash_seed_make_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "tests_schedule.py").write_text(Path(__file__).read_text())
    digests = set()
    for zone, language, seed in (("UTC", "C", "0"), ("Pacific/Auckland", "C.UTF-8", "4711")):
        path = f"{tmp_path}{os.pathsep}{ROOT}"
        environment = {"TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        command = [sys.executable, "-c", _BUILD]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        digests.add(result.stdout.strip())
    assert len(digests) == 1
