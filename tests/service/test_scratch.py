"""Scratch folders: nothing of a sender's stays behind, not even when everybody is killed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from casework.errors import UnavailableError
from service.embedded import ROOT
from service.scratch import scratch_folder

_HOLD = """
import sys, tempfile
from service.scratch import scratch_folder
tempfile.tempdir = sys.argv[1]
with scratch_folder() as folder:
    (folder / "form.docx").write_text("Ann Lee")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_goes_with_the_block_and_with_its_fault(temporary: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder() as folder:  # noqa: PT012 - a fault in the block
        (folder / "form.docx").write_text("Ann Lee")
        raise ZeroDivisionError
    assert list(temporary.iterdir()) == []


def test_a_killed_owners_folder_goes_when_the_next_is_made_and_a_living_ones_stays(temporary: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(temporary)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        theirs = Path(owner.stdout.readline().strip())
        try:
            with scratch_folder():
                assert (theirs / "form.docx").exists()
        finally:
            owner.kill()
            owner.wait()
    assert theirs.exists()
    with scratch_folder() as ours:
        assert list(temporary.iterdir()) == [ours]


def test_without_room_no_file_is_to_blame(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "away"))
    with pytest.raises(UnavailableError), scratch_folder():
        pass
