"""Things that are there already: known supplementary roles, and a service request number in its usual shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.model import FieldStatus, Finding, Severity
from extract.checks.material import Material

VERSION = 1
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
                    f"“{term.label}” may be in the list already. Please look there first; if it doesn't serve, tell us "
                    "how yours differs.",
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
            "Please check the Service Request number: our replies go through it. It is in the message from the Service "
            "Desk, such as SR 1234567.",
        )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
