"""Events as values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.events import SENDER, SYSTEM, Event, EventKind, actor_user, user_actor

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_persons_code_gives_their_number_back() -> None:
    assert actor_user(user_actor(17)) == 17


@pytest.mark.parametrize("actor", [SYSTEM, SENDER])
def test_the_system_and_the_sender_are_nobodys_account(actor: str) -> None:
    assert actor_user(actor) is None


def test_a_fact_that_is_not_there_reads_as_nothing() -> None:
    event = Event(EventKind.ALLOCATED, NOW, SYSTEM, facts={"release": None, "round": 2})
    assert [event.fact(name) for name in ("release", "round", "other")] == ["", "2", ""]
