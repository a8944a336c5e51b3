"""Tells what in the text of a message is nobody's answer: mail headers, quotes, banners, signatures and disclaimers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from casework.transcript import Block, Locator, Paragraph, Table, Transcript, paragraphs_of

QUOTED, MAIL_HEADER, BANNER, SIGNATURE, DISCLAIMER, HIDDEN = (
    "quoted",
    "mail header",
    "banner",
    "signature",
    "disclaimer",
    "hidden",
)
ASIDES = frozenset((QUOTED, MAIL_HEADER, BANNER, SIGNATURE, DISCLAIMER, HIDDEN))
"""Parts of a message that are kept, and in which no question is asked and none answered."""

Run = list[Paragraph] | Table
"""Lines that stand together with no gap between them, or a table."""

_HEADER = re.compile(
    r"[*_\s]*(From|Sent|Date|To|Cc|Bcc|Subject|Importance|Sensitivity|Reply-To|Attachments)[*_\s]*:[*_]*(?:\s|$)", re.I
)
_TELLING_HEADERS = frozenset(("sent", "date", "subject"))
_FEWEST_HEADERS, _MOST_HEADERS = 3, 14
_DIVIDER = re.compile(
    r"(?:[-–—_\s]*(?:original message|forwarded message|begin forwarded message:?|forwarded by .{1,80})[-–—_\s]*"
    r"|_{10,}|-{20,}|on\b.{8,160}\bwrote:)\s*",
    re.I,
)
_FORWARDED = re.compile(r"[-–—_\s]*(?:forwarded message|begin forwarded message:?)[-–—_\s]*", re.I)
_BANNER = re.compile(
    r"\b(?:originat(?:ed|es|ing) (?:from )?(?:an? )?(?:outside|external)"
    r"|(?:sent|came|comes|received) from (?:an? |someone |somewhere )?(?:outside|external)"
    r"|external (?:e-?mail|sender|message)|(?:do not|don't) (?:click|open) (?:on )?(?:any )?(?:links?|attachments?)"
    r"|you don't often get e-?mail from|report (?:as )?(?:spam|phishing))\b",
    re.I,
)
_TAGGED = re.compile(r"\W*(?:external|caution|warning)\W*", re.I)
_DISCLAIMER = re.compile(
    r"\b(?:this|the) (?:e-?mail|message|communication|transmission|information)\b.{0,160}?"
    r"\b(?:confidential|privileged|intended (?:solely |only )?for|addressee)"
    r"|\bif you (?:are|were) not the (?:intended|named) (?:recipient|addressee)"
    r"|\breceived (?:this|the) (?:e-?mail|message|communication) in error"
    r"|\b(?:think|consider) (?:of )?the environment before printing"
    r"|\bsubject to (?:public )?disclosure under the freedom of information act"
    r"|\b(?:scanned|checked|swept) (?:for|by) .{0,40}\bvirus"
    r"|\bnhsmail is the secure e-?mail",
    re.I,
)
_SIGN_OFF = re.compile(
    r"(?:with )?(?:(?:kind|kindest|best|warm|warmest|many|very best) )?(?:regards|wishes|thanks)"
    r"(?: (?:and|&) (?:kind |best )?(?:regards|wishes|thanks))?(?: (?:again|in advance))?[\s,.!]*"
    r"|yours(?: (?:sincerely|faithfully|truly|ever))?[\s,.!]*|sincerely[\s,.!]*|cheers[\s,.!]*|thank you[\s,.!]*",
    re.I,
)
_SIGNATURE_MARK = re.compile(r"--\s*|_{2,9}|(?:sent from my|get outlook for|sent from (?:mail|outlook)) .{0,60}", re.I)
_CLOSING = re.compile(
    r"(?:(?:please )?let (?:me|us) know|(?:please )?(?:do not|don't) hesitate|if you (?:need|have|require|would like)"
    r"|any (?:questions|queries|problems)|happy to|(?:i |we )?look(?:ing)? forward|hope (?:this|that)|thank you for"
    r"|thanks for)\b.{0,160}",
    re.I,
)
_CONTACT = re.compile(
    r"(?:tel|telephone|phone|mob|mobile|ext|extension|direct|e-?mail|web|website|address|fax|teams|twitter|pronouns|"
    r"working (?:days|pattern|hours)|[tmefwad])\b",
    re.I,
)
_PAIR = re.compile(r"\s*([^:\t]{2,60}?)\s*[:\t]\s*\S")
_LONGEST_SIGN_OFF = 45
_MOST_BANNER_ROWS, _MOST_BANNER_LINES, _LONGEST_BANNER = 2, 30, 2000
_LONGEST_SIGNATURE = 18
_PAIRS_OF_A_FORM = 3
_LINES_OF_A_NAME = 3


@dataclass(slots=True)
class _Line:
    """One line, or a whole table, with the run it stands in and the part it was found to be."""

    run: int
    block: Paragraph | Table
    text: str
    part: str = ""


def set_aside(runs: Sequence[Run]) -> tuple[Block, ...]:
    """The runs as blocks, with every aside in its own part; lines without words are left out."""
    lines = list(_lines(runs))
    _mark_quotes(lines)
    _mark_headers(lines)
    for start, end in _sections(lines):
        _mark_runs(lines, start, end)
        _mark_signature(lines, start, end)
    return tuple(block for line in lines for block in _placed(line))


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a thread: its letter without the asides in it, and all that stands before and after it."""

    letter: Transcript
    aside: tuple[Block, ...]
    before: tuple[Block, ...]
    after: tuple[Block, ...]


def mails_of(transcript: Transcript) -> Iterator[Mail]:
    """The mails of a thread as `set_aside` left it, newest first; headers belong to the mail below them."""
    blocks = transcript.blocks
    starts = [0]
    for at, block in enumerate(blocks):
        headed = block.place.part == MAIL_HEADER
        if headed and (at == 0 or blocks[at - 1].place.part != MAIL_HEADER) and at > 0:
            starts.append(at)
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        held = blocks[start:end]
        letter = tuple(block for block in held if block.place.part not in ASIDES)
        aside = tuple(block for block in held if block.place.part in ASIDES)
        if letter:
            yield Mail(replace(transcript, blocks=letter), aside, blocks[:start], blocks[end:])


def without_quote_marks(lines: Sequence[str]) -> list[str]:
    """The lines of a text; those of a mail forwarded as a quote lose the mark in front of them."""
    found: list[str] = []
    forwarded = False
    for line in lines:
        forwarded = forwarded or _FORWARDED.fullmatch(line.lstrip("> ")) is not None
        found.append(re.sub(r"^\s?>\s?", "", line) if forwarded else line)
    return found


def _lines(runs: Sequence[Run]) -> Iterator[_Line]:
    for number, run in enumerate(runs):
        if isinstance(run, Table):
            yield _Line(number, run, " ".join(part.text for part in paragraphs_of((run,))).strip())
        else:
            for paragraph in run:
                text = " ".join(paragraph.text.split())
                if text or any(span.control for span in paragraph.spans):
                    part = paragraph.place.part
                    yield _Line(number, paragraph, text, part if part in ASIDES else "")


def _mark_quotes(lines: list[_Line]) -> None:
    for line in lines:
        if isinstance(line.block, Paragraph) and line.text.startswith(">"):
            line.part = QUOTED


def _mark_headers(lines: list[_Line]) -> None:
    """The block that a mail program puts above a mail that is answered or forwarded."""
    at = 0
    while at < len(lines):
        end = _headers_end(lines, at)
        if end > at:
            first = at
            while first > 0 and not lines[first - 1].part and _DIVIDER.fullmatch(lines[first - 1].text):
                first -= 1
            for line in lines[first:end]:
                line.part = MAIL_HEADER
            at = end
            continue
        wrapped = f"{lines[at].text} {lines[at + 1].text}" if at + 1 < len(lines) else ""
        if lines[at].text.casefold().startswith("on ") and not lines[at].part:
            if _DIVIDER.fullmatch(lines[at].text):
                lines[at].part = MAIL_HEADER
            elif lines[at + 1 : at + 2] and lines[at + 1].text.endswith("wrote:") and _DIVIDER.fullmatch(wrapped):
                lines[at].part = lines[at + 1].part = MAIL_HEADER
        elif _FORWARDED.fullmatch(lines[at].text) and lines[at].text:
            lines[at].part = MAIL_HEADER
        at += 1


def _headers_end(lines: list[_Line], at: int) -> int:
    """Where a block of headers that begins with a From line ends; `at` where there is none."""
    first = _HEADER.match(lines[at].text)
    if lines[at].part or first is None or first[1].casefold() != "from":
        return at
    names = {"from"}
    end = at + 1
    while end < len(lines) and end - at < _MOST_HEADERS and not lines[end].part:
        found = _HEADER.match(lines[end].text)
        if found is None or found[1].casefold() == "from":
            break
        names.add(found[1].casefold())
        end += 1
    return end if len(names) >= _FEWEST_HEADERS and names & _TELLING_HEADERS else at


def _sections(lines: list[_Line]) -> Iterator[tuple[int, int]]:
    """The mails of a thread: from one block of headers to the next."""
    start = 0
    for at, line in enumerate(lines):
        if line.part == MAIL_HEADER:
            if at > start:
                yield start, at
            start = at + 1
    if start < len(lines):
        yield start, len(lines)


def _mark_runs(lines: list[_Line], start: int, end: int) -> None:
    """Banners of mail gateways and disclaimers; what follows a disclaimer at the end of a mail is more of the same."""
    at = start
    while at < end:
        stop = next((other for other in range(at, end) if lines[other].run != lines[at].run), end)
        text = " ".join(line.text for line in lines[at : min(stop, at + _MOST_BANNER_LINES)])[:_LONGEST_BANNER]
        block = lines[at].block
        small = not isinstance(block, Table) or len(block.rows) <= _MOST_BANNER_ROWS
        if small and _DISCLAIMER.search(text):
            _mark(lines[at:stop], DISCLAIMER)
            if _ends_here(lines, stop, end):
                _mark(lines[stop:end], DISCLAIMER)
                return
        elif small and (_BANNER.search(text) or _TAGGED.fullmatch(text)):
            _mark(lines[at:stop], BANNER)
        at = stop


def _mark_signature(lines: list[_Line], start: int, end: int) -> None:
    for at in range(start, end):
        line = lines[at]
        if line.part or not isinstance(line.block, Paragraph):
            continue
        ends = len(line.text) <= _LONGEST_SIGN_OFF and _SIGN_OFF.fullmatch(line.text)
        if not ends and not _SIGNATURE_MARK.fullmatch(line.text):
            continue
        rest = lines[at:end]
        if not _ends_here(lines, at + 1, end):
            # A form follows: only the name below the greeting is set aside.
            name = lines[at + 1 : min(at + 1 + _LINES_OF_A_NAME, end)]
            run = line.run if name and name[0].run == line.run else line.run + 1
            rest = [line, *(other for other in name if other.run == run and isinstance(other.block, Paragraph))]
            rest = rest if _pairs(rest) == 0 else [line]
        _mark(rest, SIGNATURE)
        before = lines[at - 1] if at > start else None
        if ends and before is not None and not before.part and _CLOSING.fullmatch(before.text):
            before.part = SIGNATURE


def _ends_here(lines: Sequence[_Line], start: int, end: int) -> bool:
    """Whether what is left of a mail is short and no form."""
    unmarked = (line for line in islice(lines, start, end) if not line.part)
    left = list(islice(unmarked, _LONGEST_SIGNATURE + 1))
    return len(left) <= _LONGEST_SIGNATURE and _pairs(left) < _PAIRS_OF_A_FORM


def _pairs(lines: Sequence[_Line]) -> int:
    """How many questions with answers there seem to be, contact details left out."""
    found = 0
    for line in lines:
        if isinstance(line.block, Table):
            rows = [row for row in line.block.rows if len(row.cells) > 1]
            found += sum(_CONTACT.match(row.cells[0].text.strip()) is None for row in rows)
        else:
            pair = _PAIR.match(line.block.text)
            found += pair is not None and _CONTACT.match(pair[1]) is None
    return found


def _mark(lines: Sequence[_Line], part: str) -> None:
    for line in lines:
        line.part = line.part or part


def _placed(line: _Line) -> tuple[Block, ...]:
    if not line.part:
        return (line.block,)
    if isinstance(line.block, Paragraph):
        return (in_part(line.block, line.part),)
    return tuple(in_part(paragraph, line.part) for paragraph in paragraphs_of((line.block,)))


def in_part(paragraph: Paragraph, part: str) -> Paragraph:
    """The paragraph as one of another part, with its path kept."""
    return replace(paragraph, place=Locator(part, paragraph.place.path), level=0)
