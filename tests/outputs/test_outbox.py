"""The outbox against a scripted server: every message leaves once, or ends where a person sees why not."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlite_utils import Database

from casework.errors import DamagedError
from outputs.delivery import OpenRelay, Sending, open_relay
from outputs.issue import Letterhead, Round, deliver_due
from outputs.issue.outbox import MOST_TO_ALL, MOST_TO_ONE, MOST_TRIES, NO_RELAY
from outputs.relay_address import Protection, RelayAddress
from store.attachments import Attachment
from store.database import open_database, transaction
from store.deliveries import (
    Delivery,
    DeliveryState,
    add_delivery,
    end_delivery,
    find_delivery_by_message_id,
    load_deliveries,
    send_again,
)
from tests.full_disk import full_disk
from tests.mail_servers import ScriptedRelay, free_port, scripted_relay

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LETTERHEAD = Letterhead(
    sender="ESR Development Team <esr.forms@example.nhs.uk>",
    sender_address="esr.forms@example.nhs.uk",
    address="https://forms.example.nhs.uk",
    loop_token="loop",
    message_id=lambda delivery: f"d{delivery.id}.secret@forms.example.nhs.uk",
    reply_to=lambda delivery: f"esr.forms+d{delivery.id}@example.nhs.uk",
    mark=lambda delivery: f"Our mark: d{delivery.id}",
)


@dataclass
class Outbox:
    """A store with deliveries, a scripted server and a clock that the test moves."""

    db: Database
    relay: ScriptedRelay
    moment: datetime = START
    written: int = field(default=0)

    def write(self, recipient: str = "ann.lee@example.nhs.uk", **values: object) -> int:
        self.written += 1
        row: dict[str, object] = {
            "case_id": None, "kind": "letter", "subject": "S", "body": f"Body {self.written}", "now": self.moment,
        }  # fmt: skip
        with transaction(self.db):
            add_delivery(
                self.db, delivery_key=f"k{self.written}", recipient=recipient, **{**row, **values}  # type: ignore[arg-type]
            )  # fmt: skip
        return self.written

    def load(self, digest: str) -> bytes:
        if digest != "a" * 64:
            raise DamagedError("The original is not in the store.")
        return b"PK the form"

    def open_relay(self) -> AbstractContextManager[OpenRelay]:
        return open_relay(RelayAddress("127.0.0.1", self.relay.port, Protection.NONE), timeout=0.5)

    def deliver(self, open_relay: Callable[[], AbstractContextManager[OpenRelay]] | None = None) -> Round:
        return deliver_due(
            self.db,
            letterhead=LETTERHEAD,
            open_relay=open_relay or self.open_relay,
            now=lambda: self.moment,
            load_file=self.load,
        )

    def states(self) -> list[tuple[str, str]]:
        return [(found.state, found.problem) for found in self.all()]

    def all(self) -> list[Delivery]:
        return load_deliveries(self.db, limit=10_000)[::-1]

    def forward(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    with scripted_relay() as relay:
        yield Outbox(open_database(":memory:"), relay)


def test_a_message_leaves_once_with_what_finds_its_case_again(outbox: Outbox) -> None:
    outbox.write(in_reply_to="<their@id>", is_automatic=True)
    assert outbox.deliver() == Round(sent=1)
    assert outbox.deliver() == Round()
    ((recipient, raw),) = outbox.relay.taken
    assert recipient == "ann.lee@example.nhs.uk"
    for line in (
        b"Message-ID: <d1.secret@forms.example.nhs.uk>",
        b"Reply-To: ESR Development Team <esr.forms+d1@example.nhs.uk>",
        b"In-Reply-To: <their@id>",
        b"Auto-Submitted: auto-replied",
        b"Our mark: d1",
    ):
        assert line + b"\r\n" in raw
    assert outbox.states() == [("sent", "")]
    found = find_delivery_by_message_id(outbox.db, "d1.secret@forms.example.nhs.uk")
    assert found is not None
    assert (found.id, found.ended_at, found.attempts) == (1, START, 1)


def test_files_leave_with_their_message_and_one_that_is_lost_stops_that_message_only(outbox: Outbox) -> None:
    outbox.write(attachments=[Attachment("R-1 your form.docx", "Your form", "a" * 64, 11)])
    outbox.write(attachments=[Attachment("lost.docx", "Your form", "b" * 64, 11)])
    outbox.write()
    assert outbox.deliver() == Round(sent=2, ended=1)
    mail = email.message_from_bytes(outbox.relay.taken[0][1], policy=email.policy.default)
    found = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in mail.iter_attachments()]
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert found == [("R-1 your form.docx", word, b"PK the form")]
    assert outbox.states()[1] == ("failed", "The original is not in the store.")


def test_nothing_leaves_again_and_again_while_there_is_no_room_to_record_that_it_left(tmp_path: Path) -> None:
    with scripted_relay() as relay:
        outbox = Outbox(open_database(tmp_path / "outbox.sqlite3"), relay)
        outbox.write()
        relay.answers["END"] = "451 try again later"
        assert outbox.deliver() == Round(later=1)
        relay.answers.clear()
        outbox.forward(minutes=5)
        with full_disk():
            for _ in range(3):
                assert outbox.deliver().away.startswith("The service cannot store anything at the moment")
        assert relay.taken == []
        assert outbox.deliver() == Round(sent=1)
        assert len(relay.taken) == 1


def test_a_letter_waits_out_its_time_of_grace_and_one_taken_back_never_leaves(outbox: Outbox) -> None:
    outbox.write(not_before=START + timedelta(minutes=10))
    outbox.write(not_before=START + timedelta(minutes=10))
    assert outbox.deliver() == Round()
    with transaction(outbox.db):
        end_delivery(outbox.db, 2, DeliveryState.TAKEN_BACK, problem="", now=outbox.moment)
    outbox.forward(minutes=10)
    assert outbox.deliver() == Round(sent=1)
    assert [state for state, _ in outbox.states()] == ["sent", "taken-back"]


def test_a_message_taken_back_while_the_line_was_opened_stays(outbox: Outbox) -> None:
    outbox.write()

    def take_back_and_open() -> AbstractContextManager[OpenRelay]:
        with transaction(outbox.db):
            end_delivery(outbox.db, 1, DeliveryState.TAKEN_BACK, problem="", now=outbox.moment)
        return outbox.open_relay()

    assert outbox.deliver(take_back_and_open) == Round()
    assert outbox.relay.taken == []
    assert outbox.states() == [("taken-back", "")]


def test_a_passing_no_is_tried_again_with_growing_pauses_and_the_same_id(outbox: Outbox) -> None:
    outbox.write()
    outbox.relay.answers["END"] = "451 later"
    pauses = []
    for _ in range(4):
        assert outbox.deliver() == Round(later=1)
        (waiting,) = outbox.all()
        assert waiting.next_try_at is not None
        pauses.append((waiting.next_try_at - outbox.moment) / timedelta(minutes=1))
        assert outbox.deliver() == Round()
        outbox.moment = waiting.next_try_at
    assert pauses == [1, 2, 4, 8]
    outbox.relay.answers = {}
    assert outbox.deliver() == Round(sent=1)
    assert b"Message-ID: <d1.secret@forms.example.nhs.uk>" in outbox.relay.taken[0][1]


def test_after_days_of_passing_noes_a_person_is_shown_it_and_may_send_it_again(outbox: Outbox) -> None:
    outbox.write()
    outbox.relay.answers["RCPT"] = "450 mailbox busy"
    tries = 0
    while tries < MOST_TRIES:
        assert outbox.states()[0][0] == "waiting"
        # A relay that cannot be reached is no try at the message.
        tries += not outbox.deliver().away
        outbox.forward(hours=4)
    assert outbox.states() == [("failed", f"Given up after {MOST_TRIES} tries: 450 mailbox busy")]
    outbox.relay.answers = {}
    with transaction(outbox.db):
        send_again(outbox.db, 1)
    assert outbox.deliver() == Round(sent=1)


def test_a_final_no_stops_that_message_only(outbox: Outbox) -> None:
    for name in ("gone@example.nhs.uk", "ann.lee@example.nhs.uk", "no address", "bob.ray@example.nhs.uk"):
        outbox.write(name)
    outbox.relay.answers["RCPT gone@example.nhs.uk"] = "550 5.1.1 No such person"
    assert outbox.deliver() == Round(sent=2, ended=2)
    assert outbox.states() == [
        ("failed", "550 5.1.1 No such person"),
        ("sent", ""),
        ("failed", "“no address” is no address that can be written to."),
        ("sent", ""),
    ]


@pytest.mark.parametrize("word", ["RCPT", "DATA", "END"])
def test_a_message_that_breaks_the_line_every_time_does_not_keep_the_others(outbox: Outbox, word: str) -> None:
    outbox.write("poison@example.nhs.uk")
    outbox.write()
    outbox.relay.answers[f"{word} poison@example.nhs.uk"] = "CUT"
    assert outbox.deliver() == Round(later=1)
    assert outbox.deliver() == Round(sent=1)


def test_a_line_cut_after_the_server_took_the_message_repeats_it_with_the_same_id_at_most(outbox: Outbox) -> None:
    """RFC 1047: nobody can know whether it was taken, so the copy is made to be recognised as one."""
    outbox.write()
    outbox.relay.answers["END"] = "TAKEN AND CUT"
    assert outbox.deliver() == Round(later=1)
    outbox.relay.answers = {}
    outbox.forward(minutes=1)
    assert outbox.deliver() == Round(sent=1)
    assert [found.message_id for found in outbox.all()] == ["d1.secret@forms.example.nhs.uk"]
    assert len(outbox.relay.taken) == 2


def test_dying_between_the_servers_word_and_our_record_repeats_one_message_with_the_same_id(outbox: Outbox) -> None:
    """P4: kill -9 can fall there, and nothing that we write before or after could know of it."""
    for name in ("ann.lee@example.nhs.uk", "bob.ray@example.nhs.uk"):
        outbox.write(name)

    class Dying(OpenRelay):
        def send(self, mail: EmailMessage, *, sender: str, recipient: str) -> Sending:
            super().send(mail, sender=sender, recipient=recipient)
            raise SystemExit

    @contextmanager
    def open_dying() -> Iterator[OpenRelay]:
        address = RelayAddress("127.0.0.1", outbox.relay.port, Protection.NONE)
        with open_relay(address) as relay:
            yield Dying(address, relay._client)

    with pytest.raises(SystemExit):
        outbox.deliver(open_dying)
    assert outbox.deliver() == Round(sent=2)
    sent = [(to, email.message_from_bytes(raw)["Message-ID"]) for to, raw in outbox.relay.taken]
    assert sent == [
        ("ann.lee@example.nhs.uk", "<d1.secret@forms.example.nhs.uk>"),
        ("ann.lee@example.nhs.uk", "<d1.secret@forms.example.nhs.uk>"),
        ("bob.ray@example.nhs.uk", "<d2.secret@forms.example.nhs.uk>"),
    ]


def test_while_the_server_is_away_nothing_is_counted_as_tried(outbox: Outbox) -> None:
    outbox.write()
    port, outbox.relay.port = outbox.relay.port, free_port()
    assert outbox.deliver().away.startswith("The mail server 127.0.0.1 is away")
    outbox.relay.port, outbox.relay.answers["MAIL"] = port, "550 5.7.60 not as this sender"
    assert "refuses the sender esr.forms@example.nhs.uk" in outbox.deliver().away
    assert outbox.states() == [("waiting", "")]
    assert outbox.all()[0].attempts == 0
    outbox.relay.answers = {}
    assert outbox.deliver() == Round(sent=1)


def test_one_address_gets_its_first_automatic_messages_of_an_hour_and_the_rest_are_kept_unsent(outbox: Outbox) -> None:
    for _ in range(MOST_TO_ONE + 2):
        outbox.write("Ann.Lee@example.nhs.uk", is_automatic=True, kind="receipt")
    outbox.write("ann.lee@example.nhs.uk")
    outbox.write("bob.ray@example.nhs.uk", is_automatic=True, kind="receipt")
    assert outbox.deliver() == Round(sent=MOST_TO_ONE + 2, ended=2)
    states = outbox.states()
    assert [state for state, _ in states] == ["sent"] * MOST_TO_ONE + ["not-sent"] * 2 + ["sent"] * 2
    assert states[MOST_TO_ONE][1] == "Ann.Lee@example.nhs.uk had 5 automatic messages within an hour already."
    outbox.forward(minutes=61)
    outbox.write("ann.lee@example.nhs.uk", is_automatic=True, kind="receipt")
    assert outbox.deliver() == Round(sent=1)


def test_alarms_are_not_counted_as_answers(outbox: Outbox) -> None:
    for _ in range(MOST_TO_ONE + 2):
        outbox.write(is_automatic=True, kind="alarm")
    assert outbox.deliver() == Round(sent=MOST_TO_ONE + 2)


def test_a_flood_of_automatic_messages_is_held_back_and_letters_pass(outbox: Outbox) -> None:
    with transaction(outbox.db):
        outbox.db.conn.executemany(
            "INSERT INTO deliveries (kind, recipient, subject, body, state, created_at, delivery_key, is_automatic,"
            " ended_at) VALUES ('receipt', 'x', '', '', 'sent', :at, :key, 1, :at)",
            [{"at": START.isoformat(timespec="microseconds"), "key": f"old{n}"} for n in range(MOST_TO_ALL)],
        )
    outbox.write("bob.ray@example.nhs.uk", is_automatic=True, kind="receipt")
    outbox.write("ann.lee@example.nhs.uk")
    assert outbox.deliver() == Round(sent=1, held=1)
    assert outbox.relay.taken[0][0] == "ann.lee@example.nhs.uk"
    outbox.forward(minutes=61)
    assert outbox.deliver() == Round(sent=1)


def test_without_a_mail_server_messages_end_as_words_to_be_copied(outbox: Outbox) -> None:
    outbox.write()
    outbox.write(not_before=START + timedelta(minutes=10))
    done = deliver_due(
        outbox.db, letterhead=LETTERHEAD, open_relay=None, now=lambda: outbox.moment, load_file=outbox.load
    )
    assert done == Round(ended=1)
    assert outbox.states() == [("not-sent", NO_RELAY), ("waiting", "")]
