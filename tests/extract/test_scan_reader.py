"""Scans and photographs are read: words, rules and tick boxes, on a page that lies askew."""

from __future__ import annotations

import io
import shutil
from datetime import date
from typing import Any

import pytest

from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind
from extract.read import read

Image = pytest.importorskip("PIL.Image")
_BODY = (
    ("Name of role:", "Menopause Advocate"),
    ("Position:", "Wellbeing Coordinator"),
    ("Trust:", "Fenmarsh Ambulance Service"),
)


@pytest.fixture(scope="module")
def tesseract() -> str:
    found = shutil.which("tesseract")
    if found is None:
        pytest.skip("Tesseract is not installed: apt-get install tesseract-ocr")
    return found


def a_page(slope: float = 0.0) -> Any:
    """A printed form at 200 dots an inch, turned by `slope` degrees."""
    from PIL import ImageDraw, ImageFont

    page = Image.new("L", (1654, 2339), 255)
    draw = ImageDraw.Draw(page)
    big, plain = ImageFont.load_default(54), ImageFont.load_default(34)
    draw.text((150, 120), "Supplementary Role Request", font=big, fill=0)
    top = 260
    for label, answer in _BODY:
        draw.rectangle((150, top, 600, top + 80), outline=0, width=3)
        draw.rectangle((600, top, 1500, top + 80), outline=0, width=3)
        draw.text((165, top + 20), label, font=plain, fill=0)
        draw.text((620, top + 20), answer, font=plain, fill=0)
        top += 80
    draw.rectangle((150, top, 600, top + 200), outline=0, width=3)
    draw.rectangle((600, top, 1500, top + 200), outline=0, width=3)
    draw.text((165, top + 20), "Input level:", font=plain, fill=0)
    for number, (label, ticked) in enumerate((("Employee", True), ("Manager", False), ("Professional user", False))):
        y = top + 22 + number * 58
        draw.rectangle((620, y, 650, y + 30), outline=0, width=3)
        if ticked:
            draw.line((624, y + 4, 646, y + 26), fill=0, width=4)
            draw.line((646, y + 4, 624, y + 26), fill=0, width=4)
        draw.text((670, y - 6), label, font=plain, fill=0)
    return page.rotate(slope, fillcolor=255)


def as_bytes(page: Any, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    page.save(stream, kind, resolution=200)
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "slope"), [("PNG", 0.0), ("JPEG", 1.5), ("PDF", -1.0)])
def test_a_picture_of_a_form_gives_its_answers(tesseract: str, library: FormLibrary, kind: str, slope: float) -> None:
    today = date(2026, 11, 23)
    (reading,) = read(as_bytes(a_page(slope), kind), "scan", library=library, today=today, pictures=True)
    assert reading.form == "supplementary-role"
    assert reading.words("role_name") == "Menopause Advocate"
    assert reading.words("organisation") == "Fenmarsh Ambulance Service"
    level = reading.answer("input_level")
    assert level is not None
    assert level.value == ("employee",)
    assert level.confidence < 0.9


def test_without_being_asked_to_a_picture_is_not_read_and_says_so(library: FormLibrary) -> None:
    (reading,) = read(as_bytes(a_page()), "scan.png", library=library, today=date(2026, 11, 23))
    assert reading.kind is FileKind.IMAGE
    assert reading.problem is not None
    assert reading.problem.code is ErrorCode.NEEDS_OCR


def test_a_picture_without_words_asks_for_the_form_itself(tesseract: str, library: FormLibrary) -> None:
    blank = as_bytes(Image.new("L", (800, 1100), 255))
    (reading,) = read(blank, "blank.png", library=library, today=date(2026, 11, 23), pictures=True)
    assert reading.problem is not None
    assert reading.problem.code is ErrorCode.NEEDS_OCR
    assert "Word document" in reading.problem.message


def test_a_damaged_picture_is_said_to_be_damaged(tesseract: str, library: FormLibrary) -> None:
    data = as_bytes(a_page())[:2000]
    (reading,) = read(data, "cut.png", library=library, today=date(2026, 11, 23), pictures=True)
    assert reading.problem is not None
    assert reading.problem.code is ErrorCode.CORRUPT
