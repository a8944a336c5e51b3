"""Files that are almost forms: honest Word and PDF files with something put wrong, as a row of choices decides.

The choices come from whoever asks: hypothesis in the tests, a coverage-guided fuzzer by hand. The same choices give
the same bytes.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TypeVar

from lxml import etree

from tests import builders_docx as word
from tests.builders_pdf import Page, form_pdf, make_pdf, raw_pdf, stream

T = TypeVar("T")
Choose = Callable[[int, int], int]
"""(lowest, highest) to a whole number between them, both included."""

_MOST_CHANGES = 6

_NAMED = '<w:name w:val="Name"/><w:statusText w:val="Your name"/>'
_LISTED = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="High"/><w:listEntry w:val="Low"/></w:ddList>'
WORD_PARTS = word.package_parts(
    word.paragraph("Supplementary role request form"),
    word.paragraph("Name: ", word.complex_field("FORMTEXT", "Ann", _NAMED + "<w:textInput/>")),
    word.paragraph(word.tick_control("1", "☒"), word.complex_field("FORMDROPDOWN", None, _NAMED + _LISTED)),
    word.table(
        word.row("Name of role", word.control(word.cell("Menopause Champion"), '<w:alias w:val="Role"/>')),
        word.row(word.cell("Input level", properties='<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>')),
        word.row(word.cell(properties="<w:vMerge/>"), word.cell(word.table(word.row("in", "side")))),
    ),
    word.paragraph(word.deleted("x"), word.inserted(word.run("y", "<w:highlight w:val='yellow'/>"))),
    word.paragraph(word.text_box(word.paragraph("boxed")), '<w:r><w:footnoteReference w:id="2"/></w:r>'),
    word.list_paragraph("item", 1),
    word.paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:tab/><w:br w:type="page"/></w:r>'),
    '<w:altChunk r:id="rId8"/>',
    '<w:sectPr><w:headerReference r:id="rId7"/></w:sectPr>',
    parts={
        "word/styles.xml": word.styles_part(
            word.style("Normal", default=True), word.style("heading 1", based_on="Normal")
        ),
        "word/numbering.xml": word.numbering_part({0: [word.list_level(0, "decimal", "%1.")]}, {1: (0, "")}),
        "word/footnotes.xml": word.word_part("footnotes", f'<w:footnote w:id="2">{word.paragraph("n")}</w:footnote>'),
        "word/comments.xml": word.word_part("comments", f'<w:comment w:id="1">{word.paragraph("c")}</w:comment>'),
        "word/header1.xml": word.word_part("hdr", word.paragraph("SR number: 12")),
        "word/page.html": "<html><body><p>shown</p><table><tr><td>a</td><td>b</td></tr></table></body></html>",
    },
    links=[("rId7", "header", "header1.xml"), ("rId8", "aFChunk", "page.html")],
)
_ODD_VALUES = (
    *("", "0", "1", "-1", "2147483648", "99999999999999999999", "1.5", "true", "none", "é", "&#0;", "F0FE", "x" * 300),
    *("../../etc/passwd", "file:///etc/passwd", "%1.%2.%9.", "rId7", "Normal", "heading1", "restart", "\u202e"),
)
_ODD_PIECES = (
    *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>x</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>"),
    *("</w:tc>", "<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", "<w:ins>", "</w:ins>", "<w:del/>", "<w:p/>"),
    *('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="separate"/>', "<w:sym/>", "<w:object/>"),
    *('<w:fldChar w:fldCharType="end"/>', "<mc:AlternateContent/>", "<w:altChunk/>", '<w:gridSpan w:val="63"/>'),
    *('<w:gridBefore w:val="62"/>', "<w:vMerge/>", "<w:ruby><w:rt/></w:ruby>", "<!-- -->", "<?x y?>", "<![CDATA[z]]>"),
    *('<!DOCTYPE a [<!ENTITY b "c">]>', "&b;", "<w:txbxContent><w:p/></w:txbxContent>", "\0", "<m:oMath/>"),
)
_TAG = re.compile(r"<[^>]*>")
_VALUE = re.compile(r'="[^"]*"')


def damaged_word(choose: Choose) -> bytes:
    """A Word file with up to six things wrong in its XML, its list of parts or the bytes of its zip file."""
    parts = {name: _text(content) for name, content in WORD_PARTS.items()}
    for _ in range(choose(1, _MOST_CHANGES)):
        name = _one(choose, sorted(parts))
        kind = choose(0, 9)
        if kind == 0:
            parts[_one(choose, sorted(parts))] = parts[name]
        elif kind == 1:
            del parts[name]
            if not parts:
                return b""
        elif kind < 4:
            parts[name] = _changed_xml(choose, parts[name])
        else:
            parts[name] = _changed_tree(choose, parts[name])
    archive = _zipped(choose, parts)
    return _changed_bytes(choose, archive) if choose(0, 3) == 0 else archive


def _text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode()


def _changed_xml(choose: Choose, text: str) -> str:
    tags = [(found.start(), found.end()) for found in _TAG.finditer(text)] or [(0, len(text))]
    kind = choose(0, 5)
    start, end = _one(choose, tags)
    if kind == 0:
        values = [(found.start(), found.end()) for found in _VALUE.finditer(text)]
        if values:
            start, end = _one(choose, values)
            return f'{text[:start]}="{_one(choose, _ODD_VALUES)}"{text[end:]}'
    if kind == 1:
        return text[:end] + _one(choose, _ODD_PIECES) + text[end:]
    if kind == 2:
        return text[:start] + text[end:]
    other = _one(choose, tags)
    start, end = min(start, other[0]), max(end, other[1])
    if kind == 3:
        return text[:end] + text[start:end] * choose(1, 40) + text[end:]
    if kind == 4:
        return text[:start] + text[end:]
    at = _one(choose, tags)[1]
    return text[:at] + text[start:end] + text[at:]


def _changed_tree(choose: Choose, text: str) -> str:
    """One element taken out, repeated, moved, wrapped, renamed or given an odd value: still XML."""
    try:
        root = etree.fromstring(text.encode())
    except etree.XMLSyntaxError:
        return text
    elements = list(root.iter(etree.Element))
    if len(elements) < 2:
        return text
    element, other = _one(choose, elements[1:]), _one(choose, elements)
    parent = element.getparent()
    assert parent is not None
    kind = choose(0, 6)
    if kind == 0:
        parent.remove(element)
    elif kind == 1:
        for _ in range(choose(1, 40)):
            parent.append(deepcopy(element))
    elif kind == 2 and element not in other.iterancestors() and element is not other:
        other.insert(choose(0, len(other)), element)
    elif kind == 3:
        for _ in range(choose(1, 200)):
            wrapper = etree.Element(other.tag)
            parent.replace(element, wrapper)
            wrapper.append(element)
            parent = wrapper
    elif kind == 4:
        element.tag = other.tag
    elif element.attrib:
        value = re.sub("[^\\x20-\ud7ff]", "", _one(choose, _ODD_VALUES))
        element.set(_one(choose, sorted(element.attrib)), value)
    else:
        element.text = (element.text or "") + "more words" * choose(1, 50)
    return etree.tostring(root, encoding="unicode")


def _zipped(choose: Choose, parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    packed = choose(0, 1)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            encoding = "utf-16" if choose(0, 60) == 60 else "utf-8"
            info = zipfile.ZipInfo(name + "/" if choose(0, 80) == 80 else name)
            archive.writestr(info, content.encode(encoding, "surrogatepass"), archive.compression)
    return buffer.getvalue()


def _changed_bytes(choose: Choose, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(choose(1, _MOST_CHANGES)):
        if not changed:
            break
        at = choose(0, len(changed) - 1)
        kind = choose(0, 4)
        if kind == 0:
            del changed[at:]
        elif kind == 1:
            del changed[at : at + choose(1, 64)]
        elif kind == 2:
            changed[at:at] = changed[at : at + choose(1, 64)]
        elif kind == 3:
            changed[at : at + 4] = struct.pack("<I", _one(choose, (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)))
        else:
            changed[at] = choose(0, 255)
    return bytes(changed)


def _one(choose: Choose, options: Sequence[T]) -> T:
    return options[choose(0, len(options) - 1)]


# PDF.


def _a_form(page: Page) -> None:
    page.text(50, 60, "Supplementary role request form", size=16)
    page.grid([50, 200, 540], [100, 130, 160, 260])
    page.text(55, 120, "Name of role")
    page.text(205, 120, "Menopause Champion")
    page.text(55, 150, "Input level")
    page.box(204, 139, 290, 153, fill="yellow", stroke=False)
    page.text(205, 150, "Employee input")
    page.text(300, 150, "Manager input")
    page.lines(205, 180, ["Why the role is needed, in two lines", "that follow each other."])
    page.box(55, 300, 65, 310)
    page.rule(55, 300, 65, 310)
    page.text(70, 309, "4", font="ZapfDingbats")


_FIELDS = (
    b"<</Type/Annot/Subtype/Widget/FT/Tx/T(role)/TU(Name of role)/V(Champion)/Rect[200 700 400 720]/P 3 0 R/F 4>>",
    b"<</Type/Annot/Subtype/Widget/FT/Btn/T(level)/V/Yes/AS/Yes/Rect[200 660 212 672]/P 3 0 R"
    b"/AP<</N<</Yes 4 0 R/Off 4 0 R>>>>>>",
    b"<</FT/Btn/Ff 32768/T(kind)/V/a/Kids[9 0 R]>>",
    b"<</Type/Annot/Subtype/Widget/Parent 8 0 R/AS/a/Rect[200 640 212 652]/P 3 0 R/AP<</N<</a 4 0 R>>>>>>",
    b"<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(region)/Opt[[(x)(London)](Wales)]/V(x)/Rect[200 600 300 620]"
    b"/P 3 0 R>>",
    b"<</Type/Annot/Subtype/FreeText/Contents(Typed on top)/Rect[100 500 300 520]/P 3 0 R>>",
    b"<</Type/Annot/Subtype/Highlight/QuadPoints[50 750 150 750 50 730 150 730]/C[1 1 0]"
    b"/Rect[50 730 150 750]/P 3 0 R>>",
    b"<</Type/Annot/Subtype/Ink/InkList[[50 400 60 410 80 390]]/Rect[50 390 80 410]/P 3 0 R>>",
)
_CONTENT = (
    b"q 1 1 0 rg 50 735 90 12 re f Q BT /F 11 Tf 50 738 Td (Name of role) Tj 0 -40 Td [(Input)-300(level)] TJ ET "
    b"50 600 300 80 re S 50 640 m 350 640 l S q 2 0 0 2 10 10 cm BT /F 8 Tf 1 0 0 1 20 200 Tm (scaled) Tj ET Q"
)
_PDF_SEEDS = (
    form_pdf(_FIELDS, content=_CONTENT, form_extra=b"/NeedAppearances true"),
    make_pdf(_a_form, _a_form),
    make_pdf(_a_form, rotate=90),
    raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>/Names<</EmbeddedFiles<</Names[]>>>>>>",
            b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2/Rotate 90>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/CropBox[10 10 500 800]/Contents[4 0 R 4 0 R]"
            b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>/UserUnit 2>>",
            stream(_CONTENT + b" /X Do"),
            b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype"
            b"/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W[0[500]]>>]"
            b"/ToUnicode 7 0 R>>",
            stream(_CONTENT, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X 6 0 R>>>>"),
            stream(b"1 beginbfrange <0000> <ffff> <0041> endbfrange"),
        ]
    ),
)
_ODD_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"63",
    b"65536",
    b"2147483648",
    b"-99999999999",
    b"1e30",
    b".5",
    b"0.0000001",
    b"842",
)
_ODD_TOKENS = (
    *(
        b"null",
        b"[]",
        b"<<>>",
        b"<</Kids[1 0 R 2 0 R 3 0 R]>>",
        b"true",
        b"/X",
        b"(\\376\\377\\000A)",
        b"<FEFF0041D800>",
    ),
    *(b"1 0 R", b"2 0 R", b"3 0 R", b"4 0 R", b"6 0 R", b"8 0 R", b"99 0 R", b"[[[[[[]]]]]]", b"/FlateDecode"),
    *(b"BT", b"ET", b"q", b"Q", b"re f", b"W n", b"/X Do", b"Tj", b"TJ", b"cm", b"endobj", b"endstream", b"%%EOF"),
    *(b"/Rotate 45", b"/Filter/ASCIIHexDecode", b"/Encrypt<<>>", b"/XFA(x)", b"/F 2", b"/Ff 8192"),
)
_NUMBER = re.compile(rb"-?\d+\.?\d*")
_TOKEN = re.compile(rb"/\w+|\d+ 0 R|\([^)]*\)|\[[^\[\]]*\]|-?\d+\.?\d*|\b[A-Za-z]{1,3}\b")
_OBJECT = re.compile(rb"\d+ 0 obj.*?endobj\n", re.S)


def damaged_pdf(choose: Choose) -> bytes:
    """A PDF with up to six things wrong in its objects, its drawing or its bytes."""
    data = _one(choose, _PDF_SEEDS)
    for _ in range(choose(1, _MOST_CHANGES)):
        kind = choose(0, 5)
        if kind <= 1:
            data = _replaced(choose, data, _NUMBER, _ODD_NUMBERS)
        elif kind <= 3:
            data = _replaced(choose, data, _TOKEN, _ODD_TOKENS)
        elif kind == 4:
            found = [(piece.start(), piece.end()) for piece in _OBJECT.finditer(data)]
            if found:
                (start, end), (other, end_of_other) = _one(choose, found), _one(choose, found)
                data = data[:start] + data[other:end_of_other] + data[end:]
        else:
            data = _changed_bytes(choose, data)
    return data


def _replaced(choose: Choose, data: bytes, pattern: re.Pattern[bytes], odd: Sequence[bytes]) -> bytes:
    found = [(piece.start(), piece.end()) for piece in pattern.finditer(data)]
    if not found:
        return data
    start, end = _one(choose, found)
    return data[:start] + _one(choose, odd) + data[end:]
