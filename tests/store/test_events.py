"""The chain: whatever is changed, removed or reordered is found and named; words can be erased without breaking it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from store.cases import open_case
from store.database import transaction
from store.events import GENESIS, AuditResult, erase_words, load_events, record_event, verify_events


@pytest.fixture
def chain(db: Database, now: datetime) -> Database:
    """Five events of one case, the third and fifth with words beside them."""
    with transaction(db):
        case_id, _ = open_case(db, now)
        for number in range(1, 6):
            words = {"note": f"Ann Lee said {number}", "reason": "because"} if number in (3, 5) else {}
            record_event(db, Event(EventKind.NOTED, now, user_actor(number), case_id, facts={"n": number}, words=words))
    return db


def unlock(db: Database) -> None:
    """What somebody with the file in their hands can do: triggers hold nobody back who may drop them."""
    db.execute("DROP TRIGGER events_are_never_changed")
    db.execute("DROP TRIGGER events_are_never_removed")
    db.execute("PRAGMA foreign_keys = OFF")


def test_a_whole_chain_verifies_to_its_last_hash(chain: Database) -> None:
    last = chain.execute("SELECT hash FROM events ORDER BY number DESC LIMIT 1").fetchone()[0]
    assert verify_events(chain) == AuditResult(5, last)


def test_an_empty_record_is_whole(db: Database) -> None:
    assert verify_events(db) == AuditResult(0, GENESIS)


@pytest.mark.parametrize("statement", ["UPDATE events SET actor = 'user:9'", "DELETE FROM events"])
def test_the_database_itself_refuses_to_change_events(chain: Database, statement: str) -> None:
    with pytest.raises(Exception, match="events are never"):
        chain.execute(statement)


def edit(column: str, value: str) -> Callable[[Database], object]:
    return lambda db: db.execute(f"UPDATE events SET {column} = ? WHERE number = 2", (value,))


def swap(db: Database) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        db.execute("UPDATE events SET number = ? WHERE number = ?", (new, old))


@pytest.mark.parametrize(
    ("damage", "broken_at", "why"),
    [
        (edit("actor", "user:9"), 2, "it was changed after it was written"),
        (edit("at", "2020-01-01T00:00:00.000000+00:00"), 2, "it was changed after it was written"),
        (edit("kind", "decided"), 2, "it was changed after it was written"),
        (edit("reason", "x"), 2, "it was changed after it was written"),
        (edit("facts", '{"n":7}'), 2, "it was changed after it was written"),
        (edit("hash", "0" * 64), 2, "it was changed after it was written"),
        (edit("previous_hash", "0" * 64), 2, "it does not follow the event before it"),
        (lambda db: db.execute("DELETE FROM events WHERE number = 2"), 3, "an event is missing before this one"),
        (swap, 2, "it does not follow the event before it"),
        (
            lambda db: db.execute("UPDATE event_words SET words = 'nothing' WHERE event_number = 3"),
            3,
            "the words beside it were changed",
        ),
        (
            lambda db: db.execute("INSERT INTO event_words VALUES (2, 'note', 'salt', 'slipped in')"),
            2,
            "the words beside it were changed",
        ),
        (
            lambda db: db.execute("INSERT INTO event_words VALUES (9, 'note', 'salt', 'slipped in')"),
            9,
            "words stand beside an event that is not there",
        ),
    ],
)
def test_damage_is_found_at_the_first_wrong_event(
    chain: Database, damage: Callable[[Database], object], broken_at: int, why: str
) -> None:
    unlock(chain)
    damage(chain)
    result = verify_events(chain)
    assert (result.broken_at, result.why) == (broken_at, why)


def test_erased_words_leave_the_chain_whole_and_are_gone(chain: Database) -> None:
    erase_words(chain, 3)
    assert verify_events(chain).broken_at is None
    assert [event.words for event in load_events(chain, 1)] == [
        {}, {}, {}, {}, {"note": "Ann Lee said 5", "reason": "because"},
    ]  # fmt: skip
    assert chain.execute("SELECT count(*) FROM event_words WHERE salt LIKE '%'").fetchone() == (2,)


def test_the_chain_holds_no_word_of_a_person(chain: Database) -> None:
    held = " ".join(str(row) for row in chain.execute("SELECT * FROM events").fetchall())
    assert "Ann Lee" not in held
    assert "because" not in held


def test_the_same_words_twice_leave_different_hashes(chain: Database) -> None:
    facts = [row[0] for row in chain.execute("SELECT facts FROM events WHERE number IN (3, 5)").fetchall()]
    reasons = {part for text in facts for part in text.split() if part.startswith("reason=")}
    assert len(reasons) == 2


def test_an_event_comes_back_as_it_was_written(db: Database, now: datetime) -> None:
    event = Event(
        EventKind.DECIDED, now, SENDER, None, "out-of-scope", {"decision": "decline", "n": 3, "none": None, "yes": True}
    )
    with transaction(db):
        case_id, _ = open_case(db, now)
        event = Event(event.kind, event.at, event.actor, case_id, event.reason, event.facts, {"reason": "Words"}, 1)
        record_event(db, event)
    assert load_events(db, case_id) == [event]


def test_an_event_outside_a_transaction_is_refused(db: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record_event(db, Event(EventKind.NOTED, now, SENDER))
