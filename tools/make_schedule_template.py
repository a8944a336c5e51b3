"""Makes the Word template of the Development Schedule, outputs/templates/development-schedule.docx."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Cm, Pt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from outputs.contents import add_contents_place  # noqa: E402
from outputs.word import (  # noqa: E402
    DARK_BLUE,
    LINED_TABLE,
    PALE_GREY,
    WHITE,
    add_band,
    add_callout,
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
    ("Reference", "{{ line.reference }}", 2.8),
    ("SR", "{{ line.sr_number }}", 1.9),
    ("Title", "{{ line.title }}", 3.3),
    ("Organisation and region", "{{ line.source }}", 3.05),
    ("Date raised", "{{ line.date_raised }}", 2.35),
    ("Functional area", "{{ line.functional_area }}", 2.3),
    ("Outcome", "{{ line.outcome }}", 2.5),
    ("Decision date", "{{ line.decided_on }}", 2.35),
    ("Release", "{{ line.release }}", 2.15),
    ("Reason", "{{ line.reason }}", 4.0),
)
_REQUESTS: Columns = (
    ("Reference", "{{ line.reference }}", 2.9),
    ("SR", "{{ line.sr_number }}", 2.3),
    ("Value asked for", "{{ line.title }}", 5.0),
    ("Organisation and region", "{{ line.source }}", 4.4),
    ("Date raised", "{{ line.date_raised }}", 2.35),
    ("Outcome", "{{ line.outcome }}", 2.9),
    ("Decision date", "{{ line.decided_on }}", 2.35),
    ("Reason", "{{ line.reason }}", 4.5),
)


def make_template() -> bytes:
    """The template's bytes, the same every time."""
    document = new_document(
        title="ESR Development Schedule",
        subject="Template",
        author="ESR Development Team",
        when=date(2026, 1, 5),
    )
    seal = document.styles.add_style("Seal", WD_STYLE_TYPE.PARAGRAPH)
    seal.base_style = document.styles["Normal"]
    seal.font.name, seal.font.size = "Courier New", Pt(9)
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
    _annexes(document)
    last = document.add_section(WD_SECTION.NEW_PAGE)
    last.orientation = WD_ORIENT.PORTRAIT
    last.page_width, last.page_height = Cm(21), Cm(29.7)
    last.left_margin = last.right_margin = Cm(2)
    add_page_footer(last, FOOTER, Cm(17))
    _last_pages(document)
    return save_stable(document)


def _title_page(document: Any) -> None:
    add_band(document, "ELECTRONIC STAFF RECORD", "ESR Development Schedule", "{{ quarter_words }}")
    facts = document.add_table(rows=0, cols=2, style=LINED_TABLE)
    describe_table(facts, "About this document", "Quarter, issue date, version, classification, owner and reference.")
    say_where_headings_stand(facts, row=False, column=True)
    for label, value in (
        ("Quarter", "{{ quarter }}, {{ quarter_words }}"),
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
    add_callout(document, "Plans may change.", "{{ caveat }}")
    _tag(document, "if introduction")
    add_gap(document)
    add_callout(document, "About this issue.", "{{ introduction }}")
    _tag(document, "endif")
    document.add_paragraph("Contents", style="TOC Heading")
    add_contents_place(document)


def _control_and_summary(document: Any) -> None:
    _new_page(document, "Document control")
    document.add_heading("Change record", level=2)
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
    document.add_heading("Forthcoming changes", level=2)
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
    _otherwise(document, "None. No change has been approved for a coming release yet.")
    document.add_heading("Business justifications by outcome", level=2)
    _tag(document, "if outcomes")
    document.add_paragraph(
        "Business justifications raised from {{ window_start }} to {{ window_end }}, by their outcome on the day of"
        " issue."
    ).paragraph_format.keep_with_next = True
    document.add_paragraph("{{ outcomes_chart }}").paragraph_format.keep_with_next = True
    _table(
        document,
        "Business justifications by outcome",
        "How many business justifications of the previous six months had each outcome.",
        (("Outcome", "{{ line.outcome }}", 12.0), ("Business justifications", "{{ line.number }}", 5.0)),
        "outcomes",
        is_short=True,
    )
    _otherwise(document, "None. No business justification was raised from {{ window_start }} to {{ window_end }}.")
    # Before a list that may end a page, so that it never has a page for itself.
    document.add_heading("Editor’s notes", level=1)
    _tag(document, "if note")
    document.add_paragraph("{{ note }}")
    _otherwise(document, "None.")
    document.add_heading("Changes since the last issue", level=1)
    document.add_paragraph("{{ compared_with }}").paragraph_format.keep_with_next = True
    _tag(document, "if changes")
    _table(
        document,
        "Changes since the last issue",
        "What was added, moved, removed, decided or withdrawn since the last issue, one a row.",
        (
            ("What", "{{ line.kind }}", 2.2),
            ("Reference", "{{ line.reference }}", 3.0),
            ("Change", "{{ line.title }}", 4.6),
            ("Before", "{{ line.before }}", 3.6),
            ("Now", "{{ line.after }}", 3.6),
        ),
        "changes",
    )
    _otherwise(document, "None.")


def _changes(document: Any) -> None:
    document.add_heading("Forthcoming changes by release", level=1)
    _tag(document, "if releases")
    _tag(document, "for release in releases")
    document.add_heading("{{ release.heading }}", level=2)
    _tag(document, "if release.lines")
    _table(document, "Changes in {{ release.name }}", "One change a row.", _CHANGES, "release.lines")
    _otherwise(document, "None. No change is planned for this release yet.")
    _tag(document, "endfor")
    _otherwise(document, "None. No change has been approved for a coming release yet.")


def _justifications(document: Any) -> None:
    _new_page(document, "Business justifications raised in the previous six months")
    _raised(document, "Those that are not decided yet are listed as “Decision pending”.")
    _tag(document, "if justifications")
    description = "One business justification a row, in order of the date it was raised."
    _table(document, "Business justifications", description, _JUSTIFICATIONS, "justifications")
    _otherwise(document, "None. No business justification was raised between these dates.")


def _annexes(document: Any) -> None:
    for name, heading, one in (
        ("roles", "Annex: supplementary roles asked for in the previous six months", "supplementary role"),
        ("competences", "Annex: national competences asked for in the previous six months", "national competence"),
    ):
        _tag(document, f"if has_{name}")
        _new_page(document, heading)
        _raised(document, "Those that are not decided yet are listed as “Decision pending”.")
        _tag(document, f"if {name}")
        described = f"One request for a {one} a row, in order of the date it was raised."
        _table(document, f"Requests for a {one}", described, _REQUESTS, name)
        _otherwise(document, f"None. No {one} was asked for between these dates.")
        _tag(document, "endif")


def _new_page(document: Any, heading: str) -> None:
    document.add_heading(heading, level=1).paragraph_format.page_break_before = True


def _raised(document: Any, more: str) -> None:
    document.add_paragraph(
        "Raised from {{ window_start }} to {{ window_end }}, both days included, in order of the date raised. " + more
    ).paragraph_format.keep_with_next = True


def _last_pages(document: Any) -> None:
    document.add_heading("Annex: completeness", level=1)
    document.add_paragraph(
        "How many requests came in, and how many of them this schedule lists. The schedule is not published unless each"
        " row adds up."
    ).paragraph_format.keep_with_next = True
    _table(
        document,
        "Completeness",
        "One kind of request a row: how many came in, how many are listed, how many are not, and why.",
        (
            ("Requests", "{{ line.what }}", 6.2),
            ("Came in", "{{ line.came_in }}", 1.9),
            ("Listed", "{{ line.listed }}", 1.9),
            ("Not listed", "{{ line.left_out }}", 1.9),
            ("Explanation", "{{ line.note }}", 5.1),
        ),
        "tallies",
    )
    document.add_paragraph(
        "This schedule was made from a record of {{ events }} events. Each event is sealed with the one before it,"
        " so that the record cannot be changed unseen by those who hold this document. The seal of the last event:"
    ).paragraph_format.keep_with_next = True
    document.add_paragraph("{{ seal }}", style="Seal")
    document.add_heading("Words used in this schedule", level=1)
    _table(
        document,
        "Words used in this schedule",
        "One word a row, with its meaning.",
        (("Word", "{{ line.word }}", 5.0), ("Meaning", "{{ line.meaning }}", 12.0)),
        "glossary",
        style="Table Text",
        first_is_heading=True,
    )
    document.add_heading("How to ask for a change", level=1)
    _tag(document, "for step in steps")
    document.add_paragraph("{{ step }}", style="List Number").paragraph_format.keep_with_next = True
    _tag(document, "endfor")
    document.add_heading("Contact", level=1)
    document.add_paragraph(
        "For a question about a request, reply through its SR. For a question about this schedule, raise an SR with the"
        " ESR Service Desk for the NHS ESR Development Team, and give the document reference {{ reference }}."
    )


def _table(
    document: Any,
    title: str,
    description: str,
    columns: Columns,
    lines: str,
    *,
    style: str = "Table Small",
    first_is_heading: bool = False,
    is_short: bool = False,
) -> None:
    table = document.add_table(rows=4, cols=len(columns), style=LINED_TABLE)
    describe_table(table, title, description)
    say_where_headings_stand(table, row=True, column=first_is_heading)
    head, start, row, end = table.rows
    keep_row_whole(row)
    start.cells[0].text = f"{{%tr for line in {lines} %}}"
    end.cells[0].text = "{%tr endfor %}"
    _head(head, [heading for heading, *_ in columns], style)
    for at, ((_, expression, _), cell) in enumerate(zip(columns, row.cells, strict=True)):
        _put(cell, expression, style, bold=first_is_heading and at == 0)
        # A short table moves to the next page whole.
        cell.paragraphs[0].paragraph_format.keep_with_next = is_short or None
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


def _otherwise(document: Any, words: str) -> None:
    """What stands there where the part above, which began with an `if`, is empty."""
    _tag(document, "else")
    document.add_paragraph(words)
    _tag(document, "endif")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(make_template())
    print(TARGET.relative_to(ROOT))
