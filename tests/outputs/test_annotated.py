"""The sender's file with our comments: their words untouched, comments at the answers, nothing active ever returned."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from casework.errors import RefusedError
from casework.form import FormLibrary
from casework.mend import Remark, what_to_mend
from casework.transcript import Locator
from extract.read import read
from outputs.annotated import HOLDS_MORE, NOT_SAFE, NOT_WORD, TOO_LARGE, annotate
from tests.builders_docx import complex_field, make_docx, package_parts, paragraph, row, table, zipped

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)
REMARK = Remark("Benefits", ("Say who gains.",), True, Locator(path="paragraph 2"))
SAMPLES = ("business-justification/leavers-dashboard-thin", "national-competency/ward-coordinator-no-link")


def comments_of(data: bytes) -> list[tuple[str, str, str]]:
    """(what the comment says, its author, the words that it stands at) for each comment."""
    document = docx.Document(io.BytesIO(data))
    found = []
    for comment in document.comments:
        start = next(
            mark
            for mark in document.element.body.iter(qn("w:commentRangeStart"))
            if mark.get(qn("w:id")) == str(comment.comment_id)
        )
        words = "".join(part.text or "" for part in start.getparent().iter(qn("w:t")))
        found.append((comment.text, comment.author, words))
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_the_comments_stand_at_the_weak_answers_and_the_form_reads_as_before(library: FormLibrary, name: str) -> None:
    data = (ROOT / "tests" / "samples" / f"{name}.docx").read_bytes()
    (before,) = read(data, "form.docx", library=library, today=TODAY)
    form = library.form(before.form or "")
    remarks = what_to_mend(before, form, accepted=(), corrected=())
    made = annotate(data, remarks, when=TODAY)
    said = comments_of(made)
    assert [author for _, author, _ in said] == ["ESR Development Team"] * len(remarks)
    for remark, (text, _, words) in zip(remarks, said, strict=True):
        assert text.endswith("\n".join(remark.words))
        key = next(field.key for field in form.fields if field.label == remark.label)
        answer = before.answer(key)
        assert answer is not None
        assert words in answer.text or remark.label in words
    (after,) = read(made, "form.docx", library=library, today=TODAY)
    assert [(a.field, a.value, a.status) for a in after.answers] == [
        (a.field, a.value, a.status) for a in before.answers
    ]
    assert annotate(data, remarks, when=TODAY) == made


def test_a_remark_whose_place_cannot_be_shown_stands_at_the_top_and_names_its_question() -> None:
    data = make_docx("Title", "Second")
    made = annotate(data, [Remark("Costs", ("Say what it costs.", "A guess will do."), False, None)], when=TODAY)
    said = "Costs: You may leave this as it is. Say what it costs.\nA guess will do."
    assert comments_of(made) == [(said, "ESR Development Team", "Title")]


def test_an_empty_answer_gets_its_comment_all_the_same() -> None:
    data = make_docx(table(row("Benefits", "<w:tc><w:p/></w:tc>")))
    made = annotate(
        data, [Remark("Benefits", ("Say who gains.",), True, Locator(path="table 1, row 1, cell 2"))], when=TODAY
    )
    assert comments_of(made) == [("Say who gains.", "ESR Development Team", "")]


def test_words_of_others_are_put_in_as_words() -> None:
    hostile = 'R&D <b>{{ 7*7 }}</b> "x" \x00\x0b'
    made = annotate(make_docx("A", "B"), [Remark("B", (hostile,), True, Locator(path="paragraph 2"))], when=TODAY)
    assert comments_of(made) == [('R&D <b>{{ 7*7 }}</b> "x"', "ESR Development Team", "B")]


LINKS = {
    "remote template": ("attachedTemplate", "https://evil.example/x.dotm"),
    "local template": ("attachedTemplate", "file:///C:/x.dotm"),
    "remote picture": ("image", "https://evil.example/x.png"),
    "embedded object": ("oleObject", "embeddings/oleObject1.bin"),
    "inserted file": ("aFChunk", "chunk.htm"),
    "control": ("control", "activeX/activeX1.xml"),
    "macros": ("vbaProject", "vbaProject.bin"),
    "link to a file": ("hyperlink", "file:///C:/x"),
    "unknown": ("somethingNew", "new.xml"),
}


@pytest.mark.parametrize("what", LINKS)
def test_a_file_with_outside_or_active_parts_is_never_sent_back(what: str) -> None:
    kind, target = LINKS[what]
    with pytest.raises(RefusedError) as refused:
        annotate(make_docx("A", "B", links=[("rId9", kind, target)]), [REMARK], when=TODAY)
    assert refused.value.public_message == HOLDS_MORE


@pytest.mark.parametrize("kind", ["docm", "dotm"])
def test_a_file_with_macros_is_never_sent_back(kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        annotate(make_docx("A", "B", kind=kind), [REMARK], when=TODAY)
    assert refused.value.public_message == HOLDS_MORE


@pytest.mark.parametrize(
    "code", ['DDEAUTO c:\\\\windows "x"', "INCLUDEPICTURE http://evil.example/x", "LINK Excel.Sheet x"]
)
def test_a_field_that_would_fetch_or_run_is_never_sent_back(code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        annotate(make_docx("A", paragraph(complex_field(code, "x"))), [REMARK], when=TODAY)
    assert refused.value.public_message == HOLDS_MORE


def test_a_web_address_in_a_form_does_no_harm() -> None:
    data = make_docx("A", "B", links=[("rId9", "hyperlink", "https://www.example.nhs.uk/link")])
    assert len(comments_of(annotate(data, [REMARK], when=TODAY))) == 1


def test_what_is_no_plain_word_document_is_told_so() -> None:
    for data, why in (
        (b"%PDF-1.7", NOT_WORD),
        (make_docx("A", kind="dotx"), NOT_WORD),
        (make_docx("A")[:-40], NOT_SAFE),
        (b"PK\x03\x04" + b"0" * (9 << 20), TOO_LARGE),
        (zipped(package_parts("A") | {"word/settings.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), NOT_SAFE),
        (zipped(package_parts() | {"word/document.xml": "<w:oops"}), NOT_SAFE),
    ):
        with pytest.raises(RefusedError) as refused:
            annotate(data, [REMARK], when=TODAY)
        assert refused.value.public_message == why
