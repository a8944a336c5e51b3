"""Reads an e-mail with all that came in it: its text, the forms pasted there and every file, each in its own child."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import structlog

from casework.errors import UnreadableError
from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Passage, Reading, ReadingProblem, Role
from casework.reading_json import reading_from_record, reading_to_record
from casework.sniff import sniff
from casework.transcript import Locator, Unread
from extract.read import LARGEST, Pasted, known_forms, read_pasted
from intake.message import AttachedFile, IncomingMessage, read_message
from service.isolate import READ_LIMITS, ChildFailedError, run_isolated
from service.jobs import broken_limit, read_safely

log = structlog.get_logger()

MESSAGE_TEXT = "message text"
"""The name of a pasted form among the names of what came in a message."""

MOST_MESSAGE = 60_000_000
"""Bytes; mail programs write an attachment a third larger than it is."""

_BATCH = 24 * 1024 * 1024
_HEAD = 8


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a message as its child handed it over."""

    names: tuple[str, ...]
    data: bytes
    inline: bool
    problem: str | None
    size: int


def is_message(data: bytes) -> bool:
    """Whether these are the bytes of a saved e-mail."""
    return sniff(data) in (FileKind.EML, FileKind.MSG)


def read_message_safely(
    data: bytes, today: date, *, library: FormLibrary, name: str = "The message", with_files: bool = True
) -> list[Reading]:
    """A reading of the message itself, then one for each form pasted in it and for each form of each file in it.

    The message's own reading holds the text that is in no pasted form; it has a problem where nothing in the message
    is a form. Without `with_files` only the text is read, for callers who read the files elsewhere. `name` stands in
    messages, and first in each `within`. Everything is parsed in disposable children.
    """
    kind, digest = sniff(data), hashlib.sha256(data).hexdigest()
    if len(data) > MOST_MESSAGE:
        message = f"{name} is far larger than a message with forms. Send the forms without pictures in them."
        return [Reading(digest, kind, problem=ReadingProblem(ErrorCode.TOO_LARGE, message))]
    try:
        own, pasted, files = _opened(data, digest, kind, name, library, today, with_files=with_files)
    except ChildFailedError as failure:
        log.warning("a message was not read", why=failure.why, where=failure.where)
        return [Reading(digest, kind, problem=broken_limit(failure, name))]
    if own.problem is not None:
        return [own]
    within: list[Reading] = list(pasted)
    dress: list[Unread] = []
    for file in files:
        if file.inline:
            dress.append(Unread(f"{file.names[-1]}, shown in the message", Locator("attachment", file.names[-1])))
        else:
            within += _read_file(file, name, library, today)
    own = replace(own, unread=(*own.unread, *dress))
    if not any(reading.form for reading in within):
        forms = known_forms(library)
        message = f"{name} can be read, but there is no form in it that we know. Attach a filled-in {forms}."
        own = replace(own, problem=ReadingProblem(ErrorCode.NO_FORM, message))
    return [own, *within]


def _read_file(file: _File, name: str, library: FormLibrary, today: date) -> Iterator[Reading]:
    within = (name, *file.names)
    if file.size > len(file.data):
        message = f"{file.names[-1]} is too large. Send the form without pictures or attachments in it."
        problem = ReadingProblem(ErrorCode.TOO_LARGE, message)
        yield Reading("", FileKind.UNKNOWN, problem=problem, within=within)
        return
    for reading in read_safely(file.data, today, library=library, name=file.names[-1]):
        if file.problem is None:
            yield replace(reading, within=within)
        elif reading.problem is None:
            yield replace(reading, within=within, notes=(*reading.notes, file.problem))
        else:
            yield replace(reading, within=within, problem=replace(reading.problem, message=file.problem))


def _opened(
    data: bytes, digest: str, kind: FileKind, name: str, library: FormLibrary, today: date, *, with_files: bool
) -> tuple[Reading, list[Reading], list[_File]]:
    """The message's own reading, its pasted forms and its files, as children saw them: some megabytes of files each."""
    files: list[_File] = []
    readings: list[Reading] = []
    while True:
        first = len(files)

        def work(first: int = first) -> bytes:
            try:
                message = read_message(data)
            except UnreadableError as trouble:
                problem = ReadingProblem(ErrorCode(trouble.code), trouble.public_message)
                return _packed([Reading(digest, kind, problem=problem)], (), 0, 0)
            texts = [] if first else _texts(message, digest, kind, name, library, today)
            files = message.files if with_files else ()
            return _packed(texts, files, first, len(files))

        head, payload = _unpacked(run_isolated(work, READ_LIMITS))
        readings = readings or [reading_from_record(record) for record in head["readings"]]
        files += _files(head["files"], payload)
        if len(files) >= head["all"] or len(files) == first:
            return readings[0], readings[1:], files


def _texts(
    message: IncomingMessage, digest: str, kind: FileKind, name: str, library: FormLibrary, today: date
) -> list[Reading]:
    """The message's own reading and the forms pasted in it, or in a message that it forwards."""
    rest: list[Passage] = []
    pasted: list[Reading] = []
    unread: list[Unread] = []
    texts: list[tuple[tuple[str, ...], str, str, str | None]] = [((), message.subject, message.text, message.html)]
    texts += [(inner.path, inner.subject, inner.text, inner.html) for inner in message.enclosed]
    for path, subject, text, html in texts:
        label = ", ".join(path)
        if subject.strip():
            rest.append(Passage(subject.strip(), Locator("subject", label), Role.UNPLACED))
        found = _pasted(text, html, subject, digest, kind, library, today)
        if found is None:
            unread.append(Unread("the text of the message, which is far too long", Locator("body", label)))
            continue
        rest += [replace(passage, place=_in_message(passage.place, label)) for passage in found.rest]
        pasted += [replace(reading, within=(name, *path, MESSAGE_TEXT)) for reading in found.readings]
    own = Reading(digest, kind, passages=tuple(rest), unread=tuple(unread), notes=message.oddities)
    return [own, *pasted]


def _pasted(
    text: str, html: str | None, subject: str, digest: str, kind: FileKind, library: FormLibrary, today: date
) -> Pasted | None:
    for shown in [html, None] if html else [None]:
        try:
            return read_pasted(text, shown, subject=subject, sha256=digest, kind=kind, library=library, today=today)
        except UnreadableError:
            continue
    return None


def _in_message(place: Locator, label: str) -> Locator:
    return replace(place, path=f"{label}, {place.path}") if label else place


# -- what a child hands over: a head of JSON, then the files' bytes one after the other ----------------------------


def _packed(readings: list[Reading], files: tuple[AttachedFile, ...], first: int, count: int) -> bytes:
    held: list[dict[str, Any]] = []
    payload: list[bytes] = []
    total = 0
    for file in files[first:]:
        data = b"" if file.inline or len(file.data) > LARGEST else file.data
        if payload and total + len(data) > _BATCH:
            break
        total += len(data)
        payload.append(data)
        held.append(
            {
                "names": [*file.path, file.name],
                "inline": file.inline,
                "problem": file.problem,
                "size": len(file.data),
                "sent": len(data),
            }
        )
    head = {"readings": [reading_to_record(reading) for reading in readings], "files": held, "all": count}
    words = json.dumps(head, ensure_ascii=False).encode("utf-8", "replace")
    return b"".join([len(words).to_bytes(_HEAD, "big"), words, *payload])


def _unpacked(result: bytes) -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(result[:_HEAD], "big")
    return json.loads(result[_HEAD : _HEAD + size]), result[_HEAD + size :]


def _files(entries: list[dict[str, Any]], payload: bytes) -> Iterator[_File]:
    at = 0
    for entry in entries:
        data = payload[at : at + entry["sent"]]
        at += entry["sent"]
        yield _File(tuple(entry["names"]), data, entry["inline"], entry["problem"], entry["size"])
