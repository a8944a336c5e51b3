"""A national competence: its name, its link to something national, and whether it is one employer's own need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.model import Adequacy, Evidence, Finding, Severity
from extract.checks.material import Material

VERSION = 1
_FORM = "national-competency"
_NAME = re.compile(
    (
        r"^NHS\s?\|\s?MAND\s?\|\s?(?P<title>[^|]*[^|\s–-])\s?[-–—]\s?(?P<period>\d{1,2} (?:Year|Month)s?|"
        r"No (?:Specified )?Renewal|One[- ]?off)\s?\|?$"
    ),
    re.IGNORECASE,
)  # fmt: skip
_PERIOD = re.compile(r"\b(\d{1,2})\s*-?\s*(year|yr|month)", re.IGNORECASE)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def check_link(material: Material) -> Iterator[Finding]:
    """`national-link.unnamed`: a link is claimed, but nothing national is named."""
    judgement = material.judged.get("national_link")
    if judgement is None or judgement.adequacy not in (Adequacy.RESTATED, Adequacy.ASSERTED) or judgement.named:
        return
    yield Finding(
        "national-link.unnamed",
        Severity.BLOCKER,
        "national_link",
        "A national link is claimed, but no programme, policy, law or national body is named. Without one the request "
        "will not progress.",
        material.quote_judged("national_link"),
        VERSION,
        "Name the national programme, policy or law that asks for this learning, with its reference or web "
        "address. A request for a national competence will not progress without one.",
    )


def check_name(material: Material) -> Iterator[Finding]:
    """`competence-name.format` and `renewal-period.disagrees`."""
    name = material.texts.get("competence_name", "").strip()
    if material.form.key != _FORM or not material.whole or not name:
        return
    found = _NAME.match(name)
    if found is None or not found["title"].strip():
        yield Finding(
            "competence-name.format",
            Severity.ADVICE,
            "competence_name",
            "The name is not of the form “NHS|MAND|Title - N Years|”.",
            material.quote_all("competence_name"),
            VERSION,
            "Write the name as the national list does: NHS|MAND|Title - 2 Years|, or “No Renewal” in place of "
            "the years.",
        )
        return
    period = material.texts.get("renewal_period", "")
    if _months(found["period"]) and _months(period) and _months(found["period"]) != _months(period):
        yield Finding(
            "renewal-period.disagrees",
            Severity.QUERY,
            "renewal_period",
            f"The name says “{found['period']}” and the renewal period says something else.",
            (*material.quote_all("competence_name"), *material.quote_all("renewal_period")),
            VERSION,
            f"The name says “{found['period']}” and the renewal period “{period.strip()[:40]}”. Which is right?",
        )


def check_local(material: Material) -> Iterator[Finding]:
    """`competence.local`: a competence that reads as the need of a single employer or site."""
    if material.form.key != _FORM:
        return
    quotes: list[Evidence] = []
    for key, judgement in material.judged.items():
        if key in ("justification", "national_link") or not material.whole:
            quotes += [material.quote(key, start, end) for start, end in judgement.local]
    owned = re.match(r"\s*\d{3}\s*\||.*\|\s*LOCAL\s*\|", material.title, re.IGNORECASE)
    national = material.whole and any(
        judgement.adequacy is Adequacy.EVIDENCED for key, judgement in material.judged.items() if key == "national_link"
    )
    if (quotes and not national) or (owned and material.whole):
        yield Finding(
            "competence.local",
            Severity.QUERY,
            "justification" if "justification" in material.judged else "national_link",
            "This reads as the need of one employer; a local competence may do.",
            tuple(quotes) or material.quote_all("competence_name"),
            VERSION,
            "The national list is for learning that every employer would use. Say who else needs this, and why "
            "it must be national; otherwise your own system administrator can add a local competence.",
        )


def _months(text: str) -> int:
    found = _PERIOD.search(_in_figures(text))
    if found is None:
        return 0
    return int(found[1]) * (1 if found[2].lower() == "month" else 12)


def _in_figures(text: str) -> str:
    return re.sub(r"\b(one|two|three|four|five)\b", lambda hit: str(_WORDS[hit[0].lower()]), text, flags=re.IGNORECASE)
