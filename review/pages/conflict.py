"""Two people at once: what one typed is never lost because the other was first. Both values stand here; choose one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from flask import flash, render_template, request

from casework.errors import NotAllowedError, StaleError
from casework.events import Event, EventKind, user_actor
from casework.lease import lease_of
from casework.lifecycle import CaseState, state_of
from review import decide, visit
from review.access import Permission, may
from review.desk import names_of
from review.history import Entry, describe
from store.cases import CaseRow, load_case
from store.events import load_events

_OURS = frozenset({"csrf_token", "version", "again", "take_over_reason"})


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent that could not be saved: what it is about, in words, and the form that would send it again.

    `now` is what stands there at present, None where nothing of the kind does. `fields` are the form's values by name.
    """

    about: str
    yours: str
    action: str
    fields: Mapping[str, str] = field(default_factory=dict)
    now: str | None = None
    reason: str = ""
    key: str = ""


def conflict_page(case: CaseRow, typed: Typed, seen: int) -> tuple[str, int]:
    """Both values, who changed what since version `seen`, and what may be done with what was typed; status 409."""
    db, person, rooms = visit.database(), visit.person(), visit.doors()
    events = load_events(db, case.id)
    state = state_of(events)
    names = names_of(db, case, rooms.library)
    newer = [event for event in events if event.number > seen and event.actor != user_actor(person.id)]
    holder = names.people.get(state.claimed_by, "") if state.claimed_by is not None else ""
    page = render_template(
        "conflict.html",
        case=load_case(db, case.id),
        typed=typed,
        heading=_heading(newer, typed, {event.number: describe(event, names, rooms.zone) for event in newer}),
        entries=[describe(event, names, rooms.zone) for event in reversed(newer)],
        is_mine=state.claimed_by == person.id,
        holder=holder,
        can_take_over=may_take_over(events, state, visit.calendar(case.region).holidays),
        note=_as_note(typed),
    )
    return page, 409


def with_claim(act: decide.Act, case: CaseRow) -> decide.Act:
    """The act, after the claim was taken (back) where the conflict page asked for it; the errors of those acts."""
    db, again = visit.database(), request.form.get("again", "")
    if again == "claim":
        decide.claim(db, act)
    elif again == "take-over":
        reason = request.form.get("take_over_reason", "")
        if not reason.strip():
            flash("Enter why you take it over. Nothing that you typed is lost.", "problem")
            raise NotAllowedError("Enter why you take it over.")
        decide.take_over(db, act, reason=reason, calendar=visit.calendar(case.region))
    else:
        return act
    return replace(act, expected_version=load_case(db, case.id).version)


def lost_decision(case: CaseRow, act: decide.Act) -> tuple[str, int] | None:
    """The conflict page for a decision whose writer has not (or no longer) claimed the case; None where they have."""
    try:
        with_claim(act, case)
    except (StaleError, NotAllowedError):
        return decision_conflict(case, act.expected_version)
    holder = state_of(load_events(visit.database(), case.id)).claimed_by
    return None if holder == act.person.id else decision_conflict(case, act.expected_version)


def decision_conflict(case: CaseRow, seen: int) -> tuple[str, int]:
    """The conflict page for a decision, with every word that was typed for it."""
    form = request.form
    fields = {name: value for name, value in form.items() if name not in _OURS}
    words = [form.get(name, "").strip() for name in ("message", "reason", "requirement", "joined_to")]
    typed = Typed(
        about="Your decision",
        yours="\n".join(filter(None, words)),
        action=f"/requests/{case.reference}/decision/check",
        fields=fields,
    )
    return conflict_page(case, typed, seen)


def may_take_over(events: Sequence[Event], state: CaseState, holidays: AbstractSet[date]) -> bool:
    """Whether the visitor may take the case from whoever has it."""
    person = visit.person()
    lease = lease_of(events, state, holidays)
    if lease is None or lease.holder == person.id or not may(person, Permission.CLAIM):
        return False
    return may(person, Permission.TAKE_OVER) or lease.has_run_out(visit.today())


def _heading(newer: Sequence[Event], typed: Typed, shown: Mapping[int, Entry]) -> str:
    """Who did what to exactly this, else who has the request now, else that something changed."""
    same = [event for event in newer if event.kind is EventKind.ANSWER_CORRECTED and event.fact("field") == typed.key]
    taken = [event for event in newer if event.kind in (EventKind.CLAIMED, EventKind.TAKEN_OVER)]
    for events, words in ((same, "changed this answer"), (taken, "took this request")):
        if events:
            entry = shown[events[-1].number]
            return f"{entry.who} {words} at {entry.when}"
    return "Somebody else changed this request" if newer else "This request has changed"


def _as_note(typed: Typed) -> str:
    reason = f"\nReason: {typed.reason}" if typed.reason.strip() else ""
    return f"Not saved, {typed.about}: {typed.yours}{reason}"
