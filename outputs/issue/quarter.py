"""A quarter's schedule, gathered from the record: what will come, what was asked for, and a count that adds up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from casework.form import FormLibrary
from casework.lifecycle import BUSINESS_JUSTIFICATION, Status
from casework.period import Period, is_raised_within, parse_quarter, quarter_key, quarter_label, six_months_ending
from casework.schedule import TO_BE_CONFIRMED, Editing, PastIssue, Release, Schedule, ScheduleLine, Section, Tally
from casework.schedule_changes import compare_schedules
from casework.schedule_doubts import Doubt, find_doubts
from casework.schedule_json import schedule_from_json, schedule_to_json
from casework.wording import counted, long_date
from outputs.issue.lines import day_raised, schedule_line
from store.events import chain_head
from store.people import load_people
from store.schedule_rows import ScheduleRow, load_schedule_rows
from store.schedules import IssueRow, count_received, load_issues

_UNEDITED = Editing()
_DONE = frozenset({Status.DELIVERED, Status.VALUE_ADDED, Status.CLOSED})
_ROLE, _COMPETENCE = "supplementary-role", "national-competency"
_FIRST = "This is the first issue of the schedule, so there is nothing to compare it with."
_KINDS = {
    BUSINESS_JUSTIFICATION: "Business justifications",
    _ROLE: "Requests for a supplementary role",
    _COMPETENCE: "Requests for a national competence",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """A schedule not yet built, what an editor should look at, and every coming change in order, left out or not."""

    schedule: Schedule
    doubts: tuple[Doubt, ...]
    placed: tuple[Section, ...]


def gather_quarter(
    db: Database, library: FormLibrary, quarter: str, editing: Editing = _UNEDITED, *, financial: bool = False
) -> Gathered:
    """What the record says now for a quarter ("2026-Q4"); the issue date defaults to the quarter's last day."""
    key = quarter_key(quarter)
    issued = editing.issued or parse_quarter(key).end
    window = six_months_ending(issued)
    rows = load_schedule_rows(db, window.start)
    raised = {form: _raised_within(rows, form, window) for form in _KINDS}
    everything = _in_editors_order(_by_release(rows, library, window), editing)
    label = quarter_label(key, financial=financial)
    events, head = chain_head(db)
    unversioned = Schedule(
        quarter=key,
        label=label,
        reference=_reference(label),
        issued=issued,
        version="",
        window_start=window.start,
        window_end=window.end,
        releases=_without_left_out(everything, editing),
        justifications=_in_order(raised[BUSINESS_JUSTIFICATION], library),
        roles=_in_order(raised[_ROLE], library) if editing.with_roles else None,
        competences=_in_order(raised[_COMPETENCE], library) if editing.with_competences else None,
        introduction=editing.introduction,
        note=editing.note,
        change_note=editing.change_note,
        events=events,
        head=head,
    )
    tallied = replace(unversioned, tallies=_tallies(db, rows, unversioned, everything, window))
    schedule = _after_what_went_before(tallied, load_issues(db), financial=financial)
    doubts = find_doubts(schedule, names=_names(rows), staff=[person.name for person in load_people(db)])
    return Gathered(schedule, doubts, everything)


def content_hash(schedule: Schedule) -> str:
    """Stands for all that a schedule says of its own: not its version, its place among the issues, or the record's
    length."""
    content = replace(
        schedule, version="", previous_issues=(), change_note="", compared_with="", changes=(), events=0, head=""
    )
    return hashlib.sha256(schedule_to_json(content).encode()).hexdigest()


def _reference(label: str) -> str:
    quarter, year = label.split()
    return f"ESR-DS-{year.replace('/', '-')}-{quarter}"


def _after_what_went_before(schedule: Schedule, issues: list[IssueRow], *, financial: bool) -> Schedule:
    """With its version, the issues of its quarter so far, and what changed since the schedule before this quarter's.

    A correction is compared with the same issue as what it corrects: its readers may never have seen the wrong one.
    """
    own = [issue for issue in issues if issue.quarter == schedule.quarter]
    earlier = [issue for issue in issues if issue.quarter < schedule.quarter]
    versioned = replace(
        schedule,
        version=f"{len(own) + 1}.0",
        previous_issues=tuple(PastIssue(issue.issued, issue.version, issue.note) for issue in own),
    )
    if not earlier:
        return replace(versioned, compared_with=_FIRST)
    last = earlier[-1]
    name = f"{quarter_label(last.quarter, financial=financial)}, version {last.version}, of {long_date(last.issued)}"
    if not last.record:
        told = f"The issue before this one ({name}) was published before lists were kept to compare with."
        return replace(versioned, compared_with=told)
    changes = compare_schedules(schedule_from_json(last.record), versioned)
    return replace(versioned, changes=changes, compared_with=f"Compared with the schedule for {name}.")


def _by_release(rows: Iterable[ScheduleRow], library: FormLibrary, window: Period) -> tuple[Section, ...]:
    """Coming changes: releases by planned date, then name; approved changes without a release last.

    What was delivered stays for as long as the six months that the schedule looks back on.
    """
    coming: dict[Release, list[ScheduleLine]] = {}
    unplaced: list[ScheduleLine] = []
    for row in rows:
        is_recent = row.decided_on is None or row.decided_on >= window.start
        if row.release is not None and (row.status == Status.ALLOCATED or (row.status in _DONE and is_recent)):
            coming.setdefault(Release(row.release, row.release_planned), []).append(schedule_line(row, library))
        elif row.status == Status.APPROVED:
            unplaced.append(schedule_line(row, library))
    ordered = sorted(coming.items(), key=lambda item: (item[0].planned or date.max, item[0].name))
    sections = [(release, tuple(lines)) for release, lines in ordered]
    if unplaced:
        sections.append((Release(TO_BE_CONFIRMED), tuple(unplaced)))
    return tuple(sections)


def _in_editors_order(sections: tuple[Section, ...], editing: Editing) -> tuple[Section, ...]:
    place = {reference: at for at, reference in enumerate(editing.order)}
    return tuple(
        (release, tuple(sorted(lines, key=lambda line: (place.get(line.reference, len(place)), line.reference))))
        for release, lines in sections
    )


def _without_left_out(sections: tuple[Section, ...], editing: Editing) -> tuple[Section, ...]:
    left_out = frozenset(editing.left_out)
    return tuple(
        (release, tuple(line for line in lines if line.reference not in left_out)) for release, lines in sections
    )


def _raised_within(rows: Iterable[ScheduleRow], form: str, window: Period) -> list[ScheduleRow]:
    return [row for row in rows if row.form == form and is_raised_within(day_raised(row), window)]


def _in_order(rows: Iterable[ScheduleRow], library: FormLibrary) -> tuple[ScheduleLine, ...]:
    lines = [schedule_line(row, library) for row in rows]
    return tuple(sorted(lines, key=lambda line: (line.date_raised, line.reference)))


def _tallies(
    db: Database, rows: list[ScheduleRow], schedule: Schedule, sections: tuple[Section, ...], window: Period
) -> tuple[Tally, ...]:
    """How many came in by the database's own count, against how many stand in the lists."""
    lists = {
        BUSINESS_JUSTIFICATION: schedule.justifications,
        _ROLE: schedule.roles,
        _COMPETENCE: schedule.competences,
    }
    tallies = [_tally_raised(db, rows, form, lines, window) for form, lines in lists.items() if lines is not None]
    approved = [row for row in rows if row.status in (Status.APPROVED, Status.ALLOCATED)]
    delivered = sum(row.release is not None and row.status in _DONE for row in rows)
    placed = [line for _, lines in sections for line in lines]
    listed = sum(len(lines) for _, lines in schedule.releases)
    recent = sum(line.outcome in ("Delivered", "Value added") for line in placed)
    note = f"{recent} of them delivered in the six months." if recent else ""
    if delivered > recent:
        note += f" {counted(delivered - recent, 'change')} delivered before is not listed any more."
    left_out = len(placed) - listed
    if left_out:
        note += f" {left_out} left out by the editor."
    came_in = len(approved) + recent
    tallies.append(Tally("Approved changes, with and without a release", came_in, listed, left_out, note.strip()))
    unknown = count_received(db, None)
    if unknown:
        note = "Listed as soon as we know what they ask for."
        tallies.append(Tally("Forms that could not be read yet", unknown, 0, unknown, note))
    return tuple(tallies)


def _tally_raised(
    db: Database, rows: list[ScheduleRow], form: str, lines: tuple[ScheduleLine, ...], window: Period
) -> Tally:
    received_before = count_received(db, form, before=window.start)
    # Nobody raises a request after it was received, so what came before the window was raised before it too.
    rest = [day_raised(row) for row in rows if row.form == form and row.received_on >= window.start]
    before = received_before + sum(day < window.start for day in rest)
    after = sum(day > window.end for day in rest)
    total = count_received(db, form)
    note = f"{total:,} in all: {before:,} raised before {long_date(window.start)}"
    note += f", {after:,} after {long_date(window.end)}." if after else "."
    return Tally(f"{_KINDS[form]} raised in the six months", total - before - after, len(lines), 0, note)


def _names(rows: Iterable[ScheduleRow]) -> dict[str, tuple[str, ...]]:
    return {row.reference: (row.values["requester_name"],) for row in rows if row.values.get("requester_name")}
