"""Measure the judge in grouped folds: rules alone, classifier alone, both; by level, field and difficulty.

    python -m tools.train_evaluate [--answers FILE.jsonl]

`--answers` measures another labelled file too, in the corpus's format, with what was learnt from our own answers alone.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc

from casework.form import FormLibrary
from casework.model import Adequacy
from extract.checks import AnswerItem, AnswerResult, check_answer
from extract.language.classifier import Classifier, load_classifier, signs, text_categorizer
from service.library import load_library
from tools.train_answers import FOLDS, fold_of, folds, learn, lessons_of, sentence_lessons, sentences, words_of
from tools.train_labelled import Labelled, load_labelled, load_spent, read_gold

LEVELS = tuple(level.value for level in Adequacy)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer, what was expected of it and what came."""

    entry: Labelled
    level: str
    result: AnswerResult | None = None


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=Path)
    answers = parser.parse_args().answers
    library, labelled = load_library(), load_labelled()
    runs = {
        "rules alone": [checked(entry, library, lambda: None) for entry in labelled],
        "classifier alone": classifier_alone(labelled, library),
        "both": [
            checked(entry, library, lambda model=model: model)
            for entries, model in folds(labelled, library)
            for entry in entries
        ],
    }
    print(f"Our own {len(labelled)} answers; what is learnt is tried on titles it has not seen\n")
    show(runs)
    print("\nThe half that was held out\n")
    show({name: [outcome for outcome in run if outcome.entry.held_out] for name, run in runs.items()})
    print("\nRight, by field\n")
    show_groups(runs, lambda entry: entry.field)
    print("\nRight, by difficulty\n")
    show_groups(runs, lambda entry: entry.hard or "(plain)")
    print("\nSentences told, each in a way of saying things that was not learnt from\n")
    show_ways(labelled, library)
    if answers:
        others = read_gold(answers)
        print(f"\n{answers.name}: {len(others)} answers, with what was learnt from our own alone\n")
        other_runs = measured(others, labelled, library)
        show(other_runs)
        print("\nRight, by field\n")
        show_groups(other_runs, lambda entry: entry.field)


def show_ways(labelled: Sequence[Labelled], library: FormLibrary) -> None:
    """For each kind, how many of its sentences the classifier tells that has seen none said in the same way."""
    answers = [lesson for entry in [*labelled, *load_spent()] for lesson in lessons_of(entry, library)]
    ways = sorted({way for way, *_ in sentences() if not way.endswith("/lines")})
    right, asked = Counter[str](), Counter[str]()
    for number in range(FOLDS):
        held = ways[number::FOLDS]
        model = learn([*answers, *sentence_lessons(library, without=held)])
        pipe = text_categorizer(model.language)
        told = sentence_lessons(library, only=held)
        rows = pipe.predict([Doc(model.language.vocab, words=seen) for seen, _ in told])
        for (_, kind), row in zip(told, rows, strict=True):
            asked[kind] += 1
            right[kind] += pipe.labels[int(row.argmax())] == kind
    for kind, count in asked.items():
        print(f"{kind:12}{right[kind]:5} of {count}")


def measured(entries: list[Labelled], labelled: list[Labelled], library: FormLibrary) -> dict[str, list[Outcome]]:
    """The three ways of judging answers that are not ours, with what was learnt from ours."""
    return {
        "rules alone": [checked(entry, library, lambda: None) for entry in entries],
        "classifier alone": alone(learn_levels(labelled, library), entries, library),
        "both": [checked(entry, library, load_classifier) for entry in entries],
    }


def checked(entry: Labelled, library: FormLibrary, opinion: Callable[[], Classifier | None]) -> Outcome:
    """One answer through the real check."""
    item = AnswerItem(entry.id, entry.form, entry.field, entry.title, entry.text, entry.other)
    result = check_answer(item, library, opinion)
    return Outcome(entry, result.adequacy.value, result)


def classifier_alone(labelled: Sequence[Labelled], library: FormLibrary) -> list[Outcome]:
    """The same linear model told to name the level of the whole answer by itself, in the same folds."""
    outcomes = []
    for number in sorted({fold_of(entry) for entry in labelled}):
        model = learn_levels([entry for entry in labelled if fold_of(entry) != number], library)
        outcomes += alone(model, [entry for entry in labelled if fold_of(entry) == number], library)
    return outcomes


def learn_levels(labelled: Sequence[Labelled], library: FormLibrary) -> Classifier:
    """A model of whole answers and their levels."""
    return learn([(whole_signs(entry, library), entry.level) for entry in labelled], LEVELS)


def alone(model: Classifier, entries: Sequence[Labelled], library: FormLibrary) -> list[Outcome]:
    """What the model says of each answer."""
    pipe = text_categorizer(model.language)
    rows = pipe.predict([Doc(model.language.vocab, words=whole_signs(entry, library)) for entry in entries])
    return [Outcome(entry, pipe.labels[int(row.argmax())]) for entry, row in zip(entries, rows, strict=True)]


def whole_signs(entry: Labelled, library: FormLibrary) -> list[str]:
    """The signs of all sentences of an answer, and its question."""
    answer = words_of(entry, library)
    return [f"field:{entry.field}", *(sign for piece in answer.pieces for sign in signs(answer, piece))]


def show(runs: dict[str, list[Outcome]]) -> None:
    """One line a run."""
    print(f"{'':18}{'right':>8}{'macro-F1':>10}{'kappa':>8}{'evidence':>10}{'rule P':>8}{'rule R':>8}   F1 by level")
    for name, outcomes in runs.items():
        pairs = [(outcome.entry.level, outcome.level) for outcome in outcomes]
        by_level = level_f1(pairs)
        right = sum(one == other for one, other in pairs)
        line = f"{name:18}{right:4}/{len(pairs):3}{mean(by_level.values()):10.3f}{kappa(pairs):8.3f}"
        if all(outcome.result for outcome in outcomes):
            precision, recall = rule_figures(outcomes)
            line += f"{evidence_f1(outcomes):10.3f}{precision:8.3f}{recall:8.3f}"
        else:
            line += f"{'-':>10}{'-':>8}{'-':>8}"
        print(line + "   " + " ".join(f"{level} {figure:.2f}" for level, figure in by_level.items()))


def show_groups(runs: dict[str, list[Outcome]], group: Callable[[Labelled], str]) -> None:
    """How many are right in each group, a column a run."""
    sizes = Counter(group(outcome.entry) for outcome in next(iter(runs.values())))
    print(f"{'':26}{'answers':>8}" + "".join(f"{name:>18}" for name in runs))
    for name, size in sorted(sizes.items()):
        right = [
            sum(outcome.level == outcome.entry.level for outcome in run if group(outcome.entry) == name)
            for run in runs.values()
        ]
        print(f"{name:26}{size:8}" + "".join(f"{count:18}" for count in right))


def level_f1(pairs: Sequence[Pair]) -> dict[str, float]:
    """F1 of each level that occurs."""
    figures = {}
    for level in LEVELS:
        told, meant = sum(got == level for _, got in pairs), sum(gold == level for gold, _ in pairs)
        both = sum(gold == got == level for gold, got in pairs)
        if meant:
            figures[level] = 2 * both / (told + meant)
    return figures


def kappa(pairs: Sequence[Pair]) -> float:
    """Cohen's kappa, weighted by the square of the distance between levels."""
    rank = {level: number for number, level in enumerate(LEVELS)}
    gold, got = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    apart = sum((rank[one] - rank[other]) ** 2 for one, other in pairs)
    chance = sum(gold[a] * got[b] * (rank[a] - rank[b]) ** 2 for a in LEVELS for b in LEVELS) / len(pairs)
    return 1 - apart / chance if chance else 0.0


def evidence_f1(outcomes: Iterable[Outcome]) -> float:
    """How far the quoted words are those marked, by the word, over asserted and evidenced answers."""
    both = told = meant = 0
    for outcome in outcomes:
        if outcome.entry.level in ("asserted", "evidenced") and outcome.result:
            gold = _words(outcome.entry.text, outcome.entry.evidence)
            got = _words(outcome.entry.text, [(piece.start, piece.end) for piece in outcome.result.evidence])
            both, told, meant = both + len(gold & got), told + len(got), meant + len(gold)
    return 2 * both / (told + meant) if told + meant else 0.0


def _words(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    starts = [hit.start() for hit in re.finditer(r"\w+", text)]
    return {at for at in starts for start, end in spans if start <= at < end}


def rule_figures(outcomes: Iterable[Outcome]) -> tuple[float, float]:
    """Precision and recall of all rules; one that is optional for an answer is counted neither way."""
    counts: dict[str, int] = defaultdict(int)
    for outcome in outcomes:
        fired = frozenset(outcome.result.rules if outcome.result else ()) - (
            outcome.entry.optional - outcome.entry.rules
        )
        counts["right"] += len(fired & outcome.entry.rules)
        counts["fired"] += len(fired)
        counts["meant"] += len(outcome.entry.rules)
    return counts["right"] / max(1, counts["fired"]), counts["right"] / max(1, counts["meant"])


def mean(figures: Iterable[float]) -> float:
    """Their mean."""
    listed = list(figures)
    return sum(listed) / len(listed)


if __name__ == "__main__":
    main()
