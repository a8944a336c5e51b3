"""Which rules had something to look at in a form: what they did not find is what passed."""

from __future__ import annotations

from collections.abc import Iterator

from casework.form import FieldKind
from casework.model import FieldStatus
from extract.checks.material import REQUESTS, TITLES, Material
from extract.checks.required import must_be_answered

LOOKS_AT: dict[str, tuple[str, ...]] = {
    "justification.weak": ("justification",),
    "benefits.weak": ("benefits",),
    "benefits.unmeasured": ("benefits",),
    "justification.copied": ("justification",),
    "input-level.ambiguous": ("input_level",),
    "national-link.unnamed": ("national_link",),
    "competence-name.format": ("competence_name",),
    "competence.local": ("national_link",),
    "redirect.workforce-dataset": (*TITLES.values(), *REQUESTS),
    "contact.email": ("email",),
    "role-name.known": ("role_name",),
    "role-name.several": ("role_name",),
    "competence-name.known": ("competence_name",),
    "required-by.past": ("required_by",),
    "sr-number.unrecognised": ("sr_number",),
}
"""The answers of which each rule needs one, by rule; the others are told from the form or from several answers."""


def rules_run(material: Material) -> tuple[str, ...]:
    """The ids of the rules that this form could have broken: what each reads is asked, and there is an answer to it.

    A required question counts wherever it is asked, as its rule looks for the answer itself.
    """
    return tuple(_rules_run(material))


def _rules_run(material: Material) -> Iterator[str]:
    for definition in material.form.fields:
        if must_be_answered(definition) and material.asks_for(definition.key):
            yield f"required.{definition.key}"
    for rule, keys in LOOKS_AT.items():
        if any(material.asks_for(key) and _is_answered(material, key) for key in keys):
            yield rule
    if "employee" in material.levels:
        yield "input-level.not-wellbeing"
    if _is_answered(material, "competence_name") and _is_answered(material, "renewal_period"):
        yield "renewal-period.disagrees"
    if any(field.kind is FieldKind.DATE and _is_answered(material, field.key) for field in material.form.fields):
        yield "date.unlikely"


def _is_answered(material: Material, key: str) -> bool:
    return material.statuses.get(key) is FieldStatus.ANSWERED
