"""What a page says while a worker makes something for the person who looks at it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, jsonify

from review import visit
from review.presenters import moment_in_words
from review.progress import Step
from store.commissions import Commission, CommissionState

LONG_WAIT = timedelta(minutes=2)
STILL_MAKING = "It is being made. This page moves on by itself."


def steps_of_making(asked: Commission, being_made: str, then: str, only_if: str = "") -> tuple[Step, ...]:
    """Asked for, being made, and what follows from it; `only_if` says on what that depends."""
    return (
        Step("Asked for", moment_in_words(asked.asked_at, visit.doors().zone), "done"),
        Step(being_made, "This takes up to half a minute", "now"),
        Step(then, only_if, "later"),
    )


def progress_of(asked: Commission) -> Response:
    """For the script that asks."""
    is_over = asked.state is not CommissionState.MAKING
    return jsonify(done=is_over, sentence="It is over." if is_over else STILL_MAKING)
