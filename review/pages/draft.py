"""An upload before it is sent: how its reading goes, what we found, single questions, and the button that sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from casework.errors import RefusedError
from casework.form import FieldDefinition, FieldKind, FormDefinition
from casework.model import FieldStatus, Reading
from casework.reading_json import reading_from_record
from casework.wording import day_and_date
from review import visit
from review.draft_view import FORM, DraftView, advice_on, answer_of, draft_view, form_of, takes_several, trouble_of
from review.pages.layout import Problem
from review.pages.upload import is_address
from review.presenters import form_name, moment_in_words, parse_day, size_in_words
from review.progress import Step
from store.cases import CaseRow, load_case
from store.drafts import Draft, DraftState, load_draft_by_token
from store.ledger import load_line

blueprint = Blueprint("draft", __name__)
KEPT_FOR = timedelta(days=7)
_LONG_WAIT = timedelta(minutes=1)
_LONGEST = {FieldKind.LONG: 20_000}
_LONGEST_LINE = 500
_FILLED_IN_BY_BROWSERS = {
    "requester_name": "name",
    "job_title": "organization-title",
    "organisation": "organization",
    "email": "email",
    "phone": "tel",
}


@blueprint.get("/upload/<token>")
def show(token: str) -> AnyResponse | str | tuple[str, int]:
    """Where the upload stands: being read, something in the way, or what we found."""
    draft = _draft_or_404(token)
    if draft.state is not DraftState.OPEN:
        return _over(draft)
    readings = _readings(draft)
    typed = _typed(draft)
    if trouble := trouble_of(readings, draft.problem):
        # Which form it is was just said: what stands in its way is about to be read again.
        if draft.is_being_read:
            return _reading_page(draft)
        return render_template(
            "trouble.html", draft=draft, trouble=trouble, again=_again(draft), forms=_forms(), problems=[]
        )
    view = _view(draft, readings, typed)
    return _check_page(draft, view, []) if view is not None else _reading_page(draft)


@blueprint.get("/upload/<token>/progress")
def progress(token: str) -> Response:
    """How the reading goes, for the script that asks."""
    draft = _draft_or_404(token)
    sentence = "We are reading your form." if draft.readings is None else "We are checking your new answers."
    return jsonify(
        done=not draft.is_being_read, sentence=sentence if draft.is_being_read else "We have checked your answers."
    )


@blueprint.get("/upload/<token>/answers/<key>")
def ask(token: str, key: str) -> AnyResponse | str | tuple[str, int]:
    """One question on a page of its own."""
    draft = _draft_or_404(token)
    if draft.state is not DraftState.OPEN:
        return _over(draft)
    return _question_page(draft, key, None, [])


@blueprint.post("/upload/<token>/answers/<key>")
def answer(token: str, key: str) -> AnyResponse | str | tuple[str, int]:
    """Keep the answer to one question and go back to what we found."""
    draft = _draft_or_404(token)
    if draft.state is not DraftState.OPEN:
        return _over(draft)
    _, form = _form_or_404(draft)
    definition = _definition_or_404(form, key)
    value, problem = _value_sent(definition)
    typed = _typed(draft)
    if problem is None and not value and not typed.get(key):
        problem = Problem(_first_field(definition), "Enter an answer, or go back to leave this question as it is")
    if problem is not None:
        return _question_page(draft, key, value, [problem])
    typed[key] = value
    visit.doors().uploads.answer(visit.database(), token, _without_blanks(typed), now=visit.now())
    return redirect(f"{url_for('draft.show', token=token)}#answer-{key}", 303)


@blueprint.post("/upload/<token>/form")
def choose_form(token: str) -> AnyResponse | str | tuple[str, int]:
    """The sender says which form it is, where we did not recognise it."""
    draft = _draft_or_404(token)
    if draft.state is not DraftState.OPEN:
        return _over(draft)
    chosen = request.form.get("form", "")
    trouble = trouble_of(_readings(draft), draft.problem)
    if trouble is None or not trouble.may_type:
        return redirect(url_for("draft.show", token=token), 303)
    if chosen not in {form.key for form in visit.doors().library.forms}:
        problems = [Problem("form", "Select which form it is")]
        page = render_template(
            "trouble.html", draft=draft, trouble=trouble, again=_again(draft), forms=_forms(), problems=problems
        )
        return page, 400
    visit.doors().uploads.answer(visit.database(), token, {**_typed(draft), FORM: chosen}, now=visit.now())
    return redirect(url_for("draft.show", token=token), 303)


@blueprint.post("/upload/<token>/send")
def send(token: str) -> AnyResponse | str | tuple[str, int]:
    """Send it to the team: the only moment at which anything is asked of them. Sending twice is sending once."""
    draft = _draft_or_404(token)
    readings = _readings(draft)
    if draft.state is DraftState.OPEN and readings:
        trouble = trouble_of(readings, draft.problem)
        if trouble is not None and not trouble.may_send:
            return redirect(url_for("draft.show", token=token), 303)
        view = _view(draft, readings, _typed(draft))
        if view is not None and view.blocks:
            problems = [Problem(f"answer-{key}", words) for key, words in view.blocks]
            return _check_page(draft, view, problems), 400
    if draft.state is DraftState.GONE:
        return _over(draft)
    try:
        case_id, _ = visit.doors().uploads.send(visit.database(), token, now=visit.now())
    except RefusedError as refused:
        return render_template(
            "error.html", title="We did not send it", message=refused.public_message, status=400
        ), 400
    return redirect(url_for("upload.received", token=load_case(visit.database(), case_id).token), 303)


def _draft_or_404(token: str) -> Draft:
    try:
        return load_draft_by_token(visit.database(), token)
    except RefusedError:
        visit.not_found()


def _over(draft: Draft) -> AnyResponse | tuple[str, int]:
    """An upload that was sent leads to its receipt; one that was not sent in time says so."""
    if draft.case_id is not None:
        return redirect(url_for("upload.received", token=load_case(visit.database(), draft.case_id).token), 303)
    page = render_template(
        "error.html",
        title="This upload is gone",
        message="It was not sent within 7 days, so nothing reached the team.",
        advice="Upload your form again when you are ready to send it.",
        status=410,
    )
    return page, 410


def _readings(draft: Draft) -> list[Reading]:
    return [reading_from_record(record) for record in draft.readings or []]


def _typed(draft: Draft) -> dict[str, str]:
    """What the sender typed beside the file, by question."""
    if draft.given_sha256 is None:
        return {}
    found: dict[str, str] = json.loads(visit.doors().load_original(draft.given_sha256))
    return found


def _without_blanks(typed: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in typed.items() if value}


def _view(draft: Draft, readings: list[Reading], typed: Mapping[str, str]) -> DraftView | None:
    library = visit.doors().library
    return draft_view(readings, typed, sender=draft.sender, is_read=draft.is_read, library=library)


def _forms() -> list[FormDefinition]:
    library = visit.doors().library
    return [library.form(form.key) for form in library.forms]


def _form_or_404(draft: Draft) -> tuple[Reading, FormDefinition]:
    readings = _readings(draft)
    form = form_of(readings[0], visit.doors().library) if readings else None
    if form is None:
        visit.not_found()
    return readings[0], form


def _definition_or_404(form: FormDefinition, key: str) -> FieldDefinition:
    if not form.has(key):
        visit.not_found()
    return form.field(key)


def _follows(draft: Draft) -> CaseRow | None:
    return load_case(visit.database(), draft.follows_id) if draft.follows_id is not None else None


def _again(draft: Draft) -> str:
    """Where another file is uploaded in place of this one."""
    follows = _follows(draft)
    return url_for("track.new_version", token=follows.token) if follows else url_for("upload.show")


def _reading_page(draft: Draft) -> str:
    steps = [Step("Received", moment_in_words(draft.created_at, visit.doors().zone), "done")]
    if visit.doors().uploads.has_scanner:
        steps.append(Step("Checking for viruses", "None found", "done"))
    steps += [
        Step("Reading answers", "This takes a few seconds, and longer for a scan", "now"),
        Step("Checking answers", "We look for what is missing", "later"),
    ]
    return render_template(
        "reading.html",
        draft=draft,
        steps_so_far=steps,
        is_slow=visit.now() - draft.created_at > _LONG_WAIT,
        kept_until=_kept_until(draft),
    )


def _check_page(draft: Draft, view: DraftView, problems: list[Problem]) -> str:
    library = visit.doors().library
    follows = _follows(draft)
    return render_template(
        "check.html",
        draft=draft,
        view=view,
        form=form_name(view.form.key, library),
        size=size_in_words(load_line(visit.database(), draft.ledger_id).size),
        problems=problems,
        again=_again(draft),
        follows=follows,
        is_another_form=follows is not None and follows.form not in (None, view.form.key),
        kept_until=_kept_until(draft),
    )


def _question_page(draft: Draft, key: str, sent: str | None, problems: list[Problem]) -> str | tuple[str, int]:
    reading, form = _form_or_404(draft)
    definition = _definition_or_404(form, key)
    typed = _typed(draft)
    answer = answer_of(reading, key, typed, form, visit.doors().library)
    read = reading.answer(key)
    said = " ".join(read.text.split()) if read is not None and read.status is not FieldStatus.PROMPT else ""
    value = answer.editing if sent is None else sent
    page = render_template(
        "question.html",
        draft=draft,
        answer=answer,
        definition=definition,
        value=value,
        chosen=value.split(),
        date_parts=_date_parts(definition, value),
        several=takes_several(definition),
        autocomplete=_FILLED_IN_BY_BROWSERS.get(key, ""),
        said=said if key not in typed and said != " ".join(value.split()) else "",
        advice=advice_on(reading, key) if draft.is_read else (),
        problems=problems,
    )
    return (page, 400) if problems else page


def _kept_until(draft: Draft) -> str:
    return day_and_date(visit.local(draft.created_at + KEPT_FOR).date())


def _first_field(definition: FieldDefinition) -> str:
    """What a mistake in the answer is linked to."""
    return "value-day" if definition.kind is FieldKind.DATE else "value"


def _date_parts(definition: FieldDefinition, value: str) -> dict[str, str]:
    """The three fields of a date: as they were sent, or a date that we know taken apart."""
    if definition.kind is not FieldKind.DATE:
        return {}
    if "day" in request.form:
        return {part: request.form.get(part, "") for part in ("day", "month", "year")}
    day = parse_day(value)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)} if day else {}


def _value_sent(definition: FieldDefinition) -> tuple[str, Problem | None]:
    """The value in the form that was sent, as a typed answer is kept, and what is wrong with it."""
    match definition.kind:
        case FieldKind.DATE:
            return _date_sent()
        case FieldKind.CHOICE:
            return _choice_sent(definition)
        case _:
            return _text_sent(definition)


def _date_sent() -> tuple[str, Problem | None]:
    parts = {part: request.form.get(part, "").strip() for part in ("day", "month", "year")}
    missing = [part for part, value in parts.items() if not value]
    if len(missing) == 3:
        return "", None
    if missing:
        return "", Problem(f"value-{missing[0]}", f"Enter a {' and a '.join(missing)} too")
    day = parse_day(" ".join(parts.values()))
    if day is None:
        return "", Problem("value-day", "Enter a real date, such as 31 3 2026")
    return day.isoformat(), None


def _choice_sent(definition: FieldDefinition) -> tuple[str, Problem | None]:
    chosen = list(dict.fromkeys(request.form.getlist("value")))
    terms = visit.doors().library.vocabulary(definition.vocabulary or "").terms
    is_known = set(chosen) <= {term.key for term in terms}
    if not is_known or (len(chosen) > 1 and not takes_several(definition)):
        return "", Problem("value", "Select from the list")
    return " ".join(chosen), None


def _text_sent(definition: FieldDefinition) -> tuple[str, Problem | None]:
    text = request.form.get("value", "").replace("\r\n", "\n").strip()
    text = "".join(char for char in text if char in "\n\t" or char.isprintable())
    most = _LONGEST.get(definition.kind, _LONGEST_LINE)
    if len(text) > most:
        return text, Problem("value", f"The answer must be {most:,} characters or fewer")
    if definition.kind is FieldKind.EMAIL and text and not is_address(text):
        return text, Problem("value", "Enter an email address in the correct format, like name@example.nhs.uk")
    return text, None
