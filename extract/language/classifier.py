"""A trained second opinion on what a sentence does: claim something, repeat the request, or stand in for an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc, Span, Token
from spacy.util import load_config, load_model_from_config

from casework.model import Adequacy
from casework.stems import stem
from extract.language.answer_words import AnswerWords
from extract.language.pieces import is_content, within
from extract.language.pipeline import NAMES, QUANTITIES
from extract.language.wording import load_wording

FOLDER = Path(__file__).with_name("model")
KINDS = ("claim", "request", "stand-in")
_CONFIG = Path(__file__).with_name("classifier.cfg")
SIGNS = (
    "harm", "gain", "reason", "fault", "people", "screen", "vague", "country", "request", "demand",
)  # fmt: skip
_CLASSES = {
    name: frozenset(stem(word) for word in load_wording()[name])
    for name in ("about-answering", "clock", "speaker", "addressee")
}
"""Words that tell a sentence about the form from one about the world, by what they have in common."""
_LONGEST = 60
_SURE = 0.6
_WELL_MARKED = 1.1
"""A claim at least so strong is told by plain wording, and no second opinion is asked."""
_STANDS_IN = ((0.0, 0.6), (1.0, 0.7), (float("inf"), 0.9))
"""How sure it must be to set a sentence aside, by how strongly the wording claims at most."""
_STANDS_IN_ELSE = 0.9
"""And where the sentence holds words of the request, or names something national where that is asked for."""
_VERY_SURE, _TWO_WORDS = 0.9, 2
_FEW = 2
"""With more sentences than this, one of them looks like a claim by chance too often."""
Row = dict[str, float]
"""How likely a sentence is of each of KINDS; the three add up to one."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """The packaged model. `about` tells from which data it was made, how it scored and under which licence."""

    language: Language
    about: dict[str, object]

    def second_opinion(self, rows: list[Row], level: Adequacy, claimed: float) -> Adequacy:
        """The level of sentences without facts, where the rules said `level` for claims no stronger than `claimed`."""
        if level is Adequacy.ASSERTED and claimed >= _WELL_MARKED:
            return level
        claim, request = max(row["claim"] for row in rows), sum(row["request"] for row in rows) / len(rows)
        if max(claim, request) < _SURE:
            return level
        if claim >= request:
            return level if len(rows) > _FEW else Adequacy.ASSERTED
        return Adequacy.RESTATED

    def kinds(self, answer: AnswerWords, pieces: list[Span]) -> list[Row]:
        """For each sentence, of which kind it is likely to be."""
        pipe = text_categorizer(self.language)
        docs = [Doc(self.language.vocab, words=signs(answer, piece)) for piece in pieces]
        return [dict(zip(pipe.labels, map(float, row), strict=True)) for row in pipe.predict(docs)]


def stands_in(row: Row, claimed: float, *, on_the_matter: bool) -> bool:
    """Whether a sentence that claims no more than `claimed` by its wording only stands in for an answer."""
    sure = next(sure for most, sure in _STANDS_IN if claimed <= most)
    return row["stand-in"] >= (max(sure, _STANDS_IN_ELSE) if on_the_matter else sure)


def repeats(row: Row, claimed: float) -> bool:
    """Whether a sentence in which a word or two claim something only repeats the request all the same."""
    return row["request"] >= _VERY_SURE and claimed <= _TWO_WORDS


def signs(answer: AnswerWords, piece: Span) -> list[str]:
    """What the model sees of a sentence: stems, one word for all that the request holds, and kinds of wording."""
    tokens = [token for token in piece[:_LONGEST] if token.text.strip()]
    words = [_sign(answer, token, token.i == piece.start) for token in tokens]
    kinds = [f"has:{group}" for group in SIGNS if answer.new(group, piece)]
    kinds += [f"has:{group}" for group in (NAMES, QUANTITIES) if within(group, piece)]
    for name, stems in _CLASSES.items():
        count = sum(token.lemma_ in stems for token in tokens)
        kinds += [f"is:{name}", f"is:{name}:{min(count, 3)}"] if count else []
    content, novel = sum(map(is_content, tokens)), answer.novel(piece)
    world = [
        token
        for token in novel
        if not _is_person(answer, token, token.i == piece.start)
        and not any(token.lemma_ in stems for stems in _CLASSES.values())
    ]
    kinds += [_share("own", len(novel), content), _share("world", len(world), content), f"world:{min(len(world), 5)}"]
    kinds += [f"words:{min(content, 12) // 3}", f"first:{tokens[0].lemma_}" if tokens else "first:none"]
    return [*words, "</s>", *kinds]


def blank_classifier(kinds: Sequence[str] = KINDS) -> Language:
    """The untrained pipeline: one linear layer over words and pairs of words."""
    language = load_model_from_config(load_config(_CONFIG), auto_fill=True)
    for kind in kinds:
        text_categorizer(language).add_label(kind)
    return language


def text_categorizer(language: Language) -> TextCategorizer:
    """The one component of such a pipeline."""
    return cast(TextCategorizer, language.get_pipe("textcat"))


@cache
def load_classifier() -> Classifier | None:
    """The packaged model, loaded once a process; None where the package has none."""
    if not (FOLDER / "about.json").is_file():
        return None
    language = blank_classifier()
    text_categorizer(language).from_disk(FOLDER / "textcat", exclude=["vocab"])
    return Classifier(language, json.loads((FOLDER / "about.json").read_text(encoding="utf-8")))


def _sign(answer: AnswerWords, token: Token, first: bool) -> str:
    if token.lemma_ in answer.known and is_content(token):
        return "<known>"
    if _is_person(answer, token, first):
        return "<name>"
    return "<number>" if token.like_num else token.lemma_


def _is_person(answer: AnswerWords, token: Token, first: bool) -> bool:
    """Whether a word is likely to be somebody's name: a capital inside a sentence."""
    return not first and token.is_title and is_content(token) and token.lemma_ not in answer.known


def _share(name: str, part: int, whole: int) -> str:
    return f"{name}:{round(4 * part / whole)}/4" if whole else f"{name}:none"
