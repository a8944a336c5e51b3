"""The post on a request's page: messages both ways, undoing, versions, and what belongs together."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from casework.events import EventKind
from casework.lifecycle import Status
from casework.model import Answer, FieldStatus, FileKind, Reading
from review import decide
from store.cases import LinkKind, load_links, load_submissions
from store.deliveries import DeliveryState, find_delivery, load_deliveries
from store.events import load_events, verify_events
from tests.intake.post_room import a_file
from tests.review.house import APPROVER, REVIEWER, House, a_reading, post
from tests.review.post import SENDER, STRANGER, Post
from tests.review.test_acts import act


@pytest.fixture
def mail(house: House) -> Post:
    return Post(house)


def other_form(title: str = "Fire warden") -> Reading:
    """A form of another kind."""
    answers = (Answer("role_name", title, title, FieldStatus.ANSWERED),)
    return dataclasses.replace(a_reading(), form="supplementary-role", answers=answers, findings=())


# -- messages -----------------------------------------------------------------------------------------------------


def test_messages_of_both_directions_stand_in_one_place_newest_first(house: House, mail: Post) -> None:
    case = mail.form()
    house.later(timedelta(minutes=5))
    decide.acknowledge(house.db, house.act(case), letter=("Our words", "Thank you"), calendar=house.calendar())
    house.later(timedelta(minutes=5))
    mail.reply(case, words="One more thing.")
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    messages = text[text.index('id="messages"') : text.index('id="history"')]
    assert messages.index("One more thing.") < messages.index("Our words") < messages.index("Please find attached.")


def test_the_person_who_acted_can_undo_it_while_its_message_waits(house: House, mail: Post) -> None:
    case = mail.form()
    client = house.client(REVIEWER)
    act(house, client, case, "acknowledge")
    banner = client.get(f"/requests/{case.reference}").text
    assert f"{case.reference} is acknowledged." in banner
    page = client.get(f"/requests/{case.reference}").text
    assert "It leaves at 10:52am." in page
    assert f'action="/requests/{case.reference}/take-back"' in page
    assert "take-back" not in house.client(APPROVER).get(f"/requests/{case.reference}").text
    house.later(timedelta(minutes=10))
    assert "take-back" not in client.get(f"/requests/{case.reference}").text


def test_the_banner_says_when_the_email_leaves_and_undoes(house: House, mail: Post) -> None:
    case = mail.form()
    client = house.client(REVIEWER)
    object.__setattr__(house.app.extensions["formwright"], "sends_mail", True)
    act(house, client, case, "claim")
    client.get(f"/requests/{case.reference}")
    act(house, client, case, "decision", decision="decline", reason="A local need")
    page = client.get(f"/requests/{case.reference}").text
    banner = page[page.index("nhsuk-notification-banner__content") :]
    assert "Decision saved: Do not progress. We send the email at 10:52am." in banner
    number = banner.split('name="event" value="', 1)[1].split('"', 1)[0]
    post(client, f"/requests/{case.reference}/take-back", page="/start", event=number)
    assert house.case(case.reference).status == Status.IN_REVIEW
    assert "Taken back: the decision" in client.get(f"/requests/{case.reference}/history").text


def test_an_act_after_one_that_was_taken_back_does_not_bar_undoing_the_first(house: House, mail: Post) -> None:
    case = mail.form()
    client = house.client(REVIEWER)
    act(house, client, case, "claim")
    act(house, client, case, "acknowledge")
    first = house.case(case.reference).version
    act(house, client, case, "decision", decision="ask", message="Which staff group?")
    second = house.case(case.reference).version
    act(house, client, case, "take-back", event=str(first))
    assert "Something was done after this. Take that back first." in client.get(f"/requests/{case.reference}").text
    act(house, client, case, "take-back", event=str(second))
    act(house, client, case, "take-back", event=str(first))
    assert "Not acknowledged yet." in client.get(f"/requests/{case.reference}").text


def test_a_message_that_came_back_is_shown_with_what_to_do_and_sent_again(house: House, mail: Post) -> None:
    case = mail.form()
    mail.end(case, "receipt", DeliveryState.SENT)
    letter = load_deliveries(house.db, case_id=case.id)[0].id
    mail.bounce(letter, "There is no such mailbox.")
    client = house.client(REVIEWER)
    text = client.get(f"/requests/{case.reference}").text
    assert "A message to the requester could not be delivered." in text
    assert "There is no such mailbox." in text
    assert "It reached nobody." in text
    act(house, client, case, "send-again", message=str(letter))
    sent = find_delivery(house.db, letter)
    assert sent is not None
    assert sent.state == DeliveryState.WAITING
    assert load_events(house.db, case.id)[-1].facts == {"what": "sent-again", "delivery": letter}
    assert "Message sent again" in client.get(f"/requests/{case.reference}/history").text
    act(house, client, case, "send-again", message=str(letter))
    assert (
        "Only a message that could not be delivered can be sent again."
        in client.get(f"/requests/{case.reference}").text
    )


def test_nobody_sends_a_message_of_another_request(house: House, mail: Post) -> None:
    case, other = mail.form(), house.send()
    letter = mail.end(case, "receipt", DeliveryState.FAILED, "Refused")
    client = house.client(REVIEWER)
    act(house, client, other, "send-again", message=str(letter))
    assert "There is no such message." in client.get(f"/requests/{other.reference}").text


def test_a_message_that_does_not_leave_by_email_is_there_to_be_copied(house: House, mail: Post) -> None:
    case = mail.form()
    mail.end(case, "receipt", DeliveryState.NOT_SENT, "No outgoing mail is set up.")
    client = house.client(REVIEWER)
    text = client.get(f"/requests/{case.reference}").text
    assert "Not sent by email" in text
    assert "Copy the words into the service request." in text
    assert 'data-copy="letter-' in text
    assert "receipt ESR-2026-0001" in client.get("/manage/messages?show=to-copy").text
    assert "There are none." in client.get("/manage/messages?show=trouble").text


def test_the_requester_was_heard_until_somebody_answers(house: House, mail: Post) -> None:
    case = mail.form()
    mail.reply(case, words="Any news?")
    client = house.client(REVIEWER)
    assert "Heard from the requester" in client.get("/queue").text
    assert "The requester wrote on 23 November 2026 at 10:42am." in client.get(f"/requests/{case.reference}").text
    act(house, client, case, "notes", note="Told them by telephone")
    assert "Heard from the requester" not in client.get("/queue").text


def test_an_answer_of_ours_names_the_message_that_it_answers(house: House, mail: Post) -> None:
    case = mail.form()
    mail.reply(case)
    decide.acknowledge(house.db, house.act(case), letter=("s", "b"), calendar=house.calendar())
    assert load_deliveries(house.db, case_id=case.id)[0].in_reply_to == f"<{mail.came}@x>"


# -- versions -----------------------------------------------------------------------------------------------------


def test_files_stand_by_version_with_what_they_are_for(house: House, mail: Post) -> None:
    case = mail.form(also="policy.docx")
    house.later(timedelta(days=1))
    mail.corrected(case, a_reading(benefits="Saves 20 hours"), also="requirement.docx")
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    files = text[text.index('id="files"') : text.index('id="messages"')]
    order = [
        "Version 2, sent 24 November 2026 by email",
        "corrected.docx",
        "requirement.docx",
        "Version 1",
        "policy.docx",
    ]
    places = [files.index(words) for words in order]
    assert places == sorted(places)
    assert files.count("Supporting document") == 2


def test_every_file_is_a_download_of_its_own_request_only(house: House, mail: Post) -> None:
    case, other = mail.form(also="policy.docx"), house.send()
    client = house.client(REVIEWER)
    for file in load_submissions(house.db, case.id):
        answer = client.get(f"/requests/{case.reference}/original/{file.id}")
        assert answer.headers["Content-Disposition"] == f"attachment; filename={file.name}"
        assert client.get(f"/requests/{other.reference}/original/{file.id}").status_code == 404


def test_a_document_is_marked_as_the_full_requirement(house: House, mail: Post) -> None:
    case = mail.form(also="requirement.docx")
    client = house.client(REVIEWER)
    act(house, client, case, "claim")
    document = load_submissions(house.db, case.id)[1]
    assert "This is the full requirement" in client.get(f"/requests/{case.reference}").text
    act(house, client, case, "requirement", submission=str(document.id))
    text = client.get(f"/requests/{case.reference}").text
    assert "<strong>Full requirement</strong>" in text
    assert "This is the full requirement" not in text
    assert "Where the full requirement is" not in text


def test_a_new_version_says_what_changed(house: House, mail: Post) -> None:
    case = mail.form(a_reading(benefits="Saves time for managers."))
    mail.corrected(case, a_reading(benefits="Saves 18 hours for managers."))
    client = house.client(REVIEWER)
    page = client.get(f"/requests/{case.reference}").text
    assert "This is version 2." in page
    assert "1 answer has changed since version 1." in page
    changes = client.get(f"/requests/{case.reference}/changes").text
    assert "What changed since version 1" in changes
    assert "time<span" in changes
    assert "18 hours<span" in changes
    assert "answers that did not change" in changes


def test_an_earlier_step_is_compared_too(house: House, mail: Post) -> None:
    case = mail.form(a_reading(title="One"))
    mail.corrected(case, a_reading(title="Two"))
    mail.corrected(case, a_reading(title="Three"))
    client = house.client(REVIEWER)
    newest = client.get(f"/requests/{case.reference}/changes").text
    assert 'href="?version=2"' in newest
    assert "What changed since version 1" in client.get(f"/requests/{case.reference}/changes?version=2").text


def test_a_first_version_has_nothing_to_compare(house: House, mail: Post) -> None:
    case = mail.form()
    assert house.client(REVIEWER).get(f"/requests/{case.reference}/changes").status_code == 404


def test_a_request_whose_files_are_being_read_says_how_many_are(house: House, mail: Post) -> None:
    room = mail.room()
    room.mail(a_file("one.docx"), a_file("two.docx"), a_file("three.pdf", kind=FileKind.PDF))
    text = house.client(REVIEWER).get("/requests/ESR-2026-0001").text
    assert "0 of 3 files read." in text
    assert "Not read yet" in text


# -- requests that know each other --------------------------------------------------------------------------------


def test_requests_of_one_message_know_each_other(house: House, mail: Post) -> None:
    room = mail.room()
    room.mail(a_file("forms.docx"))
    room.read(forms=[a_reading(title="One"), a_reading(title="Two")])
    text = house.client(REVIEWER).get("/requests/ESR-2026-0001").text
    assert 'Came in the same message as <a class="app-nowrap" href="/requests/ESR-2026-0002">' in text


def test_a_new_version_of_a_decided_request_follows_it_and_both_say_so(house: House, mail: Post) -> None:
    case = mail.form()
    client = house.client(REVIEWER)
    act(house, client, case, "claim")
    act(house, client, case, "decision", decision="decline", reason="Local")
    later = mail.corrected(case, a_reading(title="Better"))
    following = house.db.execute("SELECT reference FROM cases ORDER BY id DESC").fetchone()[0]
    assert later.reference == case.reference
    assert (
        f'Follows <a class="app-nowrap" href="/requests/{case.reference}">' in client.get(f"/requests/{following}").text
    )
    assert (
        f'Followed by <a class="app-nowrap" href="/requests/{following}">'
        in client.get(f"/requests/{case.reference}").text
    )


def claimed(mail: Post, reading: Reading | None = None) -> tuple[str, str]:
    """A case, and one that says it belongs there: their references."""
    case = mail.form()
    mail.house.later(timedelta(hours=1))
    other = mail.corrected(case, reading or a_reading(title="From home"), also="notes.docx", sender=STRANGER)
    assert other.id != case.id
    return case.reference, other.reference


def test_a_claim_is_shown_on_both_requests(house: House, mail: Post) -> None:
    first, second = claimed(mail)
    client = house.client(REVIEWER)
    text = client.get(f"/requests/{second}").text
    assert "The sender says that this belongs to" in text
    assert "It belongs there" in text
    assert f'<a class="app-nowrap" href="/requests/{second}">' in client.get(f"/requests/{first}").text


def test_a_confirmed_claim_becomes_the_next_version_of_the_other_request(house: House, mail: Post) -> None:
    first, second = claimed(mail)
    client = house.client(REVIEWER)
    case = house.case(first)
    answer = act(house, client, house.case(second), "claim-confirmed", other=str(case.id))
    assert answer.location == f"/requests/{first}"
    files = [(file.round, file.name, file.role) for file in load_submissions(house.db, case.id)]
    assert files == [
        (1, "study-leave.docx", "form"),
        (2, "corrected.docx", "form"),
        (2, "notes.docx", "supporting"),
    ]
    page = client.get(f"/requests/{first}").text
    assert "This is version 2." in page
    assert "From home" in page
    assert "The requester wrote on" in page
    assert f'Took in <a class="app-nowrap" href="/requests/{second}">' in page
    ended = client.get(f"/requests/{second}").text
    assert house.case(second).status == Status.DUPLICATE
    assert f'Joined to <a class="app-nowrap" href="/requests/{first}">' in ended
    assert "The files of this request were moved to another one." in ended
    assert "It belongs there" not in ended
    kinds = [event.kind for event in load_events(house.db, case.id)][-4:]
    assert kinds == [EventKind.REPLIED, EventKind.LINKED, EventKind.RECEIVED, EventKind.FORM_READ]
    assert verify_events(house.db).broken_at is None


def test_a_confirmed_claim_ends_the_waiting(house: House, mail: Post) -> None:
    case = mail.form()
    decide.claim(house.db, house.act(case))
    decide.ask_for_information(house.db, house.act(case), message="More", letter=("s", "b"))
    other = mail.corrected(case, a_reading(), sender=STRANGER)
    act(house, house.client(REVIEWER), other, "claim-confirmed", other=str(case.id))
    assert house.case(case.reference).status == Status.IN_REVIEW


def test_a_refused_claim_leaves_a_request_of_its_own(house: House, mail: Post) -> None:
    first, second = claimed(mail)
    client = house.client(REVIEWER)
    act(house, client, house.case(second), "claim-refused", other=str(house.case(first).id))
    text = client.get(f"/requests/{second}").text
    assert "It belongs there" not in text
    assert f"Does not belong to {first}" in text
    assert load_links(house.db, house.case(second).id) == []
    act(house, client, house.case(second), "claim-refused", other=str(house.case(first).id))
    assert "Somebody has said already where this request belongs." in client.get(f"/requests/{second}").text


def test_another_kind_of_form_cannot_become_a_version(house: House, mail: Post) -> None:
    first, second = claimed(mail, other_form())
    client = house.client(REVIEWER)
    act(house, client, house.case(second), "claim-confirmed", other=str(house.case(first).id))
    assert "This is another kind of form" in client.get(f"/requests/{second}").text
    assert len(load_submissions(house.db, house.case(first).id)) == 1


def test_a_decided_request_takes_no_new_version(house: House, mail: Post) -> None:
    first, second = claimed(mail)
    client = house.client(REVIEWER)
    act(house, client, house.case(first), "claim")
    act(house, client, house.case(first), "decision", decision="decline", reason="Local")
    act(house, client, house.case(second), "claim-confirmed", other=str(house.case(first).id))
    assert "A decided request takes no new version." in client.get(f"/requests/{second}").text


def test_a_claim_is_not_settled_from_an_old_page_or_over_a_colleague(house: House, mail: Post) -> None:
    first, second = claimed(mail)
    client = house.client(REVIEWER)
    other = str(house.case(first).id)
    act(house, client, house.case(second), "claim-confirmed", other=other, version="1")
    assert "Somebody else changed this request" in client.get(f"/requests/{second}").text
    decide.claim(house.db, house.act(house.case(second), APPROVER))
    act(house, client, house.case(second), "claim-refused", other=other)
    assert "A colleague is reviewing this request." in client.get(f"/requests/{second}").text
    assert [link.kind for link in load_links(house.db, house.case(second).id)] == [LinkKind.CLAIMS]


def test_a_confirmed_claim_moves_what_was_written_and_later_replies(house: House, mail: Post) -> None:
    first, second = claimed(mail)
    act(house, house.client(REVIEWER), house.case(second), "claim-confirmed", other=str(house.case(first).id))
    moved = house.db.execute("SELECT count(*) FROM messages WHERE case_id = ?", (house.case(first).id,)).fetchone()
    assert moved[0] == 2
    assert decide.recipient_of(house.db, house.case(first).id) == STRANGER
    assert SENDER != STRANGER
