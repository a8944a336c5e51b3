"""The files of a message: found in every wrapper, named safely, with dress told from forms."""

from __future__ import annotations

import pytest

from casework.archive import DAMAGED
from casework.model import FileKind
from intake.attached import (
    EMPTY,
    ENCRYPTED_MAIL,
    LOGO_BYTES,
    OTHER_ARCHIVE,
    ZIP_IN_ZIP,
    ZIP_PASSWORD,
    ZIP_RATIO,
    AttachedFile,
)
from intake.internet_mail import NOT_WHOLE
from intake.message import Address, IncomingMessage, read_message
from intake.safe_text import safe_file_name
from tests.builders_mail import (
    PDF,
    PNG,
    Msg,
    a_mail,
    a_msg,
    a_winmail,
    a_zip,
    encoded,
    raw_mail,
    with_part,
    with_password,
)

pytestmark = pytest.mark.pure


def only_file(message: IncomingMessage) -> AttachedFile:
    (file,) = message.files
    return file


def found(message: IncomingMessage) -> list[tuple[tuple[str, ...], str, bytes]]:
    return [(file.path, file.name, file.data) for file in message.files]


def test_an_attached_form_has_its_name_bytes_kind_and_claim() -> None:
    file = only_file(read_message(a_mail(files=[("Our form.pdf", PDF)])))
    assert file == AttachedFile("Our form.pdf", "Our form.pdf", PDF, "application/octet-stream", FileKind.PDF)


def test_two_forms_come_in_their_order() -> None:
    message = read_message(a_mail(files=[("b.pdf", PDF), ("a.pdf", PDF + b"%")]))
    assert [file.name for file in message.files] == ["b.pdf", "a.pdf"]


@pytest.mark.parametrize("headers", [["Content-Type: message/rfc822"], ["Content-Type: application/octet-stream"]])
def test_a_forwarded_mail_gives_its_files_and_its_words(headers: list[str]) -> None:
    inner = a_mail("The form itself", files=[("form.pdf", PDF)], subject="Form of Bob", sender="bob@example.nhs.uk")
    message = read_message(with_part([*headers, 'Content-Disposition: attachment; filename="FW.eml"'], inner))
    assert found(message) == [(("FW.eml",), "form.pdf", PDF)]
    (enclosed,) = message.enclosed
    assert enclosed.path == ("FW.eml",)
    assert enclosed.sender == Address("bob@example.nhs.uk")
    assert (enclosed.subject, enclosed.text) == ("Form of Bob", "The form itself")
    assert message.text == "Please find my form attached."


def test_a_forwarded_mail_without_a_name_is_called_by_its_subject() -> None:
    inner = a_mail(files=[("form.pdf", PDF)], subject="Form: Bob")
    message = read_message(with_part(["Content-Type: message/rfc822"], inner))
    assert only_file(message).path == ("Form_ Bob.eml",)


def test_an_outlook_message_attached_gives_its_files() -> None:
    message = read_message(a_mail(files=[("mail.msg", a_msg(files={"form.pdf": PDF}), "application/vnd.ms-outlook")]))
    assert found(message) == [(("mail.msg",), "form.pdf", PDF)]


def test_a_message_inside_an_outlook_message_gives_its_files() -> None:
    inner = Msg({0x0037: "Inner", 0x1000: "inner words"}, files={"inner.pdf": PDF})
    message = read_message(a_msg(files={"outer.pdf": PDF}, inner=inner))
    assert found(message) == [((), "outer.pdf", PDF), (("Forwarded",), "inner.pdf", PDF)]
    assert [enclosed.text for enclosed in message.enclosed] == ["inner words"]


def test_winmail_dat_gives_files_under_their_long_names_and_its_text() -> None:
    winmail = a_winmail({"Büsiness justification form.pdf": PDF}, body="words in it")
    message = read_message(a_mail("", files=[("winmail.dat", winmail, "application/ms-tnef")]))
    assert found(message) == [(("winmail.dat",), "Büsiness justification form.pdf", PDF)]
    assert message.text == "words in it"


def test_a_message_inside_winmail_dat_gives_its_files() -> None:
    winmail = a_winmail({}, inner=a_winmail({"form.pdf": PDF}))
    message = read_message(a_mail(files=[("winmail.dat", winmail)]))
    assert found(message) == [(("winmail.dat", "forwarded message.eml"), "form.pdf", PDF)]


def test_a_cut_off_winmail_dat_keeps_what_came_and_says_so() -> None:
    winmail = a_winmail({"one.pdf": PDF, "two.pdf": PDF})
    message = read_message(a_mail(files=[("winmail.dat", winmail[:-60])]))
    assert message.oddities == ("winmail.dat: cut off before its end",)
    assert found(message)[0] == (("winmail.dat",), "one.pdf", PDF)


def test_a_changed_byte_in_winmail_dat_is_noticed() -> None:
    winmail = a_winmail({"one.pdf": PDF})
    message = read_message(a_mail(files=[("winmail.dat", winmail.replace(b"%%EOF", b"%%EOG"))]))
    assert only_file(message).problem == NOT_WHOLE


def test_a_zip_of_forms_gives_the_forms_without_the_rubbish_of_a_macintosh() -> None:
    archive = a_zip({"forms/a.pdf": PDF, "__MACOSX/forms/._a.pdf": b"x", "forms/.DS_Store": b"x", "forms/": b""})
    message = read_message(a_mail(files=[("forms.zip", archive, "application/zip")]))
    assert found(message) == [(("forms.zip",), "a.pdf", PDF)]


def test_a_mail_inside_a_zip_is_opened() -> None:
    archive = a_zip({"saved.eml": a_mail(files=[("form.pdf", PDF)])})
    message = read_message(a_mail(files=[("forms.zip", archive)]))
    assert found(message) == [(("forms.zip", "saved.eml"), "form.pdf", PDF)]


def test_a_word_file_or_spreadsheet_is_no_zip_of_forms() -> None:
    package = a_zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    assert only_file(read_message(a_mail(files=[("figures.xlsx", package)]))).path == ()


@pytest.mark.parametrize(
    ("archive", "problem"),
    [
        (with_password(a_zip({"a.pdf": PDF})), ZIP_PASSWORD),
        (a_zip({"inner.zip": a_zip({"a.pdf": PDF})}), ZIP_IN_ZIP),
        (a_zip({"a.txt": b" " * 3_000_000}), ZIP_RATIO),
        (a_zip({}), EMPTY),
        (b"Rar!\x1a\x07\x00" + bytes(50), OTHER_ARCHIVE),
        (b"7z\xbc\xaf'\x1c" + bytes(50), OTHER_ARCHIVE),
    ],
)
def test_an_archive_that_is_not_opened_says_why(archive: bytes, problem: str) -> None:
    assert only_file(read_message(a_mail(files=[("forms.zip", archive)]))).problem == problem


def test_a_damaged_member_of_a_zip_costs_the_others_nothing() -> None:
    archive = a_zip({"a.txt": b"first file", "b.pdf": PDF}, packed=False).replace(b"first file", b"FIRST FILE")
    first, second = read_message(a_mail(files=[("forms.zip", archive)])).files
    assert first.name == "a.txt"
    assert first.problem is not None
    assert (second.name, second.data, second.problem) == ("b.pdf", PDF, None)


def test_a_member_that_lies_about_its_size_is_not_unpacked() -> None:
    archive = a_zip({"a.txt": b"x" * 100_000}).replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    file = only_file(read_message(a_mail(files=[("forms.zip", archive)])))
    assert file.data == b""
    assert file.problem is not None


def test_a_cut_off_zip_is_kept_whole_with_the_reason() -> None:
    archive = a_zip({"a.bin": bytes(range(256)) * 10}, packed=False)
    file = only_file(read_message(a_mail(files=[("forms.zip", archive[:-30])])))
    assert (file.name, file.path, file.problem) == ("forms.zip", (), DAMAGED)
    assert file.data == archive[:-30]


def test_a_logo_that_the_text_shows_is_dress() -> None:
    data = with_part(
        ["Content-Type: image/png; name=logo.png", "Content-ID: <logo@1>", "Content-Transfer-Encoding: base64"],
        encoded(PNG + bytes(LOGO_BYTES // 2)),
        kind="related",
        before='<p>Regards</p><img src="cid:logo%401">',
    )
    assert only_file(read_message(data)).inline


def test_a_large_picture_that_the_text_shows_may_be_a_photographed_form() -> None:
    data = with_part(
        ["Content-Type: image/png; name=image001.png", "Content-ID: <i>", "Content-Transfer-Encoding: base64"],
        encoded(PNG + bytes(LOGO_BYTES)),
        kind="related",
        before='<img src="cid:i">',
    )
    assert not only_file(read_message(data)).inline


@pytest.mark.parametrize(
    ("name", "data", "claimed", "kind"),
    [
        ("form.pdf", PDF, "application/pdf", "related"),
        ("photo.png", PNG, "image/png", "mixed"),
    ],
)
def test_what_a_mail_program_calls_inline_is_still_a_form(name: str, data: bytes, claimed: str, kind: str) -> None:
    headers = [f"Content-Type: {claimed}; name={name}", f"Content-Disposition: inline; filename={name}"]
    message = read_message(with_part([*headers, "Content-Transfer-Encoding: base64"], encoded(data), kind=kind))
    assert not only_file(message).inline


def test_signatures_and_contact_cards_are_dress() -> None:
    message = read_message(
        a_mail(
            files=[("smime.p7s", b"\x30\x80", "application/pkcs7-signature"), ("ann.vcf", b"BEGIN:VCARD", "text/vcard")]
        )
    )
    assert [file.inline for file in message.files] == [True, True]


def test_a_text_file_attached_is_a_file_and_not_the_text() -> None:
    headers = ["Content-Type: text/plain; name=form.txt", "Content-Disposition: inline; filename=form.txt"]
    message = read_message(with_part(headers, "SR number: 123456"))
    assert message.text == "Please find my form attached."
    assert only_file(message).data == b"SR number: 123456"


def test_uuencoded_files_are_taken_out_of_the_text() -> None:
    message = read_message(raw_mail("Subject: x", "", "hello", "begin 644 cat.txt", "#0V%T", "`", "end", "bye"))
    assert message.text.split() == ["hello", "bye"]
    assert found(message) == [((), "cat.txt", b"Cat")]


@pytest.mark.parametrize("body", ["JVBER*i0x", "JVBERi0xLjQKJ"])
def test_broken_base64_is_said_and_kept(body: str) -> None:
    message = read_message(
        with_part(["Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: base64"], body)
    )
    assert only_file(message).problem == NOT_WHOLE
    assert only_file(message).data.startswith(b"%PDF")
    assert "broken base64" in message.oddities


@pytest.mark.parametrize("addition", ["", "\r\n\r\n-- \r\nsent through a list", "\r\n==="])
def test_lines_after_the_padding_do_no_damage(addition: str) -> None:
    headers = ["Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: base64"]
    file = only_file(read_message(with_part(headers, encoded(PDF + b"!!"[: (2 - len(PDF)) % 3]) + addition)))
    assert file.problem is None


def test_a_second_encoded_run_after_the_padding_is_said() -> None:
    headers = ["Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: base64"]
    run = encoded(b"%PDF" + b"x" * 60)
    assert run.endswith("==")
    assert only_file(read_message(with_part(headers, f"{run}\r\n{run}"))).problem == NOT_WHOLE


def test_an_encrypted_part_says_what_to_do() -> None:
    headers = ["Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"]
    message = read_message(with_part(headers, "x"))
    assert only_file(message).problem == ENCRYPTED_MAIL
    assert "encrypted (S/MIME)" in message.oddities


def test_an_empty_file_says_so() -> None:
    assert only_file(read_message(a_mail(files=[("form.pdf", b"")]))).problem == EMPTY


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="form.pdf"', "form.pdf"),
        ("attachment; filename=form (2).pdf", "form (2).pdf"),
        ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
        ("attachment; filename*=UTF-8''B%C3%BCsiness%20form.pdf", "Büsiness form.pdf"),
        ("attachment; filename*=iso-8859-1'en'%A3%20rates.pdf", "£ rates.pdf"),
        ("attachment; filename*=x-unknown''B%C3%BC.pdf", "Bü.pdf"),
        ("attachment; filename=plain.pdf; filename*=UTF-8''starred.pdf", "starred.pdf"),
        ('attachment; filename*0="long "; filename*1="name.pdf"', "long name.pdf"),
        ("attachment; filename*1*=%A9.pdf; filename*0*=UTF-8''caf%C3", "café.pdf"),
        ('attachment; filename="=?utf-8?B?QsO8c2luZXNz?= =?utf-8?Q?_form.pdf?="', "Büsiness form.pdf"),
        ('attachment; filename="=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9.pdf?="', "café.pdf"),
        ('attachment; filename="BÃ¼siness â€“ form.pdf"', "Büsiness – form.pdf"),
        ('attachment; filename="C:\\forms\\form.pdf"', "form.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ('attachment; filename="say \\"hi\\".pdf"', "say _hi_.pdf"),
        ("attachment; filename*", "unnamed file.pdf"),
        ("attachment; a*", "unnamed file.pdf"),
        ("attachment; filename*99999999999999999999*=x", "unnamed file.pdf"),
        ("attachment", "unnamed file.pdf"),
    ],
)
def test_every_way_of_writing_a_name_is_read(header: str, name: str) -> None:
    data = with_part(["Content-Type: application/pdf", f"Content-Disposition: {header}"], PDF)
    assert only_file(read_message(data)).name == name


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_raw_8_bit_name_is_read(charset: str) -> None:
    header = 'Content-Disposition: attachment; filename="Büsiness.pdf"'.encode(charset)
    assert only_file(read_message(with_part([header], PDF))).name == "Büsiness.pdf"


def test_the_original_name_is_kept_beside_the_safe_one() -> None:
    header = 'Content-Disposition: attachment; filename="../CON.pdf"'
    file = only_file(read_message(with_part([header], PDF)))
    assert (file.name, file.original_name) == ("_CON.pdf", "../CON.pdf")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("", "unnamed file"),
        ("...", "unnamed file"),
        ("/", "unnamed file"),
        ("folder/", "folder"),
        ("CON", "_CON"),
        ("con.docx", "_con.docx"),
        ("COM1.docx", "_COM1.docx"),
        ("console.docx", "console.docx"),
        ("a\0b.docx", "ab.docx"),
        ("a\r\nb.docx", "a b.docx"),
        ("invoice\u202excod.exe", "invoicexcod.exe"),
        ("-rf.docx", "_-rf.docx"),
        (".htaccess", "htaccess"),
        ("a:b|c?.docx", "a_b_c_.docx"),
        ("form.docx.", "form.docx"),
        ("..\\..\\form.docx", "form.docx"),
        ("Ffurflen Â£.docx", "Ffurflen £.docx"),
        ("Âge.docx", "Âge.docx"),
    ],
)
def test_a_name_is_made_safe_to_show_and_to_save_under(given: str, shown: str) -> None:
    assert safe_file_name(given) == shown


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_file_name("x" * 400 + ".docx")
    assert len(name) <= 120
    assert name.endswith("x.docx")
