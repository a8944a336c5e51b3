"""Old formats are read through LibreOffice, and a machine without it says what to do."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.model import FieldStatus, FileKind
from extract.read import read

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "business-justification" / "postcode-lookup.docx"


@pytest.fixture(scope="module")
def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer")
    return found


@pytest.mark.parametrize("ending", ["doc", "rtf", "odt"])
def test_a_form_saved_in_an_old_format_gives_the_same_answers(
    ending: str, office: str, tmp_path: Path, library: FormLibrary
) -> None:
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"),
            *("--convert-to", ending, "--outdir", str(tmp_path), str(SAMPLE)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    today = date(2026, 11, 23)
    (wanted,) = read(SAMPLE.read_bytes(), "form.docx", library=library, today=today)
    (found,) = read((tmp_path / f"{SAMPLE.stem}.{ending}").read_bytes(), "form", library=library, today=today)
    assert found.kind is FileKind(ending)
    answered = {answer.field: answer.value for answer in wanted.answers if answer.status is FieldStatus.ANSWERED}
    assert {answer.field: answer.value for answer in found.answers if answer.field in answered} == answered


def test_a_broken_old_file_is_said_to_be_broken(office: str, library: FormLibrary) -> None:
    rubbish = b"{\\rtf1\\ansi" + bytes(range(1, 128)) * 20
    (reading,) = read(rubbish, "form.rtf", library=library, today=date(2026, 11, 23))
    assert reading.kind is FileKind.RTF
    assert reading.problem is not None
