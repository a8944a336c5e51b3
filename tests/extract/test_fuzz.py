"""Whatever is wrong with a file, both readers read it or refuse it in our own words, within the limits of a child."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import UnreadableError
from casework.transcript import Transcript
from extract.docx_reader import read_docx
from extract.form_match import find_form
from extract.lines import lay_out, lines_of, passages_of
from extract.pdf_reader import read_pdf
from extract.pdf_reader.bounds import refuse_bombs
from service.isolate import READ_LIMITS, run_isolated
from service.library import load_library
from tests.builders_damage import Choose, damaged_pdf, damaged_word
from tests.builders_pdf import raw_pdf, stream

FILES = 20
"""Files read by one child."""
seeded = settings(
    max_examples=100, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
"""Of each kind 2,000 files, the same ones each time: together about half a minute."""
seeds = st.integers(0, 2**32 - 1)
LIBRARY = load_library()


@seeded
@given(seeds)
def test_a_damaged_word_file_is_read_or_refused_in_our_own_words(seed: int) -> None:
    assert survivors(read_docx, damaged_word, seed) == FILES


@seeded
@given(seeds)
def test_a_damaged_pdf_is_read_or_refused_in_our_own_words(seed: int) -> None:
    assert survivors(read_pdf, damaged_pdf, seed) == FILES


def test_a_drawing_that_paints_itself_is_read_and_one_that_multiplies_is_refused() -> None:
    """A find of the fuzzer: of 1.5 kB, a drawing that paints itself twice costs the library gigabytes."""

    def painting(times: int) -> bytes:
        form = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X 5 0 R>>>>"
        return raw_pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>"
                b"/Font<</F 6 0 R>>>>>>",
                stream(b"BT /F 11 Tf 50 738 Td (Name of role) Tj ET /X Do"),
                stream(b"/X Do " * times, form),
                b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            ]
        )

    once, twice = painting(1), painting(2)
    assert run_isolated(lambda: bytes([reads_or_refuses(read_pdf, once)]), READ_LIMITS) == b"\x01"
    with pytest.raises(UnreadableError) as caught:
        refuse_bombs(twice)
    assert caught.value.code == "too-complex"


def survivors(reader: Callable[[bytes], Transcript], build: Callable[[Choose], bytes], seed: int) -> int:
    """How many files were read or refused in a child with the limits that one file has.

    ChildFailedError, with the line of code, where reading crashed or took more memory or time than it may.
    """

    def work() -> bytes:
        chance = random.Random(seed)
        return bytes(reads_or_refuses(reader, build(chance.randint)) for _ in range(FILES))

    return sum(run_isolated(work, READ_LIMITS))


def reads_or_refuses(reader: Callable[[bytes], Transcript], file: bytes) -> bool:
    """True; any exception but our own refusal passes through."""
    try:
        transcript = reader(file)
    except UnreadableError as refusal:
        return bool(refusal.code and refusal.public_message)
    passages_of(lines_of(lay_out(transcript)))
    find_form(transcript, LIBRARY)
    return True
