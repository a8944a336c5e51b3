"""Says which form a transcript is, which version, and how sure that is; none is an answer too."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

from casework.form import FormDefinition, FormLibrary
from casework.transcript import Transcript, paragraphs_of
from extract.flow import Slot
from extract.labels import FUZZY_AT_LEAST, Rung, key_words, label_book, tidy_label
from extract.layout import Walked, walk_form

_TITLE, _TITLE_WITHIN, _TITLE_NEAR = 4.2, 3.8, 4.0
_FULL = 12.0
_SIGNAL = 0.5
_OWN_TAG = 2.0
_ENOUGH = 4.2
_SURELY_NAMED = 8.0
"""A title and some four questions that only this form asks."""
_FEWEST_QUESTIONS = 4
_SHORTEST_LIKE = 12
_TITLE_LINES = 40
_LONGEST_TITLE = 14
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
    lines = _title_lines(transcript)
    titles = [_title(lines, form) for form in newest]
    named = [form for form, (_, weight) in zip(newest, titles, strict=True) if weight > 0]
    scored = [
        _score(transcript, form, title, newest, library)
        for form, title in zip(newest, titles, strict=True)
        # Named in so many words, and as nothing else: the other forms need not be tried.
        if len(named) != 1 or form in named
    ]
    if len(named) == 1 and scored[0].total < _SURELY_NAMED:
        scored = [_score(transcript, form, title, newest, library) for form, title in zip(newest, titles, strict=True)]
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
    form: FormDefinition,
    named: tuple[str, float],
    forms: list[FormDefinition],
    library: FormLibrary,
) -> _Score:
    walked = walk_form(transcript, form, library)
    slots = [slot for slot in walked.walk.slots if slot.field]
    asked = {slot.field for slot in slots}
    own = {key for key in _tags(transcript) if form.has(key)}
    title, weight = named
    distinct = _distinct(slots, form, forms)
    if len(asked) < _FEWEST_QUESTIONS and len(own) < _FEWEST_QUESTIONS:
        return _Score(0.0, form, title, walked)
    score = weight + min(distinct, 8.0) + 0.1 * len(asked)
    score += sum(_OWN_TAG for key in own if not any(other.has(key) for other in forms if other is not form))
    score += _SIGNAL * sum(signal.casefold() in _opening(transcript) for signal in form.signals[:3])
    if not weight and not own and distinct < 4.0:
        return _Score(0.0, form, title, walked)
    return _Score(score, form, title, walked)


def _distinct(slots: list[Slot], form: FormDefinition, forms: list[FormDefinition]) -> float:
    """How many questions were asked that only this form has, surely matched ones counting whole."""
    total = 0.0
    for key in {slot.field for slot in slots if slot.field}:
        if sum(other.has(key) for other in forms) > 1:
            continue
        rung = min(slot.rung for slot in slots if slot.field == key)
        total += {Rung.EXACT: 1.0, Rung.SAME_WORDS: 0.9, Rung.FUZZY: 0.6, Rung.LOOSE: 0.2}[rung]
    return total


def _title_lines(transcript: Transcript) -> list[str]:
    """The lines near the top, and what the document says of itself: where a form's title may stand."""
    lines = [line for paragraph in paragraphs_of(transcript.blocks) for line in paragraph.text.split("\n")]
    lines = [line for line in lines if line.strip()][:_TITLE_LINES]
    return lines + [value for key, value in transcript.properties if key in ("title", "subject")]


@lru_cache(maxsize=32)
def _titles_of(form: FormDefinition) -> tuple[tuple[tuple[str, frozenset[str]], ...], tuple[str, ...]]:
    """The form's titles with their words, and those long enough to be known by likeness."""
    titles = [(tidy_label(title), frozenset(key_words(title))) for title in (form.title, *form.titles)]
    return tuple(titles), tuple(title for title, _ in titles if len(title) > _SHORTEST_LIKE)


def _title(lines: list[str], form: FormDefinition) -> tuple[str, float]:
    """The line that names the form, and what it counts."""
    titles, long_titles = _titles_of(form)
    best = ("", 0.0)
    for number, line in enumerate(lines):
        bare = tidy_label(line)
        if not bare or len(bare.split()) > _LONGEST_TITLE or line.strip().endswith("."):
            continue
        keys = frozenset(key_words(line))
        if any(bare == title or (len(words) > 1 and keys == words) for title, words in titles):
            weight = _TITLE
        elif process.extractOne(bare, long_titles, scorer=fuzz.ratio, score_cutoff=FUZZY_AT_LEAST):
            weight = _TITLE_NEAR
        elif any(len(words) > 1 and len(title) > _SHORTEST_LIKE and title in bare for title, words in titles):
            weight = _TITLE_WITHIN
        else:
            continue
        if number >= _FIRST_LINES and label_book(form).exact(line):
            weight = 0.0
        if weight > best[1]:
            best = (line.strip(), weight)
    return best


def _opening(transcript: Transcript) -> str:
    texts = (paragraph.text for paragraph, _ in zip(paragraphs_of(transcript.blocks), range(60), strict=False))
    return " ".join(texts).casefold()


def _tags(transcript: Transcript) -> set[str]:
    return {
        span.control.tag
        for paragraph in paragraphs_of(transcript.blocks)
        for span in paragraph.spans
        if span.control is not None and span.control.tag
    }
