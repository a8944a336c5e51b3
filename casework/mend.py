"""What a sender can mend in their form: the checks' advice, in the order of the form, with the place of each answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from casework.form import FieldDefinition, FormDefinition
from casework.model import Reading, Role, Severity, is_among
from casework.transcript import Locator

WHOLE_FORM = "Your form"


@dataclass(frozen=True, slots=True)
class Remark:
    """What to do about one question. `is_needed` says whether the request waits for it; `place` where its answer is.

    `words` are the advice of each finding, written for the sender. The place of a question without an answer is that
    of its label; None where the document shows neither.
    """

    label: str
    words: tuple[str, ...]
    is_needed: bool
    place: Locator | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes to the sender with a letter. `key` is its kind in an address, `words` say what it is."""

    key: str
    name: str
    words: str
    data: bytes


COMMENTS, FILLED_IN = "Our comments on your form", "A form with the answers that you gave already"
"""What goes back to a sender, in the words of a letter."""


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What goes back to a sender, before any of it is made.

    `file` is the SHA-256 of their own form, empty where it is not sent back, with the reason for the sender in `why`.
    `asked` are the lines of our question, `answers` what a form is filled in with; `form` is empty where none is known.
    """

    reference: str
    title: str
    file: str = ""
    why: str = ""
    asked: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    form: str = ""
    answers: Mapping[str, str | list[str]] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """What will be enclosed."""
        return (*((COMMENTS,) if self.remarks else ()), *((FILLED_IN,) if self.form else ()))


def plan_to_record(plan: ReturnPlan) -> dict[str, Any]:
    """As it stands in an order, for JSON."""
    return asdict(plan)


def plan_from_record(record: Mapping[str, Any]) -> ReturnPlan:
    """The plan that `plan_to_record` wrote."""
    remarks = tuple(_remark_from(remark) for remark in record["remarks"])
    return ReturnPlan(**{**record, "asked": tuple(record["asked"]), "remarks": remarks})


def _remark_from(record: Mapping[str, Any]) -> Remark:
    place = record["place"]
    if place is not None:
        box = place["box"]
        place = Locator(**{**place, "box": None if box is None else tuple(box)})
    return Remark(record["label"], tuple(record["words"]), record["is_needed"], place)


def what_to_mend(
    reading: Reading, form: FormDefinition | None, *, accepted: Collection[str], corrected: Collection[str]
) -> tuple[Remark, ...]:
    """One remark for each question with advice still open, in the form's order; what is about no question comes last.

    `accepted` are findings that a person called right here, `corrected` fields that a person has put right. Findings
    without advice are for the reviewer alone.
    """
    grouped: dict[str, list[tuple[str, bool]]] = {}
    for finding in reading.findings:
        if not finding.advice or is_among(accepted, finding.rule, finding.field) or finding.field in corrected:
            continue
        needed = finding.severity is not Severity.ADVICE
        grouped.setdefault(finding.field or "", []).append((finding.advice, needed))
    order = [definition.key for definition in form.fields] if form else []
    keys = sorted(grouped, key=lambda key: order.index(key) if key in order else len(order))
    return tuple(_remark(key, grouped[key], reading, form) for key in keys)


def _remark(key: str, found: list[tuple[str, bool]], reading: Reading, form: FormDefinition | None) -> Remark:
    definition = form.field(key) if form is not None and form.has(key) else None
    words = tuple(dict.fromkeys(advice for advice, _ in found))
    needed = any(needed for _, needed in found)
    return Remark(definition.label if definition else WHOLE_FORM, words, needed, _place(key, reading, definition))


def _place(key: str, reading: Reading, definition: FieldDefinition | None) -> Locator | None:
    answer = reading.answer(key)
    if answer is not None and answer.places:
        return answer.places[0]
    if definition is None:
        return None
    labels = {_plain(label) for label in (definition.label, *definition.labels)}
    shown = [passage for passage in reading.passages if passage.role is Role.FORM]
    whole = (passage.place for passage in shown if _plain(passage.text) in labels)
    begun = (passage.place for passage in shown if any(_plain(passage.text).startswith(label) for label in labels))
    return next(whole, None) or next(begun, None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(":?* ")
