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
from rapidfuzz.distance import OSA

from casework.form import FormDefinition

FUZZY_AT_LEAST = 88.0
_FUZZY_MIN_LENGTH = 6
_SHORT = 9
"""Characters up to which one slip may be too much for `FUZZY_AT_LEAST`."""
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
_SECOND = ("mail", "learning", "around", "being", "off", "live", "is", "be")
_COMPOUNDS = re.compile(rf"\b(e|work|well|sign|re|go|as|to|self|non)[- ]({'|'.join(_SECOND)})\b")
_COMPOUND_ENDS = tuple(f"{sign}{word}" for word in _SECOND for sign in " -")
"""Without one of these in it, a label holds no compound that is written apart."""
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
_TRAILING = " :;*?.…_-†‡•|,/"
_REMARK = re.compile(
    r"[(\[](?:required|mandatory|optional|compulsory|essential|if known|if applicable|if any|where known"
    r"|if required|\*|m|s|y/n|yes/no)[)\]]"
)
_NO_WORD = re.compile(r"[^\w]+")
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
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return " ".join(text.casefold().split())


def tidy_label(text: str) -> str:
    """A printed label without its numbering, colon, asterisk and "(required)", folded for comparison."""
    return _tidied(plain(text))


def _tidied(words: str) -> str:
    """`tidy_label` of words that are folded already."""
    numbering = _NUMBERING.match(words)
    bare = words if numbering is None else words[numbering.end() :]
    bare = bare.rstrip(_TRAILING)
    while bare.endswith((")", "]")):
        opening = max(bare.rfind("("), bare.rfind("["))
        if opening < 0 or _REMARK.fullmatch(bare, opening) is None:
            break
        bare = bare[:opening].rstrip(_TRAILING)
    bare = bare.lstrip("*•·▪●- ([").strip()
    if any(map(bare.__contains__, _COMPOUND_ENDS)):
        bare = _COMPOUNDS.sub(r"\1\2", bare)
    if bare.replace(" ", "").isalnum():
        return bare
    bare = bare.replace("&", " and ")
    return " ".join(_NO_WORD.sub(" ", bare).split())


def _stem(token: str) -> str:
    if token[-1] == "s" and len(token) > 3 and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    return _SAME.get(token, token)


def key_words(text: str) -> tuple[str, ...]:
    """The words of a label that carry meaning, each once and in order of the alphabet."""
    return key_words_of(tidy_label(text))


def key_words_of(bare: str) -> tuple[str, ...]:
    """The `key_words` of a label that is tidied already."""
    return tuple(sorted({_stem(token) for token in bare.split() if token not in _STOP}))


def _roots_of(bare: str) -> frozenset[str]:
    """The beginnings of a tidied label's words, so that "submitting" and "submitted" are one."""
    return frozenset([word[:_ROOT] for word in key_words_of(bare) if word not in _WEAK])


class Spellings:
    """Folded phrases that may be misspelt: finds the one that some words come closest to.

    `at_least` is the likeness that is enough, 0 to 100: twice the characters that both share over those of both.
    """

    def __init__(self, phrases: Iterable[str], at_least: float = FUZZY_AT_LEAST) -> None:
        self._phrases = list(phrases)
        self._at_least = at_least
        self._of_length: dict[int, list[str]] = {}
        self._most = self._longest_like(max(map(len, self._phrases), default=0))

    def nearest(self, bare: str) -> str | None:
        """The phrase most like `bare`, if it is like enough."""
        length = len(bare)
        if length > self._most:
            return None
        candidates = self._of_length.get(length)
        if candidates is None:
            candidates = self._of_length[length] = [
                phrase
                for phrase in self._phrases
                if length <= self._longest_like(len(phrase)) and len(phrase) <= self._longest_like(length)
            ]
        if not candidates:
            return None
        found = process.extractOne(bare, candidates, scorer=fuzz.ratio, score_cutoff=self._at_least)
        if found is None and _FUZZY_MIN_LENGTH <= length <= _SHORT:
            return next((phrase for phrase in candidates if _is_one_slip(bare, phrase)), None)
        return None if found is None else found[0]

    def _longest_like(self, length: int) -> int:
        """How long a string may be to be like one of this length: they share the shorter one at most."""
        return int(length * (200 - self._at_least) / self._at_least) + 1


def _is_one_slip(bare: str, phrase: str) -> bool:
    """Two letters swapped, one left out or one too many, which in a short word weighs more than the likeness allows.

    The last letter is another matter ("employee", "employer"), and so is one letter for another.
    """
    if bare[-1] != phrase[-1] and sorted(bare) != sorted(phrase):
        return False
    if len(bare) == len(phrase) and sorted(bare) != sorted(phrase):
        return False
    return bool(OSA.distance(bare, phrase, score_cutoff=1) <= 1)


class PhraseBook:
    """A set of phrases to recognise whole: headings, office headings, titles."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._exact = {tidy_label(phrase) for phrase in phrases} - {""}
        self._words = {key_words(phrase) for phrase in phrases} - {()}
        self._long = Spellings(phrase for phrase in self._exact if len(phrase) >= _FUZZY_MIN_LENGTH + 2)

    def has(self, text: str, *, fuzzy: bool = False) -> bool:
        """Whether `text` as a whole is one of the phrases; with `fuzzy`, misspelt ones count too."""
        return self.has_tidied(tidy_label(text), fuzzy=fuzzy)

    def has_tidied(self, bare: str, *, fuzzy: bool = False) -> bool:
        """`has` of words that are tidied already."""
        if not bare or len(bare) > LONGEST_LABEL:
            return False
        if bare in self._exact or (len(bare) > _FUZZY_MIN_LENGTH and key_words_of(bare) in self._words):
            return True
        return fuzzy and len(bare) > _FUZZY_MIN_LENGTH + 1 and self._long.nearest(bare) is not None


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
                for root in _roots_of(bare):
                    counts[root][definition.key] += 1
        wordings = (plain(label) for definition in form.fields for label in (definition.label, *definition.labels))
        self._with_colon = {wording for wording in wordings if ":" in wording.rstrip(":")}
        self._exact = {bare: LabelMatch(tuple(fields), Rung.EXACT) for bare, fields in exact.items()}
        self._words = {
            keys: LabelMatch(tuple(fields), Rung.SAME_WORDS) for keys, fields in words.items() if len("".join(keys)) > 2
        }
        self._vocabulary = frozenset(word for keys in self._words for word in keys)
        self._long = Spellings(bare for bare in exact if len(bare) >= _FUZZY_MIN_LENGTH)
        self._pull = {root: _pull(counter, sizes) for root, counter in counts.items()}

    def has_colon_within(self, text: str) -> bool:
        """Whether a known wording is spelt like this, with a colon in the middle of it."""
        return plain(text).rstrip(" :*") in self._with_colon

    def exact(self, text: str) -> LabelMatch | None:
        """The match where the wording is known, in any order of its words."""
        if len(text) > LONGEST_LABEL + 40:
            return None
        return self.exact_tidied(tidy_label(text))

    def exact_tidied(self, bare: str) -> LabelMatch | None:
        """`exact` of a label that is tidied already."""
        if not bare or len(bare) > LONGEST_LABEL:
            return None
        match = self._exact.get(bare)
        if match is not None or bare in _NEVER:
            return match
        for word in bare.split():
            # Most lines are no label, and their first words show it.
            if word not in _STOP and _stem(word) not in self._vocabulary:
                return None
        return self._words.get(key_words_of(bare))

    def close(self, text: str) -> LabelMatch | None:
        """The match where the wording is known or nearly so (a spelling mistake, one word more)."""
        return self.close_tidied(tidy_label(text))

    def close_tidied(self, bare: str) -> LabelMatch | None:
        """`close` of a label that is tidied already."""
        found = self.exact_tidied(bare)
        if found is not None or not _FUZZY_MIN_LENGTH <= len(bare) <= LONGEST_LABEL:
            return found
        near = self._long.nearest(bare)
        return LabelMatch(self._exact[near].fields, Rung.FUZZY) if near is not None else None

    def loose(self, text: str) -> LabelMatch | None:
        """The best guess for words that stand where only a label can stand, whatever their wording."""
        return self.loose_tidied(tidy_label(text))

    def loose_tidied(self, bare: str) -> LabelMatch | None:
        """`loose` of a label that is tidied already."""
        found = self.close_tidied(bare)
        if found is not None or bare in _NEVER:
            return found
        return self._guess(_roots_of(bare))

    def _guess(self, words: frozenset[str]) -> LabelMatch | None:
        """The field whose known wordings these words pull to most, when it is clear enough."""
        ranked = sorted(self._likeness(words).items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < _GUESS_AT_LEAST:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _GUESS_AHEAD:
            return None
        return LabelMatch((ranked[0][0],), Rung.LOOSE)

    def likeness(self, text: str) -> dict[str, float]:
        """How far the words of a label pull to each field, 0 to 1; fields that they do not pull to are left out."""
        return self._likeness(_roots_of(tidy_label(text)))

    def _likeness(self, words: frozenset[str]) -> dict[str, float]:
        if not words or len(words) > _MOST_WORDS:
            return {}
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
        return {field: score / total for field, score in scores.items()}


def _pull(counter: Counter[str], sizes: Counter[str]) -> dict[str, float]:
    """How strongly one word points to each field: its share of the field's wordings, compared over the fields."""
    rates = {field: (count / sizes[field]) ** 0.5 for field, count in counter.items()}
    total = sum(rates.values())
    return {field: rate / total for field, rate in rates.items()}


@lru_cache(maxsize=32)
def label_book(form: FormDefinition) -> LabelBook:
    """The book of a form's labels, built once."""
    return LabelBook(form)
