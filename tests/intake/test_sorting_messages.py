"""What becomes of a message: cases, versions, replies, bounces, and lines that wait for a person."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import Event, EventKind, user_actor
from casework.model import FileKind
from intake.receive import (
    Bounce,
    Sorted,
    confirm_message,
    fail_message,
    open_case_of_message,
    set_aside_message,
    sort_message_again,
)
from store.cases import load_links, record
from store.database import transaction
from store.deliveries import DeliveryState, end_delivery, set_message_id
from store.events import load_events, verify_events
from store.ledger import Outcome, load_line
from store.people import add_person
from tests.builders import a_reading, an_unreadable_reading
from tests.intake.post_room import LIMIT, SENDER, PostRoom, a_file, rules

BUSINESS, ROLE = "business-justification", "supplementary-role"
STRANGER = "somebody@elsewhere.example"


@pytest.fixture
def room(db: Database, originals: str, now: datetime) -> PostRoom:
    return PostRoom(db, originals, now)


# -- kept first ---------------------------------------------------------------------------------------------------


def test_a_message_is_in_the_ledger_before_anything_is_made_of_it(room: PostRoom) -> None:
    ledger_id = room.arrive(b"raw")
    assert load_line(room.db, ledger_id).outcome is Outcome.WAITING
    assert room.cases() == []


def test_the_same_bytes_in_one_mailbox_are_one_message(room: PostRoom) -> None:
    assert room.arrive(b"raw") == room.arrive(b"raw")
    assert room.arrive(b"raw", mailbox="another") != room.arrive(b"raw")


def test_a_message_delivered_twice_with_other_headers_is_one_message(room: PostRoom) -> None:
    first = room.mail(a_file("form.docx"), message_id="<1@x>")
    again = room.mail(a_file("form.docx"), message_id="<1@x>")
    assert load_line(room.db, again).outcome is Outcome.DUPLICATE
    assert load_line(room.db, again).note == f"Same message as line {first}"
    assert len(room.cases()) == len(room.letters()) == 1


def test_an_id_used_again_for_something_else_is_another_message(room: PostRoom) -> None:
    room.mail(a_file("one.docx"), message_id="<1@x>")
    room.mail(a_file("two.docx"), message_id="<1@x>")
    assert len(room.cases()) == 2


def test_sorting_twice_changes_nothing(room: PostRoom) -> None:
    ledger_id = room.mail(a_file("form.docx"))
    before = room.outcomes(ledger_id), room.cases(), room.letters()
    room.sort(Sorted(sender=SENDER, files=(a_file("form.docx"),)), ledger_id=ledger_id)
    assert (room.outcomes(ledger_id), room.cases(), room.letters()) == before


# -- files --------------------------------------------------------------------------------------------------------


def test_a_form_becomes_a_case_with_one_receipt(room: PostRoom) -> None:
    ledger_id = room.mail(a_file("form.docx"))
    room.read(form=[a_reading()])
    assert room.cases() == [("ESR-2026-0001", "new", BUSINESS)]
    assert room.letters() == [(SENDER, "receipt ESR-2026-0001", "waiting")]
    assert room.outcomes(ledger_id) == ["sorted", "case"]
    assert verify_events(room.db).broken_at is None


def test_a_policy_sent_along_supports_the_case_of_the_form(room: PostRoom) -> None:
    ledger_id = room.mail(a_file("policy.pdf", kind=FileKind.PDF), a_file("form.docx"))
    room.read(form=[a_reading()])
    assert room.cases() == [("ESR-2026-0001", "new", BUSINESS)]
    assert room.files() == [(1, "policy.pdf", "supporting"), (1, "form.docx", "form")]
    assert room.outcomes(ledger_id) == ["sorted", "supporting", "case"]


def test_two_forms_in_one_message_are_two_cases_that_know_each_other(room: PostRoom) -> None:
    room.mail(a_file("one.docx"), a_file("two.docx"))
    room.read(one=[a_reading()], two=[a_reading(ROLE)])
    assert room.cases() == [("ESR-2026-0001", "new", BUSINESS), ("ESR-2026-0002", "new", ROLE)]
    assert [link.reference for link in load_links(room.db, room.case(1).id)] == ["ESR-2026-0002"]
    assert [link.reference for link in load_links(room.db, room.case(2).id)] == ["ESR-2026-0001"]
    assert [subject for _, subject, _ in room.letters()] == ["receipt ESR-2026-0001", "receipt ESR-2026-0002"]


def test_several_forms_in_one_file_are_cases_of_their_own(room: PostRoom) -> None:
    ledger_id = room.mail(a_file("forms.docx"))
    room.read(forms=[a_reading(index=1, title="First"), a_reading(index=2, title="Second")])
    assert [room.case(number).title for number in (1, 2)] == ["First", "Second"]
    assert room.files(2) == [(1, "forms.docx, form 2", "form")]
    cases = room.db.execute("SELECT count(*) FROM ledger WHERE outcome = 'case'").fetchone()[0]
    assert cases == 2
    assert room.outcomes(ledger_id)[0] == "sorted"


def test_the_case_waits_until_every_file_is_read(room: PostRoom) -> None:
    room.mail(a_file("one.docx"), a_file("two.docx"))
    assert room.case().status == "reading"


def test_a_message_whose_files_are_no_forms_is_one_case_for_a_person(room: PostRoom) -> None:
    room.mail(a_file("notes.docx"), a_file("locked.pdf", kind=FileKind.PDF))
    room.read(locked=[an_unreadable_reading()])
    assert room.cases() == [("ESR-2026-0001", "unreadable", None)]
    # The file that could not be opened is likelier to be the form than one that was read and is none.
    assert room.files() == [(1, "notes.docx", "supporting"), (1, "locked.pdf", "form")]


def test_a_logo_is_a_line_and_nothing_else(room: PostRoom) -> None:
    ledger_id = room.mail(a_file("logo.png", kind=FileKind.IMAGE, is_dress=True), a_file("form.docx"))
    assert room.outcomes(ledger_id) == ["sorted", "ignored", "case"]


def test_a_file_with_a_virus_is_held_and_belongs_to_no_case(room: PostRoom) -> None:
    ledger_id = room.mail(a_file("form.docx", is_infected=True))
    assert room.outcomes(ledger_id) == ["quarantined", "quarantined"]
    assert room.cases() == []


def test_the_same_file_sent_again_makes_no_case_and_is_answered(room: PostRoom) -> None:
    room.mail(a_file("form.docx"))
    ledger_id = room.mail(a_file("form.docx"), message_id="<2@x>")
    assert room.outcomes(ledger_id) == ["sorted", "duplicate"]
    assert [subject for _, subject, _ in room.letters()] == ["receipt ESR-2026-0001", "known ESR-2026-0001"]


def test_a_stranger_who_sends_a_known_file_is_not_told_its_reference(room: PostRoom) -> None:
    room.mail(a_file("form.docx"))
    room.mail(a_file("form.docx"), sender=STRANGER)
    assert [recipient for recipient, _, _ in room.letters()] == [SENDER]


def test_a_form_in_the_text_is_read_from_the_message(room: PostRoom) -> None:
    room.mail(holds_form=True)
    room.read(**{"Our request": [a_reading(ROLE)]})
    assert room.cases() == [("ESR-2026-0001", "new", ROLE)]


# -- no form ------------------------------------------------------------------------------------------------------


def test_a_message_without_a_form_waits_for_a_person_and_is_answered_once(room: PostRoom) -> None:
    ledger_id = room.mail()
    assert room.outcomes(ledger_id) == ["no-form"]
    assert room.letters() == [(SENDER, "no form: Our request", "waiting")]


def test_a_person_can_make_a_request_of_it(room: PostRoom) -> None:
    person = _person(room.db)
    ledger_id = room.mail()
    case_id, reference = open_case_of_message(room.db, ledger_id, rules=rules(), person_id=person, now=room.now)
    assert (case_id, reference) == (1, "ESR-2026-0001")
    assert room.outcomes(ledger_id) == ["case"]
    with pytest.raises(RefusedError, match="dealt with"):
        set_aside_message(room.db, ledger_id, person_id=person, now=room.now)


def test_a_person_can_set_it_aside(room: PostRoom) -> None:
    ledger_id = room.mail()
    set_aside_message(room.db, ledger_id, person_id=_person(room.db), now=room.now)
    assert room.outcomes(ledger_id) == ["ignored"]


def test_a_message_that_is_too_large_is_refused_politely(room: PostRoom) -> None:
    ledger_id = room.arrive(b"head", size=LIMIT + 1)
    room.sort(Sorted(sender=SENDER, subject="Big"), ledger_id=ledger_id, is_too_large=True)
    assert room.outcomes(ledger_id) == ["refused"]
    assert room.letters() == [(SENDER, "too large: Big", "waiting")]


def test_a_message_that_cannot_be_opened_waits_and_can_be_tried_again(room: PostRoom) -> None:
    ledger_id = room.arrive()
    fail_message(room.db, 1, "It could not be opened.", now=room.now)
    assert load_line(room.db, ledger_id).note == "It could not be opened."
    sort_message_again(room.db, ledger_id, person_id=_person(room.db), now=room.now)
    room.sort(Sorted(sender=SENDER, files=(a_file("form.docx"),)), ledger_id=ledger_id)
    assert len(room.cases()) == 1


# -- machines -----------------------------------------------------------------------------------------------------


def test_a_message_that_the_scanner_held_wrongly_is_sorted_when_it_is_tried_again(room: PostRoom) -> None:
    held = room.mail(a_file("form.docx", is_infected=True))
    assert room.outcomes(held) == ["quarantined", "quarantined"]
    sort_message_again(room.db, held, person_id=_person(room.db), now=room.now)
    found = Sorted(sender=SENDER, subject="Our request", files=(a_file("form.docx"),))
    room.sort(found, ledger_id=held)
    assert room.outcomes(held) == ["sorted", "ignored", "case"]


@pytest.mark.parametrize("kind", ["own", "auto-reply", "daemon", "read-receipt"])
def test_mail_that_starts_nothing_starts_nothing_even_with_a_file(room: PostRoom, kind: str) -> None:
    ledger_id = room.mail(a_file("form.docx"), kind=kind, is_record_only=True, may_answer=False)
    assert room.outcomes(ledger_id) == ["ignored"]
    assert (room.cases(), room.letters()) == ([], [])


def test_a_form_in_a_mail_of_a_list_is_a_form_and_nothing_is_sent(room: PostRoom) -> None:
    room.mail(a_file("form.docx"), kind="list", may_answer=False)
    assert len(room.cases()) == 1
    assert room.letters() == []


def test_an_out_of_office_note_does_not_end_the_waiting(room: PostRoom) -> None:
    _case_that_waits(room)
    room.mail(kind="auto-reply", is_record_only=True, may_answer=False, claimed_case=1, is_proof=True)
    assert room.case().status == "waiting"


def test_a_bounce_is_shown_on_the_case_and_on_the_message(room: PostRoom) -> None:
    room.mail(a_file("form.docx"))
    with transaction(room.db):
        set_message_id(room.db, 1, "ours@x")
        end_delivery(room.db, 1, DeliveryState.SENT, problem="", now=room.now)
    bounce = Bounce(("ours@x",), "There is no such mailbox.", is_final=True)
    ledger_id = room.mail(kind="bounce", is_record_only=True, may_answer=False, bounce=bounce)
    assert room.letters() == [(SENDER, "receipt ESR-2026-0001", "bounced")]
    assert load_events(room.db, 1)[-1].kind is EventKind.BOUNCED
    assert room.outcomes(ledger_id) == ["bounce"]


def test_a_delay_leaves_the_message_as_sent(room: PostRoom) -> None:
    room.mail(a_file("form.docx"))
    with transaction(room.db):
        set_message_id(room.db, 1, "ours@x")
    bounce = Bounce(("ours@x",), "It is delayed.", is_final=False)
    room.mail(kind="bounce", is_record_only=True, may_answer=False, bounce=bounce)
    assert room.letters() == [(SENDER, "receipt ESR-2026-0001", "waiting")]


# -- threads ------------------------------------------------------------------------------------------------------


def test_a_reply_of_the_sender_ends_the_waiting(room: PostRoom) -> None:
    _case_that_waits(room)
    ledger_id = room.mail(words="It is for all nurses.", claimed_case=1, is_proof=True)
    assert room.case().status == "new"
    assert load_events(room.db, 1)[-1].words == {"words": "It is for all nurses."}
    assert room.outcomes(ledger_id) == ["reply"]


def test_a_corrected_form_becomes_the_next_version_of_its_case(room: PostRoom) -> None:
    _case_that_waits(room)
    ledger_id = room.mail(a_file("better.docx"), claimed_case=1, is_proof=True)
    room.read(better=[a_reading(title="Better")])
    assert room.cases() == [("ESR-2026-0001", "new", BUSINESS)]
    assert room.case().title == "Better"
    assert room.files() == [(1, "form.docx", "form"), (2, "better.docx", "form")]
    assert room.outcomes(ledger_id) == ["reply", "round"]


def test_what_people_put_right_was_about_the_version_before(room: PostRoom) -> None:

    _case_that_waits(room)
    with transaction(room.db):
        event = Event(
            EventKind.ANSWER_CORRECTED,
            room.now,
            user_actor(_person(room.db)),
            1,
            facts={"field": "title"},
            words={"value": "Ours"},
        )
        record(room.db, event)
    assert room.case().title == "Ours"
    room.mail(a_file("better.docx"), claimed_case=1, is_proof=True)
    room.read(better=[a_reading(title="Better")])
    assert room.case().title == "Better"


def test_a_document_in_a_reply_supports_the_case_and_leaves_its_form(room: PostRoom) -> None:
    _case_that_waits(room)
    room.mail(a_file("requirement.docx"), claimed_case=1, is_proof=True)
    room.read()
    assert room.case().status == "new"
    assert room.case().title == "Study leave"
    assert room.files()[-1] == (2, "requirement.docx", "supporting")


def test_another_kind_of_form_in_a_reply_is_a_request_of_its_own(room: PostRoom) -> None:
    _case_that_waits(room)
    room.mail(a_file("role.docx"), claimed_case=1, is_proof=True)
    room.read(role=[a_reading(ROLE)])
    assert room.cases()[1] == ("ESR-2026-0002", "new", ROLE)
    assert load_links(room.db, 2)[0].reference == "ESR-2026-0001"


def test_a_new_version_of_a_decided_case_is_a_case_that_follows_it(room: PostRoom) -> None:
    _case_that_waits(room)
    _decline(room)
    room.mail(a_file("better.docx"), claimed_case=1, is_proof=True)
    room.read(better=[a_reading()])
    assert [status for _, status, _ in room.cases()] == ["declined", "new"]
    assert load_links(room.db, 2)[0].kind == "follows"


def test_a_stranger_with_our_token_is_confirmed_by_a_person(room: PostRoom) -> None:
    _case_that_waits(room)
    ledger_id = room.mail(sender=STRANGER, words="I answer for Priya.", claimed_case=1, is_proof=True)
    assert room.outcomes(ledger_id) == ["to-confirm"]
    assert room.case().status == "waiting"
    confirm_message(room.db, ledger_id, person_id=_person(room.db), now=room.now)
    assert room.case().status == "new"


def test_a_strangers_form_that_claims_a_case_is_a_case_of_its_own(room: PostRoom) -> None:
    _case_that_waits(room)
    room.mail(a_file("hijack.docx"), sender=STRANGER, claimed_case=1, is_proof=True)
    room.read(hijack=[a_reading(title="Mine now")])
    assert room.case(1).title == "Study leave"
    assert load_links(room.db, 2)[0].kind == "claims"


def test_a_guessed_reference_in_the_subject_leads_a_stranger_nowhere(room: PostRoom) -> None:
    _case_that_waits(room)
    ledger_id = room.mail(sender=STRANGER, claimed_case=1, is_proof=False)
    assert room.outcomes(ledger_id) == ["no-form"]


def test_a_sender_whose_domain_disowns_the_message_joins_nothing_and_learns_nothing(room: PostRoom) -> None:
    _case_that_waits(room)
    room.mail(a_file("form2.docx"), verdict="failed", claimed_case=1, is_proof=True)
    assert [subject for _, subject, _ in room.letters()][1:] == ["short ESR-2026-0002"]
    assert room.files(1) == [(1, "form.docx", "form")]


# -- one service request ------------------------------------------------------------------------------------------


def test_a_requirement_that_came_first_joins_the_justification_with_its_sr_number(room: PostRoom) -> None:
    room.mail(a_file("requirement.docx"), subject="SR 4418207 requirement")
    room.read()
    room.mail(a_file("form.docx"), subject="Business case", message_id="<2@x>")
    room.read(form=[a_reading(sr_number="4418207")])
    assert [(reference, status) for reference, status, _ in room.cases()] == [
        ("ESR-2026-0001", "duplicate"),
        ("ESR-2026-0002", "new"),
    ]
    assert ("requirement.docx", "supporting") in [(name, role) for _, name, role in room.files(2)]


def test_a_requirement_that_came_later_joins_the_justification_with_its_sr_number(room: PostRoom) -> None:
    room.mail(a_file("form.docx"))
    room.read(form=[a_reading(sr_number="SR 4418207")])
    room.mail(a_file("requirement.docx"), subject="SR4418207: full requirement", message_id="<2@x>")
    room.read()
    assert ("requirement.docx", "supporting") in [(name, role) for _, name, role in room.files(1)]
    assert room.cases()[1][1] == "duplicate"


def test_somebody_elses_document_with_the_same_sr_number_stays_by_itself(room: PostRoom) -> None:
    room.mail(a_file("form.docx"))
    room.read(form=[a_reading(sr_number="4418207")])
    room.mail(a_file("requirement.docx"), subject="SR 4418207", sender=STRANGER)
    room.read()
    assert room.cases()[1][1] == "unreadable"


def _case_that_waits(room: PostRoom) -> None:

    room.mail(a_file("form.docx"))
    room.read(form=[a_reading(title="Study leave")])
    with transaction(room.db):
        record(room.db, Event(EventKind.INFORMATION_REQUESTED, room.now, user_actor(_person(room.db)), 1))


def _decline(room: PostRoom) -> None:

    with transaction(room.db):
        event = Event(EventKind.DECIDED, room.now, user_actor(1), 1, facts={"decision": "decline"})
        record(room.db, event)


def _person(db: Database) -> int:
    found = db.execute("SELECT id FROM users").fetchone()
    if found:
        return int(found[0])
    return add_person(db, email="a@b.example", name="Asha", password_hash="x", roles=[])
