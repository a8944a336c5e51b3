"""Asking a National Special Interest Group, and writing down what it said; neither decides anything."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import EventKind, Fact
from casework.lifecycle import CLOSED
from casework.working_days import london_day
from review.decide.act import Act, checked_words, keep, unshared_state
from store.database import transaction


def ask_advice(db: Database, act: Act, *, group: str, by: date, question: str) -> None:
    """Ask a group (a code of the vocabulary) for its advice by a day; the request waits for nothing meanwhile."""
    with transaction(db):
        if unshared_state(db, act).status in CLOSED:
            raise RefusedError("This request is closed. Open it again before you ask for advice.")
        if by <= london_day(act.now):
            raise RefusedError("Enter a day after today.")
        facts: dict[str, Fact] = {"group": group, "by": by.isoformat()}
        words = {"question": checked_words(question, "a question")}
        keep(db, act, EventKind.ADVICE_ASKED, facts=facts, words=words, fresh=True)


def record_advice(db: Database, act: Act, *, asked: int, on: date, advice: str) -> None:
    """Write down what the group said to the question that was asked with event `asked`, and when."""
    with transaction(db):
        if asked not in unshared_state(db, act).advice_asked:
            raise RefusedError("What the group said to this question is written down already.")
        if on > london_day(act.now):
            raise RefusedError("Enter the day on which they said it; it cannot be after today.")
        words = {"advice": checked_words(advice, "what they said")}
        keep(db, act, EventKind.ADVICE_GIVEN, facts={"asked": asked, "on": on.isoformat()}, words=words, fresh=True)
