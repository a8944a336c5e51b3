"""Says which form a transcript is, which version, and how sure that is; none is an answer too."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from casework.form import FormDefinition, FormLibrary
from casework.transcript import Transcript, paragraphs_of
from extract.flow import Slot
from extract.labels import FUZZY_AT_LEAST, Rung, key_words, label_book, tidy_label
from extract.layout import walk
from extract.lines import lay_out

_TITLE, _TITLE_WITHIN, _TITLE_NEAR = 4.2, 3.8, 4.0
_FULL = 12.0
_SIGNAL = 0.5
_OWN_TAG = 2.0
_ENOUGH = 4.2
_FEWEST_QUESTIONS = 4
_TITLE_LINES = 40
_LONGEST_TITLE = 14
_FIRST_LINES = 3
"""Below these, a title that is also a question's label is the question."""


@dataclass(frozen=True, slots=True)
class FormMatch:
    """The form a transcript was taken for. `confidence` is 0 to 1; `title` the line that named it, if one did."""

    form: FormDefinition
    confidence: float
    title: str = ""


def find_form(transcript: Transcript, library: FormLibrary) -> FormMatch | None:
    """The form that this transcript is, filled in or not; None where it is none of the library's."""
    newest = [library.form(key) for key in dict.fromkeys(form.key for form in library.forms)]
    scored = sorted((_score(transcript, form, newest, library) for form in newest), key=lambda item: -item[0])
    if not scored or scored[0][0] < _ENOUGH:
        return None
    best, form, title = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    sureness = min(1.0, best / _FULL) * (0.6 + 0.4 * min(1.0, (best - second) / max(best, 1.0) * 2))
    return FormMatch(form, round(min(0.99, 0.35 + 0.65 * sureness), 2), title)


def _score(
    transcript: Transcript, form: FormDefinition, forms: list[FormDefinition], library: FormLibrary
) -> tuple[float, FormDefinition, str]:
    slots = [slot for slot in walk(form, lay_out(transcript), library).slots if slot.field]
    asked = {slot.field for slot in slots}
    own = {key for key in _tags(transcript) if form.has(key)}
    title, weight = _title(transcript, form)
    distinct = _distinct(slots, form, forms)
    if len(asked) < _FEWEST_QUESTIONS and len(own) < _FEWEST_QUESTIONS:
        return 0.0, form, title
    score = weight + min(distinct, 8.0) + 0.1 * len(asked)
    score += sum(_OWN_TAG for key in own if not any(other.has(key) for other in forms if other is not form))
    score += _SIGNAL * sum(signal.casefold() in _opening(transcript) for signal in form.signals[:3])
    if not weight and not own and distinct < 4.0:
        return 0.0, form, title
    return score, form, title


def _distinct(slots: list[Slot], form: FormDefinition, forms: list[FormDefinition]) -> float:
    """How many questions were asked that only this form has, surely matched ones counting whole."""
    total = 0.0
    for key in {slot.field for slot in slots if slot.field}:
        if sum(other.has(key) for other in forms) > 1:
            continue
        rung = min(slot.rung for slot in slots if slot.field == key)
        total += {Rung.EXACT: 1.0, Rung.SAME_WORDS: 0.9, Rung.FUZZY: 0.6, Rung.LOOSE: 0.2}[rung]
    return total


def _title(transcript: Transcript, form: FormDefinition) -> tuple[str, float]:
    """The line near the top that names the form, and what it counts."""
    titles = [(tidy_label(title), key_words(title)) for title in (form.title, *form.titles)]
    best = ("", 0.0)
    lines = [line for paragraph in paragraphs_of(transcript.blocks) for line in paragraph.text.split("\n")]
    lines = [line for line in lines if line.strip()][:_TITLE_LINES]
    lines += [value for key, value in transcript.properties if key in ("title", "subject")]
    for number, line in enumerate(lines):
        bare = tidy_label(line)
        if not bare or len(bare.split()) > _LONGEST_TITLE or line.strip().endswith("."):
            continue
        keys = set(key_words(line))
        for title, words in titles:
            if bare == title or (len(words) > 1 and keys == set(words)):
                weight = _TITLE
            elif len(words) > 1 and len(title) > 12 and title in bare:
                weight = _TITLE_WITHIN
            elif len(title) > 12 and fuzz.ratio(bare, title) >= FUZZY_AT_LEAST:
                weight = _TITLE_NEAR
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
