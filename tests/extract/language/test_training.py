"""The labelled text that ships: ours alone, well formed, and what the packaged model was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.form import FormLibrary
from extract.checks.material import language_of
from extract.language.answer_words import AnswerWords, Question
from extract.language.classifier import FOLDER, load_classifier
from tools.train_answers import data_hash, learn, sentence_lessons, sentences
from tools.train_labelled import load_labelled, load_spent

pytestmark = pytest.mark.pure

RUN = 8


def runs_of_words(text: str) -> Iterator[str]:
    words = re.findall(r"[a-z0-9£]+", text.lower().replace("’", "'").replace("'", ""))
    return (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def shipped_texts() -> list[str]:
    entries = [*load_labelled(), *load_spent()]
    answers = [text for entry in entries for text in (entry.text, *entry.other.values())]
    return [*answers, *(text for _, _, title, line in sentences() for text in (title, line))]


def test_no_shipped_training_text_shares_eight_words_in_a_row_with_the_corpus(corpus: Path) -> None:
    items = [json.loads(line) for line in (corpus / "answers" / "answers.jsonl").read_text().splitlines()]
    theirs = [text for item in items for text in (item["text"], *item["other"].values())]
    forms = (json.loads(line) for line in (corpus / "forms" / "truth.jsonl").read_text().splitlines())
    theirs += [text for form in forms for text in strings_in(form)]
    for path in sorted((corpus / "forms").glob("*.txt")):
        theirs.append(path.read_text(encoding="utf-8", errors="replace"))
    known = {run for text in theirs for run in runs_of_words(text)}
    assert len(known) > 5_000
    assert [run for text in shipped_texts() for run in runs_of_words(text) if run in known] == []


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)


def test_every_mark_of_a_labelled_answer_stands_in_its_text() -> None:
    for entry in load_labelled():
        assert (entry.level == "absent") == (not entry.evidence), entry.id
        for start, end in entry.evidence:
            assert entry.text[start:end].strip(), entry.id
        assert "«" not in entry.text, entry.id
        assert "»" not in entry.text, entry.id


def test_both_halves_hold_every_level_of_every_question() -> None:
    for held_out in (False, True):
        half = [entry for entry in load_labelled() if entry.held_out is held_out]
        assert {(entry.form, entry.level) for entry in half} >= {
            (form, level)
            for form in ("business-justification", "supplementary-role", "national-competency")
            for level in ("placeholder", "restated", "asserted", "evidenced")
        }


def test_the_packaged_model_was_made_from_the_data_that_ships() -> None:
    about = json.loads((FOLDER / "about.json").read_text(encoding="utf-8"))
    assert about["data sha256"] == data_hash(), "run `make train`"


def test_the_packaged_model_tells_a_claim_from_a_request_and_from_a_promise(library: FormLibrary) -> None:
    classifier = load_classifier()
    assert classifier is not None
    for text, kind in (
        ("Nurses end up out of pocket and nobody puts it right.", "claim"),
        ("It would be a list and the value would be picked from the list.", "request"),
        ("I am still waiting for our finance lead to send me the wording.", "stand-in"),
    ):
        answer = AnswerWords(Question("justification", "", text), language_of(library))
        (row,) = classifier.kinds(answer, answer.pieces)
        assert max(row, key=lambda found: row[found]) == kind, text
        assert sum(row.values()) == pytest.approx(1, abs=1e-5)


def test_the_same_lessons_give_the_same_model(library: FormLibrary) -> None:
    lessons = sentence_lessons(library)[::6]
    first, second = (learn(lessons).language.get_pipe("textcat").to_bytes() for _ in range(2))
    assert first == second
