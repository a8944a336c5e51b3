"""A CSV of addresses, row by row: what can be added, and what is wrong with the rest."""

from __future__ import annotations

import pytest

from casework.address_list import MOST_BYTES, MOST_ROWS, ListedAddress, is_mail_address, parse_addresses
from casework.errors import RefusedError

pytestmark = pytest.mark.pure


def rows(text: str | bytes, known: tuple[str, ...] = (), left: tuple[str, ...] = ()) -> list[ListedAddress]:
    return parse_addresses(text if isinstance(text, bytes) else text.encode(), known=known, left=left)


def test_addresses_and_names_are_found_under_headings_in_any_order() -> None:
    expected = [ListedAddress(2, "ann.lee@example.nhs.uk", "Ann Lee"), ListedAddress(4, "bob@example.nhs.uk", "")]
    assert rows("Email,Name\nann.lee@example.nhs.uk, Ann  Lee\n\nbob@example.nhs.uk\n") == [
        expected[0],
        ListedAddress(3, "bob@example.nhs.uk", ""),
    ]
    assert rows("\ufeffName;E-mail address\r\nAnn Lee;ann.lee@example.nhs.uk\r\n") == expected[:1]
    assert rows("ann.lee@example.nhs.uk\tAnn Lee") == [ListedAddress(1, "ann.lee@example.nhs.uk", "Ann Lee")]
    assert rows("ann@x.nhs.uk,Zoë".encode("cp1252")) == [ListedAddress(1, "ann@x.nhs.uk", "Zoë")]


def test_every_bad_row_says_what_is_wrong_with_it() -> None:
    text = (
        'no address\n=HYPERLINK("x")@a.uk\nann@x.nhs.uk,=1+1\n+a@x.nhs.uk\nANN@x.nhs.uk\nann@x.nhs.uk\n'
        "old@x.nhs.uk\ngone@x.nhs.uk\na@b\n"
    )
    assert [(row.row, row.problem) for row in rows(text, ("old@x.nhs.uk",), ("gone@x.nhs.uk",))] == [
        (1, "This is not an email address"),
        (2, "A cell begins like a formula"),
        (3, "A cell begins like a formula"),
        (4, "A cell begins like a formula"),
        (5, "It stands in the file twice"),
        (6, "It stands in the file twice"),
        (7, "It is on the list already"),
        (8, "They asked not to be written to"),
        (9, "This is not an email address"),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"\n ,\n", b"PK\x03\x04\0", b"a@b.uk\n" * (MOST_ROWS + 1), b"x" * (MOST_BYTES + 1)]
)
def test_what_is_no_list_or_far_too_long_is_refused_whole(data: bytes) -> None:
    with pytest.raises(RefusedError):
        rows(data)


@pytest.mark.parametrize(
    "text", ["a@b", "a b@c.uk", "a@b.uk\nTo: x@y.uk", "<a@b.uk>", "a@b..uk", "a" * 250 + "@b.uk", "@b.uk"]
)
def test_what_cannot_be_written_to_is_no_address(text: str) -> None:
    assert not is_mail_address(text)


def test_a_plain_address_is_one() -> None:
    assert is_mail_address("o'brien.k+esr@trust-1.nhs.uk")
