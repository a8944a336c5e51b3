"""A saved e-mail gives a line for itself and one for each form in it, however deep; one bad file costs no other."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Reading
from service import messages
from service.cli import main
from service.isolate import Limits
from service.messages import is_message, read_message_safely

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

FORM = (
    "Request for a New Supplementary Role\n\nName of role: Theatre lead\nRole description: Leads the list on the day.\n"
    "Level of input: Manager\nJustification: In 2025 there were 41 lists without a lead.\nBenefits: 3 hours saved.\n"
)


def mail(text: str, *files: tuple[str, bytes], subject: str = "A request") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann Lee <ann@nhs.net>", "esr@nhs.net", subject
    message["Date"], message["Message-ID"] = "Tue, 03 Mar 2026 10:00:00 +0000", "<1@nhs.net>"
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.docx", data)
    return stream.getvalue()


def lines(message: EmailMessage, library: FormLibrary, today: date) -> list[Reading]:
    return read_message_safely(bytes(message), today, library=library, name="mail.eml")


def summary(readings: list[Reading]) -> list[tuple[str, str | None, str | None]]:
    return [
        (" > ".join(reading.within), reading.form, reading.problem.code.value if reading.problem else None)
        for reading in readings
    ]


def test_each_file_of_a_message_gets_its_line_and_says_what_it_came_in(
    library: FormLibrary, today: date, blank: bytes
) -> None:
    files = [("form.docx", blank), ("policy.pdf", b"%PDF-1.4 cut"), ("forms.zip", zipped(one=blank, two=b"x"))]
    readings = lines(mail("Please see attached.\n\nRegards\nAnn\n", *files), library, today)
    assert summary(readings) == [
        ("", None, None),
        ("mail.eml > form.docx", "business-justification", None),
        ("mail.eml > policy.pdf", None, "corrupt"),
        ("mail.eml > forms.zip > one.docx", "business-justification", None),
        ("mail.eml > forms.zip > two.docx", None, "unsupported"),
    ]
    assert readings[0].kind is FileKind.EML
    assert [passage.text for passage in readings[0].passages] == ["A request", "Please see attached.", "Regards", "Ann"]
    assert readings[1].kind is FileKind.DOCX


def test_a_pasted_form_gets_its_line_and_the_letter_stays_with_the_message(library: FormLibrary, today: date) -> None:
    own, form = lines(mail(f"Dear team\n\n{FORM}\nThanks\nAnn\n"), library, today)
    assert [passage.text for passage in own.passages] == ["A request", "Dear team", "Thanks", "Ann"]
    assert (own.problem, form.within) == (None, ("mail.eml", "message text"))
    assert (form.kind, form.sha256, form.words("role_name")) == (FileKind.EML, own.sha256, "Theatre lead")


def test_a_form_in_a_forwarded_message_names_both_messages(library: FormLibrary, today: date) -> None:
    outer = mail("FYI", subject="Fwd: role")
    outer.add_attachment(mail(FORM, subject="Our role"))
    own, form = lines(outer, library, today)
    assert form.within[0] == "mail.eml"
    assert form.within[-1] == "message text"
    assert any("Our role" in name for name in form.within[1:-1])
    assert [passage.text for passage in own.passages] == ["Fwd: role", "FYI", "Our role"]


def test_the_text_of_a_message_can_be_read_without_its_files(library: FormLibrary, today: date, blank: bytes) -> None:
    message = bytes(mail(FORM, ("form.docx", blank)))
    own, form = read_message_safely(message, today, library=library, name="mail.eml", with_files=False)
    assert (own.form, form.within) == (None, ("mail.eml", "message text"))


def test_a_message_without_any_form_says_so_and_keeps_its_text(library: FormLibrary, today: date) -> None:
    [own] = lines(mail("When will my request be decided?"), library, today)
    assert own.problem is not None
    assert own.problem.code is ErrorCode.NO_FORM
    assert own.problem.message.startswith("mail.eml can be read, but there is no form in it")
    assert "When will my request be decided?" in [passage.text for passage in own.passages]


def test_more_files_than_a_child_hands_over_at_once_all_arrive(
    library: FormLibrary, today: date, blank: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_BATCH", len(blank) + 10)
    readings = lines(mail("Three.", ("a.docx", blank), ("b.docx", blank), ("c.docx", blank)), library, today)
    assert [reading.within for reading in readings] == [
        (), ("mail.eml", "a.docx"), ("mail.eml", "b.docx"), ("mail.eml", "c.docx"),
    ]  # fmt: skip


def test_a_file_that_is_too_large_costs_no_other(
    library: FormLibrary, today: date, blank: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LARGEST", len(blank))
    readings = lines(mail("Two.", ("big.docx", blank + b"1"), ("form.docx", blank)), library, today)
    assert [entry[2] for entry in summary(readings)] == [None, "too-large", None]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(1 << 30, 1 << 30, 20, 0), ErrorCode.TIMEOUT),
        (Limits(-(1 << 40), 1 << 30, 20, 25), ErrorCode.TOO_COMPLEX),
    ],
)
def test_a_message_that_breaks_its_limits_is_a_reading_with_the_reason(
    library: FormLibrary, today: date, monkeypatch: pytest.MonkeyPatch, limits: Limits, code: ErrorCode
) -> None:
    monkeypatch.setattr(messages, "READ_LIMITS", limits)
    [own] = lines(mail("Hello"), library, today)
    assert own.problem is not None
    assert own.problem.code is code


def test_a_message_beyond_all_size_is_not_opened(
    library: FormLibrary, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MOST_MESSAGE", 10)
    assert summary(lines(mail("Hello"), library, today)) == [("", None, "too-large")]


def test_only_mail_is_taken_for_a_message(blank: bytes) -> None:
    assert is_message(bytes(mail("Hello")))
    assert not is_message(blank)


def test_the_command_prints_the_lines_of_a_message(tmp_path: Path, blank: bytes) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(bytes(mail("See attached.", ("form.docx", blank))))
    done = CliRunner().invoke(main, ["read", str(path), "--json", "--today", "2026-11-23"])
    own, form = [json.loads(line) for line in done.output.splitlines()]
    assert done.exit_code == 0
    assert (own["kind"], own["form"], own["error"], own["fields"]) == ("eml", None, None, {})
    assert [piece["text"] for piece in own["unplaced"]] == ["A request", "See attached."]
    assert (form["kind"], form["form"], form["within"]) == ("docx", "business-justification", "mail.eml > form.docx")
    assert own["path"] == form["path"] == str(path)
    spoken = CliRunner().invoke(main, ["read", str(path), "--today", "2026-11-23"]).output.splitlines()
    assert spoken[0] == f"{path}: a message"
    assert spoken[1].startswith(f"{path} > form.docx: business-justification, 0 of ")
