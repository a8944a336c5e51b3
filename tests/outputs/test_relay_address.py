"""A mail server's address: TLS unless the server is this very machine, and no message that repeats a secret."""

from __future__ import annotations

import pytest

from casework.errors import SettingError
from outputs.relay_address import Protection, RelayAddress, parse_relay_address

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "smtp://esr.forms%40example.nhs.uk@smtp.office365.com",
            RelayAddress("smtp.office365.com", 587, Protection.STARTTLS, "esr.forms@example.nhs.uk"),
        ),
        ("smtps://relay.example.nhs.uk", RelayAddress("relay.example.nhs.uk", 465, Protection.TLS)),
        ("smtp://127.0.0.1:25?tls=no", RelayAddress("127.0.0.1", 25, Protection.NONE)),
        ("smtp://localhost:25/?tls=no", RelayAddress("localhost", 25, Protection.NONE)),
    ],
)
def test_an_address_names_server_protection_and_account(text: str, address: RelayAddress) -> None:
    assert parse_relay_address("SMTP", text) == address


@pytest.mark.parametrize(
    "text",
    [
        "relay.example.nhs.uk:25",
        "smtp://",
        "smtp://relay:x25",
        "http://relay.example",
        "smtp://relay.example/path",
        "smtp://relay.example?tls=maybe",
        "smtp://relay.example?auth=plain",
        "smtp://relay.example?tls=no",
        "smtps://127.0.0.1?tls=no",
        "smtp://ann:hidden@relay.example",
        "smtp://ann:hidden@relay.example:x",
    ],
)
def test_a_wrong_address_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(SettingError, match=r"^SMTP") as wrong:
        parse_relay_address("SMTP", text)
    assert "hidden" not in str(wrong.value)
