"""All settings, read from the environment in one place and checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from casework.errors import SettingError
from service.mail_settings import MailSettings, load_mail_settings

_MEGABYTE = 1_000_000
# Names that belong to the tests and tools, and that the service lets stand.
_OTHERS = frozenset({"FORMWRIGHT_CORPUS", "FORMWRIGHT_REQUIRE_ALL"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation is set up. `redis_url` is None where the service runs a redis-server itself."""

    data: Path
    originals: str
    redis_url: str | None
    host: str
    port: int
    workers: int
    upload_limit: int
    sender_day: int
    uploads_day: int
    calendar: str
    financial_quarters: bool
    secure_cookies: bool
    trusted_hosts: tuple[str, ...]
    require_sandbox: bool
    clamd: str
    authserv_ids: tuple[str, ...]
    mail: MailSettings
    address: str
    proxies: int
    requires_second_factor: bool

    @property
    def message_limit(self) -> int:
        """Bytes of a whole message: mail programs write an attachment a third larger than it is."""
        return self.upload_limit * 14 // 10 + _MEGABYTE

    @property
    def database(self) -> Path:
        """Where the SQLite database stands."""
        return self.data / "formwright.sqlite3"

    @property
    def demo_sign_in(self) -> Path:
        """Where the sample accounts' addresses and password are written, where there are any."""
        return self.data / "demo-sign-in.txt"

    @property
    def samples_unfinished(self) -> Path:
        """Stands while the samples are being loaded, so that a load that was broken off is taken up again."""
        return self.data / "samples-unfinished"

    @property
    def redis_address_file(self) -> Path:
        """Where the embedded redis-server's address is told to the other processes."""
        return self.data / "redis-address"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in the environment; SettingError names the first one that is wrong."""
    found = dict(os.environ if environment is None else environment)
    known = {f"FORMWRIGHT_{name}" for name in _DEFAULTS}
    for name in sorted(found):
        if name.startswith("FORMWRIGHT_") and name not in known | _OTHERS:
            raise SettingError(f"{name} is not a setting of Formwright. The settings are listed in README.md.")
    values = {name: found.get(f"FORMWRIGHT_{name}", default) for name, default in _DEFAULTS.items()}
    data = _folder("FORMWRIGHT_DATA", values["DATA"])
    return Settings(
        data=data,
        originals=_originals(values["ORIGINALS"], data),
        redis_url=_redis_url(found.get("REDIS_URL", "")),
        host=values["HOST"],
        port=_number(values, "PORT", 1, 65535),
        workers=_number(values, "WORKERS", 1, 64),
        upload_limit=_number(values, "UPLOAD_LIMIT_MB", 1, 100) * _MEGABYTE,
        sender_day=_number(values, "SENDER_DAY_MB", 1, 1_000_000) * _MEGABYTE,
        uploads_day=_number(values, "UPLOADS_DAY_MB", 1, 1_000_000) * _MEGABYTE,
        calendar=_one_of(values, "CALENDAR", ("england", "wales")),
        financial_quarters=_one_of(values, "QUARTERS", ("calendar", "financial")) == "financial",
        secure_cookies=_one_of(values, "HTTPS", ("yes", "no")) == "yes",
        trusted_hosts=tuple(host for host in values["TRUSTED_HOSTS"].replace(",", " ").split() if host),
        require_sandbox=_one_of(values, "REQUIRE_SANDBOX", ("yes", "no")) == "yes",
        clamd=_scanner(values["CLAMD"]),
        authserv_ids=tuple(values["AUTHSERV_IDS"].replace(",", " ").lower().split()),
        mail=load_mail_settings(
            values,
            every_seconds=_number(values, "MAIL_EVERY_SECONDS", 5, 300),
            plus=_one_of(values, "MAIL_PLUS", ("yes", "no")) == "yes",
        ),
        address=_web_address(values["ADDRESS"]),
        proxies=_number(values, "PROXIES", 0, 9),
        requires_second_factor=_one_of(values, "SECOND_FACTOR", ("optional", "required")) == "required",
    )


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a process of ours that must see the same settings."""
    return {
        **os.environ,
        "FORMWRIGHT_DATA": str(settings.data),
        "FORMWRIGHT_ORIGINALS": settings.originals,
        "FORMWRIGHT_HOST": settings.host,
        "FORMWRIGHT_PORT": str(settings.port),
        "PYTHONUNBUFFERED": "1",
    }


_DEFAULTS = {
    "DATA": "var",
    "ORIGINALS": "",
    "HOST": "127.0.0.1",
    "PORT": "8000",
    "WORKERS": "1",
    "UPLOAD_LIMIT_MB": "25",
    "SENDER_DAY_MB": "250",
    "UPLOADS_DAY_MB": "5000",
    "CALENDAR": "england",
    "QUARTERS": "calendar",
    "HTTPS": "no",
    "TRUSTED_HOSTS": "",
    "REQUIRE_SANDBOX": "no",
    "CLAMD": "",
    "AUTHSERV_IDS": "",
    "ADDRESS": "",
    "PROXIES": "0",
    "SECOND_FACTOR": "optional",
    "MAILBOXES": "",
    "MAIL_SECRETS": "",
    "MAIL_EVERY_SECONDS": "60",
    "MAIL_FROM": "",
    "MAIL_PLUS": "no",
    "SMTP": "",
}


def _folder(name: str, text: str) -> Path:
    """An absolute path: the processes of the service need not share a working directory."""
    folder = Path(text).expanduser().absolute()
    if not text.strip() or (folder.exists() and not folder.is_dir()):
        raise SettingError(f"{name} is {text!r}, which is not a folder.")
    return folder


def _originals(text: str, data: Path) -> str:
    if not text:
        return str(data / "store")
    return text if "://" in text else str(_folder("FORMWRIGHT_ORIGINALS", text))


def _number(values: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = values[name]
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingError(f"FORMWRIGHT_{name} is {text!r}; it must be a whole number from {least} to {most}.")
    return int(text)


def _one_of(values: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    if values[name] not in choices:
        raise SettingError(f"FORMWRIGHT_{name} is {values[name]!r}; it must be {' or '.join(choices)}.")
    return values[name]


def _web_address(text: str) -> str:
    """The service's own address without a slash at the end; it stands at the beginning of every link in a letter."""
    try:
        address = urlsplit(text)
        is_known = address.scheme in ("http", "https") and bool(address.hostname) and not address.query
    except ValueError:
        is_known = False
    if text and (not is_known or any(char.isspace() for char in text)):
        raise SettingError(f"FORMWRIGHT_ADDRESS is {text!r}; it looks like https://forms.example.nhs.uk.")
    return text.rstrip("/")


def _scanner(text: str) -> str:
    try:
        address = urlsplit(text)
        is_known = (address.scheme == "unix" and bool(address.path)) or (
            address.scheme == "tcp" and bool(address.hostname) and address.port is not None
        )
    except ValueError:
        is_known = False
    if text and not is_known:
        raise SettingError("FORMWRIGHT_CLAMD looks like unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310.")
    return text


def _redis_url(text: str) -> str | None:
    if not text:
        return None
    # The address may hold a password, so that no message repeats it.
    try:
        address = urlsplit(text)
        known = address.scheme in ("redis", "rediss", "unix") and (address.port is None or address.scheme != "unix")
    except ValueError:
        known = False
    if not known:
        raise SettingError("REDIS_URL is no address of Redis; it looks like redis://host:6379/0 or unix:///path.")
    if address.scheme != "unix" and not address.password and not _is_this_machine(address.hostname or ""):
        # Whoever can write to Redis can make workers work: off this machine it must at least ask who is there.
        raise SettingError("REDIS_URL names a Redis on another machine without a password. Give it one: see README.md.")
    return text


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
