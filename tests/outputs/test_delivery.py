"""A real Postfix takes our messages; a scripted server says every no there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from casework.errors import UnavailableError
from outputs.delivery import Fate, OpenRelay, RelayRefusedError, open_relay
from outputs.mail import Letter, build_mail
from outputs.relay_address import Protection, RelayAddress
from tests.mail_servers import Postfix, ScriptedRelay, free_port, running_postfix, scripted_relay, wait_for

ANN = "ann.lee@example.nhs.uk"
OWN = "esr.forms@example.nhs.uk"
MAIL = build_mail(
    Letter(ANN, "Grüße", "A line\n.\n..dots\n", "m1@forms.example"),
    sender=OWN, address="", loop_token="loop", now=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with running_postfix() as server:
        yield server


@pytest.fixture
def scripted() -> Iterator[ScriptedRelay]:
    with scripted_relay() as relay:
        yield relay


def opened(scripted: ScriptedRelay, *, user: str = "", token: str = "") -> AbstractContextManager[OpenRelay]:
    address = RelayAddress("127.0.0.1", scripted.port, Protection.NONE, user)
    return open_relay(address, token=token, timeout=0.5)


@pytest.mark.parametrize("protection", [Protection.STARTTLS, Protection.NONE])
def test_a_message_arrives_as_it_was_built(postfix: Postfix, protection: Protection) -> None:
    address = RelayAddress("127.0.0.1", postfix.port, protection)
    before = len(postfix.delivered("ann"))
    with open_relay(address, tls=postfix.certificate.client()) as relay:
        assert relay.send(MAIL, sender=OWN, recipient=ANN).fate is Fate.SENT
    assert wait_for(lambda: len(postfix.delivered("ann")) == before + 1)
    built = MAIL.as_bytes().replace(b"\r\n", b"\n")
    assert all(raw.endswith(built) for raw in postfix.delivered("ann"))
    assert b"\nReturn-Path: <esr.forms@example.nhs.uk>\n" in b"\n" + postfix.delivered("ann")[0]


def test_a_recipient_that_a_real_server_does_not_know_is_refused_and_the_next_one_served(postfix: Postfix) -> None:
    address = RelayAddress("127.0.0.1", postfix.port, Protection.NONE)
    with open_relay(address) as relay:
        unknown = relay.send(MAIL, sender=OWN, recipient="nobody@example.nhs.uk")
        foreign = relay.send(MAIL, sender=OWN, recipient="x@elsewhere.example")
        known = relay.send(MAIL, sender=OWN, recipient="bob.ray@example.nhs.uk")
    assert (unknown.fate, foreign.fate, known.fate) == (Fate.REFUSED, Fate.REFUSED, Fate.SENT)
    assert "User unknown" in unknown.words
    assert "Relay access denied" in foreign.words


def test_a_certificate_that_is_not_trusted_ends_it(postfix: Postfix) -> None:
    with pytest.raises(UnavailableError, match=r"cannot be trusted \(self-signed certificate\)"):
        open_relay(RelayAddress("127.0.0.1", postfix.port)).__enter__()


def test_a_server_without_tls_is_not_spoken_to_where_tls_is_asked_for(scripted: ScriptedRelay) -> None:
    with pytest.raises(UnavailableError, match="STARTTLS extension not supported"):
        open_relay(RelayAddress("127.0.0.1", scripted.port), timeout=1).__enter__()


@pytest.mark.parametrize(
    ("word", "answer", "fate", "words"),
    [
        ("RCPT", "451 4.7.1 Try again later", Fate.LATER, "451 4.7.1 Try again later"),
        ("RCPT", "421 4.3.0 Closing", Fate.LATER, "421 4.3.0 Closing"),
        ("RCPT", "550 5.1.1 No such user", Fate.REFUSED, "550 5.1.1 No such user"),
        ("DATA", "451 later", Fate.LATER, "451 later"),
        ("DATA", "554 no", Fate.REFUSED, "554 no"),
        ("END", "452 disk full", Fate.LATER, "452 disk full"),
        ("END", "554 5.6.0 It is spam\a", Fate.REFUSED, "554 5.6.0 It is spam"),
        ("RCPT", "CUT", Fate.LATER, "The line to 127.0.0.1 was lost"),
        ("DATA", "CUT", Fate.LATER, "The line to 127.0.0.1 was lost"),
        ("END", "CUT", Fate.LATER, "The line to 127.0.0.1 was lost"),
        ("END", "SLOW", Fate.LATER, "The line to 127.0.0.1 was lost"),
        ("RCPT", "nonsense", Fate.LATER, ""),
    ],
)
def test_every_no_has_its_fate_and_the_servers_own_words(
    scripted: ScriptedRelay, word: str, answer: str, fate: Fate, words: str
) -> None:
    scripted.answers[word] = answer
    with opened(scripted) as relay:
        sending = relay.send(MAIL, sender=OWN, recipient=ANN)
    assert sending.fate is fate
    assert sending.words.startswith(words)
    assert scripted.taken == []


def test_after_a_no_the_next_message_passes_on_the_same_line(scripted: ScriptedRelay) -> None:
    scripted.answers = {"RCPT bad@example.nhs.uk": "550 no", "END worse@example.nhs.uk": "554 no"}
    with opened(scripted) as relay:
        fates = [
            relay.send(MAIL, sender=OWN, recipient=f"{name}@example.nhs.uk").fate for name in ("bad", "worse", "good")
        ]
        assert not relay.is_broken
    assert fates == [Fate.REFUSED, Fate.REFUSED, Fate.SENT]
    assert [recipient for recipient, _ in scripted.taken] == ["good@example.nhs.uk"]


@pytest.mark.parametrize("answer", ["550 5.7.60 You may not send as this sender", "452 too many"])
def test_a_server_that_refuses_our_own_address_refuses_no_message(scripted: ScriptedRelay, answer: str) -> None:
    scripted.answers["MAIL"] = answer
    with opened(scripted) as relay, pytest.raises(UnavailableError, match=r"refuses the sender esr\.forms@example"):
        relay.send(MAIL, sender=OWN, recipient=ANN)


@pytest.mark.parametrize("greeting", ["554 go away", "CUT", "SLOW", "nonsense"])
def test_a_server_that_will_not_talk_is_away(scripted: ScriptedRelay, greeting: str) -> None:
    scripted.answers["GREETING"] = greeting
    with pytest.raises(UnavailableError, match=r"^The mail server 127\.0\.0\.1 is away"):
        opened(scripted).__enter__()


def test_no_server_at_all_is_away() -> None:
    with pytest.raises(UnavailableError, match="Connection refused"):
        open_relay(RelayAddress("127.0.0.1", free_port(), Protection.NONE)).__enter__()


def test_an_oauth_token_opens_the_door_and_a_wrong_one_is_never_shown(scripted: ScriptedRelay) -> None:
    scripted.offers, scripted.token = ("AUTH XOAUTH2",), "right-token"
    with opened(scripted, user=OWN, token="right-token") as relay:
        assert relay.send(MAIL, sender=OWN, recipient=ANN).fate is Fate.SENT
    assert scripted.logins == [f"user={OWN}\1auth=Bearer right-token\1\1"]
    with pytest.raises(RelayRefusedError, match=rf"refused the token of {OWN}") as refused:
        opened(scripted, user=OWN, token="stale-token").__enter__()
    assert "stale" not in str(refused.value)
