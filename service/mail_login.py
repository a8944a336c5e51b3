"""Passwords and OAuth tokens for mail servers: read from one file that only this account may read, never shown."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msal

from casework.errors import SettingError, UnavailableError

_SCOPES = ["https://outlook.office365.com/.default"]
_TIMEOUT = 30
_LONGEST_TROUBLE = 300
_APPLICATION = {"tenant", "client", "secret"}


@dataclass(frozen=True, slots=True)
class Login:
    """What lets us in as one account: a password or an OAuth token. Neither is part of its repr."""

    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


class Keychain:
    """The logins of all accounts. Tokens are kept in memory until shortly before they expire, then fetched anew."""

    def __init__(self, accounts: Mapping[str, Mapping[str, str]], http_client: Any = None) -> None:
        """`accounts` as `load_mail_secrets` gives them; `http_client` is what msal sends its requests through."""
        self._accounts = dict(accounts)
        self._http_client = http_client
        self._applications: dict[str, Any] = {}

    def check(self, user: str) -> None:
        """SettingError where nothing is known about this account."""
        if user not in self._accounts:
            raise SettingError(f"FORMWRIGHT_MAIL_SECRETS says nothing about {user}.")

    def login(self, user: str) -> Login:
        """The login of this account; UnavailableError where no token can be had now."""
        self.check(user)
        found = self._accounts[user]
        return Login(password=found["password"]) if "password" in found else Login(token=self._token(user))

    def forget_token(self, user: str) -> None:
        """Fetch a new token next time: the server refused this one, although it has not expired."""
        if user in self._applications:
            self._applications[user].remove_tokens_for_client()

    def _token(self, user: str) -> str:
        try:
            answer = self._application(user).acquire_token_for_client(scopes=_SCOPES)
        except Exception as problem:  # noqa: BLE001 - msal lets through whatever its HTTP library and parser raise
            raise UnavailableError(f"{user}: the token service is away ({type(problem).__name__}).") from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token:
            # The description names the tenant and the application, and never the secret.
            said = str((answer or {}).get("error_description") or (answer or {}).get("error") or "no reason given")
            raise UnavailableError(f"{user}: no token: {' '.join(said.split())[:_LONGEST_TROUBLE]}")
        return str(token)

    def _application(self, user: str) -> Any:
        if user not in self._applications:
            found = self._accounts[user]
            self._applications[user] = msal.ConfidentialClientApplication(
                found["client"],
                client_credential=found["secret"],
                authority=f"https://login.microsoftonline.com/{found['tenant']}",
                # Otherwise msal asks another host first whether it knows this one.
                instance_discovery=False,
                http_client=self._http_client,
                timeout=None if self._http_client else _TIMEOUT,
            )
        return self._applications[user]


def load_mail_secrets(path: Path) -> dict[str, dict[str, str]]:
    """The accounts in a TOML file: each with a `password`, or with `tenant`, `client` and `secret` for OAuth.

    SettingError where the file cannot be read, is open to others, or an account is not whole. No message repeats a
    secret.
    """
    name = "FORMWRIGHT_MAIL_SECRETS"
    try:
        others = stat.S_IMODE(path.stat().st_mode) & 0o007
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise SettingError(f"{name} names {path}, which cannot be read ({problem.strerror}).") from problem
    except ValueError:
        raise SettingError(f"{name} names {path}, which is not TOML.") from None
    if others:
        raise SettingError(f"{name} names {path}, which anybody may open. Close it with `chmod 600`.")
    for user, entry in found.items():
        whole = isinstance(entry, dict) and all(isinstance(value, str) and value for value in entry.values())
        if not whole or set(entry) not in ({"password"}, _APPLICATION):
            raise SettingError(
                f"{name}: the entry of {user} must hold a password, or a tenant, a client and a secret, as texts."
            )
    return found
