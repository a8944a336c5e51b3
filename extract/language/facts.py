"""The facts that back an answer to its question: names, amounts, sources and incidents."""

from __future__ import annotations

import re

from spacy.tokens import Span

from extract.language.answer_words import AnswerWords
from extract.language.pieces import clause_around, within
from extract.language.pipeline import QUANTITIES
from extract.language.wording import load_wording

_EVENT_DATE = re.compile(
    r"\b(?:(?:on|in|since|during|by|of|from|last|this|one|early|late|mid|the|until|before|after) )*"
    r"(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\b(?! be\b)(?: \d{1,2})?"
    r"|\b(?:last|this) (?:year|month|week|winter|summer|spring|autumn|christmas|easter|night|(?:mon|tues|wednes|thurs"
    r"|fri|satur|sun)day)\b"
    r"|\bin (?:19|20)\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b"
    r"|\bin the (?:spring|summer|autumn|winter|new year)\b|\bover (?:christmas|easter)\b"
    r"|\b(?:easter|whit|whitsun|christmas|boxing|new year'?s?|good|maundy|pancake|bank holiday) (?:eve|day|mon(?:day)?"
    r"|fri(?:day)?|thurs(?:day)?|sat(?:urday)?|sun(?:day)?|tues(?:day)?)\b"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th)? |in |last |since |early |late )"
    r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
    r"|\blast (?:bank holiday|half[- ]term|term|pay ?day|pay ?run)\b"
    r"|\bthe (?:day|week|month|night|morning|weekend) (?:after|before|of) (?:the|we|our)\b"
    r"|\bon the (?:mon|tues|wednes|thurs|fri|satur|sun)day (?:before|after|of)\b"
    r"|\bat (?:christmas|easter)\b|\bon (?:christmas|boxing|new year)\w*",
    re.IGNORECASE,
)
_CITED = re.compile(r"\((?:19|20)\d\d\)|\b(?:para(?:graph)?s?|section|chapter|standard|recommendation)\.? \d", re.I)
_CONCLUDED = re.compile(
    r"\b(?:found|finds|show(?:s|ed|n)?|said|says|concluded|concludes|reported|put|puts|blamed)\b", re.I
)
_TOLD = re.compile(
    r"\b(?:found|finds|ruled|said|says|wrote|reports?|reported|asks?|asked|told (?:us|him|her|them|the)"
    r"|against|in \w+ v|\d)",
    re.I,
)
# What a regulator has done already can be looked up; what it might do cannot.
_ACTED = re.compile(
    r"\b(?:opened|launched|begun|began|started|commenced|served|issued|brought)\b (?:[\w'-]+ ){0,4}?(?:investigations?"
    r"|inquir(?:y|ies)|enquir(?:y|ies)|enforcement|proceedings|prosecutions?|notices?)\b"
    r"|\b(?:investigations?|inquiry|enquiry|proceedings|notices?)\b(?: [\w'-]+){0,3}? "
    r"(?:was|were|has been|have been|had been) (?:\w+ )?"
    r"(?:opened|launched|begun|started|commenced|served|issued|brought)\b",
    re.IGNORECASE,
)
_MIGHT = re.compile(r"\b(?:would|could|might|may|will|if|should|can|unless|risks?|never|not|until)\b", re.IGNORECASE)
_SHORTEST_INCIDENT = 8
# Half an hour in the garden is what is offered; six weeks off sick is what it is offered for.
_TIME_SPENT = re.compile(
    r"^(?:half an? |an? |one |two |\d )?(?:hours?|minutes?|mins?|evenings?|mornings?|days?)\b", re.I
)
_OFF_WORK = re.compile(r"\b(?:off|sick|absen\w+|wait\w*|lost|leave)\b", re.IGNORECASE)
_DISCLAIMED = re.compile(
    r"\b(?:won't|wouldn't|will not|would not|can't|cannot|not going to|do not|don't|not|no)\b"
    r"(?! (?:only|just|more|longer|less))[^.;,]{0,30}\b(?:sav\w+|free\w*|releas\w+|reduc\w+|cut\w*|gain\w*"
    r"|cash\w*|claim\w*|promis\w+|be)\b"
    r"[^.;,]{0,30}$",
    re.IGNORECASE,
)


def find_facts(answer: AnswerWords, speaking: list[Span]) -> list[Span]:
    """What backs the answer, in order, each labelled name, quantity, source or incident."""
    if answer.field == "wellbeing_link" and not answer.wellbeing:
        return []
    facts: list[Span] = []
    for before, piece in zip([None, *speaking], speaking, strict=False):
        facts += _names(answer, piece)
        if answer.field == "national_link":
            continue
        facts += _amounts(answer, piece)
        facts += _sources(piece) + _proceedings(answer, piece)
        if answer.field == "benefits":
            continue
        if _is_incident(piece, before):
            facts.append(_labelled(piece, "incident"))
    return sorted(facts, key=lambda fact: fact.start)


def _names(answer: AnswerWords, piece: Span) -> list[Span]:
    names = [name for name in answer.names if piece.start <= name.start < piece.end]
    return [_labelled(name, "name") for name in names if _backs(answer, name, piece)]


def _backs(answer: AnswerWords, name: Span, piece: Span) -> bool:
    """A body backs an answer only together with what it asks for or publishes; liking the idea is not enough.

    The same holds for a name that is also plain words; the request's own words it is not at all.
    """
    if name.label_ == "plain" and _opening_of(name) in answer.known_text:
        return False
    if name.label_ not in ("body", "plain"):
        return True
    others = [other for other in answer.names if other.label_ not in ("body", "plain", "local")]
    keen = within("keen", piece)
    demand = [span for span in within("demand", piece) if span.start >= name.end or span.end <= name.start]
    return bool(demand or others or _CITED.search(piece.text)) and not (
        keen and not others and len(demand) <= len(keen)
    )


def _opening_of(name: Span) -> str:
    """A name's words but the last, by which a title may call the same thing: "right to work"."""
    words = name.text.lower().split()
    return " ".join(words[:-1] if len(words) > 2 else words)


def _amounts(answer: AnswerWords, piece: Span) -> list[Span]:
    amounts = [amount for amount in within(QUANTITIES, piece) if amount.text.lower() not in answer.known_text]
    if answer.field == "wellbeing_link":
        if not _speaks_of_staff(piece):
            return []
        if not _OFF_WORK.search(piece.text):
            amounts = [amount for amount in amounts if not _TIME_SPENT.search(amount.text)]
    if answer.field == "benefits":
        amounts = [
            amount
            for amount in amounts
            if not is_disbenefit(clause_around(amount, piece)) and not _is_disclaimed(amount, piece)
        ]
    return [_labelled(amount, "quantity") for amount in amounts]


def _is_disclaimed(amount: Span, piece: Span) -> bool:
    """Whether a saving is named only to say that it is not promised."""
    return bool(_DISCLAIMED.search(piece.doc.text[piece.start_char : amount.start_char]))


def is_disbenefit(clause: Span) -> bool:
    """Whether a clause owns up to what the change would cost."""
    return bool(within("disbenefit", clause))


def _sources(piece: Span) -> list[Span]:
    """Reports and reviews; a court or an office by itself is one only where it has said something."""
    weak = within("source-if-told", piece) if _TOLD.search(piece.text) else []
    studies = within("source-if-concluded", piece) if _CONCLUDED.search(piece.text) else []
    return [_labelled(span, "source") for span in (*within("source", piece), *weak, *studies)]


def _proceedings(answer: AnswerWords, piece: Span) -> list[Span]:
    """A named body that has taken proceedings."""
    acted = _ACTED.search(piece.text)
    if acted is None or _MIGHT.search(piece.text[: acted.start()]):
        return []
    return [_labelled(name, "source") for name in answer.names if piece.start <= name.start < piece.end]


def _is_incident(piece: Span, before: Span | None) -> bool:
    """What happened, and when: a mishap, not a meeting. What went wrong may stand in the sentence before it."""
    harmful = within("harm", piece) or (before is not None and within("harm", before))
    return (
        len(piece) >= _SHORTEST_INCIDENT
        and bool(_EVENT_DATE.search(piece.text))
        and (_happened("mishap", piece) or (_happened("event", piece) and bool(harmful)))
        and not within("correspondence", piece)
    )


def _happened(group: str, piece: Span) -> bool:
    """Whether a word of the list stands in the tense in which it is listed: "work" is no event, "worked" is."""
    return any(span.text.lower().replace("’", "'") in load_wording()[group] for span in within(group, piece))


def _speaks_of_staff(piece: Span) -> bool:
    """Figures back a wellbeing link when staff are spoken of, or at least nobody else is."""
    return bool(within("our-staff", piece)) or not within("not-staff", piece)


def _labelled(span: Span, label: str) -> Span:
    return Span(span.doc, span.start, span.end, label=label)
