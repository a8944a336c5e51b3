"""Settings: checked before anything starts, and one sentence names the wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.errors import SettingError
from service.settings import child_environment, load_settings

pytestmark = pytest.mark.pure


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.data == tmp_path / "var"
    assert settings.originals == str(tmp_path / "var" / "store")
    assert settings.redis_url is None
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.upload_limit == 25_000_000
    assert settings.calendar == "england"


def test_folders_mean_the_same_in_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"FORMWRIGHT_DATA": "data", "FORMWRIGHT_ORIGINALS": "originals"})
    handed_on = load_settings(child_environment(settings))
    assert handed_on.data == settings.data == tmp_path / "data"
    assert handed_on.originals == settings.originals == str(tmp_path / "originals")


def test_originals_may_stand_at_an_address() -> None:
    assert load_settings({"FORMWRIGHT_ORIGINALS": "s3://bucket/forms"}).originals == "s3://bucket/forms"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "is 'eighty'; it must be a whole number from 1 to 65535."),
        ("PORT", "0", "is '0'; it must be a whole number from 1 to 65535."),
        ("PORT", "\u0664\u0664", "is '\u0664\u0664'; it must be a whole number from 1 to 65535."),
        ("WORKERS", "-1", "is '-1'; it must be a whole number from 1 to 64."),
        ("UPLOAD_LIMIT_MB", "", "is ''; it must be a whole number from 1 to 100."),
        ("REQUIRE_SANDBOX", "perhaps", "is 'perhaps'; it must be yes or no."),
        ("CALENDAR", "scotland", "is 'scotland'; it must be england or wales."),
        ("PROT", "80", "is not a setting of Formwright. The settings are listed in README.md."),
        ("DATA", "", "is '', which is not a folder."),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingError) as wrong:
        load_settings({f"FORMWRIGHT_{name}": value})
    assert wrong.value.public_message == f"FORMWRIGHT_{name} {sentence}"


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=r"FORMWRIGHT_DATA is .*, which is not a folder"):
        load_settings({"FORMWRIGHT_DATA": str(tmp_path / "file")})


@pytest.mark.parametrize("address", ["localhost:6379", "http://host", "redis://host:port", "redis://h:99999", "unix"])
def test_a_redis_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SettingError, match=r"^REDIS_URL is no address of Redis") as wrong:
        load_settings({"REDIS_URL": address})
    assert address not in wrong.value.public_message.replace("redis://host:6379/0", "").replace("unix:///path", "")


@pytest.mark.parametrize(
    "address",
    [
        "redis://:secret@host:6379/0",
        "rediss://user:secret@host",
        "redis://127.0.0.1:6379",
        "redis://localhost",
        "redis://[::1]",
        "unix:///run/redis.sock",
    ],
)
def test_a_redis_address_is_taken_as_it_stands(address: str) -> None:
    assert load_settings({"REDIS_URL": address}).redis_url == address


MAIL = {
    "FORMWRIGHT_MAILBOXES": "imaps://Esr.Forms%40example.nhs.uk@outlook.office365.com/INBOX?done=Formwright",
    "FORMWRIGHT_MAIL_SECRETS": "secrets.toml",
    "FORMWRIGHT_SMTP": "smtp://esr.forms%40example.nhs.uk@smtp.office365.com",
    "FORMWRIGHT_MAIL_FROM": "ESR Development Team <esr.letters@example.nhs.uk>",
    "FORMWRIGHT_ADDRESS": "https://forms.example.nhs.uk/",
}


def test_mail_is_set_up_by_addresses_and_a_file_of_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(MAIL)
    assert [mailbox.name for mailbox in settings.mail.mailboxes] == ["Esr.Forms@example.nhs.uk"]
    assert settings.mail.secrets == tmp_path / "secrets.toml"
    assert settings.mail.relay is not None
    assert settings.mail.sender_address == "esr.letters@example.nhs.uk"
    assert settings.mail.own_addresses == {"esr.letters@example.nhs.uk", "esr.forms@example.nhs.uk"}
    assert (settings.mail.every_seconds, settings.mail.plus) == (60, False)
    assert settings.address == "https://forms.example.nhs.uk"


def test_without_mail_settings_no_mail_comes_or_goes() -> None:
    mail = load_settings({}).mail
    assert (mail.mailboxes, mail.relay, mail.secrets, mail.own_addresses) == ((), None, None, frozenset())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MAILBOXES", "imaps://ann:hidden@example.nhs.uk", "FORMWRIGHT_MAILBOXES: address 1 holds a password."),
        ("SMTP", "smtp://ann:hidden@example.nhs.uk", "FORMWRIGHT_SMTP holds a password."),
        ("MAIL_FROM", "", "FORMWRIGHT_SMTP needs FORMWRIGHT_MAIL_FROM"),
        ("MAIL_FROM", "ESR <esr>", "FORMWRIGHT_MAIL_FROM is no sender."),
        ("MAIL_FROM", "a@b.example, c@d.example <", "FORMWRIGHT_MAIL_FROM is no sender."),
        ("MAIL_SECRETS", "", "FORMWRIGHT_MAIL_SECRETS must name the file"),
        ("MAIL_EVERY_SECONDS", "1", "FORMWRIGHT_MAIL_EVERY_SECONDS is '1'; it must be a whole number from 5 to 300."),
        ("MAIL_PLUS", "maybe", "FORMWRIGHT_MAIL_PLUS is 'maybe'"),
        ("ADDRESS", "forms.example.nhs.uk", "FORMWRIGHT_ADDRESS is 'forms.example.nhs.uk'; it looks like https://"),
        ("ADDRESS", "https://a.example/ b", "FORMWRIGHT_ADDRESS is"),
        ("ADDRESS", "https://[::1", "FORMWRIGHT_ADDRESS is"),
    ],
)
def test_a_wrong_mail_setting_is_named_and_no_password_repeated(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingError) as wrong:
        load_settings({**MAIL, f"FORMWRIGHT_{name}": value})
    assert wrong.value.public_message.startswith(words)
    assert "hidden" not in wrong.value.public_message


def test_the_names_of_tests_and_tools_and_of_other_programs_are_let_stand() -> None:
    load_settings({"FORMWRIGHT_CORPUS": "x", "FORMWRIGHT_REQUIRE_ALL": "1", "FORMWRIGHTLY": "x", "PATH": "x"})


@pytest.mark.parametrize("address", ["redis://redis:6379", "rediss://10.0.0.7", "redis://user@cache.example"])
def test_a_redis_on_another_machine_needs_a_password(address: str) -> None:
    with pytest.raises(SettingError, match="without a password"):
        load_settings({"REDIS_URL": address})
