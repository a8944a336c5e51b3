"""Pages of an original, and where on them an answer stands: the box found is asked of the page by other means."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from casework.errors import UnreadableError
from casework.form import FormLibrary
from casework.model import Answer, FieldStatus, FileKind, Passage, Reading, Role
from casework.sniff import sniff
from casework.transcript import Locator
from extract.programs import find_program
from extract.read import read
from extract.render import MOST_PAGES, Rendered, draw_page, find_boxes, render, with_boxes
from tests.builders_docx import control, deleted, make_docx, paragraph, row, run, table
from tests.builders_pdf import Page, form_pdf, make_pdf
from tests.independent.words import letters

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
LONG = "Staff who support colleagues through the menopause cannot be found in the record, and nobody can count them."

_END_OF_LINE_HYPHEN = "\x02"


def drawn(*lines: tuple[float, float, str]) -> Rendered:
    """A page with these words at these places."""

    def draw(page: Page) -> None:
        for x, y, words in lines:
            page.text(x, y, words)

    return render(make_pdf(draw), FileKind.PDF, "The file")


def words_at(rendered: Rendered, place: Locator) -> str:
    """What stands in the box, as PDFium's own search by area finds it."""
    assert place.page is not None
    assert place.box is not None
    document = PdfDocument(rendered.pdf)
    page = document[place.page - 1]
    x0, top, x1, bottom = place.box
    height = page.get_height()
    found = page.get_textpage().get_text_bounded(left=x0, right=x1, bottom=height - bottom, top=height - top)
    document.close()
    return str(found).replace(_END_OF_LINE_HYPHEN, "-").strip()


def test_a_text_is_found_in_the_box_that_it_fills() -> None:
    page = drawn((72, 100, "Name of role: Menopause Champion"), (72, 130, "Employee input"))
    (place,) = find_boxes(page, "Menopause Champion")
    assert words_at(page, place) == "Menopause Champion"


def test_a_text_that_wraps_has_a_box_for_each_line() -> None:
    page = drawn((72, 100, "Reason: nobody can"), (72, 113, "count the champi-"), (72, 126, "ons. Thank you"))
    found = find_boxes(page, "nobody can count the champions.")
    assert [words_at(page, place) for place in found] == ["nobody can", "count the champi-", "ons."]


def test_of_a_repeated_text_the_nearest_occurrence_is_found() -> None:
    page = drawn((72, 100, "Yes"), (72, 130, "No"), (72, 160, "Yes"))
    (first,), (last,) = find_boxes(page, "Yes", near=0), find_boxes(page, "Yes", near=2)
    assert first.box is not None
    assert last.box is not None
    assert first.box[1] < 110 < 150 < last.box[1]


@pytest.mark.parametrize("text", ["", " ...", "Somebody else"])
def test_what_stands_nowhere_has_no_box(text: str) -> None:
    assert find_boxes(drawn((72, 100, "Name of role")), text) == ()


def test_repeated_answers_each_get_the_place_of_their_own_occurrence() -> None:
    page = drawn((72, 100, "Sponsor: Ann Lee"), (72, 130, "Requester: Ann Lee"), (72, 160, "Lead: Ann Lee"))
    order = ("Sponsor:", "Requester:", "Lead:")
    passages = [
        passage
        for number, label in enumerate(order, start=1)
        for passage in (
            Passage(label, Locator(path=f"paragraph {number}"), Role.FORM),
            Passage("Ann Lee", Locator(path=f"paragraph {number}"), Role.ANSWER, label),
        )
    ]
    answers = tuple(
        Answer(label, "Ann Lee", "Ann Lee", FieldStatus.ANSWERED, places=(Locator(path=f"paragraph {number}"),))
        for number, label in enumerate(order, start=1)
    )
    reading = Reading("", FileKind.DOCX, answers=answers, passages=tuple(passages))
    tops = [place.box[1] for answer in with_boxes(reading, page).answers for place in answer.places if place.box]
    assert [round(top, -1) for top in tops] == [90, 120, 150]


def test_a_place_that_is_not_found_stays_as_it_was() -> None:
    place = Locator(path="paragraph 1")
    passage = Passage("Ann Lee", place, Role.ANSWER, "requester_name")
    answer = Answer("requester_name", "Ann Lee", "Ann Lee", FieldStatus.ANSWERED, places=(place,))
    reading = Reading("", FileKind.DOCX, answers=(answer,), passages=(passage,))
    assert with_boxes(reading, drawn((72, 100, "Nothing of the sort"))) == reading


def test_a_box_from_a_pdf_is_left_alone() -> None:
    place = Locator(page=1, box=(1.0, 2.0, 3.0, 4.0))
    passage = Passage("Ann Lee", place, Role.ANSWER, "requester_name")
    answer = Answer("requester_name", "Ann Lee", "Ann Lee", FieldStatus.ANSWERED, places=(place,))
    reading = Reading("", FileKind.PDF, answers=(answer,), passages=(passage,))
    assert with_boxes(reading, drawn((72, 100, "Ann Lee"))) == reading


def test_a_page_is_drawn_as_wide_as_asked_with_what_was_filled_in() -> None:
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(WWWWWW)/DA(/F 30 Tf 0 g)/Rect[100 600 500 700]/P 3 0 R/F 4>>"
    page = render(form_pdf([field], form_extra=b"/NeedAppearances true"), FileKind.PDF, "The file")
    picture = Image.open(io.BytesIO(draw_page(page, 1, 595)))
    assert (picture.format, picture.size) == ("WEBP", (595, 842))
    darkest, _ = picture.crop((100, 142, 500, 242)).convert("L").getextrema()
    assert darkest == 0


def test_a_picture_has_a_largest_size_however_long_the_page() -> None:
    page = drawn((72, 100, "Name"))
    assert Image.open(io.BytesIO(draw_page(page, 1, 90_000))).width == 2_000
    tall = make_pdf(lambda page: page.canvas.setPageSize((100, 14_000)))
    width, height = Image.open(io.BytesIO(draw_page(render(tall, FileKind.PDF, "The file"), 1, 2_000))).size
    assert width * height < 6_100_000


def test_a_photograph_loses_a_little_so_that_a_hundred_of_them_can_be_shown() -> None:
    grain = Image.effect_noise((900, 1200), 20)
    scan = io.BytesIO()
    grain.save(scan, "PDF", resolution=100)
    page = render(scan.getvalue(), FileKind.PDF, "The file")
    picture = Image.open(io.BytesIO(draw_page(page, 1, 900)))
    lossless = io.BytesIO()
    picture.save(lossless, "WEBP", lossless=True, quality=20, method=2)
    assert picture.size == (900, 1200)
    assert len(draw_page(page, 1, 900)) < 500_000 < lossless.tell()


def test_a_page_that_is_not_there_is_said_so() -> None:
    with pytest.raises(LookupError):
        draw_page(drawn((72, 100, "Name")), 2, 600)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"%PDF-1.7", FileKind.PDF, "corrupt"),
        (make_pdf(*[lambda page: None] * (MOST_PAGES + 1)), FileKind.PDF, "too-complex"),
        (b"x", FileKind.IMAGE, "unsupported"),
    ],
    ids=["damaged", "many-pages", "picture"],
)
def test_what_cannot_be_shown_as_pages_says_why(data: bytes, kind: FileKind, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        render(data, kind, "The file")
    assert caught.value.code == code


@pytest.fixture(scope="module")
def word_page() -> Rendered:
    """A Word file with the same answer in two cells, in a content control, and beside words deleted with tracking."""
    if find_program("soffice", "libreoffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer")
    data = make_docx(
        paragraph("Supplementary role request"),
        table(row("Name of role", "Menopause Champion"), row("Scope", control("<w:tc><w:p/></w:tc>"))),
        paragraph("Requester: ", control(run("Ann Lee"), '<w:alias w:val="Name"/>')),
        paragraph("Reason: ", LONG),
        paragraph("Sponsor: ", deleted("Somebody "), run("Ann Lee")),
    )
    return render(data, FileKind.DOCX, "The file")


@pytest.mark.parametrize("text", ["Menopause Champion", "Ann Lee", LONG])
def test_words_of_a_word_file_are_found_on_the_page_that_libreoffice_draws(word_page: Rendered, text: str) -> None:
    found = find_boxes(word_page, text)
    assert letters(" ".join(words_at(word_page, place) for place in found)) == letters(text)


def test_a_long_paragraph_of_a_word_file_is_found_line_by_line(word_page: Rendered) -> None:
    assert len(find_boxes(word_page, LONG)) > 1


@pytest.mark.parametrize("name", ["peer-supporter", "menopause-advocate"])
def test_every_answer_of_a_word_form_gets_a_page_and_a_box(name: str, library: FormLibrary) -> None:
    if find_program("soffice", "libreoffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer")
    path = SAMPLES / "supplementary-role" / f"{name}.docx"
    data = path.read_bytes()
    (reading,) = read(data, path.name, library=library, today=date(2026, 11, 23))
    page = render(data, sniff(data), path.name)
    boxed = with_boxes(reading, page)
    for answer in boxed.answers:
        if answer.status is FieldStatus.ANSWERED:
            found = " ".join(words_at(page, place) for place in answer.places)
            assert letters(found) == letters(answer.text), answer.field
    assert replace(boxed, answers=()) == replace(reading, answers=())
