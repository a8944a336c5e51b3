"""Sentences that hand the answer on, and those that only look like it."""

from __future__ import annotations

import pytest

from extract.language.handoffs import is_handed_on

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "sentence",
    [
        "Our lead pharmacist has offered to draft this for you",
        "I would rather hold fire until the merger is announced",
        "We are not in a position to say at present",
        "Talked this through with your colleague at the user group",
        "Owen sent the rationale across in the spring",
        "It is all in the June board papers",
        "Still awaiting a conversation with the region",
        "The governance team owns this section",
        "Will chase",
    ],
)
def test_who_will_answer_or_where_it_was_said_is_no_answer(sentence: str) -> None:
    assert is_handed_on(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody knows who to ask, so the wrong nurse is sent",
        "People coming back do not want to explain their illness to a manager",
        "Letters were sent to the wrong address for three months",
        "Managers hold a spreadsheet of their own because the list is out of date",
        "The clerk is away until Tuesday, which means that leavers are overpaid",
        "Only our eye clinic has this laser",
    ],
)
def test_what_is_at_stake_makes_it_an_answer_whoever_is_named(sentence: str) -> None:
    assert not is_handed_on(sentence)
