"""A schedule and a draft survive as text: what an issue was made from is what it is made from again."""

from __future__ import annotations

from datetime import date

import pytest

from casework.schedule import Change, ChangeKind, Editing, PastIssue, Tally
from casework.schedule_json import editing_from_json, editing_to_json, schedule_from_json, schedule_to_json
from tests.builders_schedule import a_line, a_schedule

pytestmark = pytest.mark.pure


def test_a_schedule_comes_back_as_it_was() -> None:
    schedule = a_schedule(
        a_line(title="Café “R&D” \u202e"),
        roles=(),
        competences=(a_line(decided_on=None),),
        previous_issues=(PastIssue(date(2026, 9, 30), "1.0", "First"),),
        changes=(Change(ChangeKind.MOVED, "ESR-2026-0001", "x", "a", "b"),),
        tallies=(Tally("x", 2, 1, 1, "why"),),
        events=3,
        head="ab",
    )
    text = schedule_to_json(schedule)
    assert schedule_from_json(text) == schedule
    assert schedule_to_json(schedule_from_json(text)) == text


def test_a_draft_comes_back_as_it_was() -> None:
    for editing in (
        Editing(),
        Editing(date(2026, 12, 31), "a", "b", "c", ("ESR-2026-0002", "ESR-2026-0001"), ("ESR-2026-0001",), True, True),
    ):
        assert editing_from_json(editing_to_json(editing)) == editing
