"""A mailbox's address: everything but the secret, and no message that repeats one."""

from __future__ import annotations

from datetime import date

import pytest

from casework.errors import SettingError
from intake.mailbox_address import MailboxAddress, parse_mailbox_addresses

pytestmark = pytest.mark.pure


def test_an_address_names_account_server_folder_and_where_done_messages_go() -> None:
    found = parse_mailbox_addresses(
        "MAILBOXES",
        "imaps://esr.forms%40example.nhs.uk@outlook.office365.com/INBOX?done=Formwright\n"
        "imap://forms@mail.example.nhs.uk:1143/Wales%20forms?since=2026-11-01",
    )
    assert found == (
        MailboxAddress("esr.forms@example.nhs.uk", "outlook.office365.com", 993, done="Formwright"),
        MailboxAddress("forms", "mail.example.nhs.uk", 1143, True, "Wales forms", "", date(2026, 11, 1)),
    )
    assert [address.name for address in found] == ["esr.forms@example.nhs.uk", "forms/Wales forms"]


@pytest.mark.parametrize(
    "text",
    [
        "esr.forms@example.nhs.uk",
        "https://ann@example.nhs.uk/",
        "imaps://example.nhs.uk/INBOX",
        "imaps://ann@example.nhs.uk:port/",
        "imaps://ann@example.nhs.uk/?since=yesterday",
        "imaps://ann@example.nhs.uk/?delete=yes",
        "imaps://ann@example.nhs.uk/?done",
        "imaps://ann@[::1/",
        "imaps://ann:hidden@example.nhs.uk/",
        "imaps://ann:hidden@example.nhs.uk:port/",
    ],
)
def test_a_wrong_address_is_named_by_its_place_and_never_repeated(text: str) -> None:
    with pytest.raises(SettingError, match="address 2") as wrong:
        parse_mailbox_addresses("MAILBOXES", f"imaps://ann@example.nhs.uk {text}")
    assert "hidden" not in str(wrong.value)
    assert wrong.value.__cause__ is None


def test_a_mailbox_is_named_once() -> None:
    with pytest.raises(SettingError, match="names ann more than once"):
        parse_mailbox_addresses("MAILBOXES", "imaps://ann@a.example imap://ann@b.example/inbox")


def test_done_messages_go_to_another_folder() -> None:
    with pytest.raises(SettingError, match="the folder that they are fetched from"):
        parse_mailbox_addresses("MAILBOXES", "imaps://ann@a.example/Forms?done=Forms")
