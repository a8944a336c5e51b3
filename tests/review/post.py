"""Mail for the pages' tests: what the post room would have made of it, at the house's own time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework.model import Reading
from intake.receive import Bounce, fail_message
from store.cases import CaseRow, load_case
from store.database import transaction
from store.deliveries import DeliveryState, end_delivery, load_deliveries, set_message_id
from store.ledger import load_line
from store.messages import find_message_of_line
from tests.intake.post_room import SENDER, PostRoom, a_file
from tests.review.house import House, a_reading

STRANGER = "p.nair@home.example"
__all__ = ["SENDER", "STRANGER", "Post", "a_file"]


@dataclass
class Post:
    """Messages that came to a house."""

    house: House
    came: int = 0

    def room(self) -> PostRoom:
        """The doors for messages, now."""
        self.came += 1
        return PostRoom(self.house.db, self.house.settings.originals, self.house.moment[0], came=self.came * 100)

    def form(
        self, reading: Reading | None = None, *, name: str = "study-leave", also: str = "", **said: Any
    ) -> CaseRow:
        """A form that came by e-mail and was read; with `also`, beside another document."""
        room = self.room()
        data = f"{name} {self.came}".encode()
        files = [a_file(f"{name}.docx", data)] + ([a_file(also, f"{also} {self.came}".encode())] if also else [])
        line = room.mail(*files, message_id=f"<{self.came}@x>", **said)
        room.read(**{name: [reading or a_reading()]})
        return self.case_of(line)

    def reply(self, case: CaseRow, *, words: str = "Here it is.", sender: str = SENDER, **said: Any) -> int:
        """Words of somebody who has our token; their ledger line."""
        return self.room().mail(
            claimed_case=case.id, is_proof=True, words=words, sender=sender, message_id=f"<{self.came}@x>", **said
        )

    def corrected(
        self, case: CaseRow, reading: Reading, *, also: str = "", sender: str = SENDER, **said: Any
    ) -> CaseRow:
        """A corrected form that names its case; the case that it is in."""
        return self.form(
            reading, name="corrected", also=also, claimed_case=case.id, is_proof=True, sender=sender, **said
        )

    def question(self, **said: Any) -> int:
        """A message without a form; its ledger line."""
        return self.room().mail(**{"subject": "A question", "message_id": f"<{self.came}@x>", **said})

    def broken(self) -> int:
        """A message that cannot be opened; its ledger line."""
        line = self.room().arrive()
        message = find_message_of_line(self.house.db, line)
        assert message is not None
        fail_message(self.house.db, message.id, "The message took too long to open.", now=self.house.moment[0])
        return line

    def infected(self) -> int:
        """A message with nothing but a file that the scanner stopped; its ledger line."""
        return self.room().mail(a_file("invoice.docm", is_infected=True), subject="Invoice", message_id="<virus@x>")

    def end(self, case: CaseRow, kind: str, state: DeliveryState, problem: str = "") -> int:
        """A message of ours of this kind ends so; its number."""
        letter = next(found for found in load_deliveries(self.house.db, case_id=case.id) if found.kind == kind)
        with transaction(self.house.db):
            set_message_id(self.house.db, letter.id, f"out{letter.id}@x")
            end_delivery(self.house.db, letter.id, state, problem=problem, now=self.house.moment[0])
        return letter.id

    def bounce(self, letter_id: int, why: str = "There is no such mailbox.") -> int:
        """A message of ours comes back; the ledger line of the notice."""
        return self.room().mail(kind="bounce", bounce=Bounce((f"out{letter_id}@x",), why, True), may_answer=False)

    def case_of(self, ledger_id: int) -> CaseRow:
        """The case that a message went to."""
        case_id = load_line(self.house.db, ledger_id).case_id
        assert case_id is not None
        return load_case(self.house.db, case_id)
