"""A required field that holds no answer."""

from __future__ import annotations

from collections.abc import Iterator

from casework.form import FieldDefinition, FieldKind
from casework.model import Adequacy, FieldStatus, Finding, Severity
from extract.checks.material import Material

VERSION = 1
_NO_ANSWER = (Adequacy.ABSENT, Adequacy.PLACEHOLDER)
_SAYS = {
    "justification": (
        "Without a reason the request is unlikely to progress. Say who is affected, how often, and what it costs them."
    ),
    "benefits": (
        "Without benefits the request is unlikely to progress. Say what gets better, for whom, and by how much."
    ),
    "national_link": (
        "A national competence must be linked to national learning or a national "
        "initiative. Name the programme, policy or law."
    ),
    "impact_of_not_changing": "Say what goes wrong, or goes on going wrong, if nothing is changed.",
    "wellbeing_link": (
        "Employee input is for roles linked to the wellbeing agenda. Say how the role supports the wellbeing of staff."
    ),
    "input_level": "Say who should enter the role: the employee, the manager or a professional user.",
}


def check_required(material: Material) -> Iterator[Finding]:
    """`required.KEY` for each required field that is not answered, or whose answer says nothing."""
    for definition in material.form.fields:
        severity = _severity(definition)
        if severity is None or not material.asks_for(definition.key):
            continue
        key = definition.key
        if not material.whole and key not in material.judged:
            continue
        judgement = material.judged.get(key)
        if judgement is not None and judgement.adequacy in _NO_ANSWER:
            stood_in = judgement.adequacy is Adequacy.PLACEHOLDER
            yield _finding(definition, severity, material, stood_in=stood_in)
        elif material.whole and material.statuses.get(key, FieldStatus.MISSING) is not FieldStatus.ANSWERED:
            stood_in = material.statuses.get(key) is FieldStatus.PLACEHOLDER
            yield _finding(definition, severity, material, stood_in=stood_in)


def _severity(definition: FieldDefinition) -> Severity | None:
    if definition.required is None and definition.persuades:
        return Severity.QUERY
    return definition.required


def _finding(definition: FieldDefinition, severity: Severity, material: Material, *, stood_in: bool) -> Finding:
    what = "does not answer the question" if stood_in else "has no answer"
    short = "Please fill it in." if definition.kind is not FieldKind.LONG else "Please tell us more."
    return Finding(
        rule=f"required.{definition.key}",
        severity=severity,
        field=definition.key,
        message=f"“{definition.label}” {what}. {_SAYS.get(definition.key, short)}",
        evidence=material.quote_all(definition.key) if stood_in else (),
        version=VERSION,
    )
