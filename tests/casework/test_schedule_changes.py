"""What changed between two issues: each request once, in words that a reader of the schedule understands."""

from __future__ import annotations

from datetime import date

import pytest

from casework.schedule import Release, Schedule
from casework.schedule_changes import compare_schedules
from tests.builders_schedule import a_line, a_schedule

pytestmark = pytest.mark.pure
IN_71, IN_72 = Release("Release 71", date(2026, 12, 18)), Release("Release 72", date(2027, 3, 26))
TRIAGE = "Decision pending: in triage"


def told(before: Schedule, after: Schedule) -> list[tuple[str, str, str, str]]:
    return [(c.kind.value, c.reference or c.title, c.before, c.after) for c in compare_schedules(before, after)]


def test_nothing_changed_between_a_schedule_and_itself() -> None:
    assert told(a_schedule(a_line()), a_schedule(a_line())) == []


def test_changes_are_added_moved_and_removed() -> None:
    stays, moves, goes, comes = (a_line(reference=f"ESR-2026-000{n}") for n in (1, 2, 3, 4))
    before = a_schedule(releases=((IN_71, (stays, moves, goes)),))
    after = a_schedule(
        releases=((IN_71, (stays, comes)), (IN_72, (moves,))),
        justifications=(a_line(reference="ESR-2026-0003", status="Declined"),),
    )
    assert told(before, after) == [
        ("Added", "ESR-2026-0004", "Not listed", "Release 71"),
        ("Moved", "ESR-2026-0002", "Release 71", "Release 72"),
        ("Removed", "ESR-2026-0003", "Release 71", "Declined"),
    ]


def test_a_release_that_is_planned_for_another_day_is_told_once() -> None:
    before = a_schedule(releases=((IN_71, (a_line(), a_line(reference="ESR-2026-0002"))),))
    after = a_schedule(releases=((Release("Release 71"), (a_line(), a_line(reference="ESR-2026-0002"))),))
    assert told(before, after) == [("Release date", "Release 71", "18 December 2026", "No date")]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Declined", [("Decided", "ESR-2026-0001", TRIAGE, "Declined")]),
        ("Withdrawn", [("Withdrawn", "ESR-2026-0001", TRIAGE, "Withdrawn")]),
        ("Decision pending: under impact assessment", []),
    ],
)
def test_a_decision_since_is_told_and_a_step_before_it_is_not(
    status: str, expected: list[tuple[str, str, str, str]]
) -> None:
    before = a_schedule(justifications=(a_line(status=TRIAGE, decided_on=None),))
    assert told(before, a_schedule(justifications=(a_line(status=status),))) == expected


def test_a_request_that_came_and_was_decided_since_is_told_and_an_older_decision_is_not() -> None:
    before = a_schedule(issued=date(2026, 9, 30))
    new = a_line(status="Declined", decided_on=date(2026, 10, 1))
    old = a_line(reference="ESR-2026-0002", status="Declined", decided_on=date(2026, 9, 30))
    assert told(before, a_schedule(justifications=(new, old))) == [
        ("Decided", "ESR-2026-0001", "Not listed", "Declined")
    ]


def test_a_change_that_is_withdrawn_is_not_told_a_second_time_as_removed() -> None:
    before = a_schedule(a_line())
    after = a_schedule(justifications=(a_line(status="Withdrawn"),))
    assert [kind for kind, *_ in told(before, after)] == ["Withdrawn"]
