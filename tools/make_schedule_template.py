"""Makes the Word template of the Development Schedule, outputs/templates/development-schedule.docx."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from outputs.word import (  # noqa: E402
    DARK_BLUE,
    add_field,
    describe_table,
    keep_row_whole,
    repeat_header,
    save_stable,
    set_up,
    set_widths,
    shade,
)

TARGET = ROOT / "outputs" / "templates" / "development-schedule.docx"
HEAD_FILL = "D9E5F2"
Columns = Sequence[tuple[str, str, float]]
"""(heading, template expression, width in cm)."""

_CHANGES: Columns = (
    ("Reference", "{{ line.reference }}", 2.9),
    ("SR", "{{ line.sr_number }}", 2.3),
    ("Change", "{{ line.title }}", 4.2),
    ("Functional area", "{{ line.functional_area }}", 2.6),
    ("Description", "{{ line.description }}", 5.4),
    ("Driver", "{{ line.driver }}", 2.8),
    ("Source", "{{ line.source }}", 3.0),
    ("Status", "{{ line.progress }}", 2.1),
)
_JUSTIFICATIONS: Columns = (
    ("Reference", "{{ line.reference }}", 2.9),
    ("SR", "{{ line.sr_number }}", 2.2),
    ("Title", "{{ line.title }}", 3.6),
    ("Organisation and region", "{{ line.source }}", 3.4),
    ("Raised", "{{ line.date_raised }}", 1.8),
    ("Functional area", "{{ line.functional_area }}", 2.2),
    ("Outcome", "{{ line.status }}", 3.0),
    ("Decided", "{{ line.decided_on }}", 1.8),
    ("Reason", "{{ line.reason }}", 4.4),
)


def make_template() -> bytes:
    """The template's bytes, the same every time."""
    document = Document()
    set_up(
        document,
        title="ESR Development Schedule",
        subject="Schedule",
        author="ESR Development Team",
        when=date(2026, 1, 5),
    )
    for name in ("TOC 1", "TOC 2"):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent = Cm(0 if name == "TOC 1" else 0.8)
        style.paragraph_format.space_after = Pt(3)
    _portrait(document.sections[0])
    _title_page(document)
    _landscape(document.add_section(WD_SECTION.NEW_PAGE))
    _changes(document)
    _justifications(document)
    _portrait(document.add_section(WD_SECTION.NEW_PAGE))
    _last_page(document)
    _footer(document)
    return save_stable(document)


def _title_page(document: Any) -> None:
    kicker = document.add_paragraph()
    run = kicker.add_run("ELECTRONIC STAFF RECORD")
    run.bold, run.font.color.rgb, run.font.size = True, DARK_BLUE, Pt(12)
    document.add_heading("ESR Development Schedule", level=0)
    document.add_paragraph("{{ quarter_words }} ({{ quarter }})").runs[0].font.size = Pt(16)
    facts = document.add_table(rows=0, cols=2, style="Table Grid")
    describe_table(facts, "About this document", "Issue date, version, classification, owner and reference.")
    for label, value in (
        ("Issue date", "{{ issued }}"),
        ("Version", "{{ version }}"),
        ("Information classification", "{{ classification }}"),
        ("Owner", "{{ owner }}"),
        ("Document reference", "{{ reference }}"),
    ):
        row = facts.add_row()
        keep_row_whole(row)
        shade(row.cells[0], HEAD_FILL)
        row.cells[0].paragraphs[0].add_run(label).bold = True
        row.cells[1].paragraphs[0].add_run(value)
    set_widths(facts, (Cm(6), Cm(11)))
    caveat = document.add_paragraph()
    caveat.paragraph_format.space_before = Pt(12)
    caveat.add_run("Plans may change. ").bold = True
    caveat.add_run("Every change listed here is subject to successful testing and deployment.")
    _tag(document, "if note")
    document.add_paragraph("{{ note }}")
    _tag(document, "endif")
    document.add_heading("Contents", level=1)
    _contents(document)
    document.add_heading("Document control", level=1)
    _table(
        document,
        "Change record",
        "Each issue of this schedule with its date, author and reference.",
        (
            ("Date", "{{ line.date }}", 4.0),
            ("Author", "{{ line.author }}", 5.0),
            ("Version", "{{ line.version }}", 2.5),
            ("Change reference", "{{ line.change }}", 5.5),
        ),
        "change_record",
    )
    document.add_heading("Summary", level=1)
    document.add_paragraph("{{ summary }}")
    _tag(document, "if outcomes")
    _table(
        document,
        "Business justifications by outcome",
        "How many business justifications of the last six months had each outcome.",
        (("Outcome", "{{ line.outcome }}", 12.0), ("Number", "{{ line.number }}", 5.0)),
        "outcomes",
    )
    _tag(document, "endif")


def _contents(document: Any) -> None:
    """A table of contents that is right as it stands and that Word can rebuild; without page numbers, so both agree."""
    first = document.add_paragraph(style="TOC 1")
    for kind in ("begin", "code", "separate"):
        run = first.add_run()
        if kind == "code":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = ' TOC \\o "1-2" \\n \\h '
            run._r.append(code)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
    first.add_run("Document control")
    _tag(document, "for entry in contents")
    _tag(document, "if entry.level == 1")
    document.add_paragraph("{{ entry.text }}", style="TOC 1")
    _tag(document, "else")
    document.add_paragraph("{{ entry.text }}", style="TOC 2")
    _tag(document, "endif")
    _tag(document, "endfor")
    last = document.add_paragraph("Words used, and how to ask for a change", style="TOC 1")
    end = OxmlElement("w:fldChar")
    end.set(qn("w:fldCharType"), "end")
    last.add_run()._r.append(end)


def _changes(document: Any) -> None:
    document.add_heading("Forthcoming changes by release", level=1)
    _tag(document, "if releases")
    _tag(document, "for release in releases")
    document.add_heading("{{ release.heading }}", level=2)
    _table(document, "Changes in {{ release.name }}", "One change a row.", _CHANGES, "release.lines")
    _tag(document, "endfor")
    _tag(document, "else")
    document.add_paragraph("None. No change has been approved for a coming release yet.")
    _tag(document, "endif")


def _justifications(document: Any) -> None:
    document.add_heading("Business justifications raised in the last six months", level=1)
    document.add_paragraph(
        "Raised from {{ window_start }} to {{ window_end }}, both days included, with the decision or outcome of each."
        " Those that have not been decided are listed too."
    )
    _tag(document, "if justifications")
    description = "One business justification a row, in order of the date it was raised."
    _table(document, "Business justifications", description, _JUSTIFICATIONS, "justifications")
    _tag(document, "else")
    document.add_paragraph("None. No business justification was raised between these dates.")
    _tag(document, "endif")


def _last_page(document: Any) -> None:
    document.add_heading("Words used, and how to ask for a change", level=1)
    for word, meaning in (
        ("Business justification", "the form that says why a change to ESR is needed and what good it will do."),
        ("Decision pending", "the request has been received and no decision has been made yet."),
        ("Driver", "the law, policy or programme that asks for the change, where the request names one."),
        ("Release", "a version of ESR. Changes are delivered in releases, usually one in each quarter."),
        ("SR", "service request: the call raised with the ESR Service Desk."),
    ):
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{word}: ").bold = True
        paragraph.add_run(meaning)
    document.add_paragraph(
        "Any authorised user of the ESR Service Desk can ask for a change. Raise a service request first. The ESR"
        " Development Team will tell you whether to complete a business justification. Your regional special interest"
        " group and your Functional Account Manager can help you to write it."
    )
    document.add_paragraph("Questions about this schedule: reply through your service request.")


def _table(document: Any, title: str, description: str, columns: Columns, lines: str) -> None:
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    describe_table(table, title, description)
    head, start, row, end = table.rows
    repeat_header(head)
    keep_row_whole(row)
    start.cells[0].text = f"{{%tr for line in {lines} %}}"
    end.cells[0].text = "{%tr endfor %}"
    for (heading, expression, _), top, cell in zip(columns, head.cells, row.cells, strict=True):
        shade(top, HEAD_FILL)
        top.paragraphs[0].add_run(heading).bold = True
        cell.text = expression
    for line in (head, row):
        for cell in line.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                for run in paragraph.runs:
                    run.font.size = Pt(10 if len(columns) < 6 else 9)
    set_widths(table, [Cm(width) for *_, width in columns])
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _tag(document: Any, code: str) -> None:
    document.add_paragraph(f"{{%p {code} %}}")


def _portrait(section: Any) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)


def _landscape(section: Any) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(1.8)


def _footer(document: Any) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run("ESR Development Schedule {{ quarter }}, version {{ version }}. {{ classification }}.   Page ")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" of ")
    add_field(paragraph, "NUMPAGES", "1")
    for run in paragraph.runs:
        run.font.size = Pt(9)


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(make_template())
    print(TARGET.relative_to(ROOT))
