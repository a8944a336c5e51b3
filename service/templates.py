"""The organisation's own templates in use: checked and tried in a disposable child, found by version, filled."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from casework.errors import SettingError, UnreadableError
from casework.model import FileKind
from casework.schedule import Schedule
from casework.templates import Fault, TriedTemplate
from extract.render import draw_page, render
from outputs.letter import Letter
from outputs.our_templates import (
    LETTER,
    MAIL_TEXTS,
    SHIPPED_BODY,
    SHIPPED_SUBJECT,
    WORD_TEMPLATES,
    check_mail_text,
    word_mail,
)
from outputs.schedule import build_schedule, load_template
from outputs.template_check import WHOLE, check_template, shape_of
from outputs.word_letter import build_word_letter
from review.doors import TemplateDoors
from service.isolate import CONVERT_LIMITS, READ_LIMITS, ChildFailedError, Limits, run_isolated
from service.settings import Settings
from store.commissions import CommissionKind, commission, keep_order
from store.database import transaction
from store.edited_texts import find_edited_text
from store.originals import keep_original, load_original

SCHEDULE_LIMITS = Limits(
    resident=READ_LIMITS.resident,
    address_space=2 * READ_LIMITS.address_space,
    cpu_seconds=60,
    wall_seconds=75,
    result=256 << 20,
)
"""Thousands of lines take their time."""

TRY_LIMITS = Limits(
    resident=READ_LIMITS.resident, address_space=READ_LIMITS.address_space, cpu_seconds=10, wall_seconds=12
)
_PICTURE_WIDTH = 620
_MADE, _FAULTY = b"\x01", b"\x00"
_BROKE = {
    "time": "It takes far too long to fill. Take repetitions out of it.",
    "memory": "It needs far too much memory to fill. Take repetitions and large pictures out of it.",
    "crash": "It cannot be filled. Save it again in Word as .docx, or begin from the shipped template.",
}


def template_doors(settings: Settings) -> TemplateDoors:
    """The doors of the templates' pages."""

    def commission_trial(
        db: Database, key: str, data: bytes, *, name: str, reason: str, seen: int, person_id: int, now: datetime
    ) -> int:
        template = keep_original(settings.originals, data)
        order = {
            "kind": CommissionKind.TEMPLATE,
            "key": key,
            "template": template,
            "name": name,
            "reason": reason,
            "seen": seen,
        }
        sha256 = keep_order(settings.originals, order)
        with transaction(db):
            # One for each order: what somebody else tries at the same time is another matter.
            return commission(
                db, CommissionKind.TEMPLATE, f"{key}/{sha256}", sha256=sha256, person_id=person_id, now=now
            )

    return TemplateDoors(
        word={key: template.kind for key, template in WORD_TEMPLATES.items()},
        mail=MAIL_TEXTS,
        shipped_word=lambda key: WORD_TEMPLATES[key].shipped(),
        shipped_mail=(SHIPPED_SUBJECT, SHIPPED_BODY),
        commission=commission_trial,
        check_mail=check_mail_text,
        try_mail=try_mail,
    )


def try_word(key: str, data: bytes) -> TriedTemplate:
    """Check a Word template and fill it with example values, in a child; draw its first page in another."""
    sample = _check_and_fill(key, data)
    return sample if isinstance(sample, TriedTemplate) else TriedTemplate((), sample, _picture(sample))


def _check_and_fill(key: str, data: bytes) -> TriedTemplate | bytes:
    template = WORD_TEMPLATES[key]

    def work() -> bytes:
        values = template.sample()
        faults = check_template(data, shape_of(values), template.must_repeat)
        if not faults:
            try:
                return _MADE + template.try_out(data)
            except SettingError as problem:
                faults = [Fault(WHOLE, problem.public_message)]
        return _FAULTY + json.dumps([(fault.place, fault.message, fault.words) for fault in faults]).encode()

    try:
        result = run_isolated(work, TRY_LIMITS)
    except ChildFailedError as failure:
        return TriedTemplate((Fault(WHOLE, _BROKE[failure.why]),))
    if result.startswith(_MADE):
        return result[1:]
    return TriedTemplate(tuple(Fault(*entry) for entry in json.loads(result[1:])))


def build_schedule_safely(schedule: Schedule, template: bytes, pages: Sequence[int]) -> bytes:
    """`outputs.schedule.build_schedule`, in a child where the template is not the shipped one.

    SettingError where the template breaks its limits.
    """
    if template == load_template():
        return build_schedule(schedule, template, pages)

    def work() -> bytes:
        try:
            return _MADE + build_schedule(schedule, template, pages)
        except SettingError as problem:
            return _FAULTY + problem.public_message.encode()

    try:
        result = run_isolated(work, SCHEDULE_LIMITS)
    except ChildFailedError as failure:
        raise SettingError(f"The Word template of the schedule is wrong. {_BROKE[failure.why]}") from failure
    if result.startswith(_FAULTY):
        raise SettingError(result[1:].decode())
    return result[1:]


def _picture(sample: bytes) -> bytes:
    def work() -> bytes:
        rendered = render(sample, FileKind.DOCX, "The template")
        return draw_page(rendered, 1, _PICTURE_WIDTH) if rendered.pages else b""

    def safely() -> bytes:
        try:
            return work()
        except UnreadableError:
            return b""

    try:
        return run_isolated(safely, CONVERT_LIMITS)
    except ChildFailedError:
        return b""


def find_word_template(db: Database, originals: str, key: str) -> bytes | None:
    """The organisation's own Word template of this kind, or None where the shipped one counts."""
    newest = find_edited_text(db, f"template/{key}")
    if newest is None or not newest.text:
        return None
    return load_original(originals, json.loads(newest.text)["sha256"])


def make_letter(own: bytes | None, letter: Letter, reference: str, when: date) -> bytes:
    """A letter in Word; an own template is filled in a child, and where it fails the shipped one takes its place."""
    shipped = LETTER.shipped()
    if own is not None:

        def work() -> bytes:
            try:
                return build_word_letter(letter, reference=reference, when=when, template=own)
            except SettingError:
                return b""

        try:
            made = run_isolated(work, TRY_LIMITS)
        except ChildFailedError:
            made = b""
        if made:
            return made
    return build_word_letter(letter, reference=reference, when=when, template=shipped)


def worded(key: str, build: Callable[..., Letter], database: Callable[[], Database]) -> Callable[..., Letter]:
    """`build` with the organisation's own text of this kind round what it writes, where there is one."""

    def in_own_words(**facts: Any) -> Letter:
        letter = build(**facts)
        newest = find_edited_text(database(), f"mail/{key}")
        if newest is None or not newest.text:
            return letter
        text = json.loads(newest.text)
        return word_mail(key, letter, facts, text["subject"], text["body"])

    return in_own_words


def try_mail(key: str, subject: str, body: str) -> Letter:
    """What an email with this text would say, with example values."""
    title = "Show R&D <b> and {{ 7*7 }} for O’Brien & Co"
    facts = {
        "reference": "ESR-2026-0418",
        "title": title,
        "file_name": "R&D form.docx",
        "link": "https://forms.example.nhs.uk/track/example",
        "message": "How many managers would use this, and how often?",
        "reason": "It would save 18 hours a year for each manager.",
    }
    said = {
        "receipt": ("we have received your form", "We have received your form. This is an automatic receipt."),
        "acknowledgement": ("your request has been acknowledged", f"Thank you for your request “{title}”."),
        "question": ("we need more information", "How many managers would use this, and how often?"),
        "decision": ("not taken forward", f"We have decided not to take “{title}” forward."),
    }[key]
    letter = (f"ESR-2026-0418: {said[0]}", f"{said[1]}\n\nESR Development Team\n")
    return word_mail(key, letter, facts, subject, body)
