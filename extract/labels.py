"""Tells which question of a form some printed words ask, however they are numbered, worded or misspelt."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz, process

from casework.form import FormDefinition

FUZZY_AT_LEAST = 88.0
_FUZZY_MIN_LENGTH = 6
_ROOT = 5
_WEAK = frozenset(["from", "at", "as", "if", "than", "into", "about", "all", "not", "no", "section", "part"])
_NEVER = frozenset(["no", "number", "num", "nr", "question", "answer", "response", "your answer", "your response"])
"""Heads of columns and the like, which ask for nothing by themselves."""
_MOST_WORDS = 12
_UNKNOWN_WEIGHT = 0.4
_GUESS_AT_LEAST = 0.34
_GUESS_AHEAD = 0.12
LONGEST_LABEL = 110
"""Characters; nothing longer is taken for a label."""


class Rung(IntEnum):
    """How a label was recognised, surest first."""

    EXACT = 0
    SAME_WORDS = 1
    FUZZY = 2
    LOOSE = 3


CONFIDENCE = {Rung.EXACT: 0.98, Rung.SAME_WORDS: 0.94, Rung.FUZZY: 0.86, Rung.LOOSE: 0.66}


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """The fields that a label may ask for (more than one where the wording alone does not tell), and how it matched."""

    fields: tuple[str, ...]
    rung: Rung


_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\xad": None, "​": None})
_COMPOUNDS = re.compile(r"\b(e|work|well|sign|re|go|as|to|self|non)[- ](mail|learning|around|being|off|live|is|be)\b")
_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\s?[a-z]?|[a-z]|[ivx]{1,4})"
_NUMBERING = re.compile(
    rf"^\s*[*•·▪●\-–]?\s*(?:"
    rf"(?:section|part|question|item|step|box|field|no)(?:\.\s*|\s+|(?=\d)){_NUMBER}\b\s*[.):\-]*\s*"
    rf"|q\.?\s?\d{{1,2}}[a-z]?\b\s*[.):\-]*\s*"
    rf"|\(?\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}\s?[a-z]?\b\s*[.):\-]*\s+(?=\S)"
    rf"|\(?\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}[a-z]?[.):](?=[a-z])"
    rf"|\([a-z]\)\s*|[a-z][.)]\s+|\(?[ivx]{{1,4}}[.)]\s+"
    rf")"
)
_TRAILING = re.compile(
    r"(?:\s*[(\[](?:required|mandatory|optional|compulsory|essential|if known|if applicable|if any|where known"
    r"|if required|\*|m|s|y/n|yes/no)[)\]]|[\s:;*?.…_\-†‡•|,/]+)$"
)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "for",
        "your",
        "our",
        "this",
        "that",
        "these",
        "those",
        "please",
        "and",
        "or",
        "be",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "will",
        "would",
        "should",
        "can",
        "could",
        "in",
        "on",
        "with",
        "any",
        "it",
        "its",
        "we",
        "you",
        "i",
        "my",
        "has",
        "have",
        "been",
        "there",
        "s",
        "form",
    ]
)
_SAME = {
    "competency": "competence",
    "competencie": "competence",
    "tel": "phone",
    "telephone": "phone",
    "organization": "organisation",
    "requestor": "requester",
    "no": "number",
    "num": "number",
    "reference": "ref",
    "authorization": "authorisation",
    "mandatory": "mandatory",
    "elfh": "elfh",
    "proposed": "proposed",
}


def plain(text: str) -> str:
    """Text folded for comparison: one kind of quote and dash, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_PLAIN).casefold().split())


@lru_cache(maxsize=16384)
def tidy_label(text: str) -> str:
    """A printed label without its numbering, colon, asterisk and "(required)", folded for comparison."""
    words = plain(text)
    bare = _NUMBERING.sub("", words, count=1)
    while (shorter := _TRAILING.sub("", bare)) != bare:
        bare = shorter
    bare = bare.lstrip("*•·▪●- ([").strip()
    bare = _COMPOUNDS.sub(r"\1\2", bare).replace("&", " and ")
    return " ".join(re.sub(r"[^\w]+", " ", bare).split())


def _stem(token: str) -> str:
    if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    return _SAME.get(token, token)


@lru_cache(maxsize=16384)
def key_words(text: str) -> tuple[str, ...]:
    """The words of a label that carry meaning, each once and in order of the alphabet."""
    tokens = [_stem(token) for token in tidy_label(text).split() if token not in _STOP]
    return tuple(sorted(set(tokens)))


@lru_cache(maxsize=16384)
def roots(text: str) -> frozenset[str]:
    """The beginnings of a label's words, so that "submitting" and "submitted" are one."""
    return frozenset(word[:_ROOT] for word in key_words(text) if word not in _WEAK)


class PhraseBook:
    """A set of phrases to recognise whole: headings, office headings, titles."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._exact = {tidy_label(phrase) for phrase in phrases} - {""}
        self._words = {key_words(phrase) for phrase in phrases} - {()}
        self._long = [phrase for phrase in self._exact if len(phrase) >= _FUZZY_MIN_LENGTH + 2]

    def has(self, text: str, *, fuzzy: bool = False) -> bool:
        """Whether `text` as a whole is one of the phrases; with `fuzzy`, misspelt ones count too."""
        bare = tidy_label(text)
        if not bare or len(bare) > LONGEST_LABEL:
            return False
        if bare in self._exact or (len(bare) > _FUZZY_MIN_LENGTH and key_words(text) in self._words):
            return True
        return fuzzy and self.closeness(text) >= FUZZY_AT_LEAST

    def closeness(self, text: str) -> float:
        """How near `text` comes to one of the longer phrases, 0 to 100."""
        bare = tidy_label(text)
        if len(bare) <= _FUZZY_MIN_LENGTH + 1 or len(bare) > LONGEST_LABEL:
            return 0.0
        found = process.extractOne(bare, self._long, scorer=fuzz.ratio, score_cutoff=FUZZY_AT_LEAST - 8)
        return float(found[1]) if found else 0.0


class LabelBook:
    """Every wording of every question of one form."""

    def __init__(self, form: FormDefinition) -> None:
        exact: dict[str, list[str]] = defaultdict(list)
        words: dict[tuple[str, ...], list[str]] = defaultdict(list)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        sizes: Counter[str] = Counter()
        for definition in form.fields:
            for label in (definition.label, *definition.labels, definition.key.replace("_", " ")):
                bare, keys = tidy_label(label), key_words(label)
                if bare and definition.key not in exact[bare]:
                    exact[bare].append(definition.key)
                if keys and definition.key not in words[keys]:
                    words[keys].append(definition.key)
                sizes[definition.key] += 1
                for root in roots(label):
                    counts[root][definition.key] += 1
        wordings = (plain(label) for definition in form.fields for label in (definition.label, *definition.labels))
        self._with_colon = {wording for wording in wordings if ":" in wording.rstrip(":")}
        self._exact = dict(exact)
        self._words = dict(words)
        self._long = [bare for bare in exact if len(bare) >= _FUZZY_MIN_LENGTH]
        self._pull = {root: _pull(counter, sizes) for root, counter in counts.items()}
        self._fuzzy: dict[str, LabelMatch | None] = {}
        self._loosely: dict[str, LabelMatch | None] = {}

    def has_colon_within(self, text: str) -> bool:
        """Whether a known wording is spelt like this, with a colon in the middle of it."""
        return plain(text).rstrip(" :*") in self._with_colon

    def exact(self, text: str) -> LabelMatch | None:
        """The match where the wording is known, in any order of its words."""
        if len(text) > LONGEST_LABEL + 40:
            return None
        bare = tidy_label(text)
        if not bare or len(bare) > LONGEST_LABEL:
            return None
        if bare in self._exact:
            return LabelMatch(tuple(self._exact[bare]), Rung.EXACT)
        if bare in _NEVER:
            return None
        keys = key_words(text)
        if keys in self._words and len("".join(keys)) > 2:
            return LabelMatch(tuple(self._words[keys]), Rung.SAME_WORDS)
        return None

    def close(self, text: str) -> LabelMatch | None:
        """The match where the wording is known or nearly so (a spelling mistake, one word more)."""
        found = self.exact(text)
        if found is not None:
            return found
        bare = tidy_label(text)
        if not _FUZZY_MIN_LENGTH <= len(bare) <= LONGEST_LABEL:
            return None
        if bare not in self._fuzzy:
            near = process.extractOne(bare, self._long, scorer=fuzz.ratio, score_cutoff=FUZZY_AT_LEAST)
            self._fuzzy[bare] = LabelMatch(tuple(self._exact[near[0]]), Rung.FUZZY) if near else None
        return self._fuzzy[bare]

    def loose(self, text: str) -> LabelMatch | None:
        """The best guess for words that stand where only a label can stand, whatever their wording."""
        found = self.close(text)
        if found is not None:
            return found
        bare = tidy_label(text)
        if bare not in self._loosely:
            self._loosely[bare] = None if bare in _NEVER else self._guess(roots(text))
        return self._loosely[bare]

    def _guess(self, words: frozenset[str]) -> LabelMatch | None:
        """The field whose known wordings these words pull to most, when it is clear enough."""
        if not words or len(words) > _MOST_WORDS:
            return None
        scores: dict[str, float] = defaultdict(float)
        total = 0.0
        for word in words:
            pull = self._pull.get(word)
            if pull is None:
                total += _UNKNOWN_WEIGHT
                continue
            weight = max(pull.values())
            total += weight
            for field, share in pull.items():
                scores[field] += weight * share
        ranked = sorted(((field, score / total) for field, score in scores.items()), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < _GUESS_AT_LEAST:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _GUESS_AHEAD:
            return None
        return LabelMatch((ranked[0][0],), Rung.LOOSE)


def _pull(counter: Counter[str], sizes: Counter[str]) -> dict[str, float]:
    """How strongly one word points to each field: its share of the field's wordings, compared over the fields."""
    rates = {field: (count / sizes[field]) ** 0.5 for field, count in counter.items()}
    total = sum(rates.values())
    return {field: rate / total for field, rate in rates.items()}


@lru_cache(maxsize=32)
def label_book(form: FormDefinition) -> LabelBook:
    """The book of a form's labels, built once."""
    return LabelBook(form)
