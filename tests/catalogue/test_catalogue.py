"""Every bad file of the catalogue has the outcome and the words that it should have, and leaves nothing behind."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.form import FormLibrary
from casework.model import Arrival, Reading
from intake.receive import receive
from service.jobs import read_safely, warm_up
from store.database import open_database
from store.ledger import count_by_outcome
from store.originals import load_original
from tests.catalogue.entry import Entry, Refused
from tests.catalogue.mail_files import MAILS, Mail
from tests.catalogue.pdf_files import by_hand
from tests.catalogue.table import (
    FILES,
    PAGE,
    TODAY,
    TriedMail,
    is_as_expected,
    lines_of_page,
    mail_line,
    missing_program,
    table_line,
    try_entry,
    try_mail,
    without_cost,
)
from tests.catalogue.word_files import doctype, external, form, picture

# Newer Pythons warn about any fork beside threads; the child uses none of the parent's.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

NEXT_STEP = re.compile(r"\b(?:send|resend|ask|save|copy|export|open|print|check)\b", re.I)
_ANEW = "write it anew: python -m tests.catalogue.table"
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def readings(library: FormLibrary) -> dict[str, Reading]:
    """What was read so far, by entry, in a process that has loaded what a worker has."""
    warm_up(library)
    return {}


@pytest.fixture(scope="module")
def tried_mails() -> dict[str, TriedMail]:
    """What came of the messages tried so far."""
    return {}


def _skip_without_program(name: str) -> None:
    if missing := missing_program(name):
        pytest.skip(f"{missing} is not installed, and this file's outcome depends on it")


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary files are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: f"{mail.row}-{mail.name}")
def test_a_bad_message_has_its_outcome(
    mail: Mail, tried_mails: dict[str, TriedMail], library: FormLibrary, readings: dict[str, Reading]
) -> None:
    _skip_without_program(mail.name)
    tried = tried_mails[mail.name] = try_mail(mail, library)
    assert (tried.forms, tried.answered, tried.verdict) == (mail.forms, mail.answered, mail.verdict), tried.said
    assert len(tried.said) == len(mail.said), tried.said
    assert [piece for piece in mail.said if not any(piece in text for text in tried.said)] == []
    assert all(text.isprintable() for text in tried.said)


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: f"{entry.row:02}-{entry.name}")
def test_a_bad_file_has_its_outcome(
    entry: Entry, readings: dict[str, Reading], library: FormLibrary, scratch: Path
) -> None:
    _skip_without_program(entry.name)
    reading = readings[entry.name] = try_entry(entry, library)
    assert is_as_expected(entry, reading) == ""
    assert list(scratch.iterdir()) == []
    if isinstance(entry.outcome, Refused):
        assert reading.problem is not None
        message = reading.problem.message
        assert message.endswith(".")
        assert message.isprintable()
        assert NEXT_STEP.search(message), message


def test_the_page_about_bad_input_says_what_happens(
    readings: dict[str, Reading], tried_mails: dict[str, TriedMail], library: FormLibrary
) -> None:
    files, mails = PAGE.read_text(encoding="utf-8").split("## E-mails")
    written = [*map(without_cost, lines_of_page(files)), *lines_of_page(mails)]
    names = [*(entry.name for entry in FILES), *(mail.name for mail in MAILS)]
    assert [line.split("`")[1] for line in written] == names, _ANEW
    found = {
        entry.name: table_line(entry, readings.get(entry.name) or try_entry(entry, library))
        for entry in FILES
        if not missing_program(entry.name)
    }
    for mail in MAILS:
        if not missing_program(mail.name):
            found[mail.name] = mail_line(mail, tried_mails.get(mail.name) or try_mail(mail, library))
    assert [line for name, line in zip(names, written, strict=True) if name in found] == list(found.values()), _ANEW


def test_no_two_entries_have_one_name_and_no_class_of_files_is_left_out() -> None:
    assert len({*(entry.name for entry in FILES), *(mail.name for mail in MAILS)}) == len(FILES) + len(MAILS)
    assert {entry.row for entry in FILES} == set(range(1, 59))
    assert {mail.row for mail in MAILS} == set(range(59, 70))


def test_a_good_form_is_read_after_each_way_in_which_a_child_can_end(library: FormLibrary) -> None:
    worst = [entry for entry in FILES if entry.name in ("pdf-pages-deep", "pdf-flate-bomb", "xml-attr-30mb", "empty")]
    assert len(worst) == 4
    for entry in worst:
        try_entry(entry, library)
        assert read_safely(form(), TODAY, library=library)[0].words("role_name") == "Menopause Advocate"


def test_every_original_is_kept_as_it_came_with_one_line_in_the_ledger(tmp_path: Path) -> None:
    db = open_database(tmp_path / "database.sqlite3")
    originals = str(tmp_path / "store")
    seen: dict[str, bytes] = {}
    for entry in FILES:
        data = entry.make()
        if len(data) > 1_000_000 or data in seen.values():
            continue
        seen[entry.name] = data
        receive(
            Arrival(data, f"{entry.name}.docx", "upload", "ann.lee@example.nhs.uk"),
            db=db,
            originals=originals,
            now=_NOW,
            limit_bytes=25_000_000,
            receipt_text=lambda reference, name, moment: (reference, name),
        )
    assert sum(count_by_outcome(db).values()) == len(seen) > 100
    for (sha256,) in db.execute("SELECT sha256 FROM originals").fetchall():
        assert load_original(originals, sha256) in seen.values()
    events = db.execute("SELECT count(*) FROM events WHERE kind = 'received'").fetchone()[0]
    assert events == len(seen)


@pytest.fixture
def listener() -> Iterator[tuple[socket.socket, str]]:
    """Somebody who listens on this machine, and the address that files are made to name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server, f"http://127.0.0.1:{server.getsockname()[1]}/x"


def test_nothing_that_a_file_names_is_fetched(listener: tuple[socket.socket, str], library: FormLibrary) -> None:
    server, address = listener
    rich_text = f'{{\\rtf1{{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}" \\\\d}}}}{{\\*\\template {address}}}}}'
    files = [
        form(settings=[("t", "attachedTemplate", address)]),
        form(picture("b"), links=[("b", "image", address)]),
        form('<w:subDoc r:id="s"/><w:altChunk r:id="s"/>', links=[("s", "subDocument", address)]),
        doctype("word/document.xml", external(address), "&x;"),
        by_hand(catalogue=f"/OpenAction<</S/URI/URI({address})>>".encode()),
        rich_text.encode(),
    ]
    for data in files:
        read_safely(data, TODAY, library=library)
    with pytest.raises(BlockingIOError):
        server.accept()
