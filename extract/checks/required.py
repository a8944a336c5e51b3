"""A required field that holds no answer."""

from __future__ import annotations

from collections.abc import Iterator

from casework.form import FieldDefinition, FieldKind
from casework.model import Adequacy, FieldStatus, Finding, Severity
from extract.checks.material import Material

VERSION = 2
_NO_ANSWER = (Adequacy.ABSENT, Adequacy.PLACEHOLDER)
_SAYS = {
    "justification": "Say who is affected, how often, and what it costs them.",
    "benefits": "Say what gets better, for whom, and by how much.",
    "national_link": "Name the national programme, policy, law or body that asks for this learning.",
    "impact_of_not_changing": "Say what goes wrong, or goes on going wrong, if nothing is changed.",
    "wellbeing_link": "Employees may enter only roles linked to wellbeing: say how the role supports that of staff.",
    "input_level": "Mark who should enter the role: the employee, the manager or a professional user.",
}
"""What the sender is asked to write."""
_PROGRESS = {
    ("supplementary-role", "justification"): "Without one a request for a role is unlikely to progress.",
    ("supplementary-role", "benefits"): "Without them a request for a role is unlikely to progress.",
    ("national-competency", "justification"): "Without one a request for a national competence will not progress.",
    ("national-competency", "national_link"): "Without one a request for a national competence will not progress.",
    ("business-justification", "justification"): "Impact assessment starts only when it is there.",
    ("business-justification", "benefits"): "Impact assessment starts only when they are there.",
}
"""What the procedure says of a request without that answer."""


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


def must_be_answered(definition: FieldDefinition) -> bool:
    """Whether a form without an answer to this question has a finding."""
    return _severity(definition) is not None


def _severity(definition: FieldDefinition) -> Severity | None:
    if definition.required is None and definition.persuades:
        return Severity.QUERY
    return definition.required


def _finding(definition: FieldDefinition, severity: Severity, material: Material, *, stood_in: bool) -> Finding:
    what = "does not answer the question" if stood_in else "has no answer"
    short = "" if definition.kind is not FieldKind.LONG else "A sentence or two is enough."
    progress = _PROGRESS.get((material.form.key, definition.key), "")
    return Finding(
        rule=f"required.{definition.key}",
        severity=severity,
        field=definition.key,
        message=" ".join(part for part in (f"“{definition.label}” {what}.", progress) if part),
        evidence=material.quote_all(definition.key) if stood_in else (),
        version=VERSION,
        advice=" ".join(
            part for part in (f"Answer “{definition.label}”.", _SAYS.get(definition.key, short), progress) if part
        ),
    )
