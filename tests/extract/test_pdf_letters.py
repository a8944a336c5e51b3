"""Letters that are not what they look like: ligatures, soft hyphens, and words cut at the ends of lines."""

from __future__ import annotations

import pytest

from casework.transcript import paragraphs_of
from extract.pdf_reader import read_pdf
from tests.builders_pdf import raw_pdf, stream

pytestmark = pytest.mark.pure

SIGNS = {"~": "\u00ad", "^": "\ufb01", "%": "ffi", "=": "\u2010"}
"""Codes of the test's font that stand for signs of their own: soft hyphen, ligatures as one letter and as three."""


def read_lines(*lines: str) -> list[str]:
    """The paragraphs of a page with these lines, set in a font that says what `SIGNS` stand for."""
    content = b"".join(
        b"BT /F 11 Tf 72 %d Td (%s) Tj ET\n" % (742 - 13 * number, line.encode()) for number, line in enumerate(lines)
    )
    known = {chr(code): chr(code) for code in range(32, 127)} | SIGNS
    pairs = b"\n".join(
        b"<%02x> <%s>" % (ord(code), text.encode("utf-16-be").hex().encode()) for code, text in known.items()
    )
    meaning = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <00> <ff> endcodespacerange\n%d beginbfchar\n%s\nendbfchar\nendcmap end end"
    ) % (len(known), pairs)
    return [
        paragraph.text
        for paragraph in paragraphs_of(
            read_pdf(
                raw_pdf(
                    [
                        b"<</Type/Catalog/Pages 2 0 R>>",
                        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
                        b"/Resources<</Font<</F 5 0 R>>>>>>",
                        stream(content),
                        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
                        stream(meaning),
                    ]
                )
            ).blocks
        )
    ]


def test_ligatures_are_spelt_out() -> None:
    assert read_lines("The o%ce ^les are ^ne.") == ["The office files are fine."]


def test_a_soft_hyphen_within_a_word_shows_nothing() -> None:
    assert read_lines("This is about the re~cording of roles.") == ["This is about the recording of roles."]


def test_a_hard_hyphen_at_the_end_of_a_line_stays() -> None:
    assert read_lines(
        "This is about the recording of supplementary roles in a national record that is self-", "funded by the trusts."
    ) == ["This is about the recording of supplementary roles in a national record that is self-funded by the trusts."]


def test_the_hyphen_sign_joins_like_a_typed_one() -> None:
    assert read_lines(
        "This is about the recording of roles in a national record that is self=", "funded by trusts."
    ) == ["This is about the recording of roles in a national record that is self\u2010funded by trusts."]


def test_words_are_whole_again_in_a_document_that_hyphenates() -> None:
    (text,) = read_lines(
        "Recording of supplementary roles in the record of the staff is a require-",
        "ment of all the trusts in the service, and a report of it is sent to the infor-",
        "mation centre of the region, who look into each case and make a submis-",
        "sion to the national team, who then decide which of them are to be imple-",
        "mented in the next release.",
    )
    assert {"requirement", "information", "submission", "implemented"} <= set(text.split())
