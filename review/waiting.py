"""What a page says while a worker makes something for the person who looks at it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, jsonify, render_template

from review import visit
from review.presenters import moment_in_words
from review.progress import Step
from store.commissions import Commission, CommissionState

_LONG_WAIT = timedelta(minutes=2)
_STILL_MAKING = "It is being made. This page moves on by itself."


def making_page(
    asked: Commission,
    title: str,
    *,
    being_made: str,
    then: str,
    only_if: str = "",
    promise: str,
    progress: str,
    back_to: tuple[str, str],
) -> str:
    """The page that waits: asked for, `being_made`, and what follows from it.

    `only_if` says on what that depends, `promise` what counts until then. `progress` is the address that the page's
    script asks, `back_to` where a link leads back to, and its words.
    """
    steps = (
        Step("Asked for", moment_in_words(asked.asked_at, visit.doors().zone), "done"),
        Step(being_made, "This takes up to half a minute", "now"),
        Step(then, only_if, "later"),
    )
    return render_template(
        "making.html",
        title=title,
        steps_so_far=steps,
        sentence=_STILL_MAKING,
        progress=progress,
        is_slow=visit.now() - asked.asked_at > _LONG_WAIT,
        promise=promise,
        back_to=back_to,
    )


def progress_of(asked: Commission) -> Response:
    """For the script that asks."""
    is_over = asked.state is not CommissionState.MAKING
    return jsonify(done=is_over, sentence="It is over." if is_over else _STILL_MAKING)
