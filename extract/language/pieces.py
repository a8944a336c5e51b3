"""The sentences of an answer that are the sender's, the clauses of a sentence, and which words carry its meaning."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from extract.language.wording import load_wording

_STOP = frozenset(load_wording()["small"])
_CLAUSE = re.compile(
    r"[;:]\s"
    r"|(?<=[a-z]{3})[.!?]\s"
    r"|\s[-–—]\s"
    r"|\s\|\s"
    r"|,\s(?=(?:but|so|which|and|as|since|because|though|although|while|whereas|or|then|who|nor|yet|where|when|for"
    r"|they|we|it|he|she|in which|based on|going by|by the)\b)"
    r"|\sbut\s|\s(?=because\b)"
)
# What may stand before the words that count, and need not be quoted.
_OPENING = re.compile(
    r"(?:please|pls) (?:note|understand|be aware|bear in mind|remember)(?: that)?,? "
    r"|n/?a\b[ ,.:;–-]*"
    r"|(?:hi|hello|dear) \w+,? ",
    re.IGNORECASE,
)
_SAYS_SOMETHING = re.compile(r"[^\W_]|[-.?–—*/\U0001f300-\U0001faff]")


def sender_pieces(doc: Doc, own: list[tuple[int, int]]) -> list[Span]:
    """The sentences of `doc` without the form's words, which stand at the spans `own`."""
    pieces = []
    for sentence in doc.sents:
        tokens = [token for token in sentence if not any(start <= token.idx < end for start, end in own)]
        if any(token.text.strip() for token in tokens):
            piece = _stripped(doc[tokens[0].i : tokens[-1].i + 1])
            if len(piece) and _SAYS_SOMETHING.search(piece.text):
                pieces.append(piece)
    return pieces


def is_content(token: Token) -> bool:
    """Whether a word means something by itself."""
    return token.is_alpha and len(token) > 1 and token.lower_ not in _STOP and token.norm_ not in _STOP


def within(group: str, piece: Span) -> list[Span]:
    """The finds of one span group that begin in `piece`."""
    spans, starts = _in_order(piece.doc, group)
    return spans[bisect_left(starts, piece.start) : bisect_left(starts, piece.end)]


def _in_order(doc: Doc, group: str) -> tuple[list[Span], list[int]]:
    """The finds of a span group by where they begin, kept with the document: an answer may have 100,000 of them."""
    key = f"in order {group}"
    if key not in doc.user_data:
        spans = sorted(doc.spans[group], key=lambda span: span.start)
        doc.user_data[key] = (spans, [span.start for span in spans])
    found: tuple[list[Span], list[int]] = doc.user_data[key]
    return found


def clauses_of(piece: Span) -> list[Span]:
    """The parts of a sentence that could stand alone, in order."""
    cuts = [0, *(hit.end() for hit in _CLAUSE.finditer(piece.text)), len(piece.text)]
    spans = [
        piece.doc.char_span(piece.start_char + start, piece.start_char + end, alignment_mode="contract")
        for start, end in pairwise(cuts)
        if end > start
    ]
    return [span for span in spans if span is not None and len(span)] or [piece]


def clause_around(find: Span, piece: Span) -> Span:
    """The clause, or the clauses, in which a find stands."""
    clauses = [clause for clause in clauses_of(piece) if clause.start < find.end and find.start < clause.end]
    if not clauses:
        return piece
    return piece.doc[min(clause.start for clause in clauses) : max(clause.end for clause in clauses)]


def quoted(span: Span) -> tuple[int, int]:
    """Where the words worth quoting begin and end: without greeting, bullet or trailing marks."""
    text = span.text
    opening = _OPENING.match(text)
    skip = opening.end() if opening is not None and opening.end() < len(text) else 0
    lead = skip + len(text[skip:]) - len(text[skip:].lstrip(' ,;:-–—>*•"\n'))
    tail = len(text.rstrip(" ,;:-–—|\n"))
    return (span.start_char + lead, span.start_char + max(tail, lead + 1))


def _stripped(span: Span) -> Span:
    start, end = span.start, span.end
    doc = span.doc
    while start < end and not doc[start].text.strip():
        start += 1
    while end > start and not doc[end - 1].text.strip():
        end -= 1
    return doc[start:end]
