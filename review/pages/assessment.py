"""The impact assessment of a business justification: its figures, its judgement, and then its priority."""

from __future__ import annotations

import re

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from casework.errors import NotAllowedError, RefusedError
from casework.impact import JUDGEMENTS, MOST_DAYS, PRIORITIES, Impact, Judgement, Priority, impact_of, parse_pounds
from casework.lifecycle import state_of
from review import decide, visit
from review.pages.case import Draft, current, render_case
from review.pages.layout import Problem
from review.pages.work import act_on, back_to
from store.cases import CaseRow
from store.events import load_events

blueprint = Blueprint("assessment", __name__)
_FIELDS = ("cost", "days", "benefit", "judgement", "notes")


@blueprint.get("/requests/<reference>/assessment")
def show(reference: str) -> str:
    """The form with the newest assessment in it."""
    case = visit.case_or_404(reference)
    events = load_events(visit.database(), case.id)
    state = state_of(events)
    event = next((event for event in events if event.number == state.assessment_event), None)
    typed = dict.fromkeys(_FIELDS, "")
    if event is not None:
        impact = impact_of(event.facts, event.words.get("notes", ""))
        typed = {name: str(getattr(impact, name)) for name in _FIELDS}
    return _page(case, typed, [])


@blueprint.post("/requests/<reference>/assessment")
def save(reference: str) -> Response | tuple[str, int]:
    """Keep the assessment; the request can then be prioritised and decided by somebody else."""
    case = visit.case_or_404(reference)
    typed = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in _FIELDS}
    cost, benefit = parse_pounds(typed["cost"]), parse_pounds(typed["benefit"])
    days = int(typed["days"]) if re.fullmatch(r"[0-9]{1,5}", typed["days"]) else None
    problems = []
    if cost is None:
        problems.append(Problem("cost", "Enter the cost in pounds, like 12000; 0 where it costs nothing"))
    if days is None or days > MOST_DAYS:
        problems.append(Problem("days", "Enter the effort in whole days, like 15"))
    if benefit is None:
        problems.append(Problem("benefit", "Enter the benefit in pounds a year, like 42000; 0 where there is none"))
    if typed["judgement"] not in set(Judgement):
        problems.append(Problem("judgement", "Select what you say of value for money"))
    if not typed["notes"]:
        problems.append(Problem("notes", "Enter what the assessment rests on"))
    if problems or cost is None or benefit is None or days is None:
        return _page(case, typed, problems), 400
    impact = Impact(cost, days, benefit, Judgement(typed["judgement"]), typed["notes"])
    try:
        decide.record_assessment(visit.database(), act_on(case), impact=impact)
    except (RefusedError, NotAllowedError) as problem:
        return _page(case, typed, [Problem("notes", problem.public_message)]), 400
    flash(f"The impact assessment is saved. {impact.sentence}")
    return back_to(case, "#impact")


@blueprint.post("/requests/<reference>/priority")
def prioritise(reference: str) -> Response | tuple[str, int]:
    """Keep how soon the request should come."""
    case, form = visit.case_or_404(reference), request.form
    priority, rank, reason = form.get("priority", ""), form.get("rank", "").strip(), form.get("reason", "")
    draft = Draft(priority=priority, rank=rank, priority_reason=reason)
    problems = []
    if priority not in set(Priority):
        problems.append(Problem("priority", "Select a priority"))
    if rank and not (rank.isascii() and rank.isdigit() and len(rank) < 5):
        problems.append(Problem("rank", "Enter a whole number, or leave it empty"))
    if not reason.strip():
        problems.append(Problem("priority-reason", "Enter a reason"))
    if not problems:
        try:
            decide.prioritise(
                visit.database(),
                act_on(case),
                priority=Priority(priority),
                rank=int(rank) if rank else None,
                reason=reason,
            )
        except (RefusedError, NotAllowedError) as problem:
            problems = [Problem("priority", problem.public_message)]
    if problems:
        return render_case(current(case), draft.with_problems(problems)), 400
    flash(f"The priority is saved: {PRIORITIES[Priority(priority)].lower()}.")
    return back_to(case, "#decide")


def _page(case: CaseRow, typed: dict[str, str], problems: list[Problem]) -> str:
    state = state_of(load_events(visit.database(), case.id))
    return render_template(
        "assessment.html", case=case, state=state, typed=typed, problems=problems, judgements=JUDGEMENTS
    )
