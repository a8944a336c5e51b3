"""Where mail goes out: a server, how its line is protected, and the account to log in with; holds no secret."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from casework.errors import SettingError

_EXAMPLE = "smtp://esr.forms%40example.nhs.uk@smtp.office365.com:587"
_PORTS = {"smtps": 465, "smtp": 587}


class Protection(StrEnum):
    """TLS from the first byte, by STARTTLS, or not at all, which is only for a server on this machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """An SMTP server. `user` is empty where it takes our mail without a login."""

    host: str
    port: int
    protection: Protection = Protection.STARTTLS
    user: str = ""


def parse_relay_address(setting: str, text: str) -> RelayAddress:
    """The server that `text` names; SettingError names `setting` and never repeats the address."""
    # The address may hold a password by mistake, so no message repeats it.
    wrong = SettingError(f"{setting} is no mail server. It looks like {_EXAMPLE}")
    try:
        parts = urlsplit(text)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise wrong from None
    plain = options == {"tls": ["no"]}
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or (options and not plain):
        raise wrong
    if parts.password:
        raise SettingError(f"{setting} holds a password. It belongs into FORMWRIGHT_MAIL_SECRETS.")
    if plain and (parts.scheme == "smtps" or not _is_this_machine(parts.hostname)):
        raise SettingError(f"{setting}: only a mail server on this machine may be spoken to without TLS.")
    protection = Protection.TLS if parts.scheme == "smtps" else Protection.STARTTLS
    return RelayAddress(parts.hostname, port, Protection.NONE if plain else protection, unquote(parts.username or ""))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
