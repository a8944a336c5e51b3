"""A zip file's directory and members are read without trusting what the file says about itself."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from casework.archive import check_no_overlap, inflate, is_archive, list_members
from casework.errors import UnreadableError

pytestmark = pytest.mark.pure

PARTS = {"a.txt": b"alpha" * 100, "folder/b.txt": b"beta"}


def a_zip(parts: dict[str, bytes] = PARTS, *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
        archive.comment = comment
    return buffer.getvalue()


def contents(data: bytes) -> dict[str, bytes]:
    return {member.name: inflate(data, member, most=1000) for member in list_members(data, most=10)}


def unpack(data: bytes) -> None:
    members = list_members(data, most=10)
    check_no_overlap(members, len(data))
    for member in members:
        inflate(data, member, most=1000)


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as problem:
        unpack(data)
    return problem.value.code


def with_central(data: bytes, at: int, form: str, *values: int) -> bytes:
    """The archive with something else written into its first directory entry."""
    changed = bytearray(data)
    struct.pack_into(form, changed, data.index(b"PK\x01\x02") + at, *values)
    return bytes(changed)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_come_out_as_they_went_in(method: int) -> None:
    assert contents(a_zip(method=method)) == PARTS


def test_bytes_before_the_archive_and_a_comment_behind_it_do_no_harm() -> None:
    assert contents(b"X-Gateway: scanned\r\n\r\n" + a_zip(comment=b"made by hand")) == PARTS


def test_sizes_that_need_the_wide_form_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(b"alpha")
    assert contents(buffer.getvalue()) == {"a.txt": b"alpha"}


def test_only_what_looks_like_an_archive_is_one() -> None:
    assert (is_archive(a_zip()), is_archive(b"before" + a_zip()), is_archive(b"PK, he said")) == (True, True, False)


def test_an_archive_cut_off_anywhere_is_damaged() -> None:
    data = a_zip()
    assert {refusal(data[:length]) for length in range(0, len(data) - 1, 7)} == {"corrupt"}


def test_more_members_than_allowed_are_not_even_listed() -> None:
    assert refusal(a_zip({f"{number}": b"" for number in range(11)})) == "too-complex"


def test_a_member_larger_than_allowed_is_not_unpacked() -> None:
    assert refusal(a_zip({"a": b"x" * 1001})) == "too-large"


def test_a_member_that_states_less_than_it_holds_is_caught_without_being_unpacked() -> None:
    liar = with_central(a_zip({"a": b"x" * 50_000_000}), 24, "<L", 500)
    assert refusal(liar) == "too-large"


def test_a_member_that_states_more_than_it_holds_is_damaged() -> None:
    assert refusal(with_central(a_zip(), 24, "<L", 900)) == "corrupt"


def test_a_wrong_checksum_and_an_unknown_method_are_damage() -> None:
    assert refusal(with_central(a_zip(), 16, "<L", 1)) == "corrupt"
    assert refusal(with_central(a_zip(), 10, "<H", 99)) == "corrupt"


def test_a_protected_member_asks_for_a_password() -> None:
    assert refusal(with_central(a_zip(), 8, "<H", 1)) == "encrypted"


def test_members_that_share_bytes_are_dangerous() -> None:
    data = a_zip({"a": b"alpha", "b": b"beta"}, method=zipfile.ZIP_STORED)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    changed = bytearray(data)
    struct.pack_into("<L", changed, second + 42, 0)
    assert refusal(bytes(changed)) == "dangerous"


def test_a_member_outside_the_file_is_damage() -> None:
    assert refusal(with_central(a_zip(), 42, "<L", 10_000_000)) == "corrupt"
