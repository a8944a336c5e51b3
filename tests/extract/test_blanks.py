"""Where nobody answered: the empty place is found on the page, and nothing stands in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.model import FileKind
from casework.transcript import Locator
from extract.blanks import find_blanks
from extract.programs import find_program
from extract.read import read
from extract.render import Rendered, find_boxes, render, with_boxes

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "business-justification" / "leavers-dashboard-thin.docx"
TODAY = date(2026, 11, 23)


def words_inside(rendered: Rendered, place: Locator) -> list[str]:
    assert place.box is not None
    left, top, right, bottom = place.box
    return [
        word.text
        for word in rendered.words
        if word.page == place.page
        and left < (word.box[0] + word.box[2]) / 2 < right
        and top < (word.box[1] + word.box[3]) / 2 < bottom
    ]


@pytest.mark.skipif(find_program("soffice", "libreoffice") is None, reason="LibreOffice is not installed")
def test_the_empty_cells_of_a_word_form_are_found_beside_their_questions(library: FormLibrary) -> None:
    data = SAMPLE.read_bytes()
    rendered = render(data, FileKind.DOCX, "The file")
    (reading,) = read(data, "", library=library, today=TODAY)
    form = library.form("business-justification")
    found = find_blanks(with_boxes(reading, rendered), rendered, form)
    assert set(found) == {"workaround", "national_driver", "costs", "required_by", "support"}
    assert {key: words_inside(rendered, place) for key, place in found.items()} == {key: [] for key in found}
    for key, place in found.items():
        (label,) = find_boxes(rendered, form.field(key).label)[:1]
        assert label.box is not None
        assert place.box is not None
        assert place.box[0] >= label.box[2]
        assert place.box[1] < (label.box[1] + label.box[3]) / 2 < place.box[3]
