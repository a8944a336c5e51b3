"""Dates that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from casework.form import FieldKind, FormDefinition, FormLibrary
from casework.model import FieldStatus, Finding, Reading, Severity
from casework.rulebook import Limits
from extract.checks.material import Material

VERSION = 1
_MONTH, _YEAR = 30.5, 365.3
_NUMBERS = {12: "twelve", 10: "ten"}


def check_dates(material: Material) -> Iterator[Finding]:
    """`date.unlikely` for each date that is impossible, in the future, or long past; a wish date may be ahead."""
    for definition in material.form.fields:
        written = material.texts.get(definition.key, "").strip()
        answered = material.statuses.get(definition.key) is FieldStatus.ANSWERED
        if definition.kind is not FieldKind.DATE or not written or not answered:
            continue
        trouble = _trouble(written, material.today, material.limits, ahead=definition.key != "date_raised")
        if trouble:
            yield Finding(
                "date.unlikely",
                Severity.QUERY,
                definition.key,
                f"“{definition.label}” is given as {written}, which {trouble}.",
                material.quote_all(definition.key),
                VERSION,
                f"Check “{definition.label}”: {written} {trouble}. Day, month, year is the order that we read.",
            )


def check_wanted_by(material: Material) -> Iterator[Finding]:
    """`required-by.past`: the day by which the change is wanted was over before the form was received."""
    key = "required_by"
    try:
        day = date.fromisoformat(material.texts.get(key, "").strip())
    except ValueError:
        return
    answered = material.statuses.get(key) is FieldStatus.ANSWERED
    # Long past, it is more likely a slip of the pen, and `check_dates` asks about that.
    if not answered or day >= material.today or _trouble(day.isoformat(), material.today, material.limits, ahead=True):
        return
    written = f"{day.day} {day:%B %Y}"
    yield Finding(
        "required-by.past",
        Severity.QUERY,
        key,
        f"The change is wanted by {written}, which is past.",
        material.quote_all(key),
        VERSION,
        f"The day by which you want the change, {written}, is past. Tell us a new one, or that the change is no "
        "longer wanted.",
    )


def recheck_dates(
    reading: Reading, form: FormDefinition, library: FormLibrary, today: date, limits: Limits
) -> list[Finding]:
    """What `date.unlikely` would say of a reading with other limits; looks at nothing but dates."""
    texts = {answer.field: answer.value for answer in reading.answers if isinstance(answer.value, str)}
    statuses = {answer.field: answer.status for answer in reading.answers}
    return list(check_dates(Material(form, library, today, "", texts, {}, (), statuses, limits=limits)))


def _trouble(written: str, today: date, limits: Limits, *, ahead: bool) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        if ahead and not any(character.isdigit() for character in written):
            return ""
        return "" if ahead and not _looks_like_a_day(written) else "is not a date in the calendar"
    years, months = limits.date_ahead_years, limits.date_past_months
    decade = timedelta(days=round(years * _YEAR))
    if ahead:
        if day - today > decade:
            return f"is more than {_NUMBERS.get(years, years)} years ahead"
        return f"is more than {_NUMBERS.get(years, years)} years ago" if today - day > decade else ""
    if day > today:
        return "is in the future"
    past = today - day > timedelta(days=round(months * _MONTH))
    return f"is more than {_NUMBERS.get(months, months)} months ago" if past else ""


def _looks_like_a_day(written: str) -> bool:
    """Three numbers, as in 31/02/2026; "Q3 2027" and "by April" are wishes and no day."""
    return len([part for part in written.replace("-", "/").replace(".", "/").split("/") if part.strip().isdigit()]) == 3
