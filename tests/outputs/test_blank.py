"""Our blank forms: every field tagged, the language said, and what is filled in comes out again when it is read."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from casework.form import FormLibrary
from casework.model import FieldStatus, Role
from extract.read import read
from outputs.blank import build_blank, fill_blank

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
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


@pytest.mark.parametrize("key", FORMS)
def test_every_table_of_a_blank_says_what_it_is_and_none_has_merged_cells(library: FormLibrary, key: str) -> None:
    document = docx.Document(io.BytesIO(build_blank(library.form(key), library)))
    captions = [table._tbl.tblPr.find(qn("w:tblCaption")) for table in document.tables]
    assert all(caption is not None and caption.get(qn("w:val")) for caption in captions)
    assert list(document.element.body.iter(qn("w:gridSpan"), qn("w:vMerge"))) == []


@pytest.mark.parametrize("key", FORMS)
def test_each_section_of_a_blank_has_a_real_heading(library: FormLibrary, key: str) -> None:
    form = library.form(key)
    document = docx.Document(io.BytesIO(build_blank(form, library)))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == list(dict.fromkeys(definition.section for definition in form.fields))


def controls(data: bytes) -> dict[str, Any]:
    """The properties of each content control by its tag."""
    body = docx.Document(io.BytesIO(data)).element.body
    return {found.find(qn("w:tag")).get(qn("w:val")): found for found in body.iter(qn("w:sdtPr"))}


def test_choices_dates_and_ticks_have_controls_of_their_own_kind(library: FormLibrary) -> None:
    form = library.form("supplementary-role")
    found = controls(build_blank(form, library))
    regions = [item.get(qn("w:value")) for item in found["region"].iter(qn("w:listItem"))]
    assert regions == [term.key for term in library.vocabulary("regions").terms]
    date_control = found["date_raised"].find(qn("w:date"))
    assert date_control.find(qn("w:dateFormat")).get(qn("w:val")) == "d MMMM yyyy"
    assert date_control.find(qn("w:lid")).get(qn("w:val")) == "en-GB"
    ticks = [tag for tag, properties in found.items() if properties.find(f"{W14}checkbox") is not None]
    assert ticks == ["input_level:employee", "input_level:manager", "input_level:professional"]


def test_a_prompt_is_marked_as_a_prompt_until_something_is_filled_in(library: FormLibrary) -> None:
    form = library.form("supplementary-role")
    blank = controls(build_blank(form, library))["role_name"]
    filled = controls(fill_blank(form, library, {"role_name": "Menopause Advocate"}))["role_name"]
    assert blank.find(qn("w:showingPlcHdr")) is not None
    assert filled.find(qn("w:showingPlcHdr")) is None


def test_controls_have_numbers_of_their_own(library: FormLibrary) -> None:
    for key in FORMS:
        found = controls(build_blank(library.form(key), library))
        numbers = [properties.find(qn("w:id")).get(qn("w:val")) for properties in found.values()]
        assert len(set(numbers)) == len(numbers)


def test_awkward_words_are_filled_in_as_they_are(library: FormLibrary) -> None:
    form = library.form("supplementary-role")
    words = "O'Brien & <Co> {{ 7*7 }} ]]> “R&D”"
    body = docx.Document(io.BytesIO(fill_blank(form, library, {"role_name": words}))).element.body
    assert words in "".join(body.itertext())


def test_control_characters_do_not_break_a_filled_form(library: FormLibrary) -> None:
    form = library.form("supplementary-role")
    answers = {"role_name": "a\x00\x1bb", "justification": "one\r\ntwo\x0bthree"}
    (reading,) = read(fill_blank(form, library, answers), "f.docx", library=library, today=date(2026, 11, 23))
    assert (reading.words("role_name"), reading.words("justification")) == ("a b", "one\ntwo\nthree")


def test_a_date_that_is_none_is_shown_as_it_was_written(library: FormLibrary) -> None:
    form = library.form("supplementary-role")
    data = fill_blank(form, library, {"date_raised": "next Tuesday"})
    assert controls(data)["date_raised"].find(qn("w:date")).get(qn("w:fullDate")) is None
    assert "next Tuesday" in "".join(docx.Document(io.BytesIO(data)).element.body.itertext())


_BUILD = """
import hashlib
from outputs.blank import build_blank
from service.library import load_library
library = load_library()
print([hashlib.sha256(build_blank(form, library)).hexdigest() for form in library.forms])
"""


def test_two_processes_with_other_zone_language_and_hash_seed_make_the_same_blanks() -> None:
    made = set()
    for zone, language, seed in (("UTC", "C", "0"), ("Pacific/Auckland", "C.UTF-8", "4711")):
        environment = {"TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _BUILD]
        made.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(made) == 1


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


@pytest.mark.parametrize("key", FORMS)
def test_nothing_that_the_blank_prints_is_taken_for_the_senders_words(library: FormLibrary, key: str) -> None:
    (reading,) = read(build_blank(library.form(key), library), "blank.docx", library=library, today=date(2026, 11, 23))
    assert [passage.text for passage in reading.passages if passage.role is Role.UNPLACED] == []
