"""How far one answer persuades, and the words that say so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import compress

from spacy.language import Language
from spacy.tokens import Span

from casework.model import Adequacy
from extract.language.answer_words import AnswerWords, Question
from extract.language.claims import (
    Claim,
    find_claims,
    is_about_request,
    is_thin,
    quote_claims,
    says_something,
    strength,
)
from extract.language.classifier import Classifier, repeats, stands_in
from extract.language.facts import find_facts
from extract.language.likeness import same_words
from extract.language.pieces import clause_around, clauses_of, quoted, within
from extract.language.quantities import joined
from extract.language.remarks import (
    after_not_applicable,
    is_bare_reference,
    is_denial,
    is_greeting,
    is_hollow,
    is_promise,
)
from extract.language.scope import find_local, find_workforce_request, title_says_wellbeing

__all__ = ["ABSENT", "Judgement", "Question", "judge"]

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of it. Spans are (start, end) in the text; `thin` says that nobody and nothing particular is named."""

    adequacy: Adequacy
    evidence: Spans = ()
    measured: bool = False
    thin: bool = False
    named: Spans = ()
    wellbeing: bool = False
    local: Spans = ()
    workforce: Spans = ()


ABSENT = Judgement(Adequacy.ABSENT)

_SHORT_FACT = 14
"""A sentence of up to so many words is quoted whole."""
_SEE = re.compile(r"(?:please |pls )?(?:see|refer to|cf\.?)\b", re.IGNORECASE)
_REASONED = re.compile(r"\b(?:because|otherwise|since|as a result|so that)\b", re.IGNORECASE)


def judge(question: Question, language: Language, classifier: Classifier | None = None) -> Judgement:
    """The judgement on one answer: each level is asked in turn, weakest first, and the first that fits stands.

    `classifier` is asked for a second opinion where nothing is proved and the wording alone leaves doubt.
    """
    answer = AnswerWords(question, language)
    if not answer.pieces:
        return _judged(answer, Adequacy.ABSENT, ())
    speaking = _speaking(answer)
    if not speaking:
        return _judged(answer, Adequacy.PLACEHOLDER, _all(answer))
    facts = find_facts(answer, speaking)
    if _is_denied(answer, speaking, facts):
        return _judged(answer, Adequacy.PLACEHOLDER, _all(answer), denied=True)
    if _is_copy(answer):
        return _judged(answer, Adequacy.RESTATED, _all(answer))
    if facts:
        return _judged(answer, Adequacy.EVIDENCED, _quote_facts(answer, facts), facts=facts)
    rows = classifier.kinds(answer, speaking) if classifier is not None else []
    if rows:
        kept = [
            not stands_in(row, strength(answer, piece), on_the_matter=_is_on_the_matter(answer, piece))
            for piece, row in zip(speaking, rows, strict=True)
        ]
        speaking, rows = list(compress(speaking, kept)), list(compress(rows, kept))
        if not speaking:
            return _judged(answer, Adequacy.PLACEHOLDER, _all(answer))
    claims = find_claims(answer, speaking)
    if rows:
        claims = [claim for claim in claims if not repeats(rows[speaking.index(claim[0])], claim[1])]
    level = _unproved_level(answer, speaking, claims)
    if classifier is not None:
        level = classifier.second_opinion(rows, level, max((worth for _, worth in claims), default=0))
    if level is not Adequacy.ASSERTED:
        return _judged(answer, level, _all(answer))
    likely = {piece: row["claim"] for piece, row in zip(speaking, rows, strict=bool(rows))}
    evidence = quote_claims(answer, claims, likely) if claims else _all(answer)
    return _judged(answer, level, evidence, thin=is_thin(answer, speaking))


def _is_on_the_matter(answer: AnswerWords, piece: Span) -> bool:
    """Whether a sentence holds words of the request, or names something national where that is asked for."""
    national = answer.field == "national_link" and (answer.has_name(piece) or answer.new("country", piece))
    return bool(national) or is_about_request(answer, [piece])


def _unproved_level(answer: AnswerWords, speaking: list[Span], claims: list[Claim]) -> Adequacy:
    if claims:
        return Adequacy.ASSERTED
    if is_about_request(answer, speaking):
        return Adequacy.RESTATED
    return Adequacy.ASSERTED if says_something(answer, speaking) else Adequacy.PLACEHOLDER


def _judged(
    answer: AnswerWords,
    adequacy: Adequacy,
    evidence: Spans,
    *,
    thin: bool = False,
    denied: bool = False,
    facts: list[Span] | None = None,
) -> Judgement:
    link = answer.field == "wellbeing_link"
    empty = adequacy in (Adequacy.RESTATED, Adequacy.PLACEHOLDER) or denied
    return Judgement(
        adequacy,
        evidence,
        measured=any(fact.label_ == "quantity" for fact in facts or ()),
        thin=thin,
        named=tuple((name.start_char, name.end_char) for name in answer.names),
        # A circle, a promise or a denial ties nothing to the question it is the answer to; the title may all the same.
        wellbeing=title_says_wellbeing(answer.question.title) if link and empty else answer.wellbeing,
        local=tuple(find_local(answer.doc)),
        workforce=tuple(find_workforce_request(answer.doc.text)),
    )


def _all(answer: AnswerWords) -> Spans:
    return ((answer.pieces[0].start_char, answer.pieces[-1].end_char),)


def _speaking(answer: AnswerWords) -> list[Span]:
    """The pieces that answer: no greetings, stand-ins or promises, and no reason lost behind an N/A."""
    speaking = []
    waiting = False
    for piece in answer.pieces:
        text = piece.text
        rest = after_not_applicable(text)
        if rest != text and rest.strip():
            start = piece.end_char - len(rest)
            piece = answer.doc.char_span(start, piece.end_char, alignment_mode="contract") or piece
            text = rest
        if is_greeting(text):
            continue
        points_at_a_name = (_SEE.match(text) or is_bare_reference(text)) and answer.has_name(piece)
        if (is_hollow(text) and not points_at_a_name) or (waiting and is_promise(text)):
            waiting = waiting or is_promise(text)
            continue
        speaking.append(piece)
    return speaking


def _is_denied(answer: AnswerWords, speaking: list[Span], facts: list[Span]) -> bool:
    """Whether the answer opens by saying that there is no such thing, and nothing that follows proves otherwise."""
    first = speaking[0]
    if not is_denial(answer.field, first.text):
        return False
    if answer.field == "national_link":
        return not facts
    return not any(fact.start >= first.end or " but " in first.text.lower() for fact in facts)


def _is_copy(answer: AnswerWords) -> bool:
    text = " ".join(piece.text for piece in answer.pieces)
    return any(same_words(text, other) for other in answer.question.request) and not _REASONED.search(text)


def _with_what_it_asks(answer: AnswerWords, clause: Span, piece: Span) -> Span:
    """A clause that names something, with the next clause or sentence where that says what it requires."""
    rest = answer.doc[clause.end : piece.end]
    following = clauses_of(rest)[0] if len(rest) else _following(answer, piece)
    if following is None or not (within("demand", following) or "'" in following.text[:2]):
        return clause
    return answer.doc[clause.start : following.end]


def _following(answer: AnswerWords, piece: Span) -> Span | None:
    """The next sentence, where the one before ends as if it were to be continued."""
    at = answer.pieces.index(piece) + 1
    if at >= len(answer.pieces) or piece.text.rstrip()[-1:] in ".!?":
        return None
    return answer.pieces[at]


def _quote_facts(answer: AnswerWords, facts: list[Span]) -> Spans:
    """The clauses that hold the facts, whole sentences where they are short."""
    spans = []
    for fact in facts:
        piece = next(piece for piece in answer.pieces if piece.start <= fact.start < piece.end)
        clause = clause_around(fact, piece) if len(piece) > _SHORT_FACT else piece
        if fact.label_ in ("name", "source") and not within("demand", clause):
            clause = _with_what_it_asks(answer, clause, piece)
        spans.append(quoted(clause))
    return tuple(joined(spans))
