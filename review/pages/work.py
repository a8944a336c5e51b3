"""Working on a claimed request: acknowledge it, change an answer, accept a check, keep a note, read it again."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from casework.errors import NotAllowedError, RefusedError, StaleError
from casework.form import FieldKind
from casework.model import Reading
from casework.wording import clock_time
from review import decide, visit
from review.answer_view import AnswerView, shown_value
from review.check_view import CheckView
from review.desk import reading_to_check
from review.pages.case import Draft, current, render_case, view_of
from review.pages.conflict import Typed, conflict_page, with_claim
from review.pages.layout import Problem
from review.presenters import parse_day
from store.cases import CaseRow

blueprint = Blueprint("work", __name__)


def act_on(case: CaseRow) -> decide.Act:
    """The visitor's act on this case, with the version that the page they sent was made from."""
    version = _number("version")
    return decide.Act(case.id, visit.person(), version if version is not None else -1, visit.now())


def back_to(case: CaseRow, anchor: str = "") -> Response:
    """Back to the request's page, in the list that the visitor came from."""
    kept = f"?{urlencode({'list': found})}" if (found := request.form.get("list", "")) else ""
    return redirect(f"/requests/{case.reference}{kept}{anchor}", 303)


def tell_of(case: CaseRow, done: str, following: str = "") -> None:
    """Say what was done, when its message leaves, how to undo it until then, and which request comes next."""
    undo = decide.find_undoable(visit.database(), case.id, visit.person().id, visit.now())
    if undo is None:
        flash(f"{done} The message leaves now." if following else done, f"next {following}" if following else "message")
        return
    number, until = undo
    leaves = clock_time(visit.local(until))
    can_be_sent = visit.doors().sends_mail and decide.recipient_of(visit.database(), case.id)
    then = f"We send the email at {leaves}." if can_be_sent else "Copy the message into the service request."
    flash(f"{done} {then}", f"undo {number} {following}".strip())


@blueprint.post("/requests/<reference>/acknowledge")
def acknowledge(reference: str) -> Response:
    """Acknowledge the request: the act of a person that keeps the five-day promise."""
    case = visit.case_or_404(reference)
    letter = visit.doors().acknowledgement(reference=case.reference, title=case.title)
    try:
        decide.acknowledge(visit.database(), act_on(case), letter=letter, calendar=visit.calendar(case.region))
    except RefusedError as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    tell_of(case, f"{case.reference} is acknowledged.")
    return back_to(case)


@blueprint.post("/requests/<reference>/take-back")
def take_back(reference: str) -> Response:
    """Undo an act of one's own whose message has not left."""
    case = visit.case_or_404(reference)
    try:
        decide.take_back(visit.database(), act_on(case), event_number=_number("event") or 0)
    except RefusedError as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    flash("It is taken back, and no message leaves. Both are in the history.")
    return back_to(case)


@blueprint.post("/requests/<reference>/send-again")
def send_again(reference: str) -> Response:
    """Try a message once more that could not be delivered."""
    case = visit.case_or_404(reference)
    try:
        decide.send_again(visit.database(), act_on(case), delivery_id=_number("message") or 0)
    except RefusedError as problem:
        flash(problem.public_message, "problem")
        return back_to(case, "#messages")
    flash("The message leaves again with the next post.")
    return back_to(case, "#messages")


@blueprint.post("/requests/<reference>/claim-confirmed")
def confirm_claim(reference: str) -> Response:
    """Say that the request is a new version of the one that its sender named."""
    case = visit.case_or_404(reference)
    calendar = visit.calendar(case.region)
    try:
        other = decide.confirm_claim(visit.database(), act_on(case), other_id=_number("other") or 0, calendar=calendar)
    except (RefusedError, StaleError) as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    flash(f"What came as {case.reference} is with {other.reference} now. {case.reference} is closed.")
    return redirect(f"/requests/{other.reference}", 303)


@blueprint.post("/requests/<reference>/claim-refused")
def refuse_claim(reference: str) -> Response:
    """Say that the request is one of its own, whatever its sender named."""
    case = visit.case_or_404(reference)
    try:
        decide.refuse_claim(visit.database(), act_on(case), other_id=_number("other") or 0)
    except (RefusedError, StaleError) as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    flash(f"{case.reference} is a request of its own.")
    return back_to(case)


@blueprint.post("/requests/<reference>/requirement")
def note_requirement(reference: str) -> Response:
    """Say which document is the full requirement."""
    case = visit.case_or_404(reference)
    try:
        decide.note_requirement(visit.database(), act_on(case), submission_id=_number("submission"), where="")
    except RefusedError as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    flash("The document is marked as the full requirement.")
    return back_to(case)


@blueprint.post("/requests/<reference>/answers/<field>")
def correct(reference: str, field: str) -> Response | tuple[str, int]:
    """Put another value before the one that was read."""
    case = visit.case_or_404(reference)
    answer = next((answer for answer in view_of(case).answers if answer.key == field), None)
    if answer is None:
        visit.not_found()
    typed = " ".join(request.form.getlist("value")) if answer.choices else request.form.get("value", "")
    reason = request.form.get("reason", "")
    value, problem = _checked(answer, typed)
    problems = [Problem("value", problem)] if problem else []
    if not reason.strip():
        problems.append(Problem("reason", "Enter a reason"))
    if problems:
        return _show_again(case, field, typed, reason, problems)
    try:
        act = with_claim(act_on(case), case)
        checked = _checked_again(case, field, value)
        decide.correct_answer(visit.database(), act, field=field, value=value, reason=reason, checked=checked)
    except (StaleError, NotAllowedError):
        return _stale(case, answer, value, reason)
    except RefusedError as refused:
        return _show_again(case, field, typed, reason, [Problem("reason", refused.public_message)])
    again = " The checks have run again." if checked is not None else ""
    flash(f"{answer.label} is changed. The answer in the document is kept.{again}")
    return back_to(case, f"#answer-{field}")


@blueprint.post("/requests/<reference>/checks")
def accept_finding(reference: str) -> Response | tuple[str, int]:
    """Say that a check is no trouble here."""
    case = visit.case_or_404(reference)
    reason = request.form.get("reason", "")
    check = _open_check(case)
    if check is None:
        flash("This check is not open any more.", "problem")
        return back_to(case, "#checks")
    try:
        act = with_claim(act_on(case), case)
        decide.accept_finding(visit.database(), act, rule=check.rule, field=check.found_in, reason=reason)
    except (StaleError, NotAllowedError):
        typed = Typed(
            about=f"The form is right: {check.title}",
            yours=reason,
            action=f"/requests/{case.reference}/checks",
            fields={"finding": check.key, "reason": reason},
        )
        return conflict_page(case, typed, act_on(case).expected_version)
    except RefusedError as problem:
        draft = Draft(problems=[Problem("accept-reason", problem.public_message)], accept=check.key, reason=reason)
        return render_case(current(case), draft), 400
    flash("The check is marked as right. Your reason is in the history.")
    return back_to(case, "#checks")


@blueprint.post("/requests/<reference>/checks/agree")
def agree_with_finding(reference: str) -> Response:
    """Say that a check is right; it stays open until the answer is mended."""
    case = visit.case_or_404(reference)
    check = _open_check(case)
    if check is None:
        flash("This check is not open any more.", "problem")
        return back_to(case, "#checks")
    try:
        decide.agree_with_finding(visit.database(), act_on(case), rule=check.rule, field=check.found_in)
    except (RefusedError, NotAllowedError, StaleError) as problem:
        flash(problem.public_message, "problem")
        return back_to(case, "#checks")
    flash("Thank you. The check is kept as right, and counts in the report on the rules.")
    return back_to(case, "#checks")


@blueprint.post("/requests/<reference>/notes")
def note(reference: str) -> Response | tuple[str, int]:
    """Keep a note that only colleagues see."""
    case = visit.case_or_404(reference)
    text = request.form.get("note", "")
    try:
        decide.add_note(visit.database(), act_on(case), note=text, is_rescued=bool(request.form.get("rescued")))
    except RefusedError as problem:
        return render_case(current(case), Draft(problems=[Problem("note", problem.public_message)], note=text)), 400
    flash("The note is kept in the history.")
    return back_to(case, "#history")


@blueprint.post("/requests/<reference>/read-again")
def read_again(reference: str) -> Response:
    """Have a form that could not be read tried once more."""
    case = visit.case_or_404(reference)
    try:
        decide.read_again(visit.database(), act_on(case))
    except RefusedError as problem:
        flash(problem.public_message, "problem")
        return back_to(case)
    flash("We are reading the form again. Refresh this page in a minute.")
    return back_to(case)


def _open_check(case: CaseRow) -> CheckView | None:
    """The finding that the page sent, None where it is not open any more."""
    wanted = request.form.get("finding", "")
    return next((check for check in view_of(case).undecided if check.key == wanted), None)


def _number(name: str) -> int | None:
    """A whole number that the page sent, None where it is none."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None


def _checked(answer: AnswerView, typed: str) -> tuple[str, str]:
    """The value to keep, and what is wrong with it."""
    if answer.kind is FieldKind.DATE and typed.strip():
        day = parse_day(typed)
        return (day.isoformat(), "") if day else ("", "Enter a real date, like 31 March 2026")
    if answer.choices:
        known = {choice.key for choice in answer.choices}
        return (typed, "") if set(typed.split()) <= known else ("", "Select from the list")
    return typed.replace("\r\n", "\n"), ""


def _show_again(case: CaseRow, field: str, value: str, reason: str, problems: list[Problem]) -> tuple[str, int]:
    draft = Draft(problems=problems, change=field, value=value, reason=reason)
    return render_case(current(case), draft), 400


def _checked_again(case: CaseRow, field: str, value: str) -> Reading | None:
    """The reading as the checks find it with the new value in it; None where there is nothing to check."""
    known = reading_to_check(visit.database(), case, field, value)
    if known is None:
        return None
    reading, corrected, received_on = known
    rooms = visit.doors()
    found = rooms.check_again(reading, corrected, today=received_on)
    if found is None:
        return None
    book, _ = rooms.rules.now(visit.database())
    return replace(found, findings=rooms.rules.judge(found, book, received_on))


def _stale(case: CaseRow, answer: AnswerView, value: str, reason: str) -> tuple[str, int]:
    """Both values side by side: the colleague's, and the one that was just typed."""
    library = visit.doors().library
    form = library.form(case.form) if case.form else None
    definition = form.field(answer.key) if form and form.has(answer.key) else None
    typed = Typed(
        about=answer.label,
        yours=shown_value(value, definition, library),
        action=f"/requests/{case.reference}/answers/{answer.key}",
        fields={"value": value, "reason": reason},
        now=next(entry.text for entry in view_of(case).answers if entry.key == answer.key),
        reason=reason,
        key=answer.key,
    )
    return conflict_page(case, typed, act_on(case).expected_version)
