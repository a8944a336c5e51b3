"""An upload before it is sent: kept, read, changed, and acknowledged only when its sender sends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError, UnavailableError
from casework.events import Event, EventKind, Fact, user_actor
from casework.model import Arrival, Reading
from casework.reading_json import reading_to_record
from intake.receive import Quota, answer_draft, drop_old_drafts, open_draft, send_draft, settle_round
from store.cases import commit_reading, load_case, load_links, load_submissions, record
from store.database import transaction
from store.deliveries import load_deliveries
from store.drafts import Draft, DraftState, keep_draft_reading, load_draft_by_token
from store.events import load_events
from store.ledger import Outcome, count_by_outcome, load_lines
from store.originals import load_original
from store.work import WorkState, end_work, lease, load_work
from tests.builders import a_reading

LIMIT = 1_000_000
KEY = "k" * 20
FORM = b"%PDF-1.7 the form"


@dataclass
class Desk:
    """The upload page's doors."""

    db: Database
    originals: str
    now: datetime

    def open(
        self,
        data: bytes = FORM,
        key: str = KEY,
        *,
        sender: str = "ann.lee@example.nhs.uk",
        quota: Quota | None = None,
        find_virus: Callable[[bytes], str | None] = lambda _: None,
        follows: int | None = None,
    ) -> tuple[Draft | None, str]:
        """Upload a form; the draft, and what the page says."""
        draft, receipt = open_draft(
            Arrival(data, "form.docx", "upload", sender),
            db=self.db,
            originals=self.originals,
            now=self.now,
            limit_bytes=LIMIT,
            hand_in_key=key,
            quota=quota,
            find_virus=find_virus,
            follows=follows,
        )
        return draft, receipt.message

    def draft(self) -> Draft:
        """An upload that waits for its sender."""
        draft, _ = self.open()
        assert draft is not None
        return draft

    def load(self, draft: Draft) -> Draft:
        """The draft as it stands now."""
        return load_draft_by_token(self.db, draft.token)

    def next_version(self, case_id: int) -> Draft:
        """Upload another file from the page of a request."""
        draft, _ = self.open(FORM + b" and better", key="another-key-another", follows=case_id)
        assert draft is not None
        return draft

    def read(self, draft: Draft, *readings: Reading, **answers: str) -> None:
        """A worker reads it."""
        found = readings or (a_reading(**answers),)
        text = json.dumps({"readings": [reading_to_record(reading) for reading in found]})
        with transaction(self.db):
            keep_draft_reading(self.db, draft.id, text)
            for work in load_work(self.db, WorkState.OWED):
                if work.draft_id == draft.id:
                    end_work(self.db, work.id, WorkState.DONE, problem="", now=self.now)

    def settle(self, case_id: int, reading: Reading) -> None:
        """A worker reads the newest file of a request."""
        submission = load_submissions(self.db, case_id)[-1]
        text = json.dumps({"readings": [reading_to_record(reading)]})
        with transaction(self.db):
            for work in load_work(self.db, WorkState.OWED):
                end_work(self.db, work.id, WorkState.DONE, problem="", now=self.now)
            commit_reading(self.db, submission_id=submission.id, attempt="w", record_text=text, now=self.now)
            settle_round(self.db, submission.id, now=self.now, receipt_text=_receipt)

    def send(self, draft: Draft) -> tuple[int, str]:
        """Press Send."""
        return send_draft(self.db, draft.token, originals=self.originals, now=self.now, receipt_text=_receipt)

    def decide(self, case_id: int) -> None:
        """A reviewer declines the request."""
        facts: dict[str, Fact] = {"decision": "decline"}
        with transaction(self.db):
            record(self.db, Event(EventKind.DECIDED, self.now, user_actor(1), case_id, facts=facts))


def _receipt(reference: str, name: str, _: datetime) -> tuple[str, str]:
    return f"About {reference}", name


@pytest.fixture
def desk(db: Database, originals: str, now: datetime) -> Desk:
    return Desk(db, originals, now)


def test_an_upload_is_kept_and_owed_a_reading_but_nobody_is_asked_for_anything(desk: Desk) -> None:
    draft = desk.draft()
    assert load_original(desk.originals, draft.sha256) == FORM
    assert [work.draft_id for work in load_work(desk.db, WorkState.OWED)] == [draft.id]
    assert count_by_outcome(desk.db)[Outcome.DRAFT] == 1
    assert desk.db.execute("SELECT count(*) FROM cases").fetchone() == (0,)
    assert load_deliveries(desk.db) == []


def test_uploading_the_page_twice_gives_the_same_draft(desk: Desk) -> None:
    assert desk.open()[0] == desk.open()[0]


def test_the_page_sent_again_after_its_upload_was_sent_leads_to_what_was_sent(desk: Desk) -> None:
    draft = desk.draft()
    case_id, _ = desk.send(draft)
    again, _ = desk.open()
    assert again is not None
    assert (again.state, again.case_id) == (DraftState.SENT, case_id)


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


def test_a_reading_that_is_under_way_when_it_is_sent_is_the_requests_from_then_on(desk: Desk) -> None:
    draft = desk.draft()
    (work,) = load_work(desk.db, WorkState.OWED)
    with transaction(desk.db):
        attempt = lease(desk.db, work.id, until=desk.now + timedelta(minutes=1))
    case_id, _ = desk.send(draft)
    (under_way,) = load_work(desk.db, WorkState.LEASED)
    assert (under_way.id, under_way.attempt, under_way.case_id) == (work.id, attempt, case_id)
    assert under_way.draft_id is None
    assert load_work(desk.db, WorkState.OWED) == []


def test_what_is_owed_after_a_reading_is_owed_when_a_form_that_was_read_is_sent(desk: Desk) -> None:
    draft = desk.draft()
    desk.read(draft, title="Study leave")
    owed: list[tuple[int, str]] = []

    def owe_next(db: Database, submission_id: int, record_text: str, *, now: datetime) -> None:
        owed.append((submission_id, json.loads(record_text)["readings"][0]["form"]))

    send_draft(
        desk.db,
        draft.token,
        originals=desk.originals,
        now=desk.now,
        receipt_text=_receipt,
        owe_next=owe_next,
    )
    assert owed == [(1, "business-justification")]


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
    desk.read(draft, title="In the file")
    assert desk.load(draft).is_read
    changed = answer_draft(desk.db, draft.token, {"title": "Typed"}, originals=desk.originals, now=desk.now)
    assert (changed.is_being_read, changed.is_read) == (True, False)
    assert json.loads(load_original(desk.originals, changed.given_sha256 or "")) == {"title": "Typed"}
    (work,) = load_work(desk.db, WorkState.OWED)
    assert work.given_sha256 == changed.given_sha256
    case_id, _ = desk.send(draft)
    assert load_submissions(desk.db, case_id)[0].given_sha256 == changed.given_sha256
    # What was read before it was typed is not the case's reading.
    assert load_case(desk.db, case_id).status == "reading"


def test_what_the_sender_typed_stands_in_the_history_of_the_request(desk: Desk) -> None:
    draft = desk.draft()
    answer_draft(
        desk.db, draft.token, {"title": "Typed", "email": "ann@nhs.net"}, originals=desk.originals, now=desk.now
    )
    case_id, _ = desk.send(draft)
    given = [event for event in load_events(desk.db, case_id) if event.kind is EventKind.ANSWER_GIVEN]
    assert [(event.actor, event.fact("field"), event.words) for event in given] == [
        ("sender", "email", {"value": "ann@nhs.net"}),
        ("sender", "title", {"value": "Typed"}),
    ]


def test_every_form_in_a_file_becomes_a_request_when_it_is_sent(desk: Desk) -> None:
    draft = desk.draft()
    desk.read(draft, a_reading(index=1, title="First"), a_reading("supplementary-role", index=2, role_name="Second"))
    case_id, _ = desk.send(draft)
    assert [link.title for link in load_links(desk.db, case_id)] == ["Second"]
    assert len(load_deliveries(desk.db)) == 2


def test_a_file_that_became_a_request_meanwhile_is_not_sent_again(desk: Desk) -> None:
    first, (second, _) = desk.draft(), desk.open(key="another-key-another")
    assert second is not None
    desk.send(first)
    with pytest.raises(RefusedError, match="Its reference is ESR-2026-0001"):
        desk.send(second)


@pytest.mark.parametrize("is_read_first", [True, False])
def test_a_new_version_by_the_private_link_is_the_next_round(desk: Desk, is_read_first: bool) -> None:
    first, _ = desk.send(desk.draft())
    desk.settle(first, a_reading(title="Old"))
    draft = desk.next_version(first)
    if is_read_first:
        desk.read(draft, title="New")
    assert desk.send(draft) == (first, "ESR-2026-0001")
    if not is_read_first:
        assert load_case(desk.db, first).title == "Old"
        desk.settle(first, a_reading(title="New"))
    assert [(form.round, form.role) for form in load_submissions(desk.db, first)] == [(1, "form"), (2, "form")]
    assert load_case(desk.db, first).title == "New"
    assert count_by_outcome(desk.db)[Outcome.ROUND] == 1


def test_another_form_sent_as_a_new_version_is_a_request_of_its_own(desk: Desk) -> None:
    first, _ = desk.send(desk.draft())
    desk.settle(first, a_reading(title="A change"))
    draft = desk.next_version(first)
    desk.read(draft, a_reading("supplementary-role", role_name="A role"))
    desk.send(draft)
    assert load_case(desk.db, first).title == "A change"
    assert [(link.kind, link.title) for link in load_links(desk.db, first)] == [("came-with", "A role")]


def test_a_new_version_of_a_decided_case_follows_it(desk: Desk) -> None:
    first, _ = desk.send(desk.draft())
    desk.settle(first, a_reading(title="Old"))
    desk.decide(first)
    second, _ = desk.send(desk.next_version(first))
    assert second != first
    assert [link.kind for link in load_links(desk.db, second)] == ["follows"]
    assert load_events(desk.db, first)[-1].kind is EventKind.DECIDED


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (b"MZ\x90\x00 not a form", "The file is a program."),
        (b"<!DOCTYPE html><html></html>", "The file is a web page."),
        (b"From: a@example.nhs.uk\r\nSubject: Form\r\nDate: today\r\n\r\nHello", "The file is an email."),
    ],
)
def test_a_file_that_cannot_hold_a_form_is_refused_with_its_kind_and_kept(desk: Desk, data: bytes, says: str) -> None:
    draft, message = desk.open(data)
    assert draft is None
    assert message.startswith(says)
    (line,) = load_lines(desk.db)
    assert (line.outcome, line.note) == (Outcome.REFUSED, message)
    assert load_original(desk.originals, line.sha256 or "") == data


def test_a_file_with_a_virus_is_kept_and_never_becomes_a_draft(desk: Desk) -> None:
    for _ in range(2):
        draft, message = desk.open(find_virus=lambda _: "Some.Virus")
        assert draft is None
        assert message.startswith("We stopped the file")
    (line,) = load_lines(desk.db)
    assert (line.outcome, line.note) == (
        Outcome.QUARANTINED,
        "The virus scanner found Some.Virus. Nobody can open it here.",
    )
    assert load_original(desk.originals, line.sha256 or "") == FORM
    assert load_work(desk.db, WorkState.OWED) == []


def test_a_file_that_was_held_for_a_virus_stays_out_whatever_the_scanner_says_later(desk: Desk) -> None:
    desk.open(find_virus=lambda _: "Some.Virus")
    draft, message = desk.open(key="another-key-another")
    assert draft is None
    assert message.startswith("We stopped the file")


def test_while_the_scanner_is_away_nothing_is_kept(desk: Desk) -> None:
    def away(_: bytes) -> str | None:
        raise UnavailableError("The virus scanner cannot be reached. Try again in a few minutes.")

    with pytest.raises(UnavailableError):
        desk.open(find_virus=away)
    assert load_lines(desk.db) == []
    assert desk.open()[0] is not None


def test_one_sender_comes_to_the_end_of_a_day_and_others_do_not(desk: Desk) -> None:
    quota = Quota(files_each=2, bytes_each=1000, files=100, bytes=100_000)
    for number in range(2):
        desk.open(FORM + bytes([48 + number]), quota=quota)
    with pytest.raises(UnavailableError, match="as much as one person can in a day"):
        desk.open(FORM, sender="ANN.LEE@example.nhs.uk", quota=quota)
    assert desk.open(FORM, sender="tom@example.nhs.uk", quota=quota)[0] is not None
    desk.now += timedelta(days=1, seconds=1)
    assert desk.open(FORM + b" tomorrow", quota=quota)[0] is not None


@pytest.mark.parametrize(
    "quota",
    [
        Quota(files_each=100, bytes_each=30, files=100, bytes=100_000),
        Quota(files_each=100, bytes_each=1000, files=1, bytes=100_000),
        Quota(files_each=100, bytes_each=1000, files=100, bytes=30),
    ],
    ids=["bytes of one sender", "files of all", "bytes of all"],
)
def test_a_file_beyond_the_quota_is_not_kept_at_all(desk: Desk, quota: Quota) -> None:
    desk.open(FORM, quota=quota)
    with pytest.raises(UnavailableError, match="tomorrow"):
        desk.open(FORM + b"!", key="another-key-another", quota=quota)
    assert [line.size for line in load_lines(desk.db)] == [len(FORM)]
    # The page that was sent and lost its answer may be sent again.
    assert desk.open(FORM, quota=quota)[0] is not None


def test_an_upload_that_nobody_sends_is_given_up_after_a_week_and_keeps_its_line(desk: Desk) -> None:
    draft = desk.draft()
    assert drop_old_drafts(desk.db, desk.now + timedelta(days=6)) == 0
    assert drop_old_drafts(desk.db, desk.now + timedelta(days=8)) == 1
    assert load_draft_by_token(desk.db, draft.token).state is DraftState.GONE
    assert count_by_outcome(desk.db)[Outcome.IGNORED] == 1
    assert load_work(desk.db, WorkState.OWED) == []
    with pytest.raises(RefusedError, match="7 days"):
        desk.send(draft)
