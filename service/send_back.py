"""What goes back to senders, made with this installation's forms and templates; their own files only in a child."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.mend import Enclosure, Remark
from casework.working_days import london_day
from outputs.annotated import NOT_SAFE, annotate
from outputs.issue import ReturnTools, build_enclosures
from outputs.letter import Letter
from review.doors import SendBackDoors
from service.isolate import READ_LIMITS, ChildFailedError, run_isolated
from service.settings import Settings
from service.templates import make_letter
from service.words import library_now
from store.originals import keep_original, load_original

_MADE, _REFUSED = b"\x01", b"\x00"


def send_back_doors(settings: Settings) -> SendBackDoors:
    """The doors that make and keep the files of letters."""

    def build(db: Database, case_id: int, *, question: str, now: datetime) -> Sequence[Enclosure]:
        today = london_day(now)
        tools = ReturnTools(
            load=lambda digest: load_original(settings.originals, digest),
            annotate=annotate_safely,
            word_letter=lambda letter, reference, when: make_letter(db, settings.originals, letter, reference, when),
        )
        return build_enclosures(db, case_id, question=question, library=library_now(db), tools=tools, today=today)

    def letter(db: Database, words: Letter, reference: str, now: datetime) -> Enclosure:
        data = make_letter(db, settings.originals, words, reference, london_day(now))
        return Enclosure("letter", f"{reference} letter.docx", "This letter as a Word document", data)

    return SendBackDoors(build=build, letter=letter, keep=lambda data: keep_original(settings.originals, data))


def annotate_safely(data: bytes, remarks: Sequence[Remark], when: date) -> bytes:
    """`outputs.annotated.annotate` in a disposable child; RefusedError also where the file broke its limits."""

    def work() -> bytes:
        try:
            return _MADE + annotate(data, remarks, when=when)
        except RefusedError as refused:
            return _REFUSED + refused.public_message.encode()

    try:
        result = run_isolated(work, READ_LIMITS)
    except ChildFailedError as failure:
        raise RefusedError(NOT_SAFE) from failure
    if result.startswith(_REFUSED):
        raise RefusedError(result[1:].decode())
    return result[1:]
