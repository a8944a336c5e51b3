"""A Word template is looked through before it is used: every fault with its place, and nothing hostile passes."""

from __future__ import annotations

import pytest

from casework.templates import Fault
from outputs.our_templates import WORD_TEMPLATES
from outputs.template_check import check_template, shape_of
from tests.builders_docx import cell, make_docx, package_parts, paragraph, row, table, text_box, word_part, zipped

pytestmark = pytest.mark.pure
SHAPE = {"title": None, "lines": [{"name": None, "parts": [{"word": None}]}], "others": [{"name": None}]}
ROW = table(row("{%tr for line in lines %}"), row("{{ line.name }}", "{{ loop.index }}"), row("{%tr endfor %}"))


def faults(*body: str, must: dict[str, str] | None = None, **more: object) -> list[Fault]:
    return check_template(make_docx(*body, **more), SHAPE, must or {})  # type: ignore[arg-type]


def test_an_honest_template_has_no_fault() -> None:
    nested = (
        "{% for line in lines %}",
        "{% for part in line.parts %}{{ part.word | upper }}{% endfor %}",
        "{% endfor %}",
    )
    choice = ("{%p if title == 'x' and not title %}", "{{ title }}", "{%p elif lines %}", "b", "{%p endif %}")
    assert faults(ROW, *nested, *choice, must={"lines": "the lines"}) == []


@pytest.mark.parametrize("key", list(WORD_TEMPLATES))
def test_every_shipped_template_passes_its_own_check(key: str) -> None:
    template = WORD_TEMPLATES[key]
    assert check_template(template.shipped(), shape_of(template.sample()), template.must_repeat) == []


def test_an_unknown_field_is_named_with_its_place_and_what_there_is() -> None:
    body = table(row("a", cell("x", "{{ titel }}")))
    assert faults("First", body) == [
        Fault(
            "Table 1, row 1, cell 2, paragraph 2",
            "There is no field “titel”. You can use lines, others, title.",
            "{{ titel }}",
        )
    ]
    (fault,) = faults(table(row("{%tr for line in lines %}{{ line.nmae }}{%tr endfor %}")))
    assert fault.message == "There is no “.nmae” here. You can use name, parts."


def test_a_tag_split_over_two_paragraphs_is_found_in_both() -> None:
    found = faults("{{ title", "}}")
    assert [(fault.place, fault.words) for fault in found] == [("Paragraph 1", "{{ title"), ("Paragraph 2", "}}")]


def test_a_broken_tag_in_a_header_is_found_there() -> None:
    parts = {"word/header1.xml": word_part("hdr", paragraph("{{ title ! }}"))}
    (fault,) = faults("A", parts=parts, links=[("rId7", "header", "header1.xml")])
    assert (fault.place, fault.words) == ("Header, paragraph 1", "{{ title ! }}")
    assert fault.message.startswith("The tag cannot be understood")


def test_a_tag_in_a_text_box_and_one_in_the_properties_are_looked_at_too() -> None:
    (fault,) = faults(paragraph(text_box(paragraph("{{ nope }}"))))
    assert "nope" in fault.message
    core = '<c:x xmlns:c="c"><c:title>{{ nope }}</c:title></c:x>'
    (fault,) = check_template(zipped(package_parts("A") | {"docProps/core.xml": core}), SHAPE, {})
    assert fault.place == "Properties, title"


def test_a_missing_table_is_told() -> None:
    (fault,) = faults("{{ title }}", must={"lines": "the requests"})
    assert fault.message.startswith("Nothing repeats for each of “lines” (the requests).")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ ''.__class__.__mro__ }}", "There is no “.__class__” here."),
        ("{{ title.__init__.__globals__ }}", "There is no “.__init__” here."),
        ("{{ cycler.__init__ }}", "There is no field “cycler”."),
        ("{{ title['x'] }}", "The tag reaches into a value with brackets"),
        ("{{ title() }}", "The tag calls a function"),
        ("{{ 'a' * 1000000000 }}", "The tag calculates"),
        ("{{ title | map(attribute='x') }}", "The filter “map” is not allowed."),
        ("{{ title | attr('x') }}", "The filter “attr” is not allowed."),
        ("{{ '%s' | format(title) }}", "The filter “format” is not allowed."),
        ("{% set x = 1 %}", "The tag sets a value of its own"),
        ("{% macro m() %}{% endmacro %}", "The tag defines a macro"),
        ("{% include 'x' %}", "The tag takes in another file"),
        ("{% import 'x' as y %}", "The tag takes in another file"),
        ("{% for i in range(1000000000) %}{% endfor %}", "The tag calls a function"),
        ("{% for i in title %}{% endfor %}", "Only a list can be repeated"),
        ("{% for i in lines if i %}{% endfor %}", "This repetition is too complicated."),
        ("{% for i in lines recursive %}{% endfor %}", "This repetition is too complicated."),
        ("{% for i in lines %}{% for j in lines %}{% endfor %}{% endfor %}", "“lines” is repeated inside another"),
        ("{% for i in lines %}{% for j in others %}{% endfor %}{% endfor %}", "“others” is repeated inside another"),
        ("{{r title }}", "{{r … }} puts in raw Word code."),
        ("{{ lines }}", "This is a list."),
        ("{% for i in lines %}{{ i }}{% endfor %}", "This has parts. Write one of them: name, parts."),
    ],
)  # fmt: skip
def test_whatever_does_more_than_putting_in_a_value_is_refused(words: str, said: str) -> None:
    (fault,) = faults("First", paragraph(words))
    assert fault.message.startswith(said)
    assert fault.place == "Paragraph 2"


@pytest.mark.parametrize(
    ("link", "place", "said"),
    [
        (("rId1", "image", "https://evil.example/x.png"), "Document", "It takes a picture from another place: https"),
        (("rId1", "attachedTemplate", "\\\\evil\\x.dotm"), "Document", "It takes a template from another place"),
        (("rId1", "frame", "https://evil.example"), "Document", "It takes something (frame) from another place"),
        (("rId1", "oleObject", "x.bin"), "Document", "Another file stands inside it."),
    ],
)
def test_what_is_fetched_or_stands_inside_is_refused(link: tuple[str, str, str], place: str, said: str) -> None:
    (fault,) = faults("A", links=[link])
    assert (fault.place, fault.message.startswith(said)) == (place, True)


def test_what_is_no_plain_word_file_is_told_so() -> None:
    assert "macros" in faults("A", kind="docm")[0].message
    assert "not a Word file that can be opened" in check_template(b"%PDF-1.7", SHAPE, {})[0].message
    sheet = package_parts("A") | {"[Content_Types].xml": "<Types/>"}
    assert "not a Word document or template" in check_template(zipped(sheet), SHAPE, {})[0].message
    assert faults("{{ title }}", kind="dotx") == []
