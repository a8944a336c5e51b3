"""E-mails that are broken, odd or hostile, most of them with a completed request for a supplementary role."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.builders_mail import PNG, a_bounce, a_mail, a_winmail, a_zip, encoded, raw_mail, with_part
from tests.catalogue.word_files import form
from tests.catalogue.zip_files import MIB, bomb, zip_file

OURS = "mx.formwright.example"
"""The mail server whose word is taken for who a sender is."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NAME = "request.docx"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message. `forms` are read from it; `said` is a piece of each thing that a reviewer is told, in any order.

    `answered` is whether a receipt may go out, and `verdict` what is thought of its sender.
    """

    row: int
    name: str
    how: str
    make: Callable[[], bytes]
    forms: int = 1
    said: tuple[str, ...] = ()
    answered: bool = True
    verdict: str = "unverified"


def with_form(text: str = "Please find my form attached.", **about: object) -> bytes:
    """A message with the completed form attached."""
    return a_mail(text, files=[(_NAME, form(), _WORD)], **about)  # type: ignore[arg-type]


def logo_only() -> bytes:
    """A message whose text shows a picture that came with it."""
    shown = ["Content-Type: image/png", "Content-ID: <l>", "Content-Transfer-Encoding: base64"]
    return with_part(shown, encoded(PNG), kind="related", before='<p>See my form</p><img src="cid:l">')


def marked(*headers: tuple[str, str]) -> bytes:
    """The same with headers that a server or a machine wrote."""
    return with_form(headers=headers)


def plain(*headers: tuple[str, str], subject: str = "Away") -> bytes:
    """A message without any file, with these headers."""
    return a_mail("I am away until Monday.", headers=headers, subject=subject)


def one_part(*headers: str | bytes, body: bytes | str | None = None) -> bytes:
    """A message whose one attachment has exactly these headers."""
    return with_part([*headers, "Content-Transfer-Encoding: base64"], encoded(form()) if body is None else body)


def named(disposition: str) -> bytes:
    """A message whose form has this name, as it stands in the header."""
    return one_part(f"Content-Type: {_WORD}", f"Content-Disposition: attachment; {disposition}")


def nested(levels: int) -> bytes:
    """Parts within parts."""
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{at}"\r\n\r\n--b{at}\r\n' for at in range(levels))
    return f"From: Ann Lee <ann.lee@example.nhs.uk>\r\nSubject: x\r\nMIME-Version: 1.0\r\n{opening}\r\nx".encode()


def parts(count: int) -> bytes:
    """One message of very many parts."""
    body = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * count
    head = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return f"From: Ann Lee <ann.lee@example.nhs.uk>\r\n{head}{body}--b--\r\n".encode()


def from_line(line: str) -> bytes:
    """A message with the form, and this From header."""
    return with_form(sender=None).replace(b"To: ", f"From: {line}\r\nTo: ".encode(), 1)


def checked(result: str, server: str = OURS) -> bytes:
    """A message that passed a server which wrote down what it found out about the sender."""
    return marked(("Authentication-Results", f"{server}; {result}"))


_PASSED = (
    "spf=pass smtp.mailfrom=example.nhs.uk; dkim=pass header.d=example.nhs.uk; dmarc=pass header.from=example.nhs.uk"
)
_FAILED = "spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=fail header.from=example.nhs.uk"
_CRASHING = (
    ("from-quote", 'From: "', "more than one From"),
    ("to-bracket", "To: <"),
    ("parameter-star", "Content-Type: text/plain; a*"),
    ("date-zone", "Date: Mon, 23 Nov 2026 09:15:00 +99999999", "damaged header"),
    ("message-id", "Message-ID: <"),
    ("encoded-word", "Subject: =?utf-8?b?=?="),
    ("disposition", "Content-Disposition: attachment; filename*=%", "kind of file that we do not know"),
)
_NAMES = (
    ("plain", 'filename="request.docx"'),
    ("path", 'filename="../../etc/passwd.docx"'),
    ("windows-path", 'filename="C:\\\\Users\\\\ann\\\\request.docx"'),
    ("nul", 'filename="request\0.docx"'),
    ("device", 'filename="CON.docx"'),
    ("long", f'filename="{"x" * 5000}.docx"'),
    ("rtlo", 'filename="request\u202excod.exe"'),
    ("empty", 'filename=""'),
    ("markup", 'filename="<img src=x onerror=alert(1)>.docx"'),
    ("no-name", "size=1"),
    ("rfc2231", "filename*0*=utf-8''re%71; filename*1=uest.docx"),
    ("conflict", "filename=a.exe; filename=request.docx"),
)
_NO_FORM = "there is no form in it that we know"


def _mails() -> list[Mail]:
    silent = {"answered": False}
    return [
        Mail(59, "no-attachment", "words only", lambda: a_mail("See my form."), 0, (_NO_FORM,)),
        Mail(59, "logo-only", "a logo in the signature", logo_only, 0, (_NO_FORM, "shown in the message")),
        Mail(
            59,
            "form-and-logo",
            "a form, and a logo",
            lambda: a_mail(files=[(_NAME, form(), _WORD), ("logo.png", PNG, "image/png")]),
            said=("could not read any words",),
        ),
        Mail(
            59,
            "two-forms",
            "two forms",
            lambda: a_mail(files=[(_NAME, form(), _WORD), ("other.docx", form("<w:p/>"), _WORD)]),
            2,
        ),
        Mail(
            60,
            "forwarded-eml",
            "a message within the message",
            lambda: a_mail(files=[("mail.eml", with_form(), "application/octet-stream")]),
        ),
        Mail(
            60,
            "tnef",
            "winmail.dat",
            lambda: a_mail(files=[("winmail.dat", a_winmail({_NAME: form()}), "application/ms-tnef")]),
        ),
        Mail(
            60,
            "zip",
            "a zip of forms",
            lambda: a_mail(files=[("forms.zip", a_zip({_NAME: form()}), "application/zip")]),
        ),
        Mail(
            60,
            "zip-bomb",
            "a zip that unpacks to 10 GiB",
            lambda: a_mail(files=[("forms.zip", zip_file([bomb(_NAME, 10_240 * MIB)]), "application/zip")]),
            0,
            (_NO_FORM, "not opened"),
        ),
        Mail(60, "octet-stream", "a form that claims to be nothing", lambda: a_mail(files=[("x", form())])),
        Mail(
            61,
            "broken-base64",
            "letters that are no base64",
            lambda: one_part(f'Content-Type: {_WORD}; name="{_NAME}"', body=encoded(form())[:900] + "!!!"),
            0,
            (_NO_FORM, "broken base64", "damaged on its way"),
        ),
        Mail(
            61,
            "truncated",
            "cut off in the attachment",
            lambda: with_form()[:-900],
            0,
            (_NO_FORM, "cut off", "did not arrive whole"),
        ),
        Mail(
            61,
            "smime",
            "encrypted",
            lambda: a_mail(files=[("smime.p7m", b"0\x80", "application/pkcs7-mime")]),
            0,
            (_NO_FORM, "encrypted (S/MIME)", "encrypted for a mail program"),
        ),
        Mail(
            62,
            "auto-replied",
            "an out-of-office note",
            lambda: plain(("Auto-Submitted", "auto-replied")),
            0,
            (_NO_FORM,),
            **silent,
        ),
        Mail(
            62,
            "auto-generated",
            "written by a machine",
            lambda: plain(("Auto-Submitted", "auto-generated")),
            0,
            (_NO_FORM,),
            **silent,
        ),
        Mail(
            62, "null-sender", "no address to return to", lambda: plain(("Return-Path", "<>")), 0, (_NO_FORM,), **silent
        ),
        Mail(
            62,
            "daemon",
            "from a mail server",
            lambda: a_mail("Undelivered.", sender="MAILER-DAEMON@example.nhs.uk"),
            0,
            (_NO_FORM,),
            **silent,
        ),
        Mail(62, "dsn", "a bounce", a_bounce, 0, (_NO_FORM,), **silent),
        Mail(63, "list", "a form by way of a mailing list", lambda: marked(("List-Id", "<esr.example>")), **silent),
        Mail(63, "precedence-bulk", "a form marked as bulk", lambda: marked(("Precedence", "bulk")), **silent),
        Mail(
            63,
            "suppress",
            "a form that wants no automatic answer",
            lambda: marked(("X-Auto-Response-Suppress", "All")),
            **silent,
        ),
        Mail(64, "dmarc-pass", "a sender whose domain vouches", lambda: checked(_PASSED), verdict="verified"),
        Mail(64, "dmarc-fail", "a sender whose domain disowns it", lambda: checked(_FAILED), verdict="failed"),
        Mail(64, "forged-authres", "a result that the sender wrote", lambda: checked(_PASSED, "mx.evil.example")),
        Mail(
            64,
            "two-from",
            "two senders",
            lambda: from_line("Ann <a@example.nhs.uk>\r\nFrom: Bo <b@example.nhs.uk>"),
            said=("more than one From",),
            **silent,
        ),
        Mail(64, "no-from", "no sender", lambda: with_form(sender=None), said=("no From",), **silent),
        Mail(65, "no-message-id", "without an id", lambda: with_form(message_id=None)),
        Mail(
            66,
            "subject-crlf",
            "a subject that holds another header",
            lambda: with_form(subject="x").replace(
                b"Subject: x", b"Subject: =?utf-8?q?x=0D=0ABcc:_all=40example.org?="
            ),
        ),
        Mail(
            66,
            "receipt-request",
            "asks for a receipt elsewhere",
            lambda: marked(("Disposition-Notification-To", "other@example.org"), ("Reply-To", "other@example.org")),
        ),
        Mail(
            66,
            "html-xss",
            "a script in its text",
            lambda: with_form(html="<script>alert(1)</script><p onclick=x>See form</p>"),
        ),
        *(
            Mail(
                67,
                f"crash-{name}",
                f"the header {line.partition(':')[0]} broken off",
                partial(raw_mail, line, "Subject: x", "", "Hello"),
                0,
                (_NO_FORM, *said),
                name != "from-quote",
            )
            for name, line, *said in _CRASHING
        ),
        *(Mail(68, f"name-{name}", "the attachment's name", partial(named, line)) for name, line in _NAMES),
        Mail(
            69, "nest-300", "300 parts inside one another", partial(nested, 300), 0, (_NO_FORM, "cut off", "too deep")
        ),
        Mail(69, "10000-parts", "10,000 parts", partial(parts, 10_000), 0, (_NO_FORM, "further parts were not opened")),
        Mail(
            69,
            "header-1mb",
            "a header of a megabyte",
            lambda: with_form().replace(b"To: ", b"X-Long: " + b"x " * 500_000 + b"\r\nTo: ", 1),
            0,
            (_NO_FORM, "damaged header"),
        ),
        Mail(
            69,
            "smuggle",
            "a second message behind the first",
            lambda: with_form().replace(b"attached.", b"attached.\n.\nMAIL FROM:<x>", 1),
            said=("smuggle",),
        ),
        Mail(
            69,
            "date-silly",
            "written in the year 99999",
            lambda: with_form().replace(b"23 Nov 2026", b"99 Nov 99999"),
            said=("damaged header",),
        ),
        Mail(
            69,
            "charset-unknown",
            "letters in a set that nobody knows",
            lambda: with_form().replace(b'charset="utf-8"', b'charset="x-klingon"', 1),
            said=("character set",),
        ),
        Mail(
            69,
            "text-10mb",
            "a text of ten million letters",
            lambda: a_mail(base64.b64encode(bytes(30)).decode() * 250_000),
            0,
            (_NO_FORM, "cut to two million"),
        ),
    ]


MAILS = _mails()
