"""Sorts the messages that have arrived: each is opened in a disposable child, judged, and handed to its door."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from sqlite_utils import Database

from casework.errors import RefusedError, UnavailableError, UnreadableError
from casework.form import FormLibrary
from casework.mail_text import own_words
from casework.model import FileKind
from casework.reference import parse_reference
from extract.read import read_pasted
from intake.conversation import find_thread, thread_root
from intake.machine_mail import MachineKind, MachineMail, machine_mail, may_answer
from intake.message import Address, AttachedFile, EnclosedMessage, IncomingMessage, Report, read_message
from intake.receive import Bounce, Enclosure, PostRules, Sorted, fail_message, sort_message
from intake.sender import authentication
from service.isolate import MESSAGE_LIMITS, ChildFailedError, run_isolated
from service.settings import Settings
from service.virus import find_virus
from store.cases import load_case, load_case_by_reference
from store.database import transaction
from store.ledger import load_line
from store.messages import StoredMessage, find_case_of_message, load_unsorted, note_start
from store.originals import load_original
from store.people import load_secret

MOST_STARTS = 3
_HEAD = 8

log = structlog.get_logger()

_CANNOT_OPEN = {
    "time": "The message took too long to open. Its raw copy is kept.",
    "memory": "The message needs too much memory to open. Its raw copy is kept.",
    "crash": "The message could not be opened safely. Its raw copy is kept.",
}


def sort_arrived(
    settings: Settings, db: Database, *, library: FormLibrary, rules: PostRules, now: Callable[[], datetime]
) -> int:
    """Sort every message that waits; returns how many were. One that cannot be opened waits for a person instead.

    A message is tried three times at most, however its tries end; while the virus scanner is away it simply waits.
    """
    done = 0
    for message in load_unsorted(db):
        with transaction(db):
            starts = note_start(db, message.id)
        if starts > MOST_STARTS:
            fail_message(db, message.id, _CANNOT_OPEN["crash"], now=now())
            continue
        try:
            _sort(settings, db, message, library=library, rules=rules, now=now())
        except (ChildFailedError, UnreadableError) as failure:
            if _was_killed(failure) and starts < MOST_STARTS:
                log.warning("a message is opened again", ledger=message.ledger_id)
                continue
            why = _CANNOT_OPEN[failure.why] if isinstance(failure, ChildFailedError) else failure.public_message
            log.warning("a message could not be opened", ledger=message.ledger_id, why=why)
            fail_message(db, message.id, why, now=now())
        except UnavailableError:
            # Not the message's fault: it is tried again when what was missing is back.
            with transaction(db):
                db.execute("UPDATE messages SET starts = starts - 1 WHERE id = ?", (message.id,))
            raise
        done += 1
    return done


def _was_killed(failure: Exception) -> bool:
    """Whether the child was killed by something that is no limit of ours, such as a system without memory.

    The next try may well succeed. A child that broke a limit, or that the message led to a fault, ends so every time.
    """
    return isinstance(failure, ChildFailedError) and failure.why == "crash" and not failure.where


def _sort(
    settings: Settings, db: Database, message: StoredMessage, *, library: FormLibrary, rules: PostRules, now: datetime
) -> None:
    raw = load_original(settings.originals, message.sha256)
    is_too_large = load_line(db, message.ledger_id).size > settings.message_limit
    opened, holds_form = open_safely(raw, library)
    found = judge(db, opened, settings, holds_form=holds_form)
    files = tuple(_enclosure(file, settings.clamd) for file in opened.files)
    sort_message(
        db,
        message.id,
        dataclasses.replace(found, files=() if is_too_large else files),
        originals=settings.originals,
        rules=rules,
        now=now,
        is_too_large=is_too_large,
    )


def open_safely(raw: bytes, library: FormLibrary) -> tuple[IncomingMessage, bool]:
    """The message, opened in a child, and whether a filled-in form stands in its text.

    ChildFailedError where it broke a limit, UnreadableError where the bytes are no message.
    """

    def work() -> bytes:
        try:
            message = read_message(raw)
        except UnreadableError as trouble:
            return _packed({"unreadable": [trouble.code, trouble.public_message]}, ())
        return _packed({"message": _to_json(message), "form": _holds_form(message, library)}, message.files)

    head, payload = _unpacked(run_isolated(work, MESSAGE_LIMITS))
    if "unreadable" in head:
        raise UnreadableError(*head["unreadable"])
    return _from_json(head["message"], payload), bool(head["form"])


def judge(db: Database, message: IncomingMessage, settings: Settings, *, holds_form: bool) -> Sorted:
    """Who wrote, whether a machine did, which case it belongs to and whether that is proven."""
    key = load_secret(db, "threads").encode()
    machine = machine_mail(message, key)
    answer = may_answer(message, machine)
    check = authentication(message, settings.authserv_ids)
    case_id, is_proof = _thread(db, message, key)
    words = own_words(message.text)
    return Sorted(
        message_id=message.message_id or "",
        thread_root=thread_root(message.thread_index),
        sender=message.sender.email if message.sender else "",
        subject=message.subject,
        words=words.fresh,
        kind=machine.kind.value if machine else "",
        is_record_only=machine is not None and machine.record_only,
        may_answer=answer.allowed,
        verdict=check.verdict.value,
        explanation=" ".join(part for part in (answer.reason, check.explanation) if part),
        claimed_case=case_id,
        is_proof=is_proof,
        bounce=_bounce(machine),
        holds_form=holds_form,
        oddities=message.oddities,
    )


def _bounce(machine: MachineMail | None) -> Bounce | None:
    if machine is None or machine.kind is not MachineKind.BOUNCE:
        return None
    worst = next((status for status in machine.deliveries if status.is_final), None)
    said = worst or next(iter(machine.deliveries), None)
    return Bounce(
        message_ids=(machine.original_id.strip("<> "),) if machine.original_id else (),
        why=f"{said.meaning} {said.diagnostic}".strip() if said else "It could not be delivered.",
        is_final=worst is not None or not machine.deliveries,
    )


def _thread(db: Database, message: IncomingMessage, key: bytes) -> tuple[int | None, bool]:
    """The case that the message continues, and whether that cannot be forged."""

    def known(ids: tuple[str, ...], root: str) -> str | None:
        case_id = find_case_of_message(db, ids, root)
        return load_case(db, case_id).reference if case_id is not None else None

    clue = find_thread(message, key=key, known=known)
    if clue is None:
        return None, False
    reference = parse_reference(clue.reference)
    if reference is None:
        return None, False
    try:
        case = load_case_by_reference(db, reference)
    except RefusedError:
        return None, False
    return case.id, clue.is_proof


def _enclosure(file: AttachedFile, clamd: str) -> Enclosure:
    virus = None if file.inline else find_virus(file.data, clamd)
    name = file.name if not file.path else f"{file.name} (in {file.path[-1]})"
    return Enclosure(
        name=name,
        data=file.data,
        kind=file.kind,
        is_dress=file.inline,
        problem=file.problem or "",
        is_infected=virus is not None,
    )


def _holds_form(message: IncomingMessage, library: FormLibrary) -> bool:
    """Whether a form stands in the text; not asked where files came that may hold one."""
    if any(not file.inline for file in message.files):
        return False
    texts = [(message.text, message.html), *((inner.text, inner.html) for inner in message.enclosed)]
    return any(_is_form(text, html, message.subject, library) for text, html in texts)


def _is_form(text: str, html: str | None, subject: str, library: FormLibrary) -> bool:
    try:
        day = datetime.min.date()
        found = read_pasted(text, html, subject=subject, sha256="", kind=FileKind.EML, library=library, today=day)
    except UnreadableError:
        return False
    return bool(found.readings)


# -- what the child hands over: a head of JSON, then the files' bytes one after the other --------------------------


def _packed(head: dict[str, Any], files: tuple[AttachedFile, ...]) -> bytes:
    words = json.dumps(head, ensure_ascii=False).encode("utf-8", "replace")
    return b"".join([len(words).to_bytes(_HEAD, "big"), words, *(file.data for file in files)])


def _unpacked(result: bytes) -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(result[:_HEAD], "big")
    return json.loads(result[_HEAD : _HEAD + size]), result[_HEAD + size :]


def _to_json(message: IncomingMessage) -> dict[str, Any]:
    plain = dataclasses.asdict(dataclasses.replace(message, files=(), report=None))
    plain["files"] = [
        {**dataclasses.asdict(dataclasses.replace(file, data=b"")), "data": len(file.data)} for file in message.files
    ]
    plain["date"] = message.date.isoformat() if message.date else None
    for inner, shown in zip(message.enclosed, plain["enclosed"], strict=True):
        shown["date"] = inner.date.isoformat() if inner.date else None
    if message.report is not None:
        report = message.report
        plain["report"] = [report.kind, report.fields.decode("latin-1"), report.returned.decode("latin-1")]
    return plain


def _from_json(plain: dict[str, Any], payload: bytes) -> IncomingMessage:
    files, at = [], 0
    for entry in plain["files"]:
        size = int(entry["data"])
        kept = {**entry, "data": payload[at : at + size], "kind": FileKind(entry["kind"]), "path": tuple(entry["path"])}
        files.append(AttachedFile(**kept))
        at += size
    enclosed = [
        EnclosedMessage(
            **{
                **inner,
                "path": tuple(inner["path"]),
                "sender": Address(**inner["sender"]) if inner["sender"] else None,
                "date": datetime.fromisoformat(inner["date"]) if inner["date"] else None,
            }
        )
        for inner in plain["enclosed"]
    ]
    report = plain["report"]
    return IncomingMessage(
        **{
            **plain,
            **{name: tuple(Address(**found) for found in plain[name]) for name in _ADDRESSES},
            "references": tuple(plain["references"]),
            "sender": Address(**plain["sender"]) if plain["sender"] else None,
            "date": datetime.fromisoformat(plain["date"]) if plain["date"] else None,
            "files": tuple(files),
            "enclosed": tuple(enclosed),
            "report": Report(report[0], report[1].encode("latin-1"), report[2].encode("latin-1")) if report else None,
            "oddities": tuple(plain["oddities"]),
            "headers": tuple((name, value) for name, value in plain["headers"]),
        }
    )


_ADDRESSES = ("from_addresses", "reply_to", "to", "cc", "delivered_to")
