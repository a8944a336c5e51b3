"""The post in words: every outcome and state has its sentence, and says what to do where there is something to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casework.working_days import LONDON
from review.post_view import OUTCOMES, letter_view, watch_view, what_to_do
from store.deliveries import Delivery, DeliveryState
from store.ledger import NEEDS_A_PERSON, Outcome
from store.mailboxes import Watch

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)


def a_letter(state: DeliveryState = DeliveryState.WAITING, **said: object) -> Delivery:
    """A message of ours."""
    values = {"event_number": 7, "ended_at": NOW, "problem": "", **said}
    return Delivery(1, 1, "decision", "a@b.example", "Subject", "Body", state.value, NOW, **values)  # type: ignore[arg-type]


def a_watch(name: str, *, is_well: bool = True, note: str = "", ago: timedelta = timedelta()) -> Watch:
    """A thing that was looked at so long ago."""
    return Watch(name, is_well, NOW - timedelta(hours=2), NOW - ago, note, False)


def test_every_outcome_has_a_name() -> None:
    assert set(OUTCOMES) == set(Outcome)


def test_whatever_needs_a_person_says_what_to_do() -> None:
    assert {outcome for outcome in Outcome if what_to_do(outcome)} == set(NEEDS_A_PERSON)


@pytest.mark.parametrize(
    ("letter", "tag", "sentence"),
    [
        (a_letter(not_before=NOW + timedelta(minutes=10)), "Waiting", "It leaves at 10:52am."),
        (a_letter(not_before=NOW), "Waiting", "It leaves in the next few minutes."),
        (
            a_letter(attempts=2, next_try_at=NOW + timedelta(minutes=4), problem="Try later"),
            "Waiting",
            "2 tries have failed. The next is at 10:46am. Try later.",
        ),
        (a_letter(DeliveryState.SENT), "Sent", "Sent on 23 November 2026 at 10:42am."),
        (a_letter(DeliveryState.FAILED, problem="Refused"), "Could not be delivered", "Refused."),
        (
            a_letter(DeliveryState.BOUNCED, problem="No such mailbox."),
            "Could not be delivered",
            "It came back on 23 November 2026 at 10:42am. No such mailbox.",
        ),
        (a_letter(DeliveryState.TAKEN_BACK), "Taken back", "It did not leave."),
        (a_letter(DeliveryState.NOT_SENT, problem="No mail is set up."), "Not sent by email", "No mail is set up."),
    ],
)
def test_a_message_of_ours_says_how_it_stands(letter: Delivery, tag: str, sentence: str) -> None:
    view = letter_view(letter, LONDON, NOW, undoable=None, may_send=True)
    assert (view.tag.text, view.state) == (tag, sentence)
    assert view.can_send_again == view.is_trouble == (tag == "Could not be delivered")
    assert view.is_to_copy == bool(view.advice)


def test_only_the_newest_act_has_an_undo() -> None:
    assert letter_view(a_letter(), LONDON, NOW, undoable=7, may_send=True).undo == 7
    assert letter_view(a_letter(), LONDON, NOW, undoable=8, may_send=True).undo is None
    assert letter_view(a_letter(event_number=None), LONDON, NOW, undoable=None, may_send=True).undo is None


def test_a_mailbox_that_is_well_says_so_with_its_count() -> None:
    found = watch_view([a_watch("mailbox:forms", note="3 messages, all in the ledger")], LONDON, NOW)
    assert found.well == ("Mailbox forms: 3 messages, all in the ledger, checked just now.",)
    assert found.trouble == ()


def test_a_thing_that_nobody_looked_at_lately_has_stopped_too() -> None:
    found = watch_view([a_watch("outbox", ago=timedelta(minutes=11))], LONDON, NOW)
    assert found.trouble == ("Sending mail has stopped since 10:31am.",)


def test_where_the_post_room_itself_stopped_nothing_else_is_said() -> None:
    stopped = timedelta(hours=25)
    found = watch_view([a_watch("post", ago=stopped), a_watch("mailbox:forms", ago=stopped)], LONDON, NOW)
    assert found.trouble == ("The post room has stopped since 9:42am on 22 November 2026: no mail is fetched or sent.",)
    assert found.well == ()


def test_what_is_written_down_for_other_reasons_is_no_watch() -> None:
    assert watch_view([a_watch("digest-day", ago=timedelta(days=3))], LONDON, NOW) == watch_view([], LONDON, NOW)
