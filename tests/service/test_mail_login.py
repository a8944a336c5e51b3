"""Tokens from a scripted token service, used at a scripted IMAP server; secrets in a closed file, never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from requests.exceptions import ConnectionError as NoConnection

from casework.errors import SettingError, UnavailableError
from intake.mailbox import LoginRefusedError, open_mailbox
from intake.mailbox_address import MailboxAddress
from service.mail_login import Keychain, Login, load_mail_secrets
from tests.mail_servers import ScriptedImap, make_certificate, scripted_imap

USER = "esr.forms@example.nhs.uk"
ACCOUNTS = {USER: {"tenant": "example.onmicrosoft.com", "client": "client-id", "secret": "client-s3cret"}}


@dataclass
class Answer:
    """What an HTTP client of `requests`' kind gives back."""

    status_code: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise NoConnection(str(self.status_code))


@dataclass
class TokenService:
    """Microsoft's token service as msal's HTTP client: `answers` are given one after the other, the last for ever."""

    answers: list[Answer | Exception]
    asked: list[dict[str, str]] = field(default_factory=list)

    def get(self, url: str, **_: object) -> Answer:
        authority = url.partition("/v2.0")[0]
        return Answer(200, json.dumps({"token_endpoint": f"{authority}/token", "issuer": f"{authority}/v2.0",
                                       "authorization_endpoint": f"{authority}/authorize"}))  # fmt: skip

    def post(self, url: str, data: dict[str, str] | None = None, **_: object) -> Answer:
        self.asked.append({**(data or {}), "url": url})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        return None


def token(name: str, seconds: int = 3600) -> Answer:
    return Answer(200, json.dumps({"token_type": "Bearer", "access_token": name, "expires_in": seconds}))


def refusal(code: int, error: str, description: str = "") -> Answer:
    headers = {"Retry-After": "3600"} if code == 429 else {}
    return Answer(code, json.dumps({"error": error, "error_description": description}), headers)


def test_a_password_is_handed_over_as_it_stands() -> None:
    assert Keychain({"ann": {"password": "horse"}}).login("ann") == Login(password="horse")
    assert "horse" not in repr(Login(password="horse", token="horse"))


def test_one_token_serves_until_shortly_before_it_expires() -> None:
    service = TokenService([token("first"), token("second")])
    keychain = Keychain(ACCOUNTS, service)
    assert [keychain.login(USER).token for _ in range(3)] == ["first", "first", "first"]
    (asked,) = service.asked
    assert asked["url"] == "https://login.microsoftonline.com/example.onmicrosoft.com/token"
    assert (asked["grant_type"], asked["scope"]) == ("client_credentials", "https://outlook.office365.com/.default")


def test_a_token_that_is_about_to_expire_is_not_used_again() -> None:
    keychain = Keychain(ACCOUNTS, TokenService([token("short", seconds=60), token("long")]))
    assert [keychain.login(USER).token for _ in range(3)] == ["short", "long", "long"]


def test_a_token_that_was_refused_is_not_used_again() -> None:
    keychain = Keychain(ACCOUNTS, TokenService([token("revoked"), token("fresh")]))
    assert keychain.login(USER).token == "revoked"
    keychain.forget_token(USER)
    assert keychain.login(USER).token == "fresh"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            refusal(401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired."),
            "AADSTS7000222",
        ),
        (refusal(429, "temporarily_unavailable"), "temporarily_unavailable"),
        (refusal(400, ""), "no reason given"),
        (Answer(502, "<html>Bad gateway</html>"), "the token service is away"),
        (NoConnection("client-s3cret in a URL"), r"the token service is away \(ConnectionError\)"),
    ],
)
def test_a_token_that_cannot_be_had_is_said_without_the_secret_and_tried_again(
    answer: Answer | Exception, words: str
) -> None:
    keychain = Keychain(ACCOUNTS, TokenService([answer]))
    with pytest.raises(UnavailableError, match=words) as problem:
        keychain.login(USER)
    assert "s3cret" not in str(problem.value)
    assert problem.value.__cause__ is None


# -- F22: the token at the mail server ---------------------------------------------------------------------------


@pytest.fixture
def imap(tmp_path: Path) -> Iterator[ScriptedImap]:
    with scripted_imap(make_certificate(tmp_path)) as server:
        yield server


def fetch(imap: ScriptedImap, keychain: Keychain) -> bytes:
    """One look as the post room does it."""
    address = MailboxAddress(USER, "127.0.0.1", imap.port)
    tls = imap.certificate.client()
    try:
        with open_mailbox(address, token=keychain.login(USER).token, tls=tls, timeout=10) as mailbox:
            (uid,) = mailbox.list_uids()
            message = mailbox.fetch(uid, 10_000)
            assert message is not None
            mailbox.file(uid)
            return message.data
    except LoginRefusedError:
        keychain.forget_token(USER)
        raise


def test_a_good_token_opens_the_mailbox(imap: ScriptedImap) -> None:
    imap.tokens = {"good"}
    assert fetch(imap, Keychain(ACCOUNTS, TokenService([token("good")]))) == imap.message
    assert imap.marked == [r"3 +FLAGS.SILENT (\SEEN)"]


def test_a_revoked_token_is_replaced_at_the_next_look_and_nothing_is_marked_before(imap: ScriptedImap) -> None:
    imap.tokens = {"fresh"}
    keychain = Keychain(ACCOUNTS, TokenService([token("revoked"), token("fresh")]))
    with pytest.raises(LoginRefusedError, match=r"esr\.forms@example\.nhs\.uk: the mail server refused the token"):
        fetch(imap, keychain)
    assert imap.marked == []
    assert fetch(imap, keychain) == imap.message
    assert imap.seen_tokens == ["revoked", "fresh"]


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ("NO [UNAVAILABLE] Server is busy", LoginRefusedError),
        ("BYE Too many connections [THROTTLED]", UnavailableError),
        ("BAD User is authenticated but not connected", LoginRefusedError),
    ],
)
def test_a_throttling_server_is_tried_again_later_and_nothing_is_marked(
    imap: ScriptedImap, says: str, error: type[UnavailableError]
) -> None:
    imap.tokens, imap.says = {"good"}, says
    keychain = Keychain(ACCOUNTS, TokenService([token("good")]))
    with pytest.raises(error):
        fetch(imap, keychain)
    assert imap.marked == []
    imap.says = ""
    assert fetch(imap, keychain) == imap.message


# -- the file ----------------------------------------------------------------------------------------------------


def secrets_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_each_account_has_a_password_or_an_application(tmp_path: Path) -> None:
    path = secrets_file(
        tmp_path, '["a@b.example"]\npassword = "horse"\n[ann]\ntenant = "t"\nclient = "c"\nsecret = "s"\n', 0o640
    )
    assert load_mail_secrets(path) == {
        "a@b.example": {"password": "horse"},
        "ann": {"tenant": "t", "client": "c", "secret": "s"},
    }


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ('[ann]\npassword = "horse"', 0o604, "anybody may open. Close it with `chmod 600`"),
        ("password: horse", 0o600, "is not TOML"),
        ("[ann]\npassword = 17", 0o600, "the entry of ann must hold"),
        ('[ann]\npassword = ""', 0o600, "the entry of ann must hold"),
        ('[ann]\ntenant = "horse"', 0o600, "the entry of ann must hold"),
        ('[ann]\npassword = "horse"\nsecret = "horse"', 0o600, "the entry of ann must hold"),
        ('ann = "horse"', 0o600, "the entry of ann must hold"),
    ],
)
def test_a_wrong_file_is_refused_without_repeating_what_stands_in_it(
    tmp_path: Path, text: str, mode: int, words: str
) -> None:
    with pytest.raises(SettingError, match=words) as wrong:
        load_mail_secrets(secrets_file(tmp_path, text, mode))
    assert "horse" not in str(wrong.value)
    assert wrong.value.__cause__ is None


def test_a_file_that_is_not_there_and_an_account_that_is_not_in_it_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"cannot be read \(No such file or directory\)"):
        load_mail_secrets(tmp_path / "none.toml")
    with pytest.raises(SettingError, match="says nothing about bob"):
        Keychain({}).check("bob")
