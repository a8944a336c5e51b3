"""Our own blank Word forms, built from a form's definition, and the same forms filled in."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary, Term
from casework.wording import long_date
from outputs.word import (
    BOXED_TABLE,
    DARK_BLUE,
    PALE_GREY,
    add_band,
    add_gap,
    add_page_footer,
    describe_table,
    keep_row_whole,
    new_document,
    one_line,
    own_lines,
    repeat_header,
    save_stable,
    say_where_headings_stand,
    set_widths,
    shade,
)

_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_WHEN = date(2026, 1, 5)
_AUTHOR = "ESR Development Team"
_WIDTH = Cm(17)
_WIDTHS = (Cm(5.4), Cm(11.6))
_ROOM_TO_WRITE = Cm(1.9)
_UNNAMED = "Your request"
_TICKED, _EMPTY = "\u2612", "\u2610"
_GREY = RGBColor(0x4C, 0x62, 0x72)

Answers = Mapping[str, str | list[str]]


def build_blank(form: FormDefinition, library: FormLibrary) -> bytes:
    """The form with nothing filled in; the same bytes every time."""
    return fill_blank(form, library, {})


def fill_blank(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    """The form with these answers in its controls: text, ISO dates, canonical choices (several as a list).

    A date that is none is shown as it was written; a choice that is not in the list is left for the sender to make.
    """
    document = new_document(title=form.title, subject="ESR change request form", author=_AUTHOR, when=_WHEN)
    document.core_properties.version = form.version
    document.core_properties.identifier = f"{form.key} {form.version}"
    prompt = document.styles.add_style("Placeholder Text", WD_STYLE_TYPE.CHARACTER, True)
    prompt.font.color.rgb, prompt.font.italic = _GREY, True
    add_page_footer(
        document.sections[0],
        f"Formwright form, version {form.version}. Our own layout, not the official ESR form.",
        _WIDTH,
    )
    add_band(document, "ELECTRONIC STAFF RECORD", form.title)
    if form.introduction:
        document.add_paragraph(form.introduction)
    for section in dict.fromkeys(definition.section for definition in form.fields):
        document.add_heading(section or _UNNAMED, level=1).paragraph_format.space_before = Pt(14)
        fields = [definition for definition in form.fields if definition.section == section]
        _add_section(document, section or _UNNAMED, fields, library, answers)
    return save_stable(document)


def _add_section(
    document: WordDocument, section: str, fields: list[FieldDefinition], library: FormLibrary, answers: Answers
) -> None:
    """Short answers stand beside their question, long ones below it: one grid of one or two columns at a time."""
    at = 0
    while at < len(fields):
        is_long = fields[at].kind is FieldKind.LONG
        end = at
        while end < len(fields) and (fields[end].kind is FieldKind.LONG) == is_long:
            end += 1
        if is_long:
            for definition in fields[at:end]:
                _add_long(document, definition, answers)
        else:
            _add_short(document, section, fields[at:end], library, answers)
        at = end


def _add_short(
    document: WordDocument, section: str, fields: list[FieldDefinition], library: FormLibrary, answers: Answers
) -> None:
    table = document.add_table(rows=0, cols=2, style=BOXED_TABLE)
    describe_table(table, section, f"Questions in the left column, your answers in the right: {section}.")
    say_where_headings_stand(table, row=False, column=True)
    for definition in fields:
        row = table.add_row()
        keep_row_whole(row)
        question, answer = row.cells
        _label(question, definition)
        paragraph = answer.paragraphs[0]
        paragraph.style = "Table Text"
        if definition.key == "input_level":
            _add_ticks(answer, definition, library, answers)
        elif definition.kind is FieldKind.CHOICE and definition.vocabulary:
            _add_choice(paragraph, definition, library.vocabulary(definition.vocabulary).terms, answers)
        elif definition.kind is FieldKind.DATE:
            _add_date(paragraph, definition, answers)
        else:
            value = one_line(str(answers.get(definition.key, "")))
            paragraph._p.append(_control(definition.key, definition, [value] if value else [], _tag("w:text")))
    set_widths(table, _WIDTHS)
    add_gap(document)


def _add_long(document: WordDocument, definition: FieldDefinition, answers: Answers) -> None:
    table = document.add_table(rows=2, cols=1, style=BOXED_TABLE)
    describe_table(table, definition.label, f"Your answer to: {definition.label}.")
    say_where_headings_stand(table, row=True, column=False)
    question, answer = table.rows[0].cells[0], table.rows[1].cells[0]
    _label(question, definition)
    repeat_header(table.rows[0])
    question.paragraphs[0].paragraph_format.keep_with_next = True
    lines = own_lines(str(answers.get(definition.key, ""))).splitlines()
    block = _control(definition.key, definition, lines, None, block=True)
    # A cell must end with a paragraph, whatever stands before it (ECMA-376 part 1, 17.4.65).
    last = answer.paragraphs[0]
    last.style = "Gap"
    last._p.addprevious(block)
    table.rows[1].height, table.rows[1].height_rule = _ROOM_TO_WRITE, WD_ROW_HEIGHT_RULE.AT_LEAST
    set_widths(table, (_WIDTH,))
    add_gap(document)


def _label(cell: Any, definition: FieldDefinition) -> None:
    shade(cell, PALE_GREY)
    cell.paragraphs[0].style = "Table Text"
    run = cell.paragraphs[0].add_run(definition.label)
    run.bold = True
    run.font.color.rgb = DARK_BLUE


def _add_ticks(cell: Any, definition: FieldDefinition, library: FormLibrary, answers: Answers) -> None:
    value = answers.get(definition.key, [])
    chosen = [value] if isinstance(value, str) else value
    cell.paragraphs[0].add_run(definition.hint, style="Placeholder Text")
    for term in library.vocabulary(definition.vocabulary or "").terms:
        paragraph = cell.add_paragraph(style="Table Text")
        paragraph._p.append(
            _tick(f"{definition.key}:{term.key}", f"{definition.label}: {term.label}", term.key in chosen)
        )
        paragraph.add_run(f" {term.label}")


def _add_choice(paragraph: Any, definition: FieldDefinition, terms: tuple[Term, ...], answers: Answers) -> None:
    kind = _tag("w:dropDownList")
    for term in terms:
        kind.append(_tag("w:listItem", displayText=term.label, value=term.key))
    value = answers.get(definition.key, "")
    key = value if isinstance(value, str) else next(iter(value), "")
    shown = next((term.label for term in terms if term.key == key), "")
    paragraph._p.append(
        _control(definition.key, definition, [shown] if shown else [], kind, prompt="Choose from the list")
    )


def _add_date(paragraph: Any, definition: FieldDefinition, answers: Answers) -> None:
    shown = one_line(str(answers.get(definition.key, "")))
    kind = _tag("w:date")
    day = _parse_day(shown)
    if day is not None:
        kind.set(qn("w:fullDate"), f"{day.isoformat()}T00:00:00Z")
        shown = long_date(day)
    for name, text in (("w:dateFormat", "d MMMM yyyy"), ("w:lid", "en-GB"), ("w:storeMappedDataAs", "dateTime")):
        kind.append(_tag(name, val=text))
    kind.append(_tag("w:calendar", val="gregorian"))
    paragraph._p.append(_control(definition.key, definition, [shown] if shown else [], kind, prompt="Choose a date"))


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _control(
    tag: str,
    definition: FieldDefinition,
    lines: list[str],
    kind: Any,
    *,
    block: bool = False,
    prompt: str = "",
) -> Any:
    """A content control: in a line (`block` False, one line) or round whole paragraphs."""
    control = _tag("w:sdt")
    properties = _properties(tag, definition.label)
    if not lines:
        properties.append(_tag("w:showingPlcHdr"))
    if kind is not None:
        properties.append(kind)
    control.append(properties)
    content = _tag("w:sdtContent")
    hint = prompt or definition.hint or "Click here and type"
    for line in lines or [hint]:
        run = _run(line, placeholder=not lines)
        if block:
            paragraph = _tag("w:p")
            style = _tag("w:pPr")
            style.append(_tag("w:pStyle", val="TableText"))
            paragraph.extend((style, run))
            content.append(paragraph)
        else:
            content.append(run)
    control.append(content)
    return control


def _tick(tag: str, label: str, ticked: bool) -> Any:
    control = _tag("w:sdt")
    properties = _properties(tag, label)
    box = OxmlElement("w14:checkbox", nsdecls={"w14": _W14})
    for name, attributes in (
        ("checked", {"val": "1" if ticked else "0"}),
        ("checkedState", {"val": "2612", "font": "MS Gothic"}),
        ("uncheckedState", {"val": "2610", "font": "MS Gothic"}),
    ):
        child = OxmlElement(f"w14:{name}", nsdecls={"w14": _W14})
        for key, value in attributes.items():
            child.set(f"{{{_W14}}}{key}", value)
        box.append(child)
    properties.append(box)
    control.append(properties)
    content = _tag("w:sdtContent")
    run = _run(_TICKED if ticked else _EMPTY)
    fonts = _tag("w:rFonts", ascii="MS Gothic", eastAsia="MS Gothic", hAnsi="MS Gothic", hint="eastAsia")
    run.insert(0, _tag("w:rPr"))
    run[0].append(fonts)
    content.append(run)
    control.append(content)
    return control


def _properties(tag: str, label: str) -> Any:
    properties = _tag("w:sdtPr")
    properties.append(_tag("w:alias", val=label))
    properties.append(_tag("w:tag", val=tag))
    # Any number will do, as long as it is its own and the same every time.
    properties.append(_tag("w:id", val=str(zlib.crc32(tag.encode()) & 0x7FFFFFFF)))
    return properties


def _run(text: str, *, placeholder: bool = False) -> Any:
    run = _tag("w:r")
    if placeholder:
        properties = _tag("w:rPr")
        # Said twice: some programs do not follow the style inside a control.
        properties.append(_tag("w:rStyle", val="PlaceholderText"))
        properties.append(_tag("w:i"))
        properties.append(_tag("w:color", val=str(_GREY)))
        run.append(properties)
    words = _tag("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    return run


def _tag(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
