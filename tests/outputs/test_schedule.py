"""The schedule as Word: real headings, repeated header rows, words put in as words, the same bytes everywhere."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from casework.errors import SettingError
from casework.schedule import Change, ChangeKind, PastIssue, Release, Schedule, Tally
from outputs.schedule import build_schedule, load_template
from outputs.schedule_context import CHART_MARK
from tests.builders_schedule import a_line, a_schedule

pytestmark = pytest.mark.pure


def opened(schedule: Schedule) -> Any:
    return docx.Document(io.BytesIO(build_schedule(schedule, load_template())))


def all_text(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_line_stands_with_its_outcome_and_its_reason() -> None:
    rows = table_called(opened(a_schedule(a_line())), "Business justifications")
    assert rows[1] == [
        "ESR-2026-0001",
        "4418207",
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
        "None. No business justification was raised from 1 July 2026 to 31 December 2026.",
        "None.",
        "None.",
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


@pytest.mark.parametrize(
    ("written", "printed"),
    [("SR 4418207", "4418207"), ("sr-4418207", "4418207"), ("4418207", "4418207"), ("SR: see email", "SR: see email")],
)
def test_a_service_request_is_printed_as_its_number_however_it_was_written(written: str, printed: str) -> None:
    row = table_called(opened(a_schedule(a_line(sr_number=written))), "Business justifications")[1]
    assert row[1] == printed


def test_a_deferred_request_says_until_when_and_is_counted_without_the_day() -> None:
    document = opened(a_schedule(a_line(status="Deferred until 31 March 2027", outcome="Deferred", release=None)))
    assert table_called(document, "Business justifications")[1][6] == "Deferred until 31 March 2027"
    assert table_called(document, "Business justifications by outcome")[1:] == [["Deferred", "1"], ["All", "1"]]


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
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 2"][-2:] == [
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
    schedule = a_schedule(
        version="2.0", change_note="Release 71 moved.", previous_issues=(PastIssue(date(2026, 12, 18), "1.0", ""),)
    )
    assert table_called(opened(schedule), "Change record")[1:] == [
        ["18 December 2026", "ESR Development Team", "1.0", "First issue"],
        ["31 December 2026", "ESR Development Team", "2.0", "Release 71 moved."],
    ]


def test_the_first_page_says_what_the_document_is_and_that_plans_may_change() -> None:
    document = opened(a_schedule())
    words = [p.text for p in document.paragraphs]
    assert words[:3] == ["ELECTRONIC STAFF RECORD", "ESR Development Schedule", "October to December 2026"]
    assert table_called(document, "About this document") == [
        ["Quarter", "Q4 2026, October to December 2026"],
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
        assert section.footer.paragraphs[0].text.startswith("ESR Development Schedule Q4 2026, version 1.0,")
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
    with pytest.raises(SettingError, match="The Word template is wrong"):
        build_schedule(a_schedule(), stream.getvalue())


def test_the_contents_list_has_the_page_of_each_heading_where_pages_are_known() -> None:
    schedule = a_schedule(a_line())
    headings = [p.text for p in opened(schedule).paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    pages = tuple(range(2, 2 + len(headings)))
    document = docx.Document(io.BytesIO(build_schedule(schedule, load_template(), pages)))
    contents = [p for p in document.paragraphs if p.style.name in ("toc 1", "toc 2")]
    shown = [p.text.split("\t") for p in contents]
    assert shown == [[heading, str(page)] for heading, page in zip(headings, pages, strict=True)]
    assert document.settings.element.find(qn("w:updateFields")) is None


def test_pages_of_another_document_are_not_printed() -> None:
    document = docx.Document(io.BytesIO(build_schedule(a_schedule(a_line()), load_template(), (1, 2, 3))))
    assert not [p for p in document.paragraphs if p.style.name in ("toc 1", "toc 2") and "\t" in p.text]


def test_headings_go_down_one_level_at_a_time() -> None:
    levels = [
        int(p.style.name[-1]) for p in opened(a_schedule(a_line())).paragraphs if p.style.name.startswith("Heading ")
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_chart_is_told_in_words_and_its_figures_stand_in_the_table() -> None:
    data = build_schedule(a_schedule(a_line(), a_line(reference="ESR-2026-0002", status="Declined")), load_template())
    document = docx.Document(io.BytesIO(data))
    told = [tag.get("descr") for tag in document.element.body.iter(qn("wp:docPr"))]
    assert told == [
        "Bar chart of the business justifications raised in the previous six months by outcome: Approved 1, Declined 1."
        " The same figures stand in the table below it."
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"<c:v>Declined</c:v>" in package.read("word/charts/chart1.xml")
    assert not list(opened(a_schedule()).element.body.iter(qn("w:drawing")))


def test_a_sender_cannot_have_a_chart_put_in_place_of_their_words() -> None:
    line = a_line(title=CHART_MARK)
    assert len(list(opened(a_schedule(line)).element.body.iter(qn("w:drawing")))) == 1


def test_annexes_stand_there_only_where_the_editor_asked_for_them() -> None:
    def headings(schedule: Schedule) -> list[str]:
        return [
            p.text for p in opened(schedule).paragraphs if p.text.startswith("Annex: ") and "Heading" in p.style.name
        ]

    assert headings(a_schedule()) == ["Annex: completeness"]
    both = a_schedule(roles=(a_line(title="Menopause Advocate"),), competences=())
    assert headings(both) == [
        "Annex: supplementary roles asked for in the previous six months",
        "Annex: national competences asked for in the previous six months",
        "Annex: completeness",
    ]
    assert table_called(opened(both), "Requests for a supplementary role")[1][2] == "Menopause Advocate"


def test_what_changed_since_the_last_issue_stands_in_a_table() -> None:
    change = Change(ChangeKind.MOVED, "ESR-2026-0001", "Payslips", "Release 71", "Release 72")
    document = opened(a_schedule(changes=(change,), compared_with="Compared with Q3 2026."))
    assert table_called(document, "Changes since the last issue")[1:] == [
        ["Moved", "ESR-2026-0001", "Payslips", "Release 71", "Release 72"]
    ]


def test_the_count_and_the_seal_of_the_record_are_printed() -> None:
    tally = Tally("Business justifications raised in the six months", 3, 3, 0, "5 in all.")
    document = opened(a_schedule(tallies=(tally,), events=1834, head="ab" * 32))
    assert table_called(document, "Completeness")[1:] == [
        ["Business justifications raised in the six months", "3", "3", "0", "5 in all."]
    ]
    assert "ab" * 32 in all_text(document)
    assert "a record of 1,834 events" in all_text(document)
