"""Who a message is really from: only our own mail server's word counts, and only the last one it said."""

from __future__ import annotations

import pytest

from intake.message import read_message
from intake.sender import SenderCheck, Verdict, authentication
from tests.builders_mail import a_msg, raw_mail

pytestmark = pytest.mark.pure

OURS = "mx.example.org"


def check(*results: str, sender: str = "Ann <ann@example.nhs.uk>", ids: tuple[str, ...] = (OURS,)) -> SenderCheck:
    headers = [f"Authentication-Results: {result}" for result in results]
    return authentication(read_message(raw_mail(*headers, "", "x", sender=sender)), ids)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("dmarc=pass header.from=example.nhs.uk", Verdict.VERIFIED),
        ("dmarc=pass (p=reject dis=none) header.from=example.nhs.uk", Verdict.VERIFIED),
        ("dmarc=pass header.from=evil.example", Verdict.UNVERIFIED),
        ("dmarc=fail header.from=example.nhs.uk", Verdict.FAILED),
        ("dmarc=none; dkim=pass header.d=example.nhs.uk", Verdict.VERIFIED),
        ("dkim=pass header.i=@example.nhs.uk", Verdict.VERIFIED),
        ("dkim=pass header.d=evil.example", Verdict.UNVERIFIED),
        ("dkim=fail header.d=example.nhs.uk; dkim=pass header.d=example.nhs.uk", Verdict.VERIFIED),
        ("spf=pass smtp.mailfrom=bounce@example.nhs.uk", Verdict.VERIFIED),
        ("spf=pass smtp.mailfrom=evil.example", Verdict.UNVERIFIED),
        ("spf=fail smtp.mailfrom=example.nhs.uk", Verdict.FAILED),
        ("spf=softfail smtp.mailfrom=example.nhs.uk", Verdict.UNVERIFIED),
        ("dkim=pass header.d=example.nhs.uk; dmarc=fail header.from=example.nhs.uk", Verdict.FAILED),
        ("none", Verdict.UNVERIFIED),
        ("", Verdict.UNVERIFIED),
    ],
)
def test_our_servers_results_make_the_verdict(result: str, verdict: Verdict) -> None:
    assert check(f"{OURS}; {result}").verdict is verdict


def test_the_results_and_the_reason_are_told() -> None:
    result = f"{OURS} 1; spf=pass smtp.mailfrom=evil.example; dkim=none; dmarc=fail (p=none) header.from=example.nhs.uk"
    why = "The sender could not be verified: example.nhs.uk disowns messages sent in this way."
    assert check(result) == SenderCheck("pass", "none", "fail", Verdict.FAILED, why)


def test_a_forged_result_below_our_own_is_not_believed() -> None:
    forged = f"{OURS}; dmarc=pass header.from=example.nhs.uk; dkim=pass header.d=example.nhs.uk"
    assert check(f"{OURS}; dmarc=fail header.from=example.nhs.uk", forged).verdict is Verdict.FAILED
    assert check(f"{OURS}; dmarc=none; dkim=none", forged).verdict is Verdict.UNVERIFIED


def test_another_servers_result_is_not_believed_even_above_ours() -> None:
    assert check("mx.evil.example; dmarc=pass header.from=example.nhs.uk").verdict is Verdict.UNVERIFIED
    assert check(f"{OURS}.evil.example; dmarc=pass header.from=example.nhs.uk").verdict is Verdict.UNVERIFIED
    assert check(f"evil.example; x={OURS}; dmarc=pass", f"{OURS}; dmarc=pass").verdict is Verdict.UNVERIFIED


def test_without_ids_nobody_is_verified() -> None:
    assert check(f"{OURS}; dmarc=pass header.from=example.nhs.uk", ids=()).verdict is Verdict.UNVERIFIED


def test_exchange_online_writes_no_id_and_is_believed_only_when_named() -> None:
    result = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.nhs.uk; dkim=pass (signature was verified)"
        " header.d=example.nhs.uk;dmarc=pass action=none header.from=example.nhs.uk;compauth=pass reason=100"
    )
    assert check(result, ids=("unnamed",)).verdict is Verdict.VERIFIED
    assert check(result).verdict is Verdict.UNVERIFIED


@pytest.mark.parametrize(
    "sender", ["ann@example.nhs.uk, boss@example.nhs.uk", "Ann", "ann@example.nhs.uk\r\nFrom: b@c.uk"]
)
def test_not_exactly_one_sender_is_never_verified(sender: str) -> None:
    result = f"{OURS}; dmarc=pass header.from=example.nhs.uk"
    assert check(result, sender=sender).verdict is Verdict.UNVERIFIED


def test_a_saved_copy_proves_nothing() -> None:
    transport = f"From: ann@example.nhs.uk\r\nAuthentication-Results: {OURS}; dmarc=pass header.from=example.nhs.uk\r\n"
    message = read_message(a_msg({0x007D: transport, 0x1000: "x"}))
    assert authentication(message, {OURS}).verdict is Verdict.UNVERIFIED


@pytest.mark.parametrize("value", [f"{OURS};" + "(" * 3_000, f"{OURS};" + ";" * 3_000, f"{OURS}; dmarc=", ";;=;", "(("])
def test_a_damaged_result_proves_nothing(value: str) -> None:
    assert check(value).verdict is Verdict.UNVERIFIED
