"""The mark that leads an answer back to its case and that nobody else can make."""

from __future__ import annotations

import re

import pytest

from casework.thread_token import (
    body_line,
    find_marked_reference,
    is_own_message_id,
    loop_token,
    message_id_for,
    plus_address,
    thread_token,
)

pytestmark = pytest.mark.pure

KEY = b"a key of the tests, thirty-two b"
OTHER_KEY = b"another key, which an enemy chose"
CASE = "ESR-2026-0418"


def test_a_token_is_short_and_safe_in_addresses_and_ids() -> None:
    assert re.fullmatch(r"[a-z2-7]{16}", thread_token(CASE, KEY))


def test_a_token_belongs_to_its_case_and_its_key() -> None:
    tokens = {thread_token(CASE, KEY), thread_token("ESR-2026-0419", KEY), thread_token(CASE, OTHER_KEY)}
    assert len(tokens) == 3
    assert thread_token(CASE, KEY) == thread_token(CASE.lower(), KEY)
    assert loop_token(KEY) not in tokens


def test_every_mark_leads_back_to_the_case() -> None:
    for text in (
        message_id_for(7, "formwright.example", KEY, reference=CASE),
        plus_address("esr.forms@example.nhs.uk", CASE, KEY),
        body_line(CASE, KEY),
        plus_address("esr.forms@example.nhs.uk", CASE, KEY).upper(),
    ):
        assert find_marked_reference(text, KEY) == CASE
        assert find_marked_reference(text, OTHER_KEY) is None


def test_a_message_id_is_the_same_for_every_try_of_one_delivery() -> None:
    assert message_id_for(7, "x.example", KEY) == message_id_for(7, "x.example", KEY)
    assert message_id_for(7, "x.example", KEY) != message_id_for(8, "x.example", KEY)


def test_our_own_message_ids_are_known_and_others_are_not() -> None:
    with_case = message_id_for(7, "x.example", KEY, reference=CASE)
    without = message_id_for(7, "x.example", KEY)
    assert is_own_message_id(with_case, KEY)
    assert is_own_message_id(f"<{without}>", KEY)
    assert not is_own_message_id(without, OTHER_KEY)
    assert not is_own_message_id(without.replace("7.", "8.", 1), KEY)
    assert not is_own_message_id("one@example.nhs.uk", KEY)
    assert not is_own_message_id("", KEY)


def test_a_local_part_stays_within_64_characters() -> None:
    local = plus_address("esr.forms@example.nhs.uk", "ESR-2026-123456", KEY).partition("@")[0]
    assert len(local) <= 64


@pytest.mark.parametrize("domain", ["", "a b", "x>\r\nBcc: y", "a@b"])
def test_a_domain_that_would_break_the_header_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        message_id_for(7, domain, KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        thread_token(CASE, b"short")


def test_ten_thousand_false_marks_cost_two_hundred_looks() -> None:
    text = f"{CASE}.aaaaaaaaaaaaaaaa " * 10_000 + body_line(CASE, KEY)
    assert find_marked_reference(text, KEY) is None
