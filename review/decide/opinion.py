"""What a person says of what the service found: this check is right, these two requests are not the same."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import EventKind, Fact
from casework.lifecycle import roles_to_override
from casework.model import finding_key
from review.decide.act import Act, checked_words, claimed_state, keep, must_be_open, must_review
from store.cases import CaseRow, load_case, load_open_blockers
from store.database import transaction
from store.feedback import keep_verdict
from store.likes import tell_apart as keep_apart


def accept_finding(db: Database, act: Act, *, rule: str, field: str, reason: str) -> None:
    """Say that a finding is no trouble here, with a reason; it is kept as an example of where the rule is wrong.

    The same rule's finding in another field stays as it is; `field` is empty where it is about the whole form. A
    blocker goes away by this as it does by an override, so it takes the same people.
    """
    with transaction(db):
        state = claimed_state(db, act)
        must_be_open(state)
        is_blocker = finding_key(rule, field) in load_open_blockers(db, act.case_id, state)
        if is_blocker and not act.person.roles & roles_to_override(state.form):
            raise RefusedError(
                "This must be put right before a competency goes on."
                " Only a lead or an approver may say that it is right."
            )
        words = {"reason": checked_words(reason)}
        facts: dict[str, Fact] = {"finding": rule, "field": field}
        number = keep(db, act, EventKind.FINDING_ACCEPTED, facts=facts, words=words, fresh=True)
        keep_verdict(db, act.case_id, rule, field, is_right=False, event_number=number)


def agree_with_finding(db: Database, act: Act, *, rule: str, field: str) -> None:
    """Say that a finding is right; it stays open, and is kept as an example of where the rule is right."""
    with transaction(db):
        claimed_state(db, act)
        number = keep(db, act, EventKind.FINDING_AGREED, facts={"finding": rule, "field": field}, fresh=True)
        keep_verdict(db, act.case_id, rule, field, is_right=True, event_number=number)


def tell_apart(db: Database, act: Act, *, other_id: int, reason: str) -> CaseRow:
    """Say that a request is not the same as another, with a reason; neither is suggested for the other again."""
    with transaction(db):
        must_review(act.person)
        other = load_case(db, other_id)
        if other.id == act.case_id:
            raise RefusedError("Choose another request than this one.")
        words = {"reason": checked_words(reason)}
        number = keep(db, act, EventKind.TOLD_APART, facts={"other": other.reference}, words=words)
        keep_apart(db, act.case_id, other.id, number)
        return other
