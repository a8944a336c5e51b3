"""A plain text in, a Transcript out: lines as paragraphs, with what is nobody's answer set aside."""

from __future__ import annotations

import re

from casework.errors import UnreadableError
from casework.transcript import Locator, Paragraph, Span, Transcript
from extract.asides import Run, set_aside, without_quote_marks

MOST_LINES = 50_000
TOO_LONG = "The text of the message is far longer than any form. Please send the form as a Word document or as a PDF."

_NARROWEST, _WIDEST = 60, 80
_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff\xad]")
_GOES_ON = re.compile(r"[a-z(][^:\t]*$")
_ENDS = re.compile(r"[.:;?!…_]\s*$")


def read_text(text: str) -> Transcript:
    """What a plain text says, a paragraph a line; lines that a mail program broke are put together again.

    Quoted mail, mail headers, banners, signatures and disclaimers stand in parts of their own. Places are lines,
    counted from 1. UnreadableError `too-complex` where it has more lines than any form.
    """
    lines = without_quote_marks(_UNSEEN.sub("", text).replace("\xa0", " ").splitlines())
    if len(lines) > MOST_LINES:
        raise UnreadableError("too-complex", TOO_LONG)
    runs: list[Run] = []
    run: list[Paragraph] = []
    width = _wrapped_at(lines)
    before = ""
    for number, line in enumerate(lines, start=1):
        words = line.strip()
        if not words:
            if run:
                runs.append(run)
            run, before = [], ""
        elif run and _is_continued(before, words, width):
            run[-1] = _joined(run[-1], words)
            before = line
        else:
            run.append(Paragraph((Span(words),), Locator(path=f"line {number}")))
            before = line
    if run:
        runs.append(run)
    return Transcript("text", set_aside(runs))


def _wrapped_at(lines: list[str]) -> int:
    """The width at which a mail program broke the lines, 0 where it broke none."""
    widest = max((len(line.rstrip()) for line in lines if not line.startswith(">")), default=0)
    return widest if _NARROWEST <= widest <= _WIDEST else 0


def _is_continued(before: str, words: str, width: int) -> bool:
    """Whether a line only stands by itself because its first word did not fit on the line before."""
    if not width or before.startswith(">") or words.startswith(">") or _ENDS.search(before):
        return False
    return len(before.rstrip()) + 1 + len(words.split()[0]) > width and _GOES_ON.match(words) is not None


def _joined(paragraph: Paragraph, words: str) -> Paragraph:
    return Paragraph((Span(f"{paragraph.text} {words}"),), paragraph.place)
