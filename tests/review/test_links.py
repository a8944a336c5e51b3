"""Links that end: only ours open, and only for half an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from review.links import VALID_FOR, make_link, read_link

pytestmark = pytest.mark.pure
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)


def test_a_link_opens_what_it_was_made_for_until_it_runs_out() -> None:
    link = make_link("secret", "tok_en-1", NOW)
    assert read_link("secret", link, NOW) == "tok_en-1"
    assert read_link("secret", link, NOW + VALID_FOR) == "tok_en-1"
    assert read_link("secret", link, NOW + VALID_FOR + timedelta(seconds=1)) is None


@pytest.mark.parametrize("link", ["", "x", "é", "A" * 43, "../../etc", make_link("another secret", "token", NOW)])
def test_what_we_did_not_make_opens_nothing(link: str) -> None:
    assert read_link("secret", link, NOW) is None


def test_a_link_that_was_changed_in_any_place_opens_nothing() -> None:
    link = make_link("secret", "token", NOW)
    changed = [f"{link[:at]}{'A' if link[at] != 'A' else 'B'}{link[at + 1 :]}" for at in range(len(link) - 1)]
    assert [found for found in changed if read_link("secret", found, NOW) is not None] == []
