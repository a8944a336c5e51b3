"""Tries every entry of the catalogue and writes docs/bad-input.md: what comes of each, what is said, what it costs."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.form import FormLibrary
from casework.model import Reading
from extract.programs import find_program
from intake.machine_mail import machine_mail, may_answer
from intake.message import read_message
from intake.sender import authentication
from service.jobs import read_safely, warm_up
from service.library import load_library
from service.messages import read_message_safely
from tests.catalogue.entry import Accepted, Entry
from tests.catalogue.mail_files import MAILS, OURS, Mail
from tests.catalogue.other_files import OTHER_FILES
from tests.catalogue.pdf_files import PDF_FILES
from tests.catalogue.word_files import WORD_FILES

TODAY = date(2026, 11, 23)
FILES = sorted([*WORD_FILES, *OTHER_FILES, *PDF_FILES], key=lambda entry: entry.row)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "bad-input.md"
_COST_COLUMNS = 2
_OPENING = """\
# Bad input

Every kind of file that is broken, odd or meant to do harm, and what comes of it. Each line is a test: the file is built
in code (`tests/catalogue/`) and read on the path that the service uses, in a child process with its limits. Whatever
comes of a file, its original is kept, it has its line in the ledger, and the next form is read as if nothing had been.

*Read* means that the form's answers were found; what is said about the file then stands beside them on the request's
page. *Refused* means that a person sees the request with the message in place of answers, and can answer the sender
with it. Numbers are the classes of the catalogue. Time is what one file took, memory what its process took beyond what
the worker holds for all; both are measured when the table is written (`python -m tests.catalogue.table`), not each
time. The limits, which nothing passes, are 20 seconds of processor, 25 seconds in all and 512 MiB; where LibreOffice
converts an old format first 60 and 75 seconds, and for pictures 100 and 110 seconds and 1 GiB.

| Class | File | What it is | Outcome | What a person sees | Seconds | MiB |
|---|---|---|---|---|---|---|
"""


_MAILS = """
## E-mails

Each is opened in a child of its own, and each file in it in another. *Receipt* says whether an automatic answer may go
out, *sender* what our own mail server's word makes of who wrote. What becomes of replies, repeats and messages that
claim somebody else's request is tested in `tests/intake/test_sorting_messages.py`.

| Class | Message | What it is | Forms | What a person is told | Receipt | Sender |
|---|---|---|---|---|---|---|
"""
_REST = """
## Words, names and requests

Classes 70 to 72 are about templates. Ours are part of the service and cannot be uploaded; that one which asks for more
than words is refused is tested in `tests/outputs/test_schedule.py`. Classes 73 to 75 and 77 (formulas, markup, template
code and the like as somebody's words or file names) are shown as they were written, in every page, letter and Word
file, and never run; 76 is the same file again, which is answered with the first one's reference; 78 is requests to the
pages that no browser makes. They are tested in `tests/catalogue/test_words_and_requests.py`.
"""
_THREAD_KEY = b"the key of the thread tokens"


_OFFICE, _TESSERACT = ("soffice", "libreoffice"), ("tesseract",)
_NEEDS = dict.fromkeys(("renamed-rtf", "legacy-doc", "odt-as-docx"), _OFFICE) | dict.fromkeys(
    (
        *("renamed-jpeg", "picture-flood", "pdf-image-huge", "pdf-pages-loop", "pdf-pages-deep", "pdf-scan"),
        *("pdf-no-unicode", "form-and-logo"),
    ),
    _TESSERACT,
)


def missing_program(name: str) -> str:
    """The program that this entry's outcome depends on and that is not installed here, empty where there is none."""
    needed = _NEEDS.get(name)
    return needed[0] if needed is not None and find_program(*needed) is None else ""


@dataclass(frozen=True, slots=True)
class TriedMail:
    """What came of one message."""

    forms: int
    said: tuple[str, ...]
    answered: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading one file took."""

    seconds: float
    mebibytes: int


def try_entry(entry: Entry, library: FormLibrary) -> Reading:
    """The reading of one bad file, as a worker comes by it."""
    (reading,) = read_safely(entry.make(), TODAY, library=library, name="The file")
    return reading


def try_mail(mail: Mail, library: FormLibrary) -> TriedMail:
    """What the readings of one message say, whether it may be answered, and what is thought of its sender."""
    data = mail.make()
    readings = read_message_safely(data, TODAY, library=library, name="The message")
    said: list[str] = []
    for reading in readings:
        said += [*reading.notes, *(part.what for part in reading.unread)]
        said += [reading.problem.message] if reading.problem is not None else []
    message = read_message(data)
    answer = may_answer(message, machine_mail(message, _THREAD_KEY))
    verdict = authentication(message, [OURS]).verdict.value
    return TriedMail(sum(reading.form is not None for reading in readings), tuple(said), answer.allowed, verdict)


def mail_line(mail: Mail, tried: TriedMail) -> str:
    """The message's line in the page."""
    said = " ".join(text if text.endswith(".") else f"{text}." for text in tried.said)
    cells = [str(mail.row), f"`{mail.name}`", mail.how, str(tried.forms), said or "nothing more"]
    cells += ["yes" if tried.answered else "no", tried.verdict]
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def table_line(entry: Entry, reading: Reading, cost: Cost | None = None) -> str:
    """The entry's line in the page; without a cost, the line without what it costs."""
    if reading.problem is not None:
        outcome, seen = f"Refused: {reading.problem.code}", [reading.problem.message]
    else:
        outcome = "Read"
        seen = [*reading.notes, *(f"We could not read: {part.what}." for part in reading.unread)]
    cells = [str(entry.row), f"`{entry.name}`", entry.how, outcome, " ".join(seen) or "nothing more"]
    line = "| " + " | ".join(_plain(cell) for cell in cells) + " |"
    return line if cost is None else f"{line} {cost.seconds:.1f} | {cost.mebibytes} |"


def without_cost(line: str) -> str:
    """A line of the page without what it costs."""
    return " | ".join(line.split(" | ")[:-_COST_COLUMNS]) + " |"


def lines_of_page(text: str) -> list[str]:
    """The page's lines about entries."""
    return [line for line in text.splitlines() if line.startswith("| ") and line[2].isdigit()]


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text).replace("|", "/").replace("<", "&lt;")


def measure(entry: Entry, library: FormLibrary) -> tuple[Reading, Cost]:
    """The reading and its cost, in a process of its own, whose only child is the one that reads."""
    reading = try_entry(entry, library)
    reader, writer = os.pipe()
    data = entry.make()
    if os.fork() == 0:
        held = _resident()
        start = time.monotonic()
        read_safely(data, TODAY, library=library, name="The file")
        seconds = time.monotonic() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        os.write(writer, f"{seconds} {max(0, peak - held)}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        seconds_text, mebibytes = stream.read().split()
    os.wait()
    return reading, Cost(float(seconds_text), int(mebibytes))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 2**20


def write_page(entries: Iterable[Entry], mails: Iterable[Mail]) -> None:
    """Write docs/bad-input.md anew, with costs measured on this machine."""
    library = load_library()
    warm_up(library)
    lines = [table_line(entry, *measure(entry, library)) for entry in entries]
    letters = [mail_line(mail, try_mail(mail, library)) for mail in mails]
    text = _OPENING + "\n".join(lines) + "\n" + _MAILS + "\n".join(letters) + "\n" + _REST
    PAGE.write_text(text, encoding="utf-8")


def is_as_expected(entry: Entry, reading: Reading) -> str:
    """What is wrong with the outcome, empty where it is the one that the entry asks for."""
    wanted = entry.outcome
    told = [*reading.notes, *(part.what for part in reading.unread)]
    if isinstance(wanted, Accepted):
        if reading.form != "supplementary-role":
            return f"not read: {reading.problem}"
        if wanted.answer and reading.words("role_name") != wanted.answer:
            return f"the role reads {reading.words('role_name')!r}"
        pieces = [*wanted.notes, *wanted.unread]
        missing = [piece for piece in pieces if not any(piece in text for text in told)]
        return f"told {told}, wanted {pieces}" if missing or len(told) != len(pieces) else ""
    if reading.problem is None:
        return f"read as {reading.form}"
    found = (str(reading.problem.code), wanted.words in reading.problem.message)
    return "" if found == (wanted.code, True) else f"{reading.problem}"


if __name__ == "__main__":
    write_page(FILES, MAILS)
