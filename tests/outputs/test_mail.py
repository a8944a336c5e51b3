"""What a message of ours looks like on the wire, whatever text went into it."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from casework.errors import RefusedError
from outputs.mail import Letter, build_html, build_mail

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SENDER = "ESR Development Team <esr.forms@example.nhs.uk>"
ADDRESS = "https://forms.example.nhs.uk"
LETTER = Letter("ann.lee@example.nhs.uk", "ESR-2026-0418: received", "We have it.\n", "m1.abc@forms.example.nhs.uk")


def sent(letter: Letter) -> EmailMessage:
    """The message as a mail program sees it after its way over the wire."""
    raw = build_mail(letter, sender=SENDER, address=ADDRESS, loop_token="loop", now=NOW).as_bytes()
    return email.message_from_bytes(raw, policy=policy.default)


def texts(mail: EmailMessage) -> list[str]:
    """What stands in the plain part and in the HTML part."""
    return [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()]


def letter(**changes: object) -> Letter:
    fields = {name: getattr(LETTER, name) for name in LETTER.__slots__}
    return Letter(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_letter_of_a_person_says_who_writes_and_where_answers_go() -> None:
    headers = dict(sent(letter(reply_to="esr.forms+abc@example.nhs.uk", in_reply_to="<their@id>")).items())
    assert {name: headers[name] for name in headers if not name.startswith("Content") and name != "MIME-Version"} == {
        "From": SENDER,
        "To": "ann.lee@example.nhs.uk",
        "Subject": "ESR-2026-0418: received",
        "Date": "Mon, 23 Nov 2026 09:00:00 +0000",
        "Message-ID": "<m1.abc@forms.example.nhs.uk>",
        "Reply-To": "ESR Development Team <esr.forms+abc@example.nhs.uk>",
        "In-Reply-To": "<their@id>",
        "References": "<their@id>",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        "X-Formwright-Loop": "loop",
    }


def test_automatic_messages_say_that_they_are_and_whether_they_answer_something() -> None:
    assert sent(letter(is_automatic=True))["Auto-Submitted"] == "auto-generated"
    assert sent(letter(is_automatic=True, in_reply_to="their@id"))["Auto-Submitted"] == "auto-replied"
    assert "Auto-Submitted" not in sent(LETTER)


def test_word_that_a_message_could_not_be_delivered_is_never_suppressed() -> None:
    suppressed = [item.strip() for item in sent(LETTER)["X-Auto-Response-Suppress"].split(",")]
    assert "NDR" not in suppressed
    assert "All" not in suppressed


def test_both_parts_say_the_same() -> None:
    mail = sent(letter(body="Your request: R&D <x>\n\nReason\nIt is “good”.\n- one\n- two\n", mark="Case mark: abc"))
    plain, html = texts(mail)
    assert plain == "Your request: R&D <x>\n\nReason\nIt is “good”.\n- one\n- two\n\nCase mark: abc\n"
    words = " ".join(lxml_html.fromstring(html).body.text_content().split())
    assert words == "ESR-2026-0418: received Your request: R&D <x> Reason It is “good”. onetwo Case mark: abc"


def test_the_page_has_a_language_a_title_headings_and_lists_and_asks_for_nothing() -> None:
    page = build_html("Received", "Dear all\n\nWhat happens next\n1. We read.\n2. We answer.\nThat is all.\n", ADDRESS)
    root = lxml_html.document_fromstring(page)
    assert (root.get("lang"), root.findtext(".//title"), root.findtext(".//h1")) == ("en-GB", "Received", "Received")
    assert [element.tag for element in root.find(".//div")] == ["h1", "p", "h2", "ol", "p"]
    assert [item.text for item in root.iter("li")] == ["We read.", "We answer."]
    assert [element.tag for element in root.iter("img", "script", "link", "iframe", "form", "style")] == []
    assert "http" not in page


def test_only_our_own_address_becomes_a_link() -> None:
    strangers = f"https://evil.example/ {ADDRESS}.evil.example/ {ADDRESS}@evil.example"
    body = f"See {ADDRESS}/track/x1 (or {ADDRESS}).\n{strangers}\n"
    links = [link.get("href") for link in lxml_html.fromstring(build_html("S", body, ADDRESS)).iter("a")]
    assert links == [f"{ADDRESS}/track/x1", ADDRESS]
    assert list(lxml_html.fromstring(build_html("S", body, "")).iter("a")) == []


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ann",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "Ann <a@b.example>",
        "a@b@c.example",
        "“a”@b.example",
        "group: a@b.example;",
        "a@[127.0.0.1]",
        "a b@c.example",
        "é@b.example",
        "a..b@c.example",
        ".@c.example",
    ],
)
def test_what_is_no_single_address_is_never_written_to(recipient: str) -> None:
    with pytest.raises(RefusedError, match="no address that can be written to"):
        build_mail(letter(recipient=recipient), sender=SENDER, address=ADDRESS, loop_token="loop", now=NOW)


@given(subject=st.text(), body=st.text(), answered=st.text(), mark=st.text())
def test_no_text_adds_a_header_a_part_or_a_recipient(subject: str, body: str, answered: str, mark: str) -> None:
    mail = sent(letter(subject=subject, body=body, in_reply_to=answered, mark=mark))
    assert len(mail.keys()) == len(set(mail.keys()))
    assert set(mail.keys()) <= set(sent(letter(in_reply_to="a@b", is_automatic=True)).keys())
    assert mail["To"] == "ann.lee@example.nhs.uk"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert mail.defects == []


@given(st.text())
def test_no_text_becomes_markup(body: str) -> None:
    root = lxml_html.document_fromstring(build_html("S", body, ADDRESS))
    assert {element.tag for element in root.find(".//div").iter()} <= {"div", "h1", "h2", "p", "br", "ol", "ul", "li"}


def test_direction_marks_cannot_turn_a_text_round() -> None:
    plain, html = texts(sent(letter(body="exe.\u202efdp\x07 ok")))
    assert plain == "exe.fdp ok\n"
    assert "exe.fdp ok" in html
