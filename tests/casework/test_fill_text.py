"""A text with fields: what is wrong with it is told by line, and what a value holds is never looked at again."""

from __future__ import annotations

import pytest

from casework.fill_text import faults_of, fields_in, fill_text

pytestmark = pytest.mark.pure
HARD = {"title": "R&D <b> {{ 7*7 }} {{ reason }} {% for %}", "reason": "Because.", "link": ""}


def test_values_come_out_as_they_are_written() -> None:
    assert fill_text("Dear {{title}},\n{{ reason }}", HARD) == f"Dear {HARD['title']},\nBecause."


def test_a_paragraph_whose_fields_are_all_empty_is_left_out() -> None:
    assert fill_text("A\n\nFollow it: {{ link }}\n\n{{ link }}{{ reason }}\r\n\r\nB", HARD) == "A\n\nBecause.\n\nB"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello\n{{ titel }}", ["Line 2: there is no field “titel”. You can use reason and title."]),
        ("{{ title }", ["Line 1: “{{” is not part of a whole field. Write a field like {{ reason }}."]),
        ("{{ title.upper() }}", ["Line 1: “{{” is not part of a whole field. Write a field like {{ reason }}."]),
        ("{% for x in y %}", ["Line 1: “{%” is not part of a whole field. Write a field like {{ reason }}."]),
        ("{{ title }} and {{reason}}", []),
    ],
)
def test_what_is_no_whole_known_field_is_told_with_its_line(text: str, said: list[str]) -> None:
    assert faults_of(text, ["title", "reason"]) == said


def test_the_fields_of_a_text() -> None:
    assert fields_in("{{ a }} {{b}} { c }") == {"a", "b"}
