"""What is inside a zip file, without trusting any size or count that the file states about itself."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from casework.errors import UnreadableError

_END = b"PK\x05\x06"
_END64_LOCATOR = b"PK\x06\x07"
_END64 = b"PK\x06\x06"
_ENTRY = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
_IN_ZIP64 = 0xFFFFFFFF

DAMAGED = (
    "The file is damaged or did not arrive whole. Please open it in the program it was written with, "
    "save it again and send it once more."
)
TOO_MANY = (
    "The file is made of far more parts than a form ever is, so it was not opened. "
    "Please copy the answers into a new, empty form and send that."
)
TOO_MUCH = (
    "The file unpacks to far more than a form ever holds, so it was not opened. "
    "Please copy the answers into a new, empty form and send that."
)
OVERLAPPING = (
    "Parts of the file overlap, which no honest program writes, so it was not opened. "
    "Please copy the answers into a new, empty form and send that."
)


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the directory. Sizes are the stated ones, in bytes; `inflate` checks them."""

    name: str
    method: int
    encrypted: bool
    crc: int
    packed: int
    size: int
    offset: int


def is_archive(data: bytes) -> bool:
    """Whether the bytes start as a zip file does, or end as one does."""
    return data.startswith(_LOCAL) or _find_end(data) >= 0


def ends_as_archive(data: bytes) -> bool:
    """Whether the very last bytes are those of a zip file, whatever the first ones are."""
    end = _find_end(data)
    return end >= 0 and end + 22 + int.from_bytes(data[end + 20 : end + 22], "little") == len(data)


def list_members(data: bytes, *, most: int) -> list[Member]:
    """The directory in its own order; UnreadableError `corrupt`, or `too-complex` over `most` members.

    Bytes before the archive, such as a mail gateway's banner, are allowed for.
    """
    end = _find_end(data)
    if end < 0:
        raise UnreadableError("corrupt", DAMAGED)
    count, size, offset, before_end = _end_record(data, end)
    if count > most:
        raise UnreadableError("too-complex", TOO_MANY)
    at = before_end - size
    shift = at - offset
    if at < 0 or shift < 0:
        raise UnreadableError("corrupt", DAMAGED)
    members = []
    for _ in range(count):
        if data[at : at + 4] != _ENTRY or at + 46 > before_end:
            raise UnreadableError("corrupt", DAMAGED)
        flags, method = struct.unpack_from("<HH", data, at + 8)
        crc, packed, full, name_size, extra_size, comment_size = struct.unpack_from("<LLLHHH", data, at + 16)
        (start,) = struct.unpack_from("<L", data, at + 42)
        raw_name = data[at + 46 : at + 46 + name_size]
        extra = data[at + 46 + name_size : at + 46 + name_size + extra_size]
        full, packed, start = _from_zip64(extra, full, packed, start)
        name = raw_name.decode("utf-8" if flags & _UTF8_FLAG else "cp437", "replace")
        members.append(Member(name, method, bool(flags & _ENCRYPTED_FLAG), crc, packed, full, start + shift))
        at += 46 + name_size + extra_size + comment_size
    return members


def check_no_overlap(members: list[Member], length: int) -> None:
    """UnreadableError `dangerous` where two members claim the same bytes, `corrupt` where one ends after the file."""
    ends = 0
    for member in sorted(members, key=lambda member: member.offset):
        if member.offset < ends:
            raise UnreadableError("dangerous", OVERLAPPING)
        ends = member.offset + 30 + member.packed
        if ends > length:
            raise UnreadableError("corrupt", DAMAGED)


def inflate(data: bytes, member: Member, *, most: int) -> bytes:
    """The member's bytes, never more than `most`; UnreadableError `encrypted`, `too-large` or `corrupt`."""
    if member.encrypted:
        raise UnreadableError(
            "encrypted", "The file is protected with a password. Please remove the password and send it again."
        )
    if member.size > most:
        raise UnreadableError("too-large", TOO_MUCH)
    at = member.offset
    if data[at : at + 4] != _LOCAL or at + 30 > len(data):
        raise UnreadableError("corrupt", DAMAGED)
    name_size, extra_size = struct.unpack_from("<HH", data, at + 26)
    start = at + 30 + name_size + extra_size
    packed = data[start : start + member.packed]
    if member.method == _STORED:
        full = packed
    elif member.method == _DEFLATED:
        full = _inflate_raw(packed, member.size)
    else:
        raise UnreadableError("corrupt", DAMAGED)
    if len(full) != member.size or zlib.crc32(full) != member.crc:
        raise UnreadableError("corrupt", DAMAGED)
    return full


def _inflate_raw(packed: bytes, size: int) -> bytes:
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than stated is asked for, so that a lie shows without being unpacked.
        full = unpacking.decompress(packed, size + 1)
    except zlib.error as problem:
        raise UnreadableError("corrupt", DAMAGED) from problem
    if len(full) > size:
        raise UnreadableError("too-large", TOO_MUCH)
    return full


def _find_end(data: bytes) -> int:
    # The end record is followed by a comment of at most 65 535 bytes.
    at = data.rfind(_END, max(0, len(data) - 22 - 0xFFFF))
    return at if at >= 0 and at + 22 <= len(data) else -1


def _end_record(data: bytes, end: int) -> tuple[int, int, int, int]:
    """(count, directory size, directory offset, where the directory ends)."""
    count, size, offset = struct.unpack_from("<HLL", data, end + 10)
    locator = end - 20
    if locator < 0 or data[locator : locator + 4] != _END64_LOCATOR:
        return count, size, offset, end
    at = locator - 56
    if at < 0 or data[at : at + 4] != _END64:
        raise UnreadableError("corrupt", DAMAGED)
    count, size, offset = struct.unpack_from("<QQQ", data, at + 32)
    return count, size, offset, at


def _from_zip64(extra: bytes, full: int, packed: int, start: int) -> tuple[int, int, int]:
    """The three numbers, with those that did not fit into 32 bits taken from the extra field."""
    if _IN_ZIP64 not in (full, packed, start):
        return full, packed, start
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            body = extra[at + 4 : at + 4 + length]
            wide = [number for (number,) in struct.iter_unpack("<Q", body[: len(body) // 8 * 8])]
            values = [wide.pop(0) if value == _IN_ZIP64 and wide else value for value in (full, packed, start)]
            return values[0], values[1], values[2]
        at += 4 + length
    return full, packed, start
