"""Word packages: the odd ones are opened, the hostile and broken ones refused with a message that helps."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest

from casework.errors import UnreadableError
from casework.model import FileKind
from casework.transcript import blocks_text
from extract.docx_package import Relationship, open_package
from extract.docx_reader import read_docx
from tests.builders_docx import document_part, links_part, make_docx, package_parts, paragraph, table, zipped
from tests.builders_ole import a_compound_file

pytestmark = pytest.mark.pure

DTD = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def text(data: bytes) -> str:
    return blocks_text(read_docx(data).blocks)


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as problem:
        read_docx(data)
    assert problem.value.public_message.endswith(".")
    return problem.value.code


def changed(name: str, content: str | bytes) -> bytes:
    """A good file with one part put in or replaced."""
    return zipped(package_parts("words") | {name: content})


def without(name: str) -> bytes:
    parts = package_parts("words")
    del parts[name]
    return zipped(parts)


@pytest.mark.parametrize("kind", ["docx", "dotx", "docm"])
def test_every_kind_of_word_file_is_opened(kind: str) -> None:
    transcript = read_docx(make_docx("words", kind=kind))
    assert (transcript.kind, blocks_text(transcript.blocks)) == (kind, "words")


# Honest oddities.


def test_a_relationship_that_leads_nowhere_does_no_harm() -> None:
    assert text(make_docx("words", links=[("r1", "image", "NULL"), ("r2", "hyperlink", "#_bookmark")])) == "words"


def test_bytes_before_the_package_do_no_harm() -> None:
    assert text(b"X-Scanned: yes\r\n" + make_docx("words")) == "words"


def test_parts_in_utf_16_are_read() -> None:
    declared = '<?xml version="1.0" encoding="UTF-16"?>' + document_part("Größe")
    assert text(changed("word/document.xml", declared.encode("utf-16"))) == "Größe"
    assert text(changed("word/document.xml", declared.encode("utf-16-be"))) == "Größe"


def test_a_strict_document_is_read_like_any_other() -> None:
    strict = {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
    }
    parts = package_parts("words", links=[("h", "header", "header1.xml")])
    for name, content in parts.items():
        for transitional, purl in strict.items():
            content = str(content).replace(transitional, purl)
        parts[name] = content
    assert text(zipped(parts)) == "words"


def test_names_of_parts_do_not_mind_their_case_or_their_slashes() -> None:
    parts = {name.replace("word/document.xml", "WORD\\Document.xml"): each for name, each in package_parts("x").items()}
    assert text(zipped(parts)) == "x"


def test_the_main_part_may_have_any_name() -> None:
    parts = package_parts("words")
    parts["word/document2.xml"] = parts.pop("word/document.xml")
    parts["_rels/.rels"] = links_part([("rId1", "officeDocument", "/word/document2.xml")])
    assert text(zipped(parts)) == "words"


def test_a_package_without_content_types_or_package_links_is_read_by_its_usual_names() -> None:
    assert text(without("[Content_Types].xml")) == "words"
    assert text(without("_rels/.rels")) == "words"


def test_a_document_written_as_one_xml_file_is_read() -> None:
    pkg = 'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"'
    parts = "".join(
        f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{content}</pkg:xmlData></pkg:part>'
        for name, content in package_parts("words").items()
        if name != "[Content_Types].xml"
    )
    assert text(f'<?xml version="1.0"?><pkg:package {pkg}>{parts}</pkg:package>'.encode()) == "words"


def test_pictures_that_unpack_well_are_no_bomb() -> None:
    assert text(changed("word/media/image1.bmp", bytes(5_000_000))) == "words"


def test_names_that_point_outside_do_nothing_since_nothing_is_written() -> None:
    assert text(changed("../../etc/cron.d/x", "x")) == "words"


def test_relationships_are_resolved_from_the_part_that_holds_them() -> None:
    package = open_package(make_docx("x", links=[("a", "header", "../word/H.xml"), ("b", "image", "http://x.org/p")]))
    assert (package.kind, package.main) == (FileKind.DOCX, "word/document.xml")
    assert package.relationships("word/document.xml") == {
        "a": Relationship("header", "word/h.xml", external=False),
        "b": Relationship("image", "http://x.org/p", external=True),
    }


# What cannot be read.


@pytest.mark.parametrize("data", [b"", b"\n", b"\0" * 512])
def test_an_empty_file_is_called_empty(data: bytes) -> None:
    assert refusal(data) == "empty"


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"Dear all",
        b"<html><body>a form</body></html>",
        b"{\\rtf1 x}",
        b"MZ\x90",
        b"\xff\xd8\xff\xe0",
        b"%PDF-1.7",
        zipped({"notes.txt": "words"}),
        a_compound_file({"WordDocument": b"x"}),
        changed("[Content_Types].xml", f'<T><O PartName="/word/document.xml" ContentType="{WORKBOOK}"/></T>'),
    ],
    ids=["byte", "text", "html", "rtf", "program", "picture", "pdf", "zip", "doc", "workbook"],
)
def test_other_files_are_called_unsupported(data: bytes) -> None:
    assert refusal(data) == "unsupported"


def test_a_file_with_a_password_is_called_encrypted() -> None:
    assert refusal(a_compound_file({"EncryptedPackage": b"x"})) == "encrypted"
    data = bytearray(make_docx("words"))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    assert refusal(bytes(data)) == "encrypted"


def test_a_file_cut_off_anywhere_is_called_damaged() -> None:
    data = make_docx(*(f"paragraph {number}" for number in range(50)))
    assert {refusal(data[: len(data) * tenth // 10]) for tenth in range(1, 10)} == {"corrupt"}


@pytest.mark.parametrize(
    "data",
    [
        without("word/document.xml"),
        changed("word/document.xml", "<w:document"),
        changed("word/document.xml", ""),
        changed("word/document.xml", document_part("x").replace("x</w:t>", "\0</w:t>")),
        changed("word/document.xml", b"\xff\xfe\x00"),
        changed("word/document.xml", '<?xml version="1.0" encoding="UTF-7"?><x/>'),
        changed("word/document.xml", '<?xml version="1.0" encoding="nonsense"?><x/>'),
        changed("word/document.xml", document_part("é").encode("latin-1")),
    ],
    ids=["no document", "not closed", "nothing", "nul", "half utf-16", "utf-7", "unknown encoding", "wrong encoding"],
)
def test_broken_xml_is_called_damaged(data: bytes) -> None:
    assert refusal(data) == "corrupt"


# What is hostile.


@pytest.mark.parametrize(
    "name", ["word/document.xml", "[Content_Types].xml", "docProps/core.xml", "customXml/item1.xml"]
)
@pytest.mark.parametrize("declaration", [DTD, LAUGHS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_in_any_part_is_dangerous(name: str, declaration: str, encoding: str) -> None:
    content = declaration + str(package_parts("&x;").get(name, "<x/>"))
    assert refusal(changed(name, content.encode(encoding))) == "dangerous"


def test_two_parts_of_one_name_are_dangerous() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in package_parts("words").items():
            archive.writestr(name, content)
        archive.writestr("WORD/document.xml", document_part("other words"))
    assert refusal(buffer.getvalue()) == "dangerous"


def bomb(name: str, size: int) -> bytes:
    """A good file with a part of spaces that unpacks to `size` bytes."""
    buffer = io.BytesIO(make_docx("words"))
    block = b" " * (1 << 20)
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as part,
    ):
        for _ in range(size >> 20):
            part.write(block)
    return buffer.getvalue()


def stating(data: bytes, size: int) -> bytes:
    """The file with another unpacked size stated for its last part."""
    lying = bytearray(data)
    struct.pack_into("<L", lying, data.rindex(b"PK\x01\x02") + 24, size)
    return bytes(lying)


def test_files_that_unpack_to_too_much_are_refused_without_being_unpacked() -> None:
    big = bomb("word/header9.xml", 80 << 20)
    huge_picture = stating(bomb("word/media/image9.bmp", 1 << 20), 0xF0000000)
    assert [refusal(data) for data in (big, stating(big, 2000), huge_picture)] == ["too-large"] * 3


def test_parts_that_overlap_are_dangerous() -> None:
    data = bytearray(make_docx("words"))
    struct.pack_into("<L", data, data.rindex(b"PK\x01\x02") + 42, 0)
    assert refusal(bytes(data)) == "dangerous"


def test_a_package_of_too_many_parts_is_refused_quickly() -> None:
    data = zipped(package_parts("words") | {f"x/{number}.bin": b"" for number in range(5_001)}, packed=False)
    assert refusal(data) == "too-complex"


def test_documents_too_long_or_too_deep_for_any_form_are_refused_before_they_are_parsed() -> None:
    assert refusal(make_docx("<w:p>" + "<w:r/>" * 600_001 + "</w:p>")) == "too-complex"
    assert refusal(make_docx("<w:x>" * 300 + "</w:x>" * 300)) == "too-complex"
    assert refusal(make_docx(paragraph("x" * 10_000_001))) == "too-complex"


def test_a_message_says_what_the_sender_can_do() -> None:
    with pytest.raises(UnreadableError, match=r"take the password off .* and send it again"):
        read_docx(a_compound_file({"EncryptedPackage": b"x"}))
    with pytest.raises(UnreadableError, match="save it again and send it once more"):
        read_docx(make_docx(table())[:-30])
