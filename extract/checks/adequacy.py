"""Whether the justification and the benefits are really there, and whether the benefits can be counted."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model import Adequacy, Finding, Severity
from extract.checks.material import Material

VERSION = 2
RESTATED, THIN = "restated", "thin"
_WEAK = {
    ("justification", RESTATED): (
        "The justification only repeats the request.",
        "Say why it is needed: what goes wrong today, for whom, and how often. One example is enough.",
    ),
    ("justification", THIN): (
        "The justification is too general to assess: it names nobody and nothing in particular.",
        "Name who is affected and what happens to them, with a figure if you have one.",
    ),
    ("benefits", RESTATED): (
        "The benefits only repeat the request.",
        "Say what comes of the change: who gains, and what they can do or no longer have to do.",
    ),
    ("benefits", THIN): (
        "The benefits are too general to assess: they name nobody and nothing in particular.",
        "Say whose work or care gets better, and how anyone would notice.",
    ),
}
"""By answer and fault: what the reviewer is told, and what the sender is asked."""


def check_weak(material: Material) -> Iterator[Finding]:
    """`justification.weak` and `benefits.weak`: the answer restates the request, or is too thin to assess."""
    for key in ("justification", "benefits"):
        judgement = material.judged.get(key)
        if judgement is None:
            continue
        restated = judgement.adequacy is Adequacy.RESTATED
        if restated or (judgement.adequacy is Adequacy.ASSERTED and judgement.thin):
            message, advice = _WEAK[key, RESTATED if restated else THIN]
            yield Finding(f"{key}.weak", Severity.QUERY, key, message, material.quote_judged(key), VERSION, advice)


def check_unmeasured(material: Material) -> Iterator[Finding]:
    """`benefits.unmeasured`: benefits are claimed and nothing among them can be counted."""
    judgement = material.judged.get("benefits")
    if judgement is None or judgement.measured or judgement.adequacy not in (Adequacy.ASSERTED, Adequacy.EVIDENCED):
        return
    yield Finding(
        "benefits.unmeasured",
        Severity.ADVICE,
        "benefits",
        "The benefits carry no measure.",
        material.quote_judged("benefits"),
        VERSION,
        "Your benefits would carry more weight with a number: hours saved, errors avoided, pounds, or people reached. "
        "An estimate will do.",
    )
