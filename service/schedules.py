"""The Development Schedule's doors with this installation's settings, template and LibreOffice handed in."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlite_utils import Database

from casework.errors import CaseworkError
from casework.period import quarter_label
from casework.schedule import Editing, Schedule
from casework.schedule_json import editing_to_json, schedule_to_json
from extract.convert import convert_to_published_pdf
from outputs.issue import (
    Gathered,
    LayOut,
    Press,
    gather_quarter,
    issue_file_name,
    prepare_issue,
    publish_quarter,
)
from outputs.schedule import load_template
from outputs.schedule_html import build_schedule_preview
from review.doors import ScheduleDoors
from service.isolate import CONVERT_LIMITS, ChildFailedError, run_isolated
from service.settings import Settings
from service.templates import build_schedule_safely, find_word_template
from service.words import library_now
from store.commissions import CommissionKind, commission, keep_order
from store.database import transaction
from store.originals import keep_original
from store.schedules import IssueRow, issue_to_record, load_issue

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


def publish_now(
    settings: Settings,
    db: Database,
    quarter: str,
    editing: Editing,
    *,
    now: datetime,
    person_id: int | None = None,
    lay_out: LayOut = lay_out,
) -> IssueRow:
    """Publish a quarter in this process, for a command that waits for it."""
    return publish_quarter(
        db,
        library=library_now(db),
        quarter=quarter,
        editing=editing,
        press=Press(_template(settings, db), lay_out, settings.originals, build_schedule_safely),
        now=now,
        person_id=person_id,
        financial=settings.financial_quarters,
    )


def schedule_doors(settings: Settings) -> ScheduleDoors:
    """What the pages may do with schedules."""

    def gather(db: Database, quarter: str, editing: Editing) -> Gathered:
        return gather_quarter(db, library_now(db), quarter, editing, financial=settings.financial_quarters)

    def preview(schedule: Schedule) -> str:
        return build_schedule_preview(schedule, _PREVIEW_LINES)

    def ask(
        db: Database, quarter: str, editing: Editing, *, draft: int, person_id: int, now: datetime
    ) -> int | IssueRow:
        schedule, known = prepare_issue(db, library_now(db), quarter, editing, financial=settings.financial_quarters)
        if known is not None:
            return known
        order = {
            "kind": CommissionKind.SCHEDULE,
            "schedule": schedule_to_json(schedule),
            "editing": editing_to_json(editing),
            "draft": draft,
            "template": keep_original(settings.originals, _template(settings, db)),
        }
        sha256 = keep_order(settings.originals, order)
        with transaction(db):
            return commission(
                db, CommissionKind.SCHEDULE, schedule.quarter, sha256=sha256, person_id=person_id, now=now
            )

    def compare(db: Database, issue_id: int, *, person_id: int, now: datetime) -> int:
        order = {"kind": CommissionKind.REBUILD, "issue": issue_to_record(load_issue(db, issue_id))}
        sha256 = keep_order(settings.originals, order)
        with transaction(db):
            return commission(db, CommissionKind.REBUILD, str(issue_id), sha256=sha256, person_id=person_id, now=now)

    return ScheduleDoors(
        gather=gather,
        preview=preview,
        commission=ask,
        compare=compare,
        label=lambda quarter: quarter_label(quarter, financial=settings.financial_quarters),
        file_name=issue_file_name,
    )


def _template(settings: Settings, db: Database) -> bytes:
    return find_word_template(db, settings.originals, "development-schedule") or load_template()
