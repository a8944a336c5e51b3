"""A schedule laid out by LibreOffice: the contents list names the right pages, and the PDF is tagged."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import docx
import pypdfium2
import pytest
from pypdf import PdfReader

from extract.programs import find_program
from outputs.issue.publish import print_schedule
from outputs.schedule import load_template
from outputs.told_pdf import tell_figure
from service.schedules import lay_out
from tests.builders_pdf import make_pdf
from tests.builders_schedule import a_line, a_schedule


def check_tags(pdf: bytes) -> None:
    """What PDF/UA asks for and can be read from the tags."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    tags = list(tagged(root["/StructTreeRoot"]))
    levels = [int(tag["/S"][2:]) for tag in tags if re.fullmatch("/H[1-6]", tag["/S"])]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    heads = [tag for tag in tags if tag["/S"] == "/TH"]
    scopes = [part.get_object().get("/Scope") for head in heads for part in head["/A"]]
    assert len(heads) == sum(scope in ("/Column", "/Row", "/Both") for scope in scopes) > 20
    assert [tag["/Alt"] for tag in tags if tag["/S"] == "/Figure"] == [
        "Bar chart of the business justifications raised in the previous six months by outcome: Approved 29. The same"
        " figures stand in the table below it."
    ]
    # Where something can be reached by the Tab key, it is reached in the order of the tags.
    assert {page.get("/Tabs") for page in reader.pages if "/Annots" in page} == {"/S"}


def tagged(element: Any) -> Iterator[Any]:
    """Every element of a PDF's structure, in the order in which it is read."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for child in element:
            yield from tagged(child)
    elif hasattr(element, "get"):
        if "/S" in element:
            yield element
        yield from tagged(element.get("/K"))


def test_a_pdf_without_a_silent_figure_comes_back_as_it_was() -> None:
    for pdf in (make_pdf(lambda page: None), b"no PDF at all"):
        assert tell_figure(pdf, "A chart") == pdf


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
    check_tags(printed.pdf)
    document = docx.Document(io.BytesIO(printed.word))
    entries = [p.text.split("\t") for p in document.paragraphs if (p.style.name or "").startswith("toc ")]
    assert len(entries) > 10
    for heading, page in entries:
        assert heading in " ".join(pages[int(page) - 1].split()), heading
