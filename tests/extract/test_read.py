"""The door gives a reading for every file, and says plainly what is wrong with one it cannot read."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Role
from extract.read import LARGEST, Pasted, read, read_pasted
from tests.builders_docx import cell, make_docx, paragraph, row, run, table

pytestmark = pytest.mark.pure

ROLE = {"Name of role": "Theatre lead", "Role description": "Leads the list on the day.", "Level of input": "Manager",
        "Justification": "In 2025 there were 41 lists without a lead.", "Benefits": "Three hours saved."}  # fmt: skip
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


# -- several forms in one file ---------------------------------------------------------------------------------------


def role_rows(role: str) -> list[str]:
    return [row(cell(paragraph(run(label, "<w:b/>"))), text) for label, text in {**ROLE, "Name of role": role}.items()]


def test_a_file_with_two_forms_gives_two_numbered_readings_that_share_its_words(
    library: FormLibrary, today: date
) -> None:
    title = paragraph("Request for a New Supplementary Role")
    data = make_docx(title, table(*role_rows("Theatre lead")), title, table(*role_rows("Ward lead")))
    readings = read(data, "roles.docx", library=library, today=today)
    assert [(reading.form_index, reading.words("role_name")) for reading in readings] == [
        (1, "Theatre lead"), (2, "Ward lead"),
    ]  # fmt: skip
    places = [place.path for reading in readings for answer in reading.answers for place in answer.places]
    assert {path.split(",")[0] for path in places} == {"table 1", "table 2"}
    held = [passage.text for reading in readings for passage in reading.passages]
    assert held.count("Ward lead") == held.count("Theatre lead") == 1
    assert all(any(f.rule == "required.email" for f in reading.findings) for reading in readings)


def test_a_file_with_one_form_gives_a_reading_without_a_number(library: FormLibrary, today: date) -> None:
    data = make_docx(paragraph("Supplementary Role Request"), table(*role_rows("Theatre lead")))
    [reading] = read(data, "role.docx", library=library, today=today)
    assert (reading.form, reading.form_index, reading.within) == ("supplementary-role", None, ())


# -- forms pasted into the text of a message ---------------------------------------------------------------------------

FORM = "Request for a New Supplementary Role\n\n" + "\n".join(f"{label}: {text}" for label, text in ROLE.items())
HTML = (
    "<table>" + "".join(f"<tr><td><b>{label}</b></td><td>{text}</td></tr>" for label, text in ROLE.items()) + "</table>"
)


def pasted(library: FormLibrary, today: date, text: str, html: str | None = None, subject: str = "") -> Pasted:
    return read_pasted(
        text, html, subject=subject, sha256="ab" * 32, kind=FileKind.EML, library=library, today=today
    )  # fmt: skip


def test_a_form_in_the_text_of_a_message_is_read_and_the_letter_round_it_kept(
    library: FormLibrary, today: date
) -> None:
    letter = f"Dear team\n\nMy form is below.\n\n{FORM}\n\nKind regards\nAnn Lee\nTel: 0113 496 0000\n"
    found = pasted(library, today, letter)
    [reading] = found.readings
    assert (reading.form, reading.kind, reading.form_index) == ("supplementary-role", FileKind.EML, None)
    assert {answer.field: answer.text for answer in reading.answers if answer.text} == {
        "role_name": "Theatre lead", "role_description": "Leads the list on the day.", "input_level": "Manager",
        "justification": "In 2025 there were 41 lists without a lead.", "benefits": "Three hours saved.",
    }  # fmt: skip
    answer = reading.answer("role_name")
    assert answer is not None
    assert [place.path for place in answer.places] == ["line 7"]
    rest = [passage.text for passage in found.rest]
    assert rest == ["Dear team", "My form is below.", "Kind regards", "Ann Lee", "Tel: 0113 496 0000"]
    assert not set(rest) & {passage.text for passage in reading.passages}


def test_the_html_of_a_message_is_preferred_as_it_shows_what_is_marked(library: FormLibrary, today: date) -> None:
    marked = HTML.replace("Manager", "Employee / <span style='background:yellow'>Professional user</span> / Manager")
    found = pasted(
        library, today, FORM, f"<p>Dear team</p><h1>Supplementary role request</h1>{marked}<p>Thanks<br>Ann</p>"
    )
    [reading] = found.readings
    answer = reading.answer("input_level")
    assert answer is not None
    assert answer.value == ("professional",)
    assert [passage.text for passage in found.rest] == ["Dear team", "Thanks", "Ann"]


def test_the_subject_of_a_message_may_be_the_forms_title(library: FormLibrary, today: date) -> None:
    assert not pasted(library, today, "", HTML).readings
    assert pasted(library, today, "", HTML, subject="New supplementary role request").readings


def test_two_forms_in_one_message_are_numbered(library: FormLibrary, today: date) -> None:
    found = pasted(library, today, f"{FORM}\n\n{FORM.replace('Theatre', 'Ward')}")
    assert [(reading.form_index, reading.words("role_name")) for reading in found.readings] == [
        (1, "Theatre lead"), (2, "Ward lead"),
    ]  # fmt: skip


def test_of_a_thread_the_newest_mail_with_a_form_is_read(library: FormLibrary, today: date) -> None:
    header = "From: Ann Lee\nSent: 3 March 2026\nTo: ESR\nSubject: Role"
    thread = f"FYI\n\n{header}\n\n{FORM.replace('Theatre', 'Ward')}\n\n{header}\n\n{FORM}"
    found = pasted(library, today, thread)
    assert [reading.words("role_name") for reading in found.readings] == ["Ward lead"]
    assert "Name of role: Theatre lead" in [passage.text for passage in found.rest]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please find our supplementary role request attached.",
        "Supplementary Role Request\nSR number: 123\nName: Ann\nEmail: a@nhs.net\nTelephone: 0113\nDate: 3 May 2026",
        "\n".join(line.split(":")[0] + ":" for line in FORM.splitlines()),
        "\n".join(f"> {line}" for line in FORM.splitlines()),
    ],
)
def test_a_text_that_is_no_filled_in_form_beyond_doubt_gives_none_and_keeps_its_words(
    library: FormLibrary, today: date, text: str
) -> None:
    found = pasted(library, today, text)
    assert found.readings == ()
    assert " ".join(passage.text for passage in found.rest).split() == text.split()
