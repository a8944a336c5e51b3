"""The door gives a reading for every file, and says plainly what is wrong with one it cannot read."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Role
from extract.read import LARGEST, read

pytestmark = pytest.mark.pure

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.mark.parametrize(
    ("data", "kind", "code", "says"),
    [
        (b"", FileKind.UNKNOWN, ErrorCode.EMPTY, "form.docx is empty"),
        (b"x" * (LARGEST + 1), FileKind.UNKNOWN, ErrorCode.TOO_LARGE, "up to 25 MB"),
        (b"just some words", FileKind.UNKNOWN, ErrorCode.UNSUPPORTED, "send it again"),
        (PICTURE, FileKind.IMAGE, ErrorCode.NEEDS_OCR, "is a picture"),
    ],
)
def test_a_file_we_cannot_read_gives_its_reason_and_what_to_do(
    library: FormLibrary, today: date, data: bytes, kind: FileKind, code: ErrorCode, says: str
) -> None:
    (reading,) = read(data, "form.docx", library=library, today=today)
    assert reading.problem is not None
    assert (reading.kind, reading.form, reading.answers, reading.problem.code) == (kind, None, (), code)
    assert says in reading.problem.message
    assert reading.sha256 == hashlib.sha256(data).hexdigest()


def test_a_paper_that_is_no_form_keeps_all_its_words(library: FormLibrary, today: date, corpus) -> None:  # type: ignore[no-untyped-def]
    data = (corpus / "forms" / "Annual leave request.docx").read_bytes()
    (reading,) = read(data, "leave.docx", library=library, today=today)
    assert reading.problem is not None
    assert reading.problem.code is ErrorCode.NO_FORM
    assert "it begins “Application for annual leave”" in reading.problem.message
    assert {passage.role for passage in reading.passages} == {Role.UNPLACED}
    assert "Jordan Price" in [passage.text for passage in reading.passages]
