"""Things that are there already: known supplementary roles, and a service request number in its usual shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.model import FieldStatus, Finding, Severity
from extract.checks.material import Material

VERSION = 1
_LONGEST_ROLE = 5
_SEPARATE = re.compile(r"\n+|\s*;\s*|\s*,\s*(?:and\s+)?(?=[A-Z])|\s+(?:and|&)\s+(?=[A-Z]\w+ [A-Z])")
_ROLE = re.compile(
    r"\b(?:leads?|champions?|wardens?|marshals?|hosts?|mentors?|buddy|buddies|reps?|representatives?|advisers?|advisors?"
    r"|ambassadors?|advocates?|supervisors?|assessors?|trainers?|links?|nurses?|aiders?|supporters?|guardians?|volunteers?"
    r"|facilitators?|coaches|coach|peers?|keyholders?|escorts?|checkers?|interpreters?|vaccinators?)$",
    re.IGNORECASE,
)
_TITLE_OF = re.compile(r"^\s*NHS\s?\|?\s?(?:MAND|CSTF)\s?\|?\s*", re.IGNORECASE)
_PERIOD_OF = re.compile(r"(?:\d+|one|two|three|four|five) (?:years?|months?)$|no (?:specified )?renewal$|one ?off$")
_SR = re.compile(r"\b(?:SR|INC|REQ|RITM|CHG|CR|R)?[\s:#.-]{0,3}(?:no\.? ?)?\d{5,12}\b|\b\d-\d{6,12}\b", re.IGNORECASE)


def check_known_role(material: Material) -> Iterator[Finding]:
    """`role-name.known`: the role asked for stands in the list of known roles, or is another word for one."""
    asked = _bare(material.texts.get("role_name", ""))
    if material.form.key != "supplementary-role" or not asked:
        return
    for vocabulary in material.library.vocabularies:
        if vocabulary.name != "supplementary-roles":
            continue
        for term in vocabulary.terms:
            if asked in {_bare(wording) for wording in (term.label, *term.aliases)}:
                yield Finding(
                    "role-name.known",
                    Severity.ADVICE,
                    "role_name",
                    f"A role called “{term.label}” may exist already.",
                    material.quote_all("role_name"),
                    VERSION,
                    f"“{term.label}” may be in the list already. Look there first; if it does not serve, tell us "
                    "how yours differs.",
                )


def check_known_competence(material: Material) -> Iterator[Finding]:
    """`competence-name.known`: the competence asked for is in the national core skills set already."""
    asked = _bare(_TITLE_OF.sub("", material.texts.get("competence_name", "")))
    asked = _PERIOD_OF.sub("", asked).strip()
    vocabulary = next((entry for entry in material.library.vocabularies if entry.name == "known-competences"), None)
    if material.form.key != "national-competency" or not asked or vocabulary is None:
        return
    for term in vocabulary.terms:
        if asked in {_bare(wording) for wording in term.aliases}:
            yield Finding(
                "competence-name.known",
                Severity.ADVICE,
                "competence_name",
                f"“{term.label}” is in the national core skills set already.",
                material.quote_all("competence_name"),
                VERSION,
                f"“{term.label}” is on the national list already. If it does not serve, say how yours differs from it.",
            )


def check_several_roles(material: Material) -> Iterator[Finding]:
    """`role-name.several`: one form asks for several roles, each of which needs a form of its own."""
    written = material.texts.get("role_name", "").strip()
    if material.form.key != "supplementary-role" or not written:
        return
    parts = [part.strip(" .") for part in _SEPARATE.split(written) if part.strip(" .")]
    if len(parts) > 1 and all(_ROLE.search(part) and len(part.split()) <= _LONGEST_ROLE for part in parts):
        yield Finding(
            "role-name.several",
            Severity.QUERY,
            "role_name",
            f"One form asks for {len(parts)} roles: {', '.join(parts)[:120]}.",
            material.quote_all("role_name"),
            VERSION,
            "Send one form for each role, so that each can be agreed by itself.",
        )


def check_sr_number(material: Material) -> Iterator[Finding]:
    """`sr-number.unrecognised`: the number does not look like one that the Service Desk gives out."""
    written = material.texts.get("sr_number", "").strip()
    if written and material.statuses.get("sr_number") is FieldStatus.ANSWERED and not _SR.search(written[:200]):
        yield Finding(
            "sr-number.unrecognised",
            Severity.ADVICE,
            "sr_number",
            f"“{written[:40]}” does not look like a Service Request number.",
            material.quote_all("sr_number"),
            VERSION,
            "Check the Service Request number: our replies go through it. It is in the message from the Service "
            "Desk, such as SR 1234567.",
        )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
