"""Compound files (the container of old Office files and Outlook messages) built in code, as small as they can be."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def a_compound_file(streams: Mapping[str, bytes], *, inside: Mapping[str, bytes] | None = None) -> bytes:
    """A file with these streams in its root and, in a storage called "Inner", those of `inside`."""
    names = [*streams, *(["Inner"] if inside else []), *(inside or {})]
    contents = {**streams, **(inside or {})}
    entries = len(names) + 1
    directory_sectors = -(-entries * 128 // _SECTOR)
    table = [_TABLE, *range(2, directory_sectors + 1), _END]
    starts: dict[str, int] = {}
    body = b""
    for name, content in contents.items():
        sectors = -(-len(content) // _SECTOR)
        starts[name] = len(table) if sectors else _END
        if sectors:
            table += [*range(len(table) + 1, len(table) + sectors), _END]
        body += content.ljust(sectors * _SECTOR, b"\0")
    outer = list(streams) + (["Inner"] if inside else [])
    directory = _entry("Root Entry", 5, child=1 if names else _FREE, start=_END)
    for number, name in enumerate(names, start=1):
        last_of_outer, last_of_all = number == len(outer), number == len(names)
        following = _FREE if last_of_outer or last_of_all else number + 1
        if name == "Inner" and inside:
            directory += _entry(name, 1, following=following, child=number + 1, start=0)
        else:
            size = len(contents[name])
            directory += _entry(name, 2, following=following, start=starts[name], size=size)
    directory = directory.ljust(directory_sectors * _SECTOR, b"\0")
    fat = struct.pack(f"<{len(table)}L", *table).ljust(_SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<L", 0)
    return header.ljust(_SECTOR, b"\xff") + fat + directory + body


def _entry(
    name: str, kind: int, *, following: int = _FREE, child: int = _FREE, start: int = _END, size: int = 0
) -> bytes:
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    return (head + struct.pack("<LLL", _FREE, following, child) + bytes(36) + struct.pack("<LQ", start, size)).ljust(
        128, b"\0"
    )
