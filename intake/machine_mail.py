"""Mail that no person wrote: answers of machines, bounces, read receipts, lists, our own; and who may be answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from casework.thread_token import LOOP_HEADER, is_own_message_id, loop_token
from intake.internet_mail import split_head
from intake.message import IncomingMessage, Report
from intake.safe_text import safe_line

MOST_RECIPIENTS = 100


class MachineKind(StrEnum):
    """What kind of machine wrote."""

    OWN = "own"
    BOUNCE = "bounce"
    READ_RECEIPT = "read-receipt"
    AUTO_REPLY = "auto-reply"
    AUTO_GENERATED = "auto-generated"
    DAEMON = "daemon"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What became of a letter for one recipient (RFC 3464 §2.3). `meaning` is plain English for a reviewer.

    `is_final` is whether the letter will not arrive any more; a delay is not final.
    """

    recipient: str
    action: str
    status: str
    diagnostic: str
    meaning: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class MachineMail:
    """Which machine wrote and how that shows. `is_sure` is False where only the subject says so.

    `record_only` mail goes into the ledger and starts nothing. For the other kinds the files are taken in as ever,
    and nothing is sent: a form in a mail of a list or a scanner is a form. `original_id` is the Message-ID, without
    angle brackets, of the letter that a bounce or a read receipt is about.
    """

    kind: MachineKind
    why: str
    is_sure: bool = True
    record_only: bool = True
    original_id: str | None = None
    deliveries: tuple[DeliveryStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class MayAnswer:
    """Whether an automatic answer may go out, and the reason for a reviewer; `to` is the only address it may go to."""

    allowed: bool
    reason: str
    to: str = ""


_DAEMON = re.compile(r"(?i)(mailer-?daemon|postmaster|mail-?delivery(-subsystem)?|bounces?)([+=-].*)?@")
_NO_REPLY = re.compile(r"(?i)(no|do-?not|non)[-_.]?reply([+=-].*)?@|noreply@")
_AWAY = re.compile(
    r"(?i)\s*(automatic reply|auto(matic|mated)?[ -]?(reply|response)|autoreply|out of (the )?office|away from my mail"
    r"|ateb awtomatig|allan o'r swyddfa)\b"
)
_RETURNED = re.compile(
    r"(?i)\s*(undeliverable|undelivered mail|delivery status notification|mail delivery failed"
    r"|delivery (has )?failed|returned mail|failure notice)\b"
)
_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "list-help", "mailing-list")


def machine_mail(message: IncomingMessage, key: bytes) -> MachineMail | None:
    """Which machine wrote the message, or None where a person seems to have. `key` is that of the thread tokens."""
    return (
        _own(message, key)
        or _report(message)
        or _auto_reply(message)
        or _auto_generated(message)
        or _daemon(message)
        or _list(message)
        or _by_subject(message)
    )


def may_answer(message: IncomingMessage, machine: MachineMail | None) -> MayAnswer:
    """Whether an automatic receipt may be sent, by the rules of RFC 3834 §2.

    Only ever to the one From address: never to Reply-To, nor to where a receipt was asked for.
    """
    if machine is not None:
        return MayAnswer(False, f"No receipt was sent: {machine.why}")
    if message.return_path == "":
        return MayAnswer(False, "No receipt was sent: the message gave no address to return to.")
    suppressed = {word.strip().lower() for word in (message.header("x-auto-response-suppress") or "").split(",")}
    if suppressed & {"all", "autoreply"}:
        return MayAnswer(False, "No receipt was sent: the sender's mail system asked for no automatic answers.")
    if message.sender is None or not message.sender.email:
        return MayAnswer(False, "No receipt was sent: the message has no sender's address.")
    if len(message.from_addresses) > 1 or len(message.all_headers("from")) > 1:
        return MayAnswer(False, "No receipt was sent: the message names more than one sender.")
    if _DAEMON.match(message.sender.email) or _NO_REPLY.match(message.sender.email):
        return MayAnswer(False, "No receipt was sent: nobody reads mail to the sender's address.")
    return MayAnswer(True, "", message.sender.email)


def _own(message: IncomingMessage, key: bytes) -> MachineMail | None:
    # Another installation's mark is no business of ours: its mail says auto-submitted as ours does.
    marked = loop_token(key) in message.all_headers(LOOP_HEADER)
    if marked or (message.message_id and is_own_message_id(message.message_id, key)):
        return MachineMail(MachineKind.OWN, "it is a letter of our own that came back.")
    return None


def _report(message: IncomingMessage) -> MachineMail | None:
    report = message.report
    if report is not None and report.kind == "delivery-status":
        deliveries = read_delivery_status(report)
        why = deliveries[0].meaning if deliveries else "it reports on the delivery of a letter."
        original = _original_id(report) or message.in_reply_to
        return MachineMail(MachineKind.BOUNCE, why, original_id=original, deliveries=deliveries)
    if report is not None and report.kind == "disposition-notification":
        read = "it says that a letter was opened."
        return MachineMail(MachineKind.READ_RECEIPT, read, original_id=_original_id(report) or message.in_reply_to)
    failed = message.header("x-failed-recipients")
    if failed is not None or (message.return_path == "" and _RETURNED.match(message.subject)):
        deliveries = tuple(
            DeliveryStatus(safe_line(address, 320), "failed", "", "", _meaning("failed", ""), True)
            for address in (failed or "").split(",")[:MOST_RECIPIENTS]
            if address.strip()
        )
        why = "it says that a letter could not be delivered."
        return MachineMail(MachineKind.BOUNCE, why, original_id=message.in_reply_to, deliveries=deliveries)
    return None


def _auto_reply(message: IncomingMessage) -> MachineMail | None:
    submitted = _word(message, "auto-submitted")
    precedence = _word(message, "precedence")
    answers = any(
        _word(message, name) not in ("", "no") for name in ("x-autoreply", "x-autorespond", "x-autoresponder")
    )
    away = _AWAY.match(message.subject) is not None
    if submitted == "auto-replied" or precedence == "auto_reply" or answers or (submitted not in ("", "no") and away):
        return MachineMail(MachineKind.AUTO_REPLY, "it is an automatic reply, such as an out-of-office note.")
    return None


def _auto_generated(message: IncomingMessage) -> MachineMail | None:
    if _word(message, "auto-submitted") in ("", "no"):
        return None
    # A scanner that mails a signed form says that it is a machine, too.
    bears_files = any(not file.inline for file in message.files)
    why = "it was written by a program, not by a person."
    return MachineMail(MachineKind.AUTO_GENERATED, why, record_only=not bears_files)


def _daemon(message: IncomingMessage) -> MachineMail | None:
    sender = message.sender.email if message.sender else ""
    if message.return_path == "":
        return MachineMail(MachineKind.DAEMON, "it has the empty return path of machine mail.")
    if _DAEMON.match(sender):
        return MachineMail(MachineKind.DAEMON, "it comes from a mail server, not from a person.")
    return None


def _list(message: IncomingMessage) -> MachineMail | None:
    if _word(message, "precedence") in ("list", "bulk", "junk") or any(message.header(name) for name in _LIST_HEADERS):
        return MachineMail(MachineKind.LIST, "it came through a mailing list.", record_only=False)
    return None


def _by_subject(message: IncomingMessage) -> MachineMail | None:
    if _AWAY.match(message.subject) is None:
        return None
    why = "its subject reads like that of an automatic reply."
    return MachineMail(MachineKind.AUTO_REPLY, why, is_sure=False, record_only=False)


def _word(message: IncomingMessage, name: str) -> str:
    """A header's first word in lower case, without comments and parameters."""
    return re.split(r"[;(\s]", (message.header(name) or "").strip().lower(), maxsplit=1)[0]


def read_delivery_status(report: Report) -> tuple[DeliveryStatus, ...]:
    """The recipients of a delivery status notification (RFC 3464), each with what became of the letter."""
    found = []
    for block in re.split(rb"\r?\n[ \t]*\r?\n", report.fields[:500_000])[: MOST_RECIPIENTS + 1]:
        block = block.lstrip(b"\r\n")
        values = dict(reversed(split_head(block, 0, len(block))[0]))
        recipient = values.get("final-recipient") or values.get("original-recipient")
        if recipient is None:
            continue
        action = safe_line(values.get("action", ""), 40).lower()
        status = safe_line(values.get("status", "").partition(" ")[0], 20)
        diagnostic = safe_line(_after_type(values.get("diagnostic-code", "")), 500)
        final = action == "failed" or (action == "" and status.startswith("5"))
        address = safe_line(_after_type(recipient).strip("<>"), 320)
        found.append(DeliveryStatus(address, action, status, diagnostic, _meaning(action, status), final))
    return tuple(found)


def _after_type(value: str) -> str:
    # "rfc822; ann@example.nhs.uk", "smtp; 550 no such user"
    return value.partition(";")[2].strip() if ";" in value else value.strip()


def _original_id(report: Report) -> str | None:
    fields = split_head(report.fields, 0, len(report.fields))[0]
    returned = split_head(report.returned, 0, len(report.returned))[0]
    stated = [value for name, value in fields if name == "original-message-id"]
    stated += [value for name, value in returned if name == "message-id"]
    for value in stated:
        if found := re.search(r"<\s*([^<>\s]{1,900})\s*>", value):
            return safe_line(found[1], 1_000)
    return None


_MEANINGS = {
    "1.1": "There is no such mailbox. The address may be misspelt, or the person may have left.",
    "1.2": "There is no such mail domain. The address may be misspelt.",
    "1.3": "The address is not written as an address should be.",
    "1.6": "The person's mailbox has moved and left no new address.",
    "1.10": "The recipient's organisation accepts no mail.",
    "2.1": "The mailbox has been closed.",
    "2.2": "The mailbox is full.",
    "2.3": "The letter is larger than the mailbox allows.",
    "3.4": "The letter is larger than the recipient's mail system allows.",
    "4.1": "The recipient's mail server did not answer.",
    "4.4": "The recipient's mail server could not be found.",
    "4.6": "The letter went round in a circle between mail servers.",
    "4.7": "The letter could not be delivered in time.",
    "7.1": "The recipient's mail system refused the letter.",
    "7.26": "The recipient's mail system could not verify that the letter came from us.",
}
_CLASSES = {
    "1": "The address was not accepted.",
    "2": "The mailbox did not accept the letter.",
    "3": "The recipient's mail system did not accept the letter.",
    "4": "The letter could not reach the recipient's mail system.",
    "5": "The two mail systems did not understand each other.",
    "6": "The recipient's mail system could not handle the letter's contents.",
    "7": "The recipient's mail system refused the letter for security reasons.",
}


def _meaning(action: str, status: str) -> str:
    """RFC 3463 status codes in plain English."""
    if action == "delivered":
        return "The letter was delivered."
    if action in ("relayed", "expanded"):
        return "The letter was passed on to a system that does not report delivery."
    detail = status.partition(".")[2]
    cause = _MEANINGS.get(detail) or _CLASSES.get(detail.partition(".")[0], "")
    if action == "delayed" or status.startswith("4"):
        return f"The letter is delayed and is still being tried. {cause}".strip()
    return cause or "The letter could not be delivered."
