"""Sessions: known by a hash only, over after half an hour without a click or twelve hours, or when they are ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from casework.lifecycle import UserRole
from store.database import transaction
from store.people import add_person, change_roles
from store.sessions import begin_session, end_session, end_sessions, find_session, load_sessions, note_seen


@pytest.fixture
def person(db: Database) -> int:
    with transaction(db):
        return add_person(db, email="a@example.nhs.uk", name="A", password_hash="h", roles=[UserRole.REVIEWER])


def _begin(db: Database, person: int, now: datetime) -> str:
    with transaction(db):
        return begin_session(db, person, browser="Firefox", now=now)


def test_the_token_itself_is_kept_nowhere(db: Database, now: datetime, person: int) -> None:
    token = _begin(db, person, now)
    rows = [tuple(row.values()) for row in db.query("SELECT * FROM sessions")]
    assert token not in str(rows)
    found = find_session(db, token, now)
    assert found is not None
    assert (found.person_id, found.browser, found.started_at) == (person, "Firefox", now)
    assert find_session(db, found.name, now) is None


def test_a_session_ends_by_itself(db: Database, now: datetime, person: int) -> None:
    token = _begin(db, person, now)
    moment = now
    while moment - now < timedelta(hours=12):
        found = find_session(db, token, moment)
        assert found is not None, moment
        note_seen(db, found, moment)
        moment += timedelta(minutes=30)
    found = find_session(db, token, now + timedelta(hours=12))
    assert found is not None
    assert found.ends_at(now + timedelta(hours=11, minutes=50)) == now + timedelta(hours=12)
    note_seen(db, found, now + timedelta(hours=12))
    assert find_session(db, token, now + timedelta(hours=12, seconds=1)) is None
    other = _begin(db, person, now + timedelta(hours=13))
    assert find_session(db, other, now + timedelta(hours=13, minutes=31)) is None
    # The old one is not even kept.
    assert db["sessions"].count == 1


def test_sessions_can_be_ended_one_or_all_or_all_but_one(db: Database, now: datetime, person: int) -> None:
    tokens = [_begin(db, person, now + timedelta(seconds=number)) for number in range(3)]
    here = find_session(db, tokens[0], now)
    assert here is not None
    assert len(load_sessions(db, person, now)) == 3
    end_sessions(db, person, besides=here.name)
    assert load_sessions(db, person, now) == [here]
    end_session(db, here.name)
    assert load_sessions(db, person, now) == []


def test_other_roles_end_the_sessions(db: Database, now: datetime, person: int) -> None:
    token = _begin(db, person, now)
    with transaction(db):
        change_roles(db, person, [UserRole.LEAD], active=True)
    assert find_session(db, token, now) is None
