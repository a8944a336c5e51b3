"""Whether words that were found are denied where they stand: "it isn't part of X", "X says nothing about it"."""

from __future__ import annotations

import re

from spacy.tokens import Span

_NOT = r"(?:not|n't|no|nothing|never|neither|nor|without|isn't|aren't|doesn't|don't|outside|unlike|won't|wasn't)"
_BELONGS = (
    r"(?:under|part of|linked|link|related|covered|come|comes|fall|falls|mention\w*|in|by|within|from|of|required"
    r"|the|an?|any|to|about|named|called)"
)
_BEFORE = re.compile(
    r"\bn/?a (?:for|to|in|under|with) (?:the |an? |any |our )?$"
    r"|\b(?:forget|never mind|leaving aside) (?:the |an? |any |our )?$"
    rf"|\b{_NOT}\b[^.;]{{0,70}}\b{_BELONGS}?\s*(?:the |an? |any |our )?$"
    r"|\b(?:no|not an?|not the|nothing in|nothing about|outside) (?:the |such )?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^[^.;,]{0,20}\b(?:does(?:n't| not)|do(?:n't| not)|did(?:n't| not)|says nothing|say nothing|is silent"
    r"|isn't|is not"
    r"|aren't) ?(?:apply|cover|mention|require|say|ask|deal|include|about|on|relevant|involved|concerned)?",
    re.IGNORECASE,
)
# A denial ends where the sentence turns.
_TURN = re.compile(r"\b(?:but|however|though|except|although|since|because)\b|[,;]", re.IGNORECASE)
# "It isn't in A, the B or anything from C": one "not" for all that are listed.
_LISTED = re.compile(
    rf"\b{_NOT} (?:(?:a |any )?(?:part|mention(?:ed)?|named?|covered|listed|required|found|set) )?"
    r"(?:in|by|under|of|on|from|within) (?:[^,.;]{1,40}, )*(?:[^,.;]{1,40}?\b(?:or|nor) )?[^,.;]{0,40}$",
    re.IGNORECASE,
)
_OR = re.compile(r"^[^.;]{0,80}\b(?:or|nor)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:isn't|aren't|is not|are not|not|no|never|hardly|without|nothing)\b[^.,;]{0,25}$", re.IGNORECASE
)
_REACH_BACK, _REACH_ON = 110, 60


def is_denied_name(name: Span) -> bool:
    """Whether a name is brought up only to deny a link with it."""
    sentence, text = name.sent, name.doc.text
    back = text[max(sentence.start_char, name.start_char - _REACH_BACK) : name.start_char]
    before = _TURN.split(back)[-1]
    after = text[name.end_char : min(sentence.end_char, name.end_char + _REACH_ON)]
    if _LISTED.search(back) and (_OR.match(after) or re.search(r"\b(?:or|nor)\b", before)):
        return True
    return bool(_BEFORE.search(before)) or bool(_AFTER.match(after))


def is_denied_at(text: str, start: int) -> bool:
    """Whether the words that begin at `start` stand closely behind a "not"."""
    return bool(_DENIES.search(text[max(0, start - 60) : start]))
