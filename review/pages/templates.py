"""Templates of Word documents and emails: what each is for, the organisation's own versions, who changed them, why."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from casework.errors import RefusedError, StaleError
from casework.templates import Fault, TemplateKind
from review import visit
from review.pages.layout import Problem
from review.pages.start import WORD
from review.waiting import making_page, progress_of
from store.commissions import Commission, CommissionKind, CommissionState, load_commission
from store.database import transaction
from store.deliveries import add_delivery
from store.edited_texts import (
    EditedText,
    find_edited_text,
    load_edited_text,
    load_edited_versions,
    save_edited_text,
)
from store.people import load_people

blueprint = Blueprint("templates", __name__)
SHIPPED = "What came with the service"
_AREAS = {"word": "template", "mail": "mail"}


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version in the history; number 0 is what came with the service."""

    number: int
    at: datetime | None
    who: str
    reason: str
    is_current: bool
    has_picture: bool = False
    is_shipped: bool = False


@blueprint.get("/manage/templates")
def show() -> str:
    """Every template with its last change."""
    rooms = visit.doors().templates
    return render_template(
        "templates.html",
        groups=[
            ("Word documents", "word", [(kind, _newest("word", kind.key)) for kind in rooms.word.values()]),
            ("Emails", "mail", [(kind, _newest("mail", kind.key)) for kind in rooms.mail.values()]),
        ],
    )


@blueprint.get("/manage/templates/word/<key>")
def show_word(key: str) -> str:
    """One Word template: download, upload another, history."""
    return _word_page(_kind("word", key), [], is_new="used" in request.args)


@blueprint.post("/manage/templates/word/<key>")
def upload_word(key: str) -> AnyResponse | str | tuple[str, int]:
    """Have an uploaded template checked and tried; it counts from then on where nothing is wrong with it."""
    kind, rooms = _kind("word", key), visit.doors().templates
    file, reason = request.files.get("file"), request.form.get("reason", "").strip()
    data = file.read() if file is not None and file.filename else b""
    problems = []
    if not data:
        problems.append(Problem("file", "Select a Word file"))
    if not reason:
        problems.append(Problem("reason", "Enter why it changes"))
    if file is None or problems:
        return _word_page(kind, problems, reason=reason), 400
    asked = rooms.commission(
        visit.database(),
        key,
        data,
        name=" ".join((file.filename or "").split())[:120],
        reason=reason,
        seen=_seen(),
        person_id=visit.person().id,
        now=visit.now(),
    )
    return redirect(f"/manage/templates/word/{key}/trial/{asked}", 303)


@blueprint.get("/manage/templates/word/<key>/trial/<int:commission_id>")
def trial(key: str, commission_id: int) -> AnyResponse | str:
    """How the trial of an uploaded template stands: under way, in use, or what is wrong with it."""
    kind, asked = _kind("word", key), _trial_or_404(key, commission_id)
    if asked.state is CommissionState.DONE:
        return redirect(f"/manage/templates/word/{key}?used=yes", 303)
    if asked.state is CommissionState.REFUSED:
        order = json.loads(visit.doors().load_original(asked.sha256))
        words = asked.problem or "The template cannot be used yet: see what is wrong below"
        faults = tuple(Fault(*fault) for fault in asked.outcome.get("faults", ()))
        return _word_page(kind, [Problem("file", words)], reason=order["reason"], faults=faults)
    return making_page(
        asked,
        f"Trying the template “{kind.title}”",
        being_made="Checking it and filling it with example values",
        then="Using it",
        only_if="Only if nothing is wrong with it",
        promise="Where nothing is wrong with it, it is used from then on. Until then the present one stays in use.",
        progress=f"/manage/templates/word/{key}/trial/{asked.id}/progress",
        back_to=(f"/manage/templates/word/{key}", "Back to the template"),
    )


@blueprint.get("/manage/templates/word/<key>/trial/<int:commission_id>/progress")
def progress(key: str, commission_id: int) -> Response:
    """How the trial goes, for the script that asks."""
    return progress_of(_trial_or_404(key, commission_id))


@blueprint.get("/manage/templates/word/<key>/<int:number>/<what>")
def word_file(key: str, number: int, what: str) -> Response:
    """A version's `template`, the `sample` that was made with it, or the `picture` of that."""
    kind, rooms = _kind("word", key), visit.doors()
    if number == 0:
        if what != "template":
            visit.not_found()
        return _word_download(rooms.templates.shipped_word(key), f"{kind.key} template.docx")
    try:
        stored = load_edited_text(visit.database(), f"template/{key}", number)
    except RefusedError:
        visit.not_found()
    digest = json.loads(stored.text or "{}").get({"template": "sha256"}.get(what, what), "")
    if not digest or what not in ("template", "sample", "picture"):
        visit.not_found()
    data = rooms.load_original(digest)
    if what == "picture":
        return Response(data, mimetype="image/webp")
    return _word_download(data, f"{kind.key} {what} {number}.docx")


@blueprint.get("/manage/templates/mail/<key>")
def show_mail(key: str) -> str:
    """One email's text beside what it says with example values."""
    kind = _kind("mail", key)
    return _mail_page(kind, *_mail_text(find_edited_text(visit.database(), f"mail/{key}")), [])


@blueprint.post("/manage/templates/mail/<key>")
def edit_mail(key: str) -> AnyResponse | str | tuple[str, int]:
    """Preview, send a test to oneself, or save: only a text with nothing wrong in it."""
    kind, rooms = _kind("mail", key), visit.doors().templates
    form = request.form
    subject, body = form.get("subject", ""), form.get("body", "").replace("\r\n", "\n")
    reason, step = form.get("reason", "").strip(), form.get("step", "preview")
    in_subject, in_body = rooms.check_mail(key, subject, body)
    problems = [Problem("subject", fault) for fault in in_subject] + [Problem("body", fault) for fault in in_body]
    if step == "save" and not reason:
        problems.append(Problem("reason", "Enter why it changes"))
    if problems:
        return _mail_page(kind, subject, body, problems, reason=reason), 400
    if step == "test":
        _send_test(key, subject, body)
        flash(f"A test goes to {visit.person().email}. Nothing is saved yet.")
        return _mail_page(kind, subject, body, [], reason=reason)
    if step != "save":
        return _mail_page(kind, subject, body, [], reason=reason)
    try:
        _save("mail", key, json.dumps({"subject": subject, "body": body}, ensure_ascii=False), reason)
    except StaleError as problem:
        return _mail_page(kind, subject, body, [Problem("body", problem.public_message)], reason=reason), 409
    flash(f"The email “{kind.title}” is saved. The next one goes out like this.")
    return redirect(f"/manage/templates/mail/{key}", 303)


@blueprint.post("/manage/templates/<area>/<key>/restore")
def restore(area: str, key: str) -> AnyResponse | tuple[str, int]:
    """Make an earlier version, or what came with the service, count again: as a new version with a reason."""
    kind = _kind(area, key)
    number, reason = request.form.get("version", ""), request.form.get("reason", "").strip()
    db, name = visit.database(), f"{_AREAS[area]}/{key}"
    if not number.isascii() or not number.isdigit():
        visit.not_found()
    if not reason:
        flash("Enter why you restore it.", "problem")
        return redirect(f"/manage/templates/{area}/{key}", 303)
    try:
        text = load_edited_text(db, name, int(number)).text if int(number) else ""
        _save(area, key, text, f"Version {number} again: {reason}" if int(number) else f"{SHIPPED} again: {reason}")
    except (RefusedError, StaleError) as problem:
        flash(problem.public_message, "problem")
        return redirect(f"/manage/templates/{area}/{key}", 303)
    flash(f"“{kind.title}” is restored.")
    return redirect(f"/manage/templates/{area}/{key}", 303)


def _kind(area: str, key: str) -> TemplateKind:
    rooms = visit.doors().templates
    found = {"word": rooms.word, "mail": rooms.mail}.get(area, {}).get(key)
    if found is None:
        visit.not_found()
    return found


def _trial_or_404(key: str, commission_id: int) -> Commission:
    try:
        asked = load_commission(visit.database(), commission_id, CommissionKind.TEMPLATE)
    except RefusedError:
        visit.not_found()
    if asked.subject.partition("/")[0] != key:
        visit.not_found()
    return asked


def _seen() -> int:
    """The version that the page showed, -1 where that is no number."""
    seen = request.form.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1


def _save(area: str, key: str, text: str, reason: str) -> None:
    db = visit.database()
    with transaction(db):
        save_edited_text(
            db,
            f"{_AREAS[area]}/{key}",
            text,
            person_id=visit.person().id,
            reason=reason,
            now=visit.now(),
            seen_version=_seen(),
        )


def _send_test(key: str, subject: str, body: str) -> None:
    db, now = visit.database(), visit.now()
    title, words = visit.doors().templates.try_mail(key, subject, body)
    with transaction(db):
        add_delivery(
            db,
            delivery_key=f"test-{key}-{visit.person().id}-{now.isoformat()}",
            case_id=None,
            kind="test",
            recipient=visit.person().email,
            subject=f"Test: {title}",
            body=words,
            now=now,
        )


def _newest(area: str, key: str) -> VersionView:
    return _history(area, key)[0]


def _history(area: str, key: str) -> list[VersionView]:
    """Every version, newest first; what came with the service last."""
    db = visit.database()
    names = {person.id: person.name for person in load_people(db)}
    versions = load_edited_versions(db, f"{_AREAS[area]}/{key}")
    return [
        *(
            VersionView(
                version.version,
                version.saved_at,
                names.get(version.saved_by or 0, "Somebody"),
                version.reason,
                is_current=version is versions[0],
                has_picture=area == "word" and bool(json.loads(version.text or "{}").get("picture")),
                is_shipped=not version.text,
            )
            for version in versions
        ),
        VersionView(0, None, "", SHIPPED, is_current=not versions, is_shipped=True),
    ]


def _mail_text(stored: EditedText | None) -> tuple[str, str]:
    if stored is None or not stored.text:
        return visit.doors().templates.shipped_mail
    text = json.loads(stored.text)
    return text["subject"], text["body"]


def _word_page(
    kind: TemplateKind,
    problems: list[Problem],
    *,
    reason: str = "",
    faults: tuple[Fault, ...] = (),
    is_new: bool = False,
) -> str:
    return render_template(
        "template_word.html",
        kind=kind,
        history=_history("word", kind.key),
        problems=problems,
        reason=reason,
        faults=faults,
        is_new=is_new,
    )


def _mail_page(kind: TemplateKind, subject: str, body: str, problems: list[Problem], *, reason: str = "") -> str:
    preview = visit.doors().templates.try_mail(kind.key, subject, body) if not problems else None
    return render_template(
        "template_mail.html",
        kind=kind,
        history=_history("mail", kind.key),
        problems=problems,
        reason=reason,
        subject=subject,
        body=body,
        preview=preview,
        sends_mail=visit.doors().sends_mail,
        braces=lambda name: "{{ " + name + " }}",
    )


def _word_download(data: bytes, name: str) -> Response:
    response = send_file(io.BytesIO(data), mimetype=WORD, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
