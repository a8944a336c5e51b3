"""Deciding: choose, check the exact message, send or put aside; and putting an approved request into a release."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from casework.errors import NotAllowedError, RefusedError, StaleError
from casework.events import Event, EventKind, user_actor
from casework.lifecycle import BUSINESS_JUSTIFICATION, GUARDED, CaseState, Decision, Path, path_of, state_of
from casework.mend import ReturnPlan
from casework.publishable import doubts_about
from casework.state_words import DECISIONS
from casework.wording import long_date
from review import decide, visit
from review.decision_form import ASK, DecisionForm, decision_form, problems_of
from review.doors import Letter
from review.next_step import next_step
from review.pages.case import Draft, current, render_case
from review.pages.conflict import decision_conflict, lost_decision
from review.pages.layout import Problem
from review.pages.queue import list_kept
from review.pages.work import act_on, back_to, tell_of
from review.presenters import TAGS
from store.cases import (
    CaseRow,
    corrected_values,
    load_case_by_reference,
    load_newest_readings,
    load_open_blockers,
    values_of,
)
from store.database import transaction
from store.decision_drafts import keep_decision_draft
from store.events import load_events
from store.people import load_people
from store.queries import find_next
from store.releases import load_release

blueprint = Blueprint("decision", __name__)


@blueprint.post("/requests/<reference>/decision/check")
def check(reference: str) -> str | tuple[str, int]:
    """Show exactly what will be kept, sent and changed before anything is."""
    case = visit.case_or_404(reference)
    form = decision_form(request.form)
    if (lost := lost_decision(case, act_on(case))) is not None:
        return lost
    state, problems = _checked(case, form)
    if problems:
        return _show_again(case, form, problems)
    db, plan = visit.database(), _plan(case, form)
    subject, body = _letter(case, form, plan)
    recipient = decide.recipient_of(db, case.id)
    needs = form.needs
    is_asking = form.decision == ASK
    return render_template(
        "check_decision.html",
        case=case,
        form=form,
        label=_label(form.decision),
        is_asking=is_asking,
        is_published=case.form == BUSINESS_JUSTIFICATION and not is_asking,
        before=TAGS[state.shown_status],
        after=TAGS[_state_after(case, state, form).shown_status],
        blockers=len(load_open_blockers(db, case.id, state)) if form.decision in GUARDED else 0,
        redirected_to=_redirect_label(form) if form.decision == Decision.REDIRECT else "",
        review_on=long_date(needs.review_on) if needs.review_on and form.decision == Decision.DEFER else "",
        value_on=long_date(needs.value_on) if needs.value_on and form.decision == Decision.ADD_VALUE else "",
        doubts=() if is_asking else doubts_about(form.reason, _names(case, state)),
        recipient=recipient,
        leaves_by_itself=bool(recipient) and visit.doors().sends_mail,
        subject=subject,
        body=body,
        files=plan.words if plan is not None else (),
        version=str(current(case).version) if request.form.get("again") else request.form.get("version", ""),
    )


@blueprint.post("/requests/<reference>/decision")
def save(reference: str) -> Response | tuple[str, int]:
    """Save the decision that was checked; its message leaves in 10 minutes, or now where the person says so."""
    case = visit.case_or_404(reference)
    form = decision_form(request.form)
    if (lost := lost_decision(case, act_on(case))) is not None:
        return lost
    _, problems = _checked(case, form)
    if problems:
        return _show_again(case, form, problems)
    plan = _plan(case, form)
    act, letter, following = act_on(case), _letter(case, form, plan), _following(case)
    at_once = request.form.get("when") == "now"
    try:
        if form.decision == ASK:
            decide.ask_for_information(
                visit.database(),
                act,
                message=form.message or "",
                letter=letter,
                order=_order(case, plan, None) if plan is not None and plan.words else "",
                at_once=at_once,
            )
        else:
            decide.decide(
                visit.database(),
                act,
                decision=Decision(form.decision),
                reason=form.reason,
                letter=letter,
                order=_order(case, plan, letter),
                calendar=visit.calendar(case.region),
                needs=form.needs,
                at_once=at_once,
            )
    except StaleError:
        return decision_conflict(case, act.expected_version)
    except (RefusedError, NotAllowedError) as problem:
        return _show_again(case, form, [Problem("decision", problem.public_message)])
    tell_of(case, f"Decision saved: {_label(form.decision)}.", following)
    return back_to(case)


@blueprint.post("/requests/<reference>/decision/later")
def put_aside(reference: str) -> Response:
    """Keep what was typed for later: nothing is decided, and only this person sees it."""
    case, form = visit.case_or_404(reference), decision_form(request.form)
    db = visit.database()
    typed = {name: value[: decide.LONGEST_REASON] for name, value in form.typed().items()}
    with transaction(db):
        keep_decision_draft(db, case.id, visit.person().id, typed, now=visit.now())
    flash("Saved for later. Nothing is decided or sent, and only you see it.")
    return back_to(case, "#decide")


@blueprint.post("/requests/<reference>/release-plan")
def allocate(reference: str) -> Response | tuple[str, int]:
    """Put an approved request into a release, move it, or take it out."""
    case = visit.case_or_404(reference)
    choice, reason = request.form.get("release", ""), request.form.get("reason", "")
    draft = Draft(release=choice, release_reason=reason)
    if not choice or (choice != "none" and not (choice.isascii() and choice.isdigit())):
        return render_case(current(case), replace(draft, problems=[Problem("release", "Select a release")])), 400
    release_id = None if choice == "none" else int(choice)
    try:
        release = load_release(visit.database(), release_id).name if release_id is not None else ""
        letter = visit.doors().release_letter(
            reference=case.reference, title=case.title, release=release, reason=reason.strip()
        )
        decide.allocate(visit.database(), act_on(case), release_id=release_id, letter=letter, reason=reason)
    except RefusedError as problem:
        is_reason = problem.public_message.startswith("Enter")
        field = "release-reason" if is_reason else "release"
        return render_case(current(case), replace(draft, problems=[Problem(field, problem.public_message)])), 400
    tell_of(case, f"The request is in {release}." if release else "The request is out of its release.")
    return back_to(case)


def _checked(case: CaseRow, form: DecisionForm) -> tuple[CaseState, list[Problem]]:
    db, person = visit.database(), visit.person()
    state = state_of(load_events(db, case.id))
    redirects = visit.doors().library.vocabulary("redirects")
    problems = problems_of(
        form,
        state,
        possible=next_step(state, person).keys,
        blockers=load_open_blockers(db, case.id, state),
        redirects={term.key for term in redirects.terms},
        person=person,
        today=visit.today(),
    )
    if not problems and form.decision == Decision.DUPLICATE:
        problems = _joining_problems(case, form.needs.joined_to)
    return state, problems


def _joining_problems(case: CaseRow, reference: str) -> list[Problem]:
    try:
        other = load_case_by_reference(visit.database(), reference)
    except RefusedError:
        return [Problem("joined-to", f"There is no request {reference}. Check the reference.")]
    return [Problem("joined-to", "Enter another request: this one cannot join itself")] if other.id == case.id else []


def _show_again(case: CaseRow, form: DecisionForm, problems: list[Problem]) -> tuple[str, int]:
    return render_case(current(case), Draft(problems=problems, deciding=form)), 400


def _plan(case: CaseRow, form: DecisionForm) -> ReturnPlan | None:
    """What goes with a question: what to change, and a form with the answers that we have."""
    if form.decision != ASK:
        return None
    return visit.doors().send_back.plan(visit.database(), case.id, form.message or "")


def _order(case: CaseRow, plan: ReturnPlan | None, letter: Letter | None) -> str:
    """The order for the files of a letter; `letter` where it goes as a Word document too."""
    return visit.doors().send_back.order(visit.database(), plan, letter, case.reference, visit.now())


def _letter(case: CaseRow, form: DecisionForm, plan: ReturnPlan | None) -> Letter:
    rooms, needs = visit.doors(), form.needs
    if form.decision == ASK:
        return rooms.information_request(
            reference=case.reference,
            title=case.title,
            message=form.message or "",
            enclosed=plan.words if plan is not None else (),
        )
    decision = Decision(form.decision)
    is_new_value = decision is Decision.ADD_VALUE
    release = load_release(visit.database(), needs.release_id).name if is_new_value and needs.release_id else ""
    return rooms.decision_letter(
        reference=case.reference,
        title=case.title,
        decision=decision,
        reason=form.reason,
        joined_to=needs.joined_to if decision is Decision.DUPLICATE else "",
        redirected_to=_redirect_note(form) if decision is Decision.REDIRECT else "",
        review_on=needs.review_on if decision is Decision.DEFER else None,
        value_on=needs.value_on if is_new_value else None,
        release=release,
        is_value=path_of(case.form) is Path.SHORT,
    )


def _state_after(case: CaseRow, state: CaseState, form: DecisionForm) -> CaseState:
    """Where the request would stand: what the record would say with this decision in it."""
    events = load_events(visit.database(), case.id)
    actor, number = user_actor(visit.person().id), state.version + 1
    if form.decision == ASK:
        return state_of([*events, Event(EventKind.INFORMATION_REQUESTED, visit.now(), actor, case.id, number=number)])
    facts = {"decision": form.decision}
    return state_of([*events, Event(EventKind.DECIDED, visit.now(), actor, case.id, facts=dict(facts), number=number)])


def _names(case: CaseRow, state: CaseState) -> list[str]:
    """People whom a reason might name: the requester and everybody here."""
    db = visit.database()
    values = values_of(load_newest_readings(db, case.id), corrected_values(state, load_events(db, case.id)))
    return [values.get("requester_name", ""), *(person.name for person in load_people(db))]


def _redirect_label(form: DecisionForm) -> str:
    return visit.doors().library.vocabulary("redirects").label(form.redirected_to)


def _redirect_note(form: DecisionForm) -> str:
    terms = visit.doors().library.vocabulary("redirects").terms
    return next((term.note or term.label for term in terms if term.key == form.redirected_to), "")


@blueprint.post("/requests/<reference>/appeal")
def appeal(reference: str) -> Response | tuple[str, int]:
    """Write down that the requester appeals, where they did so in the service request and not on their own page."""
    case = visit.case_or_404(reference)
    reason = request.form.get("reason", "")
    letter = visit.doors().appeal_receipt(reference=case.reference, title=case.title)
    try:
        decide.record_appeal(visit.database(), act_on(case), reason=reason, letter=letter)
    except (RefusedError, StaleError) as problem:
        problems = [Problem("appeal-reason", problem.public_message.removesuffix("."))]
        return render_case(current(case), Draft(problems=problems, appeal=reason, is_appealing=True)), 400
    tell_of(case, "The appeal is written down.")
    return back_to(case)


def _following(case: CaseRow) -> str:
    """The request that comes after this one, before the decision, in the list that the visitor came from."""
    return find_next(visit.database(), list_kept().question, case.id)


def _label(decision: str) -> str:
    return "Ask for more information" if decision == ASK else DECISIONS[Decision(decision)].label
