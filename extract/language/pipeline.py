"""The spaCy pipeline: a blank English tokenizer with our own components, no downloaded model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import cast

from rapidfuzz.distance import OSA
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans, load_config, load_model_from_config

from casework.form import Vocabulary
from casework.stems import stem
from extract.language.names import Name, find_names_by_shape
from extract.language.quantities import find_quantities
from extract.language.wording import load_wording

_CONFIG = Path(__file__).with_name("pipeline.cfg")
LONGEST_TEXT = 12_000
"""An answer longer than this, some two thousand words, is judged by its first part: work grows with its square."""

NAMES, QUANTITIES = "names", "quantities"

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9•*>-])|\n+|(?<=[.!?])\s{2,}")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|no|nos|ref|Dr|Mr|Mrs|Ms|St|vs|v|p|pp|s|ss|reg|approx|dept|inc|para|art|ch)|\b[A-Z])\.$",
    re.I,
)
_ONLY_AS_WRITTEN = frozenset(load_wording()["as-written"])
_NOT_MATCHED = frozenset(
    {
        "small", "asked", "grammar", "as-written", "hollow", "title-wellbeing", "plain-names",
        "about-answering", "clock", "speaker", "addressee",
    }
)  # fmt: skip
"""Lists that are looked up by word and not searched for in a text."""
_PLAIN_NAMES = frozenset(load_wording()["plain-names"])


@cache
def load_language(names: Vocabulary, wellbeing: Vocabulary) -> Language:
    """The pipeline for these vocabularies, built once a process (well under a second, after importing spaCy)."""
    language = load_model_from_config(load_config(_CONFIG), auto_fill=True)
    cast(_Stems, language.get_pipe("stems")).learn(_known_words(names, wellbeing))
    cast(_Names, language.get_pipe("names")).learn(language, names)
    cast(_Wording, language.get_pipe("wording")).learn(language, wellbeing)
    return language


def read_words(language: Language, text: str) -> Doc:
    """`text`, cut to LONGEST_TEXT, as a Doc with sentences, stems as lemmas and a span group for each kind of find."""
    return language(text[:LONGEST_TEXT])


class _Speller:
    """Puts a misspelt word right when exactly our own vocabulary holds its likely meaning."""

    def __init__(self, words: Iterable[str], shortest: int) -> None:
        self._shortest = shortest
        self._known = frozenset(words)
        self._stems = frozenset(stem(word) for word in self._known)
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= shortest:
                self._by_first.setdefault(word[0], []).append(word)
        self._seen: dict[str, str] = {}

    def correct(self, word: str) -> str:
        """The word meant, or the word itself. Remembers a bounded number of words."""
        if len(word) < self._shortest or len(word) > 25 or not word.isalpha() or word in self._known:
            return word
        if word not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[word] = self._nearest(word)
        return self._seen[word]

    def _nearest(self, word: str) -> str:
        if stem(word) in self._stems:
            return word
        allowed = 1 if len(word) < 9 else 2
        best, distance = word, allowed + 1
        for known in self._by_first.get(word[0], ()):
            if abs(len(known) - len(word)) <= allowed:
                apart = OSA.distance(word, known, score_cutoff=allowed)
                if apart < distance:
                    best, distance = known, apart
        return best


def _known_words(names: Vocabulary, wellbeing: Vocabulary) -> set[str]:
    phrases = [phrase for listed in load_wording().values() for phrase in listed]
    for vocabulary in (names, wellbeing):
        for term in vocabulary.terms:
            phrases += [term.label, *term.aliases]
    return {word for phrase in phrases for word in re.findall(r"[a-z]+", phrase.lower())}


class _Stems:
    """Sets the norm to the word meant and the lemma to its stem."""

    def __init__(self, shortest_to_correct: int) -> None:
        self._shortest = shortest_to_correct
        self.speller = _Speller((), shortest_to_correct)

    def learn(self, words: Iterable[str]) -> None:
        """Take the words that a misspelling may stand for."""
        self.speller = _Speller(words, self._shortest)

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            word = token.lower_.replace("’", "'")
            token.norm_ = self.speller.correct(word)
            token.lemma_ = stem(token.norm_) or word
        return doc


class _Sentences:
    """Ends a sentence at a line's end or at a stop that is followed by a new beginning."""

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        ends = [
            hit.end()
            for hit in _SENTENCE_END.finditer(text)
            if "\n" in hit[0] or not _ABBREVIATION.search(text[max(0, hit.end() - 8) : hit.end()])
        ]
        at = 0
        for token in doc:
            starts = token.i == 0
            while at < len(ends) and token.idx >= ends[at]:
                starts, at = True, at + 1
            token.is_sent_start = starts
        return doc


class _Quantities:
    """Marks the amounts."""

    def __call__(self, doc: Doc) -> Doc:
        doc.spans[QUANTITIES] = _spans(doc, [(start, end, "") for start, end in find_quantities(doc.text)])
        return doc


class _Names:
    """Marks names from the gazetteer, misspelt ones too, and names by their shape."""

    def __init__(self) -> None:
        self._matcher: PhraseMatcher | None = None
        self._kinds: dict[str, str] = {}

    def learn(self, language: Language, names: Vocabulary) -> None:
        """Take the names to know from a vocabulary."""
        self._matcher = PhraseMatcher(language.vocab, attr="NORM")
        for term in names.terms:
            wordings = list(dict.fromkeys((term.label, *term.aliases)))
            self._kinds[term.key] = term.note or "programme"
            self._matcher.add(term.key, [_patterned(language, wording) for wording in wordings])

    def __call__(self, doc: Doc) -> Doc:
        found = list(find_names_by_shape(doc.text))
        if self._matcher is not None:
            for span in self._matcher(doc, as_spans=True):
                if _as_written(span):
                    kind = "plain" if span.text.lower() in _PLAIN_NAMES else self._kinds[span.label_]
                    found.append(Name(span.start_char, span.end_char, kind))
        doc.spans[NAMES] = _spans(doc, [(name.start, name.end, name.kind) for name in found])
        return doc


class _Wording:
    """Marks the word lists, each as a span group under its own name."""

    def __init__(self) -> None:
        self._matcher: PhraseMatcher | None = None
        self._groups: tuple[str, ...] = ()

    def learn(self, language: Language, wellbeing: Vocabulary) -> None:
        """Take the shipped lists, and the terms of wellbeing under `wellbeing-KEY`."""
        lists = {name: phrases for name, phrases in load_wording().items() if name not in _NOT_MATCHED}
        lists |= {f"wellbeing-{term.key}": term.aliases for term in wellbeing.terms}
        self._matcher = PhraseMatcher(language.vocab, attr="LEMMA")
        self._groups = tuple(lists)
        for group, phrases in lists.items():
            self._matcher.add(group, [_patterned(language, phrase) for phrase in phrases])

    def __call__(self, doc: Doc) -> Doc:
        found: dict[str, list[Span]] = {group: [] for group in self._groups}
        if self._matcher is not None:
            for span in self._matcher(doc, as_spans=True):
                found[span.label_].append(span)
        for group, spans in found.items():
            doc.spans[group] = filter_spans(spans)
        return doc


def _patterned(language: Language, wording: str) -> Doc:
    return language.get_pipe("stems")(language.make_doc(wording))


def _as_written(span: Span) -> bool:
    """Whether a match may stand: short words that are also English need their capitals."""
    word = span.text.lower()
    if " " in word or word not in _ONLY_AS_WRITTEN:
        return True
    return span.text.isupper() or (len(word) > 4 and span.text[0].isupper())


def _spans(doc: Doc, found: list[tuple[int, int, str]]) -> list[Span]:
    spans = (doc.char_span(start, end, label=kind, alignment_mode="expand") for start, end, kind in found)
    return filter_spans([span for span in spans if span is not None])


@Language.factory("formwright_stems")
def _make_stems(nlp: Language, name: str, shortest_to_correct: int) -> _Stems:
    return _Stems(shortest_to_correct)


@Language.factory("formwright_sentences")
def _make_sentences(nlp: Language, name: str) -> _Sentences:
    return _Sentences()


@Language.factory("formwright_names")
def _make_names(nlp: Language, name: str) -> _Names:
    return _Names()


@Language.factory("formwright_quantities")
def _make_quantities(nlp: Language, name: str) -> _Quantities:
    return _Quantities()


@Language.factory("formwright_wording")
def _make_wording(nlp: Language, name: str) -> _Wording:
    return _Wording()
