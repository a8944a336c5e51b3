"""Lists: every tab, filter and order holds what it should, the same every time, however it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from casework.promise import Calendar
from store import queries
from store.cases import open_case, record
from store.database import transaction
from store.people import add_person
from store.promises import NONE_DUE, keep_calendars
from store.queries import Spot, count_rows, count_since, find_next, find_rows, find_spot, newest_id
from store.question import NOBODY, Due, Question, Sort, View
from tests.store.lists import expected, fill, questions

PLAIN = [sort for sort in Sort if sort is not Sort.MATCH]


@pytest.fixture
def many(db: Database, now: datetime) -> Database:
    """Three hundred cases of every kind."""
    fill(db, now, 300)
    return db


def pages(db: Database, question: Question, size: int = 40) -> list[int]:
    found: list[int] = []
    while page := find_rows(db, question, limit=size, offset=len(found)).rows:
        found += [row.id for row in page]
    return found


def test_every_tab_with_every_filter_holds_what_it_should(many: Database, now: datetime) -> None:
    for question in questions(now):
        ids = expected(many, question)
        assert pages(many, question) == ids, question
        assert find_rows(many, question, limit=1).total == len(ids), question


@pytest.mark.parametrize("is_walk", [False, True])
@pytest.mark.parametrize("sort", PLAIN)
@pytest.mark.parametrize("descending", [False, True])
def test_every_order_is_the_same_however_it_is_read(
    many: Database, now: datetime, sort: Sort, descending: bool, is_walk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_SORTED", 5 if is_walk else 10_000)
    for view in (View.ALL, View.OPEN, View.DECIDED, View.MINE):
        question = Question(view, 1, now.date(), sort=sort, descending=descending, forms=frozenset({"none"}))
        assert pages(many, question, 7) == expected(many, question)
        question = replace(question, forms=frozenset())
        assert pages(many, question, 7) == expected(many, question)


@pytest.mark.parametrize("is_walk", [False, True])
@pytest.mark.parametrize("sort", PLAIN)
def test_a_request_knows_its_place_and_its_neighbours_in_a_list(
    many: Database, now: datetime, sort: Sort, is_walk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_SORTED", 5 if is_walk else 10_000)
    for descending in (False, True):
        question = Question(View.OPEN, 1, now.date(), sort=sort, descending=descending)
        order = expected(many, question)
        names = [f"ESR-2026-{number:04d}" for number in order]
        for place in (0, 1, len(order) // 2, len(order) - 1):
            before = names[place - 1] if place else None
            after = names[place + 1] if place + 1 < len(names) else None
            assert find_spot(many, question, order[place]) == Spot(place + 1, len(order), before, after)
            assert find_next(many, question, order[place]) == (after or "")
        outside = next(number for number in range(1, 300) if number not in order)
        assert find_spot(many, question, outside) is None
        assert find_next(many, question, outside) == ""


def test_counts_say_what_each_tab_and_filter_would_show(many: Database, now: datetime) -> None:
    for regions in (None, frozenset({"wales"})):
        question = Question(View.UNCLAIMED, 1, now.date(), search="ignored", area="payroll", regions=regions)
        counts = count_rows(many, question)
        tab = question.tab
        assert counts.views == {view: len(expected(many, tab.seen_as(view))) for view in View}
        assert counts.due == {due: len(expected(many, replace(tab, due=frozenset({due})))) for due in Due}
        assert {form or "none": number for form, number in counts.forms.items()} == {
            form: number
            for form in ("business-justification", "supplementary-role", "national-competency", "none")
            if (number := len(expected(many, replace(tab, forms=frozenset({form})))))
        }


def test_kept_counts_follow_every_change(many: Database) -> None:
    many.execute("UPDATE cases SET status = 'declined', claimed_by = NULL WHERE id % 3 = 0")
    many.execute("UPDATE cases SET due_on = '2026-11-30', form = 'supplementary-role' WHERE id % 5 = 0")
    many.execute("UPDATE cases SET region = 'wales' WHERE id % 7 = 0")
    kept = many.execute(
        "SELECT status, claimed_by, form, region, due_on, number FROM case_counts ORDER BY 1, 2, 3, 4, 5"
    )
    assert kept.fetchall() == many.execute(
        "SELECT status, coalesce(claimed_by, 0), coalesce(form, ''), region, due_on, count(*) FROM cases"
        " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
    ).fetchall()  # fmt: skip


def test_a_person_who_is_renamed_stands_in_the_order_of_the_new_name(many: Database, now: datetime) -> None:
    with transaction(many):
        add_person(many, email="Tom@example.nhs.uk", name="Adam Beckett", password_hash="", roles=[])
    first = find_rows(many, Question(View.ALL, 1, now.date(), sort=Sort.REVIEWER), limit=1).rows[0]
    assert first.claimed_name == "Adam Beckett"


def test_what_came_since_is_counted_within_the_tab(many: Database, now: datetime) -> None:
    assert newest_id(many) == 300
    question = Question(View.UNCLAIMED, 1, now.date(), reviewer=NOBODY)
    assert count_since(many, question, 200) == sum(number > 200 for number in expected(many, question.tab))
    assert count_since(many, question, 300) == 0


def test_the_day_that_is_kept_follows_pauses_acts_and_bank_holidays(db: Database, now: datetime) -> None:
    def due() -> list[str]:
        return [row[0] for row in db.execute("SELECT due_on FROM cases ORDER BY id").fetchall()]

    with transaction(db):
        for _ in range(2):
            case_id, _ = open_case(db, now)
            record(db, Event(EventKind.RECEIVED, now, SENDER, case_id))
    assert due() == ["2026-11-30", "2026-11-30"]
    holiday = Calendar("england", "test", frozenset({datetime(2026, 11, 25).date()}))
    assert keep_calendars(db, [holiday], default="england")
    assert not keep_calendars(db, [holiday], default="england")
    assert due() == ["2026-12-01", "2026-12-01"]
    with transaction(db):
        record(db, Event(EventKind.INFORMATION_REQUESTED, now, user_actor(1), 1))
        record(db, Event(EventKind.ACKNOWLEDGED, now, user_actor(1), 2))
    assert due() == [NONE_DUE, NONE_DUE]
