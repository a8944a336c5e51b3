"""Deciding: choose, check the exact message, save; and putting an approved request into a release."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from casework.errors import NotAllowedError, RefusedError, StaleError
from casework.lifecycle import Decision, needs_requirement, state_of
from casework.mend import Enclosure
from casework.reference import parse_reference
from review import decide, visit
from review.doors import Letter
from review.pages.case import ASK, Draft, current, options_for, render_case
from review.pages.conflict import decision_conflict, lost_decision
from review.pages.layout import Problem
from review.pages.returned import keep_files
from review.pages.work import act_on, back_to, tell_of
from review.presenters import DECISIONS
from store.cases import CaseRow, load_case_by_reference
from store.events import load_events

blueprint = Blueprint("decision", __name__)


@blueprint.post("/requests/<reference>/decision/check")
def check(reference: str) -> str | tuple[str, int]:
    """Show exactly what will be kept and sent before anything is."""
    case = visit.case_or_404(reference)
    draft = _draft()
    if (lost := lost_decision(case, act_on(case))) is not None:
        return lost
    problems = _problems(case, draft)
    if problems:
        return render_case(current(case), _with(draft, problems)), 400
    files = _files(case, draft)
    subject, body = _letter(case, draft, files)
    return render_template(
        "check_decision.html",
        case=case,
        draft=draft,
        label=_label(draft.decision),
        is_asking=draft.decision == ASK,
        recipient=decide.recipient_of(visit.database(), case.id),
        subject=subject,
        body=body,
        files=[made.words for made in files],
        version=str(current(case).version) if request.form.get("again") else request.form.get("version", ""),
    )


@blueprint.post("/requests/<reference>/decision")
def save(reference: str) -> Response | tuple[str, int]:
    """Save the decision that was checked."""
    case = visit.case_or_404(reference)
    draft = _draft()
    if (lost := lost_decision(case, act_on(case))) is not None:
        return lost
    problems = _problems(case, draft)
    if problems:
        return render_case(current(case), _with(draft, problems)), 400
    made = _files(case, draft)
    act, letter = act_on(case), _letter(case, draft, made)
    try:
        if draft.decision == ASK:
            decide.ask_for_information(
                visit.database(), act, message=draft.message or "", letter=letter, files=keep_files(made)
            )
        else:
            decide.decide(
                visit.database(),
                act,
                decision=Decision(draft.decision),
                reason=draft.decision_reason,
                letter=letter,
                files=keep_files([visit.doors().send_back.letter(letter, case.reference, visit.now())]),
                calendar=visit.calendar(case.region),
                requirement=draft.requirement,
                joined_to=parse_reference(draft.joined_to) or draft.joined_to,
            )
    except StaleError:
        return decision_conflict(case, act.expected_version)
    except (RefusedError, NotAllowedError) as problem:
        return render_case(current(case), _with(draft, [Problem("decision", problem.public_message)])), 400
    tell_of(case, f"Decision saved: {_label(draft.decision)}.")
    return back_to(case)


@blueprint.post("/requests/<reference>/release-plan")
def allocate(reference: str) -> Response | tuple[str, int]:
    """Put an approved request into a release, move it, or take it out."""
    case = visit.case_or_404(reference)
    choice, reason = request.form.get("release", ""), request.form.get("reason", "")
    draft = Draft(release=choice, release_reason=reason)
    if not choice or (choice != "none" and not (choice.isascii() and choice.isdigit())):
        return render_case(current(case), _with(draft, [Problem("release", "Select a release")])), 400
    release_id = None if choice == "none" else int(choice)
    try:
        decide.allocate(visit.database(), act_on(case), release_id=release_id, reason=reason)
    except RefusedError as problem:
        is_reason = problem.public_message.startswith("Enter")
        field = "release-reason" if is_reason else "release"
        return render_case(current(case), _with(draft, [Problem(field, problem.public_message)])), 400
    flash("The release is saved." if release_id is not None else "The request is out of its release.")
    return back_to(case)


def _draft() -> Draft:
    form = request.form
    return Draft(
        decision=form.get("decision", ""),
        message=form.get("message", ""),
        decision_reason=form.get("reason", ""),
        joined_to=form.get("joined_to", "").strip(),
        requirement=form.get("requirement", "").strip(),
    )


def _with(draft: Draft, problems: list[Problem]) -> Draft:
    return Draft(
        problems=problems,
        decision=draft.decision,
        message=draft.message,
        decision_reason=draft.decision_reason,
        joined_to=draft.joined_to,
        requirement=draft.requirement,
        release=draft.release,
        release_reason=draft.release_reason,
    )


def _problems(case: CaseRow, draft: Draft) -> list[Problem]:
    state = state_of(load_events(visit.database(), case.id))
    if state.claimed_by != visit.person().id:
        return [Problem("decision", "Claim this request before you decide")]
    if draft.decision not in {option.key for option in options_for(state)}:
        return [Problem("decision", "Select a decision")]
    if draft.decision == ASK:
        is_empty = not (draft.message or "").strip()
        return [Problem("message", "Enter what you need from the requester")] if is_empty else []
    problems = []
    if draft.decision == Decision.DUPLICATE:
        problems += _joining_problems(case, draft.joined_to)
    if needs_requirement(state, Decision(draft.decision)) and not draft.requirement:
        problems.append(Problem("requirement", "Enter where the full requirement is"))
    if not draft.decision_reason.strip():
        problems.append(Problem("decision-reason", "Enter a reason"))
    elif len(draft.decision_reason) > decide.LONGEST_REASON:
        problems.append(Problem("decision-reason", f"Enter a reason of at most {decide.LONGEST_REASON} characters"))
    return problems


def _joining_problems(case: CaseRow, written: str) -> list[Problem]:
    reference = parse_reference(written)
    if reference is None:
        return [Problem("joined-to", "Enter the reference of the other request, like ESR-2026-0418")]
    try:
        other = load_case_by_reference(visit.database(), reference)
    except RefusedError:
        return [Problem("joined-to", f"There is no request {reference}. Check the reference.")]
    return [Problem("joined-to", "Enter another request: this one cannot join itself")] if other.id == case.id else []


def _files(case: CaseRow, draft: Draft) -> Sequence[Enclosure]:
    """What goes with a question: what to change, and a form with the answers that we have."""
    if draft.decision != ASK:
        return ()
    question = (draft.message or "").strip()
    return visit.doors().send_back.build(visit.database(), case.id, question=question, now=visit.now())


def _letter(case: CaseRow, draft: Draft, files: Sequence[Enclosure] = ()) -> Letter:
    rooms = visit.doors()
    if draft.decision == ASK:
        message = (draft.message or "").strip().replace("\r\n", "\n")
        return rooms.information_request(
            reference=case.reference, title=case.title, message=message, enclosed=[made.words for made in files]
        )
    return rooms.decision_letter(
        reference=case.reference,
        title=case.title,
        decision=Decision(draft.decision),
        reason=draft.decision_reason.strip().replace("\r\n", "\n"),
        joined_to=parse_reference(draft.joined_to) or "" if draft.decision == Decision.DUPLICATE else "",
    )


def _label(decision: str) -> str:
    return "Ask for more information" if decision == ASK else DECISIONS[Decision(decision)][0]
