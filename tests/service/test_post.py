"""The post room between a real Dovecot and a real Postfix: forms come in, answers go out, and trouble is told."""

from __future__ import annotations

import email
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest

from casework.errors import CaseworkError, DamagedError, RefusedError, UnavailableError
from casework.lifecycle import UserRole
from service.doors import open_post_room, shared_database, sort_arrived
from service.mail_login import Keychain
from service.post import POST, SORTING, Errand, PostRoom, State, run, the_only_post_room
from service.settings import Settings, load_settings
from service.watches import Subject, watch_lines
from store.database import transaction
from store.deliveries import DeliveryState, add_delivery, load_deliveries
from store.ledger import load_lines
from store.mailboxes import load_watches
from store.people import add_person
from tests.mail_servers import PASSWORD, Dovecot, Postfix, free_port, running_dovecot, running_postfix, wait_for
from tests.service.conftest import Clock

ANN = "ann.lee@example.nhs.uk"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with running_postfix() as server:
        yield server


def settings_of(folder: Path, **values: str) -> Settings:
    return load_settings(
        {"FORMWRIGHT_DATA": str(folder / "data"), **{f"FORMWRIGHT_{name}": value for name, value in values.items()}}
    )


def a_room(settings: Settings, clock: Clock, dovecot: Dovecot | None = None) -> PostRoom:
    db = shared_database(settings)
    return PostRoom(
        settings=settings,
        db=db,
        now=clock,
        keychain=Keychain({mailbox.user: {"password": PASSWORD} for mailbox in settings.mail.mailboxes}),
        sort=lambda: sort_arrived(settings, db, settings.mail.own_addresses),
        tls=dovecot.certificate.client() if dovecot else None,
    )


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return f"forms-{zlib.crc32(request.node.name.encode())}"


@pytest.fixture
def room(tmp_path: Path, clock: Clock, dovecot: Dovecot, postfix: Postfix, user: str) -> PostRoom:
    """A post room with a mailbox at Dovecot and Postfix as its mail server."""
    (tmp_path / "secrets.toml").touch(mode=0o600)
    settings = settings_of(
        tmp_path,
        MAILBOXES=f"imaps://{user}@127.0.0.1:{dovecot.tls}/INBOX?done=Done",
        MAIL_SECRETS=str(tmp_path / "secrets.toml"),
        SMTP=f"smtp://127.0.0.1:{postfix.port}?tls=no",
        MAIL_FROM="ESR Development Team <esr.forms@example.nhs.uk>",
        MAIL_PLUS="yes",
        ADDRESS="https://forms.example.nhs.uk",
    )
    return a_room(settings, clock, dovecot)


def a_mail(message_id: str, text: str = "Please find our form attached.", **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    named = {
        "From": f"Ann Lee <{ANN}>", "To": "esr.forms@example.nhs.uk", "Subject": "Our form",
        "Message-ID": message_id, "Return-Path": f"<{ANN}>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    for name, value in named.items():
        mail[name] = value
    mail.set_content(text)
    return mail


def with_form(mail: EmailMessage, form: bytes) -> EmailMessage:
    mail.add_attachment(form, maintype="application", subtype="octet-stream", filename="form.docx")
    return mail


def sweep(room: PostRoom, clock: Clock, times: int = 3) -> None:
    for _ in range(times):
        room.sweep()
        clock.forward(minutes=1)


def answer_to(postfix: Postfix, message_id: str, box: str = "ann") -> EmailMessage:
    """The message at Postfix that answers the one with this Message-ID; there must be exactly one."""

    def found() -> list[EmailMessage]:
        parsed = (email.message_from_bytes(raw, policy=policy.default) for raw in postfix.delivered(box))
        return [mail for mail in parsed if mail["In-Reply-To"] == message_id]

    assert wait_for(lambda: len(found()) >= 1)
    (answer,) = found()
    return answer


def test_a_mailed_form_becomes_a_case_and_its_sender_gets_one_receipt(
    room: PostRoom, clock: Clock, dovecot: Dovecot, postfix: Postfix, user: str, blank: bytes
) -> None:
    dovecot.deliver(user, with_form(a_mail("<form-1@example>"), blank).as_bytes(), "1.a")
    sweep(room, clock)
    receipt = answer_to(postfix, "<form-1@example>")
    (reference,) = (row[0] for row in room.db.execute("SELECT reference FROM cases").fetchall())
    assert reference in receipt["Subject"]
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["Reply-To"].addresses[0].addr_spec.startswith(f"esr.forms+{reference.lower()}.")
    assert reference.lower() in receipt["Message-ID"]
    text = receipt.get_body(("plain",))
    assert text is not None
    assert f"Please keep this line in your answer: {reference}." in text.get_content()
    assert [len(dovecot.stored(user, folder)) for folder in ("", "Done")] == [0, 1]
    # Whatever is repeated, nothing comes of it twice: the mailbox loses its numbers, and the message comes again.
    dovecot.deliver(user, dovecot.stored(user, "Done")[0].read_bytes(), "2.a")
    dovecot.rebuild(user)
    sweep(room, clock)
    assert room.db.execute("SELECT count(*) FROM cases").fetchone()[0] == 1
    answer_to(postfix, "<form-1@example>")


def test_an_answer_to_a_receipt_goes_to_its_case_and_our_own_letter_to_nobody(
    room: PostRoom, clock: Clock, dovecot: Dovecot, postfix: Postfix, user: str, blank: bytes
) -> None:
    dovecot.deliver(user, with_form(a_mail("<form-2@example>"), blank).as_bytes(), "1.a")
    sweep(room, clock)
    receipt = answer_to(postfix, "<form-2@example>")
    reply = a_mail("<reply-2@example>", "It is for 40 managers.", In_Reply_To=receipt["Message-ID"], Subject="Re: x")
    dovecot.deliver(user, reply.as_bytes(), "2.a")
    dovecot.deliver(user, receipt.as_bytes(policy=policy.SMTP), "3.a")
    before = len(load_deliveries(room.db))
    sweep(room, clock)
    outcomes = {line.name: line.outcome.value for line in load_lines(room.db) if line.parent_id is None}
    assert outcomes["Re: x"] == "reply"
    assert outcomes[receipt["Subject"]] == "ignored"
    assert room.db.execute("SELECT count(*) FROM cases").fetchone()[0] == 1
    assert len(load_deliveries(room.db)) == before


def test_word_that_a_receipt_could_not_be_delivered_is_shown_on_its_delivery(
    room: PostRoom, clock: Clock, dovecot: Dovecot, postfix: Postfix, user: str, blank: bytes
) -> None:
    dovecot.deliver(user, with_form(a_mail("<form-3@example>"), blank).as_bytes(), "1.a")
    sweep(room, clock)
    receipt = answer_to(postfix, "<form-3@example>")
    bounce = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.test\r\nTo: esr.forms@example.nhs.uk\r\nSubject: Undelivered\r\n"
        "Message-ID: <dsn-3@mail.test>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.test\r\n\r\n"
        f"Final-Recipient: rfc822; {ANN}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such person\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {receipt['Message-ID']}\r\n\r\n--b--\r\n"
    )
    dovecot.deliver(user, bounce.encode(), "2.a")
    sweep(room, clock)
    (delivery,) = load_deliveries(room.db)
    assert delivery.state == DeliveryState.BOUNCED
    assert "No such person" in delivery.problem


def test_a_mailbox_that_is_away_is_told_once_and_mail_flows_when_it_is_back(
    room: PostRoom, clock: Clock, dovecot: Dovecot, postfix: Postfix, user: str, tmp_path: Path, blank: bytes
) -> None:
    with transaction(room.db):
        add_person(
            room.db, email="bob.ray@example.nhs.uk", name="Bob", password_hash="", roles=[UserRole.ADMINISTRATOR]
        )
    before = len(postfix.delivered("bob"))
    good = room.keychain
    room.keychain = Keychain({user: {"password": "expired"}})
    dovecot.deliver(user, with_form(a_mail("<form-4@example>"), blank).as_bytes(), "1.a")
    sweep(room, clock, 30)
    assert wait_for(lambda: len(postfix.delivered("bob")) == before + 1)
    lines = watch_lines(room.db, [errand.subject for errand in room.errands()], clock())
    (unwell,) = [line for is_well, line in lines if not is_well]
    assert unwell.endswith(f"{user}: the mail server refused the password.")
    room.keychain = good
    sweep(room, clock, 10)
    assert wait_for(lambda: len(postfix.delivered("bob")) == before + 2)
    answer_to(postfix, "<form-4@example>")
    found = {watch.name: watch.note for watch in load_watches(room.db)}
    assert found[f"mailbox:{user}"] == "0 messages, all in the ledger"


def test_without_mailboxes_and_mail_server_it_runs_quietly(
    tmp_path: Path, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    room = open_post_room(settings_of(tmp_path))
    room.now = clock
    with transaction(room.db):
        add_delivery(
            room.db, delivery_key="k", case_id=None, kind="receipt", recipient=ANN, subject="S", body="B", now=clock()
        )
    sweep(room, clock, 5)
    (delivery,) = load_deliveries(room.db)
    assert (delivery.state, delivery.problem) == (
        DeliveryState.NOT_SENT,
        "No outgoing mail is set up.",
    )
    assert all(watch.is_well for watch in load_watches(room.db))
    assert capfd.readouterr() == ("", "")


def raises(problem: Exception) -> Callable[[], int]:
    def errand() -> int:
        raise problem

    return errand


@pytest.mark.parametrize(
    ("problem", "note"),
    [
        (UnavailableError("The scanner is away."), "The scanner is away."),
        (RefusedError("No."), "No."),
        (ZeroDivisionError("x"), "It stopped with a fault (ZeroDivisionError); the log says where."),
    ],
)
def test_trouble_with_one_errand_is_watched_and_stops_no_other(
    tmp_path: Path, clock: Clock, problem: Exception, note: str
) -> None:
    done = []
    duty = Errand(
        Subject("duty", "A duty", ""),
        timedelta(minutes=1),
        lambda: State(note=f"{len(done)}", again=bool(done.append(1))),
    )
    room = a_room(settings_of(tmp_path), clock)
    room.sort, room.duties = raises(problem), (duty,)
    sweep(room, clock, 4)
    found = {watch.name: watch for watch in load_watches(room.db)}
    assert (found[SORTING.key].is_well, found[SORTING.key].note) == (False, note)
    assert len(done) == 4
    assert found[POST.key].is_well


def test_a_failing_errand_is_tried_less_and_less_often_and_at_once_often_again_when_it_works(
    tmp_path: Path, clock: Clock
) -> None:
    room = a_room(settings_of(tmp_path), clock)
    tried: list[datetime] = []
    broken = True

    def sort() -> int:
        tried.append(clock())
        if broken:
            raise UnavailableError("Away.")
        return 0

    room.sort = sort
    for _ in range(300):
        room.sweep()
        clock.forward(seconds=1)
    gaps = [(later - earlier).seconds for earlier, later in pairwise(tried)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (4, 60)
    broken = False
    tried.clear()
    for _ in range(70):
        room.sweep()
        clock.forward(seconds=1)
    assert (tried[-1] - tried[-2]).seconds == 2


def test_a_damaged_database_ends_the_process_instead_of_going_on(tmp_path: Path, clock: Clock) -> None:
    room = a_room(settings_of(tmp_path), clock)
    room.sort = raises(DamagedError("The record is damaged."))
    with pytest.raises(DamagedError):
        run(room, keep_going=lambda: True, sleep=lambda _: None)


def test_a_data_folder_has_one_post_room(tmp_path: Path) -> None:
    with (
        the_only_post_room(tmp_path),
        pytest.raises(RefusedError, match="already running"),
        the_only_post_room(tmp_path),
    ):
        pass


def test_an_account_without_a_password_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").touch(mode=0o600)
    settings = settings_of(
        tmp_path,
        MAILBOXES=f"imaps://forms@127.0.0.1:{free_port()}",
        MAIL_SECRETS=str(tmp_path / "secrets.toml"),
    )
    with pytest.raises(CaseworkError, match="FORMWRIGHT_MAIL_SECRETS says nothing about forms"):
        open_post_room(settings)
