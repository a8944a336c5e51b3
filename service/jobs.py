"""The functions that RQ may run: stateless, given ids, handing results back through the originals' store."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import structlog

from casework.errors import CaseworkError, UnreadableError
from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Reading, ReadingProblem
from casework.reading_json import reading_from_record, reading_to_record
from casework.sniff import sniff
from extract.blanks import find_blanks
from extract.checks import check_item
from extract.convert import CONVERTED, DRAWN
from extract.read import read
from extract.render import Rendered, draw_page, render, with_boxes
from extract.typed import add_typed
from outputs.blank import build_blank
from service.isolate import CONVERT_LIMITS, DRAW_LIMITS, OCR_LIMITS, READ_LIMITS, ChildFailedError, Limits, run_isolated
from service.settings import load_settings
from service.words import library_of
from store.originals import forget_attempt, keep_original, keep_result, load_original, mark_started

log = structlog.get_logger()

_WHY = {
    "time": (
        ErrorCode.TIMEOUT,
        "took too long to read. Ask the sender for it as a PDF, or as a new Word document.",
    ),
    "memory": (
        ErrorCode.TOO_COMPLEX,
        "needs too much memory to read. Ask the sender for it as a PDF, or as a new Word document.",
    ),
    "crash": (
        ErrorCode.CORRUPT,
        "could not be read safely. Ask the sender to open it, save it again and send the new copy.",
    ),
}

PICTURE_WIDTH = 1200
"""Pixels across the picture of a page."""

_ANY_DAY = date(2026, 1, 1)
_EMPTY_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n"
)


def read_original(attempt: str, sha256: str, received_on: str, given_sha256: str = "", words_sha256: str = "") -> str:
    """Read one original for one attempt and keep what was found; returns the attempt's id.

    `given_sha256` names what the sender typed beside the file, where they typed anything, `words_sha256` the
    vocabularies that were edited, where any were. Safe to run any number of
    times: an attempt's result is written whole, and committed by the dispatcher once.
    """
    originals = load_settings().originals

    def work() -> bytes:
        data = load_original(originals, sha256)
        typed = json.loads(load_original(originals, given_sha256)) if given_sha256 else {}
        return _record(_read_arrival(data, date.fromisoformat(received_on), library_of(originals, words_sha256), typed))

    return attempted(originals, attempt, work)


def draw_original(attempt: str, sha256: str, received_on: str, given_sha256: str = "", words_sha256: str = "") -> str:
    """Draw the pages of one original for one attempt, and say where the answers stand on them; the attempt's id.

    Pictures are kept beside the originals, by their hash. Files that have no pages to show give none.
    """
    originals = load_settings().originals

    def work() -> bytes:
        data, library = load_original(originals, sha256), library_of(originals, words_sha256)
        return json.dumps(_drawn(data, date.fromisoformat(received_on), library, originals)).encode()

    return attempted(originals, attempt, work)


def attempted(originals: str, attempt: str, work: Callable[[], bytes]) -> str:
    """Do the work of one attempt and keep what it gives, or why it never will; returns the attempt's id."""
    with _begun(originals, attempt):
        try:
            result = work()
        except CaseworkError as problem:
            if problem.retryable:
                raise
            # Trying again would end the same: the dispatcher shows a person why.
            result = json.dumps({"failed": problem.public_message}, ensure_ascii=False).encode()
        keep_result(originals, attempt, result)
    return attempt


@contextlib.contextmanager
def _begun(originals: str, attempt: str) -> Iterator[None]:
    """The attempt counts as begun, except where it ends in trouble of ours such as a full disk.

    A file that ends its reader is given up after a few starts; one that we had no room for is not to blame.
    """
    mark_started(originals, attempt)
    try:
        yield
    except CaseworkError as problem:
        if problem.retryable:
            with contextlib.suppress(OSError):
                forget_attempt(originals, attempt)
        raise


def _drawn(data: bytes, today: date, library: FormLibrary, originals: str) -> dict[str, Any]:
    """What a child drew: {"pages": [...], "forms": [...]}, the pictures kept. UnreadableError where it drew nothing."""
    kind = sniff(data)

    def work() -> bytes:
        try:
            rendered = render(data, kind, "The file")
        except UnreadableError as trouble:
            return _head_and_pictures({"failed": trouble.public_message}, [])
        readings = [with_boxes(found, rendered) for found in read(data, "", library=library, today=today)]
        pictures = [draw_page(rendered, number, PICTURE_WIDTH) for number in range(1, len(rendered.pages) + 1)]
        return _head_and_pictures(_pages_record(rendered, readings, library), pictures)

    try:
        head, pictures = _unpack_pictures(run_isolated(work, CONVERT_LIMITS if kind in DRAWN else DRAW_LIMITS))
    except ChildFailedError as failure:
        raise UnreadableError(ErrorCode.TIMEOUT, broken_limit(failure, "The file").message) from failure
    if "failed" in head:
        raise UnreadableError(ErrorCode.UNSUPPORTED, str(head["failed"]))
    for page, picture in zip(head["pages"], pictures, strict=True):
        page["picture"] = keep_original(originals, picture)
    return head


def _pages_record(rendered: Rendered, readings: list[Reading], library: FormLibrary) -> dict[str, Any]:
    words: dict[int, list[str]] = {}
    for word in rendered.words:
        words.setdefault(word.page, []).append(word.text)
    return {
        "pages": [
            {"width": page.width, "height": page.height, "text": " ".join(words.get(number, []))}
            for number, page in enumerate(rendered.pages, start=1)
        ],
        "forms": [
            [
                {"field": answer.field, "page": place.page, "box": list(place.box)}
                for answer in reading.answers
                for place in answer.places
                if place.page is not None and place.box is not None and place.page <= len(rendered.pages)
            ]
            + _blanks(reading, rendered, library)
            for reading in readings
        ],
    }


def _blanks(reading: Reading, rendered: Rendered, library: FormLibrary) -> list[dict[str, Any]]:
    """Where answers would stand that nobody gave: a reviewer is shown the empty place."""
    form = next((form for form in library.forms if form.key == reading.form), None)
    found = find_blanks(reading, rendered, form) if form is not None else {}
    return [{"field": key, "page": place.page, "box": list(place.box)} for key, place in found.items() if place.box]


def _head_and_pictures(head: dict[str, Any], pictures: list[bytes]) -> bytes:
    words = json.dumps({**head, "sizes": [len(picture) for picture in pictures]}, ensure_ascii=False).encode()
    return b"".join([len(words).to_bytes(8, "big"), words, *pictures])


def _unpack_pictures(result: bytes) -> tuple[dict[str, Any], list[bytes]]:
    start = 8 + int.from_bytes(result[:8], "big")
    head = json.loads(result[8:start])
    pictures = []
    for size in head.pop("sizes"):
        pictures.append(result[start : start + size])
        start += size
    return head, pictures


def _read_arrival(data: bytes, today: date, library: FormLibrary, typed: dict[str, str]) -> list[Reading]:
    """A file's readings; of a message only the forms in its text, as each of its files is an original of its own."""
    if sniff(data) in (FileKind.EML, FileKind.MSG):
        # Imported here because it is built on this module.
        from service.messages import MESSAGE_TEXT, read_message_safely

        own, *within = read_message_safely(data, today, library=library, with_files=False)
        return [reading for reading in within if reading.within[-1] == MESSAGE_TEXT] or [own]
    readings = read_safely(data, today, library=library)
    if not typed:
        return readings
    first = readings[0]

    def work() -> bytes:
        return _record([add_typed(first, typed, library=library, today=today), *readings[1:]])

    return [reading_from_record(record) for record in json.loads(run_isolated(work, READ_LIMITS))["readings"]]


def read_safely(data: bytes, today: date, *, library: FormLibrary, name: str = "The file") -> list[Reading]:
    """What a file says, read in a disposable child; a broken limit or a crash becomes a problem.

    `name` is only used in messages. What turns out to be pictures is read once more, as pictures, with their limits.
    """
    limits = CONVERT_LIMITS if sniff(data) in CONVERTED else READ_LIMITS
    readings = _read_in_child(data, today, library, name, limits, pictures=False)
    problem = readings[0].problem
    if problem is not None and problem.code is ErrorCode.NEEDS_OCR:
        return _read_in_child(data, today, library, name, OCR_LIMITS, pictures=True)
    return readings


def _read_in_child(
    data: bytes, today: date, library: FormLibrary, name: str, limits: Limits, *, pictures: bool
) -> list[Reading]:
    def work() -> bytes:
        return _record(read(data, name, library=library, today=today, pictures=pictures))

    try:
        return [reading_from_record(record) for record in json.loads(run_isolated(work, limits))["readings"]]
    except ChildFailedError as failure:
        log.warning("a file was not read", why=failure.why, where=failure.where)
        return [Reading(hashlib.sha256(data).hexdigest(), sniff(data), problem=broken_limit(failure, name))]


def broken_limit(failure: ChildFailedError, name: str) -> ReadingProblem:
    """What to tell whoever sent a file whose child broke a limit or died."""
    code, advice = _WHY[failure.why]
    return ReadingProblem(code, f"{name} {advice}")


def warm_up(library: FormLibrary) -> None:
    """Read our own blank forms, so that each child starts with all that a reading needs already in memory.

    What goes wrong here goes wrong again in the child, where it costs one form and not the worker.
    """
    for form in library.forms:
        with contextlib.suppress(Exception):
            read(build_blank(form, library), "", library=library, today=_ANY_DAY)
            field = next(field.key for field in form.fields if field.persuades)
            check_item({"id": "", "form": form.key, "field": field, "text": "A sentence to begin with."}, library)
    with contextlib.suppress(Exception):
        read(_EMPTY_PDF, "", library=library, today=_ANY_DAY)


def _record(readings: list[Reading]) -> bytes:
    return json.dumps({"readings": [reading_to_record(reading) for reading in readings]}, ensure_ascii=False).encode()
