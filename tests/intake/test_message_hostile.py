"""Whatever the bytes, a message comes out or a reason does; and nothing of it grows without bounds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import UnreadableError
from intake.attached import MOST_WRAPPERS
from intake.html_text import html_to_text
from intake.internet_mail import MOST_TEXT, TOO_DEEP, decode_words, parameters
from intake.machine_mail import machine_mail, may_answer
from intake.message import read_message
from intake.raw_message import MOST_PARTS
from intake.safe_text import NAME_LIMIT, safe_file_name, safe_line
from intake.sender import authentication
from tests.builders_mail import (
    PDF,
    PNG,
    Msg,
    a_bounce,
    a_mail,
    a_msg,
    a_read_receipt,
    a_winmail,
    a_zip,
    raw_mail,
    with_part,
)

pytestmark = pytest.mark.pure

HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Disposition", "Content-ID",
    "Content-Transfer-Encoding", "Authentication-Results", "Return-Path", "Thread-Index", "Auto-Submitted",
]  # fmt: skip
PIECES = [
    '"',
    "<",
    ">",
    "=?utf-8?B?",
    "?=",
    "=?",
    ";",
    "*",
    "*0*=",
    "'",
    "(",
    "\\",
    "@",
    ",",
    "\x00",
    "\r",
    "é",
    "\u202e",
    "a",
]

A_VALUE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
WHOLE = [
    a_mail("text", html="<p>hi", files=[("a.pdf", PDF), ("b.zip", a_zip({"a.pdf": PDF}))]),
    a_mail(files=[("winmail.dat", a_winmail({"a.pdf": PDF}, body="b", inner=a_winmail({"c.pdf": PDF})))]),
    a_msg(files={"a.pdf": PDF}, inner=Msg({0x0037: "x"}, files={"b.pdf": PDF})),
    a_bounce(),
    a_read_receipt(),
]


def use(data: bytes) -> None:
    """Everything that is ever asked of a message."""
    try:
        message = read_message(data)
    except UnreadableError:
        return
    authentication(message, {"mx.example.nhs.uk", "unnamed"})
    may_answer(message, machine_mail(message, b"k" * 32))
    assert "\n" not in message.subject
    assert len(message.files) <= MOST_PARTS
    for file in message.files:
        assert 0 < len(file.name) <= NAME_LIMIT
        assert not set(file.name) & set('/\\:*?"<>|\r\n\x00')


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    use(data)
    use(b"From: a@b.uk\r\n" + data)


@given(st.lists(st.tuples(st.sampled_from(HEADERS), A_VALUE), max_size=8), A_VALUE)
def test_any_headers_are_read(headers: list[tuple[str, str]], body: str) -> None:
    use(raw_mail(*(f"{name}: {value}" for name, value in headers), "", body))


@pytest.mark.parametrize("data", WHOLE)
def test_any_cut_or_changed_message_is_read_or_refused(data: bytes) -> None:
    chance = random.Random(len(data))
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        use(bytes(changed))
        use(data[: chance.randrange(len(data))])


@given(st.text(max_size=200))
def test_any_text_becomes_a_line_a_name_and_decoded_words(text: str) -> None:
    assert len(safe_line(text, 50)) <= 50
    assert "\n" not in safe_line(text, 50)
    assert 0 < len(safe_file_name(text)) <= NAME_LIMIT
    decode_words(text)
    parameters(text)
    html_to_text(text)


@pytest.mark.parametrize(
    "line",
    [
        'From: "',
        "To: <",
        "Content-Type: text/plain; a*",
        "Content-Type: text/plain; a*0*=x; a*=y; a*1",
        "Content-Type: multipart/mixed; boundary*",
        'Content-Type: multipart/mixed; boundary=""',
        "Content-Disposition: attachment; filename*=''",
        "Date: 9999999999999999999999999999999999",
        "Date: Fri, 31 Dec 9999 23:59:59 -2359",
        "Message-ID: [",
        "To: " + "(" * 40_000,
        "To: " + "<" * 40_000,
        "Subject: " + "=?utf-8?q?" * 5_000,
        "X-\x00: y",
    ],
)
def test_a_header_that_breaks_parsers_costs_only_itself(line: str) -> None:
    message = read_message(raw_mail("Subject: Our form", line, "", "the text"))
    assert message.subject == "Our form"
    assert "the text" in message.text + "".join(file.data.decode("latin-1") for file in message.files)


def test_300_multiparts_within_each_other_end_in_a_reason() -> None:
    nest = "".join(f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(300))
    message = read_message(raw_mail("Subject: Our form", nest + "\r\nhi"))
    assert [file.problem for file in message.files] == [TOO_DEEP]


def test_300_messages_within_each_other_end_in_a_reason() -> None:
    message = read_message(raw_mail("Subject: Our form", "Content-Type: message/rfc822\r\n\r\n" * 300 + "Subject: x"))
    assert [file.problem for file in message.files] == [TOO_DEEP]
    assert len(message.files[0].path) == MOST_WRAPPERS


def test_10_000_parts_are_counted_and_the_first_ones_kept() -> None:
    part = '--b\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\nx\r\n'
    message = read_message(raw_mail('Content-Type: multipart/mixed; boundary="b"', "", part * 10_000 + "--b--"))
    assert len(message.files) == MOST_PARTS
    assert "9,500 further parts were not opened" in message.oddities


def test_a_zip_of_10_000_files_is_counted_and_the_first_ones_kept() -> None:
    archive = a_zip({f"{number}.txt": b"x" for number in range(9_000)})
    message = read_message(a_mail(files=[("forms.zip", archive)]))
    assert len(message.files) < MOST_PARTS
    assert any("further parts were not opened" in oddity for oddity in message.oddities)


def test_zips_in_forwarded_mails_share_one_bound() -> None:
    archive = a_zip({f"{number}.txt": b"x" for number in range(300)})
    inner = a_mail(files=[("forms.zip", archive)])
    message = read_message(a_mail(files=[("one.eml", inner), ("two.eml", inner)]))
    assert len(message.files) < MOST_PARTS


def test_a_header_of_a_megabyte_is_cut_and_the_message_read() -> None:
    message = read_message(raw_mail("Subject: Our form", "X-Long: " + "a" * 1_000_000, "", "the text"))
    assert message.subject == "Our form"
    assert message.text.strip() == "the text"
    assert "damaged header" in message.oddities


def test_a_text_of_ten_million_characters_is_cut_and_says_so() -> None:
    message = read_message(raw_mail("Subject: Our form", "", "a" * 10_000_000))
    assert len(message.text) == MOST_TEXT
    assert "its text was cut to two million characters" in message.oddities


@pytest.mark.parametrize(
    "piece", ["<", "<!--", '<a b="', "</a ", "<script>", "&", "<![if ", "<div>", "<table><tr><td>"]
)
def test_hostile_html_costs_the_time_of_its_length(piece: str) -> None:
    # Each of these costs a quadratic parser minutes.
    html_to_text(piece * (600_000 // len(piece)))


def test_what_a_bounce_gives_back_is_no_new_form() -> None:
    assert read_message(a_bounce()).files == ()


def test_a_page_is_text_wherever_it_is_shown() -> None:
    message = read_message(
        with_part(["Content-Type: image/png; name=x.png"], PNG, before="<script>alert(1)</script>Hi")
    )
    assert message.text == "Hi"
