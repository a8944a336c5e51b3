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
from extract.language.answer_words import AnswerWords
from extract.language.pieces import is_content, within
from extract.language.pipeline import NAMES, QUANTITIES

FOLDER = Path(__file__).with_name("model")
KINDS = ("claim", "request", "stand-in")
_CONFIG = Path(__file__).with_name("classifier.cfg")
SIGNS = (
    "harm", "gain", "reason", "fault", "people", "screen", "vague", "country", "request", "demand",
)  # fmt: skip
_LONGEST = 60
_SURE = 0.6
_WELL_MARKED = 1.1
"""A claim at least so strong is told by plain wording, and no second opinion is asked."""
_FEW = 3
"""With more sentences than this, one of them looks like a claim by chance too often."""
_LEVELS = {"claim": Adequacy.ASSERTED, "request": Adequacy.RESTATED, "stand-in": Adequacy.PLACEHOLDER}
_MOVES = {
    (Adequacy.RESTATED, Adequacy.ASSERTED),
    (Adequacy.ASSERTED, Adequacy.RESTATED),
    (Adequacy.ASSERTED, Adequacy.PLACEHOLDER),
}
"""The only levels between which it is heard: docs/judging.md has the figures for all others."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """The packaged model. `about` tells from which data it was made, how it scored and under which licence."""

    language: Language
    about: dict[str, object]

    def second_opinion(self, answer: AnswerWords, pieces: list[Span], level: Adequacy, claimed: float) -> Adequacy:
        """The level of an answer without facts, where the rules said `level` for claims no stronger than `claimed`."""
        if level is Adequacy.ASSERTED and claimed >= _WELL_MARKED:
            return level
        rows = self.kinds(answer, pieces)
        likely = {_LEVELS[kind]: sum(row[kind] for row in rows) / len(rows) for kind in KINDS}
        likely[Adequacy.ASSERTED] = max(row["claim"] for row in rows)
        best = max(likely, key=lambda found: likely[found])
        if likely[best] < _SURE or (level, best) not in _MOVES:
            return level
        return level if best is Adequacy.ASSERTED and len(rows) > _FEW else best

    def kinds(self, answer: AnswerWords, pieces: list[Span]) -> list[dict[str, float]]:
        """For each sentence, how likely it is of each of KINDS; the three add up to one."""
        pipe = text_categorizer(self.language)
        docs = [Doc(self.language.vocab, words=signs(answer, piece)) for piece in pieces]
        return [dict(zip(pipe.labels, map(float, row), strict=True)) for row in pipe.predict(docs)]


def signs(answer: AnswerWords, piece: Span) -> list[str]:
    """What the model sees of a sentence: stems, one word for all that the request holds, and kinds of wording."""
    words = [_sign(answer, token) for token in piece[:_LONGEST] if token.text.strip()]
    kinds = [f"has:{group}" for group in SIGNS if answer.new(group, piece)]
    kinds += [f"has:{group}" for group in (NAMES, QUANTITIES) if within(group, piece)]
    content = sum(is_content(token) for token in piece)
    novel = len(answer.novel(piece))
    share = f"own:{round(4 * novel / content)}" if content else "own:none"
    return [*words, "</s>", *kinds, share, f"words:{min(content, 12) // 3}"]


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


def _sign(answer: AnswerWords, token: Token) -> str:
    if token.lemma_ in answer.known and is_content(token):
        return "<known>"
    return "<number>" if token.like_num else token.lemma_
