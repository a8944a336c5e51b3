"""Learn the classifier from the labelled answers and sentences that ship, the same bytes from the same data.

    python -m tools.train_answers [--out FOLDER]

Writes the model beside the judge, with an `about.json`: hash of its data, scores in grouped folds, licence.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import fix_random_seed

from casework.form import FormLibrary
from extract.checks.material import AnswerItem, language_of, question_of_item
from extract.language.answer_words import AnswerWords, Question
from extract.language.classifier import FOLDER, KINDS, Classifier, blank_classifier, signs, text_categorizer
from service.library import load_library
from tools.train_labelled import FOLDER as ANSWERS
from tools.train_labelled import Labelled, load_labelled, load_spent

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = ANSWERS.parent / "sentences"
FOLDS = 5
_ROUNDS, _BATCH, _RATE, _SEED = 8, 16, 0.003, 1
_KIND = {"asserted": "claim", "evidenced": "claim", "restated": "request", "placeholder": "stand-in"}
Lesson = tuple[list[str], str]


def main() -> None:
    """Train on everything and package the result with the scores of grouped folds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER)
    out = parser.parse_args().out
    library, labelled = load_library(), load_labelled()
    lessons = [lesson for entry in labelled for lesson in lessons_of(entry, library)] + always_lessons(library)
    model = learn(lessons)
    right, asked = 0, 0
    for entries, classifier in folds(labelled, library):
        for entry in entries:
            for seen, kind in lessons_of(entry, library):
                right += _kind_of(classifier, seen) == kind
                asked += 1
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    text_categorizer(model.language).to_disk(out / "textcat", exclude=["vocab"])
    about = {
        "made from": [path.relative_to(ROOT).as_posix() for path in data_files()],
        "data sha256": data_hash(),
        "sentences learnt from": len(lessons),
        "sentences right, in folds that share no title": f"{right} of {asked}",
        "made with": f"spaCy {spacy.__version__}, seed {_SEED}",
        "licence": "that of Formwright; the data were written for it and hold nobody else's text",
    }
    (out / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(about, indent=2))


def data_files() -> list[Path]:
    """What the model is learnt from, in a fixed order."""
    answers = (*ANSWERS.glob("**/*.toml"), *ANSWERS.glob("**/*.jsonl"))
    return [*sorted(answers), *sorted(SENTENCES.glob("*.toml"))]


def data_hash() -> str:
    """One hash over all training data."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in data_files())).hexdigest()


def fold_of(entry: Labelled) -> int:
    """The fold of an answer: all answers under one title are in the same."""
    return hashlib.sha256(f"{entry.form}{entry.title}".encode()).digest()[1] % FOLDS


def folds(labelled: Sequence[Labelled], library: FormLibrary) -> Iterable[tuple[list[Labelled], Classifier]]:
    """For each fold its answers, and a classifier that has seen none of them nor any answer under their titles."""
    always = always_lessons(library)
    for number in range(FOLDS):
        seen = [lesson for entry in labelled if fold_of(entry) != number for lesson in lessons_of(entry, library)]
        yield [entry for entry in labelled if fold_of(entry) == number], learn(seen + always)


def always_lessons(library: FormLibrary) -> list[Lesson]:
    """What is learnt from in every fold: the sets that measured once, and the sentences that stand alone."""
    return [lesson for entry in load_spent() for lesson in lessons_of(entry, library)] + sentence_lessons(library)


def words_of(entry: Labelled, library: FormLibrary) -> AnswerWords:
    """A labelled answer as the judge sees it."""
    item = AnswerItem(entry.id, entry.form, entry.field, entry.title, entry.text, entry.other)
    return AnswerWords(question_of_item(item, library), language_of(library))


def lessons_of(entry: Labelled, library: FormLibrary) -> list[Lesson]:
    """The sentences of an answer with what they do; of a claim only those that are marked as such."""
    kind = _KIND.get(entry.level)
    if kind is None:
        return []
    answer = words_of(entry, library)
    return [
        (signs(answer, piece), kind)
        for piece in answer.pieces
        if kind != "claim" or any(piece.start_char < end and start < piece.end_char for start, end in entry.evidence)
    ]


def sentence_lessons(
    library: FormLibrary, *, without: Sequence[str] = (), only: Sequence[str] | None = None
) -> list[Lesson]:
    """The sentences that stand alone: all ways of saying things but those `without`, or those of `only`."""
    return [
        (signs(answer, piece), kind)
        for way, kind, title, line in sentences()
        if way not in without and (only is None or way in only)
        for answer in (AnswerWords(Question("justification", title, line), language_of(library)),)
        for piece in answer.pieces
    ]


def sentences() -> list[tuple[str, str, str, str]]:
    """Each sentence that stands alone: the way of saying things it is an example of, its kind, a title, and itself."""
    return [
        (f"{kind}/{way}", kind, title, line)
        for path in sorted(SENTENCES.glob("*.toml"))
        for kind, ways in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for way, lines in ways.items()
        for title, _, line in (row.rpartition(" :: ") for row in lines.strip().splitlines())
    ]


def learn(lessons: Sequence[Lesson], kinds: Sequence[str] = KINDS) -> Classifier:
    """A classifier of `kinds`, the same from the same lessons in the same order."""
    fix_random_seed(_SEED)
    language = blank_classifier(kinds)

    def example(lesson: Lesson) -> Example:
        seen, kind = lesson
        return Example.from_dict(
            Doc(language.vocab, words=seen), {"cats": {name: float(name == kind) for name in kinds}}
        )

    examples = [example(lesson) for lesson in lessons]
    first: Callable[[], list[Example]] = lambda: examples[:10]  # noqa: E731
    language.initialize(first)
    optimizer = language.create_optimizer()
    optimizer.learn_rate = _RATE
    order = random.Random(_SEED)
    for _ in range(_ROUNDS):
        order.shuffle(examples)
        for start in range(0, len(examples), _BATCH):
            language.update(examples[start : start + _BATCH], sgd=optimizer)
    return Classifier(language, {})


def _kind_of(classifier: Classifier, seen: list[str]) -> str:
    cats = text_categorizer(classifier.language)
    (row,) = cats.predict([Doc(classifier.language.vocab, words=seen)])
    return str(cats.labels[int(row.argmax())])


if __name__ == "__main__":
    main()
