"""Requests that belong to the workforce data set and not here."""

from __future__ import annotations

from collections.abc import Iterator

from casework.model import Evidence, Finding, Severity
from extract.checks.material import REQUESTS, Material
from extract.language.scope import find_workforce_request

VERSION = 1


def check_workforce_dataset(material: Material) -> Iterator[Finding]:
    """`redirect.workforce-dataset`: a job role, area of work, staff group or occupation code is asked for."""
    keys = [key for key in material.judged if not material.whole or key != "benefits"]
    if material.whole:
        keys += [key for key in ("title", "role_name", *REQUESTS) if key in material.texts]
    quotes: list[Evidence] = []
    for key in keys:
        spans = find_workforce_request(material.texts.get(key, ""))
        quotes += [material.quote(key, start, end) for start, end in spans]
    if quotes:
        yield Finding(
            "redirect.workforce-dataset",
            Severity.QUERY,
            quotes[0].field,
            "This asks for a job role, area of work, staff group or occupation code, which belong to the National "
            "Workforce Data Set.",
            tuple(quotes),
            VERSION,
            "Job roles, areas of work, staff groups and occupation codes are agreed by the owner of the National "
            "Workforce Data Set. Send that part to them by e-mail; it cannot be agreed here.",
        )
