"""Publishing a schedule: built once, checked against the record, hashed, and kept with what it was made from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.events import SYSTEM, Event, EventKind, user_actor
from casework.form import FormLibrary
from casework.schedule import Editing, Schedule
from casework.schedule_json import schedule_to_json
from outputs.issue.code import code_in_use
from outputs.issue.quarter import content_hash, gather_quarter
from outputs.layout import heading_pages
from outputs.listed import find_missing
from outputs.schedule import build_schedule, chart_in_words
from outputs.schedule_csv import build_schedule_csv
from outputs.schedule_html import build_schedule_html
from outputs.told_pdf import tell_figure
from store.database import transaction
from store.events import chain_head, record_event
from store.originals import keep_original
from store.schedules import IssueRow, add_issue, load_issue, load_issues, record_listed

BuildWord = Callable[[Schedule, bytes, Sequence[int]], bytes]
"""A schedule, a Word template and the page of each heading to Word bytes; an own template's runs in a child."""

LayOut = Callable[[bytes], bytes | None]
"""Word bytes to PDF bytes; None where there is nothing here that lays out pages, or it did not manage."""


@dataclass(frozen=True, slots=True)
class Press:
    """What an installation prints with: its Word template, what lays out pages, and where files are kept."""

    template: bytes
    lay_out: LayOut
    originals: str
    build: BuildWord = build_schedule


@dataclass(frozen=True, slots=True)
class Printed:
    """A schedule's files, and the page of each heading that the Word file's contents list was made with."""

    word: bytes
    pdf: bytes | None
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PrintedFiles:
    """A schedule's files as they are kept, by SHA-256, with what they were made with. A PDF that was not made is
    empty."""

    word: str
    pdf: str
    html: str
    csv: str
    template: str
    pages: tuple[int, ...]
    code: str


def publish_quarter(
    db: Database,
    *,
    library: FormLibrary,
    quarter: str,
    editing: Editing,
    press: Press,
    now: datetime,
    person_id: int | None = None,
    financial: bool = False,
) -> IssueRow:
    """Publish what the record says now as the quarter's next version, and return the issue.

    Asked again without a change since, it returns the issue there is. RefusedError where something fell out between the
    record and the document, or a correction does not say what it corrects; StaleError where the record changed, or
    somebody else published the quarter, while the files were made.
    """
    schedule, known = prepare_issue(db, library, quarter, editing, financial=financial)
    if known is not None:
        return known
    files = print_files(schedule, press)
    with transaction(db):
        issue_id = commit_issue(
            db, schedule, files, library=library, editing=editing, financial=financial, now=now, person_id=person_id
        )
    return load_issue(db, issue_id)


def prepare_issue(
    db: Database, library: FormLibrary, quarter: str, editing: Editing, *, financial: bool = False
) -> tuple[Schedule, IssueRow | None]:
    """What would be published now, and the issue that says the same already, where there is one.

    RefusedError where it cannot go out like this.
    """
    gathered = gather_quarter(db, library, quarter, editing, financial=financial)
    schedule = gathered.schedule
    known = load_issues(db, schedule.quarter)
    if known and known[-1].content_hash == content_hash(schedule):
        return schedule, known[-1]
    if known and not schedule.change_note.strip():
        raise RefusedError(f"Enter what changed since version {known[-1].version}. The change record prints it.")
    if stops := [doubt for doubt in gathered.doubts if doubt.stops]:
        raise RefusedError(stops[0].words)
    return schedule, None


def print_files(schedule: Schedule, press: Press) -> PrintedFiles:
    """Make and keep all files of a schedule. It looks at no record, so that it can be done anywhere and any number of
    times. RefusedError where the document does not list what the schedule does."""
    printed = print_schedule(schedule, press.template, press.lay_out, press.build)
    if missing := find_missing(schedule, printed.word):
        raise RefusedError(
            f"{', '.join(missing[:5])} would not be listed in the document. Put the shipped template back, or correct"
            " the template: each list needs its table."
        )
    keep = partial(keep_original, press.originals)
    return PrintedFiles(
        word=keep(printed.word),
        pdf=keep(printed.pdf) if printed.pdf else "",
        html=keep(build_schedule_html(schedule)),
        csv=keep(build_schedule_csv(schedule)),
        template=keep(press.template),
        pages=printed.pages,
        code=code_in_use(),
    )


def commit_issue(
    db: Database,
    schedule: Schedule,
    files: PrintedFiles,
    *,
    library: FormLibrary,
    editing: Editing,
    financial: bool,
    now: datetime,
    person_id: int | None,
) -> int:
    """Publish what was printed, inside the open transaction; the issue's id.

    StaleError where the record says anything else by now than when the schedule was gathered.
    """
    if chain_head(db) != (schedule.events, schedule.head):
        _check_still_so(db, schedule, library, editing, financial=financial)
    issue = IssueRow(
        id=0,
        quarter=schedule.quarter,
        issued=schedule.issued,
        version=schedule.version,
        content_hash=content_hash(schedule),
        sha256=files.word,
        built_at=now,
        note=schedule.change_note,
        record=schedule_to_json(schedule),
        pages=json.dumps(files.pages),
        template_sha256=files.template,
        html_sha256=files.html,
        csv_sha256=files.csv,
        pdf_sha256=files.pdf,
        code=files.code,
        published_by=person_id,
    )
    issue_id = add_issue(db, issue)
    record_event(db, _event(schedule, issue, person_id, now))
    coming = (line.reference for _, lines in schedule.releases for line in lines)
    record_listed(db, coming, issue, label=schedule.label, actor=_actor(person_id))
    return issue_id


def _check_still_so(
    db: Database, schedule: Schedule, library: FormLibrary, editing: Editing, *, financial: bool
) -> None:
    """StaleError where a schedule gathered now would say anything else; only the length of the record may differ."""
    if f"{len(load_issues(db, schedule.quarter)) + 1}.0" != schedule.version:
        raise StaleError("Somebody else published this quarter in the meantime. Look at their version first.")
    current = gather_quarter(db, library, schedule.quarter, editing, financial=financial).schedule
    if replace(current, events=schedule.events, head=schedule.head) == schedule:
        return
    was, now = Counter(schedule.lines()), Counter(current.lines())
    changed = sorted({line.reference for line in [*(was - now), *(now - was)]})
    about = f" It is about {', '.join(changed[:5])}{' and others' if len(changed) > 5 else ''}." if changed else ""
    raise StaleError(f"The record changed while the files were being made.{about} Check the schedule again.")


def print_schedule(schedule: Schedule, template: bytes, lay_out: LayOut, build: BuildWord = build_schedule) -> Printed:
    """The Word file with a contents list that is right, and the PDF of it, whose chart is told in words.

    The pages come from laying the document out; where the numbers move something, or nothing can lay pages out, the
    contents list has links alone.
    """

    def laid_out(word: bytes) -> bytes | None:
        pdf = lay_out(word)
        return tell_figure(pdf, chart_in_words(schedule)) if pdf else None

    draft = build(schedule, template, ())
    first = laid_out(draft)
    pages = _pages(first)
    if not pages:
        return Printed(draft, first, ())
    word = build(schedule, template, pages)
    pdf = laid_out(word)
    if pdf is None or _pages(pdf) != pages:
        return Printed(draft, first, ())
    return Printed(word, pdf, pages)


def _pages(pdf: bytes | None) -> tuple[int, ...]:
    return heading_pages(pdf) if pdf else ()


def _actor(person_id: int | None) -> str:
    return SYSTEM if person_id is None else user_actor(person_id)


def _event(schedule: Schedule, issue: IssueRow, person_id: int | None, now: datetime) -> Event:
    return Event(
        EventKind.SCHEDULE_ISSUED,
        now,
        _actor(person_id),
        facts={
            "quarter": issue.quarter,
            "version": issue.version,
            "sha256": issue.sha256,
            "lines": len(schedule.lines()),
            "head": schedule.head,
        },
    )


def issue_file_name(issue: IssueRow, ending: str) -> str:
    """What the file is called when somebody saves it."""
    return f"ESR-Development-Schedule-{issue.quarter}-v{issue.version}.{ending}"


def pages_of(issue: IssueRow) -> Sequence[int]:
    """The page of each heading that the issue's contents list was made with; empty where it has links alone."""
    found: list[int] = json.loads(issue.pages or "[]")
    return found
