"""What each check means to the person who reads a form: why it matters, and what it says when it found nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.model import Reading


@dataclass(frozen=True, slots=True)
class CheckWords:
    """`why` it matters, and `passed`: what is well where the check found nothing."""

    why: str
    passed: str


_WORDS: dict[str, CheckWords] = {
    "justification.weak": CheckWords(
        "Without a reason of its own, a request cannot be weighed against the others.",
        "The justification says why, for somebody in particular",
    ),
    "justification.copied": CheckWords(
        "The same words twice answer one question, not two.",
        "The justification is no copy of another answer",
    ),
    "benefits.weak": CheckWords(
        "Impact assessment weighs the benefits against the cost.",
        "The benefits say what gets better, and for whom",
    ),
    "benefits.unmeasured": CheckWords(
        "With a measure, others can check afterwards whether the benefit came.",
        "The benefits carry a measure",
    ),
    "input-level.ambiguous": CheckWords("A role is set up for one kind of input.", "One input level is marked"),
    "input-level.not-wellbeing": CheckWords(
        "Employees may enter only roles that are linked to the wellbeing agenda.",
        "The role is tied to the wellbeing of staff",
    ),
    "national-link.unnamed": CheckWords(
        "The national list is for learning that a national programme, policy or law asks for.",
        "The national programme, policy or law is named",
    ),
    "competence-name.format": CheckWords(
        "National competences are found by their names, which all have one form.",
        "The name has the form of the national list",
    ),
    "renewal-period.disagrees": CheckWords(
        "The name sets how often the learning is renewed.",
        "The name and the renewal period agree",
    ),
    "competence.local": CheckWords(
        "Every employer sees the national list, and anybody can add a local competence.",
        "The request is not one employer’s own need",
    ),
    "competence-name.known": CheckWords(
        "A competence that is on the national list already needs no second one.",
        "No competence of this name is in the core skills set",
    ),
    "role-name.several": CheckWords("Each role is agreed by itself.", "One role is asked for"),
    "redirect.workforce-dataset": CheckWords(
        "The National Workforce Data Set is agreed by others, so we cannot decide it.",
        "Nothing in it belongs to the National Workforce Data Set",
    ),
    "date.unlikely": CheckWords(
        "The date of the request decides in which Development Schedule it is listed.",
        "The dates are likely",
    ),
    "required-by.past": CheckWords(
        "A change that was wanted by a day which is past may not be wanted any more.",
        "The day by which it is wanted is still to come",
    ),
    "contact.email": CheckWords(
        "Our questions and the decision go to this address.",
        "The email address can be written to",
    ),
    "role-name.known": CheckWords(
        "A role that is in the list already needs no request.",
        "No known role has this name",
    ),
    "sr-number.unrecognised": CheckWords(
        "The requester follows the request through this number.",
        "The Service Request number has its usual shape",
    ),
}
_REQUIRED = "required."
_WHY_REQUIRED = {
    "sr_number": "The requester follows the request through this number.",
    "email": "Our questions and the decision go to this address.",
    "organisation": "It says whose need this is, and which region it counts for.",
    "title": "The Development Schedule lists the request under it.",
    "date_raised": "It decides in which Development Schedule the request is listed.",
}


def why_it_matters(rule: str) -> str:
    """Why a finding of this rule is worth somebody's time; empty for a rule that says so itself."""
    if rule.startswith(_REQUIRED):
        return _WHY_REQUIRED.get(rule.removeprefix(_REQUIRED), "The procedure asks for the form to be complete.")
    words = _WORDS.get(rule)
    return words.why if words else ""


def passed_checks(reading: Reading, labels: Mapping[str, str]) -> tuple[str, ...]:
    """What the checks that really ran did not find, in their order; `labels` are the form's questions by key."""
    found = {finding.rule for finding in reading.findings}
    return tuple(_passed(rule, labels) for rule in reading.rules if rule not in found and _is_told(rule, labels))


def _is_told(rule: str, labels: Mapping[str, str]) -> bool:
    return rule in _WORDS or rule.removeprefix(_REQUIRED) in labels


def _passed(rule: str, labels: Mapping[str, str]) -> str:
    if rule in _WORDS:
        return _WORDS[rule].passed
    return f"“{labels[rule.removeprefix(_REQUIRED)]}” is answered"
