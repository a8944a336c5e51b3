"""Word documents that are accessible and always the same bytes: headings, tables, fields and saving."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

NHS_BLUE = RGBColor(0x00, 0x5E, 0xB8)
DARK_BLUE = RGBColor(0x00, 0x30, 0x87)
PALE_BLUE = "E8EDEE"
FONT = "Arial"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def set_up(document: WordDocument, *, title: str, subject: str, author: str, when: date) -> None:
    """Fonts, language and properties that every document of ours has; `when` stands for created and modified."""
    properties = document.core_properties
    properties.title, properties.subject, properties.author = title, subject, author
    properties.last_modified_by, properties.comments, properties.language = author, "", "en-GB"
    moment = datetime.combine(when, time(9), UTC)
    properties.created = properties.modified = moment
    properties.revision = 1
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    for name, size, colour in (
        ("Title", 26, DARK_BLUE),
        ("Heading 1", 18, NHS_BLUE),
        ("Heading 2", 14, NHS_BLUE),
        ("Heading 3", 12, DARK_BLUE),
    ):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), True, colour
        _same_font_everywhere(style.element)
    _same_font_everywhere(normal.element)
    set_language(document, "en-GB")


def set_language(document: WordDocument, language: str) -> None:
    """Say which language the words are in, for screen readers and the spelling checker."""
    for style in document.styles.element.iter(qn("w:rPrDefault"), qn("w:style")):
        properties = style.find(qn("w:rPr"))
        if properties is None:
            continue
        tag = properties.find(qn("w:lang"))
        if tag is not None:
            properties.remove(tag)
    default = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if default is not None:
        tag = OxmlElement("w:lang")
        for name in ("w:val", "w:eastAsia"):
            tag.set(qn(name), language)
        default.append(tag)


def describe_table(table: Any, title: str, description: str) -> None:
    """Alternative text for a table: a short title and what it holds."""
    properties = table._tbl.tblPr
    for name, text in (("w:tblCaption", title), ("w:tblDescription", description)):
        tag = OxmlElement(name)
        tag.set(qn("w:val"), text)
        properties.append(tag)


def repeat_header(row: Any) -> None:
    """Repeat this row at the top of each page that the table reaches, and mark it as the table's heading."""
    _row_property(row, "w:tblHeader")
    keep_row_whole(row)


def keep_row_whole(row: Any) -> None:
    """Do not split this row over two pages."""
    _row_property(row, "w:cantSplit")


def shade(cell: Any, fill: str) -> None:
    """Fill a cell with a colour, six hex digits."""
    properties = cell._tc.get_or_add_tcPr()
    tag = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)):
        tag.set(qn(name), value)
    properties.append(tag)


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """A field such as PAGE with the value it shows until the program works it out."""
    for kind, text in (("begin", None), (None, code), ("separate", None), ("shown", shown), ("end", None)):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = text
        elif kind is None:
            tag = OxmlElement("w:instrText")
            tag.set(qn("xml:space"), "preserve")
            tag.text = f" {text} "
            run._r.append(tag)
        else:
            tag = OxmlElement("w:fldChar")
            tag.set(qn("w:fldCharType"), kind)
            run._r.append(tag)


def set_widths(table: Any, widths: Sequence[Any]) -> None:
    """Fixed column widths, in the grid and in each cell, which is where different programs look."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def save_stable(document: WordDocument) -> bytes:
    """The document's bytes, the same for the same content: see `repack`."""
    stream = io.BytesIO()
    document.save(stream)
    return repack(stream.getvalue())


def repack(data: bytes) -> bytes:
    """A Word package with its parts in one order, without times, compressed in one way.

    The bytes are the same wherever zlib is: another build of it may compress the same words to other bytes, which is
    why what was issued is kept as well.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as packed:
        names = sorted(package.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = 0
            packed.writestr(member, package.read(name), zipfile.ZIP_DEFLATED, compresslevel=6)
    return out.getvalue()


def _row_property(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    if properties.find(qn(name)) is None:
        properties.append(OxmlElement(name))


def _same_font_everywhere(style: Any) -> None:
    fonts = style.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name or "theme" in name:
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
