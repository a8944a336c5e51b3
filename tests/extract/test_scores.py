"""The contract's own scorers are content with our readings and checks, and every answer stands where it is said to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from casework.form import FormLibrary
from casework.model import FieldStatus
from casework.transcript import Locator
from extract.read import read

ROOT = Path(__file__).resolve().parents[2]


def test_the_scorer_finds_the_readings_of_the_corpus_good_enough(corpus: Path, tmp_path: Path) -> None:
    scorer = corpus.parent / "score" / "score.py"
    if not scorer.is_file():
        pytest.skip(f"no scorer at {scorer}")
    readings = tmp_path / "readings.jsonl"
    command = [sys.executable, "-m", "service", "read", "--json", "--today", "2026-11-23", str(corpus / "forms")]
    with readings.open("w") as stream:
        status = subprocess.run(command, cwd=ROOT, stdout=stream, check=False).returncode
    assert status == 3, "the folder holds files that are no forms"
    bars = ["--min-form", ".99", "--min-f1", ".97", "--min-status", ".97", "--min-coverage", ".998"]
    bars += ["--min-rule-recall", ".9", "--min-rule-precision", ".9", "--min-error", ".97", "--max-leaks", "0"]
    truth = ["--truth", str(corpus / "forms" / "truth.jsonl"), "--readings", str(readings)]
    scored = subprocess.run(
        [sys.executable, str(scorer), *truth, "--exclude-kind", "doc,rtf,odt", *bars],
        capture_output=True,
        text=True,
        check=False,
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr


def test_the_scorer_finds_the_checks_of_single_answers_good_enough(corpus: Path, tmp_path: Path) -> None:
    scorer = corpus.parent / "score" / "score_answers.py"
    if not scorer.is_file():
        pytest.skip(f"no scorer at {scorer}")
    gold = corpus / "answers" / "answers.jsonl"
    asked = tmp_path / "asked.jsonl"
    kept = ("id", "form", "field", "title", "other", "text")
    items = [json.loads(line) for line in gold.read_text().splitlines()]
    asked.write_text("".join(json.dumps({key: item[key] for key in kept}) + "\n" for item in items))
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w") as stream:
        command = [sys.executable, "-m", "service", "check", "--answers", str(asked), "--json"]
        subprocess.run(command, cwd=ROOT, stdout=stream, check=True)
    bars = ["--min-macro-f1", "0.8", "--min-rule-f1", "0.8", "--min-kappa", "0.85"]
    scored = subprocess.run(
        [sys.executable, str(scorer), "--gold", str(gold), "--pred", str(predicted), *bars],
        capture_output=True,
        text=True,
        check=False,
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr


def test_what_stands_at_the_stated_place_of_a_page_is_the_answer(corpus: Path, library: FormLibrary) -> None:
    """PDFium is asked for the words in the stated boxes, which our reader had no hand in."""
    right, wrong = 0, []
    for path in sorted((corpus / "forms").glob("*.pdf")):
        (reading,) = read(path.read_bytes(), path.name, library=library, today=date(2026, 11, 23))
        document = PdfDocument(path.read_bytes())
        for answer in reading.answers:
            if answer.status is not FieldStatus.ANSWERED or any(place.control for place in answer.places):
                continue
            stated = letters(answer.text)
            found = letters(" ".join(_text_at(document, place) for place in answer.places))
            if stated == found:
                right += 1
            else:
                wrong.append((path.name, answer.field, stated - found, found - stated))
        document.close()
    assert right > 200
    assert len(wrong) <= 0.01 * (right + len(wrong)), wrong


def letters(text: str) -> Counter[str]:
    """Letters and digits, since programs differ in where a wide gap parts a word."""
    return Counter(re.sub(r"[\W_]", "", text.casefold()))


def _text_at(document: PdfDocument, place: Locator) -> str:
    assert place.page is not None
    assert place.box is not None
    page = document[place.page - 1]
    x0, top, x1, bottom = place.box
    height = page.get_height()
    box = {"left": x0 - 1, "right": x1 + 1, "bottom": height - bottom - 1, "top": height - top + 1}
    return str(page.get_textpage().get_text_bounded(**box))
