"""Time-based codes against the test vectors of RFC 6238, each once, and recovery codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from review.second_factor import code_at, find_step, make_recovery_codes, make_secret, recovery_hash, step_of

pytestmark = pytest.mark.pure
_RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(_RFC_SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_code_is_good_half_a_minute_early_or_late_and_once() -> None:
    secret, now = make_secret(), datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
    code, step = code_at(secret, step_of(now)), step_of(now)
    assert find_step(secret, code, now, 0) == step
    assert find_step(secret, f" {code[:3]} {code[3:]} ", now + timedelta(seconds=30), 0) == step
    assert find_step(secret, code, now - timedelta(seconds=30), 0) == step
    assert find_step(secret, code, now + timedelta(seconds=90), 0) is None
    assert find_step(secret, code, now, step) is None


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "１２３４５６", "-12345"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert find_step(_RFC_SECRET, code, datetime(2026, 11, 23, tzinfo=UTC), 0) is None


def test_recovery_codes_differ_and_are_known_however_they_are_typed() -> None:
    codes = make_recovery_codes()
    assert len(set(codes)) == 8
    assert recovery_hash(codes[0]) == recovery_hash(f" {codes[0].upper().replace('-', ' ')} ")
    assert recovery_hash(codes[0]) != recovery_hash(codes[1])
