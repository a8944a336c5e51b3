"""What somebody wrote in an e-mail, apart from what they quoted and from their signature and disclaimer."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 20_000
"""Lines that are looked at; what comes after them counts as the rest."""

_HEADER = re.compile(
    r"[ \t]*\*?(from|sent|date|to|cc|subject|oddi wrth|anfonwyd|at|pwnc|dyddiad)[ \t]*:\*?[ \t]*\S", re.IGNORECASE
)
_FROM = re.compile(r"[ \t]*\*?(from|oddi wrth)[ \t]*:\*?[ \t]*\S", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"[ \t]*(-{2,}[ \t]*(original message|original appointment|forwarded message|forwarded by .{1,80}|neges wreiddiol)"
    r"[ \t]*-{2,}|begin forwarded message:|_{20,})[ \t]*$",
    re.IGNORECASE,
)
_WROTE = re.compile(r"[ \t]*(on|ar)\b.{4,300}\b(wrote|ysgrifennodd)\b.{0,120}:[ \t]*$", re.IGNORECASE)
_QUOTED = re.compile(r"[ \t]*(>|\|[ \t])")
_DASHES = re.compile(r"--[ \t]*$")
_PHONE = re.compile(
    r"[ \t]*(sent from (my|outlook|mail for|the all new|yahoo)\b.{0,60}|get outlook for (ios|android).{0,80}"
    r"|anfonwyd o fy\b.{0,60})$",
    re.IGNORECASE,
)
_VALEDICTION = re.compile(
    r"[ \t]*((many|kind|best|kindest|warm|with( many| kind)?) (thanks|regards|wishes)|(kind |best )?regards"
    r"|(many )?thanks( again| in advance)?|thank you( very much| in advance)?|cheers|yours (sincerely|faithfully|truly)"
    r"|diolch( yn fawr)?|cofion( gorau| cynnes)?|dymuniadau gorau)[ \t]*[,.!]?[ \t]*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"this (e-?mail|message|communication)\b.{0,200}\b(confidential|privileged|intended (solely|only)|may contain)"
    r"|\bif you (are not|have received) (the intended|this)\b|\b(disclaimer|confidentiality (notice|statement))\b"
    r"|please consider the environment|mae.r (e-?bost|neges) (hon|hwn)\b.{0,120}\bcyfrinachol",
    re.IGNORECASE,
)
_STARS = re.compile(r"[ \t]*[*=_#-]{10,}[ \t]*$")
_SIGNATURE_LINES = 25
_SENTENCE_WORDS = 12


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A body in three: what is new, the earlier messages under or between it, the signature with any disclaimer.

    No word of the body is dropped: each line stands in exactly one of the three.
    """

    fresh: str
    quoted: str
    signature: str


def own_words(text: str) -> OwnWords:
    """Divide the plain text of one message. Where nothing tells the parts apart, all of it is fresh."""
    lines = text.replace("\r\n", "\n").split("\n")
    rest = lines[MOST_LINES:]
    lines = lines[:MOST_LINES]
    start = _quote_start(lines)
    own, quoted = lines[:start], lines[start:]
    if any(_QUOTED.match(line) for line in quoted):
        # Answers between the lines: what bears no mark was written now.
        head, marked, between = _between(quoted)
        quoted = head + marked
        own = own + between
    quoted = [line for line in own if _QUOTED.match(line)] + quoted
    own = [line for line in own if not _QUOTED.match(line)]
    end = _signature_start(own)
    return OwnWords(_text(own[:end]), _text(quoted + rest), _text(own[end:]))


def _text(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _quote_start(lines: list[str]) -> int:
    """The line where the first earlier message begins; the number of lines where there is none."""
    for at, line in enumerate(lines):
        if _SEPARATOR.match(line) and (not line.strip().startswith("_") or _is_header_block(lines, at + 1)):
            return at
        if _FROM.match(line) and _is_header_block(lines, at):
            return at
        # Mail programs wrap "On … wrote:" over up to three lines.
        if re.match(r"[ \t]*(on|ar)\b", line, re.IGNORECASE) and any(
            _WROTE.match(" ".join(lines[at : at + count])[:500]) for count in (1, 2, 3)
        ):
            return at
    return len(lines)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether an Outlook heading stands here: From and at least two of Sent, To, Cc, Subject close together."""
    near = [line for line in lines[at : at + 9] if line.strip()][:7]
    names = {found[1].lower() for line in near if (found := _HEADER.match(line))}
    return bool(names & {"from", "oddi wrth"}) and len(names) >= 3


def _between(quoted: list[str]) -> tuple[list[str], list[str], list[str]]:
    """(the heading, marked lines, unmarked lines) of a quotation that is marked line by line."""
    first = next(at for at, line in enumerate(quoted) if _QUOTED.match(line))
    if first > 12:
        # The marks belong to an older message further down; this one is quoted whole.
        return quoted, [], []
    body = quoted[first:]
    unmarked = [line for line in body if not _QUOTED.match(line)]
    if _is_header_block(quoted[:first], 0):
        return quoted, [], []
    return quoted[:first], [line for line in body if _QUOTED.match(line)], unmarked


def _signature_start(lines: list[str]) -> int:
    """The line where the signature begins, the number of lines where there is none."""
    for at, line in enumerate(lines):
        if _DASHES.match(line) or _PHONE.match(line):
            return at
        if _DISCLAIMER.search(line[:1_000]) and at > 0:
            return _before_rule(lines, at)
        if _VALEDICTION.match(line) and _is_signature(lines[at + 1 :]):
            return at
    return len(lines)


def _before_rule(lines: list[str], at: int) -> int:
    """A row of stars over a disclaimer belongs to it."""
    above = at - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    return above if _STARS.match(lines[above]) else at


def _is_signature(lines: list[str]) -> bool:
    """Whether what follows a "Kind regards" is a name and addresses, not more of the letter."""
    below = []
    for line in lines:
        if _DISCLAIMER.search(line[:1_000]) or _DASHES.match(line) or _STARS.match(line):
            break
        if line.strip():
            below.append(line)
        if len(below) > _SIGNATURE_LINES:
            return False
    return all(len(line.split()) <= _SENTENCE_WORDS for line in below)
