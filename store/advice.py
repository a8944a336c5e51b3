"""Requests that wait for the advice of a group, for its page and its pack."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from casework.advice import Advice, advice_of
from casework.lifecycle import CLOSED, state_of
from store.cases import corrected_values, load_newest_readings, values_of
from store.events import load_events


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """A request that waits for advice: its values as read and put right, and the question."""

    case_id: int
    reference: str
    form: str | None
    title: str
    values: dict[str, str]
    advice: Advice


def load_waiting_for_advice(db: Database, group: str | None = None) -> list[AdviceRow]:
    """The questions that nobody has answered yet, of one group or of all, the soonest wanted first.

    A closed request needs no advice any more.
    """
    found = []
    rows = db.query(
        "SELECT id, reference, form, title FROM cases WHERE id IN"
        " (SELECT case_id FROM events WHERE kind = 'advice-asked') ORDER BY id"
    )
    for row in rows:
        events = load_events(db, row["id"])
        state = state_of(events)
        if not state.advice_asked or state.status in CLOSED:
            continue
        values = values_of(load_newest_readings(db, row["id"]), corrected_values(state, events))
        found += [
            AdviceRow(row["id"], row["reference"], row["form"], row["title"], values, advice)
            for advice in advice_of(events)
            if advice.said_at is None and group in (None, advice.group)
        ]
    return sorted(found, key=lambda entry: (entry.advice.by, entry.case_id, entry.advice.asked_event))
