"""Mail of every kind while everything is killed: each message accounted for, no case twice, no receipt twice."""

from __future__ import annotations

import pytest

from tests.chaos.post_chaos import Plan, account_of, running_chaos

pytestmark = pytest.mark.chaos

# A thousand messages are for a run by hand: see docs/reliability.md.
SHORT = Plan(messages=60, seed=20261123, seconds=16, kills=13, patience=90, passes_pauses=True)


def test_every_message_is_accounted_for_although_everything_is_killed_and_emptied() -> None:
    with running_chaos(SHORT) as chaos:
        account = account_of(chaos, chaos.run())
    assert account.wrong == []
    assert account.figures["messages"] == SHORT.messages
    assert chaos.broken["redis emptied"] == 2
    assert chaos.broken["mailbox rebuilt"] == chaos.broken["disk full"] == 1
    assert {"post", "dispatch", "worker-1", "web", "redis"} <= set(chaos.broken)
