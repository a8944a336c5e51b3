"""What goes back to senders: planned where a page is shown, made by a worker; their own files only in a child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.form import FormLibrary
from casework.mend import Enclosure, Remark, ReturnPlan, plan_from_record, plan_to_record
from casework.working_days import london_day
from outputs.annotated import NOT_SAFE, annotate
from outputs.issue import ReturnTools, make_return, plan_return
from outputs.letter import Letter
from review.doors import SendBackDoors
from service.isolate import READ_LIMITS, ChildFailedError, run_isolated
from service.settings import Settings
from service.templates import find_word_template, make_letter
from service.words import library_now
from store.commissions import CommissionKind, keep_order
from store.originals import keep_original, load_original

_MADE, _REFUSED = b"\x01", b"\x00"


def send_back_doors(settings: Settings) -> SendBackDoors:
    """The doors that plan the files of letters and keep the orders for them."""

    def plan(db: Database, case_id: int, question: str) -> ReturnPlan:
        return plan_return(db, case_id, question=question, library=library_now(db))

    def order(db: Database, plan: ReturnPlan | None, letter: Letter | None, reference: str, now: datetime) -> str:
        own = find_word_template(db, settings.originals, "letter")
        asked = {
            "kind": CommissionKind.ENCLOSURES,
            "plan": plan_to_record(plan) if plan is not None else None,
            "letter": letter,
            "reference": reference,
            "template": keep_original(settings.originals, own) if own is not None else "",
            "today": london_day(now).isoformat(),
        }
        return keep_order(settings.originals, asked)

    return SendBackDoors(plan=plan, order=order)


def make_enclosures(asked: Mapping[str, Any], library: FormLibrary, originals: str) -> list[Enclosure]:
    """The files that an order asks for: the letter itself as a Word document, and what helps to mend a form."""
    own = load_original(originals, asked["template"]) if asked["template"] else None
    today = date.fromisoformat(asked["today"])
    made: list[Enclosure] = []
    if asked["letter"]:
        subject, body = asked["letter"]
        data = make_letter(own, (subject, body), asked["reference"], today)
        made.append(Enclosure("letter", f"{asked['reference']} letter.docx", "This letter as a Word document", data))
    if asked["plan"]:
        tools = ReturnTools(partial(load_original, originals), annotate_safely, partial(make_letter, own))
        made += make_return(plan_from_record(asked["plan"]), library=library, tools=tools, today=today)
    return made


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
