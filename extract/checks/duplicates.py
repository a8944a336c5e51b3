"""The same text given as the justification and as another answer."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model import Finding, Severity
from extract.checks.material import REASONS, REQUESTS, Material
from extract.language.likeness import same_words

VERSION = 1


def check_copied(material: Material) -> Iterator[Finding]:
    """`justification.copied`, once, naming the first other answer that holds the same words."""
    justification = material.texts.get("justification", "")
    for key in (*REQUESTS, *REASONS):
        if key == "justification" or not (
            material.whole or key in material.judged or "justification" in material.judged
        ):
            continue
        other = material.texts.get(key, "")
        if other.strip() and justification.strip() and same_words(justification, other):
            label = material.form.field(key).label if material.form.has(key) else key
            yield Finding(
                "justification.copied",
                Severity.QUERY,
                "justification",
                f"The justification says the same as “{label}”.",
                (*material.quote_all("justification"), *material.quote_all(key)),
                VERSION,
                f"Your justification and “{label}” say the same. Each asks for something else: say in the "
                "justification why the change is needed, and what goes wrong without it.",
            )
            return
