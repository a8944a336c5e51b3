"""A form's version is the one it names itself, else the one whose questions were asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.form import FormDefinition, FormLibrary
from casework.transcript import Transcript
from extract.docx_reader import read_docx
from extract.form_match import FormMatch, find_form
from extract.form_version import match_version
from outputs.blank import build_blank
from tests.extract.sheets import para, sheet

pytestmark = pytest.mark.pure

KEY = "supplementary-role"


def newer(library: FormLibrary) -> tuple[FormDefinition, FormLibrary]:
    """Version 2.0, which no longer asks for the link to wellbeing but for a lead contact, beside version 1.0."""
    form = library.form(KEY)
    fields = [field for field in form.fields if field.key != "wellbeing_link"]
    asked = replace(form.field("scope"), key="lead_contact", label="Lead contact for the role", labels=())
    second = replace(form, version="2.0", fields=(*fields, asked))
    return second, replace(library, forms=(*library.forms, second))


def matched(transcript: Transcript, library: FormLibrary) -> tuple[FormMatch, str]:
    match = find_form(transcript, library)
    assert match is not None
    return match_version(transcript, match, library)


def test_our_own_blank_names_its_version_exactly(library: FormLibrary) -> None:
    second, both = newer(library)
    for form in (library.form(KEY), second):
        match, note = matched(read_docx(build_blank(form, both)), both)
        assert (match.form.key, match.form.version, note) == (KEY, form.version, "")


@pytest.mark.parametrize(("question", "version"), [("Wellbeing link", "1.0"), ("Lead contact for the role", "2.0")])
def test_a_form_that_names_no_version_is_the_one_whose_questions_it_asks(
    library: FormLibrary, question: str, version: str
) -> None:
    _, both = newer(library)
    labels = ("Name of role", "Role description", "Level of input", "Justification", "Benefits", question)
    lines = [para("Supplementary role request"), *[para(f"{label}: something of ours") for label in labels]]
    match, _ = matched(sheet(*lines), both)
    assert match.form.version == version


def test_a_version_that_is_not_among_ours_is_said(library: FormLibrary) -> None:
    form = library.form(KEY)
    match, note = matched(read_docx(build_blank(replace(form, version="0.9"), library)), library)
    assert match.form.version == form.version
    assert note == "says it is version 0.9 of the form, which is not among ours"


def test_the_less_surely_the_wordings_are_known_the_less_sure_the_form_is(library: FormLibrary) -> None:
    known = ("Name of role", "Role description", "Level of input", "Link to the wellbeing agenda", "Scope")
    misspelt = ("Nmae of role", "Role descripton", "Levle of input", "Link to the wellbieng agenda", "Scope")
    sure, less = (
        find_form(sheet(*[para(f"{label}: something of ours") for label in labels]), library)
        for labels in (known, misspelt)
    )
    assert sure is not None
    assert less is None or less.confidence < sure.confidence
