"""Says which form a transcript is, which version, and how sure that is; none is an answer too."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from casework.form import FormDefinition, FormLibrary
from casework.transcript import Transcript, paragraphs_of
from extract.flow import Slot
from extract.labels import Rung, Spellings, key_words_of, label_book, tidy_label
from extract.layout import Walked, walk_form

_TITLE, _TITLE_WITHIN, _TITLE_NEAR = 4.2, 3.8, 4.0
_FULL = 12.0
_SIGNAL = 0.5
_OWN_TAG = 2.0
_ENOUGH = 4.2
_SURELY_NAMED = 8.0
"""A title and some four questions that only this form asks."""
_MOST = 0.75
"""Of its questions: forms of ours ask four in five even where a trust has shortened them."""
_ONLY_OURS = frozenset({"sr_number", "region"})
_AMONG_OTHERS = 0.5
_OF_ANOTHER_SYSTEM = 4.0
_SYSTEM = re.compile(r"\b(?:esr|electronic staff record|sr (?:number|no|ref)|service request)\b")
_OTHER_TITLE = re.compile(
    r"\b(?:forms?|requests? for|application|bid|booking|approval|sign-?off|minutes|agenda|initiation|proposal)\b"
)
_PAPER_ABOUT = re.compile(r"(?:minutes|agenda|notes of|terms of reference|how to|guide to|policy|procedure)\b")
_SHORT_WORD = 4
_FEWEST_QUESTIONS = 4
_SHORTEST_LIKE = 12
_TITLE_LINES = 40
_LONGEST_TITLE = 14
_OPENING_PARAGRAPHS = 60
_FIRST_LINES = 3
"""Below these, a title that is also a question's label is the question."""


@dataclass(frozen=True, slots=True)
class FormMatch:
    """The form a transcript was taken for. `confidence` is 0 to 1; `title` the line that named it, if one did.

    `walked` is the walk that showed it, so that its answers need no second one.
    """

    form: FormDefinition
    confidence: float
    title: str = ""
    walked: Walked | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Score:
    total: float
    form: FormDefinition
    title: str
    walked: Walked


def find_form(transcript: Transcript, library: FormLibrary) -> FormMatch | None:
    """The form that this transcript is, filled in or not; None where it is none of the library's."""
    newest = [library.form(key) for key in dict.fromkeys(form.key for form in library.forms)]
    evidence = _evidence(transcript)
    every_title = _titles_of(tuple(newest))
    naming = [line for line in evidence.title_lines if every_title.weight(line)]
    titles = [_title(naming, form) for form in newest]
    if sum(weight > 0 for _, weight in titles) > 1 and _PAPER_ABOUT.match(evidence.opening):
        # Minutes and policies have headings that name every form; none of them is the form.
        titles = [(title, weight * _AMONG_OTHERS) for title, weight in titles]
    named = [form for form, (_, weight) in zip(newest, titles, strict=True) if weight > 0]
    scored = [
        _score(transcript, evidence, form, title, newest, library)
        for form, title in zip(newest, titles, strict=True)
        # Named in so many words, and as nothing else: the other forms need not be tried.
        if len(named) != 1 or form is named[0]
    ]
    if len(named) == 1 and scored[0].total < _SURELY_NAMED:
        scored = [
            _score(transcript, evidence, form, title, newest, library)
            for form, title in zip(newest, titles, strict=True)
        ]
    scored.sort(key=lambda score: -score.total)
    if not scored or scored[0].total < _ENOUGH:
        return None
    best = scored[0].total
    second = scored[1].total if len(scored) > 1 else 0.0
    sureness = min(1.0, best / _FULL) * (0.6 + 0.4 * min(1.0, (best - second) / max(best, 1.0) * 2))
    confidence = round(min(0.99, 0.35 + 0.65 * sureness), 2)
    return FormMatch(scored[0].form, confidence, scored[0].title, scored[0].walked)


def _score(
    transcript: Transcript,
    evidence: _Evidence,
    form: FormDefinition,
    named: tuple[str, float],
    forms: list[FormDefinition],
    library: FormLibrary,
) -> _Score:
    walked = walk_form(transcript, form, library)
    slots = [slot for slot in walked.walk.slots if slot.field]
    asked = {slot.field for slot in slots}
    own = {key for key in evidence.tags if form.has(key)}
    title, weight = named
    if not own and _looks_alike(evidence, form, named, asked):
        return _Score(0.0, form, title, walked)
    distinct = _distinct(slots, form, forms)
    if len(asked) < _FEWEST_QUESTIONS and len(own) < _FEWEST_QUESTIONS:
        return _Score(0.0, form, title, walked)
    score = weight + min(distinct, 8.0) + 0.1 * len(asked)
    score += sum(_OWN_TAG for key in own if not any(other.has(key) for other in forms if other is not form))
    score += _SIGNAL * sum(signal.casefold() in evidence.opening for signal in form.signals[:3])
    if not weight and not own and _is_titled_otherwise(evidence) and not _is_about(evidence, form):
        score -= _OF_ANOTHER_SYSTEM
    if not weight and not own and distinct < 4.0:
        return _Score(0.0, form, title, walked)
    return _Score(score, form, title, walked)


def _looks_alike(evidence: _Evidence, form: FormDefinition, named: tuple[str, float], asked: set[str | None]) -> bool:
    """Whether this is another system's form under a title like ours: its own words in the title, few of our questions.

    One that names our system, or asks for a Service Request or a region as ours do, is ours however little it asks.
    """
    title, weight = named
    titled = weight in (_TITLE, _TITLE_WITHIN) and not _titles_of((form,)).is_exactly(title)
    if not titled and (weight or not _is_titled_otherwise(evidence)):
        return False
    if _SYSTEM.search(evidence.opening) or asked & _ONLY_OURS:
        return False
    return len(asked) < _MOST * len(form.fields)


def _is_titled_otherwise(evidence: _Evidence) -> bool:
    """Whether a line at the very top calls the document a form or a paper; asked where it is no title of ours."""
    return any(line.is_early and _OTHER_TITLE.search(line.bare) for line in evidence.title_lines)


def _is_about(evidence: _Evidence, form: FormDefinition) -> bool:
    """Whether the document speaks of the system that the form changes, or of what the form asks for."""
    return _SYSTEM.search(evidence.opening) is not None or any(
        signal.casefold() in evidence.opening for signal in form.signals
    )


def _distinct(slots: list[Slot], form: FormDefinition, forms: list[FormDefinition]) -> float:
    """How many questions were asked that only this form has, surely matched ones counting whole."""
    total = 0.0
    for key in {slot.field for slot in slots if slot.field}:
        if sum(other.has(key) for other in forms) > 1:
            continue
        rung = min(slot.rung for slot in slots if slot.field == key)
        total += {Rung.EXACT: 1.0, Rung.SAME_WORDS: 0.9, Rung.FUZZY: 0.6, Rung.LOOSE: 0.2}[rung]
    return total


@dataclass(frozen=True, slots=True)
class _TitleLine:
    """A line where a form's title may stand. `bare` and `keys` are its tidied words and those that carry meaning."""

    text: str
    bare: str
    keys: tuple[str, ...]
    is_early: bool


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a transcript shows whatever the form: lines that may name it, its beginning in one case, its tags."""

    title_lines: list[_TitleLine]
    opening: str
    tags: frozenset[str]


def _evidence(transcript: Transcript) -> _Evidence:
    paragraphs = list(paragraphs_of(transcript.blocks))
    texts = [paragraph.text for paragraph in paragraphs]
    tags = {
        span.control.tag for paragraph in paragraphs for span in paragraph.spans if span.control and span.control.tag
    }
    return _Evidence(_title_lines(texts, transcript), " ".join(texts[:_OPENING_PARAGRAPHS]).casefold(), frozenset(tags))


def _title_lines(texts: list[str], transcript: Transcript) -> list[_TitleLine]:
    """The lines near the top, and what the document says of itself: where a form's title may stand."""
    lines = list(islice((line for text in texts for line in text.split("\n") if line.strip()), _TITLE_LINES))
    lines += [value for key, value in transcript.properties if key in ("title", "subject")]
    found: list[_TitleLine] = []
    for number, line in enumerate(lines):
        if line.strip().endswith("."):
            continue
        bare = tidy_label(line)
        if bare and bare.count(" ") < _LONGEST_TITLE:
            found.append(_TitleLine(line, bare, key_words_of(bare), number < _FIRST_LINES))
    return found


class _Titles:
    """Every title of one form, or of several."""

    def __init__(self, forms: tuple[FormDefinition, ...]) -> None:
        bare = [tidy_label(title) for form in forms for title in (form.title, *form.titles)]
        words = {title: key_words_of(title) for title in bare}
        self._exact = frozenset(bare)
        self._words = frozenset(keys for keys in words.values() if len(keys) > 1)
        long = [title for title in bare if len(title) > _SHORTEST_LIKE]
        self._spellings = Spellings(long)
        within = [title for title in long if len(words[title]) > 1]
        # Where one title stands within another, a line that holds the longer holds the shorter too.
        self._within = [title for title in within if not any(other != title and other in title for other in within)]

    def is_exactly(self, text: str) -> bool:
        """Whether a line is one of the titles, word for word."""
        return tidy_label(text) in self._exact

    def weight(self, line: _TitleLine) -> float:
        """What a line counts as a name of any of the forms, 0 for nothing."""
        if line.bare in self._exact or line.keys in self._words:
            return _TITLE
        near = self._spellings.nearest(line.bare)
        if near is not None and _telling_short_words(near) <= set(line.bare.split()):
            return _TITLE_NEAR
        return _TITLE_WITHIN if any(map(line.bare.__contains__, self._within)) else 0.0


def _telling_short_words(title: str) -> set[str]:
    """The abbreviations in a title, of which a misspelling would be another system's: "IT" for "ESR"."""
    return {word for word in key_words_of(title) if len(word) <= _SHORT_WORD}


@lru_cache(maxsize=32)
def _titles_of(forms: tuple[FormDefinition, ...]) -> _Titles:
    return _Titles(forms)


def _title(lines: list[_TitleLine], form: FormDefinition) -> tuple[str, float]:
    """The line that names the form, and what it counts."""
    titles = _titles_of((form,))
    best = ("", 0.0)
    for line in lines:
        weight = titles.weight(line)
        if weight > best[1] and (line.is_early or not label_book(form).exact(line.text)):
            best = (line.text.strip(), weight)
    return best
