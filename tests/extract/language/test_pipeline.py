"""The pipeline is the one that its config file describes."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.util import load_config

from casework.form import FormLibrary
from extract.checks.material import language_of
from extract.language import pipeline
from extract.language.classifier import load_classifier
from extract.language.pipeline import NAMES, QUANTITIES, read_words

pytestmark = pytest.mark.pure

FOLDER = Path(pipeline.__file__).parent


def test_the_components_are_those_of_the_config_file_in_its_order(library: FormLibrary) -> None:
    config = load_config(FOLDER / "pipeline.cfg")
    assert language_of(library).pipe_names == config["nlp"]["pipeline"]
    classifier = load_classifier()
    assert classifier is not None
    assert classifier.language.pipe_names == load_config(FOLDER / "classifier.cfg")["nlp"]["pipeline"]


def test_it_is_built_once_a_process(library: FormLibrary) -> None:
    assert language_of(library) is language_of(library)


def test_bullets_and_soft_breaks_end_sentences_and_abbreviations_do_not(library: FormLibrary) -> None:
    doc = read_words(
        language_of(library), "Wards ring us\n- e.g. the A.M.U. at night\n* 14 calls a week. Ref. no. 7 has them."
    )
    assert [sentence.text.strip() for sentence in doc.sents] == [
        "Wards ring us",
        "- e.g. the A.M.U. at night",
        "* 14 calls a week.",
        "Ref. no. 7 has them.",
    ]
    assert [span.text for span in doc.spans[QUANTITIES]] == ["14 calls a week"]
    assert list(doc.spans[NAMES]) == []


def test_a_misspelt_word_is_matched_as_the_word_meant(library: FormLibrary) -> None:
    doc = read_words(language_of(library), "The overpayemnts are recoverd")
    assert [span.text for span in doc.spans["harm"]] == ["overpayemnts", "recoverd"]
