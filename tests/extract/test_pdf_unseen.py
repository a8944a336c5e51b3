"""Words that nobody sees on the page, and letters that nobody can tell: said, and never mixed into answers."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import reportlab
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.ttfonts import TTFont

from casework.errors import UnreadableError
from casework.form import FormLibrary
from casework.transcript import Mark, Transcript, Unread, paragraphs_of
from extract.pdf_reader import read_pdf
from extract.read import read
from tests.builders_pdf import Page, make_pdf, raw_pdf, stream

pytestmark = pytest.mark.pure

UNSEEN_NOTE = "The PDF holds text that cannot be seen on the page."


def parts(transcript: Transcript) -> dict[str, list[str]]:
    """The words of each part of the document."""
    out: dict[str, list[str]] = {}
    for paragraph in paragraphs_of(transcript.blocks):
        out.setdefault(paragraph.place.part, []).append(paragraph.text)
    return out


def invisible(page: Page, x: float, y: float, words: str) -> None:
    text = page.canvas.beginText(x, page.height - y)
    text.setFont("Helvetica", 11)
    text.setTextRenderMode(3)
    text.textOut(words)
    page.canvas.drawText(text)
    page.canvas._code.append("0 Tr")


def label(page: Page) -> None:
    page.text(72, 100, "Job title:")


@pytest.mark.parametrize(
    "hide",
    [
        lambda page: invisible(page, 130, 100, "Director"),
        lambda page: page.text(130, 100, "Director", colour="white") and None,
        lambda page: page.text(700, 100, "Director") and None,
        lambda page: (page.text(130, 100, "Director"), page.box(128, 86, 180, 106, fill="white", stroke=False)),
        lambda page: (page.text(130, 100, "Director"), page.box(128, 86, 180, 106, fill="black", stroke=False)),
    ],
    ids=["no ink", "white on white", "off the page", "painted over in white", "painted over in black"],
)
def test_words_that_nobody_sees_stand_apart_and_are_said(hide: object) -> None:
    def draw(page: Page) -> None:
        label(page)
        hide(page)  # type: ignore[operator]

    transcript = read_pdf(make_pdf(draw))
    assert parts(transcript) == {"body": ["Job title:"], "hidden": ["Director"]}
    assert transcript.notes == (UNSEEN_NOTE,)


def test_what_is_typed_over_a_painted_out_word_is_read() -> None:
    def draw(page: Page) -> None:
        label(page)
        page.text(130, 100, "Director")
        page.box(128, 86, 180, 106, fill="white", stroke=False)
        page.text(130, 100, "Manager")

    assert parts(read_pdf(make_pdf(draw))) == {"body": ["Job title:\tManager"], "hidden": ["Director"]}


def test_a_highlight_laid_over_a_word_hides_nothing() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "Manager")
        page.canvas.setFillAlpha(0.4)
        page.box(70, 88, 120, 104, fill="yellow", stroke=False)

    (paragraph,) = paragraphs_of(read_pdf(make_pdf(draw)).blocks)
    assert (paragraph.place.part, paragraph.spans[0].marks) == ("body", {Mark.HIGHLIGHT})


def test_what_a_scanner_laid_under_its_picture_is_read_and_said_to_be_a_guess() -> None:
    def scanned(page: Page) -> None:
        picture = ImageReader(Image.new("L", (60, 84), 255))
        page.canvas.drawImage(picture, 0, 0, 595, 842)
        invisible(page, 72, 100, "Job title: Director")

    transcript = read_pdf(make_pdf(lambda page: page.text(72, 100, "Request for a new role") and None, scanned))
    assert parts(transcript) == {"body": ["Request for a new role", "Job title: Director"]}
    assert transcript.unread == ()
    assert transcript.notes == ("Page 2 is a picture; its words are what a scanner made out, and may be wrong.",)


def coded(*lines: str, plain: tuple[str, ...] = ()) -> bytes:
    """A PDF whose letters are numbers of shapes in a font that does not say which letters they are."""
    font = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    shapes = TTFont("Vera", font).face.charToGlyph
    content = b""
    for number, line in enumerate(lines):
        codes = b"".join(b"%04x" % shapes[ord(sign)] for sign in line)
        content += b"BT /F 11 Tf 72 %d Td <%s> Tj ET\n" % (700 - 20 * number, codes)
    for number, line in enumerate(plain):
        content += b"BT /P 11 Tf 72 %d Td (%s) Tj ET\n" % (400 - 20 * number, line.encode())
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R/P 9 0 R>>>>>>",
            stream(content),
            b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Vera/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Vera/CIDToGIDMap/Identity/DW 600/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
            b"<</Type/FontDescriptor/FontName/ABCDEF+Vera/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800"
            b"/Descent -200/CapHeight 700/StemV 80/FontFile2 8 0 R>>",
            stream(font.read_bytes()),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
    )


def test_letters_without_a_meaning_are_not_read_as_rubbish() -> None:
    with pytest.raises(UnreadableError) as refused:
        read_pdf(coded("Name of role: Carers Champion", "Scope: all health boards"))
    assert refused.value.code == "needs-ocr"


def test_a_few_such_letters_are_left_out_and_named() -> None:
    long = tuple("Saves four hours a month in each directorate" for _ in range(8))
    transcript = read_pdf(coded("Champion", plain=long))
    assert parts(transcript) == {"body": list(long)}
    assert [unread.what for unread in transcript.unread] == ["letters that stand for nothing readable"]


def test_a_picture_page_without_letters_is_named() -> None:
    def pictured(page: Page) -> None:
        page.canvas.drawImage(ImageReader(io.BytesIO(png())), 0, 0, 595, 842)

    transcript = read_pdf(make_pdf(lambda page: page.text(72, 100, "Request for a new role") and None, pictured))
    assert transcript.unread == (Unread("scanned page", transcript.unread[0].place),)
    assert transcript.unread[0].place.page == 2


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (60, 84), 128).save(buffer, "PNG")
    return buffer.getvalue()


def test_no_answer_holds_a_word_that_nobody_sees(library: FormLibrary) -> None:
    answers = ("Wales", "Carers Champion", "A colleague who supports carers.", "Employee", "No record is kept.")
    labels = ("Region", "Name of role", "Role description", "Level of input", "Justification")

    def draw(page: Page) -> None:
        page.text(72, 72, "Request for a New Supplementary Role", size=18)
        for number, (asked, answer) in enumerate(zip(labels, answers, strict=True)):
            page.text(72, 110 + 24 * number, asked)
            page.text(220, 110 + 24 * number, answer)
        page.text(320, 206, "and an entirely different reason", colour="white")

    (reading,) = read(make_pdf(draw), "form.pdf", library=library, today=date(2026, 11, 23))
    given = {answer.field: answer.text for answer in reading.answers if answer.text}
    assert given["justification"] == "No record is kept."
    assert not any("different" in text for text in given.values())
    assert [passage.text for passage in reading.passages if passage.place.part == "hidden"] == [
        "and an entirely different reason"
    ]
