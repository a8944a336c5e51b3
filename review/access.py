"""Who may open which page: one table with a rule for every route, and one policy function that denies by default."""

from __future__ import annotations

from enum import StrEnum

from casework.lifecycle import UserRole


class Rule(StrEnum):
    """Whom a route lets in."""

    ANYBODY = "anybody"
    STAFF = "staff"
    REVIEWERS = "reviewers"
    ADMINISTRATORS = "administrators"


RULES: dict[str, Rule] = {
    "assets.serve": Rule.ANYBODY,
    "start.show": Rule.ANYBODY,
    "start.blank_form": Rule.ANYBODY,
    "upload.show": Rule.ANYBODY,
    "upload.send": Rule.ANYBODY,
    "upload.received": Rule.ANYBODY,
    "upload.progress": Rule.ANYBODY,
    "draft.show": Rule.ANYBODY,
    "draft.progress": Rule.ANYBODY,
    "draft.ask": Rule.ANYBODY,
    "draft.answer": Rule.ANYBODY,
    "draft.choose_form": Rule.ANYBODY,
    "draft.send": Rule.ANYBODY,
    "track.show": Rule.ANYBODY,
    "track.find": Rule.ANYBODY,
    "track.follow": Rule.ANYBODY,
    "track.reply": Rule.ANYBODY,
    "track.new_version": Rule.ANYBODY,
    "track.send_version": Rule.ANYBODY,
    "track.ask_withdraw": Rule.ANYBODY,
    "track.withdraw": Rule.ANYBODY,
    "about.accessibility": Rule.ANYBODY,
    "about.privacy": Rule.ANYBODY,
    "about.cookies": Rule.ANYBODY,
    "about.guidance": Rule.ANYBODY,
    "sign_in.show": Rule.ANYBODY,
    "sign_in.sign_in": Rule.ANYBODY,
    "sign_in.sign_out": Rule.STAFF,
    "queue.show": Rule.STAFF,
    "search.show": Rule.STAFF,
    "case.show": Rule.STAFF,
    "history.show": Rule.STAFF,
    "history.changes": Rule.STAFF,
    "case.original": Rule.STAFF,
    "picture.show": Rule.STAFF,
    "claim.claim": Rule.REVIEWERS,
    "claim.release": Rule.REVIEWERS,
    "claim.take_over": Rule.REVIEWERS,
    "work.acknowledge": Rule.REVIEWERS,
    "work.take_back": Rule.REVIEWERS,
    "work.send_again": Rule.REVIEWERS,
    "work.confirm_claim": Rule.REVIEWERS,
    "work.refuse_claim": Rule.REVIEWERS,
    "work.note_requirement": Rule.REVIEWERS,
    "work.correct": Rule.REVIEWERS,
    "work.accept_finding": Rule.REVIEWERS,
    "work.note": Rule.REVIEWERS,
    "work.read_again": Rule.REVIEWERS,
    "decision.check": Rule.REVIEWERS,
    "decision.save": Rule.REVIEWERS,
    "decision.allocate": Rule.REVIEWERS,
    "releases.show": Rule.STAFF,
    "releases.show_release": Rule.STAFF,
    "releases.save": Rule.REVIEWERS,
    "schedule.show": Rule.STAFF,
    "schedule.build": Rule.REVIEWERS,
    "schedule.download": Rule.STAFF,
    "manage.show": Rule.STAFF,
    "arrivals.show": Rule.STAFF,
    "arrivals.show_arrival": Rule.STAFF,
    "arrivals.raw": Rule.STAFF,
    "arrivals.open_case": Rule.REVIEWERS,
    "arrivals.confirm": Rule.REVIEWERS,
    "arrivals.set_aside": Rule.REVIEWERS,
    "arrivals.sort_again": Rule.REVIEWERS,
    "manage.outbox": Rule.STAFF,
    "people.show": Rule.ADMINISTRATORS,
    "people.add": Rule.ADMINISTRATORS,
    "people.change": Rule.ADMINISTRATORS,
}

_REVIEWERS = frozenset({UserRole.REVIEWER, UserRole.APPROVER})


def may_open(endpoint: str, roles: frozenset[UserRole] | None) -> bool:
    """Whether somebody with these roles (None: not signed in) may open the route; a route without a rule is closed."""
    match RULES.get(endpoint):
        case Rule.ANYBODY:
            return True
        case Rule.STAFF:
            return roles is not None and bool(roles)
        case Rule.REVIEWERS:
            return roles is not None and bool(roles & _REVIEWERS)
        case Rule.ADMINISTRATORS:
            return roles is not None and UserRole.ADMINISTRATOR in roles
        case _:
            return False
