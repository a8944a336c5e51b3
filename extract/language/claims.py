"""What an answer claims without proof: harm, gain and reasons in words of its own, and whether they are too thin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from spacy.tokens import Span

from extract.language.answer_words import AnswerWords
from extract.language.facts import is_disbenefit
from extract.language.pieces import clauses_of, is_content, quoted, within
from extract.language.pipeline import QUANTITIES
from extract.language.quantities import joined

_SHORT_CLAIM = 16
"""A sentence of up to so many words is quoted whole."""
_HARDLY = 0.4
"""The strength of a sentence that speaks of people in words of its own, and of nothing that we know for good or bad."""
_OWN_WORDS = 5
_STATUS_QUO = re.compile(
    r"\bbusiness as usual\b|\bstatus quo\b|\bas now\b"
    r"|\b(?:stays?|remains?|carry on|continues?|be|left|goes on|same) (?:just |exactly )?"
    r"(?:as (?:it|they|we) (?:is|are|does|do)|as (?:now|before|at present)|the same|unchanged)\b",
    re.IGNORECASE,
)
_CIRCULAR_START = re.compile(
    r"^(?:if (?:it|this) (?:isn't|is not|wasn't|were not|weren't)|without (?:it|this)|we'd|we would|it would"
    r"|it'd|it'll"
    r"|things would)\b",
    re.IGNORECASE,
)
# "Please can X be added": the request, whatever praise is in the name of X.
_ASKING = re.compile(
    r"^(?:please |pls |kindly )?(?:(?:can|could|may|might)\b.{0,120}\bbe (?:added|put|included|created|set up|made)\b"
    r"|(?:add|include|create|put|make)\b)",
    re.IGNORECASE,
)
# "Failure to implement it", "the continued absence of it": not doing what is asked for, and no harm by itself.
_NOT_DONE = re.compile(
    r"\b(?:fail(?:ure|ing|s)? to (?:implement|do|have|add|make|provide|introduce|progress|approve|proceed|act|change"
    r"|create|include|agree|give|put|set up|adopt)|(?:the )?(?:continu\w+ )?(?:absence|lack|want) of)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?!earlier|carrier|supplier|barrier|courier|cashier|frontier|premier|outlier)[a-z]{3,}ier\b", re.I
)
# "In bulk rather than one by one": what is asked for, and its opposite.
_RATHER = r"\b(?:rather than|instead of|and not|as opposed to|not)(?: [\w'-]+){0,3}? "
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{asked})", re.IGNORECASE), re.compile(rf"{_RATHER}(?:{opposite})\b", re.IGNORECASE))
    for asked, opposite in (
        (
            r"bulk|batch|mass\b|en masse|group|multiple|several|all at once|many",
            r"one by one|one at a time|singly|individually|separately|one after (?:the other|another)|each by itself",
        ),
        (r"auto", r"manually|by hand|typed|keyed"),
        (r"electronic|online|on-line|digital|self[- ]service|e-", r"on paper|paper|by post|in the post"),
    )
)
_THERE_IS = re.compile(
    r"\b(?:there(?:'s| is| are)|(?:it|this)(?:'s| is) (?:now |all )?(?:in|covered by|from|set by|tied to)"
    r"|comes? from|(?:under|part of|in line with)) (?:(?:an?|the|some|several|now a) )?(?:\w+ )?national (?:\w+ )?"
    r"(?:programme|strategy|policy|framework|plan|campaign|initiative|agenda|standard|guidance|scheme|work ?stream"
    r"|requirement)s?\b",
    re.IGNORECASE,
)
_FEW_WORDS = 3
_MOST = 3
_NOT_ASKED: Mapping[Span, float] = MappingProxyType({})
_QUALITY = re.compile(
    r"^(?!document|inform|confirm|complet|clarif|attach|discuss|consult)"
    r".{4,}(?:ility|ality|ivity|ness|ance|ence|ency|ancy|uity)$"
)
_FORETOLD = re.compile(
    r"\b(?:will|would|won't|wouldn't|could|might|may|[a-z]+'ll|[a-z]+'d|stop|no longer)\b", re.IGNORECASE
)
Claim = tuple[Span, float]


def find_claims(answer: AnswerWords, speaking: list[Span]) -> list[Claim]:
    """The sentences that claim something, with how strongly."""
    scored = [(piece, strength(answer, piece)) for piece in speaking]
    return [(piece, worth) for piece, worth in scored if worth > 0]


def strength(answer: AnswerWords, piece: Span) -> float:
    """How strongly one sentence, or one clause, claims; 0 for nothing at all."""
    if _STATUS_QUO.search(piece.text):
        return 0
    if answer.field == "national_link":
        return _national_strength(answer, piece)
    if answer.field == "wellbeing_link":
        return _wellbeing_strength(answer, piece)
    novel = answer.novel(piece)
    harm, gain, reason = (_unopposed(answer, group, piece) for group in ("harm", "gain", "reason"))
    if _ASKING.match(piece.text) and not (harm or reason):
        return 0
    gain = gain or [piece[:1]] * bool(_COMPARED.search(piece.text))
    worth = len(harm) + len(gain) + 0.5 * len(reason) + 2 * answer.has_name(piece)
    people = {token.lemma_ for span in within("people", piece) for token in span}
    apart = {token.lemma_ for token in novel} - people
    if worth and (harm or gain or worth >= 2 or len(apart) >= 3):
        return worth
    return _HARDLY if len(novel) >= 5 and people else 0


def _unopposed(answer: AnswerWords, group: str, piece: Span) -> list[Span]:
    """The finds of a word list that do more than name the opposite of what is asked for."""
    found = answer.new(group, piece)
    for undone in _NOT_DONE.finditer(piece.text) if found else ():
        start, end = piece.start_char + undone.start(), piece.start_char + undone.end()
        found = [span for span in found if span.end_char <= start or span.start_char >= end]
    for asked, opposite in _OPPOSITES if found else ():
        hit = opposite.search(piece.text) if asked.search(answer.known_text) else None
        if hit is not None:
            start, end = piece.start_char + hit.start(), piece.start_char + hit.end()
            found = [span for span in found if span.end_char <= start or span.start_char >= end]
    return found


def _national_strength(answer: AnswerWords, piece: Span) -> float:
    if answer.has_name(piece):
        return 3
    if _THERE_IS.search(piece.text.replace("’", "'")):
        return 1
    novel = answer.novel(piece)
    country, harm, gain, reason = (answer.new(group, piece) for group in ("country", "harm", "gain", "reason"))
    demand = answer.new("demand", piece)
    if novel and len(demand) > 1:
        return 1 + len(country)
    if len({token.lemma_ for token in novel}) < 2 or not (country or harm or gain or len(novel) >= _OWN_WORDS):
        return 0
    return len(country) + len(harm) + len(gain) + 0.5 * len(reason) or _HARDLY


def _wellbeing_strength(answer: AnswerWords, piece: Span) -> float:
    novel = answer.novel(piece)
    groups = ("wellbeing-subject", "wellbeing-care", "harm", "gain")
    finds = [span for group in groups for span in answer.new(group, piece)]
    if finds and novel:
        return len(finds)
    return _HARDLY if len({token.lemma_ for token in novel}) >= 3 else 0


def has_any_cue(answer: AnswerWords, speaking: list[Span]) -> bool:
    """Whether a reason, praise, an amount or people stand in it: words that nobody types to put us off."""
    groups = ("harm", "gain", "reason", "vague", "country", "people", QUANTITIES)
    return _names_a_quality(answer, speaking) or any(answer.new(group, piece) for piece in speaking for group in groups)


def is_about_request(answer: AnswerWords, speaking: list[Span]) -> bool:
    """Whether the words are at least those of the request, of the form or of a screen."""
    for piece in speaking:
        if any(is_content(token) and token.lemma_ in answer.known for token in piece):
            return True
        if within("request", piece) or _STATUS_QUO.search(piece.text) or _CIRCULAR_START.match(piece.text):
            return True
    return False


def says_something(answer: AnswerWords, speaking: list[Span]) -> bool:
    """Whether a sentence that is not about the request speaks of the matter at all: praise, duty, words of its own."""
    return _names_a_quality(answer, speaking) or any(
        answer.new("vague", piece) or answer.new("reason", piece) or len(_plain_novel(answer, piece)) > 1
        for piece in speaking
    )


def _names_a_quality(answer: AnswerWords, speaking: list[Span]) -> bool:
    """Whether the answer is one abstract noun or two ("Accessibility"): too thin, but a reason."""
    words = [token for piece in speaking for token in piece if is_content(token)]
    return 0 < len(words) <= _FEW_WORDS and any(
        _QUALITY.search(token.lower_) and token.lemma_ not in answer.known for token in words
    )


def _plain_novel(answer: AnswerWords, piece: Span) -> set[str]:
    """Stems of new words that are not people's names."""
    return {token.lemma_ for token in answer.novel(piece) if token.i == piece.start or not token.is_title}


def is_thin(answer: AnswerWords, speaking: list[Span]) -> bool:
    """Whether neither a particular effect nor anyone it happens to is named, however many words it takes."""
    particular = general = 0
    for piece in speaking:
        vague = {token.i for span in within("vague", piece) for token in span}
        screen = {token.i for span in within("screen", piece) for token in span}
        content = [token for token in piece if is_content(token)]
        general += sum(token.i in vague for token in content)
        particular += sum(
            token.i not in vague and token.i not in screen and token.lemma_ not in answer.known for token in content
        )
    return particular <= 1 or (general >= 5 and general >= 0.8 * particular)


def quote_claims(
    answer: AnswerWords, claims: list[Claim], likely: Mapping[Span, float] = _NOT_ASKED
) -> tuple[tuple[int, int], ...]:
    """The strongest claim, or the strongest clause of a long one.

    `likely` says how sure the classifier is, from 0 to 1, that a sentence claims something; that counts as much as the
    wording.
    """
    if answer.field == "benefits":
        claims = [claim for claim in claims if not is_disbenefit(claim[0])] or claims
    ranked = [(piece, min(worth, _MOST) + _MOST * likely.get(piece, 0)) for piece, worth in claims]
    best = max(worth for _, worth in ranked)
    piece = next(piece for piece, worth in ranked if worth >= 0.75 * best)
    if len(piece) > _SHORT_CLAIM:
        clauses = clauses_of(piece)
        if answer.field == "benefits":
            clauses = [clause for clause in clauses if not is_disbenefit(clause)] or clauses
        piece = max(clauses, key=lambda clause: (_worth(answer, clause), len(answer.novel(clause))))
    return tuple(joined([quoted(piece)]))


def _worth(answer: AnswerWords, clause: Span) -> float:
    """How strongly a clause claims; where what would come is asked for, what would come counts before what is now."""
    foretold = answer.field in ("benefits", "impact_of_not_changing") and _FORETOLD.search(clause.text)
    return strength(answer, clause) + bool(foretold)
