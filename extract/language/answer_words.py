"""One answer as the judge sees it: the question, the sender's sentences, and what the request already says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from casework.stems import stem
from extract.language.denial import is_denied_name
from extract.language.pieces import is_content, sender_pieces, within
from extract.language.pipeline import NAMES, read_words
from extract.language.prompts import own_words
from extract.language.scope import ties_to_staff_wellbeing
from extract.language.wording import load_wording

_FIELD_WORDS = frozenset(stem(word) for word in load_wording()["asked"])
_MUST_BE_NATIONAL = ("national_link", "wellbeing_link")


@dataclass(frozen=True, slots=True)
class Question:
    """An answer with what is needed to judge it: `request` are others, `prompts` and `labels` the form's words."""

    field: str
    title: str
    text: str
    request: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class AnswerWords:
    """An answer's words: `pieces` are the sender's sentences, `known` the stems that title and request hold."""

    def __init__(self, question: Question, language: Language) -> None:
        self.question = question
        self.field = question.field
        self.doc: Doc = read_words(language, question.text)
        self.pieces = sender_pieces(self.doc, own_words(self.doc.text, question.prompts, question.labels))
        request = language.pipe([question.title, *question.request])
        self.known = {token.lemma_ for doc in request for token in doc} | _FIELD_WORDS
        self.known_text = " ".join((question.title, *question.request)).lower()

    @cached_property
    def names(self) -> list[Span]:
        """Names that are offered in support; where something national is asked for, no employer's own."""
        names = [name for name in self.doc.spans[NAMES] if not is_denied_name(name)]
        if self.field in _MUST_BE_NATIONAL:
            return [name for name in names if name.label_ != "local"]
        return names

    @cached_property
    def wellbeing(self) -> bool:
        """Whether title and text tie a role to the wellbeing of staff."""
        return ties_to_staff_wellbeing(self.question.title, self.doc, self.pieces)

    def new(self, group: str, piece: Span) -> list[Span]:
        """The finds of a word list that are not the request's own words."""
        return [span for span in within(group, piece) if not all(token.lemma_ in self.known for token in span)]

    def novel(self, piece: Span) -> list[Token]:
        """Content words that neither title nor request hold and that are more than parts of a screen."""
        screen = {token.i for span in within("screen", piece) for token in span}
        return [
            token for token in piece if is_content(token) and token.lemma_ not in self.known and token.i not in screen
        ]

    def has_name(self, piece: Span) -> bool:
        """Whether a name stands in one sentence."""
        return any(piece.start <= name.start < piece.end for name in self.names)
