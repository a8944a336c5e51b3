"""The ledger's pages: everything that came and what became of it, and dealing with messages that wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casework.events import EventKind
from casework.model import FileKind
from store.cases import load_submissions
from store.database import transaction
from store.events import load_events
from store.ledger import Outcome, load_line
from store.mailboxes import watch
from store.messages import MessageState, find_message_of_line
from tests.review.house import ADMINISTRATOR, REVIEWER, House, a_reading, an_unreadable_one, post
from tests.review.post import SENDER, STRANGER, Post, a_file


@pytest.fixture
def mail(house: House) -> Post:
    return Post(house)


def act(client: FlaskClient, line: int, what: str) -> TestResponse:
    """Press one of the buttons of a message."""
    return post(client, f"/manage/arrivals/{line}/{what}", page="/start")


def test_a_message_and_what_came_in_it_stand_together(house: House, mail: Post) -> None:
    mail.room().mail(a_file("form.docx"), a_file("logo.png", is_dress=True), subject="Our request")
    text = house.client(REVIEWER).get("/manage/arrivals").text
    assert text.index(">Our request<") < text.index(">form.docx<") < text.index(">logo.png<")
    assert "Became a request" in text
    assert "A picture or card of the message, not a file that was sent" in text
    assert "Showing 1 to 1 of 1 arrival" in text


def test_what_needs_a_person_is_counted_and_has_a_list_of_its_own(house: House, mail: Post) -> None:
    mail.form()
    mail.question(subject="When is release 57 live?")
    mail.broken()
    client = house.client(REVIEWER)
    text = client.get("/manage/arrivals?show=person").text
    assert 'Needs a person <span class="app-count app-count--fix">2</span>' in text
    assert "When is release 57 live?" in text
    assert "Our request" not in text
    queue = client.get("/queue").text
    assert "2 arrivals need a person." in queue
    assert 'href="/manage/arrivals?show=person"' in queue


def test_a_held_file_of_a_message_that_became_a_request_waits_for_nobody(house: House, mail: Post) -> None:
    mail.room().mail(a_file("form.docx"), a_file("invoice.docm", is_infected=True))
    client = house.client(REVIEWER)
    assert "Nothing needs a person" in client.get("/manage/arrivals?show=person").text
    assert "Held: it may have a virus" in client.get("/manage/arrivals?show=quarantined").text


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("policy.pdf", True),
        ("northmoor", True),
        ("ESR-2026-0001", True),
        ("our requ", True),
        ("100%", False),
        ("somebody else", False),
    ],
)
def test_arrivals_are_found_by_name_sender_and_reference(house: House, mail: Post, search: str, found: bool) -> None:
    mail.form(also="policy.pdf")
    text = house.client(REVIEWER).get("/manage/arrivals", query_string={"search": search}).text
    assert ("Our request" in text) == found
    assert ("Nothing matches" in text) != found


def test_an_outcome_of_a_file_finds_the_message_that_brought_it(house: House, mail: Post) -> None:
    mail.form(also="policy.pdf")
    mail.question()
    text = house.client(REVIEWER).get("/manage/arrivals?show=supporting").text
    assert "Our request" in text
    assert "A question" not in text


def test_older_arrivals_are_a_page_further(house: House, mail: Post) -> None:
    for number in range(51):
        mail.question(subject=f"Question {number}", words=f"Words {number}")
    client = house.client(REVIEWER)
    first = client.get("/manage/arrivals?show=person").text
    assert "Showing 1 to 50 of 51 arrivals" in first
    assert 'href="?show=person&amp;page=2"' in first
    second = client.get("/manage/arrivals?show=person&page=2").text
    assert "Showing 51 to 51 of 51 arrivals" in second
    assert ">Question 0<" in second


def test_a_message_says_who_wrote_what_and_what_became_of_each_file(house: House, mail: Post) -> None:
    line = mail.room().mail(
        a_file("form.docx"), verdict="verified", explanation="northmoor.example.nhs.uk vouches for the message."
    )
    text = house.client(REVIEWER).get(f"/manage/arrivals/{line}").text
    assert "Please find attached." in text
    assert "Sender verified" in text
    assert "northmoor.example.nhs.uk vouches for the message." in text
    assert "23 November 2026 at 10:42am by email" in text
    assert 'href="/requests/ESR-2026-0001"' in text
    assert f'href="/manage/arrivals/{line}/raw"' in text


def test_a_part_leads_to_the_message_it_came_in(house: House, mail: Post) -> None:
    line = mail.room().mail(a_file("form.docx"))
    assert house.client(REVIEWER).get(f"/manage/arrivals/{line + 1}").location == f"/manage/arrivals/{line}"


def test_an_upload_has_a_page_too(house: House) -> None:
    case = house.send()
    text = house.client(REVIEWER).get("/manage/arrivals/1").text
    assert "File, line 1 of the ledger" in text
    assert case.reference in text
    assert "Download the whole message" not in text


def test_a_request_is_opened_from_a_message(house: House, mail: Post) -> None:
    line = mail.question(words="We need a new role for fire wardens.")
    client = house.client(REVIEWER)
    answer = act(client, line, "open")
    assert answer.location == "/requests/ESR-2026-0001"
    assert load_line(house.db, line).outcome is Outcome.CASE
    assert "ESR-2026-0001 is opened from the message." in client.get("/requests/ESR-2026-0001").text
    again = act(client, line, "open")
    assert again.location == f"/manage/arrivals/{line}"
    assert "Somebody has dealt with this message already." in client.get(again.location).text


def test_a_message_is_confirmed_to_belong_to_the_request_it_names(house: House, mail: Post) -> None:
    case = mail.form()
    line = mail.reply(case, words="Ward 4 waits for this too.", sender=STRANGER)
    client = house.client(REVIEWER)
    assert f"It belongs to {case.reference}: confirm" in client.get(f"/manage/arrivals/{line}").text
    answer = act(client, line, "confirm")
    assert answer.location == f"/requests/{case.reference}#messages"
    assert "Ward 4 waits for this too." in client.get(f"/requests/{case.reference}").text
    assert [event.kind for event in load_events(house.db, case.id)][-1] is EventKind.REPLIED


def test_a_message_is_set_aside_and_stays_in_the_ledger(house: House, mail: Post) -> None:
    line = mail.question()
    client = house.client(REVIEWER)
    assert act(client, line, "set-aside").location == "/manage/arrivals?show=person"
    assert "The message is set aside. It stays in the ledger." in client.get("/manage/arrivals?show=person").text
    assert "A person set it aside" in client.get("/manage/arrivals").text


def test_a_message_that_could_not_be_opened_is_tried_again(house: House, mail: Post) -> None:
    line = mail.broken()
    client = house.client(REVIEWER)
    page = client.get(f"/manage/arrivals/{line}").text
    assert "Try again" in page
    assert "Open a request from it" not in page
    act(client, line, "try-again")
    message = find_message_of_line(house.db, line)
    assert message is not None
    assert message.state is MessageState.ARRIVED
    assert "We are opening the message again." in client.get(f"/manage/arrivals/{line}").text


def test_who_may_not_review_reads_and_does_nothing(house: House, mail: Post) -> None:
    line = mail.question()
    client = house.client(ADMINISTRATOR)
    assert "Ask a reviewer: you may read messages" in client.get(f"/manage/arrivals/{line}").text
    assert act(client, line, "set-aside").status_code == 403


def test_a_whole_message_is_a_download(house: House, mail: Post) -> None:
    line = mail.question()
    answer = house.client(REVIEWER).get(f"/manage/arrivals/{line}/raw")
    assert answer.data == b"message 101"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=message-{line}.eml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.mimetype == "application/octet-stream"


def test_what_may_have_a_virus_is_never_given_out(house: House, mail: Post) -> None:
    held, broken = mail.infected(), mail.broken()
    beside = mail.room().mail(a_file("form.docx"), a_file("virus.docm", is_infected=True), message_id="<both@x>")
    client = house.client(REVIEWER)
    for line in (held, broken, beside, 9999):
        assert client.get(f"/manage/arrivals/{line}/raw").status_code == 404
        assert "Download the whole message" not in client.get(f"/manage/arrivals/{line}").text
    answer = act(client, held, "open")
    assert "never opened safely" in client.get(answer.location).text
    assert house.db["cases"].count == 1


def test_a_file_that_turns_out_to_have_a_virus_is_held_wherever_it_came(house: House, mail: Post) -> None:
    case = mail.form(also="policy.pdf")
    policy = load_submissions(house.db, case.id)[1]
    mail.room().mail(a_file("again.pdf", b"policy.pdf 1", FileKind.PDF, is_infected=True), message_id="<later@x>")
    client = house.client(REVIEWER)
    assert client.get(f"/requests/{case.reference}/original/{policy.id}").status_code == 404
    assert "Held: it may have a virus" in client.get(f"/requests/{case.reference}").text


def test_a_failed_reading_is_run_again_from_the_page_of_its_request(house: House, mail: Post) -> None:
    case = mail.form(an_unreadable_one("The PDF needs a password."))
    text = house.client(REVIEWER).get("/manage/arrivals/1").text
    assert f"{case.reference} could not be read." in text
    assert "The PDF needs a password." in text
    assert "Read it again" in house.client(REVIEWER).get(f"/requests/{case.reference}").text


def test_the_page_says_that_all_mail_is_in_the_ledger(house: House) -> None:
    with transaction(house.db):
        watch(house.db, "post", is_well=True, note="", now=house.moment[0])
        watch(house.db, "mailbox:forms", is_well=True, note="1,204 messages, all in the ledger", now=house.moment[0])
    house.later(timedelta(minutes=2))
    client = house.client(REVIEWER)
    assert (
        "Mailbox forms: 1,204 messages, all in the ledger, checked 2 minutes ago."
        in client.get("/manage/arrivals").text
    )


def test_mail_that_stopped_is_said_on_the_ledger_and_the_queue(house: House) -> None:
    with transaction(house.db):
        watch(house.db, "mailbox:forms", is_well=False, note="The server does not answer", now=house.moment[0])
    client = house.client(REVIEWER)
    for page in ("/queue", "/manage/arrivals"):
        assert "Mail fetch from forms stopped since 10:42am: The server does not answer." in client.get(page).text


def test_a_message_of_several_requests_stands_at_each(house: House, mail: Post) -> None:
    room = mail.room()
    room.mail(a_file("forms.docx"), words="Two forms for you.", sender=SENDER)
    room.read(forms=[a_reading(title="One"), a_reading(title="Two")])
    client = house.client(REVIEWER)
    for reference in ("ESR-2026-0001", "ESR-2026-0002"):
        assert "Two forms for you." in client.get(f"/requests/{reference}").text
