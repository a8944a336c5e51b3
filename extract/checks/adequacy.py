"""Whether the justification and the benefits are really there, and whether the benefits can be counted."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model import Adequacy, Finding, Severity
from extract.checks.material import Material

VERSION = 1
_WEAK = {
    "justification": (
        (
            "The justification only repeats the request. Say why it is needed: what goes wrong today, for "
            "whom, and how often."
        ),
        (
            "The justification is too general to assess. Name who is affected and what happens to them, "
            "with a figure if you have one."
        ),
    ),
    "benefits": (
        "The benefits only repeat the request. Say what comes of it: who gains, and what.",
        "The benefits are too general to assess. Say whose work or care gets better, and how it would show.",
    ),
}  # fmt: skip


def check_weak(material: Material) -> Iterator[Finding]:
    """`justification.weak` and `benefits.weak`: the answer restates the request, or is too thin to assess."""
    for key, (restated, thin) in _WEAK.items():
        judgement = material.judged.get(key)
        if judgement is None:
            continue
        if judgement.adequacy is Adequacy.RESTATED or (judgement.adequacy is Adequacy.ASSERTED and judgement.thin):
            message = restated if judgement.adequacy is Adequacy.RESTATED else thin
            yield Finding(f"{key}.weak", Severity.QUERY, key, message, material.quote_judged(key), VERSION)


def check_unmeasured(material: Material) -> Iterator[Finding]:
    """`benefits.unmeasured`: benefits are claimed and nothing among them can be counted."""
    judgement = material.judged.get("benefits")
    if judgement is None or judgement.measured or judgement.adequacy not in (Adequacy.ASSERTED, Adequacy.EVIDENCED):
        return
    yield Finding(
        "benefits.unmeasured",
        Severity.ADVICE,
        "benefits",
        "The benefits carry no measure. A number helps: hours saved, errors avoided, pounds, or people reached.",
        material.quote_judged("benefits"),
        VERSION,
    )
