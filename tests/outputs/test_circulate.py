"""Messages to lists: each recipient's own and only once, two people for many, nobody who left, all or nothing."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.address_list import ListedAddress
from casework.errors import NotAllowedError, RefusedError
from casework.lifecycle import UserRole
from outputs.issue import ask_to_send, confirm_sending
from outputs.issue.outbox import MOST_TO_ALL
from store.circulation import (
    Stage,
    add_circulation,
    add_list,
    add_members,
    find_member_by_token,
    load_circulation,
    load_members,
    load_recipient_states,
    load_recipients,
    remove_member,
    resend_failed,
    set_cancelled,
    unsubscribe,
)
from store.database import open_database, transaction
from store.deliveries import DeliveryState, end_delivery, load_deliveries, load_due
from store.people import add_person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESS = "https://forms.example.nhs.uk"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    found = open_database(tmp_path / "x.sqlite3")
    for name in ("ann", "bob"):
        add_person(found, email=f"{name}@x.nhs.uk", name=name, password_hash="x", roles=[UserRole.PUBLISHER])
    return found


def a_list(db: Database, number: int, name: str = "Trusts", prefix: str = "r") -> int:
    with transaction(db):
        made = add_list(db, name)
        add_members(db, made, [ListedAddress(n, f"{prefix}{n}@x.nhs.uk") for n in range(number)], person_id=1, now=NOW)
    return made


def written(db: Database, *lists: int, **more: object) -> int:
    values: dict[str, object] = {"issue_id": None, "attaches": False, "send_at": None, **more}
    with transaction(db):
        return add_circulation(
            db, subject="New schedule", body="It is here.", list_ids=lists, person_id=1, now=NOW, **values  # type: ignore[arg-type]
        )  # fmt: skip


def confirm(db: Database, number: int, person_id: int = 2) -> int:
    return confirm_sending(db, number, person_id=person_id, now=NOW, address=ADDRESS, size_of=lambda _: 1)


def test_each_recipient_gets_one_message_of_their_own_however_many_lists_they_are_on(db: Database) -> None:
    number = written(db, a_list(db, 3), a_list(db, 4, "Others"))
    assert ask_to_send(db, number, person_id=1, now=NOW) == 4
    assert confirm(db, number) == 4
    sent = load_deliveries(db)
    assert sorted(letter.recipient for letter in sent) == [f"r{n}@x.nhs.uk" for n in range(4)]
    tokens = {letter.body.rstrip().rpartition("/")[2] for letter in sent}
    assert len(tokens) == 4
    for letter in sent:
        member = find_member_by_token(db, letter.body.rstrip().rpartition("/")[2])
        assert member is not None
        assert member.address == letter.recipient
        assert letter.body.startswith("It is here.\n\nTo stop receiving these messages, open this page:\nhttps://forms")


def test_up_to_fifty_one_person_may_send_and_more_need_another(db: Database) -> None:
    few, many = written(db, a_list(db, 50)), written(db, a_list(db, 51, "Many", "m"))
    for number in (few, many):
        ask_to_send(db, number, person_id=1, now=NOW)
    assert confirm(db, few, person_id=1) == 50
    with pytest.raises(NotAllowedError):
        confirm(db, many, person_id=1)
    assert load_recipient_states(db, many) == []
    assert confirm(db, many, person_id=2) == 51


def test_whoever_wrote_it_cannot_confirm_what_somebody_else_asked_for(db: Database) -> None:
    number = written(db, a_list(db, 51))
    ask_to_send(db, number, person_id=2, now=NOW)
    with pytest.raises(NotAllowedError):
        confirm(db, number, person_id=1)


def test_confirming_twice_sends_once_and_a_list_that_changed_meanwhile_stops_it(db: Database) -> None:
    made = a_list(db, 2)
    first, second = written(db, made), written(db, made)
    for number in (first, second):
        ask_to_send(db, number, person_id=1, now=NOW)
    confirm(db, first)
    with pytest.raises(RefusedError):
        confirm(db, first)
    assert len(load_deliveries(db)) == 2
    with transaction(db):
        add_members(db, made, [ListedAddress(1, "new@x.nhs.uk")], person_id=1, now=NOW)
    with pytest.raises(RefusedError, match="3 addresses in place of 2"):
        confirm(db, second)


def test_dying_while_it_is_put_into_the_outbox_leaves_all_or_nothing(db: Database, tmp_path: Path) -> None:
    number = written(db, a_list(db, 40))
    ask_to_send(db, number, person_id=1, now=NOW)
    child = os.fork()
    if child == 0:
        own = open_database(tmp_path / "x.sqlite3")
        own.execute("CREATE TEMP TABLE seen (n)")
        own.conn.set_trace_callback(
            lambda sql: os.kill(os.getpid(), signal.SIGKILL) if "UPDATE circulations" in sql else None
        )
        confirm(own, number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert load_deliveries(db) == []
    assert load_circulation(db, number).stage is Stage.ASKED
    assert confirm(db, number) == 40
    assert len(load_recipient_states(db, number)) == 40


def test_nobody_who_left_or_was_removed_gets_anything_not_even_what_waits(db: Database) -> None:
    made, other = a_list(db, 3), a_list(db, 1, "Others")
    leaver, removed, stays = load_members(db, made)
    number = written(db, made, other, send_at=NOW + timedelta(days=1))
    ask_to_send(db, number, person_id=1, now=NOW)
    confirm(db, number)
    assert load_due(db, NOW) == []
    with transaction(db):
        unsubscribe(db, leaver.token, now=NOW)
        remove_member(db, made, removed.id, person_id=1, now=NOW)
        add_members(db, other, [ListedAddress(1, leaver.address)], person_id=1, now=NOW)
    assert [member.address for member in load_recipients(db, [made, other])] == [stays.address]
    due = [letter.recipient for letter in load_due(db, NOW + timedelta(days=2))]
    assert due == [stays.address]


def test_only_what_did_not_arrive_is_sent_again(db: Database) -> None:
    number = written(db, a_list(db, 4))
    ask_to_send(db, number, person_id=1, now=NOW)
    confirm(db, number)
    states = [DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.FAILED]
    with transaction(db):
        for letter, state in zip(load_deliveries(db)[::-1], states, strict=True):
            end_delivery(db, letter.id, state, problem="550 no such person", now=NOW)
        (gone,) = [member for member in load_members(db, 4) if member.address == "r3@x.nhs.uk"]
        unsubscribe(db, gone.token, now=NOW)
        assert resend_failed(db, number, person_id=1, now=NOW) == 2
    assert [letter.recipient for letter in load_due(db, NOW)] == ["r1@x.nhs.uk", "r2@x.nhs.uk"]


def test_what_has_not_left_can_be_stopped(db: Database) -> None:
    number = written(db, a_list(db, 2))
    ask_to_send(db, number, person_id=1, now=NOW)
    confirm(db, number)
    with transaction(db):
        end_delivery(db, load_deliveries(db)[-1].id, DeliveryState.SENT, problem="", now=NOW)
        assert set_cancelled(db, number, person_id=1, now=NOW) == 1
    assert [state.state for state in load_recipient_states(db, number)] == ["sent", "taken-back"]
    with pytest.raises(RefusedError):
        confirm(db, number)


def test_an_empty_list_is_not_asked_for(db: Database) -> None:
    with pytest.raises(RefusedError, match="Nobody is on these lists"):
        ask_to_send(db, written(db, a_list(db, 0)), person_id=1, now=NOW)


def test_the_cap_for_lists_is_large_enough_for_one_and_kept_apart_from_receipts() -> None:
    assert MOST_TO_ALL == 500
