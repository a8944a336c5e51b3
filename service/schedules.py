"""The Development Schedule's doors with this installation's settings, template and LibreOffice handed in."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlite_utils import Database

from casework.errors import CaseworkError
from casework.period import quarter_label
from casework.schedule import Editing, Schedule
from extract.convert import convert_to_published_pdf
from outputs.issue import (
    Gathered,
    LayOut,
    Press,
    Rebuilt,
    gather_quarter,
    issue_file_name,
    publish_quarter,
    rebuild_issue,
)
from outputs.schedule import load_template
from outputs.schedule_html import build_schedule_preview
from review.doors import ScheduleDoors
from service.isolate import CONVERT_LIMITS, ChildFailedError, run_isolated
from service.settings import Settings
from service.templates import build_schedule_safely, find_word_template
from service.words import library_now
from store.schedules import IssueRow

_PREVIEW_LINES = 50

log = structlog.get_logger()


def lay_out(word: bytes) -> bytes | None:
    """The document's pages as a PDF, made in a disposable child; None where LibreOffice is missing or gave up.

    The schedule goes out without its PDF rather than not at all.
    """
    try:
        return run_isolated(lambda: convert_to_published_pdf(word, "The schedule"), CONVERT_LIMITS)
    except CaseworkError as problem:
        log.warning("schedule without pages", problem=problem.public_message)
    except ChildFailedError as problem:
        log.warning("schedule without pages", problem=problem.why)
    return None


def schedule_doors(settings: Settings, lay_out: LayOut = lay_out) -> ScheduleDoors:
    """What the pages and the commands may do with schedules."""

    def gather(db: Database, quarter: str, editing: Editing) -> Gathered:
        return gather_quarter(db, library_now(db), quarter, editing, financial=settings.financial_quarters)

    def preview(schedule: Schedule) -> str:
        return build_schedule_preview(schedule, _PREVIEW_LINES)

    def publish(db: Database, quarter: str, editing: Editing, *, person_id: int | None, now: datetime) -> IssueRow:
        return publish_quarter(
            db,
            library=library_now(db),
            quarter=quarter,
            editing=editing,
            press=Press(
                find_word_template(db, settings.originals, "development-schedule") or load_template(),
                lay_out,
                settings.originals,
                build_schedule_safely,
            ),
            now=now,
            person_id=person_id,
            financial=settings.financial_quarters,
        )

    def rebuild(db: Database, issue_id: int) -> Rebuilt:
        return rebuild_issue(db, issue_id, settings.originals, build_schedule_safely)

    return ScheduleDoors(
        gather=gather,
        preview=preview,
        publish=publish,
        rebuild=rebuild,
        label=lambda quarter: quarter_label(quarter, financial=settings.financial_quarters),
        file_name=issue_file_name,
    )
