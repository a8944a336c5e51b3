"""The decision as a person types it: its fields, what is wrong with them, and what the decision then needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date

from casework.lifecycle import GUARDED, CaseState, Decision, needs_requirement, roles_to_override
from casework.reference import parse_reference
from review.decide import LONGEST_REASON, Particulars
from review.pages.layout import Problem
from review.presenters import parse_day
from store.people import Person

ASK = "ask"


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What was typed, by the names of the form; `message` is None while nobody has touched it."""

    decision: str = ""
    message: str | None = None
    reason: str = ""
    joined_to: str = ""
    redirected_to: str = ""
    review_on: str = ""
    value_on: str = ""
    value_release: str = ""
    requirement: str = ""
    override: str = ""

    @property
    def needs(self) -> Particulars:
        """What the decision needs besides its reason, as far as it can be understood."""
        return Particulars(
            joined_to=parse_reference(self.joined_to) or self.joined_to,
            redirected_to=self.redirected_to,
            review_on=parse_day(self.review_on),
            value_on=parse_day(self.value_on),
            release_id=int(self.value_release)
            if self.value_release.isascii() and self.value_release.isdigit() and len(self.value_release) < 10
            else None,
            requirement=self.requirement,
            override=self.override,
        )

    def typed(self) -> dict[str, str]:
        """Every field that is not empty, by its name: for putting aside and for hidden fields."""
        return {name: value for name, value in asdict(self).items() if value}


def decision_form(typed: Mapping[str, str]) -> DecisionForm:
    """The form from what was sent or put aside; unknown names are left out."""
    known = {
        field.name: typed[field.name].replace("\r\n", "\n").strip()
        for field in fields(DecisionForm)
        if field.name in typed
    }
    return DecisionForm(**known)


def problems_of(
    form: DecisionForm,
    state: CaseState,
    *,
    possible: Collection[str],
    blockers: Collection[str],
    redirects: Collection[str],
    person: Person,
    today: date,
) -> list[Problem]:
    """What has to be mended before the decision can be checked; the request joined to is looked up elsewhere."""
    if state.claimed_by != person.id:
        return [Problem("decision", "Claim this request before you decide")]
    if form.decision not in possible:
        return [Problem("decision", "Select a decision")]
    if form.decision == ASK:
        return [] if (form.message or "").strip() else [Problem("message", "Enter what you need from the requester")]
    decision = Decision(form.decision)
    problems = _particular_problems(form, decision, redirects, today)
    if decision in GUARDED and blockers:
        if not form.override:
            problems.append(Problem("override", "Enter why it can go on although checks are open"))
        elif not person.roles & roles_to_override(state.form):
            problems.append(
                Problem("override", "Only a lead or an approver may let a competency go on with open checks")
            )
    if needs_requirement(state, decision) and not form.requirement:
        problems.append(Problem("requirement", "Enter where the full requirement is"))
    if not form.reason:
        problems.append(Problem("decision-reason", "Enter a reason"))
    elif len(form.reason) > LONGEST_REASON:
        problems.append(Problem("decision-reason", f"Enter a reason of at most {LONGEST_REASON} characters"))
    return problems


def _particular_problems(
    form: DecisionForm, decision: Decision, redirects: Collection[str], today: date
) -> list[Problem]:
    needs = form.needs
    match decision:
        case Decision.DUPLICATE if parse_reference(form.joined_to) is None:
            return [Problem("joined-to", "Enter the reference of the other request, like ESR-2026-0418")]
        case Decision.REDIRECT if form.redirected_to not in redirects:
            return [Problem("redirected-to", "Select who decides this")]
        case Decision.DEFER if needs.review_on is None:
            return [Problem("review-on", "Enter the day to look at it again, like 31 March 2027")]
        case Decision.DEFER if needs.review_on is not None and needs.review_on <= today:
            return [Problem("review-on", "Enter a day after today")]
        case Decision.ADD_VALUE if needs.value_on is None:
            return [Problem("value-on", "Enter the day on which the value was added, like 31 March 2027")]
        case Decision.ADD_VALUE if needs.value_on is not None and needs.value_on > today:
            return [Problem("value-on", "Enter a day that is not after today")]
        case _:
            return []
