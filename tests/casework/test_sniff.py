"""What a file is follows from its bytes alone."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from casework.model import FileKind
from casework.sniff import is_encrypted_office, name_of_unknown, sniff
from tests.builders_docx import make_docx, package_parts, zipped
from tests.builders_ole import a_compound_file

pytestmark = pytest.mark.pure

ODT = "application/vnd.oasis.opendocument.text"
STARTS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"PK\x05\x06", b"", b"<?xml", b"From: ")
MAIL = b"From: ann@example.org\r\nTo: bo@example.org\r\nSubject: A form\r\n\r\nAttached."


def word_document(*, encrypted: bool) -> bytes:
    flags = 0x1300 if encrypted else 0x1200
    return (0xA5EC).to_bytes(2, "little") + bytes(8) + flags.to_bytes(2, "little") + bytes(5000)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", FileKind.UNKNOWN),
        (b"x", FileKind.UNKNOWN),
        (b"Dear all, please find below: a list.", FileKind.UNKNOWN),
        (b"name: value\nother: value\n", FileKind.UNKNOWN),
        (b"<!doctype html><html></html>", FileKind.UNKNOWN),
        (b"MZ\x90\x00", FileKind.UNKNOWN),
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"\n\njunk before " + b"%PDF-1.4", FileKind.PDF),
        (b" " * 1025 + b"%PDF-1.4", FileKind.UNKNOWN),
        (b"{\\rtf1\\ansi x}", FileKind.RTF),
        (b"\xef\xbb\xbf {\\rtf1 x}", FileKind.RTF),
        (b"\xff\xd8\xff\xe0", FileKind.IMAGE),
        (b"\x89PNG\r\n\x1a\n", FileKind.IMAGE),
        (b"GIF89a", FileKind.IMAGE),
        (b"II*\x00", FileKind.IMAGE),
        (b"MM\x00*", FileKind.IMAGE),
        (b"RIFF\0\0\0\0WEBPVP8 ", FileKind.IMAGE),
        (b"\0\0\0\x18ftypheic", FileKind.IMAGE),
        (b"\0\0\0\x18ftypmp42", FileKind.UNKNOWN),
        (b"BM" + bytes(60), FileKind.IMAGE),
        (b"BMW is a car", FileKind.UNKNOWN),
        (b"\xdb\xa5\x2d\x00", FileKind.DOC),
        (MAIL, FileKind.EML),
        (b"From ann@example.org Mon Nov 23\n" + MAIL, FileKind.EML),
        (b"Received: by x\n\twith y\nMIME-Version: 1.0\n\nbody", FileKind.EML),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.UNKNOWN),
    ],
)
def test_a_file_is_known_by_how_it_begins(data: bytes, kind: FileKind) -> None:
    assert sniff(data) == kind


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("docx", FileKind.DOCX), ("dotx", FileKind.DOTX), ("docm", FileKind.DOCM), ("dotm", FileKind.DOCM)],
)
def test_a_word_package_is_known_by_the_type_of_its_main_part(kind: str, expected: FileKind) -> None:
    assert sniff(make_docx("words", kind=kind)) == expected


def test_a_word_package_is_known_with_bytes_before_it_or_cut_off_behind() -> None:
    data = make_docx("words" * 100)
    assert (sniff(b"<html>\n" + data), sniff(data[: len(data) // 2])) == (FileKind.DOCX, FileKind.DOCX)


def test_a_content_type_part_in_utf_16_is_understood() -> None:
    parts = package_parts("words", kind="docm")
    parts["[Content_Types].xml"] = str(parts["[Content_Types].xml"]).encode("utf-16")
    assert sniff(zipped(parts)) == FileKind.DOCM


def test_other_packages_are_told_apart() -> None:
    main_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    sheet = f'<Types><Override ContentType="{main_type}"/></Types>'
    assert sniff(zipped({"mimetype": ODT, "content.xml": "<x/>"}, packed=False)) == FileKind.ODT
    assert sniff(zipped({"[Content_Types].xml": sheet, "xl/workbook.xml": "<x/>"})) == FileKind.UNKNOWN
    assert sniff(zipped({"notes.txt": "words"})) == FileKind.UNKNOWN


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        ({"WordDocument": b""}, FileKind.DOC),
        ({"Workbook": b""}, FileKind.UNKNOWN),
        ({"EncryptedPackage": b"", "EncryptionInfo": b""}, FileKind.DOCX),
        ({"__properties_version1.0": b""}, FileKind.MSG),
        ({"__substg1.0_0037001F": b"", "WordDocument": b""}, FileKind.MSG),
    ],
)
def test_a_compound_file_is_known_by_what_stands_in_its_root(streams: dict[str, bytes], kind: FileKind) -> None:
    assert sniff(a_compound_file(streams)) == kind


def test_a_word_stream_inside_another_programs_file_does_not_make_it_a_word_file() -> None:
    assert sniff(a_compound_file({"Workbook": b"", "MBD1": b""}, inside={"WordDocument": b""})) == FileKind.UNKNOWN


def test_a_word_file_saved_as_one_xml_file_is_known() -> None:
    flat = '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>'
    old = '<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>'
    assert (sniff(flat.encode()), sniff(old.encode("utf-16"))) == (FileKind.DOCX, FileKind.DOC)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped({"xl/workbook.xml": "x"}), "a spreadsheet"),
        (zipped({"ppt/presentation.xml": "x"}), "a presentation"),
        (zipped({"form.docx": "x"}), "a zip file, which may hold the form but is not the form itself"),
        (a_compound_file({"Workbook": b"x"}), "a spreadsheet"),
        (a_compound_file({"PowerPoint Document": b"x"}), "a presentation"),
        (a_compound_file({"Other": b"x"}), "a kind of file that we do not know"),
        (b"MZ\x90\x00", "a program"),
        (b"#!/bin/sh\necho", "a program"),
        (b" <!DOCTYPE html><html>", "a web page"),
        (b"Dear all, see my form.", "plain text"),
        ("Annwyl bawb, gweler â’r ffurflen. ".encode() * 400, "plain text"),
        (b"x", "a kind of file that we do not know"),
        (b"\x00\x01 \xff", "a kind of file that we do not know"),
    ],
)
def test_a_file_that_we_cannot_read_is_called_by_what_it_is(data: bytes, name: str) -> None:
    assert sniff(data) is FileKind.UNKNOWN
    assert name_of_unknown(data) == name


def test_files_that_need_a_password_say_so() -> None:
    manifest = {"mimetype": ODT, "META-INF/manifest.xml": "<manifest:encryption-data/>"}
    assert is_encrypted_office(a_compound_file({"EncryptedPackage": b""}))
    assert is_encrypted_office(a_compound_file({"WordDocument": word_document(encrypted=True)}))
    assert is_encrypted_office(zipped(manifest, packed=False))


def test_files_that_need_no_password_say_so() -> None:
    assert not is_encrypted_office(a_compound_file({"WordDocument": word_document(encrypted=False)}))
    assert not is_encrypted_office(make_docx("words"))
    assert not is_encrypted_office(b"%PDF-1.7")
    assert not is_encrypted_office(b"")


@seed(20261123)
@settings(max_examples=100, deadline=None, database=None)
@given(
    st.sampled_from((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"", b"<?xml", b"From: ")),
    st.binary(max_size=2000),
)
def test_any_bytes_have_a_kind(start: bytes, rest: bytes) -> None:
    assert isinstance(sniff(start + rest), FileKind)
    assert is_encrypted_office(start + rest) in (True, False)


EXPECTED = {
    "word-docx": {FileKind.DOCX},
    "word-template": {FileKind.DOTX},
    "word-macro": {FileKind.DOCM},
    "msg-outlook": {FileKind.MSG},
    "rtf": {FileKind.RTF},
    "pdf-text": {FileKind.PDF},
    "pdf-acroform": {FileKind.PDF},
    "pdf-encrypted": {FileKind.PDF},
}


def test_public_documents_are_known_for_what_they_are(corpus: Path) -> None:
    csv.field_size_limit(sys.maxsize)
    with (corpus / "public" / "MANIFEST.csv").open(encoding="utf8", newline="") as file:
        rows = [entry for entry in csv.DictReader(file) if entry["kind"] in EXPECTED]
    wrong = {
        entry["path"]: kind
        for entry in rows
        if (kind := sniff((corpus / "public" / entry["path"]).read_bytes())) not in EXPECTED[entry["kind"]]
    }
    assert (len(rows) > 100, wrong) == (True, {})
