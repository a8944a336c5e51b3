"""Dates that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from casework.form import FieldKind
from casework.model import FieldStatus, Finding, Severity
from extract.checks.material import Material

VERSION = 1
_YEAR = timedelta(days=366)
_DECADE = timedelta(days=3653)


def check_dates(material: Material) -> Iterator[Finding]:
    """`date.unlikely` for each date that is impossible, in the future, or long past; a wish date may be ahead."""
    for definition in material.form.fields:
        written = material.texts.get(definition.key, "").strip()
        answered = material.statuses.get(definition.key) is FieldStatus.ANSWERED
        if definition.kind is not FieldKind.DATE or not written or not answered:
            continue
        trouble = _trouble(written, material.today, ahead=definition.key != "date_raised")
        if trouble:
            yield Finding(
                "date.unlikely",
                Severity.QUERY,
                definition.key,
                f"“{definition.label}” is given as {written}, which {trouble}.",
                material.quote_all(definition.key),
                VERSION,
                f"Please check “{definition.label}”: {written} {trouble}. Day, month, year is the order that we read.",
            )


def _trouble(written: str, today: date, *, ahead: bool) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        if ahead and not any(character.isdigit() for character in written):
            return ""
        return "" if ahead and not _looks_like_a_day(written) else "is not a date in the calendar"
    if ahead:
        if day - today > _DECADE:
            return "is more than ten years ahead"
        return "is more than ten years ago" if today - day > _DECADE else ""
    if day > today:
        return "is in the future"
    return "is more than twelve months ago" if today - day > _YEAR else ""


def _looks_like_a_day(written: str) -> bool:
    """Three numbers, as in 31/02/2026; "Q3 2027" and "by April" are wishes and no day."""
    return len([part for part in written.replace("-", "/").replace(".", "/").split("/") if part.strip().isdigit()]) == 3
