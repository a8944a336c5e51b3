"""What every rule looks at: the answers of one form, judged once, whether they come from a file or stand alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from spacy.language import Language

from casework.form import FieldDefinition, FormDefinition, FormLibrary, Vocabulary
from casework.model import Adequacy, Answer, Evidence, FieldStatus, Reading
from casework.rulebook import Limits
from extract.language.classifier import Classifier, load_classifier
from extract.language.judgement import ABSENT, Judgement, Question, judge
from extract.language.pipeline import load_language

Opinion = Callable[[], Classifier | None]
TITLES = {
    "business-justification": "title",
    "supplementary-role": "role_name",
    "national-competency": "competence_name",
}
"""The field that names what is asked for, by form."""

REQUESTS = ("requirement", "role_description", "competence_description")
REASONS = (
    "justification",
    "benefits",
    "current_situation",
    "workaround",
    "impact_of_not_changing",
    "national_link",
    "wellbeing_link",
)
_EMPTY = {FieldStatus.BLANK, FieldStatus.PROMPT, FieldStatus.MISSING}


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """One answer alone: `other` holds those other answers of the same form that are known, by field key."""

    id: str
    form: str
    field: str
    title: str
    text: str
    other: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Material:
    """The answers of one form. `judged` holds the persuading ones; a field not in `texts` was not shown.

    `whole` says that this is a whole form, so that what is not there is really missing.
    """

    form: FormDefinition
    library: FormLibrary
    today: date
    title: str
    texts: Mapping[str, str]
    judged: Mapping[str, Judgement]
    levels: tuple[str, ...] = ()
    statuses: Mapping[str, FieldStatus] = dataclasses.field(default_factory=dict)
    whole: bool = True
    limits: Limits = dataclasses.field(default_factory=Limits)

    def quote(self, key: str, start: int, end: int) -> Evidence:
        """The words of field `key` from `start` to `end`, as evidence."""
        return Evidence(key, start, end, self.texts[key][start:end])

    def quote_all(self, key: str) -> tuple[Evidence, ...]:
        """The whole answer as evidence, nothing where it is empty."""
        text = self.texts.get(key, "")
        bare = text.strip()
        start = text.find(bare)
        return (self.quote(key, start, start + len(bare)),) if bare else ()

    def quote_judged(self, key: str) -> tuple[Evidence, ...]:
        """The words that the judgement on field `key` rests on."""
        return tuple(self.quote(key, start, end) for start, end in self.judged[key].evidence)

    def asks_for(self, key: str) -> bool:
        """Whether the form asks for field `key` here, with what `only_if` says taken into account."""
        if not self.form.has(key):
            return False
        condition = self.form.field(key).only_if
        if condition is None and key == "wellbeing_link":
            condition = ("input_level", "employee")
        if condition is None:
            return True
        other, choice = condition
        return choice in (self.levels if other == "input_level" else (self.texts.get(other, ""),))


def material_of_reading(reading: Reading, form: FormDefinition, library: FormLibrary, today: date) -> Material:
    """A whole form's answers, the persuading ones judged together with what their status says."""
    texts = {answer.field: answer.value for answer in reading.answers if isinstance(answer.value, str)}
    title = texts.get(TITLES.get(form.key, "title"), "")
    judged = {
        answer.field: _judge_answer(answer, _question(form, answer.field, title, texts), library)
        for answer in reading.answers
        if form.has(answer.field) and form.field(answer.field).persuades
    }
    level = reading.answer("input_level")
    levels = level.value if level is not None and isinstance(level.value, tuple) else ()
    statuses = {answer.field: answer.status for answer in reading.answers}
    return Material(form, library, today, title, texts, judged, levels, statuses)


def question_of_item(item: AnswerItem, library: FormLibrary) -> Question:
    """What is to be judged about one answer alone."""
    return _question(library.form(item.form), item.field, item.title, _texts_of(item))


def material_of_item(
    item: AnswerItem, library: FormLibrary, today: date, opinion: Opinion = load_classifier
) -> Material:
    """One answer alone, with the other answers that were shown. `opinion` gives the classifier to ask, or None."""
    form = library.form(item.form)
    texts = _texts_of(item)
    level = item.other.get("input_level", "")
    levels = tuple(part.strip() for part in level.replace(";", ",").split(",") if part.strip())
    judged = {item.field: _judge(question_of_item(item, library), library, opinion)}
    return Material(form, library, today, item.title, texts, judged, levels, whole=False)


def _texts_of(item: AnswerItem) -> dict[str, str]:
    return {key: text for key, text in item.other.items() if key != "input_level"} | {item.field: item.text}


def _question(form: FormDefinition, key: str, title: str, texts: Mapping[str, str]) -> Question:
    definition = form.field(key) if form.has(key) else None
    return Question(
        field=key,
        title=title,
        text=texts.get(key, ""),
        request=tuple(texts[name] for name in REQUESTS if texts.get(name)),
        prompts=_printed(form, definition),
        labels=(definition.label, *definition.labels, *definition.columns) if definition is not None else (),
    )


def _printed(form: FormDefinition, definition: FieldDefinition | None) -> tuple[str, ...]:
    own = (*definition.guidance, definition.hint) if definition is not None else ()
    return (*own, *form.guidance)


def _judge_answer(answer: Answer, question: Question, library: FormLibrary) -> Judgement:
    if answer.status in _EMPTY:
        return ABSENT
    judgement = _judge(question, library)
    if answer.status is FieldStatus.PLACEHOLDER and judgement.adequacy is not Adequacy.ABSENT:
        return Judgement(Adequacy.PLACEHOLDER, ((0, len(question.text)),) if question.text else ())
    return judgement


def _judge(question: Question, library: FormLibrary, opinion: Opinion = load_classifier) -> Judgement:
    return judge(question, language_of(library), opinion())


def language_of(library: FormLibrary) -> Language:
    """The pipeline for a library's vocabularies."""
    return load_language(_vocabulary(library, "national-learning"), _vocabulary(library, "wellbeing"))


def _vocabulary(library: FormLibrary, name: str) -> Vocabulary:
    """The vocabulary, or an empty one in a library that does without."""
    return next((vocabulary for vocabulary in library.vocabularies if vocabulary.name == name), Vocabulary(name, ()))
