"""What a reviewer is warned of and stands in no answer: active parts, two files in one, older words, unseen letters."""

from __future__ import annotations

import re
import zlib

from casework.archive import ends_as_archive
from casework.transcript import Transcript, paragraphs_of
from extract.pdf_reader.bounds import object_streams

ACTIVE = "The PDF holds instructions for the computer (a script or action). They were not run."
TWO_KINDS = "The file is of two kinds at once, a PDF and a zip or Word file. Only one of them was read."
EARLIER = (
    "The PDF was changed after it was first saved, and an earlier version of its words is still inside. The newest"
    " version was read."
)
UNSEEN = "The file holds characters that cannot be seen, so some words may not be what they look like."

_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTION = re.compile(
    rb"/S\s*/(?:Launch|SubmitForm|GoToR|GoToE|ImportData|RichMediaExecute|Rendition|Movie|Sound)\b|/Subtype\s*/RichMedia\b"
)
# Acrobat writes a script into every field that holds a date or a number; it only lays out what is typed.
_SCRIPT = re.compile(
    rb"/JS(?![A-Za-z])\s*+(?!\(\s*AF(?:Date|Time|Number|Percent|Special|Simple|Range|Merge|Make)\w*\\?\()"
)
_OBJECT = re.compile(rb"(?<!\d)(\d{1,8})\s+\d{1,5}\s+obj\b")
_STREAM = re.compile(rb"stream\r?\n")
_CONTENTS = re.compile(rb"/Contents\s*(\[[^\]]*\]|\d+\s+\d+\s+R)")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_SHOWS_TEXT = re.compile(rb"\bT[jJ]\b")
_MOST_REPEATED = 200
_MOST_CONTENT = 1_000_000

# Marks that turn the direction of what follows, and the invisible copies of ASCII.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0001-\U000e007f]")
# Between Latin letters these have no use; in other scripts, and at the edges of pasted words, they have.
_BETWEEN = re.compile("(?<=[A-Za-z0-9])[\u200b-\u200d\u2060\ufeff]+(?=[A-Za-z0-9])")
# The flags of Wales, Scotland and England are written with the invisible copies.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")


def notes_of(data: bytes, transcript: Transcript) -> tuple[str, ...]:
    """What a person is told about a file that could be read, in sentences, each once.

    The Word reader notes what the document does ("has comments"), which is told of "the document".
    """
    found = [note if note[0].isupper() else f"The document {note}." for note in transcript.notes]
    if transcript.kind == "pdf":
        if _is_active(data):
            found.append(ACTIVE)
        if _holds_earlier_words(data):
            found.append(EARLIER)
    if b"%PDF-" in data[:1024] and ends_as_archive(data):
        found.append(TWO_KINDS)
    if any(_is_unseen(paragraph.text) for paragraph in paragraphs_of(transcript.blocks)):
        found.append(UNSEEN)
    return tuple(dict.fromkeys(found))


def _is_active(data: bytes) -> bool:
    """Whether any object of a PDF is an action that does more than go to a page or open an address."""
    return any(
        _ACTION.search(part) or _SCRIPT.search(part)
        for part in (_with_plain_names(piece) for piece in (data, *object_streams(data)))
    )


def _with_plain_names(part: bytes) -> bytes:
    """The same with `/J#61vaScript` written plainly."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _holds_earlier_words(data: bytes) -> bool:
    """Whether a page's words were replaced by an update behind the file's first end.

    Filling in fields, signing and commenting are updates too, and leave the words of the page alone.
    """
    places: dict[bytes, list[int]] = {}
    for found in _OBJECT.finditer(data):
        places.setdefault(found[1], []).append(found.end())
    repeated = [found for found in places.values() if len(found) > 1]
    return any(_is_rewritten(data, found) for found in repeated[:_MOST_REPEATED])


def _is_rewritten(data: bytes, places: list[int]) -> bool:
    first, last = (data[at : data.find(b"endobj", at, at + _MOST_CONTENT)] for at in (places[0], places[-1]))
    if _PAGE.search(first) and _PAGE.search(last):
        before, after = _CONTENTS.search(first), _CONTENTS.search(last)
        return before is not None and after is not None and before[1].split() != after[1].split()
    texts = [_drawn(version) for version in (first, last)]
    return texts[0] != texts[1] and any(_SHOWS_TEXT.search(text) for text in texts)


def _drawn(body: bytes) -> bytes:
    """The drawing instructions of a page's content, empty for anything else, appearances of fields among it."""
    found = _STREAM.search(body)
    if found is None or b"/Subtype" in body[: found.start()] or b"/Type" in body[: found.start()]:
        return b""
    content = body[found.end() :]
    if b"FlateDecode" not in body[: found.start()]:
        return content[:_MOST_CONTENT].rpartition(b"endstream")[0].strip() or content[:_MOST_CONTENT]
    try:
        return zlib.decompressobj().decompress(content, _MOST_CONTENT)
    except zlib.error:
        return b""


def _is_unseen(text: str) -> bool:
    if text.isascii():
        return False
    text = _FLAG.sub("", text)
    return bool(_TURNING.search(text) or _BETWEEN.search(text))
