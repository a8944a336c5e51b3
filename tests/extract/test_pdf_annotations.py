"""What senders draw over a PDF in a viewer: marks on words, notes typed onto the page, rings round a choice."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, RectangleObject, TextStringObject

from casework.transcript import ControlKind, Mark, Transcript, paragraphs_of
from extract.pdf_reader import read_pdf
from tests.builders_pdf import Page, make_pdf

pytestmark = pytest.mark.pure

Box = tuple[float, float, float, float]
WIDTH, HEIGHT = 595.0, 842.0


def choices(page: Page) -> None:
    page.text(72, 100, "Employee")
    page.text(160, 100, "Manager")
    page.text(240, 100, "Professional")


MANAGER = (159.0, 89.0, 204.0, 104.0)
"""A box round "Manager": x0, top, x1, bottom from the page's top left."""


TURNS = {0: (1, 0, 0, 1, 0, 0), 90: (0, 1, -1, 0, HEIGHT, 0), 180: (-1, 0, 0, -1, WIDTH, HEIGHT)}
TURNS[270] = (0, -1, 1, 0, 0, WIDTH)
"""What moves upright drawing to where a page turned so far shows it upright."""


def turned(data: bytes, rotate: int) -> PdfWriter:
    """The same pages, looking the same, whose content lies on its side and is turned by the page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        page.add_transformation(TURNS[rotate])
        if rotate in (90, 270):
            page.mediabox = page.cropbox = RectangleObject((0, 0, HEIGHT, WIDTH))
        page.rotate(rotate)
    return writer


def moved(rotate: int, *values: float) -> ArrayObject:
    """Corners (x, y from the top, x, y...) of a page as it looks, in the space of a page turned so far."""
    a, b, c, d, e, f = TURNS[rotate]
    corners = [(x, HEIGHT - top) for x, top in zip(values[::2], values[1::2], strict=True)]
    return numbers(*(number for x, y in corners for number in (a * x + c * y + e, b * x + d * y + f)))


def annotated(kind: str, box: Box, contents: str = "", *, rotate: int = 0, **more: object) -> bytes:
    """The page of choices, turned, with one annotation over `box` of the page as it looks."""
    writer = turned(make_pdf(choices), rotate)
    x0, top, x1, bottom = box
    note = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"),
        NameObject("/Subtype"): NameObject(f"/{kind}"),
        NameObject("/Rect"): ordered(moved(rotate, x0, bottom, x1, top)),
        NameObject("/F"): FloatObject(4),
    })  # fmt: skip
    if contents:
        note[NameObject("/Contents")] = TextStringObject(contents)
    if kind in ("Highlight", "Underline", "Squiggly", "StrikeOut"):
        note[NameObject("/QuadPoints")] = moved(rotate, x0, top, x1, top, x0, bottom, x1, bottom)
    for key, value in more.items():
        note[NameObject(f"/{key}")] = value  # type: ignore[assignment]
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def ordered(box: ArrayObject) -> ArrayObject:
    xs, ys = sorted(box[::2]), sorted(box[1::2])
    return numbers(xs[0], ys[0], xs[1], ys[1])


def numbers(*values: float) -> ArrayObject:
    return ArrayObject([FloatObject(value) for value in values])


def marked(transcript: Transcript) -> dict[str, set[Mark]]:
    return {
        span.text.strip(): set(span.marks)
        for paragraph in paragraphs_of(transcript.blocks)
        for span in paragraph.spans
        if span.marks
    }


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        ("Highlight", Mark.HIGHLIGHT),
        ("Underline", Mark.UNDERLINE),
        ("Squiggly", Mark.UNDERLINE),
        ("StrikeOut", Mark.STRIKE),
        ("Circle", Mark.BOXED),
        ("Square", Mark.BOXED),
    ],
)
def test_a_mark_drawn_over_a_word_is_the_words_on_a_page_however_turned(kind: str, mark: Mark, rotate: int) -> None:
    assert marked(read_pdf(annotated(kind, MANAGER, rotate=rotate))) == {"Manager": {mark}}


def ring(box: Box) -> ArrayObject:
    x0, y0, x1, y1 = box[0], HEIGHT - box[3], box[2], HEIGHT - box[1]
    return ArrayObject(
        [numbers(x0, (y0 + y1) / 2, (x0 + x1) / 2, y1, x1, (y0 + y1) / 2, (x0 + x1) / 2, y0, x0, y0 + 6)]
    )


def test_a_ring_drawn_by_hand_boxes_the_word_in_it() -> None:
    assert marked(read_pdf(annotated("Ink", (154, 84, 209, 108), InkList=ring((154, 84, 209, 108))))) == {
        "Manager": {Mark.BOXED}
    }


def test_a_line_drawn_by_hand_through_a_word_strikes_it_and_one_below_underlines_it() -> None:
    def line(y: float) -> bytes:
        stroke = ArrayObject([numbers(158, HEIGHT - y, 180, HEIGHT - y - 0.6, 205, HEIGHT - y)])
        return annotated("Ink", (157, y - 1.5, 206, y + 1.5), InkList=stroke)

    assert marked(read_pdf(line(96.5))) == {"Manager": {Mark.STRIKE}}
    assert marked(read_pdf(line(102.5))) == {"Manager": {Mark.UNDERLINE}}


def test_a_straight_line_annotation_marks_like_a_drawn_one() -> None:
    def line(y: float) -> bytes:
        return annotated("Line", (157, y - 2, 206, y + 2), L=numbers(158, HEIGHT - y, 205, HEIGHT - y))

    assert marked(read_pdf(line(96.5))) == {"Manager": {Mark.STRIKE}}
    assert marked(read_pdf(line(102.5))) == {"Manager": {Mark.UNDERLINE}}


def test_a_tick_drawn_by_hand_beside_a_choice_ticks_it() -> None:
    stroke = ArrayObject([numbers(146, HEIGHT - 96, 149, HEIGHT - 100, 156, HEIGHT - 88)])
    transcript = read_pdf(annotated("Ink", (146, 88, 156, 100), InkList=stroke))
    (tick,) = [
        span.control
        for paragraph in paragraphs_of(transcript.blocks)
        for span in paragraph.spans
        if span.control is not None and span.control.kind is ControlKind.TICK
    ]
    assert (tick.checked, tick.label) == (True, "Manager")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_note_typed_onto_the_page_is_read_where_it_stands(rotate: int) -> None:
    transcript = read_pdf(annotated("FreeText", (320, 88, 420, 104), "see over", rotate=rotate))
    words = [paragraph.text for paragraph in paragraphs_of(transcript.blocks)]
    assert "see over" in " ".join(words)
    parts = {
        span.place.part for paragraph in paragraphs_of(transcript.blocks) for span in paragraph.spans if span.place
    }
    assert parts == {"body", "annotation"}


def test_a_sticky_note_is_a_comment_and_no_answer() -> None:
    transcript = read_pdf(annotated("Text", (205, 80, 225, 100), "Is this right?"))
    assert [(block.place.part, block.text) for block in paragraphs_of(transcript.blocks)][1:] == [
        ("comment", "Is this right?")
    ]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_form_field_stands_by_its_label_on_a_page_however_turned(rotate: int) -> None:
    box = ordered(moved(rotate, 140, 104, 300, 88))
    writer = turned(make_pdf(lambda page: page.text(72, 100, "Job title:") and None), rotate)
    field = DictionaryObject({
        NameObject("/Subtype"): NameObject("/Widget"),
        NameObject("/FT"): NameObject("/Tx"),
        NameObject("/T"): TextStringObject("job"),
        NameObject("/V"): TextStringObject("Manager"),
        NameObject("/Rect"): box,
    })  # fmt: skip
    entry = ArrayObject([writer._add_object(field)])
    writer.pages[0][NameObject("/Annots")] = entry
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): entry})
    (paragraph,) = paragraphs_of(read_pdf(written(writer)).blocks)
    assert paragraph.text.split() == ["Job", "title:", "Manager"]
    assert paragraph.spans[-1].place is not None
    assert paragraph.spans[-1].place.box == (140.0, 88.0, 300.0, 104.0)
