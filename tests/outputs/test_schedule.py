"""The schedule as Word: real headings, repeated header rows, words put in as words, the same bytes everywhere."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

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
