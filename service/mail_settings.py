"""The settings of the post room: which mailboxes are read, how mail leaves, and as whom we write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from casework.errors import SettingError
from intake.mailbox_address import MailboxAddress, parse_mailbox_addresses
from outputs.relay_address import RelayAddress, parse_relay_address

_ADDRESS = r"[^\s<>,;:()\"\\@]+@[A-Za-z0-9.-]+"
_SENDER = re.compile(rf"{_ADDRESS}|[^<>@,;:()\"\\]*<{_ADDRESS}>", re.ASCII)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail comes and goes. Without mailboxes none is fetched; without a relay letters are there to be copied.

    `sender` is "Name <address>". `plus` is whether mail to address+anything@domain arrives in the mailbox too.
    """

    mailboxes: tuple[MailboxAddress, ...] = ()
    secrets: Path | None = None
    every_seconds: int = 60
    relay: RelayAddress | None = None
    sender: str = ""
    plus: bool = False

    @property
    def sender_address(self) -> str:
        """The bare address that we write from, empty where no mail leaves."""
        return parseaddr(self.sender)[1]

    @property
    def own_addresses(self) -> frozenset[str]:
        """Addresses that are ours, in lower case: nothing automatic is ever sent to them."""
        users = [mailbox.user for mailbox in self.mailboxes]
        return frozenset(found.casefold() for found in (self.sender_address, *users) if "@" in found)


def load_mail_settings(values: Mapping[str, str], every_seconds: int, plus: bool) -> MailSettings:
    """The settings in `values`, named without FORMWRIGHT_; SettingError names the first one that is wrong."""
    mailboxes = parse_mailbox_addresses("FORMWRIGHT_MAILBOXES", values["MAILBOXES"])
    relay = parse_relay_address("FORMWRIGHT_SMTP", values["SMTP"]) if values["SMTP"] else None
    sender = values["MAIL_FROM"].strip()
    if sender and not _SENDER.fullmatch(sender):
        raise SettingError("FORMWRIGHT_MAIL_FROM is no sender. It looks like ESR Development Team <esr@example.nhs.uk>")
    if relay and not sender:
        raise SettingError("FORMWRIGHT_SMTP needs FORMWRIGHT_MAIL_FROM, the sender of our letters.")
    secrets = values["MAIL_SECRETS"]
    if not secrets and (mailboxes or (relay and relay.user)):
        raise SettingError("FORMWRIGHT_MAIL_SECRETS must name the file with the passwords of the mail accounts.")
    path = Path(secrets).expanduser().absolute() if secrets else None
    return MailSettings(mailboxes, path, every_seconds, relay, sender, plus)
