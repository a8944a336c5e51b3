"""A quarter's schedule: gathered from the record, built, and its bytes kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlite_utils import Database

from casework.form import FormLibrary
from casework.lifecycle import BUSINESS_JUSTIFICATION, Status
from casework.model import Release, Schedule, ScheduleLine
from casework.period import is_raised_within, parse_quarter, raised_on, six_months_ending
from casework.state_words import outcome_of
from store.database import transaction
from store.originals import keep_original
from store.schedules import IssueRow, ScheduleRow, add_issue, load_issues, load_schedule_rows

TO_BE_CONFIRMED = "Release to be confirmed"
# Forms that ask for a value in a list instead of a change to an area of ESR.
_VALUE_LISTS = {"supplementary-role": "Supplementary roles", "national-competency": "National competences"}


@dataclass(frozen=True, slots=True)
class IssuedSchedule:
    """A schedule as it went out: its file name, its bytes and their SHA-256."""

    name: str
    version: str
    data: bytes
    sha256: str


def gather_quarter(db: Database, library: FormLibrary, quarter: str, issued: date | None, note: str = "") -> Schedule:
    """What the record says now for a quarter ("2026-Q4"), not yet built; the issue date defaults to its last day."""
    period = parse_quarter(quarter)
    issued = issued or period.end
    window = six_months_ending(issued)
    rows = load_schedule_rows(db)
    in_window = [row for row in rows if row.form == BUSINESS_JUSTIFICATION and is_raised_within(_raised(row), window)]
    unversioned = Schedule(
        quarter=quarter,
        issued=issued,
        version="",
        window_start=window.start,
        window_end=window.end,
        releases=_by_release(rows, library),
        justifications=tuple(
            sorted((_line(row, library) for row in in_window), key=lambda line: (line.date_raised, line.reference))
        ),
        note=note,
    )
    return _versioned(unversioned, load_issues(db, quarter))


def build_quarter(
    db: Database,
    *,
    library: FormLibrary,
    quarter: str,
    issued: date | None,
    originals: str,
    now: datetime,
    render: Callable[[Schedule], bytes],
    note: str = "",
) -> IssuedSchedule:
    """Build a quarter's schedule, keep its bytes and the fact that it was issued.

    The same record gives the same version and the same bytes; a changed record gives the next version.
    """
    schedule = gather_quarter(db, library, quarter, issued, note)
    data = render(schedule)
    digest = keep_original(originals, data)
    with transaction(db):
        known = {issue.version for issue in load_issues(db, quarter)}
        if schedule.version not in known:
            add_issue(
                db,
                quarter=quarter,
                issued=schedule.issued,
                version=schedule.version,
                content_hash=_content_hash(schedule),
                sha256=digest,
                note=note,
                now=now,
            )
    return IssuedSchedule(
        f"ESR-Development-Schedule-{quarter}-v{schedule.version}.docx", schedule.version, data, digest
    )


def _versioned(schedule: Schedule, issues: list[IssueRow]) -> Schedule:
    """The version this content was issued under before, or the next one; with the issues that came before it."""
    content = _content_hash(schedule)
    known = next((issue for issue in issues if issue.content_hash == content), None)
    version = known.version if known else f"{len(issues) + 1}.0"
    earlier = [issue for issue in issues if known is None or issue.id < known.id]
    return replace(
        schedule,
        version=version,
        previous_issues=tuple((issue.issued, issue.version, issue.note) for issue in earlier),
    )


def _content_hash(schedule: Schedule) -> str:
    content = asdict(replace(schedule, version="", previous_issues=()))
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _by_release(rows: list[ScheduleRow], library: FormLibrary) -> tuple[tuple[Release, tuple[ScheduleLine, ...]], ...]:
    """Coming changes: releases by planned date, then name; approved changes without a release last."""
    coming: dict[Release, list[ScheduleLine]] = {}
    unplaced: list[ScheduleLine] = []
    for row in rows:
        if row.release is not None and row.status in (Status.ALLOCATED, Status.DELIVERED):
            coming.setdefault(Release(row.release, row.release_planned), []).append(_line(row, library))
        elif row.status == Status.APPROVED:
            unplaced.append(_line(row, library))
    ordered = sorted(coming.items(), key=lambda item: (item[0].planned or date.max, item[0].name))
    sections = [(release, tuple(lines)) for release, lines in ordered]
    if unplaced:
        sections.append((Release(TO_BE_CONFIRMED), tuple(unplaced)))
    return tuple(sections)


def _raised(row: ScheduleRow) -> date:
    return raised_on(row.values.get("date_raised", ""), row.received_on)


def _line(row: ScheduleRow, library: FormLibrary) -> ScheduleLine:
    values = row.values
    title = values.get("title") or values.get("role_name") or values.get("competence_name") or "Title not given"
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
        date_raised=_raised(row),
        status=_outcome(row),
        decided_on=row.decided_on,
        release=row.release,
        reason=row.reason,
    )


def _outcome(row: ScheduleRow) -> str:
    return outcome_of(Status(row.status), release=row.release or "")


def _labels(library: FormLibrary, vocabulary: str, keys: str) -> str:
    return ", ".join(library.vocabulary(vocabulary).label(key) for key in keys.split())


def _first_sentences(text: str, limit: int = 280) -> str:
    """The start of a long answer, cut at the end of a sentence or word, so that a table row stays readable."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    sentence = max(cut.rfind(". "), cut.rfind("? "), cut.rfind("! "))
    return cut[: sentence + 1] if sentence > limit // 3 else f"{cut.rsplit(' ', 1)[0]} …"
