"""A schedule laid out by LibreOffice: the contents list names the right pages, and the PDF is tagged."""

from __future__ import annotations

import io

import docx
import pypdfium2
import pytest

from extract.programs import find_program
from outputs.issue.publish import print_schedule
from outputs.schedule import load_template
from service.schedules import lay_out
from tests.builders_schedule import a_line, a_schedule


def test_the_contents_list_is_right_and_the_pdf_is_tagged_and_titled() -> None:
    if find_program("soffice", "libreoffice") is None:
        pytest.skip("LibreOffice is not installed")
    schedule = a_schedule(*(a_line(reference=f"ESR-2026-{number:04d}") for number in range(1, 30)))
    printed = print_schedule(schedule, load_template(), lay_out)
    assert printed.pdf is not None
    pdf = pypdfium2.PdfDocument(printed.pdf)
    try:
        assert pdf.is_tagged()
        assert pdf.get_metadata_value("Title") == "ESR Development Schedule, October to December 2026"
        pages = [pdf[index].get_textpage().get_text_range() for index in range(len(pdf))]
    finally:
        pdf.close()
    document = docx.Document(io.BytesIO(printed.word))
    entries = [p.text.split("\t") for p in document.paragraphs if (p.style.name or "").startswith("toc ")]
    assert len(entries) > 10
    for heading, page in entries:
        assert heading in " ".join(pages[int(page) - 1].split()), heading
