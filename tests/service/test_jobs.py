"""Reading in a worker: the same functions as at the command line, and every trouble ends in words."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from casework.errors import UnavailableError
from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Reading
from casework.reading_json import reading_from_record
from extract.read import read
from service import jobs
from service.isolate import Limits
from service.jobs import read_original, read_safely
from store.originals import find_result, keep_original, was_started
from tests.full_disk import full_disk

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture
def originals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FORMWRIGHT_DATA", str(tmp_path))
    return str(tmp_path / "store")


def result(originals: str, attempt: str) -> dict[str, object]:
    found = find_result(originals, attempt)
    assert found is not None
    return dict(json.loads(found))


def test_a_job_leaves_the_reading_under_its_attempt_and_returns_the_id(
    originals: str, blank: bytes, library: FormLibrary
) -> None:
    digest = keep_original(originals, blank)
    assert read_original("w1-a1", digest, "2026-11-23") == "w1-a1"
    assert was_started(originals, "w1-a1")
    [record] = result(originals, "w1-a1")["readings"]  # type: ignore[misc]
    [reading] = read(blank, "The file", library=library, today=date(2026, 11, 23))
    assert reading_from_record(record) == reading


def test_a_file_that_is_no_form_leaves_a_message_that_names_no_name(originals: str) -> None:
    read_original("w1-a1", keep_original(originals, b""), "2026-11-23")
    [record] = result(originals, "w1-a1")["readings"]  # type: ignore[misc]
    assert record["problem"]["code"] == "empty"
    assert record["problem"]["message"].startswith("The file is empty")


def test_a_missing_original_is_handed_back_as_words_for_a_person(originals: str) -> None:
    read_original("w1-a1", "0" * 64, "2026-11-23")
    assert result(originals, "w1-a1") == {
        "failed": "The original 000000000000 is not in the store. Restore it from a backup."
    }


def test_a_store_that_cannot_be_written_fails_the_job_so_that_it_is_tried_again(tmp_path: Path, originals: str) -> None:
    Path(originals).write_text("a file where the folder should be")
    with pytest.raises(UnavailableError):
        read_original("w1-a1", "0" * 64, "2026-11-23")


def test_a_file_that_there_was_no_room_to_read_does_not_count_as_begun(originals: str, blank: bytes) -> None:
    digest = keep_original(originals, blank)
    # None at all; and room for the mark of the beginning, but not for the result.
    for attempt, room in (("w1-a1", 0), ("w1-a2", 100)):
        with full_disk(room), pytest.raises(UnavailableError):
            read_original(attempt, digest, "2026-11-23")
        assert not was_started(originals, attempt)
    read_original("w1-a3", digest, "2026-11-23")
    assert was_started(originals, "w1-a3")


@pytest.mark.parametrize(
    ("limits", "code", "advice"),
    [
        (Limits(1 << 30, 1 << 30, 20, 0), ErrorCode.TIMEOUT, "ann.docx took too long to read."),
        (Limits(-(1 << 40), 1 << 30, 20, 25), ErrorCode.TOO_COMPLEX, "ann.docx needs too much memory to read."),
    ],
)
def test_a_broken_limit_is_a_reading_with_the_reason(
    library: FormLibrary,
    blank: bytes,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
    code: ErrorCode,
    advice: str,
) -> None:
    monkeypatch.setattr(jobs, "READ_LIMITS", limits)
    [reading] = read_safely(blank, date(2026, 11, 23), library=library, name="ann.docx")
    assert reading.problem is not None
    assert reading.problem.code is code
    assert reading.problem.message.startswith(advice)
    assert (reading.sha256, reading.kind) == (hashlib.sha256(blank).hexdigest(), FileKind.DOCX)


def test_a_child_reads_what_the_parent_would(library: FormLibrary, blank: bytes, today: date) -> None:
    readings: list[Reading] = read(blank, "The file", library=library, today=today)
    assert read_safely(blank, today, library=library) == readings
