"""Names of national programmes, policies, laws and bodies."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from extract.language.pipeline import NAMES, load_language, read_words

pytestmark = pytest.mark.pure


def names_in(library: FormLibrary, text: str) -> list[str]:
    language = load_language(library.vocabulary("national-learning"), library.vocabulary("wellbeing"))
    doc = read_words(language, text)
    return [name.text for name in doc.spans[NAMES] if name.label_ != "local"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Equality Act 2010 asks for it.", "Equality Act 2010"),
        ("Set out in NICE NG215.", "NICE NG215"),
        ("It follows the Care Quality Comission's advice.", "Care Quality Comission"),
        ("Since Smith v Pimlico Plumbers we must.", "Smith v Pimlico Plumbers"),
        ("ISO 45001 asks for it.", "ISO 45001"),
        ("The Widgets at Work (Wales) Regulations 2031 apply.", "Widgets at Work (Wales) Regulations 2031"),
        ("Part of the National Frailty Strategy.", "National Frailty Strategy"),
        ("Safonau'r Gymraeg", "Safonau'r Gymraeg"),
        ("see www.gov.uk/guidance/first-steps", "www.gov.uk/guidance/first-steps"),
    ],
)
def test_a_name_is_found_known_or_not(library: FormLibrary, text: str, name: str) -> None:
    assert any(name in found for found in names_in(library, text)), names_in(library, text)


@pytest.mark.parametrize(
    "text",
    ["It would be nice, and who knows?", "We respect each other.", "It is national.", "ESR and OLM on the IT desk"],
)
def test_common_words_name_nothing(library: FormLibrary, text: str) -> None:
    assert names_in(library, text) == []
