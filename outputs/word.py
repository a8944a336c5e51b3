"""Word documents that are accessible and always the same bytes: styles, tables, fields and saving."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from outputs.word_fonts import name_fonts

NHS_BLUE = RGBColor(0x00, 0x5E, 0xB8)
DARK_BLUE = RGBColor(0x00, 0x30, 0x87)
WHITE = RGBColor(0xFF, 0xFF, 0xFF)
PALE_GREY = "E8EDEE"
PALE_BLUE = "E5EEF8"
FONT = "Arial"
LINED_TABLE = "Lined Table"
BOXED_TABLE = "Boxed Table"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WORD_2013 = "15"

_STYLES_KEPT = frozenset(
    {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Heading1", "Heading2", "Heading3", "Title"}
    | {"Header", "Footer", "ListBullet", "ListNumber", "TableGrid"}
)
_RELATIONS_KEPT = frozenset(
    {
        RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
        RELATIONSHIP_TYPE.CORE_PROPERTIES,
        RELATIONSHIP_TYPE.STYLES,
        RELATIONSHIP_TYPE.SETTINGS,
        RELATIONSHIP_TYPE.NUMBERING,
        RELATIONSHIP_TYPE.THEME,
        RELATIONSHIP_TYPE.FONT_TABLE,
    }
)
_SETTINGS = f"""<w:settings {nsdecls("w")}>
<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>
<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"
 w:val="{_WORD_2013}"/></w:compat>
<w:themeFontLang w:val="en-GB"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>"""


def new_document(*, title: str, subject: str, author: str, when: date) -> WordDocument:
    """An empty A4 document in our fonts, styles and language; `when` stands for created and modified.

    The library's own template carries a preview picture, other people's session numbers, and half a megabyte of styles
    that nothing of ours uses: they are left out.
    """
    document = Document()
    for relations in (document.part.rels, document.part.package.rels):
        for identity in [key for key, relation in relations.items() if relation.reltype not in _RELATIONS_KEPT]:
            del relations[identity]
    settings = document.settings.element
    settings[:] = list(parse_xml(_SETTINGS))
    name_fonts(document)
    _set_styles(document)
    _drop_lists_without_style(document)
    describe_document(document, title=title, subject=subject, author=author, when=when)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(1.8), Cm(1.8)
    page.header_distance = page.footer_distance = Cm(0.9)
    return document


def describe_document(document: WordDocument, *, title: str, subject: str, author: str, when: date) -> None:
    """The document's properties: what a program lists, a screen reader says and a search finds."""
    properties = document.core_properties
    properties.title, properties.subject, properties.author = title, subject, author
    properties.last_modified_by, properties.comments, properties.language = author, "", "en-GB"
    properties.created = properties.modified = datetime.combine(when, time(9), UTC)
    properties.revision = 1


def add_band(document: WordDocument, above: str, title: str, below: str = "") -> None:
    """The document's title on a blue band, with a line above it and one below it."""
    document.add_paragraph(above, style="Band Line")
    document.add_paragraph(title, style="Title")
    if below:
        document.add_paragraph(below, style="Subtitle")
    document.add_paragraph(style="Gap")


def add_callout(document: WordDocument, lead: str, words: str) -> Any:
    """A paragraph that stands out by a bar at its left: `lead` in bold, then `words`."""
    paragraph = document.add_paragraph(style="Callout")
    paragraph.add_run(f"{lead} ").bold = True
    paragraph.add_run(words)
    return paragraph


def add_gap(document: WordDocument) -> None:
    """A few points of air between two tables, which would grow together without it."""
    document.add_paragraph(style="Gap")


def describe_table(table: Any, title: str, description: str) -> None:
    """Alternative text for a table: a short title and what it holds."""
    properties = table._tbl.tblPr
    for name, text in (("w:tblCaption", title), ("w:tblDescription", description)):
        tag = OxmlElement(name)
        tag.set(qn("w:val"), text)
        properties.append(tag)


def say_where_headings_stand(table: Any, *, row: bool, column: bool) -> None:
    """Whether the first row and the first column are headings; screen readers read them out with each cell."""
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.attrib.clear()
    for name, value in (
        ("w:val", f"{0x0600 | 0x0020 * row | 0x0080 * column:04X}"),
        ("w:firstRow", str(int(row))),
        ("w:lastRow", "0"),
        ("w:firstColumn", str(int(column))),
        ("w:lastColumn", "0"),
        ("w:noHBand", "1"),
        ("w:noVBand", "1"),
    ):
        look.set(qn(name), value)


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
    paragraph._p.extend(field_start(code))
    paragraph.add_run(shown)
    paragraph._p.append(field_mark("end"))


def field_start(code: str) -> list[Any]:
    """The runs that open a field up to where its shown value begins; `field_mark("end")` closes it."""
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    middle = OxmlElement("w:r")
    middle.append(instruction)
    return [field_mark("begin"), middle, field_mark("separate")]


def field_mark(kind: str) -> Any:
    """A run with one mark of a field: `begin`, `separate` or `end`."""
    run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    return run


def add_page_footer(section: Any, words: str, width: Any) -> None:
    """The section's own footer: `words` at the left, "Page X of Y" at the right edge of a text `width` wide."""
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.style = "Footer"
    paragraph.paragraph_format.tab_stops.add_tab_stop(width, alignment=2)
    paragraph.add_run(f"{words}\tPage ")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" of ")
    add_field(paragraph, "NUMPAGES", "1")


def set_widths(table: Any, widths: Sequence[Any]) -> None:
    """Fixed column widths, in the grid and in each cell, which is where different programs look."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def one_line(text: str) -> str:
    """The words on one line, without the control characters that XML cannot hold."""
    # Nearly all words are printable as they are, and a schedule has a hundred thousand of them.
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char.isspace() else " " for char in text)
    return " ".join(text.split())


def own_lines(text: str) -> str:
    """As `one_line`, but the sender's own lines are kept; empty ones are not."""
    return "\n".join(line for line in map(one_line, text.splitlines()) if line)


def save_stable(document: WordDocument) -> bytes:
    """The document's bytes, the same for the same content: see `repack`."""
    stream = io.BytesIO()
    document.save(stream)
    return repack(stream.getvalue())


def repack(data: bytes, *, pressed: bool = False) -> bytes:
    """A Word package with its parts in one order and without times; `pressed` where the size matters more.

    The parts are stored as they are: different builds of the compression library press the same words into different
    bytes, and then nobody could show on another machine that an issued document says what the record says.
    """
    out = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if pressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w", method) as packed:
        for name in sorted(package.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = 0
            packed.writestr(member, package.read(name), method)
    return out.getvalue()


def _set_styles(document: WordDocument) -> None:
    root = document.styles.element
    for style in root.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _STYLES_KEPT:
            root.remove(style)
        for name in ("w:link", "w:rsid"):
            for child in style.findall(qn(name)):
                style.remove(child)
    for latent in root.findall(qn("w:latentStyles")):
        latent[:] = []
    defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    defaults[:] = list(
        parse_xml(
            f'<w:rPr {nsdecls("w")}><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}" w:eastAsia="{FONT}"/>'
            '<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr>'
        )
    )
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(8), 1.15
    for name, size, colour, before in (
        ("Heading 1", 18, DARK_BLUE, 20),
        ("Heading 2", 14, NHS_BLUE, 14),
        ("Heading 3", 12, DARK_BLUE, 10),
    ):
        style = document.styles[name]
        _plain_font(style, size, colour)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(6)
    _set_band_styles(document)
    _set_small_styles(document)
    _add_table_style(root, LINED_TABLE, outside="768692", inside="C8D0D6", upright=False)
    _add_table_style(root, BOXED_TABLE, outside="768692", inside="768692", upright=True)


def _drop_lists_without_style(document: WordDocument) -> None:
    numbering = document.part.numbering_part.element
    for found in numbering.findall(qn("w:abstractNum")):
        styles = {tag.get(qn("w:val")) for tag in found.iter(qn("w:pStyle"))}
        if styles <= _STYLES_KEPT:
            continue
        numbering.remove(found)
        for number in numbering.findall(qn("w:num")):
            if number.find(qn("w:abstractNumId")).get(qn("w:val")) == found.get(qn("w:abstractNumId")):
                numbering.remove(number)


def _set_band_styles(document: WordDocument) -> None:
    """White words on NHS blue, 6.6 to 1. Paragraphs with the same border join into one band."""
    blue = str(NHS_BLUE)
    for name, size, bold, kind in (
        ("Band Line", 11, True, None),
        ("Title", 26, True, "Title"),
        ("Subtitle", 15, False, None),
    ):
        style = document.styles["Title"] if kind else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, True)
        style.base_style = document.styles["Normal"]
        _plain_font(style, size, WHITE, bold=bold)
        properties = style.element.get_or_add_pPr()
        for child in list(properties):
            properties.remove(child)
        properties.extend(
            parse_xml(
                f"<w:pPr {nsdecls('w')}><w:keepNext/><w:pBdr>"
                + "".join(f'<w:{s} w:val="single" w:sz="4" w:space="9" w:color="{blue}"/>' for s in _SIDES)
                + f'</w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="{blue}"/>'
                '<w:spacing w:before="0" w:after="60" w:line="264" w:lineRule="auto"/>'
                '<w:ind w:left="200" w:right="200"/></w:pPr>'
            )
        )


_SIDES = ("top", "left", "bottom", "right")


def _set_small_styles(document: WordDocument) -> None:
    styles = document.styles
    add = styles.add_style
    gap = add("Gap", WD_STYLE_TYPE.PARAGRAPH)
    gap.font.size = Pt(4)
    gap.paragraph_format.space_before = gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(9)
    contents = add("TOC Heading", WD_STYLE_TYPE.PARAGRAPH, True)
    contents.base_style = styles["Heading 1"]
    contents.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="9"/>'))
    for level in (1, 2):
        entry = add(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, True)
        entry.element.set(qn("w:styleId"), f"TOC{level}")
        entry.base_style = styles["Normal"]
        entry.paragraph_format.left_indent = Cm(0.8 * (level - 1))
        entry.paragraph_format.space_after = Pt(4)
    link = add("Hyperlink", WD_STYLE_TYPE.CHARACTER, True)
    link.font.color.rgb, link.font.underline = NHS_BLUE, True
    callout = add("Callout", WD_STYLE_TYPE.PARAGRAPH)
    callout.paragraph_format.space_before = callout.paragraph_format.space_after = Pt(4)
    properties = callout.element.get_or_add_pPr()
    properties.insert(
        0,
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="36" w:space="8" w:color="{NHS_BLUE}"/></w:pBdr>'
        ),
    )
    properties.insert(1, parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{PALE_BLUE}"/>'))
    callout.paragraph_format.left_indent = Cm(0.45)
    for name in ("Table Text", "Table Small"):
        cell = add(name, WD_STYLE_TYPE.PARAGRAPH)
        cell.base_style = styles["Normal"]
        cell.font.size = Pt(11 if name == "Table Text" else 9.5)
        cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(0)
        cell.paragraph_format.line_spacing = 1.08
    footer = styles["Footer"]
    footer.font.size = Pt(9)
    tabs = footer.element.pPr.find(qn("w:tabs")) if footer.element.pPr is not None else None
    if tabs is not None:
        footer.element.pPr.remove(tabs)


def _plain_font(style: Any, size: int, colour: RGBColor, *, bold: bool = True) -> None:
    """The style's own fonts, spacing and theme colours replaced by the document's."""
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, colour


def _add_table_style(root: Any, name: str, *, outside: str, inside: str, upright: bool) -> None:
    """A table style with air in its cells; without upright lines where the columns can be told apart without them."""
    edges = [("top", outside), *([("left", outside)] if upright else []), ("bottom", outside)]
    edges += [*([("right", outside)] if upright else []), ("insideH", inside), *([("insideV", inside)] * upright)]
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>' for side, colour in edges)
    margins = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in _CELL_MARGINS)
    root.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{name.replace(" ", "")}">'
            f'<w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
            f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>"
        )
    )


_CELL_MARGINS = (("top", 55), ("left", 90), ("bottom", 55), ("right", 90))


def _row_property(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    if properties.find(qn(name)) is None:
        properties.append(OxmlElement(name))
