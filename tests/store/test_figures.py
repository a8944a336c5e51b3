"""Counts follow the cases, whatever happens to them, and never drift."""

import random
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from casework.events import Event, EventKind
from casework.figures import Course, Kind
from casework.period import Period
from store.cases import open_case, record, refresh_case
from store.database import transaction
from store.figures import find_uncounted, first_day, keep_figures, load_courses, load_totals

EVER = Period(date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 11, 23)


def a_case(db: Database, now: datetime) -> int:
    case_id, _ = open_case(db, now)
    record(db, Event(EventKind.RECEIVED, now, "sender", case_id))
    return case_id


def test_a_request_counts_from_the_moment_it_arrives(db: Database, now: datetime) -> None:
    with transaction(db):
        a_case(db, now)
    assert load_totals(db, Kind.STATUS, EVER) == {"reading": 1}
    assert load_courses(db, Kind.PROMISE, EVER) == [(DAY, Course(), 1)]
    assert first_day(db) == DAY


def test_a_request_that_moves_on_counts_for_what_it_is_now_only(db: Database, now: datetime) -> None:
    with transaction(db):
        case_id = a_case(db, now)
        record(db, Event(EventKind.FORM_READ, now, "system", case_id, facts={"form": "national-competency"}))
        record(db, Event(EventKind.ACKNOWLEDGED, now + timedelta(days=1), "user:1", case_id))
    assert load_totals(db, Kind.STATUS, EVER) == {"new": 1}
    assert load_courses(db, Kind.PROMISE, EVER) == [(DAY, Course(date(2026, 11, 24), True), 1)]


def test_only_requests_received_between_the_days_count_both_days_included(db: Database, now: datetime) -> None:
    with transaction(db):
        for days in range(5):
            a_case(db, now + timedelta(days=days))
    middle = Period(date(2026, 11, 24), date(2026, 11, 26))
    assert load_totals(db, Kind.STATUS, middle) == {"reading": 3}
    assert [day for day, _, _ in load_courses(db, Kind.PROMISE, middle)] == [
        date(2026, 11, day) for day in (24, 25, 26)
    ]


def test_counts_never_drift_from_what_the_cases_are(db: Database) -> None:
    chance = random.Random(7)
    kinds = list(Kind)
    present: dict[int, list[tuple[Kind, str]]] = {}
    with transaction(db):
        for case_id in range(1, 9):
            db.execute(
                "INSERT INTO cases (id, reference, year, number, token, created_at, status)"
                " VALUES (?, ?, 2026, ?, ?, '', 'new')",
                (case_id, f"r{case_id}", case_id, f"t{case_id}"),
            )
        for _ in range(300):
            case_id = chance.randint(1, 8)
            present[case_id] = sorted(
                {(chance.choice(kinds), chance.choice("abc")) for _ in range(chance.randint(0, 6))}
            )
            keep_figures(db, case_id, DAY, present[case_id])
    for kind in kinds:
        counted = [name for figures in present.values() for other, name in figures if other is kind]
        assert load_totals(db, kind, EVER) == {name: counted.count(name) for name in sorted(set(counted))}


def test_cases_of_an_earlier_version_are_found_and_counted_once(db: Database, now: datetime) -> None:
    with transaction(db):
        case_id = a_case(db, now)
        db.execute("DELETE FROM case_figures")
        db.execute("DELETE FROM tallies")
    assert find_uncounted(db, 10) == [case_id]
    with transaction(db):
        refresh_case(db, case_id)
        refresh_case(db, case_id)
    assert find_uncounted(db, 10) == []
    assert load_totals(db, Kind.STATUS, EVER) == {"reading": 1}
