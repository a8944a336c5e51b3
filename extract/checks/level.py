"""Who is to enter a supplementary role, and whether employee input is right for it."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model import Finding, Severity
from extract.checks.material import Material
from extract.language.scope import title_says_wellbeing

VERSION = 1
_EMPLOYEE = "employee"


def check_ambiguous_level(material: Material) -> Iterator[Finding]:
    """`input-level.ambiguous`: more than one level is marked."""
    if len(material.levels) > 1:
        yield Finding(
            "input-level.ambiguous",
            Severity.QUERY,
            "input_level",
            "More than one input level is marked: " + ", ".join(material.levels) + ". The form asks for one.",
            (),
            VERSION,
            "Mark one level only: who will enter the role, the employee, the manager or a professional user?",
        )


def check_wellbeing(material: Material) -> Iterator[Finding]:
    """`input-level.not-wellbeing`: employee input, and nothing ties the role to the wellbeing of staff."""
    if material.levels != (_EMPLOYEE,) and not (material.levels and _EMPLOYEE in material.levels):
        return
    if any(judgement.wellbeing for judgement in material.judged.values()) or title_says_wellbeing(material.title):
        return
    key = "wellbeing_link" if material.texts.get("wellbeing_link", "").strip() else next(iter(material.judged), "")
    yield Finding(
        "input-level.not-wellbeing",
        Severity.QUERY,
        "input_level",
        "Employee input is only for roles linked to the wellbeing agenda, and nothing here ties this role to the "
        "wellbeing of staff.",
        material.quote_all(key) if key else (),
        VERSION,
        "Employees may enter only roles that support the wellbeing of staff. Say how this role does, or choose "
        "manager or professional input.",
    )
