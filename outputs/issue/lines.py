"""A case as the record knows it to a line of the schedule: the published words, and nobody's name."""

from __future__ import annotations

from datetime import date

from casework.form import FormLibrary
from casework.moves import Status
from casework.period import raised_on
from casework.schedule import WITHDRAWN, ScheduleLine
from casework.state_words import PENDING, outcome_of
from casework.wording import long_date
from store.schedule_rows import ScheduleRow

# Forms that ask for a value in a list instead of a change to an area of ESR.
_VALUE_LISTS = {"supplementary-role": "Supplementary roles", "national-competency": "National competences"}

# The outcome without its particulars, as it is counted; whatever is not here is not decided.
_SHORT = {
    Status.APPROVED: "Approved",
    Status.ALLOCATED: "Approved",
    Status.DELIVERED: "Delivered",
    Status.VALUE_ADDED: "Value added",
    Status.CLOSED: "Value added",
    Status.DEFERRED: "Deferred",
    Status.DECLINED: "Declined",
    Status.REDIRECTED: "Redirected",
    Status.DUPLICATE: "Duplicate",
    Status.WITHDRAWN: WITHDRAWN,
}


def day_raised(row: ScheduleRow) -> date:
    """The day that counts as the one the request was raised on."""
    return raised_on(row.values.get("date_raised", ""), row.received_on)


def schedule_line(row: ScheduleRow, library: FormLibrary) -> ScheduleLine:
    """The case's line, whichever part of the schedule it stands in."""
    values = row.values
    title = values.get("title") or values.get("role_name") or values.get("competence_name") or "Title not given"
    status = Status(row.status)
    return ScheduleLine(
        reference=row.reference,
        sr_number=values.get("sr_number", ""),
        title=title,
        organisation=values.get("organisation", ""),
        region=_labels(library, "regions", values.get("region", "")),
        functional_area=_VALUE_LISTS.get(row.form or "")
        or _labels(library, "functional-areas", values.get("functional_area", "")),
        description=_first_sentences(
            values.get("requirement") or values.get("role_description") or values.get("competence_description") or ""
        ),
        driver=values.get("national_driver") or values.get("national_link") or "",
        date_raised=day_raised(row),
        status=outcome_of(
            status, release=row.release or "", review_on=long_date(row.review_on) if row.review_on else ""
        ),
        outcome=_SHORT.get(status, PENDING),
        decided_on=row.decided_on,
        release=row.release,
        reason=row.reason,
    )


def _labels(library: FormLibrary, vocabulary: str, keys: str) -> str:
    return ", ".join(library.vocabulary(vocabulary).label(key) for key in keys.split())


def _first_sentences(text: str, limit: int = 280) -> str:
    """The start of a long answer, cut at the end of a sentence or word, so that a table row stays readable."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    sentence = max(cut.rfind(". "), cut.rfind("? "), cut.rfind("! "))
    return cut[: sentence + 1] if sentence > limit // 3 else f"{cut.rsplit(' ', 1)[0]} …"
