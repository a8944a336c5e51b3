"""One message's words: who, when, in which thread, what was said, and what was odd about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from casework.errors import UnreadableError
from intake.mapi import decompress_rtf
from intake.message import Address, read_message
from tests.builders_mail import PDF, Msg, a_mail, a_msg, raw_mail, with_part

pytestmark = pytest.mark.pure


def test_an_ordinary_mail_says_who_wrote_what_to_whom_and_when() -> None:
    message = read_message(
        a_mail(
            "Hello\n",
            subject="Our form – SR 123456",
            headers=[
                ("Return-Path", "<ann.lee@example.nhs.uk>"),
                ("Delivered-To", "esr.forms@example.nhs.uk"),
                ("Cc", '"Lee, Bob" <bob@example.nhs.uk>, cat@example.nhs.uk'),
                ("Reply-To", "team@example.nhs.uk"),
                ("In-Reply-To", "<ours@formwright.example>"),
                ("References", "<first@example.nhs.uk> <ours@formwright.example>"),
                ("Thread-Topic", "Our form"),
            ],
        )
    )

    assert message.source == "eml"
    assert message.sender == Address("ann.lee@example.nhs.uk", "Ann Lee")
    assert message.to == (Address("esr.forms@example.nhs.uk"),)
    assert message.cc == (Address("bob@example.nhs.uk", "Lee, Bob"), Address("cat@example.nhs.uk"))
    assert message.reply_to == (Address("team@example.nhs.uk"),)
    assert message.delivered_to == (Address("esr.forms@example.nhs.uk"),)
    assert message.return_path == "ann.lee@example.nhs.uk"
    assert message.subject == "Our form – SR 123456"
    assert message.message_id == "one@example.nhs.uk"
    assert message.in_reply_to == "ours@formwright.example"
    assert message.references == ("first@example.nhs.uk", "ours@formwright.example")
    assert message.thread_topic == "Our form"
    assert message.date == datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
    assert message.text == "Hello"
    assert message.files == ()
    assert message.oddities == ()


def test_a_null_return_path_differs_from_an_unknown_one() -> None:
    assert read_message(raw_mail("Return-Path: <>", "", "x")).return_path == ""
    assert read_message(raw_mail("", "x")).return_path is None


def test_headers_keep_their_order_topmost_first() -> None:
    message = read_message(raw_mail("Received: by b", "Received: by a", "", "x"))
    assert message.all_headers("received") == ("by b", "by a")
    assert message.header("RECEIVED") == "by b"
    assert message.header("x-none") is None


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("Subject: =?utf-8?B?Rm9ybQ0KQmNjOiBldmlsQGV4YW1wbGUuY29t?=", "Form Bcc: evil@example.com"),
        ("Subject: a\tb", "a b"),
        ("Subject: =?utf-8?Q?Cost_=E2=80=AE=E2=81=A6fdp.exe?=", "Cost fdp.exe"),
        ("Subject: =?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        ("Subject: =?windows-1252?Q?=A35?= for =?utf-8?B?8J+Yig==?=", "£5 for 😊"),
        ("Subject: =?x-unknown?Q?caf=C3=A9?=", "café"),
        ("Subject: =?utf-8?B?!!!?= form", "form"),
        ("Subject: =?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        ("Subject: folded\r\n over lines", "folded over lines"),
        ("X-Other: 1", ""),
    ],
)
def test_a_subject_is_one_safe_line(header: str, subject: str) -> None:
    assert read_message(raw_mail(header, "", "x")).subject == subject


def test_a_long_subject_is_cut_at_200_characters() -> None:
    assert len(read_message(raw_mail("Subject: " + "word " * 500, "", "x")).subject) <= 200


def test_raw_8_bit_headers_are_read_as_utf_8_or_windows_1252() -> None:
    assert read_message(raw_mail("Subject: café".encode(), "", "x")).subject == "café"
    assert read_message(raw_mail("Subject: café".encode("cp1252"), "", "x")).subject == "café"


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("=?utf-8?Q?Evil=2C_=3Cboss=40example=2Ecom=3E?= <a@b.uk>", (Address("a@b.uk", "Evil, <boss@example.com>"),)),
        ("Ann Lee", (Address("", "Ann Lee"),)),
        ("undisclosed-recipients:;", ()),
        ("a@b.uk, c@d.uk", (Address("a@b.uk"), Address("c@d.uk"))),
        ("<", ()),
        ('"', ()),
        ("(" * 5_000, ()),
    ],
)
def test_addresses_are_divided_before_their_names_are_decoded(value: str, addresses: tuple[Address, ...]) -> None:
    assert read_message(raw_mail(f"To: {value}", "", "x")).to == addresses


def test_two_from_addresses_are_noted() -> None:
    one_header = read_message(raw_mail("", "x", sender="a@b.uk, boss@b.uk"))
    two_headers = read_message(raw_mail("From: boss@b.uk", "", "x"))
    assert "more than one From address" in one_header.oddities
    assert "more than one From address" in two_headers.oddities
    assert two_headers.from_addresses == (Address("ann.lee@example.nhs.uk", "Ann Lee"), Address("boss@b.uk"))


def test_no_from_address_is_noted() -> None:
    assert "no From address" in read_message(b"Subject: x\r\nDate: y\r\n\r\nx").oddities


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Mon, 23 Nov 2026 09:15:00 +0100", datetime(2026, 11, 23, 9, 15, tzinfo=timezone(timedelta(hours=1)))),
        ("Mon, 23 Nov 2026 09:15:00 -0000", datetime(2026, 11, 23, 9, 15, tzinfo=UTC)),
        ("Mon, 99 Nov 2026 09:15:00 +0000", None),
        ("Mon, 23 Nov 9999 09:15:00 +9999", None),
        ("Mon, 23 Nov 1601 09:15:00 +2359", None),
        ("tomorrow", None),
        ("9" * 400, None),
        ("", None),
    ],
)
def test_a_date_has_its_zone_or_is_none(value: str, moment: datetime | None) -> None:
    assert read_message(raw_mail(f"Date: {value}", "", "x")).date == moment


def test_the_plain_text_is_chosen_and_the_html_kept_beside_it() -> None:
    message = read_message(a_mail("plain", html="<p>rich</p>"))
    assert message.text == "plain"
    assert message.html is not None
    assert message.html.strip() == "<p>rich</p>"


def test_html_alone_is_read_as_text_without_scripts_and_with_cells_apart() -> None:
    html = (
        "<html><head><title>t</title><style>p {}</style></head><body><p>Dear&nbsp;team,</p>"
        "<script>alert(1)</script><table><tr><td>SR number</td><td>123456</td></tr>"
        "<tr><td>Title</td><td>Leave<br>types</td></tr></table></body></html>"
    )
    message = read_message(raw_mail("Content-Type: text/html", "", html))
    assert message.text == "Dear team,\n\nSR number\t123456\n\nTitle\tLeave\ntypes"


def test_texts_around_an_attachment_are_one_text() -> None:
    data = raw_mail(
        'Content-Type: multipart/mixed; boundary="b"', "", "--b", "", "before", "--b",
        'Content-Type: application/pdf; name="a.pdf"', "", PDF, "--b", "", "after", "--b--",
    )  # fmt: skip
    message = read_message(data)
    assert message.text == "before\n\nafter"
    assert [file.name for file in message.files] == ["a.pdf"]


@pytest.mark.parametrize("charset", ["x-unknown", "zlib", "punycode", "unicode_escape", "undefined", "'"])
def test_an_unknown_character_set_costs_no_word(charset: str) -> None:
    message = read_message(raw_mail(f"Content-Type: text/plain; charset={charset}", "", "Größe £5"))
    assert message.text.strip() == "Größe £5"
    assert "unknown or wrong character set" in message.oddities


def test_quoted_printable_and_base64_bodies_are_decoded() -> None:
    quoted = raw_mail("Content-Transfer-Encoding: quoted-printable", "", "a=3Db =\r\nc")
    packed = raw_mail("Content-Transfer-Encoding: base64", "", "YT1i")
    assert read_message(quoted).text.strip() == "a=b c"
    assert read_message(packed).text == "a=b"


def test_a_body_without_its_boundary_is_text() -> None:
    message = read_message(raw_mail('Content-Type: multipart/mixed; boundary="b"', "", "no parts here"))
    assert message.text == "no parts here"
    assert "cut off before its end" in message.oddities


def test_a_missing_end_is_noted_and_the_last_part_kept() -> None:
    message = read_message(raw_mail('Content-Type: multipart/mixed; boundary="b"', "", "--b", "", "only half"))
    assert message.text == "only half"
    assert "cut off before its end" in message.oddities


def test_a_delimiter_is_a_whole_line_and_may_have_spaces_after_it() -> None:
    body = ["--b  ", "", "one --b", "--bb", "--b-", "--b--  ", "epilogue"]
    message = read_message(raw_mail('Content-Type: multipart/mixed; boundary="b"', "", "preamble", *body))
    assert message.text == "one --b\n--bb\n--b-"
    assert message.oddities == ()


def test_unix_and_old_macintosh_line_ends_are_read() -> None:
    data = with_part(['Content-Type: application/pdf; name="a.pdf"'], "data")
    for ending in (b"\n", b"\r"):
        message = read_message(data.replace(b"\r\n", ending))
        assert message.text == "Please find my form attached."
        assert [(file.name, file.data) for file in message.files] == [("a.pdf", b"data")]


def test_a_stray_line_among_headers_costs_no_header() -> None:
    message = read_message(raw_mail("X-One: 1", "this is no header", "Subject: Form", "", "text"))
    assert message.subject == "Form"
    assert message.text.strip() == "text"
    assert "damaged header" in message.oddities


def test_a_message_saved_from_an_mbox_is_read() -> None:
    message = read_message(b"From ann Mon Nov 23 09:15:00 2026\n" + a_mail("Hello"))
    assert message.text == "Hello"
    assert message.sender == Address("ann.lee@example.nhs.uk", "Ann Lee")


def test_smuggled_ends_of_data_are_noted() -> None:
    odd = read_message(raw_mail("Subject: x", "", b"one\n.\r\nMAIL FROM:<x>", "two"))
    assert odd.oddities == ("line ends as used to smuggle a second message",)
    assert read_message(raw_mail("Subject: x", "", "one", ".", "two")).oddities == ()
    assert read_message(b"Subject: x\nFrom: a@b.uk\n\none\n.\ntwo\n").oddities == ()


@pytest.mark.parametrize("data", [b"", b" \r\n\r\n"])
def test_nothing_at_all_is_an_empty_message(data: bytes) -> None:
    with pytest.raises(UnreadableError) as problem:
        read_message(data)
    assert problem.value.code == "empty"


@pytest.mark.parametrize("data", [PDF, b"Dear team, here is my form.", b"PK\x03\x04 not a mail", b"\x00" * 50])
def test_what_is_no_message_is_called_so(data: bytes) -> None:
    with pytest.raises(UnreadableError) as problem:
        read_message(data)
    assert problem.value.code == "unsupported"


def test_an_outlook_message_says_the_same_as_a_mail() -> None:
    message = read_message(a_msg(files={"form.pdf": PDF}))
    assert message.source == "msg"
    assert message.sender == Address("ann.lee@example.nhs.uk", "Ann Lee")
    assert message.subject == "Our form"
    assert message.message_id == "one@example.nhs.uk"
    assert message.text == "Please find my form attached."
    assert [(file.name, file.data) for file in message.files] == [("form.pdf", PDF)]
    assert message.oddities == ()


def test_an_outlook_message_that_travelled_keeps_its_transport_headers() -> None:
    transport = (
        "From: Bob <bob@example.nhs.uk>\r\nTo: esr.forms@example.nhs.uk\r\nDate: Mon, 23 Nov 2026 09:15:00 +0000\r\n"
    )
    message = read_message(a_msg({0x007D: transport, 0x0037: "Our form", 0x0C1A: "Ann Lee", 0x1000: "text"}))
    assert message.sender == Address("bob@example.nhs.uk", "Bob")
    assert message.to == (Address("esr.forms@example.nhs.uk"),)
    assert message.subject == "Our form"
    assert message.date == datetime(2026, 11, 23, 9, 15, tzinfo=UTC)


def test_an_old_outlook_message_in_a_code_page_is_read() -> None:
    message = read_message(a_msg({0x0037: "Größe", 0x1000: "naïve – £5"}, codepage=1252))
    assert (message.subject, message.text) == ("Größe", "naïve – £5")


def test_an_old_message_inside_an_outlook_message_is_read_in_its_own_code_page() -> None:
    inner = Msg({0x0037: "Форма", 0x1000: "текст"}, codepage=1251)
    (enclosed,) = read_message(a_msg(inner=inner)).enclosed
    assert (enclosed.subject, enclosed.text) == ("Форма", "текст")


def test_an_exchange_address_is_no_mailbox() -> None:
    message = read_message(a_msg({0x0C1A: "Ann Lee", 0x0C1F: "/O=NHS/OU=X/CN=ANN", 0x1000: "text"}))
    assert message.sender == Address("", "Ann Lee")


def test_rich_text_alone_becomes_a_file_that_can_be_read() -> None:
    rtf = rb"{\rtf1 SR number: 123456}"
    packed = (len(rtf) + 12).to_bytes(4, "little") + len(rtf).to_bytes(4, "little") + b"MELA" + bytes(4) + rtf
    message = read_message(a_msg({0x0037: "Our form", 0x1009: packed}))
    assert [(file.name, file.data) for file in message.files] == [("message.rtf", rtf)]
    assert "its text came as rich text only, and is kept as a file" in message.oddities


def test_compressed_rich_text_is_unpacked() -> None:
    # The first example of [MS-OXRTFCP] 4.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress_rtf(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize("cut", [600, 1_200, 2_000])
def test_a_cut_off_outlook_message_is_corrupt_and_says_what_to_do(cut: int) -> None:
    with pytest.raises(UnreadableError) as problem:
        read_message(a_msg()[:cut])
    assert problem.value.code in ("corrupt", "unsupported")
