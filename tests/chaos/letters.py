"""What the chaos run mails to the service, every kind of letter of people and machines, and what may become of each."""

from __future__ import annotations

import email
import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

from casework.form import FormLibrary
from casework.reference import parse_reference
from outputs.blank import fill_blank
from store.ledger import Outcome
from tests.builders_mail import a_bounce, a_mail, a_zip, encoded

TEAM = "esr.forms@example.nhs.uk"
BOXES = ("forms", "team")
"""Two mailboxes: in the first, messages are marked as read; in the second, moved."""

GONE = "has-left"
"""How the address of somebody begins whose mail server refuses our letters for good."""

RECEIPT = "we have received your form"
TOO_LARGE = 2_600_000

OPENINGS = {
    "one form": 215, "two forms": 25, "zip of two": 15, "no Message-ID": 10, "Message-ID used again": 30,
    "form sent again": 20, "to both mailboxes": 15, "words only": 20, "after-thought": 15, "damaged": 20,
    "too large": 3, "out of office": 20, "person has left": 7,
}  # fmt: skip
"""Of each thousand messages, how many begin something."""

ANSWERS = {
    "answer": 150, "answer by another": 25, "corrected form": 40, "automatic answer": 50, "bounce": 40,
    "our own letter": 30,
}  # fmt: skip
"""Of each thousand messages, how many answer a receipt; what is missing to a thousand are redeliveries."""


@dataclass(frozen=True)
class Form:
    """One filled-in form: what it is found by, and the name that must be read in it."""

    sha256: str
    data: bytes
    person: str
    key: str


@dataclass
class Letter:
    """One message as its sender meant it. `copies` are its different bytes: the first, and redelivered ones.

    `forms` each open a case, unless they are a correction: then they are a new version for `reference`. `about` is
    whom or what it looks back at.
    """

    kind: str
    sender: str
    box: str
    copies: list[bytes]
    outcomes: frozenset[Outcome]
    message_id: str | None = None
    forms: tuple[Form, ...] = ()
    is_correction: bool = False
    reference: str = ""
    about: str = ""

    @property
    def is_form(self) -> bool:
        return bool(self.forms)


@dataclass(frozen=True)
class Post:
    """One delivery into one mailbox."""

    box: str
    raw: bytes


@dataclass
class _Receipt:
    """A receipt as it reached the sender of `base`, and the kinds of answers that were given to it."""

    mail: EmailMessage
    raw: bytes
    reference: str
    base: Letter
    is_single: bool
    answers: set[str] = field(default_factory=set)


@dataclass
class Sender:
    """Writes all letters of one run. `budget` says how many of each kind are still to be written."""

    chance: random.Random
    library: FormLibrary
    opens: dict[str, int]
    answers: dict[str, int]
    twins: int
    letters: list[Letter] = field(default_factory=list)
    redelivered: dict[str, int] = field(default_factory=lambda: {"same bytes": 0, "other headers": 0})
    _receipts: list[_Receipt] = field(default_factory=list)
    _number: int = 0

    @classmethod
    def of(cls, messages: int, chance: random.Random, library: FormLibrary) -> Sender:
        """For a run of so many messages, every kind at least once."""
        share = {kind: max(1, each * messages // 1000) for kind, each in (OPENINGS | ANSWERS).items()}
        opens, answers = ({kind: share[kind] for kind in kinds} for kinds in (OPENINGS, ANSWERS))
        twins = messages - sum(share.values())
        if twins < 1:
            raise ValueError(f"{messages} messages are too few for every kind")
        return cls(chance, library, opens, answers, twins)

    def begin(self) -> list[Post]:
        """All openings, each kind that looks back at a letter after it was written, and three quarters of the twins."""
        looks_back = ("Message-ID used again", "form sent again", "to both mailboxes", "after-thought")
        posts = []
        for kind, count in sorted(self.opens.items(), key=lambda found: found[0] in looks_back):
            posts += [self._post(self._open(kind)) for _ in range(count)]
        posts += [self._twin() for _ in range(self.twins * 3 // 4)]
        self.twins -= self.twins * 3 // 4
        self.chance.shuffle(posts)
        return posts

    def answers_left(self) -> int:
        return sum(self.answers.values())

    def note_receipt(self, raw: bytes) -> None:
        """A letter of ours reached somebody: where it is a receipt for a form, it may be answered from now on."""
        receipt = email.message_from_bytes(raw, policy=policy.default)
        reference = parse_reference(str(receipt["Subject"]))
        forms = [found for found in self.letters if found.is_form and found.sender == receipt["To"]]
        is_known = any(found.mail["Message-ID"] == receipt["Message-ID"] for found in self._receipts)
        if RECEIPT in receipt["Subject"] and reference is not None and forms and not is_known:
            # Which of two forms a receipt is about, a sender knows; ours correct a form only where they sent one.
            is_single = len(forms) == 1 and len(forms[0].forms) == 1
            self._receipts.append(_Receipt(receipt, raw, reference, forms[0], is_single))

    def answer(self, *, again: bool) -> Post | None:
        """An answer to a receipt that has none; with `again`, none of this kind. None where no receipt is left."""
        kinds = [kind for kind, left in self.answers.items() if left]
        may = [
            (kind, receipt)
            for receipt in self._receipts
            if again or not receipt.answers
            for kind in kinds
            if kind not in receipt.answers and (receipt.is_single or kind != "corrected form")
        ]
        if not may:
            return None
        receipts = {id(receipt): receipt for _, receipt in may}
        receipt = self.chance.choice(list(receipts.values()))
        kinds = [kind for kind, found in may if found is receipt]
        kind = self.chance.choices(kinds, [self.answers[kind] for kind in kinds])[0]
        self.answers[kind] -= 1
        receipt.answers.add(kind)
        letter = self._reply(kind, receipt)
        self.letters.append(letter)
        return self._post(letter)

    def last_twins(self) -> list[Post]:
        """The redeliveries that were kept for the end, when answers are among the letters."""
        posts = [self._twin() for _ in range(self.twins)]
        self.twins = 0
        return posts

    # -- openings ------------------------------------------------------------------------------------------------------

    def _open(self, kind: str) -> Letter:
        self._number += 1
        number = self._number
        sender = f"person.{number}@trust{number % 7}.example"
        letter = Letter(kind, sender, self.chance.choice(BOXES), [], frozenset({Outcome.SORTED}))
        letter.message_id = f"<{number}.{self.chance.randrange(1 << 32):x}@trust.example>"
        forms: tuple[Form, ...] = ()
        headers: list[tuple[str, str]] = []
        text, files = f"Dear team, please find our form. This is letter {number}.", []
        match kind:
            case "one form" | "no Message-ID" | "person has left":
                forms = (self._form(number),)
                letter.message_id = None if kind == "no Message-ID" else letter.message_id
                letter.sender = f"{GONE}.{number}@trust.example" if kind == "person has left" else sender
            case "two forms" | "zip of two":
                forms = (self._form(number), self._form(number, second=True))
            case "Message-ID used again":
                base = self._earlier(kind)
                letter.about = base.sender
                letter.message_id, letter.sender, letter.box = base.message_id, base.sender, base.box
                forms = (self._form(number),)
            case "form sent again" | "to both mailboxes":
                base = self._earlier(kind)
                letter.about = letter.sender = base.sender
                files = [(f"form-{number}.docx", base.forms[0].data)]
                if kind == "to both mailboxes":
                    letter.copies, letter.message_id = [base.copies[0]], base.message_id
                    letter.box = next(box for box in BOXES if box != base.box)
            case "words only":
                letter.outcomes = frozenset({Outcome.NO_FORM})
            case "after-thought":
                base = self._earlier(kind)
                letter.about = letter.sender = base.sender
                letter.box = base.box
                headers = [("In-Reply-To", str(base.message_id))]
                # What it belongs to may not have come yet.
                letter.outcomes = frozenset({Outcome.REPLY, Outcome.NO_FORM})
            case "damaged":
                letter.copies, letter.message_id = [self._damaged(number, sender)], None
                letter.outcomes = frozenset({Outcome.NO_FORM, Outcome.FAILED, Outcome.SORTED, Outcome.IGNORED})
            case "too large":
                files = [("scan.pdf", self.chance.randbytes(TOO_LARGE))]
                letter.outcomes = frozenset({Outcome.REFUSED})
            case "out of office":
                headers = [("Auto-Submitted", "auto-replied")]
                letter.outcomes = frozenset({Outcome.IGNORED})
        if kind == "zip of two":
            files = [("forms.zip", a_zip({f"form-{number}-{form.key}.docx": form.data for form in forms}))]
        elif forms:
            files = [(f"form-{number}-{form.key}.docx", form.data) for form in forms]
        letter.forms = forms
        letter.copies = letter.copies or [self._mail(letter, text, files=files, headers=headers)]
        self.letters.append(letter)
        return letter

    def _form(self, number: int, *, second: bool = False, like: Form | None = None) -> Form:
        form = self.library.forms[(number + second) % len(self.library.forms)]
        if like is not None:
            form = next(found for found in self.library.forms if found.key == like.key)
        person = f"Person {number}{' the second' if second else ''}{', corrected' if like else ''}"
        data = fill_blank(form, self.library, {"requester_name": person})
        return Form(hashlib.sha256(data).hexdigest(), data, person, form.key)

    def _earlier(self, kind: str) -> Letter:
        """A letter with one form that no other letter of this kind looks back at."""
        taken = {found.about for found in self.letters if found.kind == kind}
        return self.chance.choice(
            [letter for letter in self.letters if letter.kind == "one form" and letter.sender not in taken]
        )

    def _damaged(self, number: int, sender: str) -> bytes:
        """No message as it should be; where a form is in it, it is cut off."""
        mail = a_mail(
            f"Letter {number}", files=[("form.docx", self._form(number).data)], sender=sender, message_id=None
        )
        noise = bytes(self.chance.choice(range(33, 255)) for _ in range(400))
        return self.chance.choice(
            [
                b'From: "\r\nSubject: Letter %d\r\n\r\nHello\r\n' % number,
                b"From: %s\r\nTo: <\r\nContent-Type: text/plain; a*\r\n\r\nLetter %d\r\n" % (sender.encode(), number),
                noise + b"\r\n" + noise,
                mail[: len(mail) // 2],
                b"From: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                b"Content-Type: application/octet-stream; name=form.docx\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                b"%s\r\n" % (sender.encode(), encoded(self._form(number).data[:9_000]).encode().replace(b"A", b"*")),
            ]
        )

    # -- answers to our letters ----------------------------------------------------------------------------------------

    def _reply(self, kind: str, answered: _Receipt) -> Letter:
        self._number += 1
        number = self._number
        base, receipt, reference = answered.base, answered.mail, answered.reference
        ours = str(receipt["Message-ID"]).strip()
        letter = Letter(kind, base.sender, base.box, [], frozenset({Outcome.REPLY}))
        letter.message_id, letter.reference, letter.about = f"<{number}.re@trust.example>", reference, ours
        headers, text, files, to = [("In-Reply-To", ours)], f"It is for 40 managers. Letter {number}.", [], TEAM
        match kind:
            case "answer":
                way = self.chance.randrange(3)
                headers = headers if way == 0 else []
                to = str(receipt["Reply-To"]) if way == 1 else TEAM
                body = receipt.get_body(("plain",))
                quoted = body.get_content().splitlines() if body is not None else []
                text += "\n\nYou wrote:\n" + "\n".join(f"> {line}" for line in quoted) if way == 2 else ""
            case "answer by another":
                letter.sender, letter.outcomes = f"colleague.{number}@trust.example", frozenset({Outcome.TO_CONFIRM})
            case "corrected form":
                letter.forms, letter.is_correction = (self._form(number, like=base.forms[0]),), True
                files = [("corrected.docx", letter.forms[0].data)]
            case "automatic answer":
                headers += [("Auto-Submitted", "auto-replied")]
                letter.outcomes = frozenset({Outcome.IGNORED})
            case "bounce":
                letter.copies, letter.message_id = [a_bounce(recipient=base.sender, original_id=ours)], None
                letter.outcomes = frozenset({Outcome.BOUNCE})
            case "our own letter":
                letter.copies, letter.message_id = [answered.raw], ours
                letter.outcomes = frozenset({Outcome.IGNORED})
        letter.copies = letter.copies or [self._mail(letter, text, files=files, headers=headers, to=to)]
        return letter

    def _mail(
        self,
        letter: Letter,
        text: str,
        *,
        files: Sequence[tuple[str, bytes]] = (),
        headers: Sequence[tuple[str, str]] = (),
        to: str = TEAM,
    ) -> bytes:
        return a_mail(
            text, files=files, sender=letter.sender, to=to, subject=f"{letter.kind} of {letter.sender}",
            message_id=letter.message_id, headers=[("Return-Path", f"<{letter.sender}>"), *headers],
        )  # fmt: skip

    # -- what a mail system delivers twice -----------------------------------------------------------------------------

    def _twin(self) -> Post:
        """A letter once more: the same bytes, or with the headers of another way through the mail system."""
        letter = self.chance.choice(self.letters)
        if self.chance.random() < 0.5 or letter.message_id is None or letter.kind == "too large":
            self.redelivered["same bytes"] += 1
            return Post(letter.box, self.chance.choice(letter.copies))
        self.redelivered["other headers"] += 1
        way = b"Received: from mx%d.example by mail.test; Mon, 23 Nov 2026 09:%02d:00 +0000\r\n" % (
            self.chance.randrange(1 << 30), self.chance.randrange(60),
        )  # fmt: skip
        letter.copies.append(way + letter.copies[0])
        return Post(letter.box, letter.copies[-1])

    @staticmethod
    def _post(letter: Letter) -> Post:
        return Post(letter.box, letter.copies[0])


def as_served(raw: bytes, limit: int) -> bytes:
    """What the service keeps of a message: all of it as IMAP has it, or its head where it is over the limit."""
    lines = re.sub(rb"(?<!\r)\n", b"\r\n", raw)
    head, end, _ = lines.partition(b"\r\n\r\n")
    return lines if len(lines) <= limit else head + end
