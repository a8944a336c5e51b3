"""Word files built in code, part by part, as bytes: honest ones, odd ones and hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": WORD,
        "r": _OFFICE,
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }.items()
)
MAIN_TYPES = {
    "docx": f"{_WORD_TYPE}.document.main+xml",
    "dotx": f"{_WORD_TYPE}.template.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "dotm": "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
}

Parts = Mapping[str, str | bytes]
Link = tuple[str, str, str]
"""(id, kind, target): kind is the last word of the relationship's type; a target with ":" or "\\" is outside."""


def run(text: str, properties: str = "") -> str:
    """A `w:r` with its words; `properties` is what stands in its `w:rPr`."""
    marks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{marks}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """A `w:p`; plain words become a run, anything that starts with `<` is taken as XML."""
    about = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{about}{''.join(item if item.startswith('<') else run(item) for item in content)}</w:p>"


def cell(*content: str, properties: str = "") -> str:
    """A `w:tc`; plain words become a paragraph."""
    about = f"<w:tcPr>{properties}</w:tcPr>" if properties else ""
    inside = "".join(item if item.startswith("<") else paragraph(item) for item in content)
    return f"<w:tc>{about}{inside or '<w:p/>'}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A `w:tr`; plain words become a cell."""
    about = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{about}{''.join(item if item.startswith('<') else cell(item) for item in cells)}</w:tr>"


def table(*rows: str) -> str:
    """A `w:tbl`."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def control(content: str, properties: str = "") -> str:
    """A `w:sdt` round `content`, at whatever level it stands."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def tick_control(checked: str | None, glyph: str) -> str:
    """A run-level tick box; `checked` is its w14 state as written, or None for an element without a value."""
    state = "<w14:checked/>" if checked is None else f'<w14:checked w14:val="{checked}"/>'
    return control(run(glyph), f"<w14:checkbox>{state}</w14:checkbox>")


def inserted(content: str, author: str = "Ann Lee") -> str:
    """A tracked insertion."""
    return f'<w:ins w:id="1" w:author="{author}">{content}</w:ins>'


def deleted(text: str, author: str = "Ann Lee") -> str:
    """A tracked deletion of some words."""
    words = f'<w:r><w:delText xml:space="preserve">{escape(text)}</w:delText></w:r>'
    return f'<w:del w:id="2" w:author="{author}">{words}</w:del>'


def field_character(kind: str, data: str = "") -> str:
    """A run with a `w:fldChar`; `data` is what stands in its `w:ffData`."""
    inside = f"<w:ffData>{data}</w:ffData>" if data else ""
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'


def complex_field(code: str, result: str | None, data: str = "") -> str:
    """A field written out in runs; without a result it goes from its code straight to its end."""
    shown = "" if result is None else field_character("separate") + (run(result) if result else "")
    instruction = f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
    return field_character("begin", data) + instruction + shown + field_character("end")


def text_box(*paragraphs: str) -> str:
    """A run with a text box, written twice as Word does: as a shape and, for old programs, as VML."""
    words = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    shape = f"<w:drawing><wp:inline><a:graphic><wps:wsp><wps:txbx>{words}</wps:txbx></wps:wsp></a:graphic></wp:inline>"
    old = f"<w:pict><v:shape><v:textbox>{words}</v:textbox></v:shape></w:pict>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{shape}</w:drawing></mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def style(name: str, *, kind: str = "paragraph", based_on: str = "", inside: str = "", default: bool = False) -> str:
    """A `w:style` whose id is its name without spaces."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    first = ' w:default="1"' if default else ""
    identity = quoteattr(name.replace(" ", ""))
    about = f"<w:name w:val={quoteattr(name)}/>{base}{inside}"
    return f'<w:style w:type="{kind}" w:styleId={identity}{first}>{about}</w:style>'


def list_paragraph(text: str, list_id: int, level: int = 0) -> str:
    """A paragraph that Word numbers."""
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return paragraph(text, properties=numbering)


def list_level(at: int, form: str, text: str, *, start: int = 1, inside: str = "") -> str:
    """A `w:lvl` of a list definition."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f"{inside}<w:lvlText w:val={quoteattr(text)}/></w:lvl>"
    )


def numbering_part(definitions: Mapping[int, Sequence[str]], numbers: Mapping[int, tuple[int, str]]) -> str:
    """word/numbering.xml: levels by definition, and (definition, overrides) by list."""
    shared = "".join(
        f'<w:abstractNum w:abstractNumId="{name}">{"".join(levels)}</w:abstractNum>'
        for name, levels in definitions.items()
    )
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{name}"/>{overrides}</w:num>'
        for number, (name, overrides) in numbers.items()
    )
    return f"<w:numbering {NAMESPACES}>{shared}{lists}</w:numbering>"


def word_part(root: str, content: str) -> str:
    """A part such as a header (`hdr`) or `footnotes`, with every namespace declared."""
    return f"<w:{root} {NAMESPACES}>{content}</w:{root}>"


def styles_part(*styles: str) -> str:
    """word/styles.xml."""
    return word_part("styles", "".join(styles))


def links_part(links: Sequence[Link]) -> str:
    """A part's relationships."""
    entries = ""
    for name, kind, target in links:
        mode = ' TargetMode="External"' if ":" in target or target.startswith("\\\\") else ""
        entries += f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}{mode}/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def document_part(*body: str) -> str:
    """word/document.xml; plain words become a paragraph."""
    inside = "".join(item if item.startswith("<") else paragraph(item) for item in body)
    return f"<w:document {NAMESPACES}><w:body>{inside}</w:body></w:document>"


def package_parts(
    *body: str, kind: str = "docx", parts: Parts | None = None, links: Sequence[Link] = ()
) -> dict[str, str | bytes]:
    """The parts of a Word file by name, to be changed before `zipped` makes a file of them."""
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN_TYPES[kind]}"/></Types>'
    )
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": types,
        "_rels/.rels": links_part([("rId1", "officeDocument", "word/document.xml")]),
        "word/document.xml": document_part(*body),
    }
    known = {"styles": "word/styles.xml", "numbering": "word/numbering.xml", "footnotes": "word/footnotes.xml"}
    known |= {"endnotes": "word/endnotes.xml", "comments": "word/comments.xml"}
    own = [(f"own{at}", name, f"{name}.xml") for at, name in enumerate(known) if known[name] in (parts or {})]
    if links or own:
        found["word/_rels/document.xml.rels"] = links_part([*own, *links])
    return found | dict(parts or {})


def zipped(parts: Parts, *, packed: bool = True) -> bytes:
    """A zip file of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, archive.compression)
    return buffer.getvalue()


def make_docx(*body: str, kind: str = "docx", parts: Parts | None = None, links: Sequence[Link] = ()) -> bytes:
    """A Word file with this body; `parts` adds or replaces parts by name, `links` adds the document's relationships."""
    return zipped(package_parts(*body, kind=kind, parts=parts, links=links))
