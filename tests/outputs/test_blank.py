"""Our blank forms: every field tagged, the language said, and what is filled in comes out again when it is read."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn

from casework.form import FormLibrary
from casework.model import FieldStatus
from extract.read import read
from outputs.blank import build_blank, fill_blank

pytestmark = pytest.mark.pure
FORMS = ["business-justification", "supplementary-role", "national-competency"]


@pytest.mark.parametrize("key", FORMS)
def test_every_field_has_a_control_tagged_with_its_key(library: FormLibrary, key: str) -> None:
    form = library.form(key)
    document = docx.Document(io.BytesIO(build_blank(form, library)))
    tags = {tag.get(qn("w:val")).partition(":")[0] for tag in document.element.body.iter(qn("w:tag"))}
    assert tags == {definition.key for definition in form.fields}


@pytest.mark.parametrize("key", FORMS)
def test_the_blank_says_its_version_and_that_it_is_ours(library: FormLibrary, key: str) -> None:
    document = docx.Document(io.BytesIO(build_blank(library.form(key), library)))
    footer = document.sections[0].footer.paragraphs[0].text
    assert "version 1.0" in footer
    assert "not the official ESR form" in footer
    assert document.core_properties.language == "en-GB"


@pytest.mark.parametrize("key", FORMS)
def test_a_blank_that_nobody_filled_in_has_no_answer(library: FormLibrary, key: str) -> None:
    (reading,) = read(build_blank(library.form(key), library), "blank.docx", library=library, today=date(2026, 11, 23))
    assert reading.form == key
    assert {answer.field: answer.status for answer in reading.answers if answer.status is FieldStatus.ANSWERED} == {}


def test_what_is_filled_in_is_what_is_read(library: FormLibrary) -> None:
    answers: dict[str, str | list[str]] = {
        "sr_number": "SR 5057919",
        "date_raised": "2026-09-25",
        "email": "tom.hughes@fenmarsh.example.nhs.uk",
        "region": "east-of-england",
        "role_name": "Menopause Advocate",
        "input_level": "employee",
        "justification": "64 advocates stand in a document.\nNobody can report on them.",
    }
    form = library.form("supplementary-role")
    (reading,) = read(fill_blank(form, library, answers), "f.docx", library=library, today=date(2026, 11, 23))
    read_back = {a.field: a.value for a in reading.answers if a.status is FieldStatus.ANSWERED}
    assert read_back == answers | {"region": ("east-of-england",), "input_level": ("employee",)}
