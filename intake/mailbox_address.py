"""Where a mailbox is and what becomes of a message in it once it is in the ledger; holds no secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

from casework.errors import SettingError

_EXAMPLE = "imaps://esr.forms%40example.nhs.uk@outlook.office365.com/INBOX?done=Formwright"
_PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """One folder of one account. TLS from the first byte, or by STARTTLS where `starttls`; never without.

    `done` is the folder that messages are moved to once they are in the ledger; where it is empty they are marked as
    read. Messages that reached the mailbox before `since` are left alone.
    """

    user: str
    host: str
    port: int
    starttls: bool = False
    folder: str = "INBOX"
    done: str = ""
    since: date | None = None

    @property
    def name(self) -> str:
        """What the mailbox is called in the record and to people."""
        return self.user if self.folder.upper() == "INBOX" else f"{self.user}/{self.folder}"


def parse_mailbox_addresses(setting: str, text: str) -> tuple[MailboxAddress, ...]:
    """The mailboxes that `text` names, divided by spaces or line ends; SettingError names `setting`, no address."""
    found = tuple(_parse(setting, number, item) for number, item in enumerate(text.split(), start=1))
    names = [address.name for address in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SettingError(f"{setting} names {twice[0]} more than once.")
    return found


def _parse(setting: str, number: int, text: str) -> MailboxAddress:
    # The address may hold a password by mistake, so no message repeats it.
    wrong = SettingError(f"{setting}: address {number} is no mailbox. It looks like {_EXAMPLE}")
    try:
        parts = urlsplit(text)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        port = parts.port or _PORTS.get(parts.scheme, 0)
        since = date.fromisoformat(options["since"][0]) if "since" in options else None
    except ValueError:
        raise wrong from None
    if parts.scheme not in _PORTS or not parts.username or not parts.hostname or set(options) - {"done", "since"}:
        raise wrong
    if parts.password:
        raise SettingError(f"{setting}: address {number} holds a password. It belongs into FORMWRIGHT_MAIL_SECRETS.")
    folder, done = unquote(parts.path.strip("/")) or "INBOX", options.get("done", [""])[0]
    if folder == done:
        raise SettingError(f"{setting}: address {number} would move messages to the folder that they are fetched from.")
    return MailboxAddress(unquote(parts.username), parts.hostname, port, parts.scheme == "imap", folder, done, since)
