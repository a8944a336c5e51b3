"""Which mail a machine wrote, what it says about our letters, and whom an automatic receipt may reach."""

from __future__ import annotations

import pytest

from casework.thread_token import LOOP_HEADER, loop_token, message_id_for
from intake.machine_mail import DeliveryStatus, MachineKind, MachineMail, machine_mail, may_answer
from intake.message import read_message
from tests.builders_mail import PDF, a_bounce, a_mail, a_read_receipt, raw_mail

pytestmark = pytest.mark.pure

KEY = b"a key of the tests, thirty-two b"


def judged(data: bytes) -> MachineMail | None:
    return machine_mail(read_message(data), KEY)


def kind_of(*headers: tuple[str, str], subject: str = "Our form", sender: str = "Ann <ann@example.nhs.uk>") -> str:
    found = judged(a_mail(headers=headers, subject=subject, sender=sender))
    return "a person" if found is None else str(found.kind)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (("Auto-Submitted", "auto-replied"), "auto-reply"),
        (("Auto-Submitted", "auto-replied; owner-email=a@b.uk"), "auto-reply"),
        (("Auto-Submitted", "auto-replied (vacation)"), "auto-reply"),
        (("Auto-Submitted", "auto-generated"), "auto-generated"),
        (("Auto-Submitted", "auto-notified"), "auto-generated"),
        (("Auto-Submitted", "no"), "a person"),
        (("X-Autoreply", "yes"), "auto-reply"),
        (("X-Autorespond", "vacation"), "auto-reply"),
        (("Precedence", "auto_reply"), "auto-reply"),
        (("Precedence", "bulk"), "list"),
        (("Precedence", "list"), "list"),
        (("Precedence", "first-class"), "a person"),
        (("List-Id", "<esr.lists.example.nhs.uk>"), "list"),
        (("List-Unsubscribe", "<mailto:x@example.com>"), "list"),
        (("Return-Path", "<>"), "daemon"),
        (("X-Failed-Recipients", "bob@example.nhs.uk"), "bounce"),
        (("X-Priority", "1"), "a person"),
    ],
)
def test_headers_tell_machines_from_people(header: tuple[str, str], kind: str) -> None:
    assert kind_of(header) == kind


def test_outlooks_out_of_office_note_is_an_auto_reply() -> None:
    headers = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    assert kind_of(*headers, subject="Automatic reply: About ESR-2026-0418") == "auto-reply"


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.example.nhs.uk", "postmaster@example.nhs.uk", "bounces+1@x.uk"])
def test_a_mail_server_is_no_person(sender: str) -> None:
    assert kind_of(sender=sender) == "daemon"


def test_a_subject_alone_is_a_weak_sign_and_costs_no_form() -> None:
    found = judged(a_mail(subject="Automatic reply: form", files=[("form.pdf", PDF)]))
    assert found is not None
    assert (found.kind, found.is_sure, found.record_only) == (MachineKind.AUTO_REPLY, False, False)


def test_a_form_on_a_list_is_taken_in() -> None:
    found = judged(a_mail(headers=[("List-Id", "<x>")], files=[("form.pdf", PDF)]))
    assert found is not None
    assert not found.record_only


def test_a_form_from_a_scanner_is_taken_in_and_a_notice_only_recorded() -> None:
    scan = judged(a_mail(headers=[("Auto-Submitted", "auto-generated")], files=[("scan.pdf", PDF)]))
    notice = judged(a_mail(headers=[("Auto-Submitted", "auto-generated")]))
    assert scan is not None
    assert notice is not None
    assert (scan.record_only, notice.record_only) == (False, True)


def test_our_own_letters_are_known_by_header_and_by_message_id() -> None:
    by_header = judged(a_mail(headers=[(LOOP_HEADER, loop_token(KEY))]))
    by_id = judged(a_mail(message_id=f"<{message_id_for(7, 'formwright.example', KEY)}>"))
    assert by_header is not None
    assert by_id is not None
    assert (by_header.kind, by_id.kind) == (MachineKind.OWN, MachineKind.OWN)


def test_somebody_elses_loop_header_is_not_ours() -> None:
    assert judged(a_mail(headers=[(LOOP_HEADER, loop_token(b"another key, just as long as it is"))])) is None


def test_a_bounce_says_which_letter_reached_whom_not_and_why() -> None:
    found = judged(a_bounce())
    meaning = "There is no such mailbox. The address may be misspelt, or the person may have left."
    assert found == MachineMail(
        MachineKind.BOUNCE,
        meaning,
        original_id="ours@formwright.example",
        deliveries=(
            DeliveryStatus("ann.lee@example.nhs.uk", "failed", "5.1.1", "550 5.1.1 no such user", meaning, True),
        ),
    )


@pytest.mark.parametrize(
    ("action", "status", "meaning", "is_final"),
    [
        ("failed", "5.2.2", "The mailbox is full.", True),
        ("failed", "5.7.509", "The recipient's mail system refused the letter for security reasons.", True),
        ("failed", "5.9.9", "The letter could not be delivered.", True),
        ("failed", "nonsense", "The letter could not be delivered.", True),
        ("delayed", "4.4.1", "The letter is delayed and is still being tried.", False),
        ("delivered", "2.1.5", "The letter was delivered.", False),
        ("relayed", "2.0.0", "The letter was passed on to a system that does not report delivery.", False),
    ],
)
def test_a_status_is_put_into_plain_english(action: str, status: str, meaning: str, is_final: bool) -> None:
    found = judged(a_bounce(action=action, status=status))
    assert found is not None
    (delivery,) = found.deliveries
    assert delivery.meaning.startswith(meaning)
    assert delivery.is_final is is_final


def test_a_bounce_without_a_report_still_names_its_recipients() -> None:
    found = judged(a_mail(headers=[("X-Failed-Recipients", "a@b.uk, c@d.uk"), ("In-Reply-To", "<ours@x>")]))
    assert found is not None
    assert [delivery.recipient for delivery in found.deliveries] == ["a@b.uk", "c@d.uk"]
    assert found.original_id == "ours@x"


def test_a_hostile_report_is_one_safe_line_each() -> None:
    found = judged(a_bounce(diagnostic="smtp; \x1b[31m" + "x" * 5_000, recipient="<b\u202ead@x.uk>"))
    assert found is not None
    (delivery,) = found.deliveries
    assert delivery.recipient == "bad@x.uk"
    assert len(delivery.diagnostic) <= 500
    assert "\x1b" not in delivery.diagnostic


def test_a_read_receipt_names_the_letter() -> None:
    found = judged(a_read_receipt())
    assert found is not None
    assert (found.kind, found.original_id) == (MachineKind.READ_RECEIPT, "ours@formwright.example")


def test_a_person_may_be_answered_at_the_from_address_and_nowhere_else() -> None:
    headers = [
        ("Return-Path", "<ann.lee@example.nhs.uk>"),
        ("Reply-To", "victim@example.com"),
        ("Disposition-Notification-To", "victim@example.com"),
        ("X-Auto-Response-Suppress", "OOF, RN"),
    ]
    answer = may_answer(read_message(a_mail(headers=headers)), None)
    assert (answer.allowed, answer.to) == (True, "ann.lee@example.nhs.uk")


@pytest.mark.parametrize(
    "data",
    [
        raw_mail("Return-Path: <>", "", "x"),
        raw_mail("X-Auto-Response-Suppress: All", "", "x"),
        raw_mail("X-Auto-Response-Suppress: DR, AutoReply", "", "x"),
        raw_mail("From: boss@example.nhs.uk", "", "x"),
        raw_mail("", "x", sender="Ann Lee"),
        raw_mail("", "x", sender="no-reply@example.nhs.uk"),
        raw_mail("", "x", sender="donotreply@example.nhs.uk"),
        raw_mail("", "x", sender="postmaster@example.nhs.uk"),
    ],
)
def test_nothing_is_sent_where_nobody_or_anybody_might_get_it(data: bytes) -> None:
    answer = may_answer(read_message(data), None)
    assert not answer.allowed
    assert answer.reason
    assert answer.to == ""


def test_no_machine_is_answered() -> None:
    message = read_message(a_mail(headers=[("List-Id", "<x>")]))
    answer = may_answer(message, machine_mail(message, KEY))
    assert (answer.allowed, answer.reason) == (False, "No receipt was sent: it came through a mailing list.")
