"""Checks a reading: whether what must be there is there and holds up, each finding with the words it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict

from casework.form import FormDefinition, FormLibrary
from casework.model import Adequacy, Evidence, Finding, Reading
from extract.checks.adequacy import check_unmeasured, check_weak
from extract.checks.contact import check_email
from extract.checks.coverage import rules_run
from extract.checks.dates import check_dates, check_wanted_by
from extract.checks.duplicates import check_copied
from extract.checks.known import check_known_competence, check_known_role, check_several_roles, check_sr_number
from extract.checks.learning_link import check_link, check_local, check_name
from extract.checks.level import check_ambiguous_level, check_wellbeing
from extract.checks.material import AnswerItem, Material, Opinion, material_of_item, material_of_reading
from extract.checks.redirect import check_workforce_dataset
from extract.checks.required import check_required
from extract.language.classifier import load_classifier

__all__ = ["ANSWER_RULES", "RULES", "AnswerItem", "AnswerResult", "check", "check_answer", "check_item"]

Check = Callable[[Material], Iterator[Finding]]

ANSWER_RULES: tuple[Check, ...] = (
    check_required,
    check_weak,
    check_unmeasured,
    check_copied,
    check_wellbeing,
    check_link,
    check_local,
    check_workforce_dataset,
)
"""The rules that one answer alone can break, in the order in which they are told."""

RULES: tuple[Check, ...] = (
    *ANSWER_RULES,
    check_ambiguous_level,
    check_name,
    check_dates,
    check_wanted_by,
    check_email,
    check_known_role,
    check_known_competence,
    check_several_roles,
    check_sr_number,
)
"""Every rule, in the order in which findings are told."""

_NO_DAY = date.min


class EvidenceLine(TypedDict):
    """A quoted piece of an answer, as JSON."""

    start: int
    end: int
    text: str


class ItemResult(TypedDict):
    """What `formwright check` prints for one answer."""

    id: str
    adequacy: str
    evidence: list[EvidenceLine]
    rules: list[str]


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What came of checking one answer alone."""

    id: str
    adequacy: Adequacy
    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...]


def check(reading: Reading, form: FormDefinition, library: FormLibrary, today: date) -> Reading:
    """The reading with `adequacy` on the answers that must persuade, its findings as RULES order them, and `rules`."""
    material = material_of_reading(reading, form, library, today)
    answers = tuple(
        replace(answer, adequacy=material.judged[answer.field].adequacy) if answer.field in material.judged else answer
        for answer in reading.answers
    )
    return replace(reading, answers=answers, findings=tuple(_findings(material, RULES)), rules=rules_run(material))


def check_answer(item: AnswerItem, library: FormLibrary, opinion: Opinion = load_classifier) -> AnswerResult:
    """One answer alone, by the same rules. KeyError where the library has no such form.

    `opinion` gives the classifier that is asked where wording leaves doubt: the shipped one, another, or None.
    """
    material = material_of_item(item, library, _NO_DAY, opinion)
    rules = tuple(dict.fromkeys(finding.rule for finding in _findings(material, ANSWER_RULES)))
    return AnswerResult(item.id, material.judged[item.field].adequacy, material.quote_judged(item.field), rules)


def check_item(item: Mapping[str, object], library: FormLibrary) -> ItemResult:
    """`check_answer` for a line of JSON: keys id, form, field, title, other and text; any others are not looked at."""
    other = item.get("other")
    shown = (
        {str(key): str(text) for key, text in other.items() if text is not None} if isinstance(other, Mapping) else {}
    )
    result = check_answer(
        AnswerItem(
            id=str(item["id"]),
            form=str(item["form"]),
            field=str(item["field"]),
            title=str(item.get("title") or ""),
            text=str(item.get("text") or ""),
            other=shown,
        ),
        library,
    )
    return {
        "id": result.id,
        "adequacy": result.adequacy.value,
        "evidence": [{"start": piece.start, "end": piece.end, "text": piece.text} for piece in result.evidence],
        "rules": list(result.rules),
    }


def _findings(material: Material, rules: tuple[Check, ...]) -> Iterator[Finding]:
    for rule in rules:
        yield from rule(material)
