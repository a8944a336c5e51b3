"""Asking ClamAV: found, clean, and everything else, which is never taken for clean."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.errors import UnavailableError
from service.virus import find_virus, is_scanner_well
from tests.service.scanner import Scanner, a_scanner

START_SECONDS = 30
# The harmless string that scanners agree to call a virus, in two parts so that no file here holds it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Scanner]:
    with a_scanner(tmp_path) as scanner:
        yield scanner


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real daemon that knows one signature, that of the test string."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin")
    if program is None:
        pytest.skip("ClamAV is not installed: apt-get install clamav-daemon")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Test.String:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder / 'signatures'}\nLocalSocket {folder / 'clamd.ctl'}\nForeground yes\n"
        f"LogFile {folder / 'clamd.log'}\nStreamMaxLength 1M\n"
    )
    process = subprocess.Popen(
        [program, "--config-file", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"unix://{folder / 'clamd.ctl'}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_scanner_well(address):
            if process.poll() is not None or time.monotonic() > deadline:
                log = folder / "clamd.log"
                pytest.fail(f"clamd did not start: {log.read_text() if log.exists() else 'no log'}")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def test_every_byte_goes_to_the_scanner_and_its_word_is_taken(scanner: Scanner) -> None:
    data = bytes(range(256)) * 600
    assert find_virus(data, scanner.address) is None
    assert scanner.scanned == [data]
    scanner.answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
    assert find_virus(data, scanner.address) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"\0",
        b"stream: OK",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: OK and more\0",
        b"UNKNOWN COMMAND\0",
        b"stream: FOUND\xff\0",
    ],
)
def test_an_answer_that_is_not_plain_is_never_taken_for_clean(scanner: Scanner, answer: bytes | None) -> None:
    scanner.answer = answer
    with pytest.raises(UnavailableError, match="Try again in a few minutes"):
        find_virus(b"a form", scanner.address)


def test_a_scanner_that_is_away_stops_what_comes_and_is_not_well(tmp_path: Path) -> None:
    away = f"unix://{tmp_path / 'nothing.ctl'}"
    with pytest.raises(UnavailableError, match="cannot be reached"):
        find_virus(b"a form", away)
    assert not is_scanner_well(away)


def test_a_scanner_that_answers_is_well(scanner: Scanner) -> None:
    assert is_scanner_well(scanner.address)


def test_without_a_scanner_nothing_is_asked() -> None:
    assert find_virus(b"a form", "") is None


def test_the_real_daemon_finds_the_test_string_and_lets_a_form_pass(clamd: str) -> None:
    assert find_virus(b"%PDF-1.7 an honest form", clamd) is None
    assert find_virus(EICAR, clamd) == "Test.String.UNOFFICIAL"


def test_a_file_longer_than_the_real_daemon_takes_is_not_called_clean(clamd: str) -> None:
    with pytest.raises(UnavailableError):
        find_virus(b"x" * 2_000_000, clamd)
