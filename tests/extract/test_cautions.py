"""What a reviewer is warned of, and what is so ordinary that nobody is."""

from __future__ import annotations

import pytest

from casework.transcript import Locator, Paragraph, Span, Transcript
from extract.cautions import ACTIVE, EARLIER, TWO_KINDS, UNSEEN, notes_of
from tests.builders_docx import make_docx
from tests.builders_pdf import Page, make_pdf, raw_pdf, stream

pytestmark = pytest.mark.pure


def transcript(text: str = "words", *, kind: str = "docx", notes: tuple[str, ...] = ()) -> Transcript:
    return Transcript(kind, (Paragraph((Span(text),), Locator()),), notes=notes)


def told(data: bytes) -> tuple[str, ...]:
    return notes_of(data, transcript(kind="pdf"))


def page(*objects: bytes, catalogue: bytes = b"") -> bytes:
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue, b"<</Type/Pages/Kids[]/Count 0>>", *objects])


def test_notes_of_the_word_reader_become_sentences_and_those_that_are_sentences_stay() -> None:
    notes = ("has comments", "contains macros, which are never run", "The PDF is digitally signed.")
    assert notes_of(b"", transcript(notes=notes)) == (
        "The document has comments.",
        "The document contains macros, which are never run.",
        "The PDF is digitally signed.",
    )


def test_what_the_reader_said_already_is_not_said_twice() -> None:
    data = page(b"<</S/Launch>>")
    assert notes_of(data, transcript(kind="pdf", notes=(ACTIVE,))) == (ACTIVE,)


@pytest.mark.parametrize(
    "text",
    [
        "Menopause\u202eetacovdA",
        "a\u2066b",
        "Meno\u200bpause",
        "Adv\u2060ocate",
        "a\ufeffb",
        "plain\U000e0061\U000e0062",
    ],
)
def test_letters_that_cannot_be_seen_are_said(text: str) -> None:
    assert notes_of(b"", transcript(text)) == (UNSEEN,)


@pytest.mark.parametrize(
    "text",
    [
        "Gwynedd, Ynys Môn",
        "\ufeffAt the start, and in an empty line \u200b\n",
        "soft\u00adhyphen",
        "left to right\u200e mark",
        "نمی\u200cخواهم",
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "Wales \U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    ],
)
def test_ordinary_marks_are_not(text: str) -> None:
    assert notes_of(b"", transcript(text)) == ()


@pytest.mark.parametrize("action", [b"/S/GoTo/D[0/Fit]", b"/S/URI/URI(https://www.nhs.uk/)", b"/S/Named/N/NextPage"])
def test_a_link_to_a_page_or_an_address_is_ordinary(action: bytes) -> None:
    assert told(page(b"<<%s>>" % action)) == ()


@pytest.mark.parametrize(
    "script", [b"(AFNumber_Format\\(2,0\\))", b" (AFDate_KeystrokeEx\\(1\\))", b"( AFSimple_Calculate\\(1\\))"]
)
def test_a_script_that_lays_out_a_field_is_ordinary(script: bytes) -> None:
    assert told(page(b"<</S/JavaScript/JS%s>>" % script)) == ()


@pytest.mark.parametrize("script", [b"(app.alert\\(1\\))", b" 3 0 R", b"<6170702e>", b"(AFoo\\(1\\))"])
def test_any_other_script_is_said(script: bytes) -> None:
    assert told(page(b"<</S/JavaScript/JS%s>>" % script)) == (ACTIVE,)


def test_a_page_that_was_rewritten_is_said_and_a_filled_field_is_not() -> None:
    first, second = (stream(b"BT (%s) Tj ET" % words) for words in (b"old", b"new"))
    appearance = stream(b"BT (old) Tj ET", b"/Subtype/Form")
    assert told(page(first) + b"\n3 0 obj\n" + second + b"\nendobj\n") == (EARLIER,)
    assert told(page(first) + b"\n3 0 obj\n" + first + b"\nendobj\n") == ()
    assert told(page(appearance) + b"\n3 0 obj\n" + stream(b"BT (new) Tj ET", b"/Subtype/Form") + b"\nendobj\n") == ()


def test_two_files_in_one_are_said_and_a_file_inside_another_is_not() -> None:
    pdf, word = make_pdf(lambda sheet: _write(sheet)), make_docx("words")
    assert notes_of(pdf + word, transcript()) == (TWO_KINDS,)
    assert notes_of(pdf, transcript()) == notes_of(word, transcript()) == ()
    assert told(page(stream(word, b"/Type/EmbeddedFile"))) == ()


def _write(sheet: Page) -> None:
    sheet.text(40, 40, "words")
