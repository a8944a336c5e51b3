"""Advice of National Special Interest Groups: ask, write down what they said, and pack what waits for a group."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as Answer

from casework.advice import AdviceItem, AdvicePack
from casework.errors import NotAllowedError, RefusedError, StaleError
from casework.form import Term
from casework.publishable import doubts_about
from casework.wording import long_date
from review import decide, visit
from review.answer_view import labels_of, shown_value
from review.pages.layout import Problem
from review.pages.work import act_on, back_to
from review.presenters import form_name, parse_day
from store.advice import AdviceRow, load_waiting_for_advice
from store.cases import CaseRow, load_case

blueprint = Blueprint("advice", __name__)
# What a group needs to know of a request. Names, addresses and numbers of its sender are not among it.
_PACKED = (
    "title", "role_name", "competence_name", "organisation", "region", "functional_area", "current_situation",
    "workaround", "requirement", "role_description", "competence_description", "input_level", "wellbeing_link",
    "renewal_period", "target_audience", "justification", "national_driver", "national_link", "affected",
    "impact_of_not_changing", "benefits", "costs", "scope", "learning_reference",
)  # fmt: skip


@blueprint.get("/advice")
def show() -> str:
    """What waits for which group."""
    rows = load_waiting_for_advice(visit.database())
    groups = [(term, [(row, parse_by(row)) for row in rows if row.advice.group == term.key]) for term in _groups()]
    return render_template("advice.html", groups=[entry for entry in groups if entry[1]])


@blueprint.get("/advice/<group>/pack")
def pack(group: str) -> Response:
    """A Word document of all requests that wait for this group, without their senders' names."""
    term = next((term for term in _groups() if term.key == group), None)
    rows = load_waiting_for_advice(visit.database(), group)
    if term is None or not rows:
        visit.not_found()
    today = visit.today()
    made = AdvicePack(term.label, today, tuple(_item(row) for row in rows))
    return send_file(
        io.BytesIO(visit.doors().advice_pack(made)),
        mimetype="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        as_attachment=True,
        download_name=f"Requests-for-advice-{group}-{today.isoformat()}.docx",
    )


@blueprint.get("/requests/<reference>/advice")
def ask_form(reference: str) -> str:
    """The form that asks a group."""
    return _page(visit.case_or_404(reference), {"group": "", "by": "", "question": ""}, [])


@blueprint.post("/requests/<reference>/advice")
def ask(reference: str) -> Answer | tuple[str, int]:
    """Ask a group for its advice."""
    case = visit.case_or_404(reference)
    typed = {name: request.form.get(name, "").strip() for name in ("group", "by", "question")}
    by = parse_day(typed["by"])
    problems = []
    if typed["group"] not in {term.key for term in _groups()}:
        problems.append(Problem("group", "Select a group"))
    if by is None or by <= visit.today():
        problems.append(Problem("by", "Enter a day after today, like 31 March 2027"))
    if not typed["question"]:
        problems.append(Problem("question", "Enter a question"))
    if problems or by is None:
        return _page(case, typed, problems), 400
    try:
        decide.ask_advice(visit.database(), act_on(case), group=typed["group"], by=by, question=typed["question"])
    except (RefusedError, NotAllowedError, StaleError) as problem:
        return _page(case, typed, [Problem("question", problem.public_message)]), 400
    flash("The question is kept. Download the pack for the group’s meeting under “Advice from groups”.")
    return back_to(case, "#advice")


@blueprint.post("/requests/<reference>/advice/<int:asked>")
def record(reference: str, asked: int) -> Answer:
    """Write down what the group said."""
    case = visit.case_or_404(reference)
    on = parse_day(request.form.get("on", ""))
    try:
        if on is None:
            raise RefusedError("Enter the day on which they said it, like 31 March 2027.")
        decide.record_advice(visit.database(), act_on(case), asked=asked, on=on, advice=request.form.get("advice", ""))
    except (RefusedError, NotAllowedError, StaleError) as problem:
        flash(problem.public_message, "problem")
        return redirect(f"/requests/{case.reference}?advise={asked}#advice", 303)
    flash("What the group said is kept. It decides nothing by itself.")
    return back_to(case, "#advice")


def parse_by(row: AdviceRow) -> str:
    """The day by which the advice is wanted, in words."""
    day = parse_day(row.advice.by)
    return long_date(day) if day else ""


def _groups() -> tuple[Term, ...]:
    return visit.doors().library.vocabulary("advisory-groups").terms


def _item(row: AdviceRow) -> AdviceItem:
    library = visit.doors().library
    labels = labels_of(row.form, library)
    form = next((form for form in library.forms if form.key == row.form), None)
    answers = tuple(
        (labels[key], _without_people(shown_value(row.values[key], form.field(key), library), row))
        for key in _PACKED
        if form and form.has(key) and row.values.get(key)
    )
    return AdviceItem(
        reference=row.reference,
        title=row.title,
        form=form_name(row.form, library),
        question=_without_people(row.advice.question, row),
        by=parse_by(row),
        answers=answers,
    )


def _without_people(text: str, row: AdviceRow) -> str:
    """An answer without its sender's name, and without anybody's address or number."""
    for quoted in doubts_about(text, [row.values.get("requester_name", "")]):
        text = text.replace(quoted, "[left out]")
    return text


def _page(case: CaseRow, typed: dict[str, str], problems: list[Problem]) -> str:
    version = load_case(visit.database(), case.id).version
    return render_template(
        "ask_advice.html", case=case, version=version, typed=typed, problems=problems, groups=_groups()
    )
