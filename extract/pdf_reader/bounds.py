"""Looks at a PDF's raw bytes before any library does, and refuses what would unpack to far more than a form."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache

from casework.errors import UnreadableError
from casework.model import ErrorCode

MAX_UNPACKED = 300_000_000
"""All streams together may unpack to this many bytes."""
MAX_DRAWINGS = 20_000
"""Drawings used within drawings may be painted this often in all."""
_DEEPEST = 40
_DICTIONARY = 3_000
_OBJECT = re.compile(rb"(?<!\d)(\d{1,8})\s+\d{1,5}\s+obj\b")
_LONGEST_OPENING = 40
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_STREAM = re.compile(rb"stream\r?\n")
_NAMED = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d{1,8})\s+\d{1,5}\s+R")
_PAINTED = re.compile(rb"/([^\s/<>\[\]()]+)\s+Do\b")


def refuse_bombs(data: bytes) -> None:
    """Raise UnreadableError("too-complex") for a file whose streams or nested drawings multiply beyond reason."""
    total = 0
    drawings: dict[int, tuple[dict[bytes, int], list[bytes]]] = {}
    for found in _STREAM.finditer(data):
        start = found.end()
        if data[found.start() - 3 : found.start()] == b"end":
            continue
        head = data[max(0, found.start() - _DICTIONARY) : found.start()]
        opened = _last_object(head)
        dictionary = head[opened.end() :] if opened else head
        end = data.find(b"endstream", start)
        packed = data[start : end if end >= 0 else len(data)]
        if b"FlateDecode" in dictionary or b"/Fl" in dictionary:
            layers = max(1, dictionary.count(b"FlateDecode"))
            total += _unpacked_size(packed, layers, MAX_UNPACKED - total)
            if total >= MAX_UNPACKED:
                raise UnreadableError(
                    ErrorCode.TOO_COMPLEX,
                    "The PDF unpacks to far more than a form holds. Please export it again and resend.",
                )
        if opened and b"/Form" in dictionary and b"/XObject" in dictionary.replace(b"/Type/XObject", b""):
            content = _bounded(packed) if b"FlateDecode" in dictionary else packed[:200_000]
            names = {name: int(number) for name, number in _NAMED.findall(dictionary)}
            drawings[int(opened.group(1))] = (names, _PAINTED.findall(content))
    if drawings and _paintings(drawings) > MAX_DRAWINGS:
        raise UnreadableError(
            ErrorCode.TOO_COMPLEX,
            "The PDF repeats drawings inside drawings without end. Please export it again and resend.",
        )


def _last_object(head: bytes) -> re.Match[bytes] | None:
    """Where the last object before a stream begins; from behind, since what stands before it is other objects."""
    at = head.rfind(b"obj")
    while at >= 0:
        near = list(_OBJECT.finditer(head, max(0, at - _LONGEST_OPENING), at + 4))
        if near:
            return near[-1]
        at = head.rfind(b"obj", 0, at)
    return None


def object_streams(data: bytes) -> Iterator[bytes]:
    """What the file's streams of objects hold, at most 4 MB of each and 40 MB together; damaged ones are left out."""
    left = 40_000_000
    for found in _OBJECT_STREAM.finditer(data):
        start = _STREAM.search(data, found.end(), found.end() + _DICTIONARY)
        if start is None or left <= 0:
            continue
        end = data.find(b"endstream", start.end())
        try:
            content = zlib.decompressobj().decompress(data[start.end() : end], min(left, 4_000_000))
        except zlib.error:
            continue
        left -= len(content)
        yield content


def _unpacked_size(packed: bytes, layers: int, limit: int) -> int:
    """Bytes that a deflated stream unpacks to, counted no further than `limit`."""
    if len(packed) * 1040**layers < 4_000_000:
        return len(packed)
    size = 0
    unpackers = [zlib.decompressobj() for _ in range(layers)]
    try:
        for position in range(0, len(packed), 4_096):
            piece = packed[position : position + 4_096]
            for unpacker in unpackers[:-1]:
                piece = unpacker.decompress(piece, limit)
            while piece and size < limit:
                size += len(unpackers[-1].decompress(piece, 8_000_000))
                piece = unpackers[-1].unconsumed_tail
            if size >= limit:
                return size
    except zlib.error:
        return size
    return size


def _bounded(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, 200_000)
    except zlib.error:
        return b""


def _paintings(drawings: dict[int, tuple[dict[bytes, int], list[bytes]]]) -> int:
    """How many drawings the busiest one paints, those within those included, as deep as the library follows them.

    One that paints itself has no end of its own: twice, and each level doubles what is drawn.
    """

    @cache
    def count(number: int, depth: int) -> int:
        if number not in drawings or depth == 0:
            return 1
        names, painted = drawings[number]
        total = 1
        for name in painted:
            total += count(names.get(name, 0), depth - 1)
            if total > MAX_DRAWINGS:
                break
        return total

    return max(count(number, _DEEPEST) for number in drawings)
