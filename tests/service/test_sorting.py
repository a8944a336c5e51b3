"""Messages from their raw bytes to what becomes of them: opened in a child, judged, sorted."""

from __future__ import annotations

import os
import signal
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from sqlite_utils import Database

from casework.errors import UnavailableError
from casework.form import FormLibrary
from casework.thread_token import loop_token, message_id_for, plus_address
from intake.receive import receive_message
from outputs.blank import build_blank
from outputs.mail import Letter, build_mail
from service import doors
from service.settings import Settings, load_settings
from service.sorting import MOST_STARTS, open_safely, sort_arrived
from store.cases import load_case_by_reference, load_submissions
from store.database import open_database, transaction
from store.deliveries import load_deliveries
from store.ledger import Outcome, load_line, load_lines, load_parts
from store.messages import find_message_of_line, load_unsorted, note_start
from store.people import load_secret
from tests.builders_mail import MAILBOX, PNG, a_bounce, a_mail, a_msg

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Post:
    """A data folder into which messages are put by hand."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = load_settings({"FORMWRIGHT_DATA": str(folder), "FORMWRIGHT_AUTHSERV_IDS": "mx.ours"})
        self.settings.data.mkdir()
        self.db: Database = open_database(self.settings.database)

    def put(self, raw: bytes, settings: Settings | None = None) -> int:
        """A raw message arrives and is sorted; its ledger line."""
        kept = receive_message(
            raw,
            mailbox=MAILBOX,
            db=self.db,
            originals=self.settings.originals,
            now=NOW,
            limit_bytes=self.settings.message_limit,
        )
        doors.sort_arrived(settings or self.settings, self.db)
        return kept.ledger_id

    def outcomes(self, ledger_id: int) -> list[str]:
        """The outcome of a message and then of each thing in it."""
        return [part.outcome.value for part in (load_line(self.db, ledger_id), *load_parts(self.db, ledger_id))]

    @property
    def key(self) -> bytes:
        """The key of the thread tokens."""
        return load_secret(self.db, "threads").encode()


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "data")


@pytest.fixture(scope="module")
def form(library: FormLibrary) -> bytes:
    return build_blank(library.forms[0], library)


def a_zip(**files: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.docx", data)
    return made.getvalue()


def test_a_mail_with_a_form_and_a_logo_becomes_one_case(post: Post, form: bytes) -> None:
    ledger_id = post.put(
        a_mail(
            html='<p>Attached.</p><img src="cid:logo">',
            files=[("form.docx", form), ("logo.png", PNG, "image/png")],
            headers=[("Authentication-Results", "mx.ours; dmarc=pass header.from=example.nhs.uk")],
        )
    )
    assert post.outcomes(ledger_id)[:2] == ["sorted", "case"]
    (submission,) = load_submissions(post.db, load_case_by_reference(post.db, "ESR-2026-0001").id)[:1]
    assert (submission.name, submission.sender) == ("form.docx", "ann.lee@example.nhs.uk")
    message = find_message_of_line(post.db, ledger_id)
    assert message is not None
    assert (message.verdict, message.words) == ("verified", "Please find my form attached.")


def test_forms_in_a_zip_are_files_of_their_own_and_say_where_they_were(post: Post, form: bytes) -> None:
    ledger_id = post.put(a_mail(files=[("forms.zip", a_zip(one=form, two=form + b"\0"))]))
    names = [part.name for part in load_parts(post.db, ledger_id)]
    assert names == ["one.docx (in forms.zip)", "two.docx (in forms.zip)"]


def test_an_outlook_message_is_opened_like_mail(post: Post, form: bytes) -> None:
    ledger_id = post.put(a_msg(files={"form.docx": form}))
    assert "case" in post.outcomes(ledger_id)


def test_a_reply_to_our_letter_reaches_its_case(post: Post, form: bytes) -> None:
    post.put(a_mail(files=[("form.docx", form)]))
    ours = message_id_for(7, "forms.example", post.key, reference="ESR-2026-0001")
    reply = a_mail("Which level? All nurses.", message_id="<2@x>", headers=[("In-Reply-To", f"<{ours}>")])
    ledger_id = post.put(reply)
    assert load_line(post.db, ledger_id).outcome is Outcome.REPLY
    assert load_line(post.db, ledger_id).case_id == 1


def test_a_reply_to_the_cases_own_address_reaches_it_when_ids_were_rewritten(post: Post, form: bytes) -> None:
    post.put(a_mail(files=[("form.docx", form)]))
    ledger_id = post.put(a_mail("Yes.", message_id="<3@x>", to=plus_address(MAILBOX, "ESR-2026-0001", post.key)))
    assert load_line(post.db, ledger_id).case_id == 1


def test_our_own_mail_coming_back_starts_nothing(post: Post, form: bytes) -> None:
    mail = a_mail(files=[("form.docx", form)], headers=[("X-Formwright-Loop", loop_token(post.key))])
    assert post.outcomes(post.put(mail)) == ["ignored"]


def test_a_bounce_about_nobody_we_know_is_only_a_line(post: Post) -> None:
    assert post.outcomes(post.put(a_bounce())) == ["bounce"]


def test_a_form_in_the_text_becomes_a_case(post: Post) -> None:
    text = (
        "Request for new supplementary role\n\nName of role: Menopause champion\n"
        "Requester name: Ann Lee\nOrganisation: Northmoor Valley NHS Foundation Trust\n"
        "Level of input: Employee\n"
        "Justification: Staff asked for it in the 2025 survey, 312 of them.\n"
        "Benefits: Fewer absences, 40 days a year.\n"
    )
    ledger_id = post.put(a_mail(text, files=[]))
    assert post.outcomes(ledger_id) == ["sorted", "case"]


def test_a_message_without_a_form_waits_for_a_person(post: Post) -> None:
    assert post.outcomes(post.put(a_mail("When is the next release?"))) == ["no-form"]


@pytest.mark.parametrize(
    "raw",
    [
        b'From: "\r\n\r\nHello',
        b"To: <\r\nSubject: x\r\n\r\nHello",
        b"From: a@b.example\r\nContent-Type: text/plain; a*\r\n\r\n",
    ],
)
def test_headers_that_break_other_parsers_end_in_an_outcome_and_the_next_mail_is_fine(
    post: Post, raw: bytes, form: bytes
) -> None:
    first = post.put(raw)
    assert load_line(post.db, first).outcome is not Outcome.WAITING
    assert "case" in post.outcomes(post.put(a_mail(files=[("form.docx", form)])))


def test_bytes_that_are_no_message_wait_for_a_person_with_the_reason(post: Post) -> None:
    ledger_id = post.put(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    line = load_line(post.db, ledger_id)
    assert line.outcome is Outcome.FAILED
    assert line.note
    assert load_unsorted(post.db) == []


def test_a_message_that_killed_us_three_times_is_not_opened_again(post: Post, form: bytes) -> None:
    receive_message(
        a_mail(files=[("form.docx", form)]),
        mailbox=MAILBOX,
        db=post.db,
        originals=post.settings.originals,
        now=NOW,
        limit_bytes=post.settings.message_limit,
    )
    with transaction(post.db):
        for _ in range(MOST_STARTS):
            note_start(post.db, 1)
    doors.sort_arrived(post.settings, post.db)
    assert [line.outcome for line in load_lines(post.db)] == [Outcome.FAILED]


class _Deadly:
    """In place of the forms: whoever asks it for anything is killed, as by a system that has run out of memory."""

    def __getattr__(self, name: str) -> object:
        os.kill(os.getpid(), signal.SIGKILL)
        return name


@pytest.mark.parametrize(("killed", "outcome"), [(MOST_STARTS - 1, "no-form"), (MOST_STARTS, "failed")])
def test_a_message_whose_child_was_killed_is_opened_again_three_times_at_most(
    post: Post, library: FormLibrary, killed: int, outcome: str
) -> None:
    kept = receive_message(
        a_mail("No form."), mailbox=MAILBOX, db=post.db, originals=post.settings.originals, now=NOW, limit_bytes=10_000
    )
    rules = doors.post_rules(post.settings, post.db)
    for forms in [*[cast(FormLibrary, _Deadly())] * killed, library]:
        sort_arrived(post.settings, post.db, library=forms, rules=rules, now=lambda: NOW)
    assert post.outcomes(kept.ledger_id) == [outcome]


def test_nothing_is_opened_while_the_virus_scanner_is_away_and_nothing_is_lost(
    post: Post, form: bytes, tmp_path: Path
) -> None:
    away = load_settings(
        {"FORMWRIGHT_DATA": str(post.settings.data), "FORMWRIGHT_CLAMD": f"unix://{tmp_path}/no-such-socket"}
    )
    mail = a_mail(files=[("form.docx", form)])
    for _ in range(MOST_STARTS + 1):
        with pytest.raises(UnavailableError, match="virus scanner"):
            post.put(mail, away)
    assert [line.outcome for line in load_lines(post.db)] == [Outcome.WAITING]
    doors.sort_arrived(post.settings, post.db)
    assert load_case_by_reference(post.db, "ESR-2026-0001").status == "reading"


def test_every_part_of_a_message_comes_out_of_the_child_as_it_was(library: FormLibrary, form: bytes) -> None:
    raw = a_mail(
        "Hello",
        html="<p>Hello</p>",
        files=[("form.docx", form), ("inner.eml", a_mail("Inside", files=[("in.docx", form)]), "message/rfc822")],
    )
    from intake.message import read_message

    message, holds_form = open_safely(raw, library)
    assert message == read_message(raw)
    assert not holds_form
    bounce, _ = open_safely(a_bounce(), library)
    assert bounce == read_message(a_bounce())


def test_two_services_pointed_at_each_other_stop_after_one_letter(tmp_path: Path, form: bytes) -> None:
    ours, theirs = Post(tmp_path / "ours"), Post(tmp_path / "theirs")
    ours.put(a_mail(files=[("form.docx", form)], sender="their.team@example.nhs.uk"))
    (receipt,) = load_deliveries(ours.db)
    letter = Letter(receipt.recipient, receipt.subject, receipt.body, "ours@forms.example", is_automatic=True)
    mail = build_mail(letter, sender="Us <us@example.nhs.uk>", address="", loop_token="ours", now=NOW)
    ledger_id = theirs.put(mail.as_bytes())
    assert load_line(theirs.db, ledger_id).outcome is Outcome.IGNORED
    assert load_deliveries(theirs.db) == []


def test_a_sender_forged_below_our_servers_line_is_not_believed(post: Post, form: bytes) -> None:
    mail = a_mail(
        files=[("form.docx", form)],
        headers=[
            ("Authentication-Results", "mx.ours; dmarc=fail header.from=example.nhs.uk"),
            ("Authentication-Results", "mx.ours; dmarc=pass header.from=example.nhs.uk"),
        ],
    )
    post.put(mail)
    (letter,) = load_deliveries(post.db)
    assert "We could not confirm that it came from you" in letter.body
    assert "form.docx" not in letter.body


def test_a_line_break_in_a_subject_ends_in_no_header(post: Post, form: bytes) -> None:
    subject = "=?utf-8?q?Our_form=0D=0ABcc=3A_all=40example=2Enhs=2Euk?="
    raw = a_mail(files=[("form.docx", form)]).replace(b"Subject: Our form", f"Subject: {subject}".encode())
    ledger_id = post.put(raw)
    message = find_message_of_line(post.db, ledger_id)
    assert message is not None
    assert message.subject == "Our form Bcc: all@example.nhs.uk"


def test_a_guessed_reference_joins_nothing_and_shows_a_stranger_nothing(post: Post, form: bytes) -> None:
    post.put(a_mail(files=[("form.docx", form)]))
    hijack = a_mail(
        "Please change it",
        sender="mallory@elsewhere.example",
        subject="Re: ESR-2026-0001",
        message_id="<evil@elsewhere.example>",
        to=plus_address(MAILBOX, "ESR-2026-0001", b"another key altogether"),
    )
    ledger_id = post.put(hijack)
    assert load_line(post.db, ledger_id).case_id is None
    answered = [(letter.recipient, letter.kind, letter.case_id) for letter in load_deliveries(post.db)]
    assert answered == [("mallory@elsewhere.example", "no-form", None), ("ann.lee@example.nhs.uk", "receipt", 1)]


def test_a_receipt_never_goes_where_a_message_asks_for_it(post: Post, form: bytes) -> None:
    asked = [("Reply-To", "victim@elsewhere.example"), ("Disposition-Notification-To", "victim@elsewhere.example")]
    post.put(a_mail(files=[("form.docx", form)], headers=asked))
    assert [letter.recipient for letter in load_deliveries(post.db)] == ["ann.lee@example.nhs.uk"]


def test_a_message_smuggled_behind_a_bare_line_end_is_one_message(post: Post, form: bytes) -> None:
    inner = b"\n.\nMAIL FROM:<a@b.example>\nDATA\nFrom: boss@example.nhs.uk\nSubject: Second\n\nPay up\n.\n"
    post.put(a_mail("First", files=[("form.docx", form)]) + inner)
    assert [line.outcome for line in load_lines(post.db) if line.parent_id is None] == [Outcome.SORTED]


def test_the_receipt_holds_the_requests_private_link(post: Post, form: bytes) -> None:
    known = {"FORMWRIGHT_DATA": str(post.settings.data), "FORMWRIGHT_ADDRESS": "https://forms.example"}
    post.put(a_mail(files=[("form.docx", form)]), load_settings(known))
    token = load_case_by_reference(post.db, "ESR-2026-0001").token
    (letter,) = load_deliveries(post.db)
    assert f"https://forms.example/track/{token}\n" in letter.body
