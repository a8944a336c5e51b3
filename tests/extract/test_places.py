"""An answer stands where it is said to stand: what is found at the stated place without our readers is the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.model import Answer, FieldStatus, Reading, Role
from casework.transcript import Locator
from extract.read import read
from tests.builders_docx import (
    cell,
    control,
    deleted,
    inserted,
    make_docx,
    paragraph,
    row,
    run,
    table,
    text_box,
    word_part,
)
from tests.independent.files import files
from tests.independent.pdf_file import filled, letters_of
from tests.independent.word_file import open_word_file
from tests.independent.words import letters

ENOUGH = 0.99
_EDGE = 1.0
"""Points by which the box of a character may stand out of the stated one: programs draw them differently."""


def test_an_answer_of_a_word_file_stands_at_the_stated_place(corpus: Path, library: FormLibrary) -> None:
    def finder(data: bytes) -> Callable[[Locator], str]:
        document = open_word_file(data)
        return lambda place: document.text_at(place.part, place.path)

    right, wrong = judged(files(".docx", ".docm", ".dotx", folders=("forms",)), finder, library)
    assert right >= 200, f"too few answers in {corpus}"
    assert right >= ENOUGH * (right + len(wrong)), wrong


def test_an_answer_of_a_pdf_stands_in_the_stated_box_or_form_field(corpus: Path, library: FormLibrary) -> None:
    def finder(data: bytes) -> Callable[[Locator], str]:
        drawn, values = letters_of(data), filled(data)

        def found(place: Locator) -> str:
            if place.control in values:
                return values[place.control].shown
            assert place.box is not None
            x0, top, x1, bottom = place.box
            return "".join(
                letter.text
                for letter in drawn
                if letter.page == place.page
                and x0 - _EDGE <= (letter.box[0] + letter.box[2]) / 2 <= x1 + _EDGE
                and top - _EDGE <= (letter.box[1] + letter.box[3]) / 2 <= bottom + _EDGE
            )

        return found

    right, wrong = judged(files(".pdf", folders=("forms",)), finder, library, is_exact=True)
    assert right >= 50, f"too few answers in {corpus}"
    assert right >= ENOUGH * (right + len(wrong)), wrong


@pytest.mark.parametrize(
    ("part", "path", "text"),
    [
        ("body", "paragraph 1", "first"),
        ("body", "paragraph 2", "in a control"),
        ("body", "paragraph 3", "third, and the fourth"),
        ("body", "table 1, row 1, cell 2", "beside"),
        ("body", "table 1, row 2, cell 1", "below"),
        ("body", "table 1, row 2, cell 1, paragraph 2", "twice"),
        ("body", "table 1, row 2, cell 2, table 1, row 1, cell 1", "nested"),
        ("textbox", "paragraph 4, text box 1, paragraph 1", "boxed"),
        ("header", "paragraph 1", "on top"),
        ("footnote", "footnote 1, paragraph 1", "small"),
    ],
)
def test_a_path_means_to_the_reader_what_it_means_to_everybody(
    library: FormLibrary, part: str, path: str, text: str
) -> None:
    """Paths as a person would follow them in Word; the reader and the independent count are both asked."""
    data = make_docx(
        paragraph("first"),
        control(paragraph("in a control")),
        '<w:p><w:pPr><w:rPr><w:del w:id="9"/></w:rPr></w:pPr><w:r><w:t>third, </w:t></w:r></w:p>',
        paragraph("and the fourth"),
        table(
            row("left", control(cell("beside"))),
            row(deleted("gone"), "row", properties='<w:del w:id="8"/>'),
            row(cell("below", "twice"), cell(table(row("nested")))),
        ),
        paragraph(inserted(run("anchor")), '<w:r><w:footnoteReference w:id="2"/></w:r>', text_box(paragraph("boxed"))),
        '<w:sectPr><w:headerReference r:id="rId7"/></w:sectPr>',
        parts={
            "word/header1.xml": word_part("hdr", paragraph("on top")),
            "word/footnotes.xml": word_part("footnotes", f'<w:footnote w:id="2">{paragraph("small")}</w:footnote>'),
        },
        links=[("rId7", "header", "header1.xml")],
    )
    (reading,) = read(data, "The file", library=library, today=date(2026, 11, 23))
    said = {(passage.place.part, passage.place.path): passage.text for passage in reading.passages}
    assert said[part, path] == text
    assert open_word_file(data).text_at(part, path) == text


def judged(
    paths: list[Path], finder: Callable[[bytes], Callable[[Locator], str]], library: FormLibrary, is_exact: bool = False
) -> tuple[int, list[tuple[str, str, str, list[str]]]]:
    """How many answered fields stand at their places, and those that do not, with what is found there."""
    right, wrong = 0, []
    for path in paths:
        data = path.read_bytes()
        for reading in read(data, path.name, library=library, today=date(2026, 11, 23)):
            if reading.problem is not None:
                continue
            found = finder(data)
            for answer in reading.answers:
                if answer.status is not FieldStatus.ANSWERED:
                    continue
                texts = []
                for place in answer.places:
                    try:
                        texts.append(found(place))
                    except LookupError as problem:
                        texts.append(f"({problem})")
                if letters(answer.text) == letters("\n".join(texts)) or (
                    not is_exact and stands_among_others(answer, texts, reading)
                ):
                    right += 1
                else:
                    wrong.append((path.name, answer.field, answer.text, texts))
    return right, wrong


def stands_among_others(answer: Answer, texts: list[str], reading: Reading) -> bool:
    """Whether the answer is what is left of these paragraphs without what is the form's or another field's.

    A paragraph is the smallest place that a path names, and may hold a label before the answer or several answers.
    """
    others = [letters(passage.text) for passage in reading.passages if passage.field != answer.field]
    others += [letters(passage.text) for passage in reading.passages if passage.role is Role.FORM]
    rest = letters(answer.text)
    for text in map(letters, texts):
        taken = next(rest[:size] for size in range(min(len(rest), len(text)), -1, -1) if rest[:size] in text)
        before, _, after = text.partition(taken) if taken else (text, "", "")
        if not all(is_made_of(side, others) for side in (before, after)):
            return False
        rest = rest[len(taken) :]
    return rest == ""


def is_made_of(text: str, pieces: list[str]) -> bool:
    """Whether `text` is some of `pieces`, one after another."""
    ends = {0}
    for at in range(len(text)):
        if at in ends:
            ends |= {at + len(piece) for piece in pieces if piece and text.startswith(piece, at)}
    return len(text) in ends
