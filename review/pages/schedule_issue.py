"""Publishing a schedule after a check, and every issue that was published: its files, its hashes, made again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from casework.errors import RefusedError
from casework.period import quarter_in_words, quarter_key
from casework.schedule_json import schedule_from_json
from review import visit
from review.pages.layout import Problem
from review.waiting import making_page, progress_of
from store.commissions import Commission, CommissionKind, CommissionState, load_commission
from store.people import find_person
from store.schedule_drafts import load_schedule_draft
from store.schedules import IssueRow, load_issue, load_issues

blueprint = Blueprint("schedule_issue", __name__)
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
FILE_NAMES = {"docx": "Word document", "pdf": "PDF", "html": "Web page", "csv": "CSV file"}


@blueprint.get("/schedule/<quarter>/check")
def check(quarter: str) -> str:
    """What will be published, and what to look at before."""
    return _check_page(_quarter_or_404(quarter), [])


@blueprint.post("/schedule/<quarter>/publish")
def publish(quarter: str) -> AnyResponse | tuple[str, int]:
    """Publish the saved draft as the quarter's next version."""
    quarter = _quarter_or_404(quarter)
    db, doors = visit.database(), visit.doors().schedules
    draft = load_schedule_draft(db, quarter)
    if request.form.get("version") != str(draft.version):
        return _check_page(
            quarter, [Problem("publish", "Somebody saved this schedule since you opened the check. Look at it again")]
        ), 409
    if doors.gather(db, quarter, draft.editing).doubts and request.form.get("looked") != "yes":
        return _check_page(quarter, [Problem("looked", "Confirm that the schedule can go out like this")]), 400
    try:
        asked = doors.commission(
            db, quarter, draft.editing, draft=draft.version, person_id=visit.person().id, now=visit.now()
        )
    except RefusedError as problem:
        return _check_page(quarter, [Problem("publish", problem.public_message)]), 400
    if isinstance(asked, IssueRow):
        flash(f"Nothing has changed since version {asked.version}, so there is no new one.", "problem")
        return redirect(f"/schedule/issues/{asked.id}", 303)
    return redirect(f"/schedule/making/{asked}", 303)


@blueprint.get("/schedule/making/<int:commission_id>")
def making(commission_id: int) -> AnyResponse | str:
    """Where a version that was asked for stands: being made, published, or why it is not."""
    asked = _commission_or_404(commission_id)
    if asked.state is CommissionState.DONE:
        return redirect(f"/schedule/issues/{asked.outcome['issue']}?published=yes", 303)
    quarter_words = quarter_in_words(asked.subject)
    if asked.state is CommissionState.REFUSED:
        return render_template("schedule_refused.html", asked=asked, quarter_words=quarter_words)
    return making_page(
        asked,
        f"Publishing the schedule for {quarter_words}",
        being_made="Making the Word document, PDF, web page and CSV file",
        then="Publishing it",
        only_if="Only if everything is still as you checked it",
        promise="It is published as soon as its files are made, and shown here.",
        progress=f"/schedule/making/{asked.id}/progress",
        back_to=(f"/schedule?quarter={asked.subject}", "Back to the schedule"),
    )


@blueprint.get("/schedule/making/<int:commission_id>/progress")
def progress(commission_id: int) -> Response:
    """How the making goes, for the script that asks."""
    return progress_of(_commission_or_404(commission_id))


@blueprint.get("/schedule/issues/<int:issue_id>")
def show(issue_id: int) -> str:
    """One issue: what it says about itself, and its files."""
    return _issue_page(_issue_or_404(issue_id), None, is_new="published" in request.args)


@blueprint.post("/schedule/issues/<int:issue_id>/rebuild")
def rebuild(issue_id: int) -> AnyResponse:
    """Have the issue made again and compared; nothing is kept."""
    issue = _issue_or_404(issue_id)
    asked = visit.doors().schedules.compare(visit.database(), issue.id, person_id=visit.person().id, now=visit.now())
    return redirect(f"/schedule/issues/{issue.id}/compared/{asked}", 303)


@blueprint.get("/schedule/issues/<int:issue_id>/compared/<int:commission_id>")
def compared(issue_id: int, commission_id: int) -> str:
    """What differs from what went out, as soon as the issue is made again."""
    issue, asked = _issue_or_404(issue_id), _commission_or_404(commission_id, CommissionKind.REBUILD)
    if asked.subject != str(issue.id):
        visit.not_found()
    if asked.state is CommissionState.DONE:
        return _issue_page(issue, asked.outcome)
    if asked.state is CommissionState.REFUSED:
        return _issue_page(issue, {"differences": [asked.problem]})
    return making_page(
        asked,
        f"Making version {issue.version} again",
        being_made="Making its files from what they were made from",
        then="Comparing them",
        promise="What is published stays as it is, whatever comes of this.",
        progress=f"/schedule/compared/{asked.id}/progress",
        back_to=(f"/schedule/issues/{issue.id}", "Back to this version"),
    )


@blueprint.get("/schedule/compared/<int:commission_id>/progress")
def comparing(commission_id: int) -> Response:
    """How the comparison goes, for the script that asks."""
    return progress_of(_commission_or_404(commission_id, CommissionKind.REBUILD))


@blueprint.get("/schedule/<quarter>/<version>.<any(docx,pdf,html,csv):ending>")
def download(quarter: str, version: str, ending: str) -> Response:
    """A file of an issue as it was made, the same bytes for ever."""
    issues = load_issues(visit.database(), quarter)
    issue = next((issue for issue in issues if issue.version == version and ending in issue.files), None)
    if issue is None:
        visit.not_found()
    data = visit.doors().load_original(issue.files[ending])
    name = visit.doors().schedules.file_name(issue, ending)
    return send_file(io.BytesIO(data), mimetype=_MEDIA_TYPES[ending], as_attachment=True, download_name=name)


def _commission_or_404(commission_id: int, kind: CommissionKind = CommissionKind.SCHEDULE) -> Commission:
    try:
        return load_commission(visit.database(), commission_id, kind)
    except RefusedError:
        visit.not_found()


def _quarter_or_404(text: str) -> str:
    try:
        return quarter_key(text)
    except RefusedError:
        abort(404)


def _issue_or_404(issue_id: int) -> IssueRow:
    try:
        return load_issue(visit.database(), issue_id)
    except RefusedError:
        visit.not_found()


def _check_page(quarter: str, problems: list[Problem]) -> str:
    db, doors = visit.database(), visit.doors().schedules
    draft = load_schedule_draft(db, quarter)
    gathered = doors.gather(db, quarter, draft.editing)
    schedule = gathered.schedule
    return render_template(
        "schedule_check.html",
        quarter=quarter,
        quarter_words=quarter_in_words(quarter),
        label=doors.label(quarter),
        draft=draft,
        schedule=schedule,
        stops=[doubt for doubt in gathered.doubts if doubt.stops],
        doubts=[doubt for doubt in gathered.doubts if not doubt.stops],
        coming=sum(len(lines) for _, lines in schedule.releases),
        pending=sum(line.is_pending for line in schedule.justifications),
        previous=schedule.previous_issues[-1] if schedule.previous_issues else None,
        problems=problems,
    )


def _issue_page(issue: IssueRow, rebuilt: Mapping[str, Sequence[str]] | None, *, is_new: bool = False) -> str:
    publisher = find_person(visit.database(), issue.published_by) if issue.published_by is not None else None
    return render_template(
        "schedule_issue.html",
        issue=issue,
        quarter_words=quarter_in_words(issue.quarter),
        label=visit.doors().schedules.label(issue.quarter),
        schedule=schedule_from_json(issue.record) if issue.record else None,
        publisher=publisher.name if publisher is not None else "",
        file_names=FILE_NAMES,
        rebuilt=rebuilt,
        is_new=is_new,
    )
