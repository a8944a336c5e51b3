"""The table of words in docs/ says what the pages, the letters and the schedule say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.lifecycle import Decision, Status
from casework.model import Severity
from casework.state_words import DECISIONS, SEVERITIES, STATES, outcome_of, sentence_of
from review.presenters import TAGS

pytestmark = pytest.mark.pure
WORDS = Path(__file__).resolve().parent.parent / "docs" / "words.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    part = WORDS.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_every_state_reads_in_the_table_as_on_the_screen_to_the_sender_and_in_the_schedule() -> None:
    said = [[status.value, words.tag, words.colour, words.sentence, words.schedule] for status, words in STATES.items()]
    assert rows("States") == said
    assert set(STATES) == set(Status)
    assert {status: (tag.text, tag.colour) for status, tag in TAGS.items()} == {
        status: (words.tag, words.colour) for status, words in STATES.items()
    }


def test_every_severity_reads_as_in_the_table() -> None:
    said = [[severity.value, words.counted, words.label, words.colour] for severity, words in SEVERITIES.items()]
    assert rows("Severities") == said
    assert [SEVERITIES[severity].counted for severity in Severity] == ["to fix", "to check", "to check"]


def test_every_decision_reads_as_in_the_table() -> None:
    said = [[decision.value, words.label, words.done] for decision, words in DECISIONS.items()]
    assert rows("Decisions") == said
    assert set(DECISIONS) == set(Decision)


def test_two_states_never_look_the_same() -> None:
    tags = [words.tag for words in STATES.values()]
    assert len(set(tags)) == len(tags)


def test_what_is_not_known_is_left_out_with_the_word_before_it() -> None:
    assert sentence_of(Status.DELIVERED) == "The change was delivered."
    assert sentence_of(Status.DELIVERED, release="Release 71") == "The change was delivered in Release 71."
    assert outcome_of(Status.DEFERRED) == "Deferred"
    assert outcome_of(Status.DEFERRED, review_on="31 March 2027") == "Deferred until 31 March 2027"
    for status in Status:
        assert not re.search(r"[{}]|\s[.]|  ", sentence_of(status) + outcome_of(status))
