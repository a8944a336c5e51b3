"""An upload before it is sent: kept, read, changed, and acknowledged only when its sender sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import Event, EventKind, user_actor
from casework.model import Arrival
from casework.reading_json import reading_to_record
from intake.receive import answer_draft, drop_old_drafts, open_draft, send_draft
from store.cases import load_case, load_links, load_submissions, record
from store.database import transaction
from store.deliveries import load_deliveries
from store.drafts import Draft, DraftState, keep_draft_reading, load_draft_by_token
from store.events import load_events
from store.ledger import Outcome, count_by_outcome
from store.originals import load_original
from store.work import WorkState, load_work
from tests.builders import a_reading

LIMIT = 1_000_000
KEY = "k" * 20


@dataclass
class Desk:
    """The upload page's doors."""

    db: Database
    originals: str
    now: datetime

    def open(self, data: bytes = b"the form", key: str = KEY) -> tuple[Draft | None, str]:
        """Upload a form; the draft, and what the page says."""
        arrival = Arrival(data, "form.docx", "upload", "ann.lee@example.nhs.uk")
        draft, receipt = open_draft(
            arrival, db=self.db, originals=self.originals, now=self.now, limit_bytes=LIMIT, hand_in_key=key
        )
        return draft, receipt.message

    def draft(self) -> Draft:
        """An upload that waits for its sender."""
        draft, _ = self.open()
        assert draft is not None
        return draft

    def read(self, draft: Draft, **answers: str) -> None:
        """A worker reads it."""
        text = json.dumps({"readings": [reading_to_record(a_reading(**answers))]})
        with transaction(self.db):
            keep_draft_reading(self.db, draft.id, text)

    def send(self, draft: Draft, follows: int | None = None) -> tuple[int, str]:
        """Press Send."""
        return send_draft(
            self.db,
            draft.token,
            now=self.now,
            receipt_text=lambda reference, name, _: (f"About {reference}", name),
            follows=follows,
        )


@pytest.fixture
def desk(db: Database, originals: str, now: datetime) -> Desk:
    return Desk(db, originals, now)


def test_an_upload_is_kept_and_owed_a_reading_but_nobody_is_asked_for_anything(desk: Desk) -> None:
    draft = desk.draft()
    assert load_original(desk.originals, draft.sha256) == b"the form"
    assert [work.draft_id for work in load_work(desk.db, WorkState.OWED)] == [draft.id]
    assert count_by_outcome(desk.db)[Outcome.DRAFT] == 1
    assert desk.db.execute("SELECT count(*) FROM cases").fetchone() == (0,)
    assert load_deliveries(desk.db) == []


def test_uploading_the_page_twice_gives_the_same_draft(desk: Desk) -> None:
    assert desk.open()[0] == desk.open()[0]


def test_a_form_that_was_sent_before_is_not_a_draft(desk: Desk) -> None:
    desk.send(desk.draft())
    draft, message = desk.open(key="another-key-another")
    assert draft is None
    assert "Its reference is ESR-2026-0001" in message


def test_a_file_over_the_limit_is_refused_with_a_line(desk: Desk) -> None:
    draft, message = desk.open(b"x" * (LIMIT + 1))
    assert draft is None
    assert message.startswith("The file must be smaller than 1 MB")
    assert count_by_outcome(desk.db)[Outcome.REFUSED] == 1


def test_sending_makes_the_case_with_the_reading_it_has(desk: Desk) -> None:
    draft = desk.draft()
    desk.read(draft, title="Study leave")
    case_id, reference = desk.send(draft)
    case = load_case(desk.db, case_id)
    assert (reference, case.status, case.title) == ("ESR-2026-0001", "new", "Study leave")
    assert [letter.kind for letter in load_deliveries(desk.db)] == ["receipt"]
    assert load_work(desk.db, WorkState.OWED) == []


def test_sending_before_it_is_read_owes_the_reading_to_the_case(desk: Desk) -> None:
    case_id, _ = desk.send(desk.draft())
    assert load_case(desk.db, case_id).status == "reading"
    assert [work.case_id for work in load_work(desk.db, WorkState.OWED)] == [case_id]


def test_sending_twice_gives_the_same_case(desk: Desk) -> None:
    draft = desk.draft()
    assert desk.send(draft) == desk.send(draft)
    assert len(load_deliveries(desk.db)) == 1


def test_what_the_sender_types_is_kept_and_read_with_the_file(desk: Desk) -> None:
    draft = desk.draft()
    desk.read(draft)
    changed = answer_draft(desk.db, draft.token, {"title": "Typed"}, originals=desk.originals, now=desk.now)
    assert changed.readings is None
    assert json.loads(load_original(desk.originals, changed.given_sha256 or "")) == {"title": "Typed"}
    (work,) = load_work(desk.db, WorkState.OWED)
    assert work.given_sha256 == changed.given_sha256
    case_id, _ = desk.send(draft)
    assert load_submissions(desk.db, case_id)[0].given_sha256 == changed.given_sha256


def test_a_new_version_by_the_private_link_is_the_next_round(desk: Desk) -> None:
    first, _ = desk.send(desk.draft())
    draft, _ = desk.open(b"better", key="another-key-another")
    assert draft is not None
    assert desk.send(draft, follows=first) == (first, "ESR-2026-0001")
    assert [form.round for form in load_submissions(desk.db, first)] == [1, 2]


def test_a_new_version_of_a_decided_case_follows_it(desk: Desk) -> None:
    first, _ = desk.send(desk.draft())
    with transaction(desk.db):
        record(desk.db, Event(EventKind.FORM_READ, desk.now, "system", first, facts={"form": None, "problem": None}))
        facts: dict[str, str | int | bool | None] = {"decision": "decline"}
        record(desk.db, Event(EventKind.DECIDED, desk.now, user_actor(1), first, facts=facts))
    draft, _ = desk.open(b"better", key="another-key-another")
    assert draft is not None
    second, _ = desk.send(draft, follows=first)
    assert second != first
    assert [link.kind for link in load_links(desk.db, second)] == ["follows"]
    assert load_events(desk.db, first)[-1].kind is EventKind.DECIDED


def test_an_upload_that_nobody_sends_is_given_up_after_a_week_and_keeps_its_line(desk: Desk) -> None:
    draft = desk.draft()
    assert drop_old_drafts(desk.db, desk.now + timedelta(days=6)) == 0
    assert drop_old_drafts(desk.db, desk.now + timedelta(days=8)) == 1
    assert load_draft_by_token(desk.db, draft.token).state is DraftState.GONE
    assert count_by_outcome(desk.db)[Outcome.IGNORED] == 1
    assert load_work(desk.db, WorkState.OWED) == []
    with pytest.raises(RefusedError, match="7 days"):
        desk.send(draft)
