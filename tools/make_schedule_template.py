"""Makes the Word template of the Development Schedule, outputs/templates/development-schedule.docx."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Cm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from outputs.word import (  # noqa: E402
    DARK_BLUE,
    LINED_TABLE,
    PALE_GREY,
    WHITE,
    add_band,
    add_callout,
    add_contents_place,
    add_gap,
    add_page_footer,
    describe_table,
    keep_row_whole,
    new_document,
    repeat_header,
    save_stable,
    say_where_headings_stand,
    set_widths,
    shade,
)

TARGET = ROOT / "outputs" / "templates" / "development-schedule.docx"
FOOTER = "ESR Development Schedule {{ quarter }}, version {{ version }}, {{ issued }}. {{ classification }}."
Columns = Sequence[tuple[str, str, float]]
"""(heading, template expression, width in cm)."""

_CHANGES: Columns = (
    ("Reference", "{{ line.reference }}", 2.9),
    ("SR", "{{ line.sr_number }}", 2.3),
    ("Change", "{{ line.title }}", 4.2),
    ("Functional area", "{{ line.functional_area }}", 2.6),
    ("Description", "{{ line.description }}", 5.8),
    ("Driver", "{{ line.driver }}", 3.5),
    ("Source", "{{ line.source }}", 3.4),
    ("Status", "{{ line.progress }}", 2.0),
)
_JUSTIFICATIONS: Columns = (
    ("Reference", "{{ line.reference }}", 2.9),
    ("SR", "{{ line.sr_number }}", 2.25),
    ("Title", "{{ line.title }}", 3.4),
    ("Organisation and region", "{{ line.source }}", 3.3),
    ("Date raised", "{{ line.date_raised }}", 1.9),
    ("Functional area", "{{ line.functional_area }}", 2.4),
    ("Outcome", "{{ line.outcome }}", 2.6),
    ("Decision date", "{{ line.decided_on }}", 1.9),
    ("Release", "{{ line.release }}", 1.95),
    ("Reason", "{{ line.reason }}", 4.1),
)
_GLOSSARY = (
    ("Business justification", "The form that says why a change to ESR is needed and what good it will do."),
    ("Decision pending", "We have the request and have not decided on it yet. It stays on this list until we have."),
    ("Deferred", "On hold. We will look at the request again later."),
    ("Driver", "The law, policy or programme that asks for the change, where the request names one."),
    ("ESR", "Electronic Staff Record: the HR and payroll system of the NHS in England and Wales."),
    ("Redirected", "Another team looks after the matter, and the request has gone to them."),
    ("Release", "A new version of ESR. Approved changes are delivered in releases, usually one in each quarter."),
    ("SR", "Service Request: the call that is raised with the ESR Service Desk."),
)


def make_template() -> bytes:
    """The template's bytes, the same every time."""
    document = new_document(
        title="ESR Development Schedule",
        subject="Template",
        author="ESR Development Team",
        when=date(2026, 1, 5),
    )
    portrait = document.sections[0]
    add_page_footer(portrait, FOOTER, Cm(17))
    _title_page(document)
    _control_and_summary(document)
    landscape = document.add_section(WD_SECTION.NEW_PAGE)
    landscape.orientation = WD_ORIENT.LANDSCAPE
    landscape.page_width, landscape.page_height = Cm(29.7), Cm(21)
    landscape.left_margin = landscape.right_margin = Cm(1.5)
    add_page_footer(landscape, FOOTER, Cm(26.7))
    _changes(document)
    _justifications(document)
    last = document.add_section(WD_SECTION.NEW_PAGE)
    last.orientation = WD_ORIENT.PORTRAIT
    last.page_width, last.page_height = Cm(21), Cm(29.7)
    last.left_margin = last.right_margin = Cm(2)
    add_page_footer(last, FOOTER, Cm(17))
    _last_page(document)
    return save_stable(document)


def _title_page(document: Any) -> None:
    add_band(document, "ELECTRONIC STAFF RECORD", "ESR Development Schedule", "{{ quarter_words }} ({{ quarter }})")
    facts = document.add_table(rows=0, cols=2, style=LINED_TABLE)
    describe_table(facts, "About this document", "Issue date, version, classification, owner and reference.")
    say_where_headings_stand(facts, row=False, column=True)
    for label, value in (
        ("Issue date", "{{ issued }}"),
        ("Version", "{{ version }}"),
        ("Information classification", "{{ classification }}"),
        ("Owner", "{{ owner }}"),
        ("Document reference", "{{ reference }}"),
    ):
        row = facts.add_row()
        keep_row_whole(row)
        shade(row.cells[0], PALE_GREY)
        _put(row.cells[0], label, "Table Text", bold=True)
        _put(row.cells[1], value, "Table Text")
    set_widths(facts, (Cm(6), Cm(11)))
    add_gap(document)
    add_callout(
        document,
        "Plans may change.",
        "Every change in this schedule is a plan, subject to successful testing and deployment.",
    )
    _tag(document, "if note")
    add_gap(document)
    add_callout(document, "About this issue.", "{{ note }}")
    _tag(document, "endif")
    document.add_paragraph("Contents", style="TOC Heading")
    add_contents_place(document)


def _control_and_summary(document: Any) -> None:
    document.add_heading("Document control", level=1).paragraph_format.page_break_before = True
    _table(
        document,
        "Change record",
        "Each issue of this schedule, one a row, with its date, author, version and what changed.",
        (
            ("Date", "{{ line.date }}", 4.0),
            ("Author", "{{ line.author }}", 4.8),
            ("Version", "{{ line.version }}", 2.2),
            ("Change reference", "{{ line.change }}", 6.0),
        ),
        "change_record",
        style="Table Text",
    )
    document.add_heading("Summary", level=1)
    document.add_paragraph("{{ summary }}")
    _tag(document, "if planned")
    _table(
        document,
        "Forthcoming changes",
        "How many changes each release holds, one release a row.",
        (
            ("Release", "{{ line.name }}", 7.0),
            ("Planned date", "{{ line.planned }}", 6.0),
            ("Changes", "{{ line.number }}", 4.0),
        ),
        "planned",
        style="Table Text",
    )
    _tag(document, "endif")
    _tag(document, "if outcomes")
    _table(
        document,
        "Business justifications by outcome",
        "How many business justifications of the previous six months had each outcome.",
        (("Outcome", "{{ line.outcome }}", 13.0), ("Business justifications", "{{ line.number }}", 4.0)),
        "outcomes",
        style="Table Text",
    )
    _tag(document, "endif")


def _changes(document: Any) -> None:
    document.add_heading("Forthcoming changes by release", level=1)
    _tag(document, "if releases")
    _tag(document, "for release in releases")
    document.add_heading("{{ release.heading }}", level=2)
    _tag(document, "if release.lines")
    _table(document, "Changes in {{ release.name }}", "One change a row.", _CHANGES, "release.lines")
    _tag(document, "else")
    document.add_paragraph("None. No change is planned for this release yet.")
    _tag(document, "endif")
    _tag(document, "endfor")
    _tag(document, "else")
    document.add_paragraph("None. No change has been approved for a coming release yet.")
    _tag(document, "endif")


def _justifications(document: Any) -> None:
    document.add_heading("Business justifications raised in the previous six months", level=1)
    document.add_paragraph(
        "Raised from {{ window_start }} to {{ window_end }}, both days included, in order of the date raised. Those"
        " that are not decided yet are listed as “Decision pending”."
    )
    _tag(document, "if justifications")
    description = "One business justification a row, in order of the date it was raised."
    _table(document, "Business justifications", description, _JUSTIFICATIONS, "justifications")
    _tag(document, "else")
    document.add_paragraph("None. No business justification was raised between these dates.")
    _tag(document, "endif")


def _last_page(document: Any) -> None:
    document.add_heading("Words used in this schedule", level=1)
    table = document.add_table(rows=1, cols=2, style=LINED_TABLE)
    describe_table(table, "Words used in this schedule", "One word a row, with its meaning.")
    say_where_headings_stand(table, row=True, column=True)
    _head(table.rows[0], ("Word", "Meaning"), "Table Text")
    for word, meaning in _GLOSSARY:
        row = table.add_row()
        keep_row_whole(row)
        _put(row.cells[0], word, "Table Text", bold=True)
        _put(row.cells[1], meaning, "Table Text")
    set_widths(table, (Cm(5), Cm(12)))
    document.add_heading("How to ask for a change", level=1)
    for step in (
        "Raise a Service Request (SR). Any authorised user of the ESR Service Desk can do this at any time.",
        "If your request is a change to ESR, we ask whether you wish to go on, and agree with you what is needed.",
        "Complete the business justification form and attach it to your SR. Your regional special interest group and"
        " your Functional Account Manager can help you to write it.",
        "You can normally expect an acknowledgement within 5 working days, and hear of every decision through your SR.",
    ):
        document.add_paragraph(step, style="List Number")
    document.add_heading("Contact", level=1)
    document.add_paragraph(
        "For a question about a request, reply through its SR. For a question about this schedule, raise an SR with the"
        " ESR Service Desk for the NHS ESR Development Team, and give the document reference {{ reference }}."
    )


def _table(
    document: Any, title: str, description: str, columns: Columns, lines: str, *, style: str = "Table Small"
) -> None:
    table = document.add_table(rows=4, cols=len(columns), style=LINED_TABLE)
    describe_table(table, title, description)
    say_where_headings_stand(table, row=True, column=False)
    head, start, row, end = table.rows
    keep_row_whole(row)
    start.cells[0].text = f"{{%tr for line in {lines} %}}"
    end.cells[0].text = "{%tr endfor %}"
    _head(head, [heading for heading, *_ in columns], style)
    for (_, expression, _), cell in zip(columns, row.cells, strict=True):
        _put(cell, expression, style)
    set_widths(table, [Cm(width) for *_, width in columns])
    add_gap(document)


def _head(row: Any, headings: Sequence[str], style: str) -> None:
    repeat_header(row)
    for cell, heading in zip(row.cells, headings, strict=True):
        shade(cell, str(DARK_BLUE))
        run = _put(cell, heading, style, bold=True)
        run.font.color.rgb = WHITE
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _put(cell: Any, words: str, style: str, *, bold: bool = False) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    run = paragraph.add_run(words)
    if bold:
        run.bold = True
    return run


def _tag(document: Any, code: str) -> None:
    document.add_paragraph(f"{{%p {code} %}}")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(make_template())
    print(TARGET.relative_to(ROOT))
