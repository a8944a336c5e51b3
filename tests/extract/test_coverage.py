"""Reading loses nothing and adds nothing: each file's words against a count that was made without our readers."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Reading
from extract.convert import convert_to_word
from extract.programs import find_program
from extract.read import read
from tests.builders_docx import (
    complex_field,
    control,
    deleted,
    inserted,
    make_docx,
    paragraph,
    row,
    run,
    table,
    text_box,
    tick_control,
    word_part,
)
from tests.independent.files import files
from tests.independent.pdf_file import filled, noted, printed
from tests.independent.word_file import open_word_file
from tests.independent.words import count, said, without_resplit, words

WORD = files(".docx", ".docm", ".dotx")
PDF = files(".pdf")
OLD = files(".doc", ".rtf", ".odt", folders=("forms",))
HIDDEN = "hidden"
_LIST_NUMBER = re.compile(r"\d{1,3}|[a-z]{1,2}|[ivxlc]+")


@pytest.mark.parametrize("path", WORD, ids=[path.name for path in WORD])
def test_every_word_of_a_word_file_stands_in_its_reading_as_often_as_in_the_file(
    path: Path, library: FormLibrary
) -> None:
    data = path.read_bytes()
    readings = read_it(data, library)
    if not refused(readings):
        assert difference(data, readings) == (Counter(), Counter())


@pytest.mark.parametrize("path", OLD, ids=[path.name for path in OLD])
def test_every_word_that_libreoffice_finds_in_an_old_format_stands_in_its_reading(
    path: Path, library: FormLibrary
) -> None:
    if find_program("soffice", "libreoffice") is None:
        pytest.skip("LibreOffice is not installed")
    converted = convert_to_word(path.read_bytes(), FileKind(path.suffix[1:]), path.name)
    assert difference(converted, read_it(converted, library)) == (Counter(), Counter())


@pytest.mark.parametrize("path", PDF, ids=[path.name for path in PDF])
def test_every_word_on_the_pages_of_a_pdf_stands_in_its_reading_as_often_as_there(
    path: Path, library: FormLibrary
) -> None:
    pdftotext = find_program("pdftotext")
    if pdftotext is None:
        pytest.skip("poppler's pdftotext is not installed")
    data = path.read_bytes()
    readings = read_it(data, library)
    if refused(readings):
        return
    there = count([word.text for word in printed(data, pdftotext)]) + count(noted(data))
    values = filled(data).values()
    for value in values:
        there += count([value.shown] * value.times)
    have = said(readings)
    # What stands beyond the paper's edge or under a picture, or is stored and not shown, may be told apart, as hidden.
    unseen = count(passage.text for reading in readings for passage in reading.passages if passage.place.part == HIDDEN)
    lost, added = without_resplit(there - have, have - unseen - there)
    allowed = 1 if sum(there.values()) > 5000 else 0
    assert added == Counter()
    assert sum(lost.values()) <= allowed, lost


def test_each_construct_that_holds_words_is_counted_once(library: FormLibrary) -> None:
    """Both counts are held to the words as written, so that neither can be wrong in the same way as the other."""
    notes = word_part("footnotes", f'<w:footnote w:id="2">{paragraph("fnote")}</w:footnote>')
    data = make_docx(
        paragraph("alpha ", deleted("gone"), inserted(run("bravo"))),
        paragraph("charlie", '<w:r><w:footnoteReference w:id="2"/></w:r>', text_box(paragraph("boxed"))),
        control(paragraph(control(run("delta")))),
        table(row("echo", control("<w:tc><w:p><w:r><w:t>foxtrot</w:t></w:r></w:p></w:tc>"))),
        table(row("golf", table(row("hotel")))),
        paragraph(tick_control("1", "☒"), " india"),
        paragraph(complex_field("REF x", "juliet"), run(" kilo", "<w:vanish/>")),
        '<w:p><w:pPr><w:rPr><w:del w:id="9"/></w:rPr></w:pPr><w:r><w:t>li</w:t></w:r></w:p>',
        paragraph("ma"),
        parts={"word/footnotes.xml": notes},
    )
    wanted = Counter(
        [
            *(["alpha", "bravo", "charlie", "boxed", "delta", "echo", "foxtrot", "golf", "hotel"]),
            *(["india", "juliet", "kilo", "lima", "fnote"]),
        ]
    )
    assert count(open_word_file(data).paragraphs()) == wanted
    assert said(read_it(data, library)) == wanted


def read_it(data: bytes, library: FormLibrary) -> list[Reading]:
    return read(data, "The file", library=library, today=date(2026, 11, 23))


def refused(readings: list[Reading]) -> bool:
    """Whether there is nothing to compare; that the right files are refused is for other tests."""
    return any(reading.problem is not None and reading.problem.code is not ErrorCode.NO_FORM for reading in readings)


def difference(data: bytes, readings: list[Reading]) -> tuple[Counter[str], Counter[str]]:
    """What the reading lost of a Word file and what it added, but for the list numbers that Word puts there itself."""
    document = open_word_file(data)
    there, have = count(document.paragraphs()), said(readings)
    numbers = [word for word in (have - there).elements() if _LIST_NUMBER.fullmatch(word)]
    levels = 9
    have.subtract(numbers[: document.numbered * levels])
    return there - have, +have - there


def test_a_word_that_is_parted_differently_is_no_word_lost() -> None:
    assert without_resplit(count(["organisation"]), count(["organi-\nsation"])) == (Counter(), Counter())
    assert without_resplit(count(["one two"]), count(["one"])) == (Counter(two=1, one=1) - Counter(one=1), Counter())


def test_a_ligature_is_its_letters() -> None:
    assert words("ﬁve soft\u00adhyphens") == ["five", "softhyphens"]
