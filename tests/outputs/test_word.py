"""Saving and small words of every Word document of ours: what does not matter for the content does not change it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import docx
import pytest

from outputs.contents import fill_contents
from outputs.word import new_document, one_line, own_lines, repack, save_stable

pytestmark = pytest.mark.pure


def a_document():  # type: ignore[no-untyped-def]
    return new_document(title="A title", subject="A subject", author="A team", when=date(2026, 11, 23))


def test_order_and_time_and_pressing_of_the_parts_do_not_matter() -> None:
    data = save_stable(a_document())
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as turned:
        for name in reversed(package.namelist()):
            turned.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 9, 0, 0)), package.read(name))
    assert repack(other.getvalue()) == data


def test_a_new_document_carries_no_more_from_the_librarys_template_than_word_expects() -> None:
    with zipfile.ZipFile(io.BytesIO(save_stable(a_document()))) as package:
        assert sorted(package.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
            "word/document.xml",
            "word/fontTable.xml",
            "word/numbering.xml",
            "word/settings.xml",
            "word/styles.xml",
            "word/theme/theme1.xml",
        ]
        assert re.findall(rb'w:name="([^"]+)"', package.read("word/fontTable.xml")) == [
            b"Arial",
            b"Courier New",
            b"Symbol",
        ]
        assert b"rsid" not in package.read("word/settings.xml") + package.read("word/styles.xml")


def test_a_document_without_a_contents_list_is_left_as_it_is() -> None:
    document = a_document()
    document.add_heading("One", level=1)
    before = save_stable(document)
    fill_contents(document)
    assert save_stable(document) == before


def test_every_style_that_is_used_is_there() -> None:
    document = docx.Document(io.BytesIO(save_stable(a_document())))
    known = {style.style_id for style in document.styles}
    path = "w:style/w:basedOn | w:style/w:next | w:style/w:link"
    used = {tag.get(docx.oxml.ns.qn("w:val")) for tag in document.styles.element.xpath(path)}
    assert used - known == set()


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        ("", "", ""),
        (" a \t b ", "a b", "a b"),
        ("a\r\n\n b\u2028c", "a b c", "a\nb\nc"),
        ("a\x00b\ufffe\ud800", "a b", "a b"),
        ("R&D <w:p/>", "R&D <w:p/>", "R&D <w:p/>"),
    ],
)
def test_words_are_kept_and_control_characters_are_not(text: str, line: str, lines: str) -> None:
    assert (one_line(text), own_lines(text)) == (line, lines)
