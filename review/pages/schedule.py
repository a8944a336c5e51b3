"""The schedule builder: a quarter's words, the order of its changes, and a preview that follows what is typed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from casework.errors import RefusedError, StaleError
from casework.period import parse_quarter, quarter_in_words, quarter_key, quarter_of
from casework.wording import long_date
from review import visit
from review.pages.layout import Problem
from review.schedule_form import Entered, fields_of, move_change, parse_editing, parts_of
from store.database import transaction
from store.schedule_drafts import ScheduleDraft, load_schedule_draft, save_schedule_draft
from store.schedules import load_issues

blueprint = Blueprint("schedule", __name__)
_QUARTERS_SHOWN = 8


@blueprint.get("/schedule")
def show() -> str:
    """The draft of one quarter and how it would look; nothing is kept."""
    quarter, problems = _asked_for(request.args.get("quarter", ""))
    draft = load_schedule_draft(visit.database(), quarter)
    issued = long_date(draft.editing.issued) if draft.editing.issued else ""
    return _page(quarter, Entered(draft.editing, issued, tuple(problems)), draft, _number(request.args.get("open", "")))


@blueprint.post("/schedule")
def save() -> Response | str | tuple[str, int]:
    """Keep the draft, move a change, or only show how it would look; then stay here or go on to the check."""
    quarter, problems = _asked_for(request.form.get("quarter", ""))
    entered, step = parse_editing(request.form), request.form.get("step", "preview")
    db = visit.database()
    draft = load_schedule_draft(db, quarter)
    is_open = _number(request.form.get("open", ""))
    if problems or entered.problems:
        wrong = Entered(entered.editing, entered.issued, (*problems, *entered.problems))
        return _page(quarter, wrong, draft, is_open), 400
    if step == "preview":
        return _page(quarter, entered, draft, is_open)
    editing = entered.editing
    if step.startswith(("up:", "down:")):
        editing = move_change(editing, visit.doors().schedules.gather(db, quarter, editing).placed, step)
    seen = request.form.get("version", "")
    try:
        with transaction(db):
            save_schedule_draft(
                db,
                quarter,
                editing,
                version=int(seen) if seen.isascii() and seen.isdigit() else -1,
                person_id=visit.person().id,
                now=visit.now(),
            )
    except StaleError as problem:
        return _stale(quarter, Entered(editing, entered.issued), problem.public_message), 409
    if step == "check" and not editing.change_note and (issued := load_issues(db, quarter)):
        missing = f"Enter what changed since version {issued[-1].version}. The change record prints it."
        wrong = Entered(editing, entered.issued, (("change_note", missing),))
        return _page(quarter, wrong, load_schedule_draft(db, quarter), is_open), 400
    if step == "check":
        return redirect(f"/schedule/{quarter}/check", 303)
    if step == "save":
        flash("The draft is saved.")
        return redirect(f"/schedule?quarter={quarter}&open={is_open}", 303)
    if step.startswith("open:"):
        return redirect(f"/schedule?quarter={quarter}&open={_number(step.partition(':')[2])}#changes-title", 303)
    return redirect(f"/schedule?quarter={quarter}&open={is_open}#line-{step.partition(':')[2]}", 303)


@blueprint.post("/schedule/preview")
def preview() -> str | tuple[str, int]:
    """How the schedule would look with what is typed now, as a piece of the page; nothing is kept."""
    entered = parse_editing(request.form)
    quarter, problems = _asked_for(request.form.get("quarter", ""))
    if problems or entered.problems:
        return "", 400
    doors = visit.doors().schedules
    return doors.preview(doors.gather(visit.database(), quarter, entered.editing).schedule)


def _asked_for(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The quarter's key, the present one where none or a wrong one was asked for."""
    present = quarter_of(visit.today())
    if not text:
        return present, []
    try:
        return quarter_key(text), []
    except RefusedError as problem:
        return present, [("quarter", problem.public_message)]


def _number(text: str) -> int:
    """The part of the changes that is open; the first where the address names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _page(quarter: str, entered: Entered, draft: ScheduleDraft, is_open: int = 0) -> str:
    db, doors = visit.database(), visit.doors().schedules
    gathered = doors.gather(db, quarter, entered.editing)
    issues = load_issues(db)
    names = {key: f"{doors.label(key)}: {quarter_in_words(key)}" for key in _quarters(quarter)}
    return render_template(
        "schedule.html",
        schedule=gathered.schedule,
        parts=parts_of(gathered.placed, is_open),
        is_open=is_open,
        left_out=frozenset(entered.editing.left_out),
        doubts=gathered.doubts,
        preview=Markup(doors.preview(gathered.schedule)),  # noqa: S704 - the outputs room escaped every word in it
        quarter=quarter,
        quarter_words=quarter_in_words(quarter),
        quarters=names,
        label=doors.label,
        editing=entered.editing,
        issued=entered.issued,
        default_issued=long_date(parse_quarter(quarter).end),
        problems=[Problem(field, message) for field, message in entered.problems],
        draft=draft,
        is_mine=draft.saved_by == visit.person().name,
        issues=list(reversed(issues)),
        is_correction=any(issue.quarter == quarter for issue in issues),
    )


def _stale(quarter: str, entered: Entered, message: str) -> str:
    draft = load_schedule_draft(visit.database(), quarter)
    return render_template(
        "schedule_stale.html",
        quarter=quarter,
        quarter_words=quarter_in_words(quarter),
        message=message,
        draft=draft,
        editing=entered.editing,
        fields=fields_of(entered.editing, entered.issued),
    )


def _quarters(chosen: str) -> list[str]:
    """The next quarter, this one and those before, with the chosen one among them; newest first."""
    today = visit.today()
    index = today.year * 4 + (today.month - 1) // 3 + 1
    keys = {f"{number // 4}-Q{number % 4 + 1}" for number in range(index - _QUARTERS_SHOWN + 1, index + 1)}
    return sorted(keys | {chosen}, reverse=True)
